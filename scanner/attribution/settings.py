"""What a user may say about attribution: `[tool.tallystick.attribution]`, as plain frozen data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from scanner.attribution.signals import Channel
from scanner.base.model import Label

#: GitHub Copilot's technical preview: no commit before it can hold an agent's lines.
FIRST_AGENT = date(2021, 6, 29)


@dataclass(frozen=True, slots=True)
class ExtraSignal:
    """A mark of the user's own: `label` is one of ai, assisted and automation.

    `match` is compared as the channel says: whole addresses and logins, anchored patterns else.
    """

    id: str
    channel: Channel
    match: tuple[str, ...]
    label: Label
    reason: str
    agent: str | None = None
    since: date | None = None


@dataclass(frozen=True, slots=True)
class VoidMark:
    """Days, both included, in which the marks of one registry entry are not believed."""

    signal: str
    first: date
    last: date
    reason: str


@dataclass(frozen=True, slots=True)
class HumanPolicy:
    """ "Unmarked means human since DATE", and why the repository can say so."""

    since: date
    reason: str
    until: date | None = None


@dataclass(frozen=True, slots=True)
class StampSettings:
    """How `stamp` writes. `trailer` is Assisted-by or Co-authored-by."""

    trailer: str = "Assisted-by"


@dataclass(frozen=True, slots=True)
class AttributionSettings:
    """Everything a user can set about attribution. All of it is printed in the report.

    `overrides` is the path of a file of commits and labels; `bots` says what accounts of forge apps
    are, ai or automation; `off` lists ids of registry entries
    that are not used; `traces` lists Agent Trace sources, as paths or as `REF:PATH`.
    """

    pre_agent_before: date = FIRST_AGENT
    unmarked_means_human: tuple[HumanPolicy, ...] = ()
    overrides: str | None = None
    signals: tuple[ExtraSignal, ...] = ()
    bots: Mapping[str, Label] = field(default_factory=dict)
    off: tuple[str, ...] = ()
    void: tuple[VoidMark, ...] = ()
    git_ai_ref: str = "refs/notes/ai"
    share_ref: str = "refs/notes/ai-attribution"
    traces: tuple[str, ...] = (".agent-trace/traces.jsonl", "refs/agentdiff/meta:traces.jsonl")
    stamp: StampSettings = field(default_factory=StampSettings)

    def in_words(self) -> tuple[str, ...]:
        """One sentence for each thing the user changed, for the report."""
        parts: list[str] = []
        if self.pre_agent_before != FIRST_AGENT:
            parts.append(f"Commits before {self.pre_agent_before} count as human.")
        parts += [
            f"Unmarked means human {_span(policy)}: {policy.reason}."
            for policy in self.unmarked_means_human
        ]
        if self.overrides:
            parts.append(f"Labels are overridden by {self.overrides}.")
        parts += [
            f"Extra signal {extra.id} ({extra.channel}: {', '.join(extra.match)}) "
            f"means {extra.label}: {extra.reason}."
            for extra in self.signals
        ]
        parts += [f"Commits by {bot} count as {label}." for bot, label in self.bots.items()]
        parts += [f"Signal {name} is switched off." for name in self.off]
        parts += [
            f"Signal {mark.signal} is void from {mark.first} to {mark.last}: {mark.reason}."
            for mark in self.void
        ]
        return tuple(parts)


def _span(policy: HumanPolicy) -> str:
    until = f" until {policy.until}" if policy.until else ""
    return f"since {policy.since}{until}"
