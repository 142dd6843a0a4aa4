"""The published study of Cursor's adoption, by our event study: theirs beside ours.

He, Miller, Agarwal, Kästner and Vasilescu, "Speed at the Cost of Quality" (MSR 2026). The data are
in the repository hehao98/CursorStudy (Apache-2.0): `data/panel_event_monthly.csv`, plain or gzip.

    python -m benchmarks.adoption_study PANEL.csv.gz
"""

from __future__ import annotations

import csv
import gzip
import io
import math
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from scanner.compare.event_study import EventStudy, Panel, StudyEffect, event_study

Row = dict[str, str]

#: Adoptions that the study looks at.
FIRST, LAST = "2024-08", "2025-03"
LEADS = 6


class Outcome(NamedTuple):
    """An outcome, and what the study says of it over all months and in the first, in per cent."""

    name: str
    read: Callable[[Row], float]
    holds_size_fixed: bool
    theirs: float | None
    theirs_first: float | None = None


def _number(row: Row, key: str) -> float:
    return float(row[key]) if row[key] else math.nan


def _warnings(row: Row) -> float:
    return sum(_number(row, key) for key in ("bugs", "vulnerabilities", "code_smells"))


def _per_1000(value: float, row: Row) -> float:
    """With one line added to what is divided by, so that an empty repository has a figure."""
    return 1000 * value / (_number(row, "ncloc") + 1)


OUTCOMES = (
    Outcome("lines added", lambda row: _number(row, "lines_added"), True, 28.6, 281.0),
    Outcome("warnings", _warnings, True, 29.7),
    Outcome("cognitive complexity", lambda row: _number(row, "cognitive_complexity"), True, 40.7),
    # with size itself among the controls, as the study has it, and without, as an effect on it
    Outcome("size, size held fixed", lambda row: _number(row, "ncloc"), True, 33.0),
    Outcome("size", lambda row: _number(row, "ncloc"), False, None),
    Outcome("warnings per 1,000 lines", lambda row: _per_1000(_warnings(row), row), True, 0.9),
    Outcome(
        "complexity per 1,000 lines",
        lambda row: _per_1000(_number(row, "cognitive_complexity"), row),
        True,
        9.0,
    ),
)


def read_rows(file: Path) -> tuple[Row, ...]:
    """The rows of a table of the study, plain or gzip."""
    raw = file.read_bytes()
    text = (gzip.decompress(raw) if file.suffix == ".gz" else raw).decode("utf-8")
    return tuple(csv.DictReader(io.StringIO(text)))


def read(file: Path) -> tuple[Row, ...]:
    """The rows of the panel that the study uses."""
    return tuple(
        row for row in read_rows(file) if not row["event"] or FIRST <= row["event"] <= LAST
    )


def _month(text: str) -> float:
    """Months as a count; never is NaN."""
    if not text:
        return math.nan
    year, month = text.split("-")
    return int(year) * 12 + int(month) - 1


def panel_of(rows: Sequence[Row], outcome: Outcome) -> Panel:
    """Logarithms of one more than each figure; rows without one of them are left out."""
    logged = ("age", "contributors", "stars", "issues")
    names, kept = [], []
    for row in rows:
        figures = [math.log1p(_number(row, key)) for key in logged]
        if outcome.holds_size_fixed:
            figures.append(_number(row, "ncloc"))
        figures.append(math.log1p(outcome.read(row)))
        if not any(map(math.isnan, figures)):
            names.append(row["repo_name"])
            kept.append((_month(row["time"]), _month(row["event"]), *figures))
    table = np.array(kept)
    unit = np.unique(np.array(names), return_inverse=True)[1].astype(np.int64)
    month = table[:, 0].astype(np.int64)
    return Panel(unit, month, table[:, 1], table[:, -1], table[:, 2:-1])


def study(rows: Sequence[Row], outcome: Outcome) -> EventStudy:
    """Our answer."""
    found = event_study(panel_of(rows, outcome), range(7), LEADS)
    assert found is not None
    return found


def _shown(effect: StudyEffect) -> str:
    value, low, high = (
        100 * math.expm1(one) for one in (effect.effect, effect.low or 0, effect.high or 0)
    )
    return f"{value:+.1f} % ({low:+.1f} to {high:+.1f})"


def main(file: Path) -> None:
    rows = read(file)
    print(f"{len(rows):,} months of {len({row['repo_name'] for row in rows}):,} repositories\n")
    columns = ("outcome", "theirs", "ours (95 % interval)", "first: theirs", "ours", "trend: p")
    print(f"| {' | '.join(columns)} |")
    print("|---|--:|--:|--:|--:|--:|")
    for outcome in OUTCOMES:
        found = study(rows, outcome)
        theirs = "–" if outcome.theirs is None else f"{outcome.theirs:+.1f} %"
        first = "–" if outcome.theirs_first is None else f"{outcome.theirs_first:+.0f} %"
        p = "–" if found.trend_p is None else f"{found.trend_p:.3f}"
        print(
            f"| {outcome.name} | {theirs} | {_shown(found.over_all)} | {first} | "
            f"{_shown(found.since[0])} | {p} |"
        )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
