"""What would mend that which stands in a tree: one patch for all of it, and what is left."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from scanner.analysis.clones.clone_alignment import CloneType
from scanner.base.model import Finding
from scanner.clones.groups import CloneGroup
from scanner.gate.fixable import wanted_of
from scanner.gate.fixes import FixAnswer, Fixes
from scanner.gate.proposals import texts_at
from scanner.git.blobs import BlobReader
from scanner.git.process import Repository
from scanner.rulepacks.codemods.codemod import Original, Safety, Wanted
from scanner.rulepacks.fixes import FixesAsked, Patch, plan


def plan_standing(
    repository: Repository,
    revision: str,
    findings: Sequence[Finding],
    groups: Sequence[CloneGroup],
    level: Safety,
) -> Fixes:
    """Fixes for findings of a revision's tree whose rules have one, and for what is written twice.

    Nothing is written, and nothing but the tree is read.
    """
    groups = groups if level is Safety.UNSAFE else ()
    paths = {one.place.path for one in findings}
    paths |= {place.path for group in groups for place in group.places}
    with BlobReader(repository) as blobs:
        texts = texts_at(repository, revision, blobs, paths)
    asked: dict[str, list[Wanted]] = defaultdict(list)
    for finding in findings:
        asked[finding.place.path] += wanted_of(finding, texts)
    for group in groups:
        for path, wanted in _of_copies(group, texts):
            asked[path].append(wanted)
    patches: list[Patch] = []
    answers: list[FixAnswer] = []
    for path in sorted(asked.keys() & texts.keys()):
        ordered = tuple(sorted(asked[path], key=lambda one: (one.span.first, one.span.last)))
        planned = plan(path, texts[path], texts[path], FixesAsked(ordered), level)
        answers += [
            FixAnswer(path, one.wanted.rule, one.wanted.span.first, one.reason)
            for one in planned.answers
        ]
        if planned.patch is not None:
            patches.append(planned.patch)
    return Fixes(tuple(patches), tuple(answers))


def _of_copies(group: CloneGroup, texts: dict[str, bytes]) -> Iterator[tuple[str, Wanted]]:
    """A call for each place that could call another one as it is; else, of places in one file, what
    each has in common with the first.
    """
    rule = f"duplication.{group.type}"
    if group.use is not None and group.call is not None and group.type is not CloneType.GAPPED:
        source = texts.get(group.use.original.path)
        for place in group.use.callers if source is not None else ():
            is_same = place.path == group.use.original.path
            original = Original(group.call, group.use.original.unit, source or b"", is_same)
            yield place.path, Wanted(rule, place.span, original=original)
        return
    first = {place.path: place for place in reversed(group.places)}
    for place in group.places:
        twin = first[place.path]
        if place != twin:
            yield place.path, Wanted(rule, place.span, twin=twin.span)
