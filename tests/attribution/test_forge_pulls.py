from __future__ import annotations

from datetime import UTC, datetime

import pytest

from scanner.attribution.forge_pulls import ForgePull, label_of_pull, merged_pull
from scanner.attribution.registry import shipped
from scanner.base.model import Label
from tests.attribution.commits_for_tests import commit

OPENED = datetime(2026, 1, 1, tzinfo=UTC)
CASES = [
    # login, is a bot, branch, label
    ("ada", False, "fix-parser", Label.UNMARKED),
    ("claude", False, "fix-parser", Label.UNMARKED),  # a person may have that login
    ("ada", False, "fix/codex/parser", Label.UNMARKED),
    ("ada", False, "my-codex/parser", Label.UNMARKED),
    (None, False, "", Label.UNMARKED),
    ("dependabot", True, "dependabot/pip/x", Label.AUTOMATION),
    ("some-new-bot", True, "x", Label.AUTOMATION),
    ("claude", True, "x", Label.AI),
    ("claude[bot]", True, "x", Label.AI),
    ("app/copilot-swe-agent", True, "x", Label.AI),
    ("ada", False, "codex/fix-parser", Label.AI),
    ("ada", False, "d62fcv-codex/fix-parser", Label.AI),  # where the branch was there before
    ("ada", False, "claude/issue-12-20260101-1200", Label.AI),
]


@pytest.mark.parametrize(("login", "is_bot", "branch", "label"), CASES)
def test_label(login: str | None, is_bot: bool, branch: str, label: Label) -> None:
    pull = ForgePull(branch, login, is_bot)
    assert label_of_pull(shipped(), pull, OPENED) is label


def test_before_the_agent_there_was_none() -> None:
    early, pull = datetime(2020, 1, 1, tzinfo=UTC), ForgePull("claude/issue-12-20260101-1200")
    assert label_of_pull(shipped(), pull, early) is Label.UNMARKED


TWO, ONE = ("1" * 40, "2" * 40), ("1" * 40,)
WORDINGS = [
    # no branch is named, or it is named by no merge
    ("Add x (#7)", ONE, None),
    ("Merged PR 7: Add x", TWO, None),  # Azure
    ("Merge branch 'codex/x'", ONE, None),
    ("Merge pull request #7 from ada/codex/x", ONE, None),
    ("Say: Merge branch 'codex/x'", TWO, None),
    ("Merge branch 'main' into codex/x", TWO, "main"),
    # GitHub, GitLab, git itself
    ("Merge pull request #7 from ada/codex/x\n\nAdd x", TWO, "codex/x"),
    ("Merge branch 'codex/x' into 'main'\n\nAdd x\n\nSee merge request g/p!7", TWO, "codex/x"),
    ("Merge branch 'codex/x' of https://example.org/r into main", TWO, "codex/x"),
    ("Merge remote-tracking branch 'origin/codex/x'", TWO, "codex/x"),
    # Bitbucket Cloud, and Server before and after version 5
    ("Merged in codex/x (pull request #7)\n\nAdd x", TWO, "codex/x"),
    ("Merged in codex/x (pull request #7)\n\nAdd x", ONE, "codex/x"),
    ("Pull request #7: Add x\n\nMerge in P/r from codex/x to main\n\n* commit", TWO, "codex/x"),
    ("Pull request #7: Add x\n\nMerge in P/r from codex/x to main\n\n* commit", ONE, "codex/x"),
    ("Merge pull request #7 in P/r from codex/x to main", TWO, "codex/x"),
    # Gitea and Forgejo, from here and from a fork
    ("Merge pull request 'Add x' (#7) from codex/x into main", TWO, "codex/x"),
    ("Merge pull request 'Add x' (!7) from ada:codex/x into main", TWO, "codex/x"),
    # Azure before 2018
    ("Merge pull request 7 from codex/x into main", TWO, "codex/x"),
]


@pytest.mark.parametrize(("message", "parents", "branch"), WORDINGS)
def test_branches_that_merges_name(
    message: str, parents: tuple[str, ...], branch: str | None
) -> None:
    assert merged_pull(commit(message, parents=parents)) == (branch and ForgePull(branch))
