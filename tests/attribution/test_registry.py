"""Every entry's example matches by that entry, and its counter-examples do not."""

from __future__ import annotations

import time
from collections import Counter
from datetime import UTC, date, datetime

import pytest

from scanner.attribution.commits import branch_claims
from scanner.attribution.registry import parse, shipped, with_settings
from scanner.attribution.settings import AttributionSettings, ExtraSignal, VoidMark
from scanner.attribution.signals import Channel, Role, Signal, SignalClass
from scanner.errors import ScanError
from scanner.model import Claim, Label, Level
from tests.attribution.commits_for_tests import attributed, claims, commit

SIGNALS = shipped().signals
BY_CHANNEL = [s for s in SIGNALS if s.channel not in (Channel.NOTE, Channel.FILE)]
BELIEVED = {
    SignalClass.AI,
    SignalClass.ASSISTED,
    SignalClass.SHARE,
    SignalClass.REVIEW_SUGGESTION,
    SignalClass.AUTOMATION,
}


def found(signal: Signal, text: str, role: Role | None = None) -> list[Claim]:
    """The claims that a text makes by this entry, where the entry's channel looks for it."""
    if signal.channel is Channel.BRANCH:
        made = tuple(branch_claims(commit(), text, shipped()))
    elif signal.channel in (Channel.ADDRESS, Channel.LOGIN, Channel.NAME):
        made = claims(_with_person(text, role or signal.roles[0]))
    elif signal.channel is Channel.SUBJECT:
        made = claims(commit(text))
    else:
        made = claims(commit(f"Change\n\n{text}\n"))
    return [claim for claim in made if claim.rule == signal.id]


def _with_person(person: str, role: Role):  # type: ignore[no-untyped-def]
    if role is Role.AUTHOR:
        return commit(author=person)
    if role is Role.COMMITTER:
        return commit(committer=person)
    return commit(f"Change\n\nCo-authored-by: {person}\n")


@pytest.mark.parametrize(
    ("signal", "text"),
    [(s, text) for s in BY_CHANNEL for text in s.counter_examples],
    ids=lambda value: value.id if isinstance(value, Signal) else value[:40],
)
def test_leaves_counter_examples_alone(signal: Signal, text: str) -> None:
    assert all(claim.level is Level.NEAR_MISS for claim in found(signal, text))


@pytest.mark.parametrize("signal", BY_CHANNEL, ids=lambda signal: signal.id)
def test_believes_its_example(signal: Signal) -> None:
    made = found(signal, signal.example)
    if signal.kind in BELIEVED:
        assert any(claim.level is not Level.NEAR_MISS for claim in made)
        assert all(claim.registry == shipped().version for claim in made)
    else:
        assert made
        assert all(claim.level is Level.NEAR_MISS for claim in made)
        assert all(claim.note for claim in made)


@pytest.mark.parametrize(
    "signal",
    [s for s in BY_CHANNEL if s.kind is SignalClass.AI and Role.COAUTHOR in s.roles],
    ids=lambda signal: signal.id,
)
def test_an_agent_as_coauthor_is_a_declaration_and_as_author_an_identity(signal: Signal) -> None:
    if signal.channel not in (Channel.ADDRESS, Channel.LOGIN):
        return
    (declared,) = found(signal, signal.example, Role.COAUTHOR)
    assert (declared.level, declared.label) == (Level.DECLARED_AUTHORSHIP, Label.AI)
    if Role.AUTHOR in signal.roles:
        (identity,) = found(signal, signal.example, Role.AUTHOR)
        assert (identity.level, identity.label) == (Level.AUTHOR_IDENTITY, Label.AI)


@pytest.mark.parametrize("signal", SIGNALS, ids=lambda signal: signal.id)
def test_every_entry_is_whole(signal: Signal) -> None:
    assert signal.source
    assert signal.example
    assert signal.match
    if signal.channel in (Channel.LINE, Channel.RAW, Channel.SUBJECT):
        assert signal.needle
        assert signal.needle == signal.needle.lower()
        assert signal.needle in signal.example.lower()


def test_ids_are_unique() -> None:
    assert max(Counter(signal.id for signal in SIGNALS).values()) == 1


#: The agents of the table of known signals that attribution starts from.
TABLE = [
    "git-ai",
    "qwen",
    "agent-trace",
    "entire",
    "claude",
    "copilot",
    "codex",
    "cursor",
    "devin",
    "jules",
    "gemini",
    "aider",
    "openhands",
    "opencode",
    "amp",
    "windsurf",
    "roo",
    "kiro",
    "amazon-q",
    "junie",
    "sweep",
    "replit",
    "lovable",
    "factory",
    "crush",
    "continue",
    "mistral-vibe",
    "augment",
    "dependency-bot",
    "workflow",
]


