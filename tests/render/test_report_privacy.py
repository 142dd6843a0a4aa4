"""What the anonymizer leaves alone, and what it hides."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from scanner.base.model import Claim, Commit, Label, Level, Person
from scanner.render.report_privacy import anonymizer, shown_title, title

ADA = Person("Ada Lovelace", "ada@people.example")
BOT = Person("Claude Code", "noreply@anthropic.com")
NOON = datetime(2024, 1, 1, 12, tzinfo=UTC)


def commit(message: str, author: Person = ADA) -> Commit:
    return Commit("a" * 40, "b" * 40, (), author, NOON, author, NOON, message)


HISTORY = [commit("x"), commit("y", BOT), commit("z", Person("jo", "jo@people.example"))]
CLAIM = Claim(
    Level.AUTHOR_IDENTITY,
    "claude.address",
    "author",
    "Claude Code <noreply@anthropic.com>",
    Label.AI,
)
VEIL = anonymizer(HISTORY, [CLAIM])


@pytest.mark.parametrize(
    "text",
    [
        "Fix the @property of x",
        "Use @pytest.mark.slow",
        "a @ b is a product of matrices",
        "Claude Code <noreply@anthropic.com>",
        "joined, enjoyed, jo",
        "Bump ruff@0.5",
        "",
    ],
)
def test_left_alone(text: str) -> None:
    assert VEIL.over(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("by Ada Lovelace", "by [somebody]"),
        ("by ada lovelace.", "by [somebody]."),
        ("mail to someone.else@mail.example please", "mail to [somebody] please"),
        ("thanks @octo-cat!", "thanks [somebody]!"),
    ],
)
def test_hidden(text: str, shown: str) -> None:
    assert VEIL.over(text) == shown


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("x = a@b.mean()", "x = a@b.mean()"),
        ('AUTHOR = "ada@people.example"', 'AUTHOR = "[somebody]"'),
    ],
)
def test_code(line: str, shown: str) -> None:
    assert VEIL.over_code(line) == shown


@pytest.mark.parametrize(
    ("message", "called"),
    [
        ("Add a thing\n\nBody", "Add a thing"),
        ("Merge pull request #7 from ada/branch\n\nAdd a thing", "Add a thing (#7)"),
        ("Merge pull request #7 from ada/branch", "branch (#7)"),
        ("Merge branch 'main' of github.com:ada/x", "Merge branch 'main' of ada/x"),
    ],
)
def test_titles(message: str, called: str) -> None:
    assert title(commit(message)) == called


def test_a_title_is_never_empty() -> None:
    assert shown_title(commit(""), VEIL) == "(without a title)"
