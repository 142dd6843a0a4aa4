"""What reviewing a change took, by the forge's records. Bots and the author review nobody here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from scanner.delivery.pulls import Account, PullRequest, ReviewState


@dataclass(frozen=True, slots=True)
class ReviewFacts:
    """One pull request's review.

    `rounds` are stretches of reviews with commits between them; `comments` counts remarks, reviews
    that comment, and comments on lines where the export has them (`counts_inline`). Where an export
    lacks a field, the facts that need it are None.
    """

    rounds: int | None
    comments: int | None
    counts_inline: bool
    comments_per_100_lines: float | None
    changes_requested: bool | None
    merged_without_review: bool | None
    follow_up_commits: int | None


def review_facts(pull: PullRequest, changed_lines: int | None = None) -> ReviewFacts:
    """The facts of one merged pull request; `changed_lines` where the export has no sizes."""
    lines = pull.changed_lines if pull.changed_lines is not None else changed_lines
    comments = _comments(pull)
    if pull.reviews is None:
        return ReviewFacts(None, comments, False, _per_100(comments, lines), None, None, None)
    end = pull.merged or pull.closed
    reviews = [
        event
        for event in pull.reviews
        if _is_other_person(event.author, pull) and (end is None or event.time <= end)
    ]
    times = [event.time for event in reviews]
    return ReviewFacts(
        _rounds(pull, times),
        comments,
        pull.inline_comments is not None,
        _per_100(comments, lines),
        any(event.state is ReviewState.CHANGES_REQUESTED for event in reviews),
        not reviews,
        _follow_up(pull, times),
    )


def _is_other_person(author: Account | None, pull: PullRequest) -> bool:
    """A deleted account was a person's until the contrary is known."""
    return author is None or (not author.is_bot and author != pull.author)


def _comments(pull: PullRequest) -> int | None:
    if pull.remarks is None and pull.inline_comments is None:
        return None
    remarks = sum(_is_other_person(remark.author, pull) for remark in pull.remarks or ())
    return remarks + (pull.inline_comments or 0)


def _per_100(comments: int | None, lines: int | None) -> float | None:
    return 100 * comments / lines if comments is not None and lines else None


def _commit_times(pull: PullRequest) -> list[datetime] | None:
    if pull.commits is None:
        return None
    return sorted(commit.committed for commit in pull.commits if commit.committed is not None)


def _rounds(pull: PullRequest, reviews: list[datetime]) -> int | None:
    """Reviews after which the branch moved on and was looked at again count as a new round."""
    commits = _commit_times(pull)
    if commits is None:
        return None
    pushes_before = {sum(commit <= review for commit in commits) for review in reviews}
    return len(pushes_before)


def _follow_up(pull: PullRequest, reviews: list[datetime]) -> int | None:
    """Commits after the first review, by their committer's time."""
    commits = _commit_times(pull)
    if commits is None or not reviews:
        return None
    return sum(commit > min(reviews) for commit in commits)
