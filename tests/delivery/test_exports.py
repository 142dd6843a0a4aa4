from __future__ import annotations

import json
from typing import Any

import pytest

from scanner.base.model import Stage
from scanner.delivery.exports import read_export
from scanner.delivery.pulls import (
    Export,
    Forge,
    PullState,
    ReviewState,
    account,
    is_bug_label,
)

#: As `gh pr list --state merged --json …` prints a record.
PULL: dict[str, Any] = {
    "additions": 40,
    "author": {"id": "x", "is_bot": False, "login": "ada", "name": "Ada"},
    "closedAt": "2025-03-04T10:00:00Z",
    "closingIssuesReferences": [{"id": "I", "number": 3, "url": "u"}],
    "comments": [
        {"author": {"login": "bob"}, "createdAt": "2025-03-02T10:00:00Z", "body": "hm"},
        {"author": {"login": "codecov"}, "createdAt": "2025-03-02T10:00:01Z", "body": "80 %"},
    ],
    "commits": [
        {
            "oid": "1" * 40,
            "messageHeadline": "Add",
            "authoredDate": "2025-02-27T08:00:00Z",
            "committedDate": "2025-02-27T08:00:00Z",
        }
    ],
    "createdAt": "2025-03-01T10:00:00Z",
    "deletions": 10,
    "headRefName": "topic",
    "labels": [{"name": "bug"}],
    "mergeCommit": {"oid": "f" * 40},
    "mergedAt": "2025-03-04T10:00:00Z",
    "number": 7,
    "reviews": [
        {"author": {"login": "bob"}, "state": "APPROVED", "submittedAt": "2025-03-03T10:00:00Z"},
        {"author": {"login": "bob"}, "state": "COMMENTED", "submittedAt": "2025-03-02T10:00:00Z"},
        {"author": {"login": "eve"}, "state": "PENDING", "submittedAt": None},
    ],
    "state": "MERGED",
    "title": "Add a thing",
}

#: As `glab mr list --output json` prints one.
MERGE_REQUEST: dict[str, Any] = {
    "iid": 12,
    "title": "Add a thing",
    "description": "Closes #5 and fixes #6",
    "author": {"username": "ada"},
    "state": "merged",
    "created_at": "2025-03-01T10:00:00.000Z",
    "merged_at": "2025-03-04T10:00:00.123+01:00",
    "closed_at": None,
    "source_branch": "topic",
    "merge_commit_sha": "e" * 40,
    "squash_commit_sha": None,
    "sha": "d" * 40,
    "labels": ["type::bug"],
    "user_notes_count": 2,
}


def read(*values: object) -> Export:
    return read_export([("pulls.json", "\n".join(json.dumps(value) for value in values))])


def test_a_github_record() -> None:
    export = read([PULL])
    (pull,) = export.pulls
    assert export.problems == ()
    assert (pull.forge, pull.number, pull.state) == (Forge.GITHUB, 7, PullState.MERGED)
    assert pull.merge_oids == ("f" * 40,)
    assert pull.changed_lines == 50
    assert pull.issues == (3,)
    assert pull.reviews is not None
    assert [event.state for event in pull.reviews] == [
        ReviewState.COMMENTED,
        ReviewState.APPROVED,
    ]
    assert pull.remarks is not None
    assert [remark.author.is_bot for remark in pull.remarks if remark.author] == [False, True]
    assert pull.commits is not None
    assert pull.commits[0].oid == "1" * 40
    assert pull.inline_comments is None


def test_what_an_export_lacks_is_none_not_zero() -> None:
    short = {key: PULL[key] for key in ("number", "title", "createdAt", "mergedAt", "headRefName")}
    (pull,) = read([short]).pulls
    assert pull.reviews is None
    assert pull.remarks is None
    assert pull.commits is None
    assert pull.changed_lines is None
    assert pull.author is None
    assert pull.merge_oids == ()


def test_graphql_pages_in_either_form() -> None:
    node = {
        **PULL,
        "labels": {"nodes": [{"name": "x"}]},
        "reviews": {"nodes": PULL["reviews"]},
        "commits": {"nodes": [{"commit": PULL["commits"][0]}]},
        "reviewThreads": {
            "nodes": [{"comments": {"totalCount": 3}}, {"comments": {"totalCount": 1}}]
        },
        "closingIssuesReferences": {
            "nodes": [
                {
                    "number": 3,
                    "createdAt": "2025-01-01T00:00:00Z",
                    "labels": {"nodes": [{"name": "bug"}]},
                }
            ]
        },
    }
    pages = [
        {"data": {"repository": {"pullRequests": {"nodes": [node], "pageInfo": {}}}}},
        {"data": {"repository": {"pullRequests": {"nodes": [{**node, "number": 8}]}}}},
    ]
    for export in (read(*pages), read(pages)):
        assert [pull.number for pull in export.pulls] == [7, 8]
        assert export.pulls[0].inline_comments == 4
        assert export.pulls[0].issues == (3,)
        assert [(issue.number, is_bug_label(issue.labels)) for issue in export.issues] == [
            (3, True)
        ]
        assert set(export.issue_opened) == {3}


