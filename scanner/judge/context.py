"""What a change brings, seen against the code that is there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from scanner.base.model import Finding
from scanner.clones.changes import copies_in, repaid_copies
from scanner.clones.divergence import divergences_in, edits_in
from scanner.clones.live_code import LiveCode
from scanner.scoring.change import ChangedFile, LinesByPath, new_lines
from scanner.scoring.copies import Copy
from scanner.scoring.duplication import (
    AgeInDays,
    copied_lines,
    diverging_findings,
    score_duplication,
)
from scanner.scoring.moves import Moves


@dataclass(frozen=True, slots=True)
class CopyJudgement:
    """Findings on duplication, and the added lines that are copies, charged or not.

    `repaid` are the points of copies that the change takes away.
    """

    findings: tuple[Finding, ...]
    lines: LinesByPath
    repaid: float


def judge_copies(
    files: Sequence[ChangedFile],
    added: LinesByPath,
    moves: Moves,
    live: LiveCode,
    is_foreign: Callable[[str], bool],
    age: AgeInDays,
) -> CopyJudgement:
    """What the added lines say again of the code that is live after the change."""
    rules = live.duplication
    present = {path: lines for path, lines in added.items() if path in live.clones}
    copies = copies_in(live.clones, present)
    edits = [
        edit
        for file in files
        if file.before is not None and file.after is not None and not is_foreign(file.path)
        for edit in edits_in(live.clones, file, live.fingerprints(file.before))
    ]
    divergences = [
        found
        for found in divergences_in(live.clones, edits, _all_added(files))
        if not is_foreign(found.other.path)
    ]
    findings = (
        *score_duplication(copies, age=age, is_generated=is_foreign, rules=rules),
        *diverging_findings(divergences, age=age, rules=rules),
    )
    repaid = score_duplication(
        _repaid(files, added, moves, live), is_generated=is_foreign, rules=rules
    )
    return CopyJudgement(findings, copied_lines(copies), sum((f.points for f in repaid), 0.0))


def _repaid(
    files: Sequence[ChangedFile], added: LinesByPath, moves: Moves, live: LiveCode
) -> list[Copy]:
    """The copies that the change takes away."""
    return [
        copy
        for file in files
        if file.before is not None
        for copy in repaid_copies(
            live.clones,
            file,
            live.fingerprints(file.before),
            moves.kept_where_deleted.get(file.path_before, frozenset()),
            added,
        )
    ]


def _all_added(files: Sequence[ChangedFile]) -> LinesByPath:
    return {
        file.path: frozenset(line for hunk in file.change.hunks for line in new_lines(hunk))
        for file in files
    }
