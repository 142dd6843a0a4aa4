"""A change → findings for the guards it takes from statements that it leaves standing."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial

from scanner.analysis.parsing.functions import FunctionNode, function_of
from scanner.analysis.parsing.outline import ReadFile
from scanner.analysis.parsing.syntax import parse
from scanner.base.model import Unit
from scanner.guards.protection.candidates import CALLABLE, candidates
from scanner.guards.protection.compare import Lost, lost_between
from scanner.guards.protection.conditions import implies, path_of
from scanner.guards.protection.flow import (
    Helper,
    Reached,
    arguments_of,
    reached,
)
from scanner.guards.protection.guard import ABOUT_VALUES, Guard
from scanner.scoring.change import ChangedFile
from scanner.scoring.matching import UnitPair


@dataclass(frozen=True, slots=True)
class LostGuard:
    """A lost guard with where it stood and where what it protected stands now."""

    lost: Lost
    path_before: str
    unit_before: Unit
    path: str
    unit: Unit

    @property
    def guard_line(self) -> int:
        return self.unit_before.span.first + self.lost.guard.line - 1

    @property
    def line_before(self) -> int:
        return self.unit_before.span.first + self.lost.before.line - 1

    @property
    def line(self) -> int:
        return self.unit.span.first + self.lost.after.line - 1


def lost_guards(files: Sequence[ChangedFile], pairs: Sequence[UnitPair]) -> Iterator[LostGuard]:
    """The guards that a change takes away from what it leaves standing."""
    change = _Change(files, pairs)
    for pair in candidates(pairs):
        if pair.before is None or pair.after is None:
            continue
        if pair.before.path not in change.before or pair.after.path not in change.after:
            continue
        for lost in change.compared(pair):
            if not change.is_excused(lost, pair):
                yield LostGuard(
                    lost, pair.before.path, pair.before.unit, pair.after.path, pair.after.unit
                )


@dataclass
class _Side:
    """One side of a file, its functions parsed and followed where they are asked for.

    `fresh` are the functions that this side alone has, `elsewhere` those of other files, by their
    last name.
    """

    file: ReadFile
    fresh: frozenset[str]
    elsewhere: Mapping[str, tuple[ReadFile, Unit]]
    _helpers: dict[str, Helper | None] = field(default_factory=dict)
    _reached: dict[str, list[Reached]] = field(default_factory=dict)

    @cached_property
    def _units(self) -> dict[str, Unit]:
        return {one.name: one for one in self.file.outline.units if one.kind in CALLABLE}

    def reached(self, unit: Unit) -> list[Reached]:
        """The statements of a function with the guards before them."""
        if unit.name not in self._reached:
            function = function_of(self.file, unit)
            found = reached(function, partial(self._called, unit)) if function is not None else []
            self._reached[unit.name] = found
        return self._reached[unit.name]

    def _called(self, unit: Unit, call: ast.Call) -> Helper | None:
        """What a call in a unit leads to, in this file and among the new functions of others."""
        path = path_of(call.func) or ""
        first, _, rest = path.partition(".")
        is_own = first in ("self", "cls") and rest
        name = f"{unit.name.rpartition('.')[0]}.{rest}" if is_own else path
        if name == unit.name:
            return None
        if (is_own or not rest) and name in self._units:
            return self._helper(name, self.file, self._units[name], is_new=name in self.fresh)
        last = path.rpartition(".")[2]
        if last in self.elsewhere:
            return self._helper(f"elsewhere {last}", *self.elsewhere[last], is_new=True)
        return None

    def _helper(self, key: str, file: ReadFile, unit: Unit, *, is_new: bool) -> Helper | None:
        if key not in self._helpers:
            function = function_of(file, unit)
            is_of_use = function is not None and (is_new or _may_refuse(function))
            self._helpers[key] = Helper(function, is_new) if function and is_of_use else None
        return self._helpers[key]


def _may_refuse(function: FunctionNode) -> bool:
    return any(isinstance(one, ast.Raise | ast.Assert) for one in ast.walk(function))


class _Change:
    def __init__(self, files: Sequence[ChangedFile], pairs: Sequence[UnitPair]) -> None:
        self._pairs = pairs
        news = [p.after for p in pairs if p.after and not p.before]
        olds = [p.before for p in pairs if p.before and not p.after]
        by_path = {f.path: f.after for f in files if f.after}
        by_old = {f.path_before: f.before for f in files if f.before}
        self.before = {
            path: _Side(read, frozenset(one.unit.name for one in olds if one.path == path), {})
            for path, read in by_old.items()
        }
        self.after = {
            path: _Side(
                read,
                frozenset(one.unit.name for one in news if one.path == path),
                {
                    one.unit.name.rpartition(".")[2]: (by_path[one.path], one.unit)
                    for one in news
                    if one.path != path and one.unit.kind in CALLABLE and one.path in by_path
                },
            )
            for path, read in by_path.items()
        }

    def compared(self, pair: UnitPair) -> list[Lost]:
        assert pair.before is not None
        assert pair.after is not None
        old = self.before[pair.before.path].reached(pair.before.unit)
        return list(lost_between(old, self.after[pair.after.path].reached(pair.after.unit)))

    def is_excused(self, lost: Lost, pair: UnitPair) -> bool:
        """Whether something outside the function answers for what it lost."""
        assert pair.before is not None
        assert pair.after is not None
        old, new = self.before[pair.before.path], self.after[pair.after.path]
        return (
            self._is_said_elsewhere(lost, pair)
            or _is_defined_anew(lost, old.file, new.file)
            or self._is_asked_by_callers(lost, pair)
        )

    def _is_said_elsewhere(self, lost: Lost, pair: UnitPair) -> bool:
        """Whether the check, by its words, came to stand somewhere else in the change."""
        assert pair.after is not None
        words = _words(lost.guard.shown)
        for other in self._pairs:
            if other is pair or other.after is None:
                continue
            before = Counter(other.before.lines) if other.before else Counter()
            come = Counter(other.after.lines) - before
            if any(words == _words(line) or words in _words(line) for line in come):
                return True
        return False

    def _is_asked_by_callers(self, lost: Lost, pair: UnitPair) -> bool:
        """Whether all that call the function in its file make sure of the same before they do."""
        assert pair.after is not None
        side, unit = self.after[pair.after.path], pair.after.unit
        node = function_of(side.file, unit)
        if node is None or lost.guard.kind not in ABOUT_VALUES:
            return False
        short = unit.name.rpartition(".")[2]
        seen = False
        for other in side.file.outline.units:
            lines = side.file.lines[other.span.first - 1 : other.span.last]
            if other.name == unit.name or not any(f"{short}(" in line for line in lines):
                continue
            if other.kind not in CALLABLE:
                return False
            for call, statement in _calls(short, side.reached(other)):
                seen = True
                asked = _as_asked_there(lost.guard, node, call)
                if asked is None or not any(implies(g, asked) for g in statement.guards.values()):
                    return False
        return seen


def _calls(name: str, statements: Iterable[Reached]) -> Iterator[tuple[ast.Call, Reached]]:
    for one in statements:
        if f"{name}(" in one.text:
            for node in ast.walk(parse(one.text)):
                path = path_of(node.func) if isinstance(node, ast.Call) else None
                if isinstance(node, ast.Call) and (path or "").rpartition(".")[2] == name:
                    yield node, one


def _as_asked_there(guard: Guard, function: FunctionNode, call: ast.Call) -> Guard | None:
    """The guard in the words of a caller, if all that it asks about comes from there."""
    given = arguments_of(function, call)
    names = {name: path for name, value in given.items() if (path := path_of(value))}
    roots = {one.partition(".")[0] for one in guard.subjects}
    if not all(root in names or root in ("self", "cls") for root in roots):
        return None
    return guard.renamed(names)


def _words(text: str) -> str:
    return " ".join(re.findall(r"[\w.]+|[^\w\s]", text.replace('"', "'")))


def _is_defined_anew(lost: Lost, old: ReadFile, new: ReadFile) -> bool:
    """Whether an attribute or a name of the module that was asked about is given otherwise now."""
    for subject in lost.guard.subjects:
        first, _, rest = subject.partition(".")
        name = f"{first}.{rest.partition('.')[0]}" if first in ("self", "cls") and rest else first
        if _assignments(old, name) != _assignments(new, name):
            return True
    return False


def _assignments(file: ReadFile, name: str) -> Counter[str]:
    if "." in name:
        own = re.escape(name.partition(".")[2])
        pattern = re.compile(rf"^\s+(?:self|cls)\.{own}\s*(?::[^=]*)?=[^=]|^\s+{own}\s*:")
    else:
        own = re.escape(name)
        pattern = re.compile(
            rf"^{own}\s*(?::[^=]*)?=[^=]|^\s*(?:from|import)\b.*\b{own}\b"
            rf"|^\s*(?:async )?def {own}\("
        )
    return Counter(line.strip() for line in file.lines if pattern.match(line))
