"""What stood in the trees over time, in the JSON of `report`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from msgspec import Meta, Struct

from scanner.base import model
from scanner.render.json.convert import PRECISION
from scanner.render.json.documents import Count, ObjectId, Time

if TYPE_CHECKING:  # the report brings NumPy along, the documents only its types
    from scanner.history import debt_over_time as standing_debt
    from scanner.render import tallies
    from scanner.report.build import Report

NOT_HERE = "the tree before the first change is not in this clone"
LEFT_OUT = "left_out"


class JsonStanding(Struct, frozen=True):
    """Sums over the Python files of a tree; `unread_files` could not be measured."""

    files: Count
    units: Count
    code_lines: Count
    cognitive: Count
    cyclomatic: Count
    units_beyond_limits: Count
    points: Annotated[float, Meta(ge=0)]
    unread_files: Count


class JsonArmStanding(Struct, frozen=True):
    """The lines of one arm that stand in a tree, and their part of its points beyond limits."""

    arm: model.Arm
    lines: Count
    points: Annotated[float, Meta(ge=0)]


class PeriodEnd(Struct, frozen=True):
    """What stood at the last change of a period; `by_arm` by who wrote the lines."""

    period: str
    commit: ObjectId
    time: Time
    standing: JsonStanding
    by_arm: tuple[JsonArmStanding, ...]


class JsonMoved(Struct, frozen=True):
    """What the changes of an arm, or those left out, added to all that stands."""

    by: Annotated[str, Meta(extra_json_schema={"enum": [*model.Arm, LEFT_OUT]})]
    changes: Count
    cognitive_delta: int
    cyclomatic_delta: int
    points: Annotated[float, Meta(ge=0)]
    repaid: Annotated[float, Meta(ge=0)]


class JsonStandingDebt(Struct, frozen=True):
    """The codebase itself: before the first change, at each period's end, and who moved it.

    `unaccounted` is what the last tree has more than the first and all changes together.
    """

    before: JsonStanding | None
    before_reason: str | None
    ends: tuple[PeriodEnd, ...]
    moved: tuple[JsonMoved, ...]
    unaccounted_cognitive: int | None
    unaccounted_cyclomatic: int | None
    unaccounted_reason: str | None


def standing_document(report: Report) -> JsonStandingDebt:
    """What stood, and what moved it."""
    from scanner.render import tallies  # noqa: PLC0415  brings NumPy along

    found = report.standing
    sums = tallies.moved(report.changes)
    left = tallies.unaccounted(report)
    return JsonStandingDebt(
        before=None if found.before is None else _standing(found.before),
        before_reason=NOT_HERE if found.before is None else None,
        ends=tuple(map(_end, found.ends)),
        moved=tuple(map(_moved, sums)),
        unaccounted_cognitive=None if isinstance(left, str) else left.cognitive,
        unaccounted_cyclomatic=None if isinstance(left, str) else left.cyclomatic,
        unaccounted_reason=left if isinstance(left, str) else None,
    )


def _end(source: standing_debt.StandingAt) -> PeriodEnd:
    commit = source.commit
    return PeriodEnd(
        source.period,
        commit.oid,
        commit.committed.isoformat(),
        _standing(source.standing),
        tuple(
            JsonArmStanding(one.arm, one.lines, round(one.points, PRECISION))
            for one in source.by_arm
        ),
    )


def _standing(source: standing_debt.Standing) -> JsonStanding:
    return JsonStanding(
        files=source.files,
        units=source.units,
        code_lines=source.code_lines,
        cognitive=source.cognitive,
        cyclomatic=source.cyclomatic,
        units_beyond_limits=source.beyond,
        points=round(source.points, PRECISION),
        unread_files=source.unread,
    )


def _moved(source: tallies.Moved) -> JsonMoved:
    return JsonMoved(
        by=LEFT_OUT if source.arm is None else source.arm.value,
        changes=source.changes,
        cognitive_delta=source.cognitive,
        cyclomatic_delta=source.cyclomatic,
        points=round(source.points, PRECISION),
        repaid=round(source.repaid, PRECISION),
    )
