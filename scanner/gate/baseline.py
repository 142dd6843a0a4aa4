"""The findings that a legacy tree is known to have: they may become fewer, not more. Pure.

One entry a line, sorted by path, so that two branches that both drop entries merge without
conflict; where git did leave conflict markers, the entries of both sides hold. An entry is told by
the finding's fingerprint, which holds no line numbers, or else by its content: a digest of the code
it is about, less the name of the function, so that renaming a file, a folder or a function brings
nothing new. What can be counted of a finding (a complexity, copied lines) is kept beside it: more
of it is a new finding.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from scanner.base.errors import ScanError
from scanner.base.model import CopyOf, Finding, Growth, SetAside

_HEAD = "# Findings known when this file was written; see `tallystick baseline`."
_MARKERS = ("<<<<<<<", "=======", ">>>>>>>", "|||||||")
_NO_EXTENT = "-"


@dataclass(frozen=True, slots=True, order=True)
class Entry:
    """A known finding: how many alike there are, and how much of it there is at most (or None)."""

    path: str
    rule: str
    unit: str
    fingerprint: str
    count: int = 1
    extent: int | None = None
    content: str = ""


Baseline = Mapping[str, Entry]

#: Gives the digest of the code that a finding is about; empty where it is not known.
ContentOf = Callable[[Finding], str]

#: Gives path and name that a unit had before, by those it has now.
Formerly = Callable[[str, str], tuple[str, str]]

_MODULE = "<module>"


def _as_now(path: str, unit: str) -> tuple[str, str]:
    return path, unit


def _no_content(_finding: Finding) -> str:
    return ""


def content_digest(lines: Iterable[str], unit: str) -> str:
    """A digest of lines, white space and the unit's own name aside. 16 hex digits."""
    name = unit.partition("#")[0].rpartition(".")[2]
    text = "\n".join(" ".join(line.split()) for line in lines)
    if name.isidentifier():
        text = re.sub(rf"\b{name}\b", "_", text)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def extent_of(finding: Finding) -> int | None:
    """How much of a finding there is, for those of which there can be more or less."""
    match finding.evidence:
        case Growth(after=after):
            return after
        case CopyOf(copied_lines=lines):
            return lines
    return None


def baseline_of(
    findings: Iterable[Finding], content_of: ContentOf = _no_content
) -> dict[str, Entry]:
    """The entries that hold exactly these findings."""
    entries: dict[str, Entry] = {}
    for finding in findings:
        place, extent = finding.place, extent_of(finding)
        known = entries.get(finding.fingerprint)
        if known is None:
            entries[finding.fingerprint] = Entry(
                place.path,
                finding.rule,
                place.unit,
                finding.fingerprint,
                1,
                extent,
                content_of(finding),
            )
        else:
            entries[finding.fingerprint] = replace(
                known, count=known.count + 1, extent=_more(known.extent, extent)
            )
    return entries


def write_baseline(entries: Iterable[Entry]) -> str:
    """The text of the file: a heading, then an entry a line, sorted."""
    lines = [
        "\t".join(
            (
                entry.fingerprint,
                str(entry.count),
                _NO_EXTENT if entry.extent is None else str(entry.extent),
                entry.rule,
                _quoted(entry.path),
                _quoted(entry.unit),
                *([entry.content] if entry.content else []),
            )
        )
        for entry in sorted(entries, key=lambda e: (e.path, e.rule, e.unit, e.fingerprint))
    ]
    return "\n".join((_HEAD, *lines, ""))


def read_baseline(text: str, name: str) -> dict[str, Entry]:
    """The entries of a file called `name`. Of an entry that stands twice, the larger holds.

    Raises:
        ScanError: a line is no entry.
    """
    entries: dict[str, Entry] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#") or line.startswith(_MARKERS):
            continue
        entry = _entry(line, f"{name}, line {number}")
        known = entries.get(entry.fingerprint)
        if known is not None:
            entry = replace(
                entry,
                count=max(known.count, entry.count),
                extent=_more(known.extent, entry.extent),
            )
        entries[entry.fingerprint] = entry
    return entries


def set_known_aside(
    findings: Iterable[Finding], known: Baseline, formerly: Formerly = _as_now
) -> tuple[tuple[Finding, ...], tuple[SetAside, ...]]:
    """The findings that are new, and those that the baseline knows, each as often as it does.

    `formerly` tells what the change renamed: the baseline may know a finding by its old place.
    """
    room = {fingerprint: entry.count for fingerprint, entry in known.items()}
    new, old = [], []
    for finding in findings:
        names = (name for name in _fingerprints(finding, formerly) if room.get(name))
        entry = next((known[n] for n in names if not _is_more(finding, known[n])), None)
        if entry is None:
            new.append(finding)
        else:
            room[entry.fingerprint] -= 1
            old.append(SetAside(finding, "in the baseline"))
    return tuple(new), tuple(old)


