"""Words follow from intervals, and intervals shrink as changes come in: no claim out of nothing."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.base.model import Label
from scanner.compare.effects import FEW
from scanner.compare.estimates import Adjusted, estimate
from scanner.compare.evidence import Measured
from scanner.compare.inference import (
    Interval,
    Resampling,
    Shares,
    score_difference,
    score_ratio,
)
from scanner.compare.readings import Means, Reading, read, resolution
from scanner.compare.table import Row
from tests.compare.rows import SHARE, YES_NO, ai_arms, row, table

RESAMPLING = Resampling(seed=3, rounds=199)


@pytest.mark.parametrize(
    ("treated", "others", "of", "difference", "ratio", "reading"),
    [
        (0.0, 0.0, 50, (0, 0), None, Reading.NONE),
        (9.0, 1.0, 4, (5, 9), (4, 20), Reading.DESCRIBED),
        (1.0, 1.0, 50, (-0.1, 0.1), (0.9, 1.1), Reading.ALIKE),
        (1.1, 1.0, 50, (0.05, 0.2), (1.05, 1.2), Reading.ALIKE),
        (1.1, 1.0, 50, (-0.3, 0.5), (0.7, 1.5), Reading.UNCLEAR),
        (2.0, 1.0, 50, (0.2, 2), (1.2, 3), Reading.HIGHER),
        (0.5, 1.0, 50, (-0.9, -0.2), (0.1, 0.8), Reading.LOWER),
        (1.0, 0.0, 50, (0.5, 1.5), None, Reading.HIGHER),
        (3.0, 1.0, 50, (None, None), (None, None), Reading.UNCLEAR),
    ],
)
def test_the_word_for_an_interval(
    treated: float,
    others: float,
    of: int,
    difference: tuple[float | None, float | None],
    ratio: tuple[float | None, float | None] | None,
    reading: Reading,
) -> None:
    means = Means(treated, others, of, of)
    said = read(means, Interval(*difference), Interval(*ratio) if ratio else None)
    assert said is reading


def test_what_would_settle_it_grows_with_the_width() -> None:
    means = Means(1.1, 1.0, 20, 20)
    narrow = resolution(means, Interval(-0.2, 0.4), Reading.UNCLEAR)
    wide = resolution(means, Interval(-0.9, 1.1), Reading.UNCLEAR)
    assert narrow.further is not None
    assert wide.further is not None
    assert 0 < narrow.further < wide.further
    assert resolution(means, Interval(None, None), Reading.UNCLEAR).further is None
    assert resolution(means, Interval(0.05, 0.15), Reading.ALIKE).further == 0


def test_score_intervals_are_those_of_the_literature() -> None:
    """Newcombe (1998), table II, method 10: 56/70 − 48/80 and 5/56 − 0/29."""
    first = score_difference(Shares(56 / 70, 70, 48 / 80, 80))
    assert (first.low, first.high) == pytest.approx((0.0524, 0.3339), abs=1e-4)
    second = score_difference(Shares(5 / 56, 56, 0.0, 29))
    assert (second.low, second.high) == pytest.approx((-0.0381, 0.1926), abs=1e-4)


@given(st.integers(0, 12), st.integers(1, 40), st.integers(0, 12), st.integers(1, 40))
def test_the_ratio_of_shares_agrees_with_their_difference(a: int, n: int, b: int, m: int) -> None:
    """One interval excludes no difference if and only if the other does."""
    shares = Shares(min(a, n) / n, n, min(b, m) / m, m)
    difference, ratio = score_difference(shares), score_ratio(shares)
    assert ratio.low is not None
    assert ratio.low >= 0
    if shares.others > 0:
        value = shares.treated / shares.others
        assert ratio.low <= value + 1e-9
        assert ratio.high is None or ratio.high >= value - 1e-9
        if ratio.high is not None:
            near = min(abs(ratio.low - 1), abs(ratio.high - 1)) < 1e-6
            assert near or difference.excludes(0.0) == ratio.excludes(1.0)


def history(seed: int, effect: float, yes: bool) -> list[Row]:
    random = np.random.default_rng(seed)
    rows = []
    for number in range(60):
        is_ai = number % 2 == 0
        value = random.exponential(1.0) + effect * is_ai
        rows.append(
            row(
                float(value > 1) if yes else float(value),
                author=f"a{random.integers(0, 9)}",
                label=Label.AI if is_ai else Label.UNMARKED,
                day=float(number),
                change=str(number),
            )
        )
    return rows


@pytest.mark.parametrize("yes", [False, True])
@pytest.mark.parametrize("seed", range(6))
def test_adding_changes_one_by_one_never_jumps_to_a_claim(seed: int, yes: bool) -> None:
    """From one change an arm on there is an estimate; a claim always has a wide interval before."""
    rows = history(seed, 3.0 if seed % 2 else 0.0, yes)
    outcome = YES_NO if yes else SHARE
    last: Adjusted | None = None
    widths: dict[int, float] = {}
    for count in range(2, len(rows) + 1):
        part = rows[:count]
        state = estimate(table(part, outcome), ai_arms(part), outcome, RESAMPLING).adjusted
        assert isinstance(state, Measured)
        found = state.value
        claims = found.reading in (Reading.HIGHER, Reading.LOWER, Reading.ALIKE)
        if count < 2 * FEW:
            assert not claims
        elif claims:
            assert last is not None
        last = found
        bounds = found.effect.difference_interval
        is_open = bounds.low is None or bounds.high is None
        widths[count] = math.inf if is_open else (bounds.high or 0) - (bounds.low or 0)
    assert math.isfinite(widths[10])
    if yes:  # a share passes from score intervals, which know no authors, to resampling authors
        return
    early, late = (
        float(np.median([w for n, w in widths.items() if low <= n < high]))
        for low, high in ((5, 15), (40, 61))
    )
    assert early > late
