"""What semgrep cannot read yet, rewritten for it: the same lines, and nothing that it reads."""

from __future__ import annotations

import pytest

from fixtures.repository import RepositoryBuilder
from scanner.rulepacks.newer_syntax import for_semgrep

LEFT_ALONE = [
    "x = 1\n",
    'x = f"{a["b"]}"\n',
    "x = 't\"a\"'\n",
    "at = set[int]\n",
    "try:\n    a()\nexcept* ValueError:\n    pass\n",
    "# a def f[T = int]() in a comment\n",
    "lazy = 1\n",
    "x = {**a}\nmatch x:\n    case {1: 2}:\n        y = {**a}\n",
    "case(a, **b) if c else d\ncase({1: 2})\n",
    'x = rf"{a}$"\n',
    'match a:\n    case 1:\n        x = fr"{a}$" + r"\\W"\n',
    'match a:\n    case 1:\n        x = "wharf" + f"{a}"\n',
]
REWRITTEN = [
    ('x = t"a{b}"\n', "(b),"),
    ('x = rt"""a\n{b}\nc"""\ny = 1\n', "(b"),
    ("def f[T: int = str](x: T) -> T:\n    return x\n", "def f(x: T)"),
    ("class C[T = int, *Ts, **P](A):\n    pass\n", "class C("),
    ("type X[T = int] = list[T]\n", "X["),
    ("lazy import json\n", "import json"),
    ("match x:\n    case {1: a, **b} if b:\n        pass\n", '{1: a, "**": b} if b'),
    ("match x:\n    case [{\n        **b,\n    }]:\n        pass\n", '"**": b'),
    ('match a:\n    case 1:\n        x = rf"{a}$"\n', 'x = fr"{a}$"'),
]


@pytest.mark.parametrize("text", LEFT_ALONE)
def test_what_semgrep_reads_stays(text: str) -> None:
    assert for_semgrep(text.encode()) == text.encode()


@pytest.mark.parametrize(("text", "part"), REWRITTEN)
def test_newer_syntax_keeps_its_lines(text: str, part: str) -> None:
    rewritten = for_semgrep(text.encode()).decode()
    assert part.lstrip("(") in rewritten
    assert rewritten.count("\n") == text.count("\n")


def test_a_text_of_no_encoding_stays() -> None:
    assert for_semgrep(b't"\xff"') == b't"\xff"'
