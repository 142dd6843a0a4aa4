"""Every rule of SonarSource's definition as a case, and every difference of complexipy's."""

from __future__ import annotations

import ast
from textwrap import dedent

import complexipy
import pytest

from benchmarks.complexity_comparisons import otherwise_in_complexipy
from scanner.analysis.metrics import cognitive
from scanner.analysis.metrics.complexity import measure
from scanner.analysis.metrics.walk import walk
from scanner.analysis.parsing.source import UnitSource, split_lines
from scanner.base.model import Complexity, UnitKind


def ours(text: str, kind: UnitKind = UnitKind.FUNCTION) -> int:
    facts = measure(UnitSource(kind, dedent(text).lstrip("\n")))
    assert isinstance(facts, Complexity)
    return facts.cognitive


def body(*lines: str) -> str:
    return "\n".join(["def f(a, b, c, d, e):", *("    " + line for line in lines), ""])


#: What counts nothing.
NOTHING = [
    body("pass"),
    body("x = a + b * c; y = [d, {e: a}]; return x(y)"),
    body("try:", "    a()", "finally:", "    b()"),
    body("with a as b, c as d:", "    e()"),
    body("assert a, b"),
    body("del a; raise b from c"),
    body("return lambda a: b"),
    body("return [a for b in c if d if e for a in b]"),
    body("return {a: b for a in c}, {a for a in b}, (a for a in b)"),
    body("match a:", "    case 1: b", "    case [c, d] | e: e", "    case _: d"),
    body("return not a"),
    body("return a < b < c"),
    body("class C:", "    x = 1"),
    body("def g():", "    pass", "return g"),
    body("yield a", "await_ = (yield from b)"),
    body("return f(a)"),
    body("return a | b & c"),
]

