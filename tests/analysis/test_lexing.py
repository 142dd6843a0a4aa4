from __future__ import annotations

import sys

import pytest
from radon.raw import analyze

from scanner.analysis.metrics.lexing import RawCounts, count

ON_311 = pytest.mark.skipif(
    sys.version_info >= (3, 12), reason="radon's counts of f-strings differ by the host's tokenizer"
)

#: Text, and radon's loc, lloc, sloc, comments, multi, blank, single_comments.
TEXTS = [
    "",
    "\n",
    "x = 1\n",
    "x = 1",
    "x = 1  # why\n",
    "# only a comment",
    "   # indented\n\n  \t\n",
    '"""Doc."""\n',
    '"""Doc.\n\nMore.\n"""\nx = 1\n',
    '"""Doc."""  # with a comment\n',
    'x = """text\n\nmore"""\n',
    "'a' 'b'\n",
    "('a')\n",
    "b'bytes'\nr'raw'\nRb'both'\nf'{template}'\n",
    "x = 'it''s'\n",
    "x = 'a # b'  # c\n",
    "if a: b\n",
    "if a:\n    b\n",
    "if a: b; c\n",
    "if a: b = c; d\n",
    "if a: b;\n",
    "x = 1; y = 2\n",
    "x = 1;\n",
    "x = {1: 2}\n",
    "x = a[1:]; y\n",
    "x = a[:]\n",
    "x = a[b::c]; y; z\n",
    "x: int = 1\n",
    "x: int\n",
    "def f(a: int) -> b: ...\n",
    "if (a := b): c\n",
    "f(a :=\n  b)\n",
    "lambda: 0\n",
    "x = (1,\n\n  # inside\n  2)\n",
    "x = 1 + \\\n    2\n",
    "x = 1 + \\\n  \\\n  2\n",
    "x = 'a\\\nb'\n",
    "x = 'a\\'b\\\\'\n",
    "class A: 'doc'\n",
    "@d(x)\ndef f(): pass\n",
    "x = '''a'b''c'''\n",
    "x = f\"{a!r:>{b}} {c['d']} {{e}} {f:%Y-%m-%d}\"; y\n",
    "x = a[b:c]; 'd'\n",
    "x = a[b:]; f'{c}' 'd'\n",
    "assert a, {'b': c}; d\n",
    "x = a if b else {c: d}  # e: f\n",
    "match x:\n    case [1, *_]: y\n    case {'a': b}:\n        pass\n",
    "x = 0x1F; y = 1e-5; z = 1_000j\n",
    "\x0c\ndef f():\n    pass\n",
]


@pytest.mark.parametrize("text", TEXTS)
@ON_311
def test_counts_are_those_of_radon(text: str) -> None:
    counts = count(text.replace("\x0c", ""))
    theirs = analyze(text.replace("\x0c", ""))
    assert counts[:-1] == (
        theirs.lloc,
        theirs.sloc,
        theirs.comments,
        theirs.multi,
        theirs.blank,
        theirs.single_comments,
    )


#: Text, and the lines that carry code.
CODE = [
    ("# a\n\n'b'\n'''c\n\nd'''\n", ()),
    ("'a' 'b'  # c\n", ()),
    ("x = '''a\n\nb'''\n", (1, 2, 3)),
    ("f'''a\n\n{b}'''\n", (1, 2, 3)),
    ("f(\n\n  # a\n  b,\n)\n", (1, 4, 5)),
    ("x = \\\n\\\n  1\n", (1, 2, 3)),
    ("'a'; x\n", (1,)),
    ("def f(): 'a'\n", (1,)),
    ("x = f'''{\n\n  # a\n  b\n}\n\n'''\n", (1, 4, 5, 6, 7)),
    ("x = [  # a\n]\n", (1, 2)),
]


@pytest.mark.parametrize(("text", "lines"), CODE)
def test_code_lines(text: str, lines: tuple[int, ...]) -> None:
    assert count(text).code == lines


#: f-strings that only 3.12 reads, and where their statement ends: one code line each.
NEWER = [
    'f"{a["b"]}"\n',
    'f"{a["#"]}" + ":"  # c\n',
    'f"{"{"}"\n',
    "f'{f'{f'{1}'}'}'\n",
    'f"{a:{"x"}}"\n',
    'f"\\{a}"\n',
    'f"\\N{BULLET} {a}"\n',
    'rf"\\{a["b"]}"\n',
    't"{a["b"]:>{w}}"\n',
    'f"{a!r}" f"{b["c"]!s:x}" "d"\n',
    'f"{a["b"] = }"\n',
    'f"{a != "b"}"\n',
    "x = f'''{\na['b']  # '''\n}'''\n",
]


@pytest.mark.parametrize("text", NEWER)
def test_newer_templates_end_where_they_do(text: str) -> None:
    counts = count((text if text[:2] == "x " else "x = " + text) + "y = 1\n# last\n")
    lines = text.count("\n")
    assert counts.code == tuple(range(1, lines + 2))
    assert counts.single_comment_lines == 1


def test_lines_add_up() -> None:
    counts = count("'''a\n\n'''\nx = (\n\n1)\n# b\n\n")
    assert counts == RawCounts(2, 2, 1, 2, 3, 1, (4, 6))
