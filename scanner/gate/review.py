"""Two trees → a review. The hook compares HEAD with the index, the gate a branch with its base."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import cached_property
from typing import TYPE_CHECKING

from scanner.base.budget import run_limits
from scanner.base.errors import ExitCode, ScanError
from scanner.base.model import Attribution, Problem, Review, TreeDiff
from scanner.base.store import Store
from scanner.clones.live_code import LiveCode
from scanner.codebase.paths import path_filter
from scanner.codebase.reader import SourceReader
from scanner.codebase.rules import rules_at
from scanner.codebase.settings import settings_at
from scanner.config import NewWaivers, Settings
from scanner.gate.baseline import Baseline
from scanner.gate.branch_attribution import (
    arms_of,
    attribution_between,
    attribution_here,
    commit_time,
)
from scanner.gate.merges import JudgedSide, merged, own_files
from scanner.gate.settle import Terms, Trees, settle
from scanner.gate.validity import Tree, mended, still_broken
from scanner.git.blobs import BlobReader
from scanner.git.commits import head, merge_base, merge_heads, resolve
from scanner.git.process import Repository
from scanner.git.trees import diff_index, diff_pair
from scanner.git.work_tree import work_tree_as_index
from scanner.judge import DeviationJudge, ReadChange, Sources, prepare, read_change
from scanner.judge.coded import CodedRules
from scanner.judge.one_change import Surroundings, judge_change
from scanner.judge.rules import RuleJudgement, judge_rules, start
from scanner.rulepacks.hits import CodedHits, RuleRun
from scanner.rulepacks.packs import RuleSet
from scanner.rulepacks.run import PendingRun

if TYPE_CHECKING:
    from scanner.delivery.pulls import Export

_NOTHING_STAGED = (
    "Nothing is staged, so nothing was judged, whatever files a hook was started for; "
    "`tallystick gate` judges a branch, `tallystick scan` a tree."
)
_NOTHING_EDITED = "Nothing is edited here, so nothing was judged."


@dataclass(frozen=True, slots=True)
class Judging:
    """What a review is made with.

    `settings` None: those of the base. `baseline` is the path of the baseline file in the base's
    tree, if it is not the one that the settings name; `known` is a baseline from elsewhere.
    `environment` is that of the process, which may name the agent that commits. `is_approved`: a
    person says, outside of the change, that its own waivers and suppressions may excuse. `export`
    is what a forge knows of pull requests, if it was asked.
    """

    repository: Repository
    store: Store
    settings: Settings | None = None
    known: Baseline | None = None
    baseline: str | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    is_approved: bool = False
    export: Export | None = None


@dataclass(frozen=True, slots=True)
class _Subject:
    """What is reviewed: a tree against its parents, who wrote it, and the day it is judged on.

    `parents` has one pair of trees with its diff; several where a merge is under way.
    """

    parents: tuple[tuple[Trees, TreeDiff], ...]
    today: date
    attribution: Callable[[Settings], tuple[Attribution, tuple[Problem, ...]]]


def review_index(judging: Judging, empty: str = _NOTHING_STAGED) -> Review:
    """What committing the index would add to HEAD (to the empty tree before the first commit).

    The commit has no time yet, so that waivers end by the clock. While a merge is under way, what
    counts is what the index adds to HEAD and to each commit that is merged into it. `empty` is said
    where the index is HEAD's tree.
    """
    repository = judging.repository
    base = head(repository)
    parents = (base, *merge_heads(repository))
    diffs = own_files([diff_index(repository, parent) for parent in parents])
    trees = (Trees(parent, None, base) for parent in parents)
    review = _review(
        judging,
        _Subject(
            tuple(zip(trees, diffs, strict=True)),
            datetime.now(UTC).astimezone().date(),
            lambda _settings: (attribution_here(judging.environment), ()),
        ),
    )
    if review.files or diff_index(repository, base, ()).files:
        return review
    return replace(review, notes=(empty, *review.notes))


@contextmanager
def reviewed_work_tree(judging: Judging, paths: Sequence[str]) -> Iterator[tuple[Judging, Review]]:
    """What is edited, staged or not, and new files, against HEAD; below `paths` if some are given.

    Also gives with what it was judged: a repository that has these contents while the block lasts.

    Raises:
        ScanError: there is no work tree, or a file in it cannot be read.
    """
    with work_tree_as_index(judging.repository, paths) as repository:
        judging = replace(judging, repository=repository)
        yield judging, replace(review_index(judging, _NOTHING_EDITED), is_work_tree=True)


def review_branch(judging: Judging, base: str, tip: str) -> Review:
    """What merging `tip` would add since it left `base`, by the settings that `base` has now.

    Waivers end by the later time of the two commits, so that equal commits are judged alike.

    Raises:
        ScanError: a revision is unknown, or the two have no known common ancestor.
    """
    repository = judging.repository
    tip_commit, base_commit = resolve(repository, tip), resolve(repository, base)
    fork = merge_base(repository, base_commit, tip_commit)
    return _review_commits(judging, Trees(fork, tip_commit, base_commit))


def review_range(judging: Judging, first: str, last: str) -> Review:
    """What `last` adds since it left `first`; where they share no history, what it adds to it.

    So the pre-commit framework chooses the files of a range, too.

    Raises:
        ScanError: a revision is unknown.
    """
    repository = judging.repository
    one, other = resolve(repository, first), resolve(repository, last)
    try:
        fork = merge_base(repository, one, other)
    except ScanError:
        fork = one
    return _review_commits(judging, Trees(fork, other, one))


def _review_commits(judging: Judging, trees: Trees) -> Review:
    repository, tip = judging.repository, trees.tip
    assert tip is not None
    ends = [commit_time(repository, oid) for oid in (tip, trees.rules) if oid]
    return _review(
        judging,
        _Subject(
            _against(repository, trees, tip),
            max(ends).date(),
            lambda settings: attribution_between(
                repository, trees.base, tip, settings.attribution, trees.rules, judging.export
            ),
        ),
    )


def _against(repository: Repository, trees: Trees, tip: str) -> tuple[tuple[Trees, TreeDiff], ...]:
    """What a tip is compared with: where it left its base, and the base as it is now as well if
    both changed a file since. So what the base has got by a squash or a cherry-pick, or as the
    parent of a stacked branch, is not charged again.
    """
    diff = diff_pair(repository, trees.base, tip)
    if trees.base is None or trees.rules is None or trees.rules == trees.base:
        return ((trees, diff),)
    since = {file.path for file in diff_pair(repository, trees.base, trees.rules).files}
    if since.isdisjoint(file.path for file in diff.files):
        return ((trees, diff),)
    both = (trees, replace(trees, base=trees.rules))
    diffs = own_files((diff, diff_pair(repository, trees.rules, tip)))
    return tuple(zip(both, diffs, strict=True))


def _review(judging: Judging, subject: _Subject) -> Review:
    repository = judging.repository
    (trees, diff), diffs = subject.parents[0], [diff for _, diff in subject.parents]
    with BlobReader(repository) as blobs, ExitStack() as stack:
        settings, rules, mends = _in_force(judging, trees, blobs)
        stack.enter_context(run_limits(settings.limits))
        settings = replace(settings, baseline=judging.baseline or settings.baseline)
        if judging.is_approved:
            settings = replace(settings, new_waivers=NewWaivers.ACCEPT)
        semgrep = stack.enter_context(start(diffs, rules, settings, blobs, judging.store))
        attribution, unread = subject.attribution(settings)
        thresholds = settings.thresholds.for_arms(arms_of(attribution))
        reader = SourceReader(blobs, judging.store, settings.limits, rules.conventions)
        terms = Terms(settings, thresholds, subject.today, judging.known)
        context = _ReviewContext(judging, reader, blobs, terms, rules, semgrep)
        sides = [context.judge(*parent) for parent in subject.parents]
        settled = sides[0].settled if len(sides) == 1 else merged(sides, thresholds, trees.tip)
        reader.flush()
    return Review(
        trees.base,
        trees.tip,
        settled.judgement,
        settled.verdict,
        thresholds.as_tuple(),
        attribution=attribution,
        files=diff.files,
        set_aside=settled.set_aside,
        notes=(*mends, *_unread(unread), *settled.notes),
    )


def _in_force(
    judging: Judging, trees: Trees, blobs: BlobReader
) -> tuple[Settings, RuleSet, tuple[str, ...]]:
    """The settings and rules of the base, and a sentence if they are broken and this mends them.

    Then the defaults hold, which no change can choose.

    Raises:
        ScanError: they are broken, and the change leaves them so.
    """
    repository = judging.repository
    try:
        settings = judging.settings or settings_at(repository, trees.rules, blobs)
        return settings, rules_at(repository, trees.rules, blobs, settings, judging.store), ()
    except ScanError as error:
        before, after = (Tree(repository, oid, blobs) for oid in (trees.base, trees.tip))
        if judging.settings is not None or trees.base is None:
            raise
        if error.exit_code is not ExitCode.USAGE or mended(before, after) is None:
            raise still_broken(error) from error
        note = f"What the base is judged by is broken, and this change fixes it: {error.message}"
        defaults = Settings()
        rules = rules_at(repository, None, blobs, defaults, judging.store)
        return defaults, rules, (f"{note} The change is judged by the defaults.",)


@dataclass(frozen=True)
class _ReviewContext:
    """What judging a tree against any of its parents takes."""

    judging: Judging
    reader: SourceReader
    blobs: BlobReader
    terms: Terms
    rules: RuleSet
    semgrep: PendingRun

    @cached_property
    def hits(self) -> RuleRun:
        """What semgrep says; it is waited for when it is first asked for."""
        return self.semgrep.result()

    def judge(self, trees: Trees, diff: TreeDiff) -> JudgedSide:
        """What a tree adds to one parent."""
        settings, repository = self.terms.settings, self.judging.repository
        is_excluded = path_filter(settings.exclude)
        change = read_change(diff, self.reader, is_excluded)
        prepared = prepare(change, self.reader, settings)
        live = LiveCode(repository, self.reader, is_excluded, settings.duplication)
        live.move_near(trees.base, change.files, self.judging.store)
        sources = Sources(repository, self.blobs, self.reader, self.judging.store)
        habits = DeviationJudge(sources, settings, [trees.base], trees.base, {})
        surroundings = Surroundings(live, habits, CodedRules(sources, settings))
        judgement, by_rules = judge_change(prepared, surroundings, self._judged_by_rules)
        habits.keep()
        readers = (self.reader, self.blobs)
        settled = settle(repository, trees, change.files, judgement, self.terms, readers)
        notes = (
            *settled.notes,
            *_suppressed(by_rules.introduced.suppressed),
            *_unseen(live.missing),
            *(_APPROVED if self.judging.is_approved else ()),
        )
        return JudgedSide(replace(settled, notes=notes), prepared.added)

    def _judged_by_rules(self, change: ReadChange, coded: CodedHits) -> RuleJudgement:
        """What the rules say; what the change itself suppresses counts, unless that is accepted."""
        settings = self.terms.settings
        found = judge_rules(change, self.hits, coded, self.rules, settings)
        if settings.new_waivers is NewWaivers.ACCEPT:
            return found
        return found.counting_self_suppressed()


_APPROVED = (
    "The suppressions that this change brings were approved by whoever ran this (--approved).",
)


def _unseen(missing: Sequence[str]) -> tuple[str, ...]:
    """That copies of files which this clone lacks are not found."""
    if not missing:
        return ()
    others = f" and {len(missing) - 1:,} more are" if missing[1:] else " is"
    return (f"{missing[0]}{others} not in this clone, so copies of it go unseen.",)


def _unread(problems: Sequence[Problem]) -> tuple[str, ...]:
    """That not all evidence of who wrote the change counts."""
    if not problems:
        return ()
    first, others = problems[0], len(problems) - 1
    where = f"{first.path}: " if first.path else ""
    more = f" (and {others:,} more)" if others else ""
    return (f"Evidence of who wrote this could not be read: {where}{first.reason}{more}.",)


def _suppressed(count: int) -> tuple[str, ...]:
    if not count:
        return ()
    comments = "comment hides" if count == 1 else "comments hide"
    return (f"`# nosemgrep` {comments} {count} of what the rules find.",)
