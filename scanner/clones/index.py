"""Where each piece of the live code stands: an inverted index that follows a walk file by file.

Units are indexed by content, so that adding a file version costs what is new in it. Posted are, for
each unit: the windows of its statements (see `clone_alignment.windows`), by shape and exactly, and
for functions each statement by its vocabulary, for copies with gaps.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from scanner.analysis.clones.clone_alignment import DEFAULT_LIMITS, CloneLimits, Pair, windows
from scanner.analysis.clones.fingerprints import Fingerprint
from scanner.base.model import Place, Span, Unit, UnitKind
from scanner.clones.definitions import DefinitionIndex, names_of
from scanner.clones.imports import ImportGraph
from scanner.config import Duplication

#: What stands in more different units than this is looked up in a stricter way, or not at all.
COMMON = 40
#: What stands in one unit more often than this is a row of like lines.
REPEATED = 8


@dataclass(frozen=True, slots=True)
class CloneUnit:
    """A unit of the live code with its fingerprint.

    `places` are the lines of the file for each line of the unit's text.
    """

    path: str
    unit: Unit
    fingerprint: Fingerprint
    places: Sequence[int]

    def lines(self, statement: int) -> range | Sequence[int]:
        """The lines of the file that a statement takes."""
        text = self.fingerprint
        return self.places[text.first[statement] : text.last[statement] + 1]

    def place(self, statements: Sequence[int]) -> Place:
        """Where statements stand, from the first to the last."""
        first, last = self.lines(min(statements)), self.lines(max(statements))
        return Place(self.path, Span(first[0], last[-1]), self.unit.name)


@dataclass(slots=True)
class _Content:
    """All live units of one content."""

    fingerprint: Fingerprint
    members: dict[int, CloneUnit] = field(default_factory=dict)


class Postings:
    """Contents by key. Most keys have one content, which is kept without a container."""

    def __init__(self) -> None:
        self._contents: dict[int, str | dict[str, None]] = {}

    def add(self, key: int, content: str) -> None:
        known = self._contents.setdefault(key, content)
        if isinstance(known, dict):
            known[content] = None
        elif known != content:
            self._contents[key] = {known: None, content: None}

    def remove(self, key: int, content: str) -> None:
        known = self._contents.get(key)
        if known == content:
            del self._contents[key]
        elif isinstance(known, dict):
            known.pop(content, None)
            if len(known) == 1:
                self._contents[key] = next(iter(known))

    def get(self, key: int) -> Iterable[str]:
        known = self._contents.get(key, ())
        return (known,) if isinstance(known, str) else known

    def count(self, key: int) -> int:
        known = self._contents.get(key)
        if known is None:
            return 0
        return 1 if isinstance(known, str) else len(known)


class CloneIndex:
    """The live code. `add` and `remove` take files in and out; lookups see the present state.

    Adding a path that is there replaces it. The cost of both is linear in the units that change.
    """

    def __init__(self, limits: CloneLimits = DEFAULT_LIMITS) -> None:
        self.limits = limits
        self._files: dict[str, tuple[CloneUnit, ...]] = {}
        self._contents: dict[str, _Content] = {}
        self._shapes = Postings()
        self._exacts = Postings()
        self._statements = Postings()
        self._wholes = Postings()
        self.imports = ImportGraph()
        self.names = DefinitionIndex()

    def __len__(self) -> int:
        return len(self._files)

    def __contains__(self, path: str) -> bool:
        return path in self._files

    def add(
        self,
        path: str,
        units: Iterable[tuple[Unit, Fingerprint, Sequence[int]]],
    ) -> None:
        """Takes a file in, replacing what stood at its path.

        Each unit comes with its fingerprint and the lines of the file for each line of its text
        (`ReadFile.places`).
        """
        old = self._files.get(path, ())
        ordered = sorted(units, key=lambda entry: (entry[0].span.first, -entry[0].span.last))
        new = tuple(CloneUnit(path, unit, text, places) for unit, text, places in ordered)
        self._enter(path, new)
        self._leave(old)

    def remove(self, path: str) -> None:
        """Takes a file out; nothing happens if it is not there."""
        self._leave(self._files.pop(path, ()))
        self.imports.drop(path)
        self.names.drop(path)

    def files(self) -> Mapping[str, tuple[CloneUnit, ...]]:
        """All files, each with its units in the order of their first lines."""
        return self._files

    def members(self, content: str) -> Sequence[CloneUnit]:
        """The live units of a content."""
        known = self._contents.get(content)
        return tuple(known.members.values()) if known else ()

    def fingerprint(self, content: str) -> Fingerprint:
        """The fingerprint of a live content."""
        return self._contents[content].fingerprint

    # ------------------------------------------------------------- candidates

    def seeds(self, text: Fingerprint) -> dict[str, list[Pair]]:
        """By live content, pairs of positions from where at least the least run is of equal shape.

        Shapes that more than `COMMON` contents share have to be equal exactly.
        """
        shapes = list(windows(text.shape, text.tokens, self.limits.tokens))
        exacts = list(windows(text.exact, text.tokens, self.limits.tokens))
        wanted: dict[str, list[int]] = defaultdict(list)
        for start, (shape, exact) in enumerate(zip(shapes, exacts, strict=True)):
            contents: Iterable[str] = ()
            if self._shapes.count(shape) <= COMMON:
                contents = self._shapes.get(shape)
            elif self._exacts.count(exact) <= COMMON:
                contents = self._exacts.get(exact)
            for content in contents:
                wanted[content].append(start)
        return {
            content: list(self._located(content, starts, shapes, exacts))
            for content, starts in wanted.items()
        }

    def _located(
        self, content: str, starts: Iterable[int], shapes: Sequence[int], exacts: Sequence[int]
    ) -> Iterator[Pair]:
        """The pairs of starts whose windows are equal; of rows of like lines, exactly equal."""
        text = self._contents[content].fingerprint
        like = _positions(windows(text.shape, text.tokens, self.limits.tokens))
        equal: dict[int, list[int]] | None = None
        for start in starts:
            others = like.get(shapes[start], [])
            if len(others) > REPEATED:
                if equal is None:
                    equal = _positions(windows(text.exact, text.tokens, self.limits.tokens))
                others = equal.get(exacts[start], [])
            if len(others) <= REPEATED:
                yield from ((start, other) for other in others)

    def sharing(self, text: Fingerprint) -> list[str]:
        """Live contents of functions that may hold enough of a unit's statements for a gapped copy.

        A content that holds a share of them holds one of the rarest, as many as may be missing and
        one more (prefix filter; Chaudhuri, Ganti and Kaushik 2006).
        """
        distinct = Counter(text.named)
        ranked = sorted(distinct, key=lambda key: (self._statements.count(key), key))
        may_miss = len(text.named) - _ceiling(self.limits.gapped_share * len(text.named))
        found: dict[str, None] = {}
        probed = 0
        for key in ranked:
            if self._statements.count(key) > COMMON:
                break
            found.update(dict.fromkeys(self._statements.get(key)))
            probed += distinct[key]
            if probed > may_miss:
                break
        return list(found)

    def alike(self, member: CloneUnit) -> Iterator[CloneUnit]:
        """Live units, too small to be copies by themselves, that say the same as one such unit.

        None where more than `COMMON` do: that is how this codebase writes, not a copy.
        """
        key = hash(member.fingerprint.named)
        if self._wholes.count(key) <= COMMON:
            found = [unit for content in self._wholes.get(key) for unit in self.members(content)]
            if len(found) <= COMMON:
                yield from found

    # ------------------------------------------------------------- keeping

    def _enter(self, path: str, members: tuple[CloneUnit, ...]) -> None:
        self._files[path] = members
        self.imports.put(path, members[0].fingerprint.imports if members else ())
        self.names.put(path, names_of((one.unit, one.fingerprint) for one in members))
        for member in members:
            content = self._contents.get(member.unit.content)
            if content is None:
                content = self._contents[member.unit.content] = _Content(member.fingerprint)
                for postings, key in self._keys(member):
                    postings.add(key, member.unit.content)
            content.members[id(member)] = member

    def _leave(self, members: Iterable[CloneUnit]) -> None:
        for member in members:
            content = self._contents[member.unit.content]
            del content.members[id(member)]
            if not content.members:
                del self._contents[member.unit.content]
                for postings, key in self._keys(member):
                    postings.remove(key, member.unit.content)

    def _keys(self, member: CloneUnit) -> Iterator[tuple[Postings, int]]:
        postings = {
            KeyKind.SHAPE: self._shapes,
            KeyKind.EXACT: self._exacts,
            KeyKind.WHOLE: self._wholes,
            KeyKind.STATEMENT: self._statements,
        }
        for kind, key in posted_keys(member.unit, member.fingerprint, self.limits):
            yield postings[kind], key


class KeyKind(StrEnum):
    """What a key of the index is made of."""

    SHAPE = "window of shapes"
    EXACT = "window of exact statements"
    WHOLE = "whole small unit"
    STATEMENT = "statement by its vocabulary"


def posted_keys(
    unit: Unit, text: Fingerprint, limits: CloneLimits
) -> Iterator[tuple[KeyKind, int]]:
    """All keys by which a unit is found: whoever shares none with it is no copy of it."""
    for key in windows(text.shape, text.tokens, limits.tokens):
        yield KeyKind.SHAPE, key
    for key in windows(text.exact, text.tokens, limits.tokens):
        yield KeyKind.EXACT, key
    if is_small(text, limits) and unit.kind is not UnitKind.MODULE:
        if text.named:
            yield KeyKind.WHOLE, hash(text.named)
    elif is_function(unit):
        for key in text.named:
            yield KeyKind.STATEMENT, key


def _positions(keys: Iterable[int]) -> dict[int, list[int]]:
    positions: dict[int, list[int]] = defaultdict(list)
    for position, key in enumerate(keys):
        positions[key].append(position)
    return positions


def limits_of(settings: Duplication) -> CloneLimits:
    """The limits as a user set them."""
    return CloneLimits(code_lines=settings.code_lines, tokens=settings.tokens)


def is_small(text: Fingerprint, limits: CloneLimits) -> bool:
    """Whether a unit is too small to be a copy by itself."""
    return sum(text.tokens) < limits.tokens or sum(text.code_lines) < limits.code_lines


def is_function(unit: Unit) -> bool:
    """Whether a unit is a function or a method."""
    return unit.kind in (UnitKind.FUNCTION, UnitKind.METHOD)


def _ceiling(value: float) -> int:
    return -int(-value // 1)
