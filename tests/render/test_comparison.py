from __future__ import annotations

import json
from dataclasses import replace

import jsonschema
import msgspec
import pytest

from scanner.compare.effects import Description, Rank
from scanner.compare.estimates import Adjusted, Effect, Estimate, Influence, Raw
from scanner.compare.evidence import CouldNotMeasure, Measured, NotApplicable
from scanner.compare.inference import Interval, IntervalMethod
from scanner.compare.strata import Factor, Stratification
from scanner.compare.table import ClusterBy, OutcomeSpec, Scale, Theme
from scanner.render.json.comparison_documents import JsonComparison, comparison_row
from scanner.render.json.json_text import to_json

EFFECT = Effect(
    treated_mean=2.0,
    others_mean=1.0,
    difference=1.0,
    difference_interval=Interval(0.123456, None, IntervalMethod.WILD_CLUSTER_BOOTSTRAP),
    ratio=None,
    ratio_interval=None,
    clusters=12,
    effective_clusters=8.5,
    cluster_by=ClusterBy.AUTHOR,
    treated=30,
    others=50,
    p=0.01,
)
STRATA = Stratification((Factor.AUTHOR, Factor.SIZE), 9, 30, 40, 50, 60, False)
RANK = Rank(0.6, Interval(0.5, 0.7, IntervalMethod.PLACEMENTS))
MEASURED = Estimate(
    outcome=OutcomeSpec("debt", "Debt", "points", next(iter(Theme)), Scale.AMOUNT),
    treated=Description(40, 5, 2.0, 1.0, 6.0, 9.0),
    others=None,
    raw=Measured(Raw(EFFECT, RANK)),
    adjusted=Measured(Adjusted(EFFECT, STRATA, 0.03, RANK, (), (Influence("c" * 40, 0.5),))),
    cluster_by=ClusterBy.AUTHOR,
    coverage=0.9,
    missing=(("no Python code", 4),),
    treated_wait=None,
    others_wait=None,
)


@pytest.mark.parametrize(
    ("estimate", "verdict", "state"),
    [
        (MEASURED, "higher", "measured"),
        (replace(MEASURED, adjusted=NotApplicable("one arm")), "not applicable", "not_applicable"),
        (replace(MEASURED, adjusted=CouldNotMeasure("no exports")), "could not measure",
         "could_not_measure"),
    ],
)  # fmt: skip
def test_every_state_holds_to_the_schema(estimate: Estimate, verdict: str, state: str) -> None:
    row = json.loads(to_json(comparison_row(estimate)))
    jsonschema.validate(row, msgspec.json.schema(JsonComparison))
    assert row["verdict"] == verdict
    assert row["adjusted"]["state"] == state
    assert (row["p"] is None) is (state != "measured")


def test_an_open_bound_has_its_reason() -> None:
    row = json.loads(to_json(comparison_row(MEASURED)))
    assert row["interval"] == {
        "low": 0.1235,
        "high": None,
        "reason": "the data set no limit on that side",
        "method": "wild cluster bootstrap",
    }
