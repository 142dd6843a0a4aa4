"""The nouns of the rules stage: what a rule matched, and what became of a run."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from scanner.base.model import FileVersion, Problem, Severity, Span


@dataclass(frozen=True, slots=True)
class Replacement:
    """Bytes `start` to `end` of the file, to be replaced by `text`."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class RuleHit:
    """One match of one rule in one blob; it knows no path, so that it can be stored by content.

    `code` is the matched code on one line, cut short for showing. `key` is the hash of all of it
    with white space folded: equal where a match was only moved or indented anew. `is_suppressed`
    says that a `# nosemgrep` comment speaks for it; such a hit is counted and is no finding.
    """

    rule: str
    category: str
    severity: Severity
    points: float
    message: str
    references: tuple[str, ...]
    span: Span
    code: str
    key: str
    is_suppressed: bool = False
    fix: Replacement | None = None


@dataclass(frozen=True, slots=True)
class FileHits:
    """All that the rules say of one blob, in order of lines.

    `failure` says why it is not all there is (semgrep could not parse part of the file, say), and
    `where` on which lines.
    """

    hits: tuple[RuleHit, ...] = ()
    failure: str | None = None
    where: Span | None = None

    @property
    def reason(self) -> str | None:
        """Why this is not all there is, with the lines; None where it is."""
        if self.failure is None or self.where is None:
            return self.failure
        first, last = self.where.first, self.where.last
        lines = f"line {first}" if first == last else f"lines {first} to {last}"
        return f"{self.failure} {lines}"

    @property
    def suppressed(self) -> int:
        """How many findings a `# nosemgrep` comment keeps back."""
        return sum(hit.is_suppressed for hit in self.hits)


NOTHING = FileHits()

#: Matched code is shown up to this many characters.
SHOWN_CODE = 160
_COMMENT = r"#\s*nosem(?:grep)?\b"
_SUPPRESSION = re.compile(_COMMENT + r"[^\n]*", re.IGNORECASE)
_SILENCED = re.compile(_COMMENT + r"(?:\s*:\s*(?P<rules>[\w., -]+))?", re.IGNORECASE)


def identity(matched: bytes) -> tuple[str, str]:
    """Matched code for showing, and its key: on one line, without suppressing comments."""
    text = _SUPPRESSION.sub("", matched.decode("utf-8", "replace"))
    code = " ".join(text.split())
    key = hashlib.sha256(code.encode("utf-8", "surrogateescape")).hexdigest()[:16]
    return code if len(code) <= SHOWN_CODE else code[: SHOWN_CODE - 1] + "…", key


def is_silenced(text: str, rule: str) -> bool:
    """Whether a line has a `# nosemgrep` comment that names a rule, or names none, as for semgrep.

    A rule may be named with the folders that its pack is in: `team.rules.bare-except`.
    """
    match = _SILENCED.search(text)
    if match is None:
        return False
    named = re.split(r"[\s,]+", match["rules"] or rule)
    return any(one == rule or one.endswith(f".{rule}") for one in named)


@dataclass(frozen=True, slots=True)
class RuleRun:
    """What a run found, by path and blob, and what could not be judged."""

    files: Mapping[tuple[str, str], FileHits]
    problems: tuple[Problem, ...] = ()

    def of(self, version: FileVersion | None) -> FileHits:
        """What was found in a file version; nothing for None or one that was not given."""
        return self.files.get((version.path, version.blob), NOTHING) if version else NOTHING


@dataclass(frozen=True, slots=True)
class CodedHits:
    """What rules in code find after a change, by path, and what they could not tell.

    `before` has what those of single units found in the file that it was, by the path it has now.
    """

    hits: Mapping[str, tuple[RuleHit, ...]]
    problems: tuple[Problem, ...] = ()
    before: Mapping[str, tuple[RuleHit, ...]] = field(default_factory=dict)

    def of(self, path: str) -> tuple[RuleHit, ...]:
        return self.hits.get(path, ())

    def of_before(self, path: str) -> tuple[RuleHit, ...]:
        return self.before.get(path, ())


class HitCache(Protocol):
    """Where hits are kept.

    `ruleset` changes with anything that changes what is found.
    """

    def get_many(self, ruleset: str, keys: Iterable[str]) -> Mapping[str, FileHits]:
        """The stored ones among the keys."""

    def put_many(self, ruleset: str, hits: Mapping[str, FileHits]) -> None:
        """Stores hits by key."""