def _fingerprints(finding: Finding, formerly: Formerly) -> Iterator[str]:
    """The fingerprints that a finding has, had before a rename, or had where a file is one unit:
    an earlier version took the module for the unit of what is in it."""
    yield finding.fingerprint
    place = finding.place
    path, unit = formerly(place.path, place.unit)
    discriminators = [finding.discriminator]
    if isinstance(finding.evidence, CopyOf):
        original = finding.evidence.original
        discriminators.append(":".join(formerly(original.path, original.unit)))
    for discriminator in dict.fromkeys(discriminators):
        for name in dict.fromkeys((unit, _MODULE)):
            before = replace(place, path=path, unit=name)
            yield replace(finding, place=before, discriminator=discriminator).fingerprint


@dataclass(frozen=True, slots=True)
class BaselineComparison:
    """A tree against its baseline: findings it does not know, and entries that no longer occur.

    `kept` is the baseline without the latter: fewer entries, smaller counts and extents, and each
    where its finding is now.
    """

    new: tuple[Finding, ...]
    gone: tuple[Entry, ...]
    kept: tuple[Entry, ...]


def compare(
    findings: Sequence[Finding], known: Baseline, content_of: ContentOf = _no_content
) -> BaselineComparison:
    """What a tree with these findings has beyond its baseline, and what it has no more."""
    unknown, _ = set_known_aside(findings, known)
    present = baseline_of(findings, content_of)
    missing = [entry for entry in known.values() if entry.fingerprint not in present]
    kept = [
        replace(
            present[entry.fingerprint],
            count=min(entry.count, present[entry.fingerprint].count),
            extent=_less(entry.extent, present[entry.fingerprint].extent),
        )
        for entry in known.values()
        if entry.fingerprint in present
    ]
    new: list[Finding] = []
    room = {entry.fingerprint: entry.count for entry in missing}
    for finding in unknown:
        entry = _renamed(finding, content_of(finding), missing, room)
        if entry is None:
            new.append(finding)
            continue
        room[entry.fingerprint] -= 1
        kept.append(replace(present[finding.fingerprint], count=1))
    # What an earlier version called by its module is known, though not by the name it has now.
    for finding in findings:
        for name in _fingerprints(finding, _as_now):
            if finding.fingerprint not in known and room.get(name):
                room[name] -= 1
                kept.append(present[finding.fingerprint])
                break
    gone = [entry for entry in missing if room.get(entry.fingerprint) == entry.count]
    united = {entry.fingerprint: entry for entry in kept}
    return BaselineComparison(tuple(new), tuple(sorted(gone, key=_place)), tuple(united.values()))


def _renamed(
    finding: Finding, content: str, missing: Iterable[Entry], room: Mapping[str, int]
) -> Entry | None:
    """The entry that knows a finding by another place: of the same code, or the same unit where the
    file, or the original of a copy, has another path."""
    able = [
        entry
        for entry in missing
        if room[entry.fingerprint] and entry.rule == finding.rule and not _is_more(finding, entry)
    ]
    same = (entry for entry in able if content and entry.content == content)
    moved = (
        entry
        for entry in able
        if entry.unit == finding.place.unit != _MODULE
        and (entry.path != finding.place.path or isinstance(finding.evidence, CopyOf))
    )
    return next(same, None) or next(moved, None)


def grown(before: Baseline, after: Baseline, formerly: Formerly = _as_now) -> tuple[Entry, ...]:
    """The entries of `after` that let more pass than `before` does.

    An entry that follows what the change renamed lets no more pass than the one it replaces.
    """
    left = {
        (entry.rule, entry.path, entry.unit): entry
        for entry in before.values()
        if entry.fingerprint not in after
    }

    def known(entry: Entry) -> Entry | None:
        same = before.get(entry.fingerprint)
        return same or left.get((entry.rule, *formerly(entry.path, entry.unit)))

    return tuple(
        sorted(
            (entry for entry in after.values() if _lets_more(entry, known(entry))),
            key=_place,
        )
    )


def _lets_more(entry: Entry, known: Entry | None) -> bool:
    if known is None or entry.count > known.count:
        return True
    return known.extent is not None and (entry.extent is None or entry.extent > known.extent)


def _is_more(finding: Finding, entry: Entry) -> bool:
    extent = extent_of(finding)
    return extent is not None and entry.extent is not None and extent > entry.extent


def _more(one: int | None, other: int | None) -> int | None:
    return None if one is None or other is None else max(one, other)


def _less(one: int | None, other: int | None) -> int | None:
    return other if one is None else one if other is None else min(one, other)


def _place(entry: Entry) -> tuple[str, str, str, str]:
    return entry.path, entry.rule, entry.unit, entry.fingerprint


def _quoted(text: str) -> str:
    """The text on one line without tabs, whatever characters a path or a name has."""
    return json.dumps(text)[1:-1]


def _entry(line: str, where: str) -> Entry:
    parts = line.split("\t")
    try:
        fingerprint, count, extent, rule, path, unit, *content = parts
        return Entry(
            json.loads(f'"{path}"'),
            rule,
            json.loads(f'"{unit}"'),
            fingerprint,
            int(count),
            None if extent == _NO_EXTENT else int(extent),
            *content,
        )
    except (TypeError, ValueError) as error:
        raise ScanError(
            f"{where} is not a baseline entry.",
            hint="Rewrite it with `tallystick baseline --write`.",
        ) from error
