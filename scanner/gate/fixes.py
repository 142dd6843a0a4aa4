"""Fixes of what a review found: what would be written, and what is left as it is, and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from scanner.base.model import (
    FileVersion,
    Finding,
    Problem,
    Review,
    RuleMatch,
)
from scanner.codebase.rule_hits import StoredHits
from scanner.codebase.rules import rules_at
from scanner.codebase.settings import settings_at
from scanner.gate.fixable import originals_of, safety_for, wanted_of
from scanner.gate.proposals import texts_at
from scanner.gate.review import Judging
from scanner.git.blobs import BlobReader
from scanner.rulepacks.codemods.all_codemods import SAFETY
from scanner.rulepacks.codemods.codemod import EditAnswer, Safety, Wanted
from scanner.rulepacks.fixes import FixesAsked, Patch, TextFix, plan
from scanner.rulepacks.run import Options, Purpose, match_rules


@dataclass(frozen=True, slots=True)
class FixAnswer:
    """What became of the fix for a finding; `reason` says why it is not in the patch."""

    path: str
    rule: str
    line: int
    reason: str | None

    @property
    def is_applied(self) -> bool:
        return self.reason is None


@dataclass(frozen=True, slots=True)
class Fixes:
    """Files that can be mended, an answer for each finding that has a fix, and what went wrong."""

    patches: tuple[Patch, ...] = ()
    answers: tuple[FixAnswer, ...] = ()
    problems: tuple[Problem, ...] = ()


def plan_fixes(judging: Judging, review: Review, level: Safety) -> Fixes:
    """Fixes for the findings of a review of the index that count and whose rules have one.

    Only files that are the same in index and work tree get one: what is not staged would be mixed
    in or lost.
    """
    staged = {file.after.path: file.after for file in review.files if file.after is not None}
    found: dict[str, list[Finding]] = defaultdict(list)
    for finding in review.judgement.findings:
        is_mended = isinstance(finding.evidence, RuleMatch) or safety_for(finding)
        if is_mended and finding.place.path in staged:
            found[finding.place.path].append(finding)
    if not found or judging.repository.work_tree is None:
        return Fixes()
    wanted = [staged[path] for path in sorted(found)]
    with BlobReader(judging.repository) as blobs:
        texts, problems = _texts(judging, review, blobs, wanted, found)
        contents = dict(blobs.read_many(version.blob for version in wanted))
        needed = originals_of(one for many in found.values() for one in many)
        originals = texts_at(judging.repository, None, blobs, needed)
    patches: list[Patch] = []
    answers: list[FixAnswer] = []
    for version in wanted:
        asked = FixesAsked(
            _codemods(found[version.path], originals), tuple(texts.get(version.path, ()))
        )
        if not asked.codemods and not asked.texts:
            continue
        content = contents[version.blob]
        planned = plan(
            version.path,
            content if isinstance(content, bytes) else None,
            _content(judging.repository.work_tree, version.path),
            asked,
            level,
        )
        answers += [_answer(version.path, one) for one in planned.answers]
        if planned.patch is not None:
            patches.append(planned.patch)
    answers.sort(key=lambda one: (one.path, one.line, one.rule))
    return Fixes(tuple(patches), tuple(answers), problems)


def _codemods(findings: Sequence[Finding], originals: Mapping[str, bytes]) -> tuple[Wanted, ...]:
    """In order of lines: of two findings whose fixes overlap, the first is mended."""
    wanted = [one for finding in findings for one in wanted_of(finding, originals)]
    return tuple(sorted(wanted, key=lambda one: (one.span.first, one.span.last)))


def _answer(path: str, answer: EditAnswer) -> FixAnswer:
    return FixAnswer(path, answer.wanted.rule, answer.wanted.span.first, answer.reason)


def _texts(
    judging: Judging,
    review: Review,
    blobs: BlobReader,
    wanted: Sequence[FileVersion],
    found: Mapping[str, Sequence[Finding]],
) -> tuple[dict[str, list[TextFix]], tuple[Problem, ...]]:
    """Fixes that the team's packs give as text: semgrep is asked once more, with those packs alone,
    because they cost it far more than findings.
    """
    settings = judging.settings or settings_at(judging.repository, review.base, blobs)
    rules = rules_at(judging.repository, review.base, blobs, settings, judging.store)
    packs = tuple(pack for pack in rules.packs if pack.has_fixes)
    if not packs:
        return {}, ()
    options = Options(purpose=Purpose.FIXES)
    rules = replace(rules, packs=packs)
    run = match_rules(wanted, blobs.read_many, rules, StoredHits(judging.store), options)
    fixes: dict[str, list[TextFix]] = defaultdict(list)
    for version in wanted:
        places = {(one.rule, one.place.span) for one in found[version.path]}
        for hit in run.of(version).hits:
            if hit.fix is not None and hit.rule not in SAFETY and (hit.rule, hit.span) in places:
                fixes[version.path].append(TextFix(Wanted(hit.rule, hit.span), hit.fix))
    return fixes, run.problems


def _content(top: Path, path: str) -> bytes | None:
    """What is on disk; nothing for what is no file at that very place, but behind a link."""
    file = top / path
    try:
        is_there = file.resolve(strict=True) == top.resolve() / path
        return file.read_bytes() if is_there else None
    except OSError:
        return None
