"""The Code Quality report against what GitLab's documentation asks of it."""

from __future__ import annotations

import json
from pathlib import PurePosixPath
from typing import Any

import jsonschema
import pytest

from scanner.base.model import Review
from scanner.render.ci import gitlab
from scanner.render.paths import unicode_text
from tests.render import samples

#: docs.gitlab.com/ci/testing/code_quality: every key it names is required, severities are a list.
DOCUMENTED = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "properties": {
            "description": {"type": "string", "minLength": 1},
            "check_name": {"type": "string", "minLength": 1},
            "fingerprint": {"type": "string", "minLength": 1},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "properties": {
                    "path": {"type": "string", "minLength": 1},
                    "lines": {
                        "type": "object",
                        "required": ["begin"],
                        "properties": {"begin": {"type": "integer", "minimum": 1}},
                    },
                },
            },
        },
    },
}


def issues_of(review: Review) -> Any:
    issues = json.loads(gitlab.render(review))
    jsonschema.validate(issues, DOCUMENTED)
    return issues


@pytest.mark.parametrize("review", samples.EVERY_REVIEW.values(), ids=samples.EVERY_REVIEW)
def test_reports_are_as_documented(review: Review) -> None:
    issues = issues_of(review)
    judgement = review.judgement
    assert len(issues) == len(judgement.findings) + len(judgement.problems)
    paths = {issue["location"]["path"] for issue in issues}
    assert {unicode_text(finding.place.path) for finding in judgement.findings} <= paths
    assert not any(PurePosixPath(path).is_absolute() for path in paths)


def test_fingerprints_are_unique_and_stable() -> None:
    twins = (samples.GROWTH, samples.GROWTH, samples.GROWTH)
    issues = issues_of(samples.review(twins, (samples.UNREADABLE, samples.UNREADABLE)))
    fingerprints = [issue["fingerprint"] for issue in issues]
    assert len(set(fingerprints)) == 5
    assert samples.GROWTH.fingerprint in fingerprints


def test_severities() -> None:
    by_check = {issue["check_name"]: issue["severity"] for issue in issues_of(samples.FULL)}
    assert by_check["security.subprocess-shell"] == "blocker"
    assert by_check["duplication.renamed"] == "major"
    assert by_check["complexity.parameters"] == "minor"
    assert by_check["deviation.logging"] == "info"
    assert by_check["problem.parse"] in ("critical", "info")
    assert by_check["problem.store"] == "info"
