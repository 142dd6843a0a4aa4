"""Code to show: the worst findings of a history, and beside a copy the place it was copied from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from scanner.analysis.parsing.source import lines_to_show
from scanner.base.model import Change, CopyOf, Finding, Place
from scanner.clones.groups import CloneGroup
from scanner.git.blobs import BlobReader
from scanner.git.process import Repository
from scanner.git.trees import blobs_at
from scanner.history.hotspots import COSTLIEST
from scanner.history.read import History

#: Findings whose code is held, worst first: enough for a reader, bounded for the page.
EXCERPTS = 400
#: Copies among them whose other place is held too: each takes twice the room.
OTHER_PLACES = 120
#: Lines of code held of one place.
EXCERPT_LINES = 14
#: Groups of copies whose code is held, largest saving first, and lines of each of two places.
COPY_GROUPS, COPY_LINES = 6, 40

#: The commit of a change and the fingerprint of its finding.
Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Excerpt:
    """The first lines of a place; `is_cut` says that it goes on, down to line `last`."""

    path: str
    first: int
    last: int
    lines: tuple[str, ...]
    is_cut: bool


@dataclass(frozen=True, slots=True)
class Excerpts:
    """The code of findings, and of the other places of copies, each by its key.

    `clones` holds the two places by which groups of copies at the head are shown, `head` those of
    the costliest findings there.
    """

    own: Mapping[Key, Excerpt]
    other: Mapping[Key, Excerpt]
    clones: Mapping[Place, Excerpt]
    head: Mapping[Place, Excerpt]


def read_excerpts(
    history: History,
    clones: Sequence[CloneGroup],
    at_head: Sequence[Finding],
    repository: Repository,
) -> Excerpts:
    """The code of the worst findings, both places as they stand after the change, and of the
    largest groups of copies outside of tests.
    """
    found = [(change, f) for change in history.changes for f in change.judgement.findings]
    worst = sorted(found, key=lambda pair: -pair[1].points)[:EXCERPTS]
    own = {_key(change, f): f.place for change, f in worst}
    other = _originals(worst)
    tip, standing = history.selection.tip, _standing(clones)
    costliest = [finding.place for finding in at_head[:COSTLIEST]]
    wanted = [
        *((oid, place.path) for places in (own, other) for (oid, _), place in places.items()),
        *((tip, place.path) for place in (*standing, *costliest)),
    ]
    commits = {change.commit.oid: change for change, _ in worst}
    texts = _texts(history, repository, commits, dict.fromkeys(wanted))
    return Excerpts(
        _excerpts(own, texts),
        _excerpts(other, texts),
        _standing_excerpts(tip, standing, texts),
        _standing_excerpts(tip, costliest, texts),
    )


def _originals(worst: Iterable[tuple[Change, Finding]]) -> dict[Key, Place]:
    """Where the first copies among the findings were copied from."""
    copies = (
        (_key(change, f), f.evidence.original)
        for change, f in worst
        if isinstance(f.evidence, CopyOf)
    )
    return dict(islice(copies, OTHER_PLACES))


def _standing(clones: Sequence[CloneGroup]) -> list[Place]:
    """The places by which the largest groups of copies outside of tests are shown."""
    groups = [group for group in clones if not group.is_test][:COPY_GROUPS]
    return [place for group in groups for place in group.example]


def _standing_excerpts(
    tip: str, places: Iterable[Place], texts: Mapping[tuple[str, str], list[str]]
) -> dict[Place, Excerpt]:
    return {
        place: _excerpt(place, texts[tip, place.path], COPY_LINES)
        for place in places
        if (tip, place.path) in texts
    }


def _key(change: Change, finding: Finding) -> Key:
    return change.commit.oid, finding.fingerprint


def _texts(
    history: History,
    repository: Repository,
    changes: Mapping[str, Change],
    wanted: Iterable[tuple[str, str]],
) -> dict[tuple[str, str], list[str]]:
    """The lines of files by commit and path, also of files that the change did not touch."""
    touched = {
        (oid, file.after.path): file.after.blob
        for oid, change in changes.items()
        for file in history.diff_of(change).files
        if file.after
    }
    asked = list(wanted)
    blobs = touched | blobs_at(repository, [one for one in asked if one not in touched])
    needed = dict.fromkeys(blobs[one] for one in asked if one in blobs)
    with BlobReader(repository) as reader:
        lines = {
            oid: lines_to_show(source)
            for oid, source in reader.read_many(needed)
            if isinstance(source, bytes)
        }
    return {one: lines[blobs[one]] for one in asked if blobs.get(one) in lines}


def _excerpts(
    places: Mapping[Key, Place], texts: Mapping[tuple[str, str], list[str]]
) -> dict[Key, Excerpt]:
    return {
        key: _excerpt(place, texts[key[0], place.path])
        for key, place in places.items()
        if (key[0], place.path) in texts
    }


def _excerpt(place: Place, lines: Sequence[str], most: int = EXCERPT_LINES) -> Excerpt:
    first, end = place.span.first, place.span.last
    last = min(end, first + most - 1)
    return Excerpt(place.path, first, end, tuple(lines[first - 1 : last]), last < end)
