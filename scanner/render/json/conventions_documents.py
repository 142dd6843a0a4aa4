"""The JSON document of `conventions`: what the codebase of one revision always does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from scanner.analysis.choices.family import Topic
from scanner.conventions.scopes import Population, ScopeLevel
from scanner.render.json import convert
from scanner.render.json.documents import (
    SCHEMA_VERSION,
    Count,
    JsonPlace,
    JsonProblem,
    ObjectId,
    Path,
    Share,
)

if TYPE_CHECKING:
    from scanner.conventions.listing import ConventionRow
    from scanner.tree.conventions import TreeConventions


class JsonConvention(Struct, frozen=True):
    """One habit of one scope: `support` of `total` choices, by `commits` changes in `files` files.

    "`noun` are `choice`" is a sentence. `scope` is in words; `population`, `level` and `directory`
    say the same for programs. `lower_bound` is the lower end of the 95% interval of the share
    (Wilson). `is_migration`: the newest choices leave the habit, as `trend` says. `is_charged`: a
    change that departs from it gets a finding. `is_silenced`: a configured tool governs it.
    """

    family: str
    topic: Topic
    subject: str
    noun: str
    choice: str
    scope: str
    population: Population
    level: ScopeLevel
    directory: Path
    support: Count
    total: Count
    files: Count
    commits: Count
    lower_bound: Share
    trend: str
    is_migration: bool
    is_charged: bool
    is_silenced: bool
    examples: tuple[JsonPlace, ...]


class Conventions(Struct, frozen=True):
    """The result of `conventions`."""

    schema_version: int
    revision: ObjectId
    conventions: tuple[JsonConvention, ...]
    problems: tuple[JsonProblem, ...]


def conventions_document(habits: TreeConventions) -> Conventions:
    """The book as a document, by topic."""
    return Conventions(
        schema_version=SCHEMA_VERSION,
        revision=habits.revision,
        conventions=tuple(map(convention, habits.rows)),
        problems=convert.problems(habits.problems),
    )


def convention(row: ConventionRow) -> JsonConvention:
    """One row of the book."""
    return JsonConvention(
        family=row.family,
        topic=row.topic,
        subject=row.subject,
        noun=row.noun,
        choice=row.choice,
        scope=row.scope.words,
        population=row.scope.population,
        level=row.scope.level,
        directory=row.scope.directory,
        support=row.support,
        total=row.total,
        files=row.files,
        commits=row.commits,
        lower_bound=round(row.lower_bound, convert.PRECISION),
        trend=row.trend,
        is_migration=row.is_migration,
        is_charged=row.is_charged,
        is_silenced=row.is_silenced,
        examples=tuple(map(convert.place, row.examples)),
    )
