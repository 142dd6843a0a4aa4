"""The JSON document: by its schema, whole, and with every state told apart."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import jsonschema
import pytest

from scanner.render.json.schemas import schema
from scanner.render.report_formats import REPORT_FORMATS
from scanner.report.build import Asked
from tests.render.report_samples import empty_report, hostile_report, kinds_report, quiet_report

REPORTS = {
    "quiet": quiet_report,
    "hostile": hostile_report,
    "kinds": kinds_report,
    "empty": empty_report,
}


def document(name: str) -> dict[str, Any]:
    loaded = json.loads(REPORT_FORMATS["json"].render(REPORTS[name]()))
    assert isinstance(loaded, dict)
    return loaded


@pytest.mark.parametrize("name", REPORTS)
def test_it_holds_to_its_schema(name: str) -> None:
    jsonschema.Draft202012Validator(json.loads(schema("report"))).validate(document(name))


def test_it_holds_every_change_and_finding() -> None:
    report, found = quiet_report(), document("quiet")
    assert next(iter(found)) == "schema_version"
    assert [row["commit"] for row in found["changes"]] == [c.commit.oid for c in report.changes]
    count = sum(len(one["findings"]) for one in found["findings"])
    assert count == sum(len(change.judgement.findings) for change in report.changes)
    assert found["coverage"]["changes"]["ai"] == 40
    assert found["left_out"] == [{"reason": "initial import", "changes": 1}]


def test_no_coverage_has_a_reason() -> None:
    assert document("empty")["coverage"]["share"] is None
    assert document("empty")["coverage"]["share_reason"] == "no change is compared"


def test_every_state_is_told_and_never_a_zero() -> None:
    found = document("quiet")
    rows = [
        *found["comparison"],
        *(row for one in found["questions"] for row in one["comparison"]),
    ]
    states = {row[side]["state"] for row in rows for side in ("raw", "adjusted")}
    assert {"measured", "could_not_measure"} <= states
    for one in [*found["durability"], *found["sensitivity"], *found["validity"]]:
        (state,) = (value for value in one.values() if isinstance(value, dict))
        assert state["state"] == "measured" or state.get("reason") or state["missing"]


def test_it_holds_the_numbers_of_the_page() -> None:
    report, found = quiet_report(), document("quiet")
    points = sum(change.judgement.scorecard.points for change in report.compared)
    for table in ("over_time", "rules"):
        held = sum(row["points"] for row in found["tallies"][table])
        assert held == pytest.approx(points)
    (claude,) = found["tallies"]["agents"]
    assert (claude["agent"], claude["changes"]) == ("claude", 40)
    lines = next(one for one in found["durability"] if one["weighing"] == "each line counts once")
    assert [curve["arm"] for curve in lines["survival"]["curves"]] == ["AI-attributed", "other"]
    hottest = found["tallies"]["hotspots"]["files"][0]
    assert hottest["path"] in REPORT_FORMATS["html"].render(report).replace("<wbr>", "")
    assert found["command"].startswith("tallystick report ")


def test_authors_are_there_only_where_asked() -> None:
    assert all("authors" not in row for row in document("quiet")["changes"])
    named = replace(quiet_report(), asked=Asked(names_people=True))
    rows = json.loads(REPORT_FORMATS["json"].render(named))["changes"]
    assert rows[-1]["authors"] == ["Ada Lovelace"]
