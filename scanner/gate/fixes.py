"""Fixes of what a review found: which files may be written, and what would be written."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from scanner.base.model import FileVersion, Problem, Review, RuleMatch, Span
from scanner.codebase.rule_hits import StoredHits
from scanner.codebase.rules import rules_at
from scanner.codebase.settings import settings_at
from scanner.gate.review import Judging
from scanner.git.blobs import BlobReader
from scanner.rulepacks.fixes import Patch, plan_patches
from scanner.rulepacks.hits import Fix
from scanner.rulepacks.run import Options, Wanted, match_rules


@dataclass(frozen=True, slots=True)
class Fixes:
    """Files that can be mended, and why others are left alone."""

    patches: tuple[Patch, ...]
    problems: tuple[Problem, ...]


def plan_fixes(judging: Judging, review: Review) -> Fixes:
    """Fixes for the findings of a review of the index that count and whose rules have one.

    Only files that are the same in index and work tree get one: what is not staged would be mixed
    in or lost.
    """
    found = {
        (finding.place.path, finding.rule, finding.place.span)
        for finding in review.judgement.findings
        if isinstance(finding.evidence, RuleMatch)
    }
    staged = {file.after.path: file.after for file in review.files if file.after is not None}
    wanted = [staged[path] for path in sorted({path for path, _, _ in found} & staged.keys())]
    if not wanted or judging.repository.work_tree is None:
        return Fixes((), ())
    top = judging.repository.work_tree
    with BlobReader(judging.repository) as blobs:
        fixes, problems = _fixes(judging, review, blobs, wanted, found)
        contents = dict(blobs.read_many(version.blob for version in wanted))
    in_index = {
        version.path: content
        for version in wanted
        if isinstance(content := contents[version.blob], bytes)
    }
    on_disk = {version.path: _content(top, version.path) for version in wanted}
    patches, refused = plan_patches(in_index, on_disk, fixes)
    return Fixes(patches, (*problems, *refused))


def _fixes(
    judging: Judging,
    review: Review,
    blobs: BlobReader,
    wanted: Sequence[FileVersion],
    found: set[tuple[str, str, Span]],
) -> tuple[dict[str, list[Fix]], tuple[Problem, ...]]:
    """Semgrep is asked once more: fixes cost it far more than findings, so those come without."""
    settings = judging.settings or settings_at(judging.repository, review.base, blobs)
    rules = rules_at(judging.repository, review.base, blobs, settings)
    options = Options(wanted=Wanted.FIXES)
    run = match_rules(wanted, blobs.read_many, rules, StoredHits(judging.store), options)
    fixes: dict[str, list[Fix]] = defaultdict(list)
    for version in wanted:
        for hit in run.of(version).hits:
            if hit.fix is not None and (version.path, hit.rule, hit.span) in found:
                fixes[version.path].append(hit.fix)
    return fixes, run.problems


def _content(top: Path, path: str) -> bytes | None:
    """What is on disk; nothing for what is no file at that very place, but behind a link."""
    file = top / path
    try:
        is_there = file.resolve(strict=True) == top.resolve() / path
        return file.read_bytes() if is_there else None
    except OSError:
        return None
