from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import msgspec
import pytest

from scanner.analysis.metrics.complexity import file_facts, measure
from scanner.analysis.parsing.outline import unit_source
from scanner.analysis.parsing.source import PLACEHOLDER, UnitSource
from scanner.base.model import Closure, Complexity, FileFacts, Halstead, Problem, UnitKind

from .real_code import read, sample


def facts(text: str) -> Complexity:
    found = measure(UnitSource(UnitKind.FUNCTION, dedent(text).lstrip("\n")))
    assert isinstance(found, Complexity)
    return found


# --------------------------------------------------------------------------- parameters


@pytest.mark.parametrize(
    ("signature", "count"),
    [
        ("", 0),
        ("a, b=1", 2),
        ("self", 0),
        ("self, a", 1),
        ("cls, /, a", 1),
        ("mcs, name, bases", 2),
        ("a, self", 2),
        ("a, /, b, *, c", 3),
        ("*args, **kwargs", 2),
        ("self, *, a, **b", 2),
        ("*, self", 1),
    ],
)
def test_parameters(signature: str, count: int) -> None:
    assert facts(f"def f({signature}): ...\n").parameters == count


@pytest.mark.parametrize(
    ("decorator", "name", "count"),
    [
        ("", "load", 7),
        ("@property\n", "load", 7),
        ("@cache(maxsize=1)\n", "load", 7),
        ("@registry.register\n", "load", 7),
        ("@get('/orders')\n", "load", 7),  # whose `get` this is cannot be seen
        ("", "test_load", 0),
        ("@pytest.fixture\n", "load", 0),
        ("@pytest.fixture(scope='module')\n", "load", 0),
        ("@click.command()\n@click.option('--a')\n", "load", 0),
        ("@app.command('load')\n", "load", 0),
        ("@router.post('/orders', status_code=201)\n", "load", 0),
        ("@server.tool\n", "load", 0),
    ],
)
def test_what_a_framework_calls_has_none(decorator: str, name: str, count: int) -> None:
    assert facts(f"{decorator}def {name}(a, b, c, d, e, f, g): ...\n").parameters == count


def test_a_skeleton_has_no_parameters() -> None:
    assert facts("class C:\n    x = lambda a, b: a\n").parameters == 0


# --------------------------------------------------------------------------- nesting


@pytest.mark.parametrize(
    ("body", "depth"),
    [
        ("pass", 0),
        ("with a:\n        b", 0),
        ("return [a for a in b if c]", 0),
        ("return a if b else c", 0),
        ("return lambda: a", 0),
        ("if a:\n        b", 1),
        ("if a:\n        b\n    elif c:\n        d\n    else:\n        e", 1),
        ("if a:\n        b\n    else:\n        if c:\n            d", 2),
        ("for a in b:\n        while c:\n            d", 2),
        ("try:\n        if a:\n            b\n    except c:\n        d", 2),
        ("try:\n        a\n    except b:\n        if c:\n            d", 2),
        ("try:\n        a\n    finally:\n        for c in d:\n            e", 2),
        ("match a:\n        case 1:\n            if b:\n                c", 2),
        ("with a:\n        with b:\n            if c:\n                d", 1),
        ("def g():\n        if a:\n            b", 1),
        ("if a:\n        def g():\n            if b:\n                c", 2),
        ("if a:\n        class C:\n            if b:\n                c", 2),
    ],
)
def test_nesting_is_the_depth_of_control_flow_blocks(body: str, depth: int) -> None:
    assert facts(f"def f():\n    {body}\n").nesting == depth


# --------------------------------------------------------------------------- closures


def test_closures_are_listed_with_names_lines_and_counts_of_their_own() -> None:
    found = facts(
        """
        @decorator
        def f(a):
            if a:
                def g(b, c):
                    def h(): ...
                    return b or c
            class Local:
                def method(self, d):
                    assert d
            return [x for x in a]
        """
    )
    assert found.cyclomatic == 1 + 1 + 1
    assert found.closures == (
        Closure("g", 3, 2, 2),
        Closure("g.h", 4, 1, 0),
        Closure("Local.method", 7, 2, 1, 1),
    )


