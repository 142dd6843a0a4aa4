"""Fixes to be shown beside findings: what each would change by itself, and whether it is safe."""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from scanner.base.model import Finding, LineChange, ProposedFix, Review
from scanner.gate.fixable import originals_of, safety_for, wanted_of
from scanner.git.blobs import BlobReader
from scanner.git.process import Repository
from scanner.git.trees import list_index, list_tree

#: Each fix is made by itself, for which its whole file is read: no more lines than these in all,
#: some 20 seconds.
MOST_LINES = 40_000


def with_proposals(repository: Repository, review: Review) -> Review:
    """The review with a fix at each finding that has one, made for the files after the change."""
    blobs_of = {one.after.path: one.after.blob for one in review.files if one.after is not None}
    asked: dict[str, list[Finding]] = defaultdict(list)
    for finding in review.judgement.findings:
        if finding.place.path in blobs_of and safety_for(finding):
            asked[finding.place.path].append(finding)
    if not asked:
        return review
    with BlobReader(repository) as blobs:
        contents = dict(blobs.read_many(blobs_of[path] for path in asked))
        originals = texts_at(
            repository, review.head, blobs, originals_of(review.judgement.findings)
        )
    fixes: dict[int, ProposedFix] = {}
    room, left = MOST_LINES, 0
    for path, findings in asked.items():
        content = contents[blobs_of[path]]
        if isinstance(content, bytes):
            lines = content.count(b"\n") + 1
            shown = findings[: room // lines]
            room -= lines * len(shown)
            left += len(findings) - len(shown)
            fixes |= {id(finding): fix for finding, fix in _proposed(content, shown, originals)}
    if left:
        review = replace(review, notes=(*review.notes, _too_many(left)))
    with_fixes = (replace(one, fix=fixes.get(id(one))) for one in review.judgement.findings)
    return replace(review, judgement=replace(review.judgement, findings=tuple(with_fixes)))


def _too_many(left: int) -> str:
    more = "The fix of 1 more finding is" if left == 1 else f"Fixes of {left:,} more findings are"
    return f"{more} not shown, to save time; `tallystick check --fix` makes them before a commit."


def _proposed(
    content: bytes, findings: Sequence[Finding], originals: Mapping[str, bytes]
) -> Iterator[tuple[Finding, ProposedFix]]:
    # LibCST takes 0.2 s to import.
    from scanner.rulepacks.codemods.mend import propose  # noqa: PLC0415

    groups = {id(one): wanted_of(one, originals) for one in findings}
    asked = [one for one in findings if groups[id(one)]]
    proposals = propose(content, [groups[id(one)] for one in asked])
    for finding, proposal in zip(asked, proposals, strict=True):
        changes = line_changes(content, proposal[0]) if proposal else ()
        if proposal and changes:
            yield finding, ProposedFix(changes, proposal[1])


def texts_at(
    repository: Repository, tree: str | None, blobs: BlobReader, paths: Collection[str]
) -> dict[str, bytes]:
    """The texts of files in a tree (None: the index), as far as they are there."""
    if not paths:
        return {}
    wanted = sorted(paths)
    versions = list_tree(repository, tree, wanted) if tree else list_index(repository, wanted)
    contents = dict(blobs.read_many(version.blob for version in versions))
    texts = ((version.path, contents.get(version.blob)) for version in versions)
    return {path: text for path, text in texts if isinstance(text, bytes)}


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
