"""Rows for tests: everything that a case does not say is ordinary."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from scanner.base.model import ChangeType, Label, Level
from scanner.compare.strata import Arms
from scanner.compare.table import OutcomeSpec, Row, Scale, Table, Theme, Value

START = datetime(2025, 1, 6, 12, tzinfo=UTC)
AMOUNT = OutcomeSpec("amount", "Amount", "points", Theme.DEBT, Scale.AMOUNT)
SHARE = OutcomeSpec("share", "Share", "share", Theme.DURABILITY, Scale.SHARE)
YES_NO = OutcomeSpec("yes", "Yes", "share of changes", Theme.DEBT, Scale.YES_NO)
WAIT = OutcomeSpec("wait", "Wait", "days", Theme.LATENCY, Scale.DURATION, capped_at=30)


def row(
    *values: Value,
    author: str = "ada",
    label: Label = Label.UNMARKED,
    level: Level | None = None,
    kind: ChangeType = ChangeType.FEATURE,
    lines: int = 20,
    day: float = 0,
    change: str = "c",
) -> Row:
    return Row(
        change, author, label, level, kind, lines, START + timedelta(days=day), tuple(values)
    )


def table(rows: Sequence[Row], *outcomes: OutcomeSpec) -> Table:
    return Table(outcomes or (SHARE,), tuple(rows))


def ai_arms(rows: Sequence[Row]) -> Arms:
    import numpy as np

    return Arms(np.array([float(one.label is Label.AI) for one in rows]), "AI-attributed", "other")


def balanced(authors: int, each: int, effect: float, *, seed: int = 0) -> list[Row]:
    """Each author writes `each` changes of either kind; AI's are higher by `effect`."""
    import numpy as np

    random = np.random.default_rng(seed)
    return [
        row(
            float(random.exponential(1.0) + effect * is_ai),
            author=f"author {author}",
            label=Label.AI if is_ai else Label.UNMARKED,
            day=float(number % 60),
            change=f"{author}-{number}-{is_ai}",
        )
        for author in range(authors)
        for number in range(each)
        for is_ai in (0, 1)
    ]
