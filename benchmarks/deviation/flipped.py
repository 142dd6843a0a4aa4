"""Flipped choices: is one flipped convention found, and is anything said of what was not touched?

For each of the last changes of each history, one new function of the change is rewritten so that it
breaks one convention of the codebase as it was; recall is the share of these flips that a finding
names. False alarms are findings on the changes as they were, per 100 changes: all of them, although
many do depart from a convention.

    python -m benchmarks.deviation.flipped REPOSITORY... [--changes 300] [--store FILE]
"""

from __future__ import annotations

import argparse
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from benchmarks.deviation.flips import FLIPS, flip
from benchmarks.deviation.walk import History, Step, Tree, histories
from scanner.analysis.choices import Choices, read_choices
from scanner.analysis.parsing.source import UnitSource
from scanner.base.model import UnitKind
from scanner.conventions.counts import key_of
from scanner.conventions.deviations import (
    DEFAULT_RULES,
    ChangedChoices,
    UnitChoices,
    departures_in,
)
from scanner.conventions.profile import ConventionProfile, FileEdit, KnownUnit
from scanner.conventions.tallies import Convention, Key, Point
from scanner.scoring.deviation import Departed


@dataclass
class Result:
    """Counts of one history. `charged` are flips of conventions firm enough to be charged."""

    changes: int = 0
    alarms: int = 0
    flips: int = 0
    found: int = 0
    charged: int = 0
    charged_found: int = 0
    families: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Scene:
    """Where a walk stands: the book, the tree, and the families that tools govern."""

    book: ConventionProfile
    tree: Tree
    silenced: frozenset[str]


def measure(history: History, newest: int, seed: int) -> Result:
    steps = list(history.steps())
    scene = Scene(ConventionProfile(), Tree(), history.silenced())
    result = Result()
    chance = random.Random(seed)  # noqa: S311 - a repeatable sample
    for number, step in enumerate(steps):
        if number >= len(steps) - newest:
            _judge(step, history, scene, result, chance)
        step.advance(scene.book)
        scene.tree.advance(step)
    return result


def _judge(
    step: Step, history: History, scene: Scene, result: Result, chance: random.Random
) -> None:
    result.changes += 1
    judged = scene.book.judge(step.edits, scene.tree.exemplars, scene.silenced)
    result.alarms += len({finding.rule for finding in judged})
    candidates = [
        (edit, known, convention)
        for edit in step.edits
        for known in new_functions(edit)
        for convention in _kept(edit, known, scene)
    ]
    chance.shuffle(candidates)
    done = 0
    for edit, known, convention in candidates:
        if done == 3:
            return
        text = flip(history.texts[known.content], convention.point.family, convention.alternative)
        if text is None:
            continue
        if _flip(edit, known, convention, text, scene, result):
            done += 1


def new_functions(edit: FileEdit) -> Iterator[KnownUnit]:
    """The functions that a change adds whole."""
    names = {known.choices.unit.name for known in edit.before}
    for known in edit.after:
        is_function = known.choices.unit.kind in (UnitKind.FUNCTION, UnitKind.METHOD)
        is_new = known.choices.unit.name not in names and edit.added.issuperset(known.choices.lines)
        if is_function and is_new:
            yield known


def _kept(edit: FileEdit, known: KnownUnit, scene: Scene) -> Iterator[Convention]:
    """The conventions that a unit keeps, each once."""
    assert edit.path is not None
    seen: set[Point] = set()
    for point in known.choices.choices.points:
        key = key_of(edit.path, point)
        if key is None or key.point in seen or key.point.family in scene.silenced:
            continue
        seen.add(key.point)
        if (point.family, point.alternative) not in FLIPS:
            continue
        found = scene.book.conventions.convention(edit.path, key.point)
        if found is not None and found.is_established and found.alternative == point.alternative:
            yield found


def _flip(
    edit: FileEdit,
    known: KnownUnit,
    convention: Convention,
    text: str,
    scene: Scene,
    result: Result,
) -> bool:
    read = read_choices(UnitSource(known.choices.unit.kind, text))
    if not isinstance(read, Choices) or not _is_flipped(edit, known, convention, read):
        return False
    found = _findings(edit, known, read, text, scene)
    is_found = any(one.family == convention.point.family for one in found)
    is_charged = DEFAULT_RULES.is_firm(convention)
    result.flips += 1
    result.found += is_found
    result.charged += is_charged
    result.charged_found += is_charged and is_found
    result.families[convention.point.family] += 1
    if is_charged and not is_found:
        result.missed[convention.point.family] += 1
    return True


def _is_flipped(edit: FileEdit, known: KnownUnit, usual: Convention, read: Choices) -> bool:
    """Whether the rewritten unit makes another choice, and none that is better than was asked."""
    assert edit.path is not None

    def others(choices: Choices) -> Counter[Key]:
        keys = (key_of(str(edit.path), point) for point in choices.points)
        return Counter(
            key
            for key in keys
            if key is not None and key.point == usual.point and key.alternative != usual.alternative
        )

    return bool(others(read) - others(known.choices.choices))


def _findings(
    edit: FileEdit, known: KnownUnit, read: Choices, text: str, scene: Scene
) -> list[Departed]:
    """What is said of the change with only the flipped unit in the place of its own."""
    change = edit.choices()
    last = max((max(one.lines) for one in change.come if one.lines), default=0)
    lines = range(last + 1, last + 1 + text.count("\n") + 1)
    flipped = UnitChoices(known.choices.unit, lines, read)
    rest = tuple(one for one in change.come if one.unit is not known.choices.unit)
    added = edit.added | frozenset(lines)
    altered: ChangedChoices = replace(change, come=(*rest, flipped), added=added)
    found = departures_in([altered], scene.book.conventions, scene.tree.exemplars, scene.silenced)
    return [one for one in found if one.place.span.first > last]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("repositories", nargs="+")
    parser.add_argument("--changes", type=int, default=300)
    parser.add_argument("--store")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    total = Result()
    print(f"{'history':34} changes  flips  recall  (all established)  false alarms/100")
    for history in histories(options.repositories, options.store):
        result = measure(history, options.changes, options.seed)
        _print(history.name, result)
        for name in ("changes", "alarms", "flips", "found", "charged", "charged_found"):
            setattr(total, name, getattr(total, name) + getattr(result, name))
        total.families += result.families
        total.missed += result.missed
    _print("all", total)
    print("families flipped:", dict(total.families.most_common()))
    print("missed:", dict(total.missed.most_common()))


def _print(name: str, result: Result) -> None:
    recall = result.charged_found / max(result.charged, 1)
    every = result.found / max(result.flips, 1)
    alarms = 100 * result.alarms / max(result.changes, 1)
    print(
        f"{name:34} {result.changes:7} {result.charged:6} {recall:7.3f} "
        f"{every:10.3f} of {result.flips:4} {alarms:17.1f}",
        flush=True,
    )


if __name__ == "__main__":
    main()
