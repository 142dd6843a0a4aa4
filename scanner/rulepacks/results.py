"""PURE: what semgrep prints → hits of each file, and problems with their reasons."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from scanner.base.model import Severity, Span
from scanner.rulepacks.hits import Replacement, RuleHit, identity
from scanner.rulepacks.work import MatchedPiece, order

#: Points of a match, unless the rule's own `metadata.points` says otherwise.
SEVERITY_POINTS = {Severity.INFO: 1.0, Severity.WARNING: 3.0, Severity.ERROR: 10.0}
CATEGORIES = ("convention", "edge-case", "security", "architecture", "testing")
DEFAULT_CATEGORY = "convention"

#: Semgrep's newer names beside the three that it is written with here.
_SEVERITIES = {
    "INFO": Severity.INFO,
    "LOW": Severity.INFO,
    "INVENTORY": Severity.INFO,
    "EXPERIMENT": Severity.INFO,
    "WARNING": Severity.WARNING,
    "MEDIUM": Severity.WARNING,
    "ERROR": Severity.ERROR,
    "HIGH": Severity.ERROR,
    "CRITICAL": Severity.ERROR,
}


class _Position(msgspec.Struct):
    line: int
    offset: int


class _Extra(msgspec.Struct):
    message: str
    severity: str
    metadata: dict[str, Any] = {}
    fix: str | None = None


class _Result(msgspec.Struct):
    check_id: str
    path: str
    start: _Position
    end: _Position
    extra: _Extra


class _Line(msgspec.Struct):
    line: int = 1


class _Span(msgspec.Struct):
    """Where an error is, as far as semgrep says it."""

    file: str | None = None
    start: _Line = msgspec.field(default_factory=_Line)
    end: _Line = msgspec.field(default_factory=_Line)


class _Error(msgspec.Struct):
    type: Any
    level: str = "error"
    message: str | None = None
    long_msg: str | None = None
    path: str | None = None
    rule_id: str | None = None
    spans: list[_Span] | None = None

    @property
    def kind(self) -> str:
        """The name of the error; some come as a pair of name and details."""
        return str(self.type[0] if isinstance(self.type, list) and self.type else self.type)


class _Paths(msgspec.Struct):
    scanned: list[str] = []


class Output(msgspec.Struct):
    """Semgrep's JSON, as far as it is used."""

    version: str
    results: list[_Result]
    errors: list[_Error]
    paths: _Paths = msgspec.field(default_factory=_Paths)


def read_output(printed: bytes) -> Output | None:
    """Semgrep's answer, or None if that is not what it is.

    Matched text in another encoding than UTF-8 comes through as it is, so bytes that are no UTF-8
    are replaced.
    """
    start = printed.find(b"{")
    if start < 0:
        return None
    try:
        return msgspec.json.decode(printed[start:].decode("utf-8", "replace"), type=Output)
    except (msgspec.DecodeError, RecursionError):
        return None


@dataclass(frozen=True, slots=True)
class Complaint:
    """One error of semgrep's. `file` is a laid-out file, `pack` a laid-out pack, `rule` an id.

    `is_lasting` says that another run would give the same.
    """

    reason: str
    where: Span | None = None
    file: str | None = None
    pack: str | None = None
    rule: str | None = None
    is_lasting: bool = True


def hits_by_file(
    output: Output, files: Mapping[str, MatchedPiece], prefix: str
) -> dict[str, tuple[RuleHit, ...]]:
    """Hits by the path of the laid-out file, in order of lines, for every file that was scanned.

    `prefix` is what stands before those paths in the output.
    """
    found: dict[str, list[RuleHit]] = {
        name: [] for path in output.paths.scanned if (name := path.removeprefix(prefix)) in files
    }
    for result in output.results:
        name = result.path.removeprefix(prefix)
        if name in files:
            found.setdefault(name, []).append(_hit(result, files[name]))
    return {name: tuple(sorted(hits, key=order)) for name, hits in found.items()}


def _hit(result: _Result, file: MatchedPiece) -> RuleHit:
    severity = _SEVERITIES.get(result.extra.severity, Severity.WARNING)
    metadata = result.extra.metadata
    matched = file.text[result.start.offset : result.end.offset]
    code, key = identity(matched)
    fix = result.extra.fix
    return RuleHit(
        rule=result.check_id,
        category=category_of(metadata),
        severity=severity,
        points=points_of(metadata, severity),
        message=" ".join(result.extra.message.split()),
        references=references_of(metadata),
        span=Span(result.start.line, max(result.start.line, _last_line(result, matched))),
        code=code,
        key=key,
        fix=None if fix is None else Replacement(*_range(result, file), fix),
    )


