"""Which models marks name."""

from __future__ import annotations

import pytest

from scanner.attribution.models import models_of
from scanner.base.model import Claim, Label, Level


def named(text: str, level: Level = Level.DECLARED_AUTHORSHIP) -> tuple[str, ...]:
    return models_of([Claim(level, "rule", "source", text, Label.AI)])


@pytest.mark.parametrize(
    "text",
    [
        "Co-authored-by: Claude <noreply@anthropic.com>",
        "Generated with Claude Code",
        "Co-authored-by: Copilot <198982749+Copilot@users.noreply.github.com>",
        "see the sonnet in issue 4",
        "claude/fix-opus-branch",
        "magnum opus, 2024 edition",
    ],
)
def test_no_version_is_no_model(text: str) -> None:
    assert named(text) == ()


def test_what_is_not_believed_names_nothing() -> None:
    assert named("Co-authored-by: Claude Opus 4.6 <x@y>", Level.NEAR_MISS) == ()


@pytest.mark.parametrize(
    ("text", "model"),
    [
        ("Co-authored-by: Claude Opus 4.6 (1M context) <noreply@anthropic.com>", "opus 4.6"),
        ("Co-Authored-By: Claude Sonnet 4 <noreply@anthropic.com>", "sonnet 4"),
        ("Assisted-by: Claude:claude-opus-4-6", "opus 4.6"),
        ("model: claude-sonnet-4-5-20250929", "sonnet 4.5"),
        ("model: claude-opus-4-20250514", "opus 4"),
        ("model: claude-3-5-sonnet-20241022", "sonnet 3.5"),
        ("Claude 3.7 Sonnet", "sonnet 3.7"),
        ("Assisted-by: Codex (gpt-5-codex)", "gpt 5 codex"),
        ("Assisted-by: Codex (model: GPT-5.1)", "gpt 5.1"),
        ("written by gpt-4o", "gpt 4o"),
        ("Gemini 2.5 Pro", "gemini 2.5 pro"),
    ],
)
def test_a_model_is_its_family_and_version(text: str, model: str) -> None:
    assert named(text) == (model,)


def test_every_model_is_named_once() -> None:
    assert named("Claude Opus 4.6, claude-opus-4-6, Sonnet 4.5") == ("opus 4.6", "sonnet 4.5")
