"""The lexer, against Python's own tokenizer."""

from __future__ import annotations

import io
import random
import sysconfig
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

from scanner.analysis.clones.clone_tokens import TokenKind, statements, token_kind

LIBRARY = Path(sysconfig.get_paths()["stdlib"])
SAMPLE = 25
SKIPPED = (tokenize.NL, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER, tokenize.COMMENT)


def expected(text: str) -> Iterator[tuple[int, int, int]]:
    """First line, last line and code lines of each statement, by tokenize."""
    row: list[tokenize.TokenInfo] = []
    depth = 0
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.NEWLINE or (token.string == ";" and depth == 0):
            if any(t.type != tokenize.STRING and "FSTRING" not in _name(t) for t in row):
                lines = {n for t in row for n in range(t.start[0], t.end[0] + 1)}
                yield row[0].start[0] - 1, row[-1].end[0] - 1, len(lines)
            row = []
        elif token.type not in SKIPPED:
            row.append(token)
            if token.type == tokenize.OP:
                depth += (token.string in "([{") - (token.string in ")]}")


def _name(token: tokenize.TokenInfo) -> str:
    return tokenize.tok_name[token.type]


def found(text: str) -> list[tuple[int, int, int]]:
    return [(s.first, s.last, s.code_lines) for s in statements(text)]


def library(count: int | None) -> list[Path]:
    paths = sorted(LIBRARY.glob("*.py"))
    return random.Random(1).sample(paths, count) if count else paths  # noqa: S311


@pytest.mark.parametrize("path", library(SAMPLE), ids=lambda path: path.name)
def test_statements_of_the_library(path: Path) -> None:
    text = path.read_text(errors="replace")
    assert found(text) == list(expected(text))


@pytest.mark.slow
@pytest.mark.parametrize("path", library(None), ids=lambda path: path.name)
def test_statements_of_the_whole_library(path: Path) -> None:
    text = path.read_text(errors="replace")
    assert found(text) == list(expected(text))


NO_STATEMENT = {
    "nothing": "",
    "blank lines and comments": "\n\n# x = 1\n   # y\n",
    "a docstring": '"""One\n\ntwo"""\n',
    "strings in a row": "'a' 'b'\n",
}
TOKENS = {
    "spaces": ("x  =  1\n", "x=1\n"),
    "comments": ("f(a,  # first\n  b)  # second\n", "f(a, b)\n"),
    "trailing commas": ("f(a,\n  b,\n)\n", "f(a, b)\n"),
    "line continuation": ("x = 1 + \\\n    2\n", "x = 1 + 2\n"),
    "outer parentheses": ("x = (\n    a and b\n)\n", "x = a and b\n"),
    "parentheses of a header": ("with (open(a) as b):\n", "with open(a) as b:\n"),
}
DIFFERENT = {
    "operators": ("a == b\n", "a = b\n"),
    "a call and a tuple": ("f(a)\n", "f, a\n"),
    "inner parentheses": ("x = (a + b) * (c)\n", "x = a + b * c\n"),
    "an argument in parentheses": ("f(x)(y)\n", "f(x, y)\n"),
}
NEW_SYNTAX = {
    "quotes again inside an f-string": 'x = f"{d["#"]}"\ny = 1\n',
    "an f-string in an f-string": "x = f'{f'{1}'}'\ny = 1\n",
    "exceptions without parentheses": "try:\n    x()\nexcept A, B:\n    y()\n",
    "a template": 't = t"{x}"\ny = 1\n',
    "type parameters": "def f[T: int](x: T) -> T:\n    return x\n",
}


@pytest.mark.parametrize("text", NO_STATEMENT.values(), ids=NO_STATEMENT)
def test_no_statement(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(("one", "other"), TOKENS.values(), ids=TOKENS)
def test_the_same_tokens(one: str, other: str) -> None:
    assert [s.tokens for s in statements(one)] == [s.tokens for s in statements(other)]


@pytest.mark.parametrize(("one", "other"), DIFFERENT.values(), ids=DIFFERENT)
def test_other_tokens(one: str, other: str) -> None:
    assert [s.tokens for s in statements(one)] != [s.tokens for s in statements(other)]


@pytest.mark.parametrize("text", NEW_SYNTAX.values(), ids=NEW_SYNTAX)
def test_syntax_the_host_may_not_know(text: str) -> None:
    lines = text.count("\n")
    assert len(found(text)) == lines
    assert found(text)[-1][0] == lines - 1


def test_broken_text_ends() -> None:
    assert len(found("f(((\n\"'''\nx\n")) <= 1


def test_kinds() -> None:
    kinds = {
        "x": TokenKind.NAME, "match": TokenKind.NAME, "été": TokenKind.NAME,
        "if": TokenKind.STRUCTURE, "None": TokenKind.STRUCTURE, "->": TokenKind.STRUCTURE,
        "1_000": TokenKind.NUMBER, ".5": TokenKind.NUMBER, ".": TokenKind.STRUCTURE,
        "rb'x'": TokenKind.STRING, '"""x"""': TokenKind.STRING,
    }  # fmt: skip
    assert {text: token_kind(text) for text in kinds} == kinds
