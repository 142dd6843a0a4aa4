"""git notes of one ref, streamed: which commit has one, and what it says."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator

from scanner.base.model import Problem
from scanner.git.blobs import BlobReader
from scanner.git.process import GitError, Repository, run

_OID = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


def list_notes(repo: Repository, ref: str) -> dict[str, str]:
    """The note's blob of each annotated object; empty where the ref does not exist.

    Notes lie in folders named by the first digits of the object's id, as deep as their number
    asks for; entries that spell no object id are something else's.
    """
    try:
        listing = run(repo, "ls-tree", "-r", "-z", f"{ref}^{{tree}}")
    except GitError:
        return {}
    notes: dict[str, str] = {}
    for entry in listing.decode("utf-8", "surrogateescape").split("\0"):
        facts, _, path = entry.partition("\t")
        oid = path.replace("/", "")
        if _OID.fullmatch(oid):
            notes[oid] = facts.split()[2]
    return notes


def read_notes(
    repo: Repository, notes: dict[str, str], wanted: Container[str] | None = None
) -> Iterator[tuple[str, bytes | Problem]]:
    """The annotated object and its note's content, one at a time; `wanted` None means all."""
    chosen = [(oid, blob) for oid, blob in notes.items() if wanted is None or oid in wanted]
    with BlobReader(repo) as blobs:
        contents = blobs.read_many(blob for _, blob in chosen)
        for (oid, _), (_, content) in zip(chosen, contents, strict=True):
            yield oid, content


#: No file has more lines than so many digits can say.
_MOST_DIGITS = 8


def spans_of(text: str) -> Iterable[tuple[int, int]] | None:
    """`1,2,19-222` → pairs of first and last line; None where it is not of that form."""
    spans = []
    for part in text.split(","):
        first, dash, last = part.partition("-")
        if not (first.isdecimal() and (last.isdecimal() if dash else True)):
            return None
        if max(len(first), len(last)) > _MOST_DIGITS:
            return None
        pair = (int(first), int(last) if dash else int(first))
        if not 1 <= pair[0] <= pair[1]:
            return None
        spans.append(pair)
    return spans
