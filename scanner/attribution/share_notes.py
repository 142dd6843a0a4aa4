"""Notes that declare a share for each file (`refs/notes/ai-attribution`) → claims."""

from __future__ import annotations

from collections.abc import Container, Iterator

import msgspec

from scanner.attribution.notes import list_notes, read_notes
from scanner.attribution.shares import label_of_declared_share
from scanner.base.model import Claim, Level, Problem, Stage
from scanner.git.process import Repository

#: The registry entry that these claims carry.
RULE = "ai-attribution.note"


class _File(msgspec.Struct):
    aiChars: float = 0  # noqa: N815 – the note's own name
    humanChars: float = 0  # noqa: N815


class _Summary(msgspec.Struct):
    aiPercent: float | None = None  # noqa: N815


class _Document(msgspec.Struct):
    files: dict[str, _File] = {}
    summary: _Summary = msgspec.field(default_factory=_Summary)
    generator: str | None = None


_DECODER = msgspec.json.Decoder(_Document, strict=False)


def read_shares(
    repo: Repository, ref: str, wanted: Container[str] | None = None
) -> Iterator[tuple[str, Claim | Problem | None]]:
    """The annotated commit and the share that its note declares; None where it declares none."""
    for oid, content in read_notes(repo, list_notes(repo, ref), wanted):
        yield oid, content if isinstance(content, Problem) else parse_share(content, oid)


def parse_share(content: bytes, oid: str) -> Claim | Problem | None:
    """The declared share, by characters: the note's own summary, else the sum over its files."""
    try:
        document = _DECODER.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return Problem(Stage.ATTRIBUTE, None, f"share note cannot be read: {error}", oid)
    share = _share(document)
    if share is None:
        return None
    files = "1 file" if len(document.files) == 1 else f"{len(document.files)} files"
    return Claim(
        Level.DECLARED_SHARE,
        RULE,
        "refs/notes/ai-attribution",
        f"{100 * share:.0f}% of the characters of {files}",
        label_of_declared_share(share),
        _agent(document.generator),
        share,
    )


def _share(document: _Document) -> float | None:
    if document.summary.aiPercent is not None:
        return min(1.0, max(0.0, document.summary.aiPercent / 100))
    ai = sum(file.aiChars for file in document.files.values())
    human = sum(file.humanChars for file in document.files.values())
    return ai / (ai + human) if ai + human > 0 else None


def _agent(generator: str | None) -> str | None:
    return "qwen" if generator and generator.lower().startswith("qwen") else None
