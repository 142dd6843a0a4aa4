"""Changes that were taken back: messages point at them, the lines decide; exact inverse patches."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from scanner.durability.fates import FollowedLines
from scanner.durability.lives import NONE

#: Words that say a change takes another back, and words that say it brings one in again.
_UNDO = (
    r"(?:revert(?:s|ed|ing)?|back(?:s|ed|ing)?[ -]?out|undo(?:es|ing)?|roll(?:s|ed|ing)?[ -]?back)"
)
_REDO = (
    r"(?:un-?revert(?:s|ed|ing)?|re-?appl(?:y|ies|ied|ying)|re-?land(?:s|ed|ing)?"
    r"|re-?instat(?:e|es|ed|ing)|revert\^[2468]"
    rf"|{_UNDO}\s+(?:the\s+|a\s+)?(?:revert|back[ -]?out|roll[ -]?back)(?:\s+of|:)?)"
)
_VERB = rf"(?:(?P<redo>{_REDO})|{_UNDO}(?:\^[3579])?)"
_KIND = (
    r"(?:the\s+)?(?:(?:commit|changeset|change|merge|revision|PR|MR|(?:pull|merge)\s+request)\s+)?"
)
_COMMIT = re.compile(rf"\b{_VERB}:?\s+{_KIND}\(?(?P<oid>[0-9a-f]{{7,64}})\b", re.IGNORECASE)
_PULL = re.compile(
    rf"\b{_VERB}:?\s+{_KIND}(?:[\w.-]+/[\w.-]+)?[#!](?P<number>\d+)\b", re.IGNORECASE
)
_TITLED = re.compile(
    rf"^[\s*+-]*(?:\w+(?:\([^)]*\))?!?:\s*)?{_VERB}:?\s+[\"'“](?P<title>.+)[\"'”]", re.IGNORECASE
)
#: A title without quotes has to be one that the history has.
_CONVENTIONAL = re.compile(r"^[\s*+-]*revert(?:\([^)]*\))?!?:\s*+(?P<title>.+)$", re.IGNORECASE)
_BARE = re.compile(
    rf"^[\s*+-]*(?:\[(?=[^\[\]]+\])|(?!\[)){_VERB}(?:\]|:?\s)\s*(?P<title>\S.*)$", re.IGNORECASE
)
_PULL_NUMBER = re.compile(r"(?<!\s)\s*+\([#!](\d+)\)\s*$")
_MERGED_PULL = re.compile(
    r"^Merge pull request #(\d+)\b|\bSee merge request \S*!(\d+)", re.MULTILINE
)

#: A change is taken back if at least this share of the lines is that it wrote, and that stood until
#: then, and of those that it removed.
TAKEN_BACK_FROM = 0.5


class RevertEvidence(StrEnum):
    """How a revert is known."""

    COMMIT_ID = "names the commit"
    PULL_REQUEST = "names the pull request"
    TITLE = "quotes the title"
    INVERSE_PATCH = "is the exact inverse patch"


@dataclass(frozen=True, slots=True)
class Message:
    """A change's texts: its own commit's message first, then those of the commits it brought in.

    `commits` are all their full ids, its own among them.
    """

    commits: tuple[str, ...]
    texts: tuple[str, ...]

    @property
    def title(self) -> str:
        """The first line of its own message."""
        return _first_line(self.texts[0]) if self.texts else ""


@dataclass(frozen=True, slots=True)
class Revert:
    """One change (by index) took another back, which came before it.

    `stands` is false if the revert itself was taken back later, so that the change is in again.
    """

    reverting: int
    reverted: int
    evidence: RevertEvidence
    stands: bool = True


def find_reverts(
    messages: Sequence[Message],
    patches: Sequence[Patch] = (),
    lines: RevertedLines | None = None,
) -> tuple[Revert, ...]:
    """All reverts among changes given oldest first, one for each pair, by the best evidence.

    `patches`, if given, has one element a change. Messages only point: where `lines` are given they
    decide, unless the change they point at had none.
    """
    found: dict[tuple[int, int], RevertEvidence] = {}
    by_message = (one for one in named(messages) if lines is None or lines.confirm(*one[:2]))
    for reverting, reverted, evidence in (*by_message, *_by_patch(patches)):
        if reverted < reverting:
            found.setdefault((reverting, reverted), evidence)
    standing = _standing(set(found))
    return tuple(
        Revert(reverting, reverted, evidence, (reverting, reverted) in standing)
        for (reverting, reverted), evidence in sorted(found.items())
    )


def removals_spoken_of(messages: Sequence[Message]) -> dict[str, tuple[str, ...]]:
    """For the commits of each change those of the changes that it speaks of taking back."""
    spoken: dict[str, dict[str, None]] = defaultdict(dict)
    for reverting, reverted, _ in named(messages):
        if reverted < reverting:
            for oid in messages[reverting].commits:
                spoken[oid].update(dict.fromkeys(messages[reverted].commits))
    return {oid: tuple(others) for oid, others in spoken.items()}


def reverted_after(reverts: Sequence[Revert], landed: Sequence[float]) -> tuple[float | None, ...]:
    """For each change, the days until the first revert that still stands, or None.

    `landed` is when each change was integrated, in seconds since 1970.
    """
    days: list[float | None] = [None] * len(landed)
    for revert in reverts:
        if revert.stands:
            passed = max(0.0, landed[revert.reverting] - landed[revert.reverted]) / 86_400
            known = days[revert.reverted]
            days[revert.reverted] = passed if known is None else min(known, passed)
    return tuple(days)


def is_revert_title(title: str) -> bool:
    """Whether a title says that the change takes another back, or brings one in again."""
    return any(pattern.match(title) for pattern in (_TITLED, _CONVENTIONAL, _COMMIT, _PULL))


def _standing(pairs: set[tuple[int, int]]) -> set[tuple[int, int]]:
    """The pairs whose revert was not itself reverted, judged from the newest back."""
    undone: set[int] = set()
    standing = set()
    for reverting, reverted in sorted(pairs, reverse=True):
        if reverting not in undone:
            standing.add((reverting, reverted))
            undone.add(reverted)
    return standing


Named = tuple[int, int, RevertEvidence]


def named(messages: Sequence[Message]) -> Iterator[Named]:
    """Changes whose messages speak of taking back others: which, and how they name them.

    Who brings a change in again takes back what took it back last.
    """
    names = _Names()
    taken_back_by: dict[int, int] = {}
    for index, message in enumerate(messages):
        pointed: dict[tuple[int, bool], RevertEvidence] = {}
        for one, evidence in names.pointed_at(message):
            pointed.setdefault(one, evidence)
        for (target, is_redo), evidence in pointed.items():
            reverted = taken_back_by.get(target) if is_redo else target
            if reverted is not None:
                yield index, reverted, evidence
        for target, is_redo in pointed:
            if not is_redo:
                taken_back_by[target] = index
        names.learn(index, message)


class _Names:
    """What the changes so far are called: by their commits, pull requests and titles."""

    def __init__(self) -> None:
        self._by_prefix: dict[str, tuple[int, str]] = {}
        self._by_number: dict[str, int] = {}
        self._by_title: dict[str, int] = {}

    def learn(self, index: int, message: Message) -> None:
        """Takes in a change."""
        self._by_prefix.update((oid[:7], (index, oid)) for oid in message.commits)
        for text in message.texts:
            title = _first_line(text)
            self._by_title[_PULL_NUMBER.sub("", title)] = index
            number = _PULL_NUMBER.search(title)
            if number:
                self._by_number[number[1]] = index
        merged = _MERGED_PULL.search(message.texts[0]) if message.texts else None
        if merged:
            self._by_number[merged[1] or merged[2]] = index

    def pointed_at(self, message: Message) -> Iterator[tuple[tuple[int, bool], RevertEvidence]]:
        """Changes that a message points at, whether to bring them in again; best evidence first."""
        for text in message.texts:
            for match in _COMMIT.finditer(text):
                index, oid = self._by_prefix.get(match["oid"][:7].lower(), (0, ""))
                if oid.startswith(match["oid"].lower()):
                    yield (index, bool(match["redo"])), RevertEvidence.COMMIT_ID
        for text in message.texts:
            for match in _PULL.finditer(text):
                if match["number"] in self._by_number:
                    target = self._by_number[match["number"]]
                    yield (target, bool(match["redo"])), RevertEvidence.PULL_REQUEST
        for text in message.texts:
            for line in text.splitlines():
                quoted = _quoted_title(line.strip())
                title = quoted and self._by_title.get(_PULL_NUMBER.sub("", quoted[0]))
                if quoted and title is not None:
                    yield (title, quoted[1]), RevertEvidence.TITLE


def _quoted_title(line: str) -> tuple[str, bool] | None:
    """The title that a line speaks of, and whether of bringing it in again."""
    title, is_redo = line, None
    while match := _TITLED.match(title) or _CONVENTIONAL.match(_PULL_NUMBER.sub("", title)):
        inner = bool(match.groupdict().get("redo"))
        # What takes back a revert brings in again what that took back.
        is_redo = inner if is_redo is None else is_redo == inner
        title = match["title"]
    if is_redo is None and (bare := _BARE.match(line)):
        title, is_redo = bare["title"], bool(bare["redo"])
    return None if is_redo is None else (title, is_redo)


def _first_line(text: str) -> str:
    return next((line.strip() for line in text.splitlines() if line.strip()), "")


# --------------------------------------------------------------------------- lines


class RevertedLines:
    """Which changes ended and gave back which others' code lines.

    `given_back` are those of the lifelines, by the changes' indices in place of commits.
    """

    def __init__(self, followed: FollowedLines, given_back: NDArray[np.int64]) -> None:
        known, place = np.unique(followed.line), np.argsort(followed.line)
        is_code = np.isin(given_back[:, 0], known)
        line, removed_by, returned_by = given_back[is_code].T
        writer = followed.change[place[np.searchsorted(known, line)]]
        self._change, self._ended_by = followed.change, followed.ended_by
        self._writer, self._removed_by, self._returned_by = writer, removed_by, returned_by

    def confirm(self, reverting: int, reverted: int) -> bool:
        """Whether one change took back enough of what another did; true if that was nothing."""
        mine = self._change == reverted
        ended_by = self._ended_by[mine]
        removed = self._removed_by == reverted
        did = np.count_nonzero((ended_by == NONE) | (ended_by >= reverting))
        did += np.count_nonzero(self._ended_by == reverted) + np.count_nonzero(removed)
        undone = np.count_nonzero(ended_by == reverting)
        undone += np.count_nonzero((self._writer == reverted) & (self._removed_by == reverting))
        undone += np.count_nonzero(removed & (self._returned_by == reverting))
        return bool(did == 0 or undone >= TAKEN_BACK_FROM * did)


# --------------------------------------------------------------------------- inverse patches


@dataclass(frozen=True, slots=True)
class Patch:
    """The code lines that a change added and removed, as sums over their texts; order is lost.

    Two patches are inverse if each added just what the other removed.
    """

    added: int
    removed: int
    lines: int


def patches(followed: FollowedLines, changes: int) -> tuple[Patch, ...]:
    """The patch of each change, from lines written and lines ended."""
    mixed = _mixed(followed.key)
    ended = followed.ended_by != NONE
    added = _sums(followed.change, mixed, changes)
    removed = _sums(followed.ended_by[ended], mixed[ended], changes)
    lines = np.bincount(followed.change, minlength=changes)
    lines = lines + np.bincount(followed.ended_by[ended], minlength=changes)
    columns = (added.tolist(), removed.tolist(), lines.tolist())
    return tuple(Patch(*row) for row in zip(*columns, strict=True))


def _by_patch(all_patches: Sequence[Patch]) -> Iterable[Named]:
    latest: dict[tuple[int, int], int] = {}
    for index, patch in enumerate(all_patches):
        if not patch.lines:
            continue
        before = latest.get((patch.removed, patch.added))
        if before is not None and all_patches[before].lines == patch.lines:
            yield index, before, RevertEvidence.INVERSE_PATCH
        latest[patch.added, patch.removed] = index


def _mixed(keys: NDArray[np.int64]) -> NDArray[np.uint64]:
    """Keys spread over 64 bits (the finaliser of SplitMix64), so that sums rarely agree."""
    value = keys.astype(np.uint64) + np.uint64(0x9E3779B97F4A7C15)
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return value ^ (value >> np.uint64(31))


def _sums(group: NDArray[np.int64], values: NDArray[np.uint64], groups: int) -> NDArray[np.uint64]:
    total = np.zeros(groups, np.uint64)
    np.add.at(total, group, values)
    return total
