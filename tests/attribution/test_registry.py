"""Every entry's example matches by that entry, and its counter-examples do not."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, date, datetime

import pytest

from scanner.attribution.commits import forge_claims
from scanner.attribution.forge_pulls import ForgePull
from scanner.attribution.registry import shipped, with_settings
from scanner.attribution.settings import AttributionSettings, ExtraSignal, VoidMark
from scanner.attribution.signals import Channel, Signal, SignalClass, SignalRole
from scanner.base.errors import ScanError
from scanner.base.model import Claim, Label, Level
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


def found(signal: Signal, text: str, role: SignalRole | None = None) -> list[Claim]:
    """The claims that a text makes by this entry, where the entry's channel looks for it."""
    if signal.channel is Channel.BRANCH:
        made = tuple(forge_claims(commit(), shipped(), ForgePull(text)))
    elif signal.channel in (Channel.ADDRESS, Channel.LOGIN, Channel.NAME, Channel.PERSON):
        made = claims(_with_person(text, role or signal.roles[0]))
    elif signal.channel is Channel.SUBJECT:
        made = claims(commit(text))
    else:
        made = claims(commit(f"Change\n\n{text}\n"))
    return [claim for claim in made if claim.rule == signal.id]


def _with_person(person: str, role: SignalRole):  # type: ignore[no-untyped-def]
    if role is SignalRole.AUTHOR:
        return commit(author=person)
    if role is SignalRole.COMMITTER:
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
    [s for s in BY_CHANNEL if s.kind is SignalClass.AI and SignalRole.COAUTHOR in s.roles],
    ids=lambda signal: signal.id,
)
def test_an_agent_as_coauthor_is_a_declaration_and_as_author_an_identity(signal: Signal) -> None:
    if signal.channel not in (Channel.ADDRESS, Channel.LOGIN):
        return
    (declared,) = found(signal, signal.example, SignalRole.COAUTHOR)
    assert (declared.level, declared.label) == (Level.DECLARED_AUTHORSHIP, Label.AI)
    if SignalRole.AUTHOR in signal.roles:
        (identity,) = found(signal, signal.example, SignalRole.AUTHOR)
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


