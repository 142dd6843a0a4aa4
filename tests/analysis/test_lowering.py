from __future__ import annotations

import sys

import pytest

from scanner.analysis.metrics.complexity import measure
from scanner.analysis.parsing.lowering import lower
from scanner.analysis.parsing.outline import ReadFile, read_outline, unit_source
from scanner.analysis.parsing.reading import Parsed, read_tree
from scanner.base.budget import processor_seconds
from scanner.base.model import Complexity, Problem

from .real_code import read

LEFT_ALONE = [
    "type = 1\ntype(x)\ntype.y = [1]\nx: type = [2]\n",
    "type in [1]\ntype is x\nprint(type if [1] else type)\n",
    "lazy = 1\nfrom lazy import x\nimport lazy\n",
    "def f(x): ...\nclass C(D[E]): ...\n",
    "try: pass\nexcept A: pass\nexcept (B, C): pass\nexcept f(D, E) as e: pass\nexcept: pass\n",
    "[a for a in b]\n[*a, b]\n{**a, 'b': c}\nf(*a, **b)\n",
    "f'{a}' 'b' f\"{c['d']:{e}}\"\n",
    'def f(x: "class C[T]"): ...\n',
    "# except A, B:\n'''\ntype X = int\nlazy import x\n'''\n",
    "x = (class C[T], type, lazy import y)\n",
]

LOWERED = [
    ("def f[T](x: T) -> T: ...\n", "def f(x: T) -> T: ...\n"),
    ("async def f[T: (int, str) = int, *Ts, **P](x): ...\n", "async def f(x): ...\n"),
    ("def f[\n    T,  # why\n](x): ...\n", "def f(\n# why\nx): ...\n"),
    ("class C[T]: ...\n", "class C(): ...\n"),
    ("class C[T](A, b=c): ...\n", "class C(A, b=c): ...\n"),
    ("class C[T: a or b = d[e, f], *U = *g](A): ...\n", "class C(a or b, d[e, f],  *g,A): ...\n"),
    ("class C[\n    T: int,\n]: ...\n", "class C(\n    int,\n): ...\n"),
    ("type X = int\n", "X = int\n"),
    ("if a: type X[T] = list[T]\n", "if a: X = list[T]\n"),
    ("type X[T: a or b] = c; d\n", "X[a or b,] = c; d\n"),
    ("type X[\n  T\n] = c\n", "X[(),\n  \n] = c\n"),
    ("try: pass\nexcept A, B: pass\n", "try: pass\nexcept (A, B): pass\n"),
    (
        "try: pass\nexcept* A, b(c, d):  # e\n    pass\n",
        "try: pass\nexcept* (A, b(c, d)):  # e\n    pass\n",
    ),
    ("lazy import a, b\n", "import a, b\n"),
    ("if a:\n    lazy from b import c\n", "if a:\n    from b import c\n"),
    ("[*a for a in b if c]\n", "[a for a in b if c]\n"),
    ("{**a for a in b}\n", "{a for a in b}\n"),
    ("(*a async for a in b)\n", "(a async for a in b)\n"),
    ("x = f'{a['b']}'\n", "x = (\"\",(a['b']),)\n"),
    ("x = 'y' f'{a['b']}'\n", "x = ('y', \"\",(a['b']),)\n"),
    ("x = t'{a}'\n", 'x = ("",(a),)\n'),
    ("x = f'{f'{a['b']}' or c}'\n", 'x = ("",(("",(a[\'b\']),) or c),)\n'),
    ("x = f'{[*a for a in b['c']]}'\n", "x = (\"\",([a for a in b['c']]),)\n"),
    ("x = f'''a\n\nb{c['''d''']}'''\n", 'x = ("","""\n\n""",(c[\'\'\'d\'\'\']),)\n'),
    ("x = f'{\n  a\n  !r}'\n", 'x = ("",(\n  a\n  ),)\n'),
]


def without_empty(text: str) -> str:
    """What a literal of one line becomes does not matter."""
    return text.replace('"",', "")


@pytest.mark.parametrize("text", LEFT_ALONE)
def test_older_syntax_stays_as_it_is(text: str) -> None:
    assert lower(text) == text


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="what the host reads stays as it is")
@pytest.mark.parametrize(("text", "expected"), LOWERED)
def test_newer_syntax_is_rewritten(text: str, expected: str) -> None:
    assert lower(text) == expected
    parsed = read_tree(text)
    assert isinstance(parsed, Parsed)
    assert parsed.reader == "libcst"
    assert parsed.text.count("\n") == text.count("\n")


WRONG = [
    "def f[](x): ...\n",
    "def f[1](x): ...\n",
    "class C[T=1, U]: ...\n(\n",
    "type X\n",
    "type X = \n",
    "try: pass\nexcept A, B as e: pass\n",
    "[*a, *b for a in c]\n",
    "x = f'{}'\n",
    "x = f'{a'\n",
    "x = f'{a!}'\n",
    "lazy\nimport (a)\n",
    "lazy a\n",
    "x = f'{a b}'\n",
]


@pytest.mark.parametrize("text", WRONG)
def test_what_is_no_python_of_any_version_is_a_problem(text: str) -> None:
    problem = read_tree(text)
    assert isinstance(problem, Problem)
    assert problem.reason


def test_statements_in_brackets_that_never_close_are_not_read_again_and_again() -> None:
    text = "class Box[T:\n        pass\n\n\n" * 2000
    with processor_seconds(2):
        lower(text)


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="the host reads it")
def test_newer_syntax_nested_too_deep_for_libcst_is_a_problem_not_a_crash() -> None:
    text = "type X = int\nx = " + "-" * 600 + "1\n"
    problem = read_tree(text)
    assert isinstance(problem, Problem)
    assert "too deep for LibCST" in problem.reason


NEWER = '''\
def first[T: (int, str)](items: list[T]) -> T:
    """Doc."""
    name = f"{items["a"] or items["b"]} {
        "yes" if items else "no"  # why
    }"
    try:
        return [*i for i in items if i and name]
    except KeyError, ValueError:
        pass


class Box[T]:
    type Pair[U] = tuple[T, U]

    def get(self) -> t"{first(1)}": ...
'''
OLDER = '''\
def first(items: list[T]) -> T:
    """Doc."""
    name = ((items["a"] or items["b"]), (
        "yes" if items else "no"  # why
    ))
    try:
        return [i for i in items if i and name]
    except (KeyError, ValueError):
        pass


class Box():
    Pair = tuple[T, U]

    def get(self) -> (first(1),): ...
'''


def facts(file: ReadFile) -> list[tuple[str, int, int, Complexity | Problem]]:
    return [
        (unit.name, unit.span.first, unit.span.last, measure(unit_source(file, unit)))
        for unit in file.outline.units
    ]


def test_newer_syntax_measures_as_the_same_in_older_syntax() -> None:
    newer, older = read(NEWER), read(OLDER)
    assert facts(newer) == facts(older)
    assert newer.reader == ("libcst" if sys.version_info < (3, 15) else "ast")
    assert older.reader == "ast"


def test_only_the_chunk_with_newer_syntax_is_rewritten() -> None:
    file = read("x = f'{a}'\ndef f():\n    return f'{a}'\ndef g():\n    return f'{a['b']}'\n")
    assert file.lines[0] == "x = f'{a}'"
    assert file.lines[2] == "    return f'{a}'"


@pytest.mark.parametrize("text", ["x = " + "(" * 5000 + "\n", "x = f'" + "{f'" * 500 + "\n"])
def test_broken_text_of_any_depth_is_a_problem(text: str) -> None:
    assert isinstance(read_outline(text.encode()), Problem)
