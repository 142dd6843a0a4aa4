"""The JSON document: by its schema, whole, and with every state told apart."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest

from scanner.render.report_formats import REPORT_FORMATS
from scanner.render.schemas import schema
from tests.render.report_samples import empty_report, hostile_report, quiet_report

REPORTS = {"quiet": quiet_report, "hostile": hostile_report, "empty": empty_report}


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
