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
    findings, left = with_fixes(repository, review.head, review.judgement.findings)
    if left:
        review = replace(review, notes=(*review.notes, _too_many(left)))
    return replace(review, judgement=replace(review.judgement, findings=findings))


def with_fixes(
    repository: Repository, tree: str | None, findings: Sequence[Finding]
) -> tuple[tuple[Finding, ...], int]:
    """The findings of a tree (None: the index) with a fix at each that has one, and for how many
    none was made to save time.
    """
    asked: dict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        if safety_for(finding):
            asked[finding.place.path].append(finding)
    if not asked:
        return tuple(findings), 0
    with BlobReader(repository) as blobs:
        texts = texts_at(repository, tree, blobs, {*asked, *originals_of(findings)})
    fixes: dict[int, ProposedFix] = {}
    room, left = MOST_LINES, 0
    for path in sorted(asked.keys() & texts.keys()):
        lines = texts[path].count(b"\n") + 1
        shown = asked[path][: room // lines]
        room -= lines * len(shown)
        left += len(asked[path]) - len(shown)
        fixes |= {id(finding): fix for finding, fix in _proposed(texts[path], shown, texts)}
    return tuple(replace(one, fix=fixes.get(id(one))) for one in findings), left


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
