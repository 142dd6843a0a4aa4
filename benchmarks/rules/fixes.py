"""Do safe fixes keep what is round them, and what the code does?

    python -m benchmarks.rules.fixes fuzz [--programs N] [--seed N]
    python -m benchmarks.rules.fixes real [--most N] FOLDER...

`fuzz` builds programs from specimens within up to four surroundings of `fixtures.codemod_programs`,
fixes each, holds the tree to the one that should come, and runs both versions on paths that are
missing, a folder, a text and JSON, with several values. `real` fixes, in files below folders, every
place that has the form a safe fix knows, which is more than its rule finds, and holds the result to
this: it parses, and no line outside of those places differs. Nothing found there is run or written.
"""

from __future__ import annotations

import argparse
import ast
import difflib
import logging
import random
import time
import warnings
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import libcst as cst

from fixtures.codemod_programs import CONTEXTS, KINDS, SPECIMENS, program, run
from scanner.base.model import Span
from scanner.rulepacks.codemods.all_codemods import SAFETY, codemod_of
from scanner.rulepacks.codemods.code import Code
from scanner.rulepacks.codemods.codemod import CodeEdit, Safety
from scanner.rulepacks.codemods.mend import Wanted, mend, parses

VALUES: tuple[object, ...] = (0, 7, True, "x", [1], {}, None)
FORMS = (cst.If, cst.Try, cst.Call, cst.Comparison, cst.SimpleStatementLine)
#: Without its text, that a comment repeats the code cannot be asked, so that rule is left out.
RULES = tuple(
    rule for rule, safety in SAFETY.items() if safety is Safety.SAFE and "comment" not in rule
)


def fuzz(programs: int, seed: int) -> None:
    """Prints how many programs were fixed and how many differ."""
    chance = random.Random(seed)  # noqa: S311 - programs, no secrets
    counts: Counter[str] = Counter()
    started = time.process_time()
    for number in range(1, programs + 1):
        if not number % 1_000:
            print(f"{number:,} programs, {dict(counts)}", flush=True)
        specimen = chance.choice(SPECIMENS)
        contexts = chance.choices(list(CONTEXTS), k=chance.randrange(5))
        made = program(
            specimen, contexts, chance.choice(("    ", "  ", "\t")), chance.choice(("\n", "\r\n"))
        )
        wanted = [Wanted(specimen.rule, Span(made.first, made.last), specimen.usual)]
        after = mend(made.before.encode(), wanted, Safety.SAFE)
        if not after.answers[0].is_applied:
            counts[f"not fixed: {after.answers[0].reason}"] += 1
            continue
        text = after.content.decode()
        counts["fixed"] += 1
        counts["other trees"] += ast.dump(ast.parse(text)) != ast.dump(ast.parse(made.after))
        kind, value = chance.choice(KINDS), chance.choice(VALUES)
        counts["other behaviour"] += run(made.before, kind, value) != run(text, kind, value)
    print(f"{programs:,} programs, {time.process_time() - started:.0f} s of processor time")
    for what, count in sorted(counts.items()):
        print(f"{count:8,}  {what}")


def real(folders: list[Path], most: int) -> None:
    """Prints how many places were fixed, why others were not, and what went wrong."""
    counts: Counter[str] = Counter()
    for path in sorted(path for folder in folders for path in folder.rglob("*.py"))[:most]:
        content = path.read_bytes()
        if not parses(content):
            continue
        counts["files"] += 1
        counts["lines"] += content.count(b"\n")
        wanted = list(places(content))
        mended = mend(content, wanted, Safety.SAFE)
        for answer in mended.answers:
            counts[f"{answer.wanted.rule}: {answer.reason or 'fixed'}"] += 1
        counts["broken files"] += not parses(mended.content)
        counts["lines changed elsewhere"] += changed_elsewhere(
            content, mended.content, [one.wanted.span for one in mended.answers if one.is_applied]
        )
    for what, count in sorted(counts.items()):
        print(f"{count:8,}  {what}")


def places(content: bytes) -> Iterator[Wanted]:
    """Every place in a file that has the form that a safe fix knows."""
    try:
        code = Code(cst.parse_module(content))
    except (cst.ParserSyntaxError, UnicodeDecodeError):
        return
    # Only what could be meant, because each place costs a walk over the tree.
    words = (b"makedirs", b".warn(", b"open(", b"type(", b"ImportError", b"is None")
    lines = content.split(b"\n")
    near = {n for n, line in enumerate(lines, 1) if any(word in line for word in words)}
    spans = {span for node in code.nodes(*FORMS) if (span := code.span(node)).first in near
             or span.last in near}  # fmt: skip
    for rule in RULES:
        for span in sorted(spans, key=lambda one: (one.first, one.last)):
            for found in codemod_of(rule).edits(code, span):
                if isinstance(found, CodeEdit):
                    yield Wanted(rule, span)


def changed_elsewhere(before: bytes, after: bytes, spans: list[Span]) -> int:
    """How many lines of a file differ that are in no span."""
    meant = {line for span in spans for line in range(span.first, span.last + 1)}
    old, new = before.splitlines(), after.splitlines()
    blocks = difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return sum(
        line not in meant
        for kind, first, last, *_ in blocks
        if kind != "equal"
        for line in range(first + 1, last + 1)
    )


def main() -> None:
    """Runs what the arguments say."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    commands = parser.add_subparsers(dest="command", required=True)
    one = commands.add_parser("fuzz")
    one.add_argument("--programs", type=int, default=50_000)
    one.add_argument("--seed", type=int, default=1)
    one = commands.add_parser("real")
    one.add_argument("--most", type=int, default=2_000)
    one.add_argument("folders", type=Path, nargs="+")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    logging.disable()
    if arguments.command == "fuzz":
        fuzz(arguments.programs, arguments.seed)
    else:
        real(arguments.folders, arguments.most)


if __name__ == "__main__":
    main()