# --------------------------------------------------------------------------- lines


def test_lines_of_a_function() -> None:
    found = facts(
        '''
        @decorator
        def f(a):
            """Doc.

            More."""
            # comment
            if a: return 1  # why

            return 2
        '''
    )
    assert (found.code_lines, found.logical_lines, found.comment_lines) == (4, 6, 2)


def test_placeholders_are_no_lines() -> None:
    bare = facts("class C:\n    x = 1\n")
    with_method = facts(f"class C:\n    x = 1\n    if y:\n        {PLACEHOLDER}\n")
    assert with_method.code_lines == bare.code_lines + 1
    assert with_method.logical_lines == bare.logical_lines + 1


# --------------------------------------------------------------------------- whole files


def test_a_file_has_radons_counts() -> None:
    found = file_facts(read('"""Doc."""\n\nx = a + b  # c\n\n\ndef f():\n    return x or a\n'))
    assert isinstance(found, FileFacts)
    assert (found.lines, found.logical_lines, found.source_lines) == (7, 4, 3)
    assert (found.comment_lines, found.single_comment_lines) == (1, 1)
    assert (found.blank_lines, found.docstring_lines) == (3, 0)
    assert found.halstead == Halstead(2, 4, 2, 4)


def test_an_empty_file_has_facts() -> None:
    file = read("")
    found = file_facts(file)
    assert isinstance(found, FileFacts)
    assert found.lines == 0
    assert found.maintainability_index == 100.0
    assert isinstance(measure(unit_source(file, file.outline.units[0])), Complexity)


# --------------------------------------------------------------------------- hard input


def test_text_that_does_not_parse_is_a_problem() -> None:
    assert isinstance(measure(UnitSource(UnitKind.FUNCTION, "def f(:\n")), Problem)


@pytest.mark.parametrize(
    ("expression", "cyclomatic", "cognitive"),
    [
        (" + ".join(["a"] * 5000), 1, 0),
        (" and ".join(["a"] * 5000), 5000, 1),
        ("a" + ".b" * 5000, 1, 0),
        ("not " * 5000 + "a", 1, 0),
        ("".join(f"a if b{i} else " for i in range(1500)) + "c", 1501, sum(range(1, 1501))),
    ],
)
def test_thousands_of_terms_are_measured(expression: str, cyclomatic: int, cognitive: int) -> None:
    file = read(f"def f(a):\n    return {expression}\n")
    for source in (
        unit_source(file, file.outline.units[1]),
        UnitSource(UnitKind.FUNCTION, unit_source(file, file.outline.units[1]).text),
    ):
        found = measure(source)
        assert isinstance(found, Complexity)
        assert (found.cyclomatic, found.cognitive) == (cyclomatic, cognitive)
    assert isinstance(file_facts(file), FileFacts)


def test_a_thousand_elifs_are_one_block() -> None:
    text = "def f(a):\n    if a: pass\n" + "    elif a: pass\n" * 2000
    found = facts(text)
    assert (found.nesting, found.cyclomatic, found.cognitive) == (1, 2002, 2001)


# --------------------------------------------------------------------------- one result, two roads


@pytest.mark.parametrize("path", sample(9, start=1), ids=lambda path: path.name)
def test_facts_depend_on_text_alone(path: Path) -> None:
    """The tree of the file and the text of the unit give the same facts, and msgspec keeps them."""
    file = read(path.read_bytes())
    for unit in file.outline.units:
        source = unit_source(file, unit)
        shared = measure(source)
        assert shared == measure(UnitSource(unit.kind, source.text))
        assert isinstance(shared, Complexity)
        packed = msgspec.msgpack.encode(shared)
        assert msgspec.msgpack.decode(packed, type=Complexity) == shared
