"""What semgrep is to look at: pieces of files, and which rules each piece is worth showing to."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from scanner.model import FileVersion, Span
from scanner.rulepacks.hits import FileHits, RuleHit
from scanner.rulepacks.packs import Part, Scope
from scanner.rulepacks.slices import cut

#: Up to this much, one process for all rules of a scope: starting others would cost more.
SMALL_BATCH_BYTES = 1_000_000
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
    """Pieces for one process, with the rules they are shown to."""

    parts: tuple[Part, ...]
    pieces: tuple[Piece, ...]


def plan(pieces: Sequence[Piece], parts: Sequence[Part], processes: int) -> tuple[Job, ...]:
    """Jobs that show each piece to every part that can hit it.

    A small batch gets one job a scope; in a large one each part that few pieces can interest gets
    its own, so that the others never see it.
    """
    jobs: list[Job] = []
    for scope in Scope:
        mine = [piece for piece in pieces if piece.scope is scope]
        lowered = [piece.text.lower() for piece in mine]
        interested = [
            (part, [p for p, low in zip(mine, lowered, strict=True) if part.can_hit(low)])
            for part in parts
            if part.scope is scope
        ]
        wanted = [(part, theirs) for part, theirs in interested if theirs]
        if sum(map(len, lowered)) <= SMALL_BATCH_BYTES:
            keys = {piece.key for _, theirs in wanted for piece in theirs}
            together = [part for part, _ in wanted]
            jobs += _shared_out(together, [p for p in mine if p.key in keys], processes)
            continue
        always = [part for part, _ in wanted if not part.needs]
        jobs += _shared_out(always, mine, processes)
        for part, theirs in wanted:
            if part.needs:
                jobs += _shared_out([part], theirs, processes)
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
