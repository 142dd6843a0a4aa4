from __future__ import annotations

import ast
import sysconfig
from pathlib import Path

import numpy as np
import pytest

from scanner.analysis.parsing.outline import code_lines, read_outline
from scanner.base.model import Problem
from scanner.durability.reading import BirthsOfLines, note, read_births
from scanner.durability.texts import line_key, marks_of, unread_texts

QUOTES = '"""'


def mask_of(lines: list[str]) -> list[bool]:
    """For each line, whether it carries code."""
    return list(marks_of(lines, range(len(lines))).values())


MASKS = [
    # text, and a mark for each line: x carries code, - does not
    ("x = 1", "x"),
    ("", "-"),
    ("# comment\n\n  # other", "---"),
    (f"{QUOTES}Doc{QUOTES}\nx = 1", "-x"),
    (f"{QUOTES}Doc\n\nmore\n{QUOTES}\nx = 1", "----x"),
    (f"def f():\n    r{QUOTES}Doc.{QUOTES}\n    return 1", "x-x"),
    ("def f():\n    'Doc.'\n    return 1", "x-x"),
    ("def f():  # why: this\n    # note\n\n    'Doc.'\n    return 1", "x---x"),
    (f"x = {QUOTES}\n# no comment\n\n{QUOTES}", "xxxx"),
    (f"f({QUOTES}a{QUOTES})\ny = '# no'", "xx"),
    (f"# {QUOTES}\nx = 1", "-x"),
    (f"a = '{QUOTES}'\nb = 1", "xx"),
    ("d = {\n    'key':\n    'value',\n}", "xxxx"),
    (f"x = '''a {QUOTES} b'''\n# c", "x-"),
    (f"x = {QUOTES}a \\{QUOTES} b{QUOTES}\n# c", "x-"),
    (f"{QUOTES}never closed\nx", "--"),
    (f"def f():\n    f{QUOTES}no doc{QUOTES}", "xx"),
]


@pytest.mark.parametrize(("text", "marks"), MASKS)
def test_which_lines_carry_code(text: str, marks: str) -> None:
    assert mask_of(text.split("\n")) == [mark == "x" for mark in marks]


def test_no_lines_carry_nothing() -> None:
    assert mask_of([]) == []


def stdlib_sample() -> list[Path]:
    return sorted(Path(sysconfig.get_paths()["stdlib"]).glob("*.py"))[::9]


@pytest.mark.parametrize("path", stdlib_sample(), ids=lambda path: path.name)
def test_real_files_agree_with_the_outline(path: Path) -> None:
    read = read_outline(path.read_bytes())
    assert not isinstance(read, Problem)
    mask = mask_of(list(read.lines))
    expected = code_lines(read)
    wrong = [n for n, is_code in enumerate(mask, 1) if is_code != (n in expected)]
    # A string that is a whole statement but no docstring is code here; the outline says otherwise.
    assert len(wrong) <= 0.01 * len(mask) or _has_loose_strings(path)


def _has_loose_strings(path: Path) -> bool:
    tree = ast.parse(path.read_bytes())
    return any(
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
        for node in ast.walk(tree)
    )


def test_keys_ignore_white_space_only() -> None:
    assert line_key("    x = 1") == line_key("x  =1\t")
    assert line_key("x = 1") != line_key("x = 2")
    assert 0 <= line_key("x" * 5000) < 2**63
    assert line_key("\udce9") == line_key(" \udce9")


def test_lines_beyond_the_end_stay_unknown() -> None:
    texts, lines = unread_texts(3), np.array([0, 1, 2])
    births = BirthsOfLines(0, lines, (("blob", np.array([0, 1, 7], np.int32)),))
    said, problems = read_births(births, lambda _: ("x = 1", "# no"))
    note(texts, lines, said)
    assert not problems
    assert texts.known.tolist() == [True, True, False]
    assert texts.is_code.tolist() == [True, False, False]
    assert texts.letters.tolist() == [2, 2, 0]
