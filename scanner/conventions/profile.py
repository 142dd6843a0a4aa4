"""All that a codebase is used to, kept up to date file by file: one place to ask and to tell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from scanner.analysis.choices import ANALYSIS as CHOICES
from scanner.analysis.choices import Choices
from scanner.analysis.choices.team import TeamChoices
from scanner.analysis.parsing.outline import ReadFile, unit_lines
from scanner.analysis.usage import ANALYSIS as USAGE
from scanner.analysis.usage import Usage
from scanner.base.model import Finding, Problem, Unit
from scanner.codebase.reader import SourceReader
from scanner.conventions.architecture import DependencyProfile
from scanner.conventions.counts import ConventionCounts
from scanner.conventions.deviations import (
    DEFAULT_RULES,
    Births,
    ChangedChoices,
    DeviationRules,
    Exemplars,
    UnitChoices,
    changed_choices,
    departures_in,
    made_by,
)
from scanner.conventions.shape_changes import ChangedShape, lacking_in, shaped_imports, strains_in
from scanner.conventions.siblings import ShapedUnit, SiblingProfile
from scanner.conventions.usage_counts import UsageCounts
from scanner.scoring.deviation import score_departures
from scanner.scoring.grain import score_lacking, score_strains


@dataclass(frozen=True, slots=True)
class KnownUnit:
    """A unit of a file with its choices and with what it uses."""

    choices: UnitChoices
    usage: Usage

    @property
    def content(self) -> str:
        return self.choices.unit.content


@dataclass(frozen=True, slots=True)
class FileEdit:
    """What a change does to one file.

    `path_before` is None for a new file and `path` for a deleted one; a side that cannot be read
    does not exist here. `added` are the numbers of the code lines it adds, less moved ones.
    """

    path_before: str | None
    path: str | None
    before: tuple[KnownUnit, ...]
    after: tuple[KnownUnit, ...]
    added: frozenset[int]

    def choices(self) -> ChangedChoices:
        """The choices of the units that differ."""
        return changed_choices(
            self.path_before,
            self.path,
            [known.choices for known in self.before],
            [known.choices for known in self.after],
            self.added,
        )


class ConventionProfile:
    """Conventions, architecture and siblings of one codebase.

    It depends on the files of a tree and on who wrote their lines when, not on the way that led
    there: what was walked equals what was made anew.
    """

    def __init__(
        self,
        conventions: ConventionCounts | None = None,
        architecture: Callable[[], DependencyProfile] = DependencyProfile,
        siblings: Callable[[], SiblingProfile] = SiblingProfile,
        usage: Callable[[], UsageCounts] = UsageCounts,
    ) -> None:
        self.conventions = conventions or ConventionCounts()
        self._make_usage = usage
        self._make_architecture = architecture
        self._make_siblings = siblings

    @cached_property
    def architecture(self) -> DependencyProfile:
        """Which package imports which; made when it is first asked for."""
        return self._make_architecture()

    @cached_property
    def siblings(self) -> SiblingProfile:
        """What the members of a directory share; made when it is first asked for."""
        return self._make_siblings()

    @cached_property
    def usage(self) -> UsageCounts:
        """How often each n-gram and name is used; made when it is first asked for."""
        return self._make_usage()

    def judge(
        self,
        edits: Sequence[FileEdit],
        exemplars: Exemplars,
        silenced: frozenset[str] = frozenset(),
        rules: DeviationRules = DEFAULT_RULES,
    ) -> tuple[Finding, ...]:
        """All deviations of a change, by the codebase before it.

        `exemplars` reads a file of that codebase; `silenced` are families that a tool governs.
        """
        choices = [edit.choices() for edit in edits]
        departures = departures_in(choices, self.conventions, exemplars, silenced, rules)
        shapes = list(_shapes(edits))
        return (
            *score_departures(departures),
            *(score_strains(strains_in(shapes, self.architecture)) if _imports(shapes) else ()),
            *score_lacking(lacking_in(shapes, self.siblings)),
        )

    def announce(self, paths: Iterable[str]) -> None:
        """Makes files known that are put in next, so that their imports find each other."""
        self.architecture.announce(paths)

    def put(
        self,
        path: str,
        units: Sequence[KnownUnit],
        births: Births,
        oldest: int,
        before: Sequence[KnownUnit] = (),
    ) -> None:
        """Takes a file as it is now in the place of what it was, `before`.

        `births` says when its lines were written, and `oldest` is the number of the commit that
        wrote the oldest of them.
        """
        made = made_by(path, (known.choices for known in units), births)
        self.conventions.put(path, made)
        imports = [one for known in units for one in known.choices.choices.shape.imports]
        self.architecture.put(path, imports)
        self.siblings.put(path, _shaped(units), oldest)
        self.usage.take(path, (one.usage for one in units_without(before, units)))
        self.usage.put(path, (one.usage for one in units_without(units, before)))

    def remove(self, path: str, before: Sequence[KnownUnit] = ()) -> None:
        """Takes a file out, with the units it had, that is gone or has another name now."""
        self.usage.take(path, (one.usage for one in before))
        self.conventions.remove(path)
        self.architecture.remove(path)
        self.siblings.remove(path)


def known_units(file: ReadFile, reader: SourceReader) -> tuple[KnownUnit, ...]:
    """The units of a file with their choices; those that an analysis cannot read are left out."""
    wanted = [(file, unit) for unit in file.outline.units]
    choices = choices_of(wanted, reader)
    usages = reader.facts(USAGE, wanted)
    found = []
    for unit in file.outline.units:
        made, usage = choices[unit.content], usages[unit.content]
        if isinstance(made, Choices) and isinstance(usage, Usage):
            found.append(KnownUnit(UnitChoices(unit, unit_lines(file, unit), made), usage))
    return tuple(found)


def choices_of(
    wanted: Sequence[tuple[ReadFile, Unit]], reader: SourceReader
) -> Mapping[str, Choices | Problem]:
    """The choices of units by their content, with those that the team's own files tell of."""
    found = reader.facts(CHOICES, wanted)
    if reader.team_choices is None:
        return found
    more = reader.facts(reader.team_choices, wanted)
    return {content: _joined(one, more[content]) for content, one in found.items()}


