"""What a change brings, seen against the code that is there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scanner.codebase.clone_changes import copies_in
from scanner.codebase.clone_divergence import divergences_in, edits_in
from scanner.codebase.live_code import LiveCode
from scanner.model import Finding
from scanner.scoring.change import ChangedFile, LinesByPath, new_lines
from scanner.scoring.duplication import copied_lines, diverging_findings, score_duplication


@dataclass(frozen=True, slots=True)
class CopyJudgement:
    """Findings on duplication, and the added lines that are copies, charged or not."""

    findings: tuple[Finding, ...]
    lines: LinesByPath


def judge_copies(files: Sequence[ChangedFile], added: LinesByPath, live: LiveCode) -> CopyJudgement:
    """What the added lines say again of the code that is live after the change."""
    present = {path: lines for path, lines in added.items() if path in live.clones}
    copies = copies_in(live.clones, present)
    edits = [
        edit
        for file in files
        if file.before is not None and file.after is not None
        for edit in edits_in(live.clones, file, live.fingerprints(file.before))
    ]
    divergences = divergences_in(live.clones, edits, _all_added(files))
    findings = (
        *score_duplication(copies, now=live.time),
        *diverging_findings(divergences, now=live.time),
    )
    return CopyJudgement(findings, copied_lines(copies))


def _all_added(files: Sequence[ChangedFile]) -> LinesByPath:
    return {
        file.path: frozenset(line for hunk in file.change.hunks for line in new_lines(hunk))
        for file in files
    }