def _last_line(result: _Result, matched: bytes) -> int:
    """The last line that the match stands on: a match by text may end with a line break."""
    return result.end.line - (1 if matched.endswith(b"\n") and result.end.line > 1 else 0)


def _range(result: _Result, file: MatchedPiece) -> tuple[int, int]:
    return result.start.offset + file.removed, result.end.offset + file.removed


def points_of(metadata: Mapping[str, Any], severity: Severity) -> float:
    """The points of a rule: its own, a number or its text, or those of its severity."""
    try:
        points = float(metadata["points"])
    except (KeyError, TypeError, ValueError, OverflowError):
        return SEVERITY_POINTS[severity]
    return points if 0 <= points < math.inf else SEVERITY_POINTS[severity]


def category_of(metadata: Mapping[str, Any]) -> str:
    """The category of a rule; `convention` where it gives none of those there are."""
    category = metadata.get("category")
    return category if category in CATEGORIES else DEFAULT_CATEGORY


def severity_of(name: object) -> Severity:
    """The severity that one of semgrep's names stands for."""
    return _SEVERITIES.get(str(name).upper(), Severity.WARNING)


def references_of(metadata: Mapping[str, Any]) -> tuple[str, ...]:
    """CWE entries, then links."""
    return (*_strings(metadata.get("cwe")), *_strings(metadata.get("references")))


def _strings(value: object) -> Sequence[str]:
    if isinstance(value, str):
        return (value,)
    return tuple(str(item) for item in value) if isinstance(value, list) else ()


def complaints(output: Output, prefix: str, pack_prefix: str, seconds: int) -> list[Complaint]:
    """What semgrep says went wrong, in sentences that name the line and the limit."""
    return [_complaint(error, prefix, pack_prefix, seconds) for error in output.errors]


def _complaint(error: _Error, prefix: str, pack_prefix: str, seconds: int) -> Complaint:
    path = _path_of(error)
    if path is not None and path.startswith(pack_prefix):
        return Complaint(_pack_reason(error), pack=path.removeprefix(pack_prefix))
    name = path.removeprefix(prefix) if path else None
    if "Timeout" in error.kind or "OutOfMemory" in error.kind or "Stack" in error.kind:
        what = f"rule {error.rule_id}" if error.rule_id else "semgrep"
        why = f"took more than {seconds} s" if "Timeout" in error.kind else "ran out of memory"
        return Complaint(f"{what} {why} on this file", file=name, is_lasting=False)
    if name and error.kind in (
        "PartialParsing",
        "Syntax error",
        "Lexical error",
        "Other syntax error",
    ):
        return Complaint("semgrep could not parse", _span(error.spans or ()), name)
    if error.rule_id and not name:
        return Complaint(_first_sentence(error), rule=error.rule_id)
    return Complaint(f"semgrep: {_first_sentence(error)}", file=name, is_lasting=False)


def _path_of(error: _Error) -> str | None:
    if error.path:
        return error.path
    return next((span.file for span in error.spans or () if span.file), None)


def _span(spans: Iterable[_Span]) -> Span:
    """The lines from the first to the last span; the first line where there are none."""
    ranges = [(span.start.line, span.end.line) for span in spans] or [(1, 1)]
    return Span(min(first for first, _ in ranges), max(last for _, last in ranges))


def _pack_reason(error: _Error) -> str:
    where = re.search(r":(\d+):|line (\d+), column", error.message or "")
    line = next((group for group in where.groups() if group), None) if where else None
    if line is None and error.spans:
        line = str(error.spans[0].start.line)
    at = f"line {line}: " if line else ""
    return f"{at}{_first_sentence(error)}"


def _first_sentence(error: _Error) -> str:
    """The message without the path and the pattern that semgrep puts into it, on one line."""
    text = error.long_msg or error.message or error.kind
    text = re.sub(r"^Rule parse error in rule \S+:", "", text)
    text = text.split("----- pattern -----")[0]
    text = re.sub(r"^Invalid YAML(?: file| at line) \S+", "invalid YAML", text.strip())
    text = text.replace("(approximate error location; error nearby after) ", "")
    text = re.sub(r" character \d+ position \d+ returned: \d+", "", text)
    return " ".join(text.split()).rstrip(".:") or error.kind
