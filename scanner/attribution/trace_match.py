"""PURE: traced ranges + what commits added → claims. A record's revision may be the parent."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from scanner.attribution.agent_trace import RULE, TracedFile, TraceRange, content_matches
from scanner.attribution.shares import AddedLines
from scanner.base.model import Claim, Label, Level, LineAttestation, Problem, Span, Stage

#: The lines of a file as they stand in a commit, or why they cannot be had.
ReadLines = Callable[[str, str], Sequence[str] | Problem]

#: How far down a file recorded content is looked for; each position is hashed.
_MOST_POSITIONS = 2_000


@dataclass(frozen=True, slots=True)
class Candidate:
    """A commit that a record may speak of: the lines it added, and the files that it made new."""

    oid: str
    added: AddedLines
    new_files: frozenset[str]


@dataclass(frozen=True, slots=True)
class Unmatched:
    """A traced file that meets no change of the commits its revision can mean."""

    traced: TracedFile


def match_traces(
    traced: Iterable[TracedFile],
    candidates: Mapping[str, Sequence[Candidate]],
    read_lines: ReadLines,
) -> Iterator[tuple[str, Claim] | Problem | Unmatched]:
    """Claims by commit. `candidates` gives a revision's commit first and then its children."""
    for one in traced:
        found = _best(one, candidates.get(one.revision, ()))
        if found is None:
            yield Unmatched(one)
        else:
            yield from _claims(one, found, read_lines)


def _best(traced: TracedFile, candidates: Sequence[Candidate]) -> Candidate | None:
    """The commit whose added lines the ranges meet most; of equals the first."""
    changed = [c for c in candidates if c.added.get(traced.path)]
    return max(changed, key=lambda c: _met(traced.ranges, c.added[traced.path]), default=None)


def _met(ranges: Iterable[TraceRange], added: Iterable[Span]) -> int:
    spans = tuple(added)
    return sum(_overlap(one.span, span) for one in ranges for span in spans)


def _overlap(one: Span, other: Span) -> int:
    return max(0, min(one.last, other.last) - max(one.first, other.first) + 1)


def _claims(
    traced: TracedFile, commit: Candidate, read_lines: ReadLines
) -> Iterator[tuple[str, Claim] | Problem]:
    lines = read_lines(commit.oid, traced.path)
    if isinstance(lines, Problem):
        yield lines
        return
    located: list[LineAttestation] = []
    whole: list[TraceRange] = []
    for one in traced.ranges:
        if one.label is Label.UNMARKED:
            continue
        found = _locate(one, lines)
        if isinstance(found, str):
            reason = f"{traced.place}: {found}"
            yield Problem(Stage.ATTRIBUTE, traced.path, reason, commit.oid)
        elif _is_whole_file(found, lines, traced.path, commit):
            whole.append(one)
        else:
            located.append(LineAttestation(traced.path, found, one.label, one.agent))
    if located:
        yield commit.oid, _line_claim(traced, located)
    for one in whole:
        yield commit.oid, _file_claim(traced, one)


def _locate(one: TraceRange, lines: Sequence[str]) -> Span | str:
    """Where the range's content stands, or what is wrong with it."""
    fits = one.span.last <= len(lines)
    matches = (
        content_matches(lines, one.span, one.content_hash) if one.content_hash and fits else None
    )
    if matches is False or (one.content_hash and not fits):
        moved = _moved(one, lines)
        return (
            moved or f"lines {one.span.first} to {one.span.last} do not have the recorded content"
        )
    if not fits:
        return f"lines {one.span.first} to {one.span.last} are beyond the file's {len(lines)}"
    return one.span


def _moved(one: TraceRange, lines: Sequence[str]) -> Span | None:
    """The same content elsewhere in the file: the hash holds wherever the lines are."""
    height = len(one.span)
    for first in range(1, min(_MOST_POSITIONS, len(lines) - height + 1) + 1):
        span = Span(first, first + height - 1)
        if content_matches(lines, span, one.content_hash or ""):
            return span
    return None


def _is_whole_file(span: Span, lines: Sequence[str], path: str, commit: Candidate) -> bool:
    """Whether a range is what a tool writes when it could not find the edit.

    That is `1..n` over a file that was there before: all of it, or lines the commit did not add.
    """
    if span.first != 1 or path in commit.new_files:
        return False
    return span.last >= len(lines) or not _met_by(span, commit.added[path])


def _met_by(span: Span, added: Sequence[Span]) -> int:
    return sum(_overlap(span, one) for one in added)


def _line_claim(traced: TracedFile, lines: Sequence[LineAttestation]) -> Claim:
    kinds = {line.label for line in lines}
    label = next(iter(kinds)) if len(kinds) == 1 else Label.MIXED
    count = sum(len(line.span) for line in lines)
    return Claim(
        Level.LINE_ATTESTATION,
        RULE,
        traced.place,
        f"{count} {'line' if count == 1 else 'lines'} of {traced.path}",
        label,
        next((line.agent for line in lines if line.agent), None),
        lines=tuple(lines),
    )


def _file_claim(traced: TracedFile, one: TraceRange) -> Claim:
    """The tool recorded an edit of the file and not where: a declaration, not an attestation."""
    believed = one.label in (Label.AI, Label.MIXED)
    return Claim(
        Level.DECLARED_AUTHORSHIP if believed else Level.NEAR_MISS,
        RULE,
        traced.place,
        f"{traced.path} 1..{one.span.last}",
        one.label if believed else Label.UNMARKED,
        one.agent,
        note="a range over the whole file means the edit was not located: file level only",
    )
