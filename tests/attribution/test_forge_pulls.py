from __future__ import annotations

from datetime import UTC, datetime

import pytest

from scanner.attribution.forge_pulls import label_of_pull
from scanner.attribution.registry import shipped
from scanner.base.model import Label

OPENED = datetime(2026, 1, 1, tzinfo=UTC)
CASES = [
    # login, is a bot, branch, label
    ("ada", False, "fix-parser", Label.UNMARKED),
    ("claude", False, "fix-parser", Label.UNMARKED),  # a person may have that login
    ("ada", False, "codex/fix-parser", Label.UNMARKED),  # people choose this prefix too
    (None, False, "", Label.UNMARKED),
    ("dependabot", True, "dependabot/pip/x", Label.AUTOMATION),
    ("some-new-bot", True, "x", Label.AUTOMATION),
    ("claude", True, "x", Label.AI),
    ("claude[bot]", True, "x", Label.AI),
    ("app/copilot-swe-agent", True, "x", Label.AI),
    ("ada", False, "claude/issue-12-20260101-1200", Label.AI),
]


@pytest.mark.parametrize(("login", "is_bot", "branch", "label"), CASES)
def test_label(login: str | None, is_bot: bool, branch: str, label: Label) -> None:
    assert label_of_pull(shipped(), login, branch, OPENED, is_bot=is_bot) is label


def test_before_the_agent_there_was_none() -> None:
    early, branch = datetime(2020, 1, 1, tzinfo=UTC), "claude/issue-12-20260101-1200"
    assert label_of_pull(shipped(), "ada", branch, early, is_bot=False) is Label.UNMARKED