def test_a_gitlab_record() -> None:
    export = read([MERGE_REQUEST])
    (pull,) = export.pulls
    assert (pull.forge, pull.number, pull.state) == (Forge.GITLAB, 12, PullState.MERGED)
    assert pull.merge_oids == ("e" * 40,)
    assert pull.issues == (5, 6)
    assert pull.reviews is None
    assert pull.labels == ("type::bug",)


def test_gitlab_fast_forward_lands_the_branchs_head() -> None:
    (pull,) = read([{**MERGE_REQUEST, "merge_commit_sha": None}]).pulls
    assert pull.merge_oids == ("d" * 40,)


def test_gitlab_notes_are_reviews_of_others() -> None:
    def note(user: str, body: str, *, system: bool = False) -> dict[str, Any]:
        return {
            "author": {"username": user},
            "body": body,
            "system": system,
            "created_at": "2025-03-02T10:00:00Z",
        }

    notes = [
        note("ada", "mine"),
        note("bob", "hm"),
        note("bob", "approved this merge request", system=True),
        note("bob", "added 1 commit", system=True),
    ]
    (pull,) = read([{**MERGE_REQUEST, "notes": notes}]).pulls
    assert pull.reviews is not None
    assert [event.state for event in pull.reviews] == [ReviewState.COMMENTED, ReviewState.APPROVED]
    assert pull.remarks is not None
    assert len(pull.remarks) == 2


def test_issues_of_both_forges() -> None:
    export = read(
        [
            {"number": 3, "createdAt": "2025-01-01T00:00:00Z", "labels": [{"name": "Bug"}]},
            {"iid": 4, "created_at": "2025-01-01T00:00:00Z", "labels": ["docs"]},
        ]
    )
    assert [(issue.number, is_bug_label(issue.labels)) for issue in export.issues] == [
        (3, True),
        (4, False),
    ]


BROKEN = [
    ("not json", "not JSON"),
    ('[{"number": 1}', "not JSON"),
    ('[{"title": "x"}]', "neither a pull request nor an issue"),
    ('[{"number": 1, "mergedAt": null}]', "record 1: KeyError"),
    ('[{"number": 1, "createdAt": "yesterday"}]', "record 1: ValueError"),
    ('[{"number": 1, "createdAt": "2025-01-01T00:00:00"}]', "has no offset"),
    ('[{"number": 1, "createdAt": "2025-01-01T00:00:00Z", "labels": [3]}]', "AttributeError"),
]


@pytest.mark.parametrize(("text", "reason"), BROKEN)
def test_what_cannot_be_read_is_a_problem(text: str, reason: str) -> None:
    export = read_export([("x.json", text)])
    assert export.pulls == ()
    (problem,) = export.problems
    assert (problem.stage, problem.path) == (Stage.FORGE, "x.json")
    assert reason in problem.reason


def test_one_broken_record_does_not_hide_the_others() -> None:
    export = read([{"title": "x"}, PULL])
    assert len(export.pulls) == 1
    assert len(export.problems) == 1


@pytest.mark.parametrize("text", ["", "  \n", "[]", "\ufeff[]"])
def test_nothing_is_nothing(text: str) -> None:
    assert read_export([("x.json", text)]) == Export()


def test_a_later_record_replaces_an_earlier_one() -> None:
    assert [pull.title for pull in read([PULL], [{**PULL, "title": "Renamed"}]).pulls] == [
        "Renamed"
    ]


@pytest.mark.parametrize(
    ("login", "is_bot"),
    [
        ("ada", False),
        ("botond", False),
        ("abbot", False),
        ("dependabot[bot]", True),
        ("app/renovate", True),
        ("copilot-pull-request-reviewer", True),
        ("project_12_bot_abc", True),
    ],
)
def test_bots(login: str, is_bot: bool) -> None:
    found = account(login)
    assert found is not None
    assert found.is_bot is is_bot
    assert account(None) is None
    assert account("") is None


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("bug", True),
        ("type: Bug", True),
        ("kind/regression", True),
        ("debug", False),
        ("docs", False),
    ],
)
def test_bug_labels(label: str, expected: bool) -> None:
    assert is_bug_label((label,)) is expected
