from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import jsonschema
import pytest

from scanner.attribution.all_sources import Attributed, NoteFigures
from scanner.attribution.lines import LabelledLines
from scanner.attribution.shares import LineCounts
from scanner.base.model import UNMARKED, Granularity, Label, Problem, Review, Stage
from scanner.history.attribution import AttributedRange
from scanner.render.json import json_format, schemas
from scanner.render.json.attribution_documents import AttributedLine
from scanner.render.json.json_text import to_json
from scanner.render.json.scan_documents import scan_document
from scanner.tree.scan import TreeScan
from tests.render import samples
from tests.render.scans import CHANGE, CLONES, SCAN, STORY


def validated(command: str, output: str) -> Any:
    document = json.loads(output)
    schema = json.loads(schemas.schema(command))
    validator = jsonschema.Draft202012Validator(
        schema, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
    )
    validator.check_schema(schema)
    validator.validate(document)
    assert next(iter(document)) == "schema_version"
    return document


def nulls_without_reason(value: Any, path: str = "$") -> list[str]:
    """Keys that are null and have no reason beside them."""
    if isinstance(value, list):
        return [found for item in value for found in nulls_without_reason(item, f"{path}[]")]
    if not isinstance(value, dict):
        return []
    bare = [
        f"{path}.{key}"
        for key, item in value.items()
        if item is None and not key.endswith("reason") and not value.get(f"{key}_reason")
    ]
    return bare + [
        found
        for key, item in value.items()
        for found in nulls_without_reason(item, f"{path}.{key}")
    ]


@pytest.mark.parametrize("review", samples.EVERY_REVIEW.values(), ids=samples.EVERY_REVIEW)
def test_reviews_hold_to_their_schema(review: Review) -> None:
    document = validated("gate", json_format.render(review))
    unexplained = nulls_without_reason(document)
    unmeasured = {entry["dimension"] for entry in document["unmeasured"]}
    for place in unexplained:  # scores have their reasons in `unmeasured`, problems in themselves
        group, _, name = place.removeprefix("$.").partition(".")
        if place in ("$.scores.deviation", "$.grades.deviation"):
            # The score has its reason in `deviation`, and a percentile has no grade.
            assert document["deviation"]["score_reason"] or name in document["grades"]
        elif group in ("scores", "grades", "points", "repaid"):
            assert name in unmeasured or len(unmeasured) == 4
        else:
            assert place == "$.problems[].path"


def test_check_and_gate_have_one_schema() -> None:
    check, gate = (json.loads(schemas.schema(command)) for command in ("check", "gate"))
    assert check | {"title": ""} == gate | {"title": ""}


def test_the_keys_of_the_interface_are_there() -> None:
    document = json.loads(json_format.render(samples.FULL))
    assert document.keys() >= {
        "schema_version",
        "base",
        "head",
        "verdict",
        "reasons",
        "attribution",
        "added_code_lines",
        "scores",
        "grades",
        "points",
        "repaid",
        "findings",
        "problems",
        "thresholds",
    }
    assert document["scores"].keys() == {
        "complexity", "duplication", "deviation", "rules", "convention", "debt",
    }  # fmt: skip
    assert document["findings"][0].keys() - {"fix"} == {
        "dimension",
        "rule",
        "path",
        "first_line",
        "last_line",
        "unit",
        "points",
        "severity",
        "message",
        "hint",
        "evidence",
        "fingerprint",
    }
    assert document["problems"][0].keys() >= {"stage", "path", "reason"}


def test_every_kind_of_evidence_is_there_and_told_apart() -> None:
    document = json.loads(json_format.render(samples.FULL))
    kinds = {finding["evidence"]["kind"] for finding in document["findings"]}
    assert kinds == {"growth", "copy", "departure", "rule-match", "tampering"}


def test_a_path_of_any_bytes_is_valid_unicode() -> None:
    document = json.loads(json_format.render(samples.HOSTILE))
    paths = {finding["path"] for finding in document["findings"]}
    assert "caf\\xe9/\u00ff\\x80.py" in paths
    assert "new\nline/\t<b>&.py" in paths


def test_equal_input_gives_equal_bytes() -> None:
    assert json_format.render(samples.FULL) == json_format.render(samples.FULL)


def test_scans_hold_to_their_schema() -> None:
    document = validated("scan", to_json(scan_document(SCAN, None)))
    assert document["totals"]["cyclomatic"] == 28
    assert document["units"][0]["closures"][0]["first_line"] == 5
    assert nulls_without_reason(document) == []
    validated("scan", to_json(scan_document(TreeScan(samples.HEAD), ())))
    groups = validated("scan", to_json(scan_document(SCAN, CLONES)))["clones"]
    assert [group["saved_lines"] for group in groups] == [70, 60, 18]
    assert [group.get("call") for group in groups] == [None, "app.api.load", None]


def test_attributions_hold_to_their_schema() -> None:
    commits = (replace(CHANGE.commit, oid=samples.HEAD), replace(CHANGE.commit, oid=samples.BASE))
    labels = {samples.HEAD: samples.ATTRIBUTION, samples.BASE: UNMARKED}
    attributed = Attributed(labels, (), NoteFigures(notes=1, reached=1), "2026.1", ("Said.",))
    found = AttributedRange(
        "a..b",
        commits,
        frozenset(),
        attributed,
        {samples.HEAD: LineCounts(ai=6, mixed=1, human=2, unknown=1)},
        (LabelledLines(Label.AI, Granularity.INHERITED, 5, 3, 1),),
        (Problem(Stage.GIT, "a.py", "it could not be compared"),),
    )
    document = validated("attribute", json_format.render_attribution(found))
    assert document["coverage"]["share"] == 0.5
    assert document["commits"][0]["lines"] == {"ai": 7, "human": 2, "unknown": 1}
    assert document["lines"][0]["lost"] == 1
    assert nulls_without_reason(document["commits"]) == []
    nothing = AttributedRange(
        "a..b", (), frozenset(), Attributed({}, (), NoteFigures(), "1", ()), {}, ()
    )
    empty = validated("attribute", json_format.render_attribution(nothing))
    assert empty["coverage"]["share"] is None


def test_attributed_lines_hold_to_their_schema() -> None:
    lines = [AttributedLine(1, samples.BASE, Label.AI, Granularity.INHERITED)]
    output = json_format.render_lines("app/api.py", samples.HEAD, lines)
    assert validated("attribute", output)["lines"][0]["granularity"] == "inherited"


def test_explanations_hold_to_their_schema_and_name_nobody() -> None:
    output = json_format.render_story(STORY)
    document = validated("explain", output)
    assert document["change"]["rework"][1] == {
        "days": 90,
        "reworked_lines": 0,
        "observed_lines": 0,
        "share": None,
        "share_reason": "no added line could be observed that long",
    }
    assert "Ada" not in output
    bare = nulls_without_reason(document)
    assert set(bare) <= {"$.change.problems[].path", "$.grades.deviation"}