def test_covers_every_agent_of_the_table() -> None:
    assert set(TABLE) <= {signal.agent for signal in SIGNALS}


def test_loads_fast() -> None:
    text = _shipped_text()
    times = []
    for _ in range(7):
        start = time.perf_counter()
        parse(text)
        times.append(time.perf_counter() - start)
    # 10 ms is the aim on a quiet machine; a loaded one gets slack.
    assert min(times) < 0.03


def _shipped_text() -> str:
    from pathlib import Path

    from scanner.attribution import registry

    return Path(registry.__file__).with_name("signals.toml").read_text(encoding="utf-8")


# ------------------------------------------------------------------ dates


@pytest.mark.parametrize("day", [date(2026, 4, 21), date(2026, 5, 7)])
def test_outside_the_void_window_the_mark_counts(day: date) -> None:
    when = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    one = commit("Fix\n\nCo-authored-by: Copilot <copilot@github.com>\n", when=when)
    assert attributed(one).label is Label.AI


@pytest.mark.parametrize("day", [date(2026, 4, 22), date(2026, 5, 6)])
def test_inside_the_void_window_it_is_a_near_miss(day: date) -> None:
    when = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    one = commit("Fix\n\nCo-authored-by: Copilot <copilot@github.com>\n", when=when)
    attribution = attributed(one)
    assert attribution.label is Label.UNMARKED
    (claim,) = [c for c in attribution.outweighed if c.rule == "copilot.vscode"]
    assert claim.note
    assert "void" in claim.note


def test_a_mark_on_a_commit_older_than_the_agent_is_not_believed() -> None:
    when = datetime(2023, 1, 1, tzinfo=UTC)
    one = commit("Fix\n\nCo-authored-by: Claude <noreply@anthropic.com>\n", when=when)
    assert attributed(one).label is Label.UNMARKED


# ------------------------------------------------------------------ settings


def test_an_entry_can_be_switched_off() -> None:
    registry = with_settings(shipped(), AttributionSettings(off=("claude.address",)))
    one = commit("Fix\n\nCo-authored-by: Claude <noreply@anthropic.com>\n")
    assert all(claim.level is Level.NEAR_MISS for claim in claims(one, registry))


def test_an_entry_can_be_made_void() -> None:
    mark = VoidMark("claude.address", date(2026, 8, 1), date(2026, 8, 1), "a bulk import")
    registry = with_settings(shipped(), AttributionSettings(void=(mark,)))
    one = commit("Fix\n\nCo-authored-by: Claude <noreply@anthropic.com>\n")
    (claim,) = claims(one, registry)
    assert claim.level is Level.NEAR_MISS
    assert "a bulk import" in str(claim.note)


@pytest.mark.parametrize(
    ("extra", "one"),
    [
        (
            ExtraSignal("house", Channel.ADDRESS, ("robot@example.org",), Label.AI, "ours"),
            commit(author="Robot <ROBOT@example.org>"),
        ),
        (
            ExtraSignal("house", Channel.LINE, ("Written-by-robot: yes",), Label.AI, "ours"),
            commit("Fix\n\nWritten-by-robot: yes\n"),
        ),
        (
            ExtraSignal("house", Channel.LOGIN, ("house[bot]",), Label.AUTOMATION, "ours"),
            commit(author="house[bot] <7+house[bot]@users.noreply.github.com>"),
        ),
    ],
    ids=["address", "line", "login"],
)
def test_a_user_can_add_signals(extra: ExtraSignal, one) -> None:  # type: ignore[no-untyped-def]
    registry = with_settings(shipped(), AttributionSettings(signals=(extra,)))
    assert extra.label in {claim.label for claim in claims(one, registry)}
    assert registry.version.endswith("+settings")


def test_settings_that_name_nothing_are_an_error_with_the_nearest_name() -> None:
    with pytest.raises(ScanError) as caught:
        with_settings(shipped(), AttributionSettings(off=("claude.adress",)))
    assert "claude.address" in str(caught.value.hint)


def test_a_signal_cannot_mean_human() -> None:
    extra = ExtraSignal("house", Channel.ADDRESS, ("a@example.org",), Label.HUMAN, "ours")
    with pytest.raises(ScanError):
        with_settings(shipped(), AttributionSettings(signals=(extra,)))


def test_everything_the_user_changed_is_said() -> None:
    extra = ExtraSignal("house", Channel.ADDRESS, ("robot@example.org",), Label.AI, "ours")
    settings = AttributionSettings(off=("sweep.branch",), signals=(extra,), overrides="labels.txt")
    said = " ".join(settings.in_words())
    assert all(part in said for part in ("sweep.branch", "house", "labels.txt"))
    assert AttributionSettings().in_words() == ()