#: Text and cognitive complexity: the increments stand beside the lines.
RULES = [
    # if, elif, else
    (body("if a:", "    b"), 1),
    (body("if a:", "    b", "else:", "    c"), 2),
    (body("if a:", "    b", "elif c:", "    d", "elif d:", "    e", "else:", "    a"), 4),
    # an else that holds only an if is an else and an if
    (body("if a:", "    b", "else:", "    if c:", "        d"), 1 + 1 + 2),
    (
        body("if a:", "    b", "else:", "    if c:", "        d", "    else:", "        e"),
        1 + 1 + 2 + 1,
    ),
    (body("if a:", "    b", "else:", "    c", "    if d:", "        e"), 1 + 1 + 2),
    # nesting
    (body("if a:", "    if b:", "        if c:", "            d"), 1 + 2 + 3),
    (body("if a:", "    b", "elif c:", "    if d:", "        e"), 1 + 1 + 2),
    (
        body(
            "if a:", "    if b:", "        c", "    elif d:", "        e", "    else:", "        a"
        ),
        1 + 2 + 1 + 1,
    ),
    # loops and their else
    (body("for a in b:", "    c"), 1),
    (body("async for a in b:", "    c"), 1),
    (body("while a:", "    b"), 1),
    (
        body(
            "while a:", "    for b in c:", "        if d:", "            continue", "        break"
        ),
        1 + 2 + 3,
    ),
    (body("for a in b:", "    c", "else:", "    d"), 1 + 1),
    (body("while a:", "    b", "else:", "    if c:", "        d"), 1 + 1 + 2),
    # try
    (body("try:", "    a", "except b:", "    c"), 1),
    (body("try:", "    a", "except b:", "    c", "except d:", "    e"), 2),
    (body("try:", "    a", "except* b:", "    c"), 1),
    (body("try:", "    if a:", "        b", "except c:", "    if d:", "        e"), 1 + 1 + 2),
    (body("try:", "    a", "except b:", "    c", "else:", "    if d:", "        e"), 1 + 1 + 2),
    (body("try:", "    a", "except b:", "    c", "finally:", "    if d:", "        e"), 1 + 1),
    (body("if a:", "    try:", "        b", "    except c:", "        d"), 1 + 2),
    # with does not nest
    (body("with a:", "    with b:", "        if c:", "            d"), 1),
    # the ternary counts, nests, and nests its condition too
    (body("return a if b else c"), 1),
    (body("return a if b else (c if d else e)"), 1 + 2),
    (body("return (a if b else c) if d else e"), 1 + 2),
    (body("return a if (b if c else d) else e"), 1 + 2),
    (body("if a:", "    return b if c else d"), 1 + 2),
    (body("if a if b else c:", "    d"), 1 + 1),
    (body("for a in (b if c else d):", "    e"), 1 + 1),
    # boolean operators: one for each run of like ones
    (body("return a and b"), 1),
    (body("return a and b and c and d"), 1),
    (body("return a and b or c"), 2),
    (body("return a or b and c"), 2),
    (body("return a or b and c or d"), 3),
    (body("return a and b or c and d"), 3),
    (body("if a and b and c or d or e and a:", "    b"), 1 + 3),
    # a parenthesis ends a chain, whatever stands in it
    (body("return a and (b and c)"), 2),
    (body("return (a and b) and c"), 2),
    (body("return a and (b or c)"), 2),
    (body("return a or (b and c) or d"), 2),
    (body("return (a and b) or c or d"), 2),
    (body("return a or b or (c and d)"), 2),
    (body("return (a) or b and (c) or (d)"), 3),
    (body("return g(a or b and c)"), 2),
    (body("return (a or b and c)"), 2),
    (body("return a and not (b and c)"), 2),
    (body("return not a and b"), 1),
    (body("return g(a and b) and c"), 2),
    (body("return (  # (", "    a and b  # (", ") or c or (d", "  # )", "  and e)"), 3),
    (body("return 'ä)' and 'ö' or (b and 'ü(') or c"), 3),
    (body("return a or b \\", "    and c \\", "    or d"), 3),
    # operators and ternaries count wherever they stand, and nest nothing
    (body("return (a or b).c"), 1),
    (body("return g(a=b or c)[d and e]"), 2),
    (body("return f'{a or b}'"), 1),
    (body("return lambda: a if b else c"), 1),
    (body("return [a or b for a in c if d and e]"), 2),
    (body("if a:", "    return [b if c else d for e in a]"), 1 + 2),
    ("@d(a or b)\ndef f(c=d and e) -> (a if b else c): ...\n", 3),
    # match nests, its guards and patterns do not
    (body("match a:", "    case b if c and d:", "        if e:", "            a"), 1 + 2),
    (body("match a if b else c:", "    case d: e"), 1),
    (
        body(
            "match a:",
            "    case 1:",
            "        match b:",
            "            case 2:",
            "                if c: d",
        ),
        3,
    ),
    # a nested function adds a level
    (body("def g():", "    if a:", "        b", "g()"), 2),
    (body("if a:", "    def g():", "        if b:", "            c"), 1 + 3),
    (body("def g():", "    def h():", "        if a:", "            b", "    h()", "g()"), 3),
    (body("def g(x=a or b): ...", "g()"), 1),
    # unless all other statements of its parent return a name
    (body("def g():", "    if a:", "        b", "return g"), 1),
    (body("def g():", "    if a:", "        b"), 1),
    (
        body(
            "def g():", "    def h():", "        if a:", "            b", "    return h", "return g"
        ),
        1,
    ),
    (body("def g():", "    if a:", "        b", "return g()"), 2),
    (body("def g():", "    if a:", "        b", "return g, a"), 2),
    (body("def g():", "    if a:", "        b", "return"), 2),
    (body("'''Doc.'''", "def g():", "    if a:", "        b", "return g"), 2),
    (body("def g():", "    if a: b", "def h():", "    if c: d", "return g"), 4),
    # a class resets nesting
    (
        body(
            "if a:",
            "    class C:",
            "        def g(self):",
            "            if b:",
            "                c",
        ),
        1 + 1,
    ),
    (body("if a:", "    class C:", "        if b:", "            c"), 1 + 1),
    # recursion, break and continue count nothing
    (body("return f(a, b, c, d, e)"), 0),
]

