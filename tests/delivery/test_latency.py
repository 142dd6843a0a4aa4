from __future__ import annotations

from pathlib import Path

import pytest

from fixtures.repository import RepositoryBuilder
from scanner.base.model import Commit, Duration, Missing
from scanner.delivery.joining import integrations
from scanner.delivery.latency import (
    Latency,
    Release,
    first_releases,
    is_release_name,
    latency,
)
from scanner.delivery.pulls import Export, Issue, PullRequest
from scanner.git.commits import read_commits, read_tags, resolve
from scanner.git.process import open_repository
from tests.delivery.records import ADA, BOT, at, branch_commit, commit, pull, review

NEWEST = at(100)


def waits(
    change: Commit,
    *requests: PullRequest,
    brought_in: tuple[Commit, ...] = (),
    released: dict[str, Release] | None = None,
    issues: tuple[Issue, ...] = (),
) -> Latency:
    export = Export(requests, issues)
    (integration,) = integrations([change], requests)
    return latency(change, (change, *brought_in), integration, released, export, NEWEST)


def ended(days: float, follow_up: float) -> Duration:
    return Duration(days, ended=True, follow_up=follow_up)


def test_a_merge_waits_from_its_oldest_commit() -> None:
    change = commit("m", "Merge branch 'x'", day=10, parents=("p", "q"))
    found = waits(change, brought_in=(commit("a", day=4, authored=3), commit("b", day=5)))
    assert found.authored_to_integrated == ended(7, 97)


def test_a_squash_hides_when_it_was_written_unless_the_forge_tells() -> None:
    change = commit(message="Add (#7)", day=10)
    alone = waits(change)
    assert isinstance(alone.authored_to_integrated, Missing)
    assert "squash" in alone.authored_to_integrated.reason
    told = waits(change, pull(commits=(branch_commit(1), branch_commit(6))))
    assert told.authored_to_integrated == ended(9, 99)


def test_a_clock_that_runs_backwards_waits_zero() -> None:
    assert waits(commit(day=10, authored=12)).authored_to_integrated == ended(0, 88)


def test_releases_and_what_is_not_yet_released() -> None:
    change = commit("c", day=10)
    release = Release("1.0", "r", at(30))
    found = waits(change, released={"c": release})
    assert (found.integrated_to_released, found.release) == (ended(20, 90), "1.0")
    waiting = waits(change, released={})
    assert waiting.integrated_to_released == Duration(90, ended=False, follow_up=90)
    untagged = waits(change).integrated_to_released
    assert untagged == Missing("the repository has no release tags")


def test_the_road_of_a_pull_request() -> None:
    request = pull(issues=(3, 4), reviews=(review(3, ADA), review(4, BOT), review(6)))
    issues = (Issue(3, at(-5), ()), Issue(4, at(0), ()))
    found = waits(commit(message="Add (#7)"), request, issues=issues)
    assert found.issue_to_opened == ended(7, 105)
    assert found.opened_to_first_review == ended(4, 98)
    assert found.first_review_to_merged == ended(4, 94)
    assert found.opened_to_merged == ended(8, 98)


@pytest.mark.parametrize(
    ("message", "requests", "reason"),
    [
        ("Change", (), "no sign of a pull request"),
        ("Add (#9)", (pull(7),), "not found in the pull request data"),
    ],
)
def test_why_there_is_no_pull_request(
    message: str, requests: tuple[PullRequest, ...], reason: str
) -> None:
    assert waits(commit(message=message), *requests).opened_to_merged == Missing(reason)


def test_without_forge_data_only_git_speaks() -> None:
    change = commit(message="Add (#9)")
    (integration,) = integrations([change])
    found = latency(change, (change,), integration, {}, None, NEWEST)
    assert found.opened_to_merged == Missing("no pull request data were given")
    assert isinstance(found.integrated_to_released, Duration)


@pytest.mark.parametrize(
    ("reviews", "reason"),
    [
        (None, "the export has no reviews"),
        ((), "merged without review"),
        ((review(3, ADA), review(4, BOT)), "merged without review"),
        ((review(12),), "merged without review"),
    ],
)
def test_no_first_review(reviews: object, reason: str) -> None:
    found = waits(commit(message="Add (#7)"), pull(reviews=reviews))
    assert found.opened_to_first_review == Missing(reason)


RELEASE_NAMES = [
    ("v1.2.3", True),
    ("1.2", True),
    ("2024.1.0", True),
    ("release-1.2", True),
    ("release/1.2", True),
    ("pkg@1.2.3", True),
    ("pkg-v1.2.3", True),
    ("1.2.post1", True),
    ("v1.2.0rc1", False),
    ("v1.2.0-beta.1", False),
    ("1.2.0.dev3", False),
    ("1.0a1", False),
    ("nightly", False),
    ("v1", False),
    ("deploy-2024-01-02", False),
]


@pytest.mark.parametrize(("tag", "expected"), RELEASE_NAMES)
def test_release_names(tag: str, expected: bool) -> None:
    assert is_release_name(tag) is expected


def test_first_releases_agree_with_git(tmp_path: Path) -> None:
    """A fix on a maintenance branch is released by its own tag, the rest by the next one."""
    builder = RepositoryBuilder(tmp_path / "repo")
    builder.commit("one", {"a.py": "a = 1\n"})
    builder.git("tag", "v1.0")
    builder.commit("two", {"a.py": "a = 2\n"})
    builder.branch("maintenance", "v1.0")
    builder.commit("patch", {"b.py": "b = 1\n"})
    builder.git("tag", "v1.1")
    builder.switch("main")
    builder.merge("maintenance")
    builder.git("tag", "v2.0")
    builder.commit("three", {"a.py": "a = 3\n"})
    repo = open_repository(builder.path)
    commits = read_commits(repo, [resolve(repo, "main")])
    releases = [
        Release(tag.name, tag.commit, tag.time)
        for tag in read_tags(repo)
        if is_release_name(tag.name)
    ]
    found = first_releases(commits, releases)
    for one in commits:
        holding = builder.git("tag", "--contains", one.oid, "--sort=creatordate").split()
        expected = holding[0] if holding else None
        assert (found[one.oid].name if one.oid in found else None) == expected, one.subject
