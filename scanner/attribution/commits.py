"""One commit's own record → claims: its author and committer, and the marks in its message."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from scanner.attribution.forge_pulls import FROM_BODY, ForgePull, matches
from scanner.attribution.identities import IdentityTable
from scanner.attribution.messages import (
    coauthors,
    is_release_title,
    quoted_coauthors,
    statements,
)
from scanner.attribution.registry import Registry
from scanner.attribution.shares import label_of_declared_share
from scanner.attribution.signals import Channel, Signal, SignalClass, SignalRole
from scanner.attribution.tools import NamedTool, agent_of, declared_tools, resolve_tools
from scanner.base.model import Claim, Commit, Label, Level, Person

#: The rule by which a forge app that no entry lists is a machine.
UNLISTED_APP = "automation.unlisted-app"

#: What a believed mark of a class says: its rung and its label (a share's label is its own).
_MEANING = {
    SignalClass.AI: (Level.DECLARED_AUTHORSHIP, Label.AI),
    SignalClass.ASSISTED: (Level.ASSISTED_BY, Label.ASSISTED),
    SignalClass.REVIEW_SUGGESTION: (Level.REVIEW_SUGGESTION, Label.UNMARKED),
    SignalClass.SHARE: (Level.DECLARED_SHARE, Label.UNMARKED),
}
_AS_AUTHOR = {
    SignalClass.AI: (Level.AUTHOR_IDENTITY, Label.AI),
    SignalClass.AUTOMATION: (Level.AUTHOR_IDENTITY, Label.AUTOMATION),
    SignalClass.REVIEW_SUGGESTION: (Level.REVIEW_SUGGESTION, Label.UNMARKED),
}
_SAVED = "the agent saved what the person had edited before it began"
#: The messages that GitHub gives to suggestions accepted in its pages.
_SUGGESTION = re.compile(
    r"(?:Apply suggestions? from (?:code review|@\S+)|Apply \d+ suggestions?[^\n]*+|"
    r"Update [\w./-]+\.\w+)(?>(?:\s++Co-authored-by: [^\n]++)+)",
    re.IGNORECASE,
)
_WORD = re.compile(r"[a-z]+")
_POLICY = re.compile(
    r"^.*\b(?:ai[- ]generated|ai generation|coding agents?)\b.*$", re.IGNORECASE | re.MULTILINE
)


def claims_of(commit: Commit, book: IdentityTable) -> tuple[Claim, ...]:
    """Every claim that a commit's author, committer and message make, near misses included."""
    claims = marks_of(commit, book)
    if _is_accepted_suggestion(commit):
        claims = [_suggested(claim) for claim in claims]
    is_drop = not commit.parents or is_release_title(commit.subject)
    if is_drop and _is_of_several(commit, book):
        claims = [_of_a_drop(claim) for claim in claims]
    if any(book.registry.is_saved(claim.rule) for claim in claims):
        claims = [_of_the_person(claim) for claim in claims]
    return tuple(_distinct(claims)) if len(claims) > 1 else tuple(claims)


def marks_of(commit: Commit, book: IdentityTable) -> list[Claim]:
    """The same, whatever kind of commit it is that they stand in."""
    lowered = commit.message.lower()
    claims = list(_author(commit, book))
    if commit.committer != commit.author:
        claims += _committer(commit, book)
    claims += _message(commit, book, lowered)
    claims += _subject(commit, book.registry, lowered)
    return claims


def near_miss(registry: Registry, rule: str, source: str, text: str, note: str) -> Claim:
    """Evidence that was seen and is not believed, and why."""
    return Claim(
        Level.NEAR_MISS, rule, source, text, Label.UNMARKED, note=note, registry=registry.version
    )


def _is_accepted_suggestion(commit: Commit) -> bool:
    """Whether a commit is one that GitHub makes of a suggestion in a review."""
    return (
        commit.committer.email == "noreply@github.com"
        and _SUGGESTION.fullmatch(commit.message.strip()) is not None
    )


def _suggested(claim: Claim) -> Claim:
    if claim.source != "co-author" or claim.level is Level.NEAR_MISS:
        return claim
    note = "a suggestion accepted in review is not authorship"
    return replace(claim, level=Level.REVIEW_SUGGESTION, label=Label.UNMARKED, note=note)


def _of_the_person(claim: Claim) -> Claim:
    if claim.level is Level.NEAR_MISS:
        return claim
    return replace(claim, level=Level.NEAR_MISS, label=Label.UNMARKED, note=_SAVED)


