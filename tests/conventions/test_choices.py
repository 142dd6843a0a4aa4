"""Each family reads its own examples, and the traps beside them."""

from __future__ import annotations

import ast
import textwrap
from pathlib import Path

import pytest

from scanner.analysis.all_facts import FACTS
from scanner.analysis.choices import ANALYSIS, FAMILIES, OPEN, Choices, read_choices
from scanner.analysis.parsing.outline import read_outline, unit_source
from scanner.analysis.parsing.source import UnitSource
from scanner.base.model import Problem, UnitKind


def choices(text: str) -> Choices:
    read = read_choices(UnitSource(UnitKind.MODULE, textwrap.dedent(text)))
    assert isinstance(read, Choices)
    return read


def chosen(text: str, family: str) -> list[str]:
    return [point.alternative for point in choices(text).points if point.family == family]


EXAMPLES = [
    pytest.param(family.id, entry.id, entry.example, id=f"{family.id}-{entry.id}")
    for family in FAMILIES
    for entry in family.alternatives
    if entry.example
]


@pytest.mark.parametrize(("family", "alternative", "example"), EXAMPLES)
def test_example_of_an_alternative_is_read_as_it(
    family: str, alternative: str, example: str
) -> None:
    assert alternative in chosen(example, family)


LEAVE_ALONE = [
    ("function-name", "def do_GET(self):\n    pass"),
    ("function-name", "def visit_FunctionDef(self, node):\n    pass"),
    ("function-name", "async def on_TabClosedEvent(self, event):\n    pass"),
    ("function-name", "def setUp(self):\n    pass"),
    ("function-name", "def formatTime(self, record):\n    pass"),
    ("guard-style", "def f(a, b):\n    if a:\n        g()\n    if b:\n" + "        g()\n" * 4),
    ("docstring-function", "def f(self):\n    return super().f() | {'a': 1}"),
    ("output-channel", "print('at the top of a script')"),
    ("output-channel", "def f():\n    print('x', file=sys.stderr)"),
    ("output-channel", "def f():\n    click.echo('x', err=True)"),
    ("log-formatting", "logger.info('no data')"),
    ("log-formatting", "logger.info('done' + (f' at {x}' if x else ''))"),
    ("else-after-return", "if a:\n    g()\nelif b:\n    raise E\nelse:\n    raise F"),
    ("helper-place", "def f(a):\n    def g():\n        return a\n    return g()"),
    ("silent-handler", "try:\n    f()\nexcept OSError:\n    # it may be gone\n    pass"),
    ("log-formatting", "math.log(f'{x}')"),
    ("string-formatting", "logger.info(f'{x}')"),
    ("string-formatting", "x = f'no data'"),
    ("string-formatting", "x = a % b"),
    ("string-formatting", "x = 1 + y"),
    ("open-context", "image.open(p)"),
    ("text-encoding", "open(p, 'rb')"),
    ("text-encoding", "open(p, mode='wb')"),
    ("raise-chaining", "raise AppError('x')"),
    ("raise-chaining", "try:\n    f()\nexcept OSError:\n    raise"),
    (
        "raise-chaining",
        "try:\n    f()\nexcept OSError:\n    def g():\n        raise AppError('x')",
    ),
    ("exception-raised", "raise NotImplementedError"),
    ("exception-raised", "raise error"),
    ("docstring-function", "@overload\ndef f(x): ..."),
    ("docstring-function", "def test_f():\n    pass"),
    ("annotations-public", "def _f(x):\n    pass"),
    ("import-place", "def f():\n    from . import a"),
    ("import-place", "def f():\n    import numpy"),
    ("import-place", "if x:\n    import os"),
    ("helper-place", "def f():\n    def g():\n        pass\n    return g"),
    ("helper-place", "def f():\n    @wraps(f)\n    def g():\n        pass\n    g()"),
    ("constant-place", "class A(Enum):\n    RED = 1"),
    ("boolean-parameter", "def f(x=None):\n    pass"),
    ("generic-style", "x = list[0]\nx[1:2]"),
    ("test-assertion", "def f():\n    assert x"),
    ("utc-name", "x = datetime.now"),
    ("getter-style", "def get_it(self):\n    return self.fetch(1)"),
    ("future-annotations", "x = 1"),
    ("unused-loop-name", "for i in x:\n    f(i)"),
]


@pytest.mark.parametrize(("family", "text"), LEAVE_ALONE)
def test_no_choice_is_seen(family: str, text: str) -> None:
    found = [c for c in chosen(text, family) if not (family == "generic-style" and c == "built-in")]
    assert found == []


