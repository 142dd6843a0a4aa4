"""The book of conventions as a reader sees it: typed rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from scanner.analysis.choices import BY_ID, OPEN, Family, Topic
from scanner.analysis.choices.family import filled, worded
from scanner.base.model import Place
from scanner.conventions.counts import ConventionCounts
from scanner.conventions.deviations import DEFAULT_RULES
from scanner.conventions.scopes import Scope, ScopeLevel, scopes_of
from scanner.conventions.tallies import Convention, Point, UsageTrend

#: Looks up examples of a convention in the tree.
FindExamples = Callable[[Convention], Sequence[Place]]


@dataclass(frozen=True, slots=True)
class ConventionRow:
    """One convention, or one migration, of one scope.

    `noun` says what is counted and `choice` how it is decided ("log calls with data" are "lazy").
    `trend` says in one sentence how the newest choices went. `is_migration` marks a habit that the
    newest choices leave, and that is no convention any more. `is_charged` says that a change which
    departs from it is told so; `is_silenced` that a configured tool sees to it instead.
    """

    family: str
    topic: Topic
    subject: str
    noun: str
    choice: str
    scope: Scope
    support: int
    total: int
    files: int
    commits: int
    lower_bound: float
    trend: str
    is_migration: bool
    is_silenced: bool
    is_charged: bool
    examples: tuple[Place, ...]


def rows(
    book: ConventionCounts, examples: FindExamples, silenced: frozenset[str] = frozenset()
) -> tuple[ConventionRow, ...]:
    """The conventions by topic; a narrow scope is listed where it differs from those around it."""
    found = [
        _row(convention, examples(convention), silenced)
        for convention in listed(book.conventions())
    ]
    topics = list(Topic)
    return tuple(
        sorted(found, key=lambda row: (topics.index(row.topic), row.family, row.subject, row.scope))
    )


def strongest(
    book: ConventionCounts, examples: FindExamples, silenced: frozenset[str] = frozenset()
) -> tuple[ConventionRow, ...]:
    """The habit of each topic that holds most often, of those a change is held to; and what moves.

    Places are looked up for these alone.
    """
    by_topic: dict[Topic, Convention] = {}
    moving: list[Convention] = []
    for one in listed(book.conventions()):
        family = BY_ID[one.point.family]
        if family.id in silenced:
            continue
        if not one.is_established:
            moving.append(one)
        elif DEFAULT_RULES.is_firm(one) and _can_be_departed_from(family, one.alternative):
            known = by_topic.get(family.topic)
            if known is None or one.support > known.support:
                by_topic[family.topic] = one
    chosen = [by_topic[topic] for topic in Topic if topic in by_topic]
    return tuple(_row(one, examples(one), silenced) for one in (*chosen, *moving))


def rows_at(
    book: ConventionCounts,
    examples: FindExamples,
    silenced: frozenset[str],
    path: str,
) -> tuple[ConventionRow, ...]:
    """What holds where a path is: those first that a change is held to, then by how often.

    Of a habit that is counted in several scopes around the path, the narrowest is told.
    """
    scopes = scopes_of(path)
    nearest: dict[Point, Convention] = {}
    held = [one for one in book.conventions() if one.scope in scopes]
    for one in sorted(held, key=lambda one: -scopes.index(one.scope)):  # the narrowest last
        if one.alternative != one.point.subject:
            nearest[one.point] = one
    found = (_row(one, examples(one), silenced) for one in nearest.values())
    return tuple(
        sorted(
            found, key=lambda row: (row.is_silenced, not row.is_charged, -row.support, row.family)
        )
    )


def listed(conventions: Iterable[Convention]) -> list[Convention]:
    """Conventions less those that only repeat, in a directory, what holds for a wider scope."""
    widest = (ScopeLevel.REPOSITORY, ScopeLevel.PACKAGE, ScopeLevel.DIRECTORY)
    by_point = sorted(conventions, key=lambda one: (one.point, widest.index(one.scope.level)))
    kept: list[Convention] = []
    for one in by_point:
        if one.alternative == one.point.subject:
            continue  # a module that is known by its own name
        wider = [
            other for other in kept if other.point == one.point and other.scope.holds(one.scope)
        ]
        if not wider or wider[-1].alternative != one.alternative:
            kept.append(one)
    return kept


def _row(
    convention: Convention, examples: Sequence[Place], silenced: frozenset[str]
) -> ConventionRow:
    family = BY_ID[convention.point.family]
    subject = convention.point.subject
    return ConventionRow(
        family=family.id,
        topic=family.topic,
        subject=subject,
        noun=filled(family.noun, subject, ""),
        choice=worded(family, subject, convention.alternative),
        scope=convention.scope,
        support=convention.support,
        total=convention.total,
        files=convention.files,
        commits=convention.commits,
        lower_bound=convention.lower_bound,
        trend=_trend(family, subject, convention),
        is_migration=not convention.is_established,
        is_silenced=family.id in silenced,
        is_charged=(
            convention.is_established
            and family.id not in silenced
            and DEFAULT_RULES.is_firm(convention)
            and _can_be_departed_from(family, convention.alternative)
        ),
        examples=tuple(examples),
    )


def _can_be_departed_from(family: Family, usual: str) -> bool:
    """Whether there is another way that is not more than was asked for."""
    return any(
        one.id == OPEN or (one.id != usual and usual not in one.improves_on)
        for one in family.alternatives
    )


def _trend(family: Family, subject: str, convention: Convention) -> str:
    recent: UsageTrend = convention.recent
    share = f"{100 * recent.share:.0f}% of the last {recent.count} choices"
    if convention.is_established:
        return f"steady: {share}"
    before = worded(family, subject, convention.alternative)
    return f"moving from {before} to {worded(family, subject, recent.alternative)}: {share}"
