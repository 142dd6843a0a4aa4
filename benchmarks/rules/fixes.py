"""Do safe fixes keep what is round them, and what the code does?

    python -m benchmarks.rules.fixes fuzz [--programs N] [--seed N]
    python -m benchmarks.rules.fixes table
    python -m benchmarks.rules.fixes real [--most N] [--write] FOLDER...

`fuzz` builds programs from specimens within up to four surroundings of `fixtures.codemod_programs`,
fixes each, holds the tree to the one that should come, and runs both versions on paths that are
missing, a folder, a text and JSON, with several values. `table` does so with every specimen in every
surrounding, with spaces, tabs and CRLF. `real` fixes, in files below folders, every place that has
the form a safe fix knows, which is more than its rule finds, and holds the result to this: it
compiles, and no line outside of those places differs but those of the same variables. Nothing found
there is run; with `--write` the files get the fixes, for a run of the project's own tests.
"""

from __future__ import annotations

import argparse
import ast
import difflib
import itertools
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
from scanner.rulepacks.codemods.all_codemods import CONVENTIONS, SAFETY, edits_of
from scanner.rulepacks.codemods.code import Code
from scanner.rulepacks.codemods.codemod import CodeEdit, Safety
from scanner.rulepacks.codemods.mend import mend, parses
from scanner.rulepacks.codemods.codemod import Wanted

VALUES: tuple[object, ...] = (0, 7, True, "x", [1], {}, None)
FORMS = (cst.If, cst.Try, cst.Call, cst.Comparison, cst.SimpleStatementLine, cst.ImportFrom)
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


def real(folders: list[Path], most: int, *, is_written: bool) -> None:
    """Prints how many places were fixed, why others were not, and what went wrong."""
    counts: Counter[str] = Counter()
    started = time.process_time()
    for path in sorted(path for folder in folders for path in folder.rglob("*.py"))[:most]:
        content = path.read_bytes()
        if not parses(content):
            continue
        counts["files"] += 1
        counts["lines"] += content.count(b"\n")
        mended = mend(content, list(places(content)), Safety.SAFE)
        for answer in mended.answers:
            counts[f"{answer.wanted.rule}: {answer.reason or 'fixed'}"] += 1
        counts["broken files"] += not parses(mended.content)
        spans = [one.wanted.span for one in mended.answers if one.is_applied
                 and one.wanted.rule not in FAR_REACHING]  # fmt: skip
        if all(one.wanted.rule not in FAR_REACHING or not one.is_applied for one in mended.answers):
            counts["lines changed elsewhere"] += changed_elsewhere(content, mended.content, spans)
        if is_written and mended.content != content:
            path.write_bytes(mended.content)
    print(f"{time.process_time() - started:.0f} s of processor time")
    for what, count in sorted(counts.items()):
        print(f"{count:8,}  {what}")


#: Fixes that change lines besides those of a finding: uses of a variable, a unit's other strings,
#: what stood in an `if`.
FAR_REACHING = {
    f"deviation/{family}"
    for family in ("exception-name", "local-name", "quotes", "guard-style", "else-after-return",
                   "raise-message", "docstring-opening", "init-annotation", "test-annotations")
} | {"temporary-descriptor-leaked"}  # fmt: skip


def places(content: bytes) -> Iterator[Wanted]:
    """Every place in a file that has the form that a safe fix knows."""
    try:
        code = Code(cst.parse_module(content))
    except (cst.ParserSyntaxError, UnicodeDecodeError):
        return
    spans = sorted({code.span(node) for node in code.nodes(*FORMS)}, key=lambda one: (one.first, one.last))
    asked: list[tuple[str, str | None, Span]] = [(rule, None, span) for rule in RULES for span in spans]
    lines = range(1, content.count(b"\n") + 2)
    asked += [
        (f"deviation/{family}", usual, Span(line, line))
        for family, usual in TOWARDS
        for line in lines
    ]
    for rule, usual, span in asked:
        found = list(edits_of(rule, usual)(code, span))
        if any(isinstance(one, CodeEdit) for one in found):
            yield from [Wanted(rule, span, usual)] * (1 if usual else len(found))


#: One alternative of each convention, so that no fix undoes another.
TOWARDS = [
    (family, "error" if usual[0] == "*" else usual[-1] if family == "raise-message" else usual[0])
    for family, (safety, usual) in CONVENTIONS.items()
    if safety is Safety.SAFE
]


def table() -> None:
    """Prints for each specimen in how many surroundings it was fixed, and what differs."""
    for specimen in SPECIMENS:
        counts: Counter[str] = Counter()
        for context, (indent, newline) in itertools.product(
            CONTEXTS, (("    ", "\n"), ("\t", "\n"), ("  ", "\r\n"))
        ):
            made = program(specimen, [context], indent, newline)
            wanted = [Wanted(specimen.rule, Span(made.first, made.last), specimen.usual)]
            after = mend(made.before.encode(), wanted, Safety.SAFE)
            text = after.content.decode()
            counts["fixed" if after.answers[0].is_applied else "refused"] += 1
            if after.answers[0].is_applied:
                counts["other trees"] += ast.dump(ast.parse(text)) != ast.dump(ast.parse(made.after))
                counts["other behaviour"] += run(made.before, "text", 1) != run(text, "text", 1)
        name = f"{specimen.rule} {specimen.usual or ''}"
        print(f"{name:45}", *(f"{counts[one]:5} {one}" for one in
              ("fixed", "refused", "other trees", "other behaviour")), flush=True)  # fmt: skip


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
    commands.add_parser("table")
    one = commands.add_parser("real")
    one.add_argument("--write", action="store_true")
    one.add_argument("--most", type=int, default=2_000)
    one.add_argument("folders", type=Path, nargs="+")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    logging.disable()
    if arguments.command == "fuzz":
        fuzz(arguments.programs, arguments.seed)
    elif arguments.command == "table":
        table()
    else:
        real(arguments.folders, arguments.most, is_written=arguments.write)


if __name__ == "__main__":
    main()
