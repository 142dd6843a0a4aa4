"""Guards taken out of real functions, one at a time: how many of them are told?

    python -m benchmarks.lost_guards.mutate [--each N] [--missed] REPOSITORY…

From the files of each repository's newest tree that are neither tests nor examples, guards are
drawn with a fixed seed, as evenly as the code allows over the ways in which a guard can stand; each
is cut out of its file and the file as it was is put beside the one without it, as a change. A guard
is told where a finding names the line that was cut. What is drawn is chosen by its syntax alone:
whether it is one that Tallystick means to tell is not asked.
"""

from __future__ import annotations

import argparse
import ast
import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from scanner.analysis.parsing.outline import ReadFile, read_outline
from scanner.base.model import FileChange, FileMode, FileStatus, FileVersion, Hunk
from scanner.git.blobs import BlobReader
from scanner.git.commits import head
from scanner.git.process import open_repository
from scanner.git.trees import list_tree
from scanner.guards.protection.lost import LostGuard, lost_guards
from scanner.judge import unit_pairs
from scanner.roles.paths import is_example_path, is_test_path
from scanner.scoring.change import ChangedFile

SEED = 20
#: A guard that does more than this before it leaves is not drawn.
MOST_STATEMENTS = 2
_AUTH = re.compile(
    r"auth|login|permission|require|admin|csrf|valid|retry|lock|atomic|limit", re.IGNORECASE
)
_CHECKING = re.compile(r"(?:a?validate|check|ensure|require|verify|authorize|full_clean)(?:_\w+)?")
_SCENERY = re.compile(
    r"warn|redirect|span|trac|timer|progress|status|patch|no_grad|console", re.IGNORECASE
)
_ESCAPE = re.compile(r"(?:\w+_)?(?:escape|quote|sanitize|redact|secure_filename)(?:_\w+)?")


@dataclass(frozen=True, slots=True)
class Mutant:
    """A text without one of its guards, and which lines of the original that stood on."""

    way: str
    path: str
    before: str
    after: str
    first: int
    last: int