#: The rows of the table of known signals that attribution starts from, as mark: the entry for it.
#: A person's line is the author unless it begins with a key.
TABLE = {
    "Co-authored-by: Claude Opus 4.6 (1M context) <noreply@anthropic.com>": "claude.address",
    "claude[bot] <209825114+claude[bot]@users.noreply.github.com>": "claude.login",
    "claude[bot] <41898282+claude[bot]@users.noreply.github.com>": "claude.login",
    "🤖 Generated with [Claude Code](https://claude.ai/code)": "claude.footer",
    "Generated with [Claude Code](https://claude.com/claude-code)": "claude.footer",
    "Claude-Session: https://claude.ai/code/session_01A": "claude.session",
    "Copilot <198982749+Copilot@users.noreply.github.com>": "copilot.agent",
    "copilot-swe-agent[bot] <1+copilot-swe-agent[bot]@users.noreply.github.com>": "copilot.agent",
    "Co-authored-by: Copilot <223556219+Copilot@users.noreply.github.com>": "copilot.cli",
    "Co-authored-by: Copilot <175728472+Copilot@users.noreply.github.com>": "copilot.review",
    "Co-authored-by: A <62310815+github-advanced-security[bot]@users.noreply.github.com>": (
        "copilot.autofix"
    ),
    "Co-authored-by: A <223894421+github-code-quality[bot]@users.noreply.github.com>": (
        "copilot.autofix"
    ),
    "Co-authored-by: Copilot <copilot@github.com>": "copilot.vscode",
    "Agent-Logs-Url: https://github.com/o/r/sessions/0f1e2d3c-0000-4000-8000-000000000000": (
        "copilot.logs"
    ),
    "Co-authored-by: Codex <codex@openai.com>": "codex.address",
    "Codex <noreply@openai.com>": "codex.address",
    "c <199175422+chatgpt-codex-connector[bot]@users.noreply.github.com>": "codex.login",
    "c <1+openai-code-agent[bot]@users.noreply.github.com>": "codex.login",
    "Codex <242516109+Codex@users.noreply.github.com>": "codex.login",
    "codex <267193182+codex@users.noreply.github.com>": "codex.login",
    "https://chatgpt.com/codex/tasks/task_e_1": "codex.task",
    "Cursor Agent <cursoragent@cursor.com>": "cursor.address",
    "Co-authored-by: Cursor <noreply@cursor.com>": "cursor.address",
    "Composer <composer@anysphere.co>": "cursor.address",
    "cursor[bot] <206951365+cursor[bot]@users.noreply.github.com>": "cursor.login",
    "Made-with: Cursor": "cursor.trailer",
    "D <158243242+devin-ai-integration[bot]@users.noreply.github.com>": "devin.login",
    "Co-authored-by: Devin <devin@cognition.ai>": "devin.address",
    "Generated with [Devin](https://devin.ai)": "devin.footer",
    "j <161369871+google-labs-jules[bot]@users.noreply.github.com>": "jules.login",
    "Co-authored-by: g <176961590+gemini-code-assist[bot]@users.noreply.github.com>": (
        "gemini.review"
    ),
    "Ada Example (aider) <ada@example.org>": "aider.name",
    "Co-authored-by: aider (gpt-4o) <aider@aider.chat>": "aider.address",
    "Co-authored-by: aider (m) <noreply@aider.chat>": "aider.address",
    "Co-authored-by: aider (m) <noreply@aider.dev>": "aider.address",
    "aider: Add a retry": "aider.subject",
    "Co-authored-by: openhands openhands@all-hands.dev": "openhands.address",
    "opendevin <opendevin@all-hands.dev>": "openhands.address",
    "Co-authored-by: opencode <noreply@opencode.ai>": "opencode.address",
    "Generated with [opencode](https://opencode.ai)": "opencode.footer",
    "Co-authored-by: Amp <amp@ampcode.com>": "amp.address",
    "Amp-Thread-ID: T-1": "amp.thread",
    "Co-authored-by: w <189301087+windsurf-bot[bot]@users.noreply.github.com>": "windsurf.login",
    "Co-authored-by: Windsurf <windsurf@codeium.com>": "windsurf.address",
    "Co-authored-by: Cascade <cascade@windsurf.ai>": "windsurf.address",
    "Roo Code <roomote@roocode.com>": "roo.address",
    "roomote[bot] <263205322+roomote[bot]@users.noreply.github.com>": "roo.login",
    "kiro-agent[bot] <245459735+kiro-agent[bot]@users.noreply.github.com>": "kiro.login",
    "kiro-agent <244629292+kiro-agent@users.noreply.github.com>": "kiro.login",
    "q <208079219+amazon-q-developer[bot]@users.noreply.github.com>": "amazon-q.login",
    "Co-authored-by: Junie <junie@jetbrains.com>": "junie.address",
    "s <128439645+sweep-ai[bot]@users.noreply.github.com>": "sweep.login",
    "Replit Agent <agent@replit.com>": "replit.address",
    "Replit-Commit-Author: Agent": "replit.trailer",
    "Replit-Commit-Author: Assistant": "replit.trailer",
    "g <159125892+gpt-engineer-app[bot]@users.noreply.github.com>": "lovable.login",
    "l <159125892+lovable-dev[bot]@users.noreply.github.com>": "lovable.login",
    "Co-authored-by: d <138933559+factory-droid[bot]@users.noreply.github.com>": "factory.login",
    "Co-authored-by: Crush <crush@charm.land>": "crush.address",
    "Assisted-by: Crush:claude-opus-4.6": "assisted-by",
    "💘 Generated with Crush": "generated-with",
    "Co-authored-by: Continue <noreply@continue.dev>": "continue.address",
    "Generated with [Continue](https://continue.dev)": "continue.footer",
    "Co-authored-by: Mistral Vibe <vibe@mistral.ai>": "mistral-vibe.address",
    "Co-authored-by: Qwen-Coder <qwen-coder@alibabacloud.com>": "qwen.address",
    "Co-authored-by: Augment <noreply@augmentcode.com>": "augment.address",
    "Entire-Checkpoint: a3b2c4d5e6f7": "entire.checkpoint",
    "Entire-Attribution: 73% agent (146/200 lines)": "entire.attribution",
    "Assisted-by: Claude:claude-3-opus coccinelle sparse": "assisted-by",
    "Generated-by: OpenAI Codex": "generated-by",
    "dependabot[bot] <49699333+dependabot[bot]@users.noreply.github.com>": (
        "automation.dependencies"
    ),
    "dependabot-preview[bot] <27856297+dependabot-preview[bot]@users.noreply.github.com>": (
        "automation.dependencies"
    ),
    "renovate[bot] <29139614+renovate[bot]@users.noreply.github.com>": "automation.dependencies",
    "github-actions[bot] <41898282+github-actions[bot]@users.noreply.github.com>": (
        "automation.workflows"
    ),
    "pre-commit-ci[bot] <66853113+pre-commit-ci[bot]@users.noreply.github.com>": (
        "automation.workflows"
    ),
    "mergify[bot] <1+mergify[bot]@users.noreply.github.com>": "automation.workflows",
    "codecov[bot] <1+codecov[bot]@users.noreply.github.com>": "automation.workflows",
    "allcontributors[bot] <1+allcontributors[bot]@users.noreply.github.com>": (
        "automation.workflows"
    ),
    "imgbot[bot] <1+imgbot[bot]@users.noreply.github.com>": "automation.workflows",
    "snyk-bot <snyk-bot@snyk.io>": "automation.address",
    "GitHub <noreply@github.com>": "automation.web-flow",
    "gemini-cli-robot <gemini-cli-robot@google.com>": "automation.gemini-cli-robot",
}

#: The rows of the table that no commit carries: they are read by sources of their own, with tests
#: of their own, or are branches. Of Cline nothing can be seen: it writes messages and signs none.
#: `entire/checkpoints/v1` is a branch of data: the trailer says which commits it is about.
ELSEWHERE = {
    "refs/notes/ai": "git-ai.note",
    "refs/notes/ai-attribution": "ai-attribution.note",
    ".agent-trace/traces.jsonl": "agent-trace.file",
    "refs/agentdiff/meta:traces.jsonl": "agentdiff.ref",
    "codex/fix": "codex.branch",
    "cursor/fix-3f9a": "cursor.branch",
    "devin/1766430461-notes": "devin.branch",
    "Q-DEV-issue-12-1746000000": "amazon-q.branch",
    "sweep/add": "sweep.branch",
}


@pytest.mark.parametrize(("mark", "rule"), TABLE.items(), ids=lambda text: text[:40])
def test_every_row_of_the_table_is_believed(mark: str, rule: str) -> None:
    if re.fullmatch(r"[^:]+ <\S+>", mark):
        one = commit(author=mark)
    else:
        one = commit(mark if rule == "aider.subject" else f"Change\n\n{mark}\n")
    (claim,) = [claim for claim in claims(one) if claim.rule == rule]
    assert claim.level is not Level.NEAR_MISS


@pytest.mark.parametrize(("mark", "rule"), ELSEWHERE.items(), ids=lambda text: text)
def test_every_other_row_has_its_entry(mark: str, rule: str) -> None:
    signal = shipped().signal(rule)
    assert mark in signal.match or signal.search(mark)


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
