from __future__ import annotations

import pytest

from scanner.attribution.forge_pulls import named_number
from scanner.base.model import Commit
from scanner.delivery.joining import Integration, JoinedBy, MergeStyle, integrations
from scanner.delivery.pulls import PullRequest, PullState
from tests.delivery.records import WEB, branch_commit, commit, pull


def joined(change: Commit, *pulls: PullRequest) -> Integration:
    (one,) = integrations([change], pulls)
    return one


NUMBERS = [
    ("Add x", None),
    ("Fix #7", None),
    ("Add x (fixes #7)", None),
    ("Add x (#7) again", None),
    ("Add x (#7)", 7),
    ("Add x (!7)", 7),
    ('Revert "Add x (#7)" (#9)', 9),
    ("Merge pull request #7 from a/b\n\nAdd x", 7),
    ("Merge branch 'x'\n\nSee merge request group/project!7", 7),
    ("Merged in topic (pull request #7)", 7),
]


@pytest.mark.parametrize(("message", "number"), NUMBERS)
def test_numbers_in_messages(message: str, number: int | None) -> None:
    assert named_number(commit(message=message)) == number


@pytest.mark.parametrize(
    ("change", "style"),
    [
        (commit(), MergeStyle.DIRECT),
        (commit(committer=WEB), MergeStyle.DIRECT),
        (commit(message="Merge pull request #7 from a/b", parents=("p", "q")), MergeStyle.MERGE),
        (commit(message="Merge branch 'x'", parents=("p", "q")), MergeStyle.MERGE),
        (commit(message="Add (#7)", committer=WEB), MergeStyle.SQUASH),
        (commit(committer=WEB, authored=3), MergeStyle.REBASE),
    ],
)
def test_styles_without_forge_data(change: Commit, style: MergeStyle) -> None:
    one = joined(change)
    assert one.style is style
    assert one.pull is None


def test_a_merge_commits_id_joins_first() -> None:
    by_id, by_number = pull(8, merge_oids=("c",)), pull(7)
    one = joined(commit("c", "Add (#7)"), by_id, by_number)
    assert (one.pull, one.number, one.joined_by) == (by_id, 8, JoinedBy.COMMIT_ID)


def test_a_number_joins_merged_requests_only() -> None:
    assert joined(commit(message="Add (#7)"), pull(7)).joined_by is JoinedBy.NUMBER
    closed = joined(commit(message="Add (#7)"), pull(7, state=PullState.CLOSED))
    assert (closed.pull, closed.number, closed.style) == (None, 7, MergeStyle.SQUASH)


def test_a_rebase_keeps_title_and_authors_time() -> None:
    request = pull(commits=(branch_commit(3, "One"), branch_commit(4, "Two")))
    one = joined(commit(message="One", authored=3), request)
    assert (one.pull, one.style, one.joined_by) == (
        request,
        MergeStyle.REBASE,
        JoinedBy.BRANCH_COMMIT,
    )
    assert joined(commit(message="One", authored=5), request).pull is None


def test_the_last_commit_of_a_rebase_is_no_squash() -> None:
    request = pull(merge_oids=("c",), commits=(branch_commit(3, "One"), branch_commit(4, "Two")))
    assert joined(commit("c", "Two", authored=4), request).style is MergeStyle.REBASE
    assert joined(commit("c", "Add a thing (#7)"), request).style is MergeStyle.SQUASH


def test_a_commit_of_two_requests_joins_neither() -> None:
    twice = [pull(n, commits=(branch_commit(3, "One"),)) for n in (7, 8)]
    assert joined(commit(message="One", authored=3), *twice).pull is None
