from __future__ import annotations

import pickle

import pytest

from scanner.analysis.parsing.outline import read_outline, unit_source
from scanner.analysis.parsing.source import decode, lines_to_show, split_lines
from scanner.base.model import Problem, Stage

from .real_code import read

DECODED = [
    pytest.param(b"x = 1\n", "x = 1\n", id="plain"),
    pytest.param(b"", "", id="empty"),
    pytest.param("x = 'ä'\n".encode(), "x = 'ä'\n", id="utf-8"),
    pytest.param(b"\xef\xbb\xbfx = 1\n", "x = 1\n", id="byte order mark"),
    pytest.param(b"# coding: latin-1\nx = '\xe4'\n", "# coding: latin-1\nx = 'ä'\n", id="cookie"),
    pytest.param(
        b"#!/usr/bin/python\n# vim: set fileencoding=cp1252 :\nx = '\x80'\n",
        "#!/usr/bin/python\n# vim: set fileencoding=cp1252 :\nx = '€'\n",
        id="cookie on the second line",
    ),
    pytest.param(b"x = 1\r\ny = 2\r\n", "x = 1\ny = 2\n", id="CRLF"),
    pytest.param(b"x = 1\r\r\ny = 2\n", "x = 1 \ny = 2\n", id="CR before CRLF"),
    pytest.param(b"\x0cx = 1\n", "\x0cx = 1\n", id="form feed"),
    pytest.param(
        "x = 'a\u2028b'\n".encode(), "x = 'a\u2028b'\n", id="a separator that ends no line"
    ),
]

UNREADABLE = [
    (b"x = 1\0\n", "NUL"),
    (b"# coding: punycode\n" + b"a" * 100_000 + b"-" + b"b" * 9_000, "an encoding of names"),
    (b"# coding: idna\n" + b"a" * 100_000, "an encoding of names"),
    (b"x = '\xe4'\n", "cannot be decoded"),
    (b"# coding: no-such-code\nx = 1\n", "unknown encoding"),
    (b"\xef\xbb\xbf# coding: latin-1\nx = 1\n", "cannot be decoded"),
    (b"# coding: rot13\nk = 1\n", "cannot be decoded"),
]


@pytest.mark.parametrize(("source", "text"), DECODED)
def test_decoding(source: bytes, text: str) -> None:
    assert decode(source) == text


@pytest.mark.parametrize(("source", "reason"), UNREADABLE)
def test_what_cannot_be_decoded_says_why(source: bytes, reason: str) -> None:
    problem = decode(source)
    assert isinstance(problem, Problem)
    assert problem.stage is Stage.READ
    assert reason in problem.reason


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        (b"", []),
        ("a = 'ä'\n".encode(), ["a = 'ä'"]),
        (b"# coding: latin-1\nx = '\xe4'\n", ["# coding: latin-1", "x = 'ä'"]),
        (b"\xef\xbb\xbfx = 1\r\n", ["x = 1"]),
        (b"no cookie \xe4\n", ["no cookie \ufffd"]),
        (b"# coding: no-such-code\nx = 1\n", ["# coding: no-such-code", "x = 1"]),
        (b"\0binary\n\n", ["\0binary", ""]),
    ],
)
def test_a_reader_is_shown_a_file_by_the_encoding_it_is_judged_by(
    source: bytes, lines: list[str]
) -> None:
    assert lines_to_show(source) == lines


@pytest.mark.parametrize(
    ("text", "count"),
    [("", 0), ("\n", 1), ("a", 1), ("a\n", 1), ("a\n\n", 2), ("a\x0c\u2028b\n", 1)],
)
def test_lines_are_those_git_counts(text: str, count: int) -> None:
    assert len(split_lines(text)) == count


def test_a_carriage_return_inside_a_line_keeps_git_lines() -> None:
    file = read(b"def f():\r\r\n    return 1\r\r\ndef g():\n    return '''a\rb'''\n")
    assert [(unit.name, unit.span.first) for unit in file.outline.units] == [
        ("<module>", 1),
        ("f", 1),
        ("g", 3),
    ]


@pytest.mark.parametrize(
    "source",
    [b"x = 1\ry = 2\n", b"# a\rx = 1\n", b"x = 1 # a\rif x: pass\n", b"x = 'a\rb'\n"],
)
def test_a_carriage_return_that_only_python_takes_for_a_line_end_is_a_problem(
    source: bytes,
) -> None:
    assert isinstance(read_outline(source), Problem)


def test_a_unit_travels_to_another_process_without_its_tree() -> None:
    file = read("def f():\n    pass\n")
    source = unit_source(file, file.outline.units[1])
    assert source.origin is not None
    copy = pickle.loads(pickle.dumps(source))  # noqa: S301 - our own bytes
    assert copy == source
    assert copy.origin is None


def test_a_file_travels_to_another_process_without_its_trees() -> None:
    file = read("class C:\n    def f(self):\n        pass\n")
    copy = pickle.loads(pickle.dumps(file))  # noqa: S301 - our own bytes
    assert copy == file
    for unit in file.outline.units:
        assert unit_source(copy, unit) == unit_source(file, unit)
    assert copy.tree().body