def _is_of_several(commit: Commit, book: IdentityTable) -> bool:
    """Whether a person besides the author is named as one."""
    others = (person for person, _ in coauthors(statements(commit.message)))
    return any(
        person.email != commit.author.email and not book.find(person, SignalRole.COAUTHOR).signals
        for person in others
    )


def _of_a_drop(claim: Claim) -> Claim:
    if claim.source == "author" or claim.level is Level.NEAR_MISS:
        return claim
    note = "the work of several people in one commit: the mark does not say which part is meant"
    return replace(claim, level=Level.NEAR_MISS, label=Label.UNMARKED, note=note)


def _author(commit: Commit, book: IdentityTable) -> Iterator[Claim]:
    found = book.find(commit.author, SignalRole.AUTHOR)
    registry, text = book.registry, f"{commit.author.name} <{commit.author.email}>"
    for signal in found.signals:
        level, label = _AS_AUTHOR.get(signal.kind, (Level.NEAR_MISS, Label.UNMARKED))
        agent = _agent(registry, signal, commit.author)
        yield _claim(registry, signal, commit, level, label, "author", text, agent)
    if found.signals:
        return
    if found.app is not None:
        yield Claim(
            Level.AUTHOR_IDENTITY,
            UNLISTED_APP,
            "author",
            text,
            Label.AUTOMATION,
            note=f"{found.app} is an app's account, but not one the registry lists: "
            "a machine, of a kind not known",
            registry=registry.version,
        )
    elif found.near is not None:
        yield near_miss(registry, "near.author", "author", text, found.near)


def _committer(commit: Commit, book: IdentityTable) -> Iterator[Claim]:
    text = f"{commit.committer.name} <{commit.committer.email}>"
    tool = book.find(commit.committer, SignalRole.COMMITTER).signal
    signal = tool or book.find(commit.committer, SignalRole.AUTHOR).signal
    author = book.find(commit.author, SignalRole.AUTHOR).signal
    if signal is None or signal.kind not in (SignalClass.AI, SignalClass.COMMITTED):
        return
    if author is not None and author.agent == signal.agent:
        return
    note = "committer only: it committed or carried over what the author wrote"
    yield near_miss(book.registry, signal.id, "committer", text, note)


def _message(commit: Commit, book: IdentityTable, lowered: str) -> Iterator[Claim]:
    registry = book.registry
    needles = [needle for needle in registry.lines if needle in lowered]
    has_coauthor = "authored-by" in lowered or "developed-by" in lowered
    if not (needles or has_coauthor):
        yield from _policy(registry, commit.message, lowered)
        return
    statement = statements(commit.message)
    if has_coauthor:
        yield from _coauthors(commit, book, statement)
    for needle in needles:
        yield from _lines(commit, registry, needle, statement)
    yield from _policy(registry, commit.message, lowered)


def _coauthors(commit: Commit, book: IdentityTable, statement: str) -> Iterator[Claim]:
    for person, line in coauthors(statement):
        found = book.find(person, SignalRole.COAUTHOR)
        for signal in found.signals:
            if signal.kind in _MEANING:
                level, label = _MEANING[signal.kind]
                agent = _agent(book.registry, signal, person)
                yield _claim(book.registry, signal, commit, level, label, "co-author", line, agent)
        if found.near is not None:
            yield near_miss(book.registry, "near.coauthor", "co-author", line, found.near)
    for person, line in quoted_coauthors(statement):
        first = book.find(person, SignalRole.COAUTHOR).signal
        if first is not None and first.kind is SignalClass.AI:
            note = "the line is indented or quoted: an example, or someone else's words"
            yield near_miss(book.registry, first.id, "message", line, note)


def _lines(commit: Commit, registry: Registry, needle: str, statement: str) -> Iterator[Claim]:
    signals = registry.lines[needle]
    raw = any(signal.channel is Channel.RAW for signal in signals)
    text = commit.message if raw else statement
    for line in text.split("\n"):
        if needle not in line.lower():
            continue
        for signal in signals:
            yield from _line(commit, registry, signal, line.rstrip(), "message")


