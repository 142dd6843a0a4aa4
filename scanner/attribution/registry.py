"""The registry of known marks: `signals.toml` → entries, indexed for exact look-up."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from scanner.attribution.settings import AttributionSettings, ExtraSignal
from scanner.attribution.signals import (
    Channel,
    Signal,
    SignalClass,
    SignalGrade,
    SignalRole,
    VoidWindow,
)
from scanner.base.errors import ScanError
from scanner.base.model import Label

_EXTRA_CLASSES = {
    Label.AI: SignalClass.AI,
    Label.ASSISTED: SignalClass.ASSISTED,
    Label.AUTOMATION: SignalClass.AUTOMATION,
}


@dataclass(frozen=True, slots=True)
class Registry:
    """All entries in use, and look-ups by what stands in a commit.

    `addresses` and `logins` are keyed by lower-case exact values, `lines` by needle. `ids` are the
    numeric account ids that are known but decide nothing by themselves. `tools` maps the names
    that a declaration may give to agents, longest first; `people` are those that persons bear too.
    """

    version: str
    signals: tuple[Signal, ...]
    addresses: Mapping[str, tuple[Signal, ...]]
    logins: Mapping[str, tuple[Signal, ...]]
    ids: frozenset[str]
    names: tuple[Signal, ...]
    persons: tuple[Signal, ...]
    lines: Mapping[str, tuple[Signal, ...]]
    subjects: tuple[Signal, ...]
    branches: tuple[Signal, ...]
    tools: tuple[tuple[str, str], ...]
    people: frozenset[str]
    near_words: frozenset[str]
    saved: frozenset[str]

    def is_saved(self, identifier: str) -> bool:
        """Whether a rule says that an agent saved a person's own edits."""
        return identifier in self.saved

    def signal(self, identifier: str) -> Signal:
        """The entry of an id. Raises KeyError."""
        return next(s for s in self.signals if s.id == identifier)


@cache
def shipped() -> Registry:
    """The registry as it ships."""
    return parse(Path(__file__).with_name("signals.toml").read_text(encoding="utf-8"))


def parse(text: str) -> Registry:
    """A registry from TOML text. Raises KeyError or ValueError if it is not one."""
    document = tomllib.loads(text)
    tools = [(name, agent) for agent, names in document["tools"].items() for name in names]
    return _index(
        version=document["version"],
        signals=tuple(_signal(entry) for entry in document["signal"]),
        tools=tuple(sorted(tools, key=lambda pair: -len(pair[0]))),
        people=frozenset(document["people"]["names"]),
        near_words=frozenset(document["near"]["words"]),
    )


def with_settings(registry: Registry, settings: AttributionSettings) -> Registry:
    """The registry as the user wants it: entries switched off, voided and added.

    Raises ScanError for an id that is not there, an id used twice, or a label no mark can mean.
    """
    if not (settings.off or settings.void or settings.signals or settings.bots):
        return registry
    said = frozenset(map(str.lower, settings.bots))
    known = {signal.id: _without(signal, said) for signal in registry.signals}
    for name in (*settings.off, *(mark.signal for mark in settings.void)):
        if name not in known:
            raise _unknown(name, known)
    for mark in settings.void:
        window = VoidWindow(mark.first, mark.last, mark.reason)
        known[mark.signal] = replace(known[mark.signal], void=(*known[mark.signal].void, window))
    for extra in (*settings.signals, *map(_bot, settings.bots.items())):
        if extra.id in known:
            raise ScanError(f"The signal {extra.id} is already in the registry.")
        known[extra.id] = _extra(extra)
    return _index(
        version=f"{registry.version}+settings",
        signals=tuple(signal for name, signal in known.items() if name not in settings.off),
        tools=registry.tools,
        people=registry.people,
        near_words=registry.near_words,
    )


def _index(
    version: str,
    signals: tuple[Signal, ...],
    tools: tuple[tuple[str, str], ...],
    people: frozenset[str],
    near_words: frozenset[str],
) -> Registry:
    logins = [s for s in signals if s.channel is Channel.LOGIN]
    texts = [s for s in signals if s.channel in (Channel.LINE, Channel.RAW)]
    return Registry(
        version=version,
        signals=signals,
        addresses=_by_value(s for s in signals if s.channel is Channel.ADDRESS),
        logins=_by_value(logins),
        ids=frozenset(m.partition("+")[0] for s in logins for m in s.match if "+" in m),
        names=_of(signals, Channel.NAME),
        persons=_of(signals, Channel.PERSON),
        lines=_grouped((s.needle or "", s) for s in texts),
        subjects=_of(signals, Channel.SUBJECT),
        branches=_of(signals, Channel.BRANCH),
        tools=tools,
        people=people,
        near_words=near_words,
        saved=frozenset(s.id for s in signals if s.kind is SignalClass.SAVED),
    )


def _of(signals: tuple[Signal, ...], channel: Channel) -> tuple[Signal, ...]:
    return tuple(signal for signal in signals if signal.channel is channel)


def _by_value(signals: Iterable[Signal]) -> dict[str, tuple[Signal, ...]]:
    return _grouped((value.lower(), signal) for signal in signals for value in signal.match)


def _grouped(pairs: Iterable[tuple[str, Signal]]) -> dict[str, tuple[Signal, ...]]:
    groups: dict[str, tuple[Signal, ...]] = {}
    for key, signal in pairs:
        groups[key] = (*groups.get(key, ()), signal)
    return groups


def _signal(entry: Mapping[str, Any]) -> Signal:
    roles = tuple(SignalRole(role) for role in entry.get("roles", ("author", "coauthor")))
    return Signal(
        id=entry["id"],
        channel=Channel(entry["channel"]),
        match=tuple(entry["match"]),
        kind=SignalClass(entry["class"]),
        source=entry["source"],
        agent=entry.get("agent"),
        grade=SignalGrade(entry["grade"]),
        roles=roles,
        names=tuple(entry.get("names", ())),
        needle=entry.get("needle"),
        since=entry.get("since"),
        void=tuple(VoidWindow(w["from"], w["until"], w["reason"]) for w in entry.get("void", ())),
        commits_as_user=entry.get("commits-as-user", False),
        example=entry["example"],
        counter_examples=tuple(entry.get("not", ())),
    )


def _extra(extra: ExtraSignal) -> Signal:
    if extra.label not in _EXTRA_CLASSES:
        allowed = ", ".join(_EXTRA_CLASSES)
        raise ScanError(f"The signal {extra.id} cannot mean {extra.label}.", f"Use {allowed}.")
    return Signal(
        id=extra.id,
        channel=extra.channel,
        match=extra.match,
        kind=_EXTRA_CLASSES[extra.label],
        source=f"configuration: {extra.reason}",
        agent=extra.agent,
        since=extra.since,
    )


def _without(signal: Signal, logins: Container[str]) -> Signal:
    """The entry, less the accounts of which the user says what they are."""
    if signal.channel is not Channel.LOGIN:
        return signal
    return replace(signal, match=tuple(m for m in signal.match if m.lower() not in logins))


def _bot(said: tuple[str, Label]) -> ExtraSignal:
    login, label = said
    agent = login.lower().removesuffix("[bot]") if label is Label.AI else None
    return ExtraSignal(f"bots.{login}", Channel.LOGIN, (login,), label, "said in 'bots'", agent)


def _unknown(name: str, known: Iterable[str]) -> ScanError:
    close = difflib.get_close_matches(name, known, n=1)
    hint = f"Did you mean {close[0]}?" if close else None
    return ScanError(f"There is no signal {name} in the registry.", hint)