#: The example of the paper's appendix on compensating usages, and two of its listings in Python.
LISTINGS = [
    (
        """
        def sum_of_primes(max):
            total = 0
            for i in range(1, max):
                for j in range(2, i):
                    if i % j == 0:
                        break
                else:
                    total += i
            return total
        """,
        1 + 2 + 3 + 1,
    ),
    (
        """
        def get_words(number):
            match number:
                case 1:
                    return "one"
                case 2:
                    return "a couple"
                case _:
                    return "lots"
        """,
        0,
    ),
    (
        """
        def my_method(self):
            try:
                if condition1:
                    for i in range(10):
                        while condition2:
                            ...
            except (ExcepType1, ExcepType2):
                if condition2:
                    ...
        """,
        1 + 2 + 3 + 1 + 2,
    ),
]


@pytest.mark.parametrize("text", NOTHING)
def test_what_counts_nothing(text: str) -> None:
    assert ours(text) == 0


@pytest.mark.parametrize(("text", "count"), RULES + LISTINGS)
def test_rules(text: str, count: int) -> None:
    assert ours(text) == count


def test_skeletons_count_their_own_statements() -> None:
    assert ours("if a and b:\n    c\nelse:\n    d\n", UnitKind.MODULE) == 3
    assert ours("class C(a or b):\n    if c:\n        d = 1\n", UnitKind.CLASS) == 2


@pytest.mark.parametrize(
    ("text", "more"),
    [
        (body("return a(b)"), 0),
        (body("return a.f(b)"), 0),
        (body("return f"), 0),
        (body("return f(a) + f(b)"), 1),
        ("def f(self):\n    return self.f()\n", 1),
        ("@classmethod\ndef f(cls):\n    return cls.f()\n", 1),
        (body("def g():", "    return g()", "return f(g)"), 2),
    ],
)
def test_as_the_paper_counts_recursion_adds_one(text: str, more: int) -> None:
    lines = split_lines(text)
    walked = walk(ast.parse(text))
    counts = [
        cognitive.measure(walked, lambda line: lines[line - 1], rules)
        for rules in (cognitive.Rules.SONARSOURCE, cognitive.Rules.PAPER)
    ]
    assert counts[1] - counts[0] == more


#: Where complexipy counts otherwise: text, our count, its count.
OTHERWISE = [
    (body("return [a for a in b]"), 0, 1),
    (body("return [a for a in b if c if d]"), 0, 3),
    (body("return lambda: a if b else c"), 1, 2),
    (body("match a:", "    case 1:", "        if b: c"), 2, 3),
    (body("for a in b:", "    c", "else:", "    d"), 2, 1),
    (body("while a:", "    b", "else:", "    if c: d"), 4, 2),
    (body("try:", "    a", "except b:", "    c", "else:", "    d"), 2, 1),
    (body("return f(a)"), 0, 1),
    (body("def g():", "    if a: b", "return g()"), 2, 1),
    (body("if a:", "    def g():", "        if b: c"), 4, 3),
    (body("if a:", "    class C:", "        def g(self):", "            if b: c"), 2, 3),
    (body("return (a or b).c"), 1, 0),
    (body("return g(a=b or c)"), 1, 0),
    (body("return a if (b if c else d) else e"), 3, 2),
    ("@d(a or b)\ndef f(): ...\n", 1, 0),
    ("def f(a=b or c): ...\n", 1, 0),
    (body("return a or b and c or d"), 3, 2),
    (body("return a and (b and c)"), 2, 1),
]


@pytest.mark.parametrize(("text", "our_count", "their_count"), OTHERWISE)
def test_where_complexipy_counts_otherwise(text: str, our_count: int, their_count: int) -> None:
    assert ours(text) == our_count
    assert complexipy.code_complexity(text).complexity == their_count
    assert otherwise_in_complexipy(text)


@pytest.mark.parametrize(
    ("text", "count"), [case for case in RULES if not otherwise_in_complexipy(case[0])]
)
def test_complexipy_agrees_on_all_other_rules(text: str, count: int) -> None:
    assert complexipy.code_complexity(text).complexity == count