TRAPS = [
    ("silent-handler", "try:\n    f()\nexcept OSError:  # noqa: S110\n    pass", ["silent"]),
    ("output-channel", "def f(self):\n    self._logger.info('x')", ["logging"]),
    ("except-breadth", "try:\n    f()\nexcept (OSError, Exception):\n    g()", ["Exception"]),
    ("string-formatting", "x = f'{y:{width}}'", ["f-string"]),
    ("annotations-public", "def f(self, x: int) -> int: ...", ["annotated"]),
    ("annotations-public", "@staticmethod\ndef f(self_id) -> int: ...", ["partly annotated"]),
    ("test-style", "class TestA(unittest.IsolatedAsyncioTestCase):\n    x = 1", ["TestCase"]),
    ("import-origin", "from . import a", ["relative"]),
    ("async", "async def handle():\n    pass", ["async"]),
    ("quotes", "def f():\n    return ['a', \"it's\", 'b', \"c\"]", ["single"]),
    ("docstring-style", 'def f(x):\n    """X.\n\n    Returns:\n        y\n    """', ["Google"]),
]


@pytest.mark.parametrize(("family", "text", "expected"), TRAPS)
def test_traps(family: str, text: str, expected: list[str]) -> None:
    assert chosen(text, family) == expected


def test_families_are_uniform() -> None:
    ids = [family.id for family in FAMILIES]
    assert len(ids) == len(set(ids)) >= 40
    for family in FAMILIES:
        assert family.nodes
        names = [entry.id for entry in family.alternatives]
        assert len(names) == len(set(names))
        assert all(entry.label and entry.instead for entry in family.alternatives)
        assert all(entry.example for entry in family.alternatives if entry.id != OPEN)
        known = set(names)
        is_open = OPEN in known
        assert is_open or all(known.issuperset(one.improves_on) for one in family.alternatives)


#: The minimum catalogue of docs/scores.md, less what siblings and architecture cover.
CATALOGUE = """
output-channel logger-acquisition log-formatting except-breadth raise-chaining silent-handler
handler-logging log-in-handler exception-raised path-handling string-formatting open-context
record-type returned-record annotations-public annotations-private optional-style generic-style
future-annotations import-origin import-grain import-alias type-checking-imports
docstring-function docstring-class docstring-module docstring-style function-name class-name
local-name parameter-name test-name verb helper-place guard-style async library test-style
test-preparation test-cases keyword-only exports constant-place current-time subprocess-call
environment-access configuration-access
"""


def test_the_catalogue_is_covered() -> None:
    assert {family.id for family in FAMILIES} >= set(CATALOGUE.split())


def test_every_family_module_is_registered() -> None:
    folder = Path(read_choices.__code__.co_filename).parent
    listed = (folder / "all_families.py").read_text(encoding="utf-8")
    for module in folder.glob("*.py"):
        if "\nFAMILIES = (" in module.read_text(encoding="utf-8"):
            assert f"*{module.stem}.FAMILIES" in listed


def test_analysis_is_registered() -> None:
    assert ANALYSIS in FACTS


def test_lines_count_from_the_first_line_of_the_unit() -> None:
    points = choices("@decorated\ndef f(x):\n    a = 1\n    print(x)\n").points
    assert [p.line for p in points if p.family == "output-channel"] == [3]
    assert [p.line for p in points if p.family == "annotations-public"] == [1]


SOURCES = sorted(Path(ast.__file__).parent.glob("*.py"))[::9]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_shared_tree_and_text_alone_give_equal_choices(path: Path) -> None:
    read = read_outline(path.read_bytes())
    assert not isinstance(read, Problem)
    for unit in read.outline.units:
        source = unit_source(read, unit)
        assert read_choices(source) == read_choices(UnitSource(source.kind, source.text))


def test_deep_expressions_are_read() -> None:
    text = "def f(x):\n    return " + "+".join(["x"] * 3000) + "\n"
    assert isinstance(read_choices(UnitSource(UnitKind.FUNCTION, text)), Choices)


def test_a_text_that_does_not_parse_is_a_problem() -> None:
    assert isinstance(read_choices(UnitSource(UnitKind.MODULE, "def f(:")), Problem)


def test_imports_of_a_unit() -> None:
    shape = choices(
        """
        import a.b
        if TYPE_CHECKING:
            from c import d
        try:
            from ..e import f, g
        except ImportError:
            pass
        """
    ).shape
    assert [(i.module, i.level, i.names, i.is_typing) for i in shape.imports] == [
        ("a.b", 0, (), False),
        ("c", 0, ("d",), True),
        ("e", 2, ("f", "g"), False),
    ]


def test_shape_of_a_class() -> None:
    shape = choices("@app.register\nclass A(base.B[int]):\n    x = 1\n    y: int\n").shape
    assert (shape.name, shape.bases, shape.decorators) == ("A", ("B",), ("app.register",))
    assert shape.members == ("x", "y")
