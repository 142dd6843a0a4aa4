"""Findings that somebody let pass, with a reason and until a day. Pure.

Inline, at the end of a line or on a line of its own above it, where further comments may follow:

    # tallystick: ignore[complexity.cognitive] until=2027-01-31 the parser is generated from a table

or in the configuration as `[[tool.tallystick.waivers]]`. A waiver without a reason, without a rule
or past its date excuses nothing and is itself a finding.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase

from scanner.base.model import Dimension, Finding, Place, SetAside, Severity, Span, Tampering
from scanner.codebase.paths import path_filter
from scanner.config import Waiver

_INLINE = re.compile(r"#\s*tallystick:\s*ignore\b(?:\[(?P<rules>[^\]]*)\])?", re.IGNORECASE)
#: Where a reason ends: at a comment for somebody else. The number of an issue is none.
_NEXT_COMMENT = re.compile(r"\s#(?!\d)")
_UNTIL = re.compile(r"\buntil\s*=\s*(\S+)")


@dataclass(frozen=True, slots=True)
class InlineWaiver:
    """A waiver in a comment: its rules, its reason, its last day, and the line that it stands on.

    `defect` says why it cannot excuse anything, whatever the day is. `covers` are the lines whose
    findings it excuses: its own, and those to the next line of code if it stands alone.
    """

    rules: tuple[str, ...]
    reason: str
    until: date | None
    line: int
    covers: Span
    defect: str | None = None

    @property
    def terms(self) -> tuple[tuple[str, ...], date | None]:
        """What it allows; two with equal terms are the same waiver if one is moved."""
        return tuple(sorted(self.rules)), self.until


def read_inline(comment: str, line: int) -> Iterator[InlineWaiver]:
    """The waivers in a comment, each for its own line."""
    for match in _INLINE.finditer(comment):
        rules = tuple(rule.strip() for rule in (match["rules"] or "").split(",") if rule.strip())
        rest = _NEXT_COMMENT.split(comment[match.end() :], maxsplit=1)[0]
        dated = _UNTIL.search(rest)
        until, defect = _day(dated[1]) if dated else (None, None)
        reason = _UNTIL.sub("", rest).strip(" -:;,.")
        if not rules:
            defect = "it names no rule"
        elif defect is None and not reason:
            defect = "it gives no reason"
        yield InlineWaiver(rules, reason, until, line, Span(line, line), defect)


def _day(text: str) -> tuple[date | None, str | None]:
    try:
        return date.fromisoformat(text.rstrip(",;")), None
    except ValueError:
        return None, f"'{text}' is not a date like 2027-01-31"


def covers_rule(pattern: str, finding: Finding) -> bool:
    """Whether a rule's name in a waiver speaks of a finding.

    It may be the rule's id, its beginning up to a dot or slash, its last part, a dimension, or a
    pattern with `*`.
    """
    rule = finding.rule
    parts = re.split(r"[./]", rule)
    names = {rule, parts[-1], finding.dimension.value}
    names |= {rule[: match.start()] for match in re.finditer(r"[./]", rule)}
    if finding.dimension is Dimension.RULES:
        names.add("convention")  # as the dimension was called before
    return pattern in names or fnmatchcase(rule, pattern)


@dataclass(frozen=True, slots=True)
class InForce:
    """All waivers of a run: the configuration's, and those inline by path. `today` ends them."""

    configured: Sequence[Waiver]
    inline: Sequence[tuple[str, InlineWaiver]]
    today: date

    def excuse(self, finding: Finding) -> str | None:
        """Why a finding is let pass, in words; None if it is not."""
        for path, waiver in self.inline:
            if path == finding.place.path and self._holds_inline(waiver, finding):
                return _words(waiver.reason, waiver.until)
        for configured in self.configured:
            if self._holds(configured, finding):
                return _words(configured.reason, configured.until)
        return None

    def _holds_inline(self, waiver: InlineWaiver, finding: Finding) -> bool:
        span = finding.place.span
        is_there = waiver.covers.first <= span.last and waiver.covers.last >= span.first
        is_valid = waiver.defect is None and not _is_past(waiver.until, self.today)
        return is_there and is_valid and any(covers_rule(rule, finding) for rule in waiver.rules)

    def _holds(self, waiver: Waiver, finding: Finding) -> bool:
        if not waiver.reason.strip() or _is_past(waiver.until, self.today):
            return False
        if waiver.paths and not path_filter(waiver.paths)(finding.place.path):
            return False
        return covers_rule(waiver.rule, finding)


def set_aside(
    findings: Iterable[Finding], excuse: Callable[[Finding], str | None]
) -> tuple[tuple[Finding, ...], tuple[SetAside, ...]]:
    """The findings that count, and those that a waiver excuses, with its words."""
    counted, excused = [], []
    for finding in findings:
        words = excuse(finding)
        if words is None:
            counted.append(finding)
        else:
            excused.append(SetAside(finding, words))
    return tuple(counted), tuple(excused)


def invalid_inline(
    found: Iterable[tuple[Place, InlineWaiver]], today: date, points: float
) -> Iterator[Finding]:
    """A finding for each inline waiver that excuses nothing, at the place where it stands."""
    for place, waiver in found:
        defect = waiver.defect or _past_words(waiver.until, today)
        if defect:
            text = f"ignore[{', '.join(waiver.rules)}]"
            yield _invalid(place, text, defect, points)


def invalid_configured(
    waivers: Iterable[Waiver], today: date, path: str, points: float
) -> Iterator[Finding]:
    """A finding for each waiver of the configuration file at `path` that excuses nothing."""
    for waiver in waivers:
        missing = None if waiver.reason.strip() else "it gives no reason"
        defect = missing or _past_words(waiver.until, today)
        if defect:
            place = Place(path, Span(1, 1), "<file>")
            yield _invalid(place, f"the waiver for {waiver.rule}", defect, points)


def _invalid(place: Place, text: str, defect: str, points: float) -> Finding:
    return Finding(
        dimension=Dimension.RULES,
        rule="guard.waiver-invalid",
        place=place,
        points=points,
        severity=Severity.WARNING,
        message=f"{text[:1].upper()}{text[1:]} has no effect: {defect}.",
        hint="Write `# tallystick: ignore[RULE] until=YYYY-MM-DD reason`, or remove it.",
        evidence=Tampering("waiver", None, text),
        discriminator=text,
    )


def _is_past(until: date | None, today: date) -> bool:
    return until is not None and today > until


def _past_words(until: date | None, today: date) -> str | None:
    return f"it ended on {until}" if _is_past(until, today) else None


def _words(reason: str, until: date | None) -> str:
    return f"waived until {until}: {reason}" if until else f"waived: {reason}"
