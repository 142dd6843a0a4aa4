"""Changes that were taken back, found by what messages say and by exact inverse patches."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from scanner.durability.fates import FollowedLines
from scanner.durability.lives import NONE

_REVERTS_COMMIT = re.compile(
    r"\b(?:this )?reverts (?:commit |merge )?([0-9a-f]{7,64})\b", re.IGNORECASE
)
_REVERTS_PULL = re.compile(
    r"^\W*reverts (?:[\w.-]+/[\w.-]+)?[#!](\d+)\b", re.IGNORECASE | re.MULTILINE
)
_REVERT_TITLE = re.compile(
    r"^(?:\w+(?:\([^)]*\))?!?:\s*)?revert:?\s+[\"'“](.+)[\"'”]", re.IGNORECASE
)
_REAPPLY_TITLE = re.compile(r"^reapply\s+[\"'“](.+)[\"'”]", re.IGNORECASE)
_CONVENTIONAL = re.compile(r"^revert(?:\([^)]*\))?!?:\s*+(.+)$", re.IGNORECASE)
_PULL_NUMBER = re.compile(r"(?<!\s)\s*+\([#!](\d+)\)\s*$")
_MERGED_PULL = re.compile(
    r"^Merge pull request #(\d+)\b|\bSee merge request \S*!(\d+)", re.MULTILINE
)


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


def find_reverts(messages: Sequence[Message], patches: Sequence[Patch] = ()) -> tuple[Revert, ...]:
    """All reverts among changes given oldest first, one for each pair, by the best evidence.

    `patches`, if given, has one element a change.
    """
    found: dict[tuple[int, int], RevertEvidence] = {}
    named = [*_by_message(messages), *_by_patch(patches)]
    for reverting, reverted, evidence in named:
        if reverted < reverting:
            found.setdefault((reverting, reverted), evidence)
    standing = _standing(set(found))
    return tuple(
        Revert(reverting, reverted, evidence, (reverting, reverted) in standing)
        for (reverting, reverted), evidence in sorted(found.items())
    )


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
    """Whether a title says that the change takes another back."""
    return bool(_REVERT_TITLE.match(title) or _CONVENTIONAL.match(title))


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


def _by_message(messages: Sequence[Message]) -> Iterable[Named]:
    by_prefix = {oid[:7]: (i, oid) for i, m in enumerate(messages) for oid in m.commits}
    by_title: dict[str, list[int]] = defaultdict(list)
    by_number: dict[str, int] = {}
    for index, message in enumerate(messages):
        for text in message.texts:
            yield from _named_commits(index, text, by_prefix)
        yield from _named_pulls(index, message, by_number)
        yield from _quoted(index, message, by_title)
        for text in message.texts:
            title = _first_line(text)
            by_title[_PULL_NUMBER.sub("", title)].append(index)
            number = _PULL_NUMBER.search(title)
            if number:
                by_number[number[1]] = index
        merged = _MERGED_PULL.search(message.texts[0]) if message.texts else None
        if merged:
            by_number[merged[1] or merged[2]] = index


def _named_commits(index: int, text: str, by_prefix: dict[str, tuple[int, str]]) -> Iterable[Named]:
    for match in _REVERTS_COMMIT.finditer(text):
        found = by_prefix.get(match[1][:7].lower())
        if found and found[1].startswith(match[1].lower()):
            yield index, found[0], RevertEvidence.COMMIT_ID


def _named_pulls(index: int, message: Message, by_number: dict[str, int]) -> Iterable[Named]:
    for text in message.texts:
        for match in _REVERTS_PULL.finditer(text):
            if match[1] in by_number:
                yield index, by_number[match[1]], RevertEvidence.PULL_REQUEST


def _quoted(index: int, message: Message, by_title: dict[str, list[int]]) -> Iterable[Named]:
    for text in message.texts:
        title = _first_line(text)
        quoted = _quoted_title(title)
        same = by_title.get(_PULL_NUMBER.sub("", quoted)) if quoted else None
        if same:
            yield index, same[-1], RevertEvidence.TITLE


def _quoted_title(title: str) -> str | None:
    """The title that a revert names. What takes back a revert quotes `Revert "…"` or reapplies."""
    reapplied = _REAPPLY_TITLE.match(title)
    if reapplied:
        return f'Revert "{reapplied[1]}"'
    match = _REVERT_TITLE.match(title) or _CONVENTIONAL.match(_PULL_NUMBER.sub("", title))
    return match[1] if match else None


def _first_line(text: str) -> str:
    return next((line.strip() for line in text.splitlines() if line.strip()), "")


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
