from __future__ import annotations

import pytest

from scanner.delivery.pulls import PullRequest, ReviewState
from scanner.delivery.reviews import review_facts
from tests.delivery.records import ADA, BOT, branch_commit, pull, remark, review


def test_one_look_and_merged() -> None:
    found = review_facts(pull(reviews=(review(4),), commits=(branch_commit(2),)))
    assert (found.rounds, found.follow_up_commits) == (1, 0)
    assert found.merged_without_review is False
    assert found.changes_requested is False


def test_rounds_are_parted_by_commits() -> None:
    request = pull(
        commits=(branch_commit(2), branch_commit(5), branch_commit(7)),
        reviews=(
            review(3, state=ReviewState.CHANGES_REQUESTED),
            review(4),
            review(6),
            review(9, state=ReviewState.APPROVED),
        ),
    )
    found = review_facts(request)
    assert found.rounds == 3
    assert found.follow_up_commits == 2
    assert found.changes_requested is True


@pytest.mark.parametrize(
    "request_",
    [pull(), pull(reviews=(review(3, ADA), review(4, BOT))), pull(reviews=(review(11),))],
)
def test_the_author_a_bot_and_the_latecomer_are_no_review(request_: PullRequest) -> None:
    found = review_facts(request_)
    assert found.merged_without_review is True
    assert found.rounds == 0
    assert found.follow_up_commits is None


def test_a_deleted_account_reviewed() -> None:
    assert review_facts(pull(reviews=(review(3, None),))).merged_without_review is False


def test_comments_of_others_per_hundred_lines() -> None:
    request = pull(remarks=(remark(3), remark(3, ADA), remark(4, BOT)), inline_comments=4)
    found = review_facts(request)
    assert (found.comments, found.comments_per_100_lines, found.counts_inline) == (5, 10.0, True)
    assert review_facts(pull(changed_lines=None), 200).comments_per_100_lines == 0
    assert review_facts(pull(changed_lines=None)).comments_per_100_lines is None


def test_what_the_export_lacks_stays_unknown() -> None:
    found = review_facts(pull(reviews=None, remarks=None, commits=None))
    assert (found.rounds, found.comments, found.changes_requested) == (None, None, None)
    assert (found.merged_without_review, found.follow_up_commits) == (None, None)
    assert review_facts(pull(reviews=(review(3),), commits=None)).rounds is None
