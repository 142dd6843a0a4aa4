"""All books of a codebase, kept up to date along a walk."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.deviation.walk import FileStep, Step, Units
from scanner.codebase.architecture import ArchitectureBook
from scanner.codebase.conventions import ConventionBook, Stamp
from scanner.codebase.departures import (
    DEFAULT_RULES,
    ChangedChoices,
    DeviationRules,
    UnitChoices,
    changed_choices,
    choices_of,
    departures_in,
)
from scanner.codebase.shape_changes import (
    ChangedShape,
    lacking_in,
    shaped_imports,
    strains_in,
)
from scanner.codebase.siblings import ShapedUnit, SiblingBook
from scanner.model import Finding
from scanner.scoring.deviation import score_departures
from scanner.scoring.grain import score_lacking, score_strains


class Books:
    """What a codebase is before the next change."""

    def __init__(self, silenced: frozenset[str] = frozenset()) -> None:
        self.conventions = ConventionBook()
        self.architecture = ArchitectureBook()
        self.siblings = SiblingBook()
        self.silenced = silenced
        self.tree: dict[str, Units] = {}

    def judge(self, step: Step, rules: DeviationRules = DEFAULT_RULES) -> tuple[Finding, ...]:
        """All deviations of a change."""
        shapes = list(_shapes(step))
        return (
            *self.departures([changed(file) for file in step.files], rules),
            *score_strains(strains_in(shapes, self.architecture)),
            *score_lacking(lacking_in(shapes, self.siblings)),
        )

    def departures(
        self, files: list[ChangedChoices], rules: DeviationRules = DEFAULT_RULES
    ) -> tuple[Finding, ...]:
        """Departures from conventions alone."""
        found = departures_in(files, self.conventions, self.exemplars, self.silenced, rules)
        return score_departures(found)

    def exemplars(self, path: str) -> list[UnitChoices]:
        return [known.placed for known in self.tree.get(path, ())]

    def advance(self, step: Step) -> None:
        """Takes a change in."""
        for file in step.files:
            self._take_conventions(file, step.stamp)
            if file.path_before is not None and file.path_before != file.path:
                self.architecture.remove(file.path_before)
                self.siblings.remove(file.path_before)
                self.tree.pop(file.path_before, None)
        self.architecture.announce(file.path for file in step.files if file.path is not None)
        for file in step.files:
            if file.path is not None:
                self.architecture.put(
                    file.path, [one for known in file.after for one in known.choices.shape.imports]
                )
                self.siblings.put(file.path, _shaped(file.after), step.stamp)
                self.tree[file.path] = file.after

    def _take_conventions(self, file: FileStep, stamp: Stamp) -> None:
        book, change = self.conventions, changed(file)
        if file.path is None:
            if file.path_before is not None:
                book.remove(file.path_before)
        elif file.path_before is None:
            book.add(file.path, choices_of(change.come), stamp)
        elif file.path_before == file.path:
            book.change(file.path, choices_of(change.gone), choices_of(change.come), stamp)
        else:
            points = choices_of(known.placed for known in file.after)
            book.rename(file.path_before, file.path, points, stamp)


def changed(file: FileStep) -> ChangedChoices:
    """A file of a step, as the scoring takes it."""
    return changed_choices(
        file.path_before,
        file.path,
        [known.placed for known in file.before],
        [known.placed for known in file.after],
        file.added,
    )


def _shaped(units: Units) -> tuple[ShapedUnit, ...]:
    return tuple(ShapedUnit(known.unit, known.choices.shape) for known in units)


def _shapes(step: Step) -> Iterator[ChangedShape]:
    for file in step.files:
        if file.path is not None:
            shaped = _shaped(file.after)
            lines = [known.lines for known in file.after]
            imports = shaped_imports(zip(shaped, lines, strict=True))
            yield ChangedShape(file.path, file.path_before is None, shaped, imports, file.added)
