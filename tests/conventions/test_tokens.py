"""Texts as tokens."""

from __future__ import annotations

import ast
import io
import tokenize
from pathlib import Path

import pytest

from scanner.analysis.tokens import lex

CASES = [
    ("x = fooBar", ["x", "=", "foo", "+bar"]),
    ("HTTPServer_v2", ["http", "+server", "+v", "+2"]),
    ("_private", ["private"]),
    ("__", ["__"]),
    ("f('key', 12345, 7)", ["f", "'key'", "<number>", "7"]),
    ("x = 'a prose text that is too long to be a word'", ["x", "=", "<text>"]),
    ("a  # a comment", ["a"]),
    ("a->b", ["a", "->", "b"]),
    ("naïve", ["naïve"]),
]


def words(text: str) -> list[str]:
    return lex(text)[0]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_words(text: str, expected: list[str]) -> None:
    assert words(text) == expected


def test_layout_is_told_and_docstrings_are_not() -> None:
    text = 'def f(a,\n      b):\n    """Doc."""\n\n    return a\n\n\nx = 1\n'
    assert words(text) == ["def", "f", "a", "b", "<in>", "return", "a", "<out>", "x", "=", "1"]


def test_lines_of_tokens() -> None:
    assert lex("a = '''x\ny'''\n\nb = 1\n")[1] == [0, 0, 0, 3, 3, 3]


SOURCES = sorted(Path(ast.__file__).parent.glob("*.py"))[::11]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_names_are_those_that_tokenize_finds(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    read = tokenize.generate_tokens(io.StringIO(text).readline)
    names = [word for t in read if t.type == tokenize.NAME for word in words(t.string)]
    layout = {"\n", "<in>", "<out>"}
    own = [w for w in words(text) if w not in layout and w.strip("+=") and "'" not in w]
    own = [w for w in own if (w[0].isalpha() or w[0] in "+_") and '"' not in w]
    assert own == [name for name in names if name not in layout]
