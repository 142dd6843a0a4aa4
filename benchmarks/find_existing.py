"""Whether `find_existing` finds a function that is there, asked in two ways.

    python -m benchmarks.find_existing [--functions N] [--seed N] REPOSITORY...

From the newest tree of each repository functions are drawn that are no tests and have five code
lines or more. Each is asked for

- as code: under another name, every parameter and variable renamed one for one, without its
  docstring;
- as a description: its parameters with their annotations and the first paragraph of its docstring,
  its name left out (those that have a docstring). What the functions that are asked for say of
  themselves is hidden from the search in a second round, so that the words have to be found in
  names and code.

Printed is the share found first, among the first three and among the first ten; a function of equal
text counts as the same. Then the seconds of processor time for reading the tree (with a warm store)
and for one question.
"""

from __future__ import annotations

import argparse
import ast
import random
import subprocess
import tempfile
import textwrap
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.clones.mutations import renamed
from scanner.base.model import Unit
from scanner.clones.index import is_function
from scanner.git.commits import resolve
from scanner.git.process import open_repository
from scanner.judge.batch import JudgingContext, context_at
from scanner.roles.paths import is_test_path
from scanner.tree.existing import Existing, LiveFunctions, Wanted, find_existing, live_functions

FEWEST_LINES = 5
DEPTHS = (1, 3, 10)
WAYS = ("as code", "as signature and one line", "the same, docstrings hidden")


@dataclass(frozen=True)
class Drawn:
    """A function of the tree, with its dedented source."""

    path: str
    unit: Unit
    source: str


def context_of(folder: Path, store: Path) -> JudgingContext:
    repository = open_repository(folder)
    tree = resolve(repository, "HEAD")
    return context_at(repository, store, tree)


def every_function(live: LiveFunctions, folder: Path) -> list[Drawn]:
    """The functions that may be drawn."""
    found = []
    for path, members in sorted(live.index.files().items()):
        if is_test_path(path):
            continue
        text = git(folder, "show", f"HEAD:{path}").split("\n")
        for member in members:
            lines = sum(member.fingerprint.code_lines)
            if is_function(member.unit) and lines >= FEWEST_LINES:
                span = member.unit.span
                source = textwrap.dedent("\n".join(text[span.first - 1 : span.last])) + "\n"
                if parses(source):
                    found.append(Drawn(path, member.unit, source))
    return found


def parses(source: str) -> bool:
    try:
        return isinstance(ast.parse(source).body[0], ast.FunctionDef | ast.AsyncFunctionDef)
    except SyntaxError:
        return False


def under_other_names(one: Drawn, chosen: random.Random) -> str:
    """The code with its own names replaced and without its docstring."""
    source = renamed(one.source, chosen) or one.source
    tree = ast.parse(source)
    function = tree.body[0]
    assert isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
    function.name = "something_else"
    if ast.get_docstring(function) is not None:
        function.body = function.body[1:] or [ast.Pass()]
    return ast.unparse(tree)


def description(live: LiveFunctions, one: Drawn) -> Wanted:
    offer = live.offers[one.unit.content]
    return Wanted(description=f"{offer.signature} {offer.says}")


def rank(found: Sequence[Existing], live: LiveFunctions, one: Drawn) -> int | None:
    """The place of the function, or of one of equal text, from 1."""
    same = {(m.path, m.unit.name) for m in live.index.members(one.unit.content)}
    places = ((entry.place.path, entry.place.unit) for entry in found)
    return next((i for i, place in enumerate(places, 1) if place in same), None)


@dataclass(frozen=True)
class Asked:
    """What was asked for in one way, and at which place the function was found."""

    way: str
    one: Drawn
    place: int | None


def ask(live: LiveFunctions, options: argparse.Namespace, every: Sequence[Drawn]) -> list[Asked]:
    """All questions to one code base."""
    chosen = random.Random(options.seed)  # noqa: S311
    drawn = chosen.sample(every, min(options.functions, len(every)))
    described = [one for one in every if live.offers[one.unit.content].says]
    told = chosen.sample(described, min(options.functions, len(described)))
    hidden = hide(live, told)
    questions = [
        *((WAYS[0], live, one, Wanted(under_other_names(one, chosen))) for one in drawn),
        *((WAYS[1], live, one, description(live, one)) for one in told),
        *((WAYS[2], hidden, one, description(live, one)) for one in told),
    ]
    return [
        Asked(way, one, rank(find_existing(functions, wanted), live, one))
        for way, functions, one, wanted in questions
    ]


def shares(name: str, ranks: Sequence[int | None]) -> str:
    parts = [
        f"{sum(r is not None and r <= depth for r in ranks)}/{len(ranks)} in the first {depth}"
        for depth in DEPTHS
    ]
    return f"{name:<42}" + "   ".join(parts)


def git(folder: Path, *arguments: str) -> str:
    command = ["git", "-C", str(folder), *arguments]
    return subprocess.run(command, capture_output=True, check=True).stdout.decode(
        "utf-8", "replace"
    )


def main() -> None:
    """Prints the shares."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("repositories", nargs="+", type=Path)
    parser.add_argument("--functions", type=int, default=20)
    parser.add_argument("--seed", type=int, default=22)
    options = parser.parse_args()
    answers: list[Asked] = []
    for folder in options.repositories:
        with tempfile.TemporaryDirectory() as scratch:
            context = context_of(folder, Path(scratch) / "facts.sqlite")
            live_functions(context, "HEAD")
            began = time.process_time()
            live = live_functions(context, "HEAD")
            reading = time.process_time() - began
        every = every_function(live, folder)
        began = time.process_time()
        new = ask(live, options, every)
        each = (time.process_time() - began) / len(new)
        answers += new
        print(f"{folder.name}: {len(every)} functions, read in {reading:.2f} s, {each:.3f} s each")
        for answer in new:
            if answer.place is None or answer.place > 3:
                print(f"  {answer.way}: {answer.place} {answer.one.path} {answer.one.unit.name}")
    for way in WAYS:
        print(shares(way, [answer.place for answer in answers if answer.way == way]))


def hide(live: LiveFunctions, told: Sequence[Drawn]) -> LiveFunctions:
    """The same functions, of which the given ones do not say what they do."""
    silent = {one.unit.content: live.offers[one.unit.content]._replace(says="") for one in told}
    return replace(live, offers={**live.offers, **silent})


if __name__ == "__main__":
    main()