def mutants_of(path: str, text: str) -> Iterator[Mutant]:
    """Every guard of a file, each taken out alone."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return
    lines = text.splitlines(keepends=True)
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        for node in ast.walk(function):
            for way, first, last, new in _cuts(node, lines):
                after = "".join([*lines[: first - 1], *new, *lines[last:]])
                if _parses(after):
                    yield Mutant(way, path, text, after, first, last)


def _parses(text: str) -> bool:
    try:
        ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return False
    return True


_Cut = tuple[str, int, int, list[str]]


def _cuts(node: ast.AST, lines: Sequence[str]) -> Iterator[_Cut]:
    if isinstance(node, ast.If):
        yield from _branch_cuts(node, lines)
    elif isinstance(node, ast.ExceptHandler):
        yield from _report_cuts(node)
    elif isinstance(node, ast.stmt):
        yield from _block_cuts(node, lines)
    elif isinstance(node, ast.expr) and node.lineno == node.end_lineno:
        yield from _expression_cuts(node, lines)


def _branch_cuts(node: ast.If, lines: Sequence[str]) -> Iterator[_Cut]:
    body, last = node.body, _end(node)
    if node.orelse or not lines[node.lineno - 1].lstrip().startswith("if "):
        return
    if isinstance(body[-1], ast.Raise) and len(body) <= MOST_STATEMENTS + 1:
        yield "if … raise", node.lineno, last, []
    elif len(body) <= MOST_STATEMENTS and (
        isinstance(body[-1], ast.Continue) or _returns_nothing(body)
    ):
        yield "if … return or continue", node.lineno, last, []
    elif any(_uses(node.test, statement) for statement in body):
        yield "if round its use", node.lineno, last, _dedented(lines, body, node)


def _block_cuts(node: ast.stmt, lines: Sequence[str]) -> Iterator[_Cut]:
    match node:
        case ast.Assert():
            yield "assert", node.lineno, _end(node), []
        case ast.With() | ast.AsyncWith() if all(map(_holds, node.items)):
            yield "with", node.lineno, _end(node), _dedented(lines, node.body, node)
        case ast.Try(body, [], _, _):
            yield "try … finally", node.lineno, _end(node), _dedented(lines, body, node)
        case ast.Try(body, handlers, [], []) if any(map(_logs, handlers)):
            inside = _dedented(lines, body, node)
            yield "try … except that logs", node.lineno, _end(node), inside
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            for mark in node.decorator_list:
                name = ast.unparse(mark.func if isinstance(mark, ast.Call) else mark)
                if _AUTH.search(name.rpartition(".")[2]):
                    yield "decorator", mark.lineno, _end(mark), []
        case ast.Expr(ast.Call(func)) if _CHECKING.fullmatch(_last_name(func)):
            yield "call that validates", node.lineno, _end(node), []


def _last_name(function: ast.expr) -> str:
    return ast.unparse(function).split(".")[-1].strip("_")


def _report_cuts(handler: ast.ExceptHandler) -> Iterator[_Cut]:
    for one in handler.body if len(handler.body) > 1 else ():
        match one:
            case ast.Expr(ast.Call() as call) if _is_log(call):
                if not _is_told_otherwise(handler, one):
                    yield "log of a failure", one.lineno, _end(one), []


def _expression_cuts(node: ast.expr, lines: Sequence[str]) -> Iterator[_Cut]:
    match node:
        case ast.Call():
            yield from _in_call(node, lines)
        case ast.IfExp(test, body, ast.Constant()) if _uses(test, body):
            yield "a if … else constant", node.lineno, node.lineno, _put(lines, node, body)


def _in_call(node: ast.Call, lines: Sequence[str]) -> Iterator[_Cut]:
    name = _last_name(node.func)
    if _ESCAPE.fullmatch(name) and len(node.args) == 1 and not node.keywords:
        yield "escape", node.lineno, node.lineno, _put(lines, node, node.args[0])
    for one in node.keywords:
        if (one.arg == "timeout" and not isinstance(one.value, ast.Constant | ast.Name)) or (
            one.arg == "timeout" and isinstance(one.value, ast.Constant) and one.value.value
        ):
            kept = [k for k in node.keywords if k is not one]
            yield (
                "timeout",
                node.lineno,
                node.lineno,
                _put(lines, node, ast.Call(node.func, node.args, kept)),
            )


def _put(lines: Sequence[str], node: ast.expr, new: ast.expr) -> list[str]:
    line = lines[node.lineno - 1].encode()
    return [
        (line[: node.col_offset] + ast.unparse(new).encode() + line[node.end_col_offset :]).decode()
    ]


def _end(node: ast.stmt | ast.expr) -> int:
    return node.end_lineno or node.lineno


def _returns_nothing(body: Sequence[ast.stmt]) -> bool:
    match body:
        case [ast.Return(None | ast.Constant() | ast.List([]) | ast.Dict([]))]:
            return True
        case [ast.Expr(), ast.Return(None | ast.Constant() | ast.List([]) | ast.Dict([]))]:
            return True
    return False


def _holds(item: ast.withitem) -> bool:
    """Whether a context keeps something from going wrong: not warnings, output or traces."""
    return item.optional_vars is None and not _SCENERY.search(ast.unparse(item.context_expr))


def _uses(test: ast.expr, node: ast.AST) -> bool:
    """Whether a piece of code takes something of what a test asks about."""
    match test:
        case ast.Compare(ast.Name(name), [ast.IsNot()], [ast.Constant(None)]) | ast.Name(name):
            pass
        case ast.Call(ast.Name("isinstance"), [ast.Name(name), _]):
            pass
        case ast.Compare(_, [ast.In()], [ast.Name(name)]):
            pass
        case _:
            return False
    return any(
        isinstance(one, ast.Attribute | ast.Subscript)
        and isinstance(one.value, ast.Name)
        and one.value.id == name
        for one in ast.walk(node)
    )


def _dedented(lines: Sequence[str], body: Sequence[ast.stmt], node: ast.stmt) -> list[str]:
    taken = lines[body[0].lineno - 1 : _end(body[-1])]
    margin = body[0].col_offset - node.col_offset
    return [line[margin:] if not line[:margin].strip() else line for line in taken]


def _is_told_otherwise(handler: ast.ExceptHandler, log: ast.stmt) -> bool:
    """Whether another statement of a handler raises, logs, or takes the exception."""
    return any(
        isinstance(node, ast.Raise)
        or (isinstance(node, ast.Name) and node.id == handler.name)
        or (isinstance(node, ast.Call) and _is_log(node))
        for one in handler.body if one is not log
        for node in ast.walk(one)
    )  # fmt: skip


def _logs(handler: ast.ExceptHandler) -> bool:
    return any(isinstance(one, ast.Call) and _is_log(one) for one in ast.walk(handler))


def _is_log(call: ast.Call) -> bool:
    return bool(re.search(r"\blog(?:ger|ging)?\b", ast.unparse(call.func), re.IGNORECASE))


def change_of(mutant: Mutant) -> ChangedFile:
    """The change that takes the guard away."""
    before, after = (read_outline(text.encode()) for text in (mutant.before, mutant.after))
    assert isinstance(before, ReadFile)
    assert isinstance(after, ReadFile)
    old, new = (FileVersion(mutant.path, FileMode.REGULAR, oid * 40) for oid in "ab")
    cut = len(mutant.before.splitlines()) - len(mutant.after.splitlines())
    count = mutant.last - mutant.first + 1
    hunk = Hunk(mutant.first - 1, count, mutant.first - 1, max(count - cut, 0))
    return ChangedFile(FileChange(FileStatus.MODIFIED, old, new, (hunk,)), before, after)


def told_of(mutant: Mutant) -> list[LostGuard]:
    """What is told of the change that a mutant is."""
    file = change_of(mutant)
    return list(lost_guards((file,), unit_pairs((file,))))


def drawn(texts: dict[str, str], each: int) -> list[Mutant]:
    """A draw from a code base, evenly over the ways, as far as there are enough."""
    by_way: dict[str, list[Mutant]] = defaultdict(list)
    chance = random.Random(SEED)  # noqa: S311 - a draw, no secret
    for path, text in sorted(texts.items()):
        for mutant in mutants_of(path, text):
            by_way[mutant.way].append(mutant)
    for some in by_way.values():
        chance.shuffle(some)
    chosen: list[Mutant] = []
    while len(chosen) < each and any(by_way.values()):
        for way in sorted(by_way):
            if by_way[way] and len(chosen) < each:
                chosen.append(by_way[way].pop())
    return chosen


def texts_of(path: Path) -> dict[str, str]:
    """The Python files of the newest tree that are neither tests nor examples."""
    repository = open_repository(path)
    tree = head(repository)
    assert tree is not None, "the repository has no commit"
    with BlobReader(repository) as blobs:
        found = {}
        for version in list_tree(repository, tree, ("*.py",)):
            if is_test_path(version.path) or is_example_path(version.path):
                continue
            data = blobs.read(version.blob)
            if isinstance(data, bytes):
                found[version.path] = data.decode("utf-8", "replace")
    return found


def main() -> None:
    """Prints the recall, by way and by code base."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("repositories", nargs="+", type=Path)
    parser.add_argument("--each", type=int, default=60)
    parser.add_argument("--missed", action="store_true", help="show what was not told")
    options = parser.parse_args()
    ways: dict[str, Counter[bool]] = defaultdict(Counter)
    every: Counter[bool] = Counter()
    for path in options.repositories:
        name = path.parent.name if path.name == "repo" else path.name
        own: Counter[bool] = Counter()
        for mutant in drawn(texts_of(path), options.each):
            span = range(mutant.first, mutant.last + 1)
            is_told = any(one.guard_line in span for one in told_of(mutant))
            own[is_told] += 1
            ways[mutant.way][is_told] += 1
            if options.missed and not is_told:
                print(f"--- missed: {mutant.way}, {name} {mutant.path}:{mutant.first}")
                cut = mutant.before.splitlines()[mutant.first - 1 : mutant.last + 4]
                print("\n".join(cut))
        every += own
        print(f"{name:<36} {own[True]:>4} of {own.total()}")
    for way, counts in sorted(ways.items()):
        print(f"  {way:<34} {counts[True]:>4} of {counts.total()}")
    print(f"told: {every[True]} of {every.total()} = {every[True] / every.total():.3f}")


if __name__ == "__main__":
    main()
