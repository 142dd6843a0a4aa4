"""What a bar of the first screen shows, and of which changes: leave alone first."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scanner.compare.effects import Description
from scanner.compare.estimates import Adjusted, Effect, Estimate, Raw
from scanner.compare.evidence import Measured
from scanner.compare.inference import Interval
from scanner.compare.table import Scale
from scanner.render.html.comparison import comparison_row
from scanner.render.html.forest import axis_for
from tests.render.test_comparison import EFFECT, MEASURED, RANK, STRATA

OTHERS = Description(60, 9, 1.0, 1.0, 2.0, 3.0)
FEW = Description(3, 2, 9.0, 0.0, 9.0, 9.0, single=(0.0, 0.0, 27.0))


def ratio_of(ratio: float, low: float, high: float) -> Effect:
    """An effect on others of 1."""
    bounds = Interval(low - 1, high - 1)
    return replace(
        EFFECT,
        treated_mean=ratio,
        difference=ratio - 1,
        difference_interval=bounds,
        ratio=ratio,
        ratio_interval=Interval(low, high),
    )


def estimate_of(adjusted: Effect, raw: Effect, scale: Scale = Scale.AMOUNT) -> Estimate:
    """An outcome of these effects."""
    return replace(
        MEASURED,
        outcome=replace(MEASURED.outcome, scale=scale),
        others=OTHERS,
        raw=Measured(Raw(raw, RANK)),
        adjusted=Measured(Adjusted(adjusted, STRATA, 0.03, RANK, (), ())),
    )


NEAR, FAR = ratio_of(1.5, 0.8, 3.0), ratio_of(40.0, 15.0, 90.0)
LESS = ratio_of(0.01, 0.0, 2.0)
NO_RATIO = replace(NEAR, ratio=None, ratio_interval=None)


@pytest.mark.parametrize(
    ("effects", "dots", "beyond", "own"),
    [
        ((NEAR, NEAR), 2, 0, ""),
        ((NEAR, FAR), 1, 1, ""),
        ((FAR, NEAR), 1, 1, ""),
        ((LESS, LESS), 0, 2, ""),
        ((NO_RATIO, NEAR), 2, 0, "+2.00"),
    ],
)
def test_a_figure_is_a_dot_on_its_scale_and_an_arrow_beyond_it(
    effects: tuple[Effect, Effect], dots: int, beyond: int, own: str
) -> None:
    one = estimate_of(*effects)
    plot = comparison_row(one, axis_for([one])).plot
    assert (plot.count("<circle"), plot.count('class="off"')) == (dots, beyond)
    assert (own in plot) if own else ("<text" not in plot)


def test_the_row_says_of_which_changes_its_figures_are() -> None:
    one = estimate_of(NEAR, FAR)
    row = comparison_row(one, axis_for([one]))
    assert (row.treated_brief.text, row.treated_brief.note) == ("1.50", "n 30 of 40")
    assert (row.others_brief.text, row.others_brief.note) == ("1.00", "n 50 of 60")


def test_a_few_changes_are_described_by_all_of_them() -> None:
    one = replace(estimate_of(replace(FAR, treated=2), NEAR), treated=FEW)
    row = comparison_row(one, axis_for([one]))
    assert (row.treated_brief.text, row.treated_brief.note) == ("9.00", "n 3")
    assert (row.others_brief.text, row.others_brief.note) == ("1.00", "n 60")
    assert row.plot.count("<circle") == 1
    assert row.brief == "AI-attributed: 0.00, 0.00, 27.00"


def test_a_percentile_differs_by_points_of_it() -> None:
    one = estimate_of(NO_RATIO, NO_RATIO, Scale.PERCENTILE)
    row = comparison_row(one, axis_for([one]))
    assert row.adjusted.text == "+0.5 percentile points"
    assert row.brief == "between \N{MINUS SIGN}0.2 and +2.0 percentile points"
