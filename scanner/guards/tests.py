"""Tests that a change deletes, skips or strips of assertions while the code they covered stays."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from types import MappingProxyType

from scanner.analysis.parsing.outline import ReadFile, unit_source
from scanner.base.model import Finding, Place, Span, Unit, UnitKind
from scanner.config import GuardPoints
from scanner.guards.assertions import (
    CHECKING,
    Assertions,
    asserting_functions,
    assertions_in,
    called_names,
    imported_paths,
    is_less,
)
from scanner.guards.finding import Loss, tampering
from scanner.roles.paths import is_test_path
from scanner.scoring.change import ChangedFile
from scanner.scoring.matching import PlacedUnit, UnitPair

#: Names that end a test early, or mark it as not to be run or not to be believed.
_SKIPS = {
    "skip", "skipif", "skipIf", "skipUnless", "skipTest", "SkipTest", "xfail", "expectedFailure",
    "importorskip",
}  # fmt: skip
#: How many further tests a finding names.
SHOWN_TESTS = 5
_SKELETONS = (UnitKind.MODULE, UnitKind.CLASS)
#: Names that say nothing of what a test is about.
_COMMON = {
    "self", "cls", "pytest", "mock", "patch", "tmp_path", "monkeypatch", "len", "list", "dict",
    "set", "str", "int", "range", "isinstance", "sorted", "open", "print", "True", "False", "None",
    "append", "get", "items", "join", "format", "Path", "write_text", "read_text", "raises",
    "fixture", "mark", "parametrize", "assertEqual", "assertTrue", "assertFalse", "Mock",
    "MagicMock", "return_value", "json", "os", "sys", "re", "client", "app", "result", "response",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Test:
    """What matters of one test: names in it, assertions that can fail, marks that skip it."""

    names: frozenset[str]
    assertions: Assertions
    skips: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _TestChange:
    """The units of a change by content; names that went, and names still tested.

    `files_of_removed_code` are test files that are gone and name code that is gone too. `helpers`
    are the functions of test files after the change that are no tests and assert, with how often;
    `read` gives other files of the tree after the change.
    """

    sources: Mapping[str, tuple[ReadFile, Unit]]
    removed_names: frozenset[str]
    tested_names: frozenset[str]
    origins: frozenset[tuple[str, str]]
    files_of_removed_code: frozenset[str]
    helpers: Mapping[str, float]
    read: Read

    def source(self, placed: PlacedUnit) -> str:
        return unit_source(*self.sources[placed.unit.content]).text

    def test(self, placed: PlacedUnit) -> _Test:
        return _read(self.source(placed), self.helpers)


#: The text of a file of the tree after the change, None where there is none.
Read = Callable[[str], str | None]


def _reads_nothing(_path: str) -> None:
    return None


def lost_tests(
    files: Sequence[ChangedFile],
    pairs: Sequence[UnitPair],
    points: GuardPoints,
    read: Read = _reads_nothing,
) -> tuple[Finding, ...]:
    """A finding for each file and way in which tests of it guard less than before.

    A test that is gone is not missed where the change also removes code that it names, or that its
    file names if that is gone too; where another test of the change names all of what it named; or
    where it was cut into others.
    """
    relevant = [pair for pair in pairs if any(map(_is_in_tests, (pair.before, pair.after)))]
    if not any(pair.before for pair in relevant):
        return ()
    change = _change(files, pairs, read)
    groups: dict[tuple[str, str], list[tuple[PlacedUnit, bool, Loss]]] = {}
    for pair in relevant:
        for loss in _losses(pair, change):
            placed = pair.after or pair.before
            assert placed is not None
            group = groups.setdefault((placed.path, loss.guard), [])
            group.append((placed, pair.after is not None, loss))
    return tuple(_finding(group, points) for group in groups.values())


def _is_in_tests(placed: PlacedUnit | None) -> bool:
    return placed is not None and is_test_path(placed.path)


def _is_test(placed: PlacedUnit | None) -> bool:
    if placed is None or not is_test_path(placed.path):
        return False
    name = placed.unit.name.rpartition(".")[2]
    return placed.unit.kind in (UnitKind.FUNCTION, UnitKind.METHOD) and name.startswith("test")


def _losses(pair: UnitPair, change: _TestChange) -> Iterator[Loss]:
    old, new = pair.before, pair.after
    if old is None:
        return
    if new is None:
        if _is_test(old) and not _is_excused(old, change):
            yield _gone(old, change)
        return
    before, after = change.test(old), change.test(new)
    if _is_test(old) and not _is_test(new):
        yield _uncollected(old, new)
    elif len(after.skips) > len(before.skips) and _may_skip(old):
        yield _skipped(old, before, after)
    elif not _is_test(old) or not is_less(before.assertions, after.assertions):
        return
    elif not _is_handed_on(old, new, change):
        yield _stripped(old, before, after)


def _may_skip(placed: PlacedUnit) -> bool:
    """Whether a skip in a unit is one of tests: of a test, or of all tests of a class or file."""
    return _is_test(placed) or placed.unit.kind in _SKELETONS


def _is_handed_on(old: PlacedUnit, new: PlacedUnit, change: _TestChange) -> bool:
    """Whether a test calls what it did not call, and a file that did not change asserts there."""
    sides = [_parsed(change.source(one)) for one in (old, new)]
    if sides[0] is None or sides[1] is None:
        return False
    calls = called_names(sides[1]) - called_names(sides[0])
    file, _ = change.sources[new.unit.content]
    return bool(calls) and any(
        any(asserting_functions(tree, calls))
        for path in imported_paths(file.text, new.path)
        if (text := change.read(path)) is not None and (tree := _parsed(text)) is not None
    )


def _is_excused(old: PlacedUnit, change: _TestChange) -> bool:
    if (old.path, old.unit.name) in change.origins or old.path in change.files_of_removed_code:
        return True
    names = change.test(old).names
    is_of_removed_code = bool(names & change.removed_names)
    return is_of_removed_code or (bool(names) and names <= change.tested_names)


def _change(files: Sequence[ChangedFile], pairs: Sequence[UnitPair], read: Read) -> _TestChange:
    sources = {
        unit.content: (side, unit)
        for file in files
        for side in (file.before, file.after)
        if side is not None
        for unit in side.outline.units
    }
    code = [pair for pair in pairs if not any(map(_is_in_tests, (pair.before, pair.after)))]
    still = _defined_in((pair.after for pair in code), sources)
    went = _defined_in((pair.before for pair in code), sources)
    removed = frozenset((went - still | _removed_modules(files)) - _COMMON)
    tests = [pair.after for pair in pairs if pair.after and _is_test(pair.after)]
    named = [_read(unit_source(*sources[test.unit.content]).text).names for test in tests]
    origins = (pair.origin for pair in pairs if pair.origin)
    return _TestChange(
        sources,
        removed,
        frozenset().union(*named),
        frozenset((origin.path, origin.unit.name) for origin in origins),
        frozenset(_files_naming(removed, files)),
        _helpers(files),
        read,
    )


def _helpers(files: Iterable[ChangedFile]) -> dict[str, float]:
    """What tests can leave their assertions to: how many each function of a test file has."""
    found: dict[str, float] = {}
    for file in files:
        if file.after is None or not is_test_path(file.path):
            continue
        for unit in file.after.outline.units:
            name = unit.name.rpartition(".")[2]
            if unit.kind not in _SKELETONS and not name.startswith("test"):
                found[name] = _read(unit_source(file.after, unit).text).assertions.least
    return {name: count for name, count in found.items() if count and not CHECKING.match(name)}


def _files_naming(names: frozenset[str], files: Iterable[ChangedFile]) -> Iterator[str]:
    for file in files:
        if file.after is None and file.before is not None and is_test_path(file.path):
            words = set(re.findall(r"\w+", "\n".join(file.before.lines)))
            if words & names:
                yield file.path


def _defined_in(
    units: Iterable[PlacedUnit | None], sources: Mapping[str, tuple[ReadFile, Unit]]
) -> set[str]:
    """Names that code outside can use: of units, of their parameters, of what skeletons assign."""
    names: set[str] = set()
    for placed in units:
        if placed is None:
            continue
        names.add(_short(placed))
        tree = _parsed(unit_source(*sources[placed.unit.content]).text)
        for node in ast.walk(tree) if tree else ():
            match node:
                case ast.arg(arg=name) | ast.alias(name=name):
                    names.add(name.rpartition(".")[2])
                case ast.Name(id=name, ctx=ast.Store()) if placed.unit.kind in _SKELETONS:
                    names.add(name)
    return names


def _removed_modules(files: Iterable[ChangedFile]) -> set[str]:
    """The names of modules that are gone or have another name."""
    paths = [
        file.path_before for file in files if file.after is None or file.path != file.path_before
    ]
    return {PurePosixPath(path).stem for path in paths if not is_test_path(path)}


def _short(placed: PlacedUnit) -> str:
    return placed.unit.name.rpartition(".")[2]


def _read(source: str, helpers: Mapping[str, float] = MappingProxyType({})) -> _Test:
    """What matters of a unit's source; a source that does not parse matters nothing.

    A call of one of `helpers` counts as the assertions that it has.
    """
    tree = _parsed(source)
    if tree is None:
        return _Test(frozenset(), Assertions(), ())
    names: set[str] = set()
    skips: list[str] = []
    only_defined = _marks_that_are_only_defined(tree)
    for node in ast.walk(tree):
        name = _name(node)
        if name:
            names.add(name)
        if _is_switched_off(node):
            skips.append("__test__ = False")
        if name in _SKIPS and id(node) not in only_defined:
            skips.append(name)
    return _Test(frozenset(names - _COMMON), assertions_in(tree, helpers), tuple(skips))


def _is_switched_off(node: ast.AST) -> bool:
    """Whether a node tells pytest to leave out a test, or all tests of a class or file."""
    match node:
        case ast.Assign(
            targets=[ast.Name(id="__test__") | ast.Attribute(attr="__test__")],
            value=ast.Constant(value=False),
        ):
            return True
    return False


def _marks_that_are_only_defined(tree: ast.Module) -> set[int]:
    """The nodes of `needs_x = pytest.mark.skipif(...)` in a module: nothing is marked by it yet."""
    return {
        id(inner)
        for node in tree.body
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None
        if not any(isinstance(n, ast.Name) and n.id == "pytestmark" for n in ast.walk(node))
        for inner in ast.walk(node.value)
    }


def _parsed(source: str) -> ast.Module | None:
    try:
        return ast.parse(source)
    except (SyntaxError, RecursionError, MemoryError):
        return None


def _name(node: ast.AST) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name) | ast.keyword(arg=str(name)):
            return name
        case ast.alias(name=name):
            return name.rpartition(".")[2]
    return ""


def _gone(old: PlacedUnit, change: _TestChange) -> Loss:
    count = change.test(old).assertions.least
    return Loss(
        guard="test-deleted",
        message=f"The test {old.unit.name} is deleted, and the code that it names is still there.",
        hint="Keep it, or delete what it covers; if another test took its place, name that one.",
        before=f"{old.path}: {old.unit.name}, {_counted(count)}",
        after=None,
    )


def _uncollected(old: PlacedUnit, new: PlacedUnit) -> Loss:
    return Loss(
        guard="test-not-collected",
        message=f"The test {old.unit.name} is no longer a test: no runner collects it as "
        f"{new.unit.name} in {new.path}.",
        hint="Give it a name that the test runner collects.",
        before=f"{old.path}: {old.unit.name}",
        after=f"{new.path}: {new.unit.name}",
    )


def _skipped(old: PlacedUnit, before: _Test, after: _Test) -> Loss:
    added = [name for name in after.skips if name not in before.skips] or list(after.skips[-1:])
    return Loss(
        guard="test-skipped",
        message=f"{old.unit.name} is marked {added[0]}, which it was not before.",
        hint="Fix the test or the code; a skip needs an issue that says when it will be removed.",
        before=", ".join(before.skips) or "always run",
        after=", ".join(after.skips),
    )


def _stripped(old: PlacedUnit, before: _Test, after: _Test) -> Loss:
    left = "much less than before" if after.assertions.least else "nothing any more"
    return Loss(
        guard="test-stripped",
        message=f"The test {old.unit.name} asserts {left}.",
        hint="Assert what the test is named for.",
        before=_counted(before.assertions.least),
        after=_counted(after.assertions.least),
    )


def _counted(assertions: float) -> str:
    return "1 assertion" if assertions == 1 else f"{assertions:g} assertions"


def _finding(group: Sequence[tuple[PlacedUnit, bool, Loss]], points: GuardPoints) -> Finding:
    """One finding for all tests of a file that lost alike, at the first; it names the others."""
    placed, is_there, loss = group[0]
    others = [other.unit.name for other, _, _ in group[1:]]
    if others:
        named = ", ".join(others[:SHOWN_TESTS])
        more = f" and {len(others) - SHOWN_TESTS} more" if len(others) > SHOWN_TESTS else ""
        loss = replace(loss, message=f"{loss.message} The same goes for {named}{more}.")
    span = placed.unit.span if is_there else Span(1, 1)
    return tampering(loss, Place(placed.path, span, placed.unit.name), points.lost_test)
