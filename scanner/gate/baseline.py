"""The findings that a legacy tree is known to have: they may become fewer, not more. Pure.

One entry a line, sorted by path, so that two branches that both drop entries merge without
conflict; where git did leave conflict markers, the entries of both sides hold. An entry is told by
the finding's fingerprint, which holds no line numbers. What can be counted of a finding (a
complexity, copied lines) is kept beside it: more of it is a new finding.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from scanner.base.errors import ScanError
from scanner.base.model import CopyOf, Finding, Growth, SetAside

_HEAD = "# Findings that were there when the line was drawn; see `tallystick baseline`."
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


Baseline = Mapping[str, Entry]


def extent_of(finding: Finding) -> int | None:
    """How much of a finding there is, for those of which there can be more or less."""
    match finding.evidence:
        case Growth(after=after):
            return after
        case CopyOf(copied_lines=lines):
            return lines
    return None


def baseline_of(findings: Iterable[Finding]) -> dict[str, Entry]:
    """The entries that hold exactly these findings."""
    entries: dict[str, Entry] = {}
    for finding in findings:
        place, extent = finding.place, extent_of(finding)
        known = entries.get(finding.fingerprint)
        if known is None:
            entries[finding.fingerprint] = Entry(
                place.path, finding.rule, place.unit, finding.fingerprint, 1, extent
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
    findings: Iterable[Finding], known: Baseline
) -> tuple[tuple[Finding, ...], tuple[SetAside, ...]]:
    """The findings that are new, and those that the baseline knows, each as often as it does."""
    room = {fingerprint: entry.count for fingerprint, entry in known.items()}
    new, old = [], []
    for finding in findings:
        entry = known.get(finding.fingerprint)
        if entry is None or not room[finding.fingerprint] or _is_more(finding, entry):
            new.append(finding)
        else:
            room[finding.fingerprint] -= 1
            old.append(SetAside(finding, "in the baseline"))
    return tuple(new), tuple(old)


@dataclass(frozen=True, slots=True)
class Comparison:
    """A tree against its baseline: findings it does not know, and entries that no longer occur.

    `kept` is the baseline without the latter: fewer entries, smaller counts and extents.
    """

    new: tuple[Finding, ...]
    gone: tuple[Entry, ...]
    kept: tuple[Entry, ...]


def compare(findings: Sequence[Finding], known: Baseline) -> Comparison:
    """What a tree with these findings has beyond its baseline, and what it has no more."""
    new, _ = set_known_aside(findings, known)
    present = baseline_of(findings)
    gone, kept = [], []
    for entry in known.values():
        now = present.get(entry.fingerprint)
        if now is None:
            gone.append(entry)
            continue
        kept.append(
            replace(
                entry,
                count=min(entry.count, now.count),
                extent=_less(entry.extent, now.extent),
            )
        )
    return Comparison(new, tuple(sorted(gone, key=_place)), tuple(kept))


def grown(before: Baseline, after: Baseline) -> tuple[Entry, ...]:
    """The entries of `after` that let more pass than `before` does."""
    return tuple(
        sorted(
            (entry for entry in after.values() if _lets_more(entry, before.get(entry.fingerprint))),
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
        fingerprint, count, extent, rule, path, unit = parts
        return Entry(
            json.loads(f'"{path}"'),
            rule,
            json.loads(f'"{unit}"'),
            fingerprint,
            int(count),
            None if extent == _NO_EXTENT else int(extent),
        )
    except ValueError as error:
        raise ScanError(
            f"{where} is no entry of a baseline.",
            hint="Write it anew with `tallystick baseline --write`.",
        ) from error
