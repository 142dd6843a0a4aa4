"""What semgrep is to look at: pieces of files, and which rules each piece is worth showing to."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from scanner.model import FileVersion, Span
from scanner.rulepacks.hits import FileHits, RuleHit, identity
from scanner.rulepacks.packs import Part, Scope
from scanner.rulepacks.slices import cut, sheet

#: Another process costs a sixth of a second before it looks at anything.
BYTES_WORTH_A_PROCESS = 100_000
SUPPRESSION = b"nosem"
UTF8_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Piece:
    """A text for the rules of one scope. Equal keys, equal hits.

    `lines` gives for each line that of the file, 0 for a line that another piece answers for; it is
    empty where they are the same. `removed` is how many bytes of the file come before the text.
    """

    version: FileVersion
    scope: Scope
    text: bytes
    key: str
    lines: tuple[int, ...] = ()
    removed: int = 0

    @property
    def can_suppress(self) -> bool:
        """Whether there may be a suppressing comment in it."""
        return SUPPRESSION in self.text.lower()


def pieces_of(
    version: FileVersion, content: bytes, scopes: Iterable[Scope], path_key: str
) -> Iterator[Piece]:
    """The pieces of a file for the rules of each scope. `path_key` goes into their keys."""
    removed = len(UTF8_BOM) if content.startswith(UTF8_BOM) else 0
    text = content[removed:]
    for scope in scopes:
        slices = cut(content) if scope is Scope.FUNCTION else None
        if slices is None:
            yield Piece(version, scope, text, _key(text, scope, path_key), (), removed)
            continue
        for one in slices:
            encoded = one.text.encode("utf-8", "surrogatepass")
            yield Piece(version, scope, encoded, _key(encoded, scope, path_key), one.lines)


def _key(text: bytes, scope: Scope, path_key: str) -> str:
    digest = hashlib.sha256(path_key.encode() + b"\0" + text).hexdigest()
    return f"{scope}:{digest[:32]}"


@dataclass(frozen=True, slots=True)
class Sheet:
    """What semgrep is shown of one file version: the pieces that are new, at their own lines.

    One sheet costs far less than a file for each piece; what is known already is cut out of it.
    """

    shown: Piece
    holds: tuple[Piece, ...]


def sheets_of(content: bytes, pieces: Sequence[Piece]) -> Iterator[Sheet]:
    """The sheets for new pieces of one file version."""
    slices = [piece for piece in pieces if piece.lines]
    yield from (Sheet(piece, (piece,)) for piece in pieces if not piece.lines)
    if slices:
        first = slices[0]
        text = sheet(content, [piece.lines for piece in slices]).encode("utf-8", "surrogatepass")
        key = f"sheet:{first.version.path}:{_key(text, first.scope, '')}"
        yield Sheet(Piece(first.version, first.scope, text, key), tuple(slices))


def shared_out(page: Sheet, found: FileHits) -> Iterator[tuple[str, FileHits]]:
    """What was found on a sheet, by the keys of the pieces on it, in their own lines."""
    for piece in page.holds:
        if not piece.lines:
            yield piece.key, found
            continue
        place = {line: number for number, line in enumerate(piece.lines, 1) if line}
        hits = tuple(_in_piece(piece, place, hit) for hit in found.hits if hit.span.first in place)
        if found.failure is None:
            yield piece.key, FileHits(hits)
            continue
        where = _within(place, found.where) if found.where else None
        yield piece.key, FileHits(hits, found.failure, where or Span(1, len(piece.lines)))


def _in_piece(piece: Piece, place: Mapping[int, int], hit: RuleHit) -> RuleHit:
    span = _within(place, hit.span)
    assert span is not None
    if all(line in place for line in range(hit.span.first, hit.span.last + 1)):
        return replace(hit, span=span)
    # It reaches over functions, which are on one sheet and not on another: what it is known by
    # must not depend on that.
    lines = piece.text.split(b"\n")[span.first - 1 : span.last]
    code, key = identity(b"\n".join(lines))
    return replace(hit, span=span, code=code, key=key)


def _within(place: Mapping[int, int], span: Span) -> Span | None:
    inside = [number for line, number in place.items() if line in span]
    return Span(min(inside), max(inside)) if inside else None


def in_file(piece: Piece, found: FileHits) -> FileHits:
    """What was found in a piece, by lines of the file; what another piece answers for left out."""
    if not piece.lines:
        return found
    hits = (_moved(piece, hit) for hit in found.hits)
    where = _lines_of(piece, found.where) if found.where else None
    return FileHits(tuple(hit for hit in hits if hit is not None), found.failure, where)


def _moved(piece: Piece, hit: RuleHit) -> RuleHit | None:
    if not piece.lines[hit.span.first - 1]:
        return None
    span = _lines_of(piece, hit.span)
    return replace(hit, span=span, fix=None) if span else None


def _lines_of(piece: Piece, span: Span) -> Span | None:
    lines = [line for line in piece.lines[span.first - 1 : span.last] if line]
    return Span(lines[0], lines[-1]) if lines else None


def joined(parts: Sequence[FileHits]) -> FileHits:
    """What was found in all pieces of a file, in order of lines."""
    hits = sorted((hit for part in parts for hit in part.hits), key=order)
    failed = next((part for part in parts if part.failure), None)
    return FileHits(
        tuple(hits), failed.failure if failed else None, failed.where if failed else None
    )


def order(hit: RuleHit) -> tuple[int, int, str, str]:
    """By lines, then by rule."""
    return hit.span.first, hit.span.last, hit.rule, hit.key


# --------------------------------------------------------------------------- who looks at what


@dataclass(frozen=True, slots=True)
class Job:
    """Pieces, or what is shown of several, for one process, with the rules they are shown to."""

    parts: tuple[Part, ...]
    pieces: tuple[Piece, ...]


def plan(pieces: Sequence[Piece], parts: Sequence[Part], processes: int) -> tuple[Job, ...]:
    """Jobs that show each piece that any rule can hit to all rules of its scope.

    Semgrep parses a piece once for all rules, and leaves out by itself those that cannot match it:
    one process for all packs costs half of what one for each pack does.
    """
    jobs: list[Job] = []
    for scope in Scope:
        wanted: dict[str, Piece] = {}
        helpful: list[Part] = []
        mine = [(piece, piece.text.lower()) for piece in pieces if piece.scope is scope]
        for part in (part for part in parts if part.scope is scope):
            theirs = {piece.key: piece for piece, lowered in mine if part.can_hit(lowered)}
            wanted |= theirs
            helpful += [part] if theirs else []
        jobs += _shared_out(helpful, list(wanted.values()), processes)
    return tuple(sorted(jobs, key=lambda job: -sum(len(piece.text) for piece in job.pieces)))


def _shared_out(parts: Sequence[Part], pieces: Sequence[Piece], processes: int) -> Iterator[Job]:
    """Jobs of about equal size with the same rules."""
    if not parts or not pieces:
        return
    size = sum(len(piece.text) for piece in pieces)
    count = min(processes, 1 + size // BYTES_WORTH_A_PROCESS, len(pieces))
    by_size = sorted(pieces, key=lambda piece: -len(piece.text))
    for number in range(count):
        yield Job(tuple(parts), tuple(by_size[number::count]))
