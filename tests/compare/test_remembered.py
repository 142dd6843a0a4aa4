"""What is kept is what would be found: never another table's, another seed's, or another figure."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta, timezone

import numpy as np
import pytest

from scanner.base.model import Duration, Label, Missing
from scanner.base.store import Store, open_store
from scanner.compare.compare import Comparison, Contrast, arms_of, compare
from scanner.compare.inference import Resampling
from scanner.compare.lines import LineLives
from scanner.compare.remembered import Remembered
from scanner.compare.table import Row, Table
from scanner.compare.trends import by_month, trend
from tests.compare.rows import AMOUNT, SHARE, WAIT, YES_NO, balanced, table

FEW = Resampling(seed=9, rounds=99)
OUTCOMES = (SHARE, AMOUNT, YES_NO, replace(WAIT, capped_at=30.0))


def of_all_kinds() -> Table:
    """Four outcomes of each scale, some missing; labels for every question."""
    rows = [
        replace(
            one,
            values=(
                one.values[0],
                float(place % 7),
                float(place % 3 == 0),
                Duration(place % 50, ended=place % 5 > 0, follow_up=90)
                if place % 11
                else Missing("no forge data"),
            ),
            label=(Label.HUMAN if place % 4 == 0 else one.label),
            added_code_lines=place % 300,
        )
        for place, one in enumerate(balanced(5, 30, 1.0))
    ]
    return table(rows, *OUTCOMES)


def some_lives(rows: int) -> LineLives:
    random = np.random.default_rng(3)
    row = np.repeat(np.arange(rows), 4)
    return LineLives(row, random.exponential(60.0, len(row)), random.random(len(row)) < 0.5)


class Told:
    """Counts what it is told."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self, _done: int, _all: int) -> None:
        self.times += 1


def asked(
    store: Store, source: Table, lives: LineLives, resampling: Resampling = FEW
) -> tuple[Comparison, bool]:
    """The comparison, and whether it was made just now."""
    told = Told()
    found = Remembered(source, store).comparison(lives, resampling, told)
    return found, told.times > 0


def test_a_comparison_is_read_back_as_it_was_made() -> None:
    source, lives = of_all_kinds(), some_lives(300)
    with open_store(None) as store:
        made, is_new = asked(store, source, lives)
        kept, is_new_again = asked(store, source, lives)
    assert (is_new, is_new_again) == (True, False)
    assert made == kept == compare(source, lives, FEW)
    assert repr(made) == repr(kept)  # an int where there was an int


def later(row: Row) -> Row:
    """The same instant, told in another place: another week, perhaps."""
    return replace(row, time=row.time.astimezone(timezone(timedelta(hours=13))))


CHANGED = {
    "value": lambda row: replace(row, values=(row.values[0], 99.0, *row.values[2:])),
    "author": lambda row: replace(row, author="another"),
    "label": lambda row: replace(row, label=Label.MIXED),
    "size": lambda row: replace(row, added_code_lines=5000),
    "zone": later,
}


@pytest.mark.parametrize("what", CHANGED)
def test_another_table_is_compared_anew(what: str) -> None:
    source, lives = of_all_kinds(), some_lives(300)
    rows = list(source.rows)
    rows[17] = CHANGED[what](rows[17])
    with open_store(None) as store:
        asked(store, source, lives)
        assert asked(store, table(rows, *OUTCOMES), lives)[1]


def test_other_lives_another_seed_and_other_outcomes_are_compared_anew() -> None:
    source, lives = of_all_kinds(), some_lives(300)
    ended = lives.ended.copy()
    ended[0] = not ended[0]
    with open_store(None) as store:
        asked(store, source, lives)
        assert asked(store, source, replace(lives, ended=ended))[1]
        assert asked(store, source, lives, replace(FEW, seed=10))[1]
        renamed = (replace(SHARE, title="Renamed"), *OUTCOMES[1:])
        assert asked(store, Table(renamed, source.rows), lives)[1]


def test_trends_are_read_back_as_they_were_made() -> None:
    source = of_all_kinds()
    arms, months = arms_of(source, Contrast.AI), by_month(source)
    with open_store(None) as store:
        made = Remembered(source, store).trends(arms, OUTCOMES, months)
        kept = Remembered(source, store).trends(arms, OUTCOMES, months)
        fewer = Remembered(source, store).trends(arms, OUTCOMES[:1], months)
    assert made == kept == tuple(trend(source, arms, one, months) for one in OUTCOMES)
    assert (repr(made), len(fewer)) == (repr(kept), 1)
