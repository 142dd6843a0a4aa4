"""Fixes to be shown beside findings: what each would change by itself, and whether it is safe."""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

from scanner.base.model import Finding, LineChange, ProposedFix, Review
from scanner.gate.fixable import wanted_of
from scanner.git.blobs import BlobReader
from scanner.git.process import Repository


def with_proposals(repository: Repository, review: Review) -> Review:
    """The review with a fix at each finding that has one, made for the files after the change."""
    blobs_of = {one.after.path: one.after.blob for one in review.files if one.after is not None}
    asked: dict[str, list[Finding]] = defaultdict(list)
    for finding in review.judgement.findings:
        if finding.place.path in blobs_of and wanted_of(finding):
            asked[finding.place.path].append(finding)
    if not asked:
        return review
    with BlobReader(repository) as blobs:
        contents = dict(blobs.read_many(blobs_of[path] for path in asked))
    fixes: dict[int, ProposedFix] = {}
    for path, findings in asked.items():
        content = contents[blobs_of[path]]
        if isinstance(content, bytes):
            fixes |= {id(finding): fix for finding, fix in _proposed(content, findings)}
    with_fixes = (replace(one, fix=fixes.get(id(one))) for one in review.judgement.findings)
    return replace(review, judgement=replace(review.judgement, findings=tuple(with_fixes)))


def _proposed(content: bytes, findings: Sequence[Finding]) -> Iterator[tuple[Finding, ProposedFix]]:
    # LibCST takes 0.2 s to import.
    from scanner.rulepacks.codemods.mend import propose  # noqa: PLC0415

    proposals = propose(content, [wanted_of(one) for one in findings])
    for finding, proposal in zip(findings, proposals, strict=True):
        changes = line_changes(content, proposal[0]) if proposal else ()
        if proposal and changes:
            yield finding, ProposedFix(changes, proposal[1])


def line_changes(before: bytes, after: bytes) -> tuple[LineChange, ...]:
    """What makes one text of the other; nothing where one of them is not UTF-8."""
    try:
        old, new = (text.decode("utf-8").split("\n") for text in (before, after))
    except UnicodeDecodeError:
        return ()
    blocks = difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return tuple(
        LineChange(first + 1, last, "".join(f"{line}\n" for line in new[start:end]))
        for kind, first, last, start, end in blocks
        if kind != "equal"
    )