def _line(
    commit: Commit, registry: Registry, signal: Signal, line: str, source: str
) -> Iterator[Claim]:
    found = signal.search(line)
    if found is None:
        return
    groups = found.groupdict()
    agents: list[str | None] = [signal.agent]
    if groups.get("maker") is not None:
        agents = [agent_of(registry, groups["maker"])]
    elif groups.get("tool") is not None or groups.get("declared") is not None:
        read = resolve_tools if groups.get("tool") is not None else declared_tools
        tools = read(registry, groups.get("tool") or groups["declared"])
        if isinstance(tools, str):
            yield near_miss(registry, signal.id, source, line.strip(), tools)
            return
        if signal.kind is SignalClass.AI and not any(map(_is_an_agent, tools)):
            note = "it names a tool that the registry does not list"
            yield near_miss(registry, signal.id, source, line.strip(), note)
            return
        agents = [tool.agent for tool in tools]
    if signal.kind is SignalClass.SAVED:
        yield near_miss(registry, signal.id, source, line.strip(), _SAVED)
        return
    level, label = _MEANING.get(signal.kind, (Level.NEAR_MISS, Label.UNMARKED))
    share = min(1.0, int(groups["share"]) / 100) if groups.get("share") else None
    label = label if share is None else label_of_declared_share(share)
    for agent in dict.fromkeys(agents):
        yield _claim(registry, signal, commit, level, label, source, line.strip(), agent, share)


def _is_an_agent(tool: NamedTool) -> bool:
    return tool.agent is not None and tool.is_model_named


def _agent(registry: Registry, signal: Signal, person: Person) -> str | None:
    """The agent that an identity names where its entry is a form and not a name."""
    if signal.agent is not None or signal.channel is Channel.LOGIN:
        return signal.agent or person.name.removesuffix("[bot]").lower()
    found = signal.search(f"{person.name} <{person.email}>")
    return agent_of(registry, found["maker"]) if found else None


def _subject(commit: Commit, registry: Registry, lowered: str) -> Iterator[Claim]:
    subject = commit.message.partition("\n")[0].strip() or commit.subject
    for signal in registry.subjects:
        if signal.needle is None or signal.needle in lowered:
            yield from _line(commit, registry, signal, subject, "subject")
    words = registry.near_words.intersection(_WORD.findall(subject.lower()))
    if words:
        note = f"'{min(words)}' is mentioned, and a mention is not a mark"
        yield near_miss(registry, "near.mention", "subject", subject, note)


def _policy(registry: Registry, message: str, lowered: str) -> Iterator[Claim]:
    if "ai-gen" not in lowered and "ai gen" not in lowered:
        return
    found = _POLICY.search(message)
    if found:
        note = "words about AI are not a declaration by the change"
        yield near_miss(registry, "near.policy", "message", found[0].strip(), note)


def forge_claims(commit: Commit, registry: Registry, pull: ForgePull) -> Iterator[Claim]:
    """What a pull request's author, branch and body say of the commit that it became."""
    yield from _distinct(list(_of_pull(commit, registry, pull)))


def _of_pull(commit: Commit, registry: Registry, pull: ForgePull) -> Iterator[Claim]:
    for signal, source, text in matches(registry, pull):
        if signal.kind is SignalClass.AI:
            yield _claim(registry, signal, commit, Level.FORGE, Label.AI, source, text)
        elif signal.channel is Channel.BRANCH:
            note = "people choose this prefix too: it corroborates, it does not decide"
            yield near_miss(registry, signal.id, source, text, note)
    lowered, statement = pull.body.lower(), statements(pull.body)
    found = list(_coauthors(commit, IdentityTable(registry), statement))
    for needle in (needle for needle in registry.lines if needle in lowered):
        found += _lines(commit, registry, needle, statement)
    yield from (_at_forge(claim) for claim in found if claim.label is Label.AI)


def _at_forge(claim: Claim) -> Claim:
    return Claim(
        Level.FORGE,
        claim.rule,
        FROM_BODY,
        claim.text,
        claim.label,
        claim.agent,
        registry=claim.registry,
    )


def _claim(
    registry: Registry,
    signal: Signal,
    commit: Commit,
    level: Level,
    label: Label,
    source: str,
    text: str,
    agent: str | None = None,
    share: float | None = None,
) -> Claim:
    doubt = signal.doubt(commit.authored, commit.committed)
    if doubt is not None:
        return near_miss(registry, signal.id, source, text, doubt)
    return Claim(
        level,
        signal.id,
        source,
        text,
        label,
        agent or signal.agent,
        share,
        registry=registry.version,
    )


def _distinct(claims: list[Claim]) -> Iterator[Claim]:
    """Each piece of evidence once: a form does not repeat what a named entry says of a text."""
    seen: set[tuple[str, ...]] = set()
    for claim in claims:
        rule = claim.rule if claim.level is Level.NEAR_MISS else claim.level
        key = (rule, claim.label, claim.source, claim.text, claim.agent or "")
        if key not in seen:
            seen.add(key)
            yield claim