def _joined(own: Choices | Problem, more: TeamChoices | Problem) -> Choices | Problem:
    """All of them by line; what LibCST cannot read makes none of the team's choices."""
    if isinstance(own, Problem) or isinstance(more, Problem) or not more.points:
        return own
    points = sorted((*own.points, *more.points), key=lambda point: point.line)
    return own._replace(points=tuple(points))


def units_without(units: Iterable[KnownUnit], others: Iterable[KnownUnit]) -> tuple[KnownUnit, ...]:
    """The units whose content the others do not have as often."""
    left = Counter(other.content for other in others)
    found = []
    for one in units:
        if left[one.content] > 0:
            left[one.content] -= 1
        else:
            found.append(one)
    return tuple(found)


def _shaped(units: Iterable[KnownUnit]) -> tuple[ShapedUnit, ...]:
    return tuple(ShapedUnit(known.choices.unit, known.choices.choices.shape) for known in units)


def _imports(shapes: Iterable[ChangedShape]) -> bool:
    """Whether a change adds an import."""
    return any(one.line in file.added for file in shapes for one in file.imports)


def _shapes(edits: Iterable[FileEdit]) -> Iterator[ChangedShape]:
    for edit in edits:
        if edit.path is not None:
            shaped = _shaped(edit.after)
            lines = [known.choices.lines for known in edit.after]
            imports = shaped_imports(zip(shaped, lines, strict=True))
            yield ChangedShape(edit.path, edit.path_before is None, shaped, imports, edit.added)
