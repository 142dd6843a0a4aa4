"""What the rules say of a change: started first, because semgrep runs while the rest is judged."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from scanner.analysis.parsing.comments import lines_with_nosemgrep
from scanner.analysis.parsing.outline import ReadFile
from scanner.base.model import (
    Dimension,
    DimensionScore,
    FileVersion,
    Judgement,
    Problem,
    Stage,
    TreeDiff,
)
from scanner.base.store import Store
from scanner.codebase.rule_hits import StoredHits
from scanner.codebase.rules import outside_rules
from scanner.config import Settings
from scanner.git.blobs import BlobReader
from scanner.judge.change import ReadChange
from scanner.judge.renamed import before_in_place
from scanner.rulepacks.hits import CodedHits, FileHits, RuleHit, RuleRun
from scanner.rulepacks.packs import RuleSet
from scanner.rulepacks.run import (
    NO_SEMGREP,
    PendingRun,
    file_problems,
    start_rules,
)
from scanner.scoring.change import ChangedFile
from scanner.scoring.ordering import costliest_first
from scanner.scoring.rule_findings import (
    FileRules,
    Introduced,
    introduced,
    is_blocking,
    suppressed_by_change,
)

if TYPE_CHECKING:
    from scanner.judge.batch import JudgingContext

#: Changes whose versions are matched in one go: bounds the memory, and what an interruption costs.
STRETCH = 500
NOT_ASKED = "the rules were left out of this run"
NO_RULES = "no rules are in force"


@dataclass(frozen=True, slots=True)
class RuleJudgement:
    """What a change introduces and takes away, and what of it the rules could not judge."""

    introduced: Introduced
    problems: tuple[Problem, ...]
    unmeasured: str | None

    def counting_self_suppressed(self) -> RuleJudgement:
        """With what a `# nosemgrep` of the change itself would keep back: it excuses nothing."""
        found = self.introduced
        if not found.self_suppressed:
            return self
        counted = tuple(suppressed_by_change(finding) for finding in found.self_suppressed)
        whole = replace(
            found,
            findings=(*found.findings, *counted),
            suppressed=found.suppressed - len(counted),
            self_suppressed=(),
        )
        return replace(self, introduced=whole)

    def added_to(self, judgement: Judgement) -> Judgement:
        """The judgement with the dimension of rules in it."""
        found = self.introduced
        score = DimensionScore(
            Dimension.RULES,
            sum((finding.points for finding in found.findings), 0.0),
            found.repaid,
            self.unmeasured,
        )
        card = judgement.scorecard
        return replace(
            judgement,
            scorecard=replace(card, dimensions=(*card.dimensions, score)),
            findings=costliest_first((*judgement.findings, *found.findings)),
            problems=(*judgement.problems, *self.problems),
        )


def start(
    diffs: Iterable[TreeDiff],
    rules: RuleSet,
    settings: Settings,
    blobs: BlobReader,
    store: Store,
) -> PendingRun:
    """Starts semgrep on both sides of changes, if the store does not know all of it already."""
    versions = list(versions_of(diffs, outside_rules(settings)))
    return start_rules(versions, blobs.read_many, rules, StoredHits(store))


def versions_of(
    diffs: Iterable[TreeDiff], is_excluded: Callable[[str], bool]
) -> Iterator[FileVersion]:
    """The file versions that changes come from and lead to."""
    for diff in diffs:
        for change in diff.files:
            if not is_excluded(change.path):
                yield from (side for side in (before_in_place(change), change.after) if side)


def judge_rules(
    change: ReadChange, run: RuleRun, coded: CodedHits, rules: RuleSet, settings: Settings
) -> RuleJudgement:
    """What a change introduces by the rules that are in force and not switched off.

    `coded` is what those in code find new in it.
    """
    off = frozenset(settings.rules_off)
    files = [
        FileRules(
            file.change,
            believed(
                [
                    *_in_force(run.of(before_in_place(file.change)), off),
                    *coded.of_before(file.path),
                ],
                file.before,
            ),
            believed(
                [*_in_force(run.of(file.change.after), off), *coded.of(file.path)], file.after
            ),
            file.before.outline if file.before else None,
            file.after.outline if file.after else None,
            lines_with_nosemgrep(file.after) if file.after else frozenset(),
        )
        for file in (*change.files, *_excused_by_itself(change))
        if is_judged(file)
    ]
    left_out = {one.path for one in change.left_out}
    return RuleJudgement(
        _only_blocking(introduced(files, settings.rule_points), left_out),
        (*_problems_of(change, run), *coded.problems),
        _unmeasured(rules, run),
    )


def _excused_by_itself(change: ReadChange) -> Iterator[ChangedFile]:
    """Files that are left out because they say so themselves, in the change that brings them."""
    own = {one.path for one in change.left_out if one.is_own_word}
    return (file for file in change.aside if file.path in own)


def _only_blocking(found: Introduced, left_out: Collection[str]) -> Introduced:
    """Without findings in files that are left out, but for errors of security: no word of a change
    excuses those.
    """
    return replace(
        found,
        findings=tuple(
            one for one in found.findings if one.place.path not in left_out or is_blocking(one)
        ),
    )


class RulesAlong:
    """What the rules find along a history: one batched run for each long stretch of changes.

    The changes are asked for in the order in which they were given.
    """

    def __init__(
        self,
        context: JudgingContext,
        diffs: Sequence[TreeDiff],
        jobs: int,
    ) -> None:
        self._context = context
        self._rules = context.rules
        self._settings = context.settings
        self._jobs = jobs
        self._diffs = diffs
        self._asked = 0
        self._run = RuleRun({})

    def judge(self, change: ReadChange, coded: CodedHits) -> RuleJudgement:
        """What the rules say of the next change."""
        if self._rules is None:
            return RuleJudgement(introduced((), {}), (), NOT_ASKED)
        if self._asked % STRETCH == 0:
            self._run = self._matched(self._diffs[self._asked : self._asked + STRETCH])
        self._asked += 1
        return judge_rules(change, self._run, coded, self._rules, self._settings)

    def _matched(self, diffs: Sequence[TreeDiff]) -> RuleRun:
        from scanner.judge.rule_batches import matched  # noqa: PLC0415  no hook needs it

        versions = dict.fromkeys(versions_of(diffs, outside_rules(self._settings)))
        return matched(self._context, list(versions), self._jobs)


def _in_force(found: FileHits, off: frozenset[str]) -> Sequence[RuleHit]:
    return [hit for hit in found.hits if hit.rule not in off]


def believed(hits: Sequence[RuleHit], file: ReadFile | None) -> Sequence[RuleHit]:
    """The hits of a file; one is suppressed only where a comment of the file says so.

    Semgrep looks at whole lines and obeys a string as well.
    """
    if file is None or not any(hit.is_suppressed for hit in hits):
        return hits
    lines = lines_with_nosemgrep(file)
    return [
        replace(hit, is_suppressed=not lines.isdisjoint({hit.span.first, hit.span.first - 1}))
        if hit.is_suppressed
        else hit
        for hit in hits
    ]


def is_judged(file: ChangedFile) -> bool:
    """Where one side could not be read, what stood there cannot be told from what is new."""
    sides = (file.change.before, file.before), (file.change.after, file.after)
    return all(read or not (v and v.mode.is_text_file) for v, read in sides)


def _problems_of(change: ReadChange, run: RuleRun) -> tuple[Problem, ...]:
    return tuple(dict.fromkeys(_problems(change.files, run))) if change.files else ()


def _problems(files: Sequence[ChangedFile], run: RuleRun) -> Iterator[Problem]:
    """Those of the run, and of each file; one that cannot be read has a problem already."""
    yield from run.problems
    if any(problem.reason == NO_SEMGREP for problem in run.problems):
        return
    before = [v for file in files if file.before and (v := before_in_place(file.change))]
    after = [file.change.after for file in files if file.after and file.change.after]
    yield from file_problems(run, before, is_before=True)
    yield from file_problems(run, after)


def _unmeasured(rules: RuleSet, run: RuleRun) -> str | None:
    if not rules.packs:
        return NO_RULES
    missing = (problem.reason for problem in run.problems if problem.stage is Stage.RULES)
    return next((reason for reason in missing if reason == NO_SEMGREP), None)
