"""A tree with copies injected into it, and what they are copies of."""

from __future__ import annotations

import ast
import random
import re
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.clones.mutations import EDITS, Edit, is_big_enough
from scanner.base.model import Span

#: Functions that are copied have this many code lines and tokens, so that an edit leaves enough.
CODE_LINES, TOKENS = 9, 80
_PASSED_OVER = re.compile(
    r"(?<![^/])test_|_test(?=\.py$)|(?<![^/])(?=(?:tests?|testing|examples|docs)/)"
)


@dataclass(frozen=True)
class Function:
    """A function of the tree, with its text as it stands and dedented."""

    path: str
    span: Span
    text: str


@dataclass(frozen=True)
class Injected:
    """A copy: where it stands, and where its original does."""

    edit: Edit
    original: Function
    path: str
    span: Span


def source_files(tree: Path) -> dict[str, str]:
    """The Python files of a tree that parse, by path.

    Tests, examples and docs are called otherwise than they are: pyscn passes over them by name,
    whatever it is told.
    """
    files = {}
    for path in sorted(tree.rglob("*.py")):
        text = path.read_bytes().decode("utf-8", "replace").replace("\r\n", "\n")
        try:
            ast.parse(text)
        except (SyntaxError, ValueError):
            continue
        name = path.relative_to(tree).as_posix()
        files[_PASSED_OVER.sub("own_", name)] = text
    return files


def functions(files: dict[str, str]) -> Iterator[Function]:
    """Functions and methods that are large enough to be copied."""
    for path, text in files.items():
        lines = text.split("\n")
        for node in _definitions(ast.parse(text)):
            last = node.end_lineno or node.lineno
            first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
            source = textwrap.dedent("\n".join(lines[first - 1 : last])) + "\n"
            if is_big_enough(_body(source, node), CODE_LINES, TOKENS) and _is_whole(source):
                yield Function(path, Span(first, last), source)


def _body(source: str, node: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    """A function with one line for its head: a signature alone is not what anybody copies."""
    first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
    return "\n".join(["def f():", *source.split("\n")[node.body[0].lineno - first :]])


def inject(files: dict[str, str], copies: int, seed: int) -> tuple[dict[str, str], list[Injected]]:
    """The files with `copies` copies for each edit, each of another function, in other files."""
    chosen = random.Random(seed)  # noqa: S311
    candidates = list(functions(files))
    chosen.shuffle(candidates)
    texts = {path: text.rstrip("\n") + "\n" for path, text in files.items()}
    injected: list[Injected] = []
    wanted = [edit for _ in range(copies) for edit in EDITS]
    for edit in wanted:
        made = _next_copy(edit, candidates, chosen)
        if made is None:
            break
        original, text = made
        path = chosen.choice([p for p in texts if p != original.path])
        first = texts[path].count("\n") + 3
        texts[path] += f"\n\n{text.rstrip(chr(10))}\n"
        injected.append(Injected(edit, original, path, Span(first, texts[path].count("\n"))))
    return texts, injected


def write(files: dict[str, str], folder: Path) -> None:
    """Writes files below a folder."""
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")


def _next_copy(
    edit: Edit, candidates: list[Function], chosen: random.Random
) -> tuple[Function, str] | None:
    """The first function left that offers a place for the edit, which is used up, and its copy."""
    for number, function in enumerate(candidates):
        text = edit.apply(function.text, chosen)
        if text is not None and is_big_enough(text, 6, 50):
            del candidates[number]
            return function, text
    return None


def _definitions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Functions of modules and classes; not functions in functions."""
    waiting: Sequence[ast.AST] = [tree]
    while waiting:
        node, *waiting = waiting
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
                yield child
            elif not isinstance(child, ast.expr):
                waiting.append(child)


def _is_whole(source: str) -> bool:
    try:
        return len(ast.parse(source).body) == 1
    except SyntaxError:
        return False
