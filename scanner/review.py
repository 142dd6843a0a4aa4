"""Two trees → a review. The hook compares HEAD with the index, the gate a branch with its base."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime

from scanner.baseline import Baseline
from scanner.branch_attribution import attribution_between, attribution_here, commit_time
from scanner.codebase.live_code import LiveCode
from scanner.codebase.paths import path_filter
from scanner.codebase.reader import SourceReader
from scanner.codebase.rules import rules_at
from scanner.codebase.settings import settings_at
from scanner.config import Settings
from scanner.gating import Terms, Trees, settle
from scanner.git.blobs import BlobReader
from scanner.git.commits import head, merge_base, resolve
from scanner.git.process import Repository
from scanner.git.trees import diff_index, diff_trees
from scanner.judge import complete, prepare, read_change
from scanner.judge.rules import judge_rules, start
from scanner.model import Attribution, Review, TreeDiff
from scanner.store import Store


@dataclass(frozen=True, slots=True)
class Judging:
    """What a review is made with.

    `settings` None: those of the base. `baseline` is the path of the baseline file in the base's
    tree, if it is not the one that the settings name; `known` is a baseline from elsewhere.
    `environment` is that of the process, which may name the agent that commits.
    """

    repository: Repository
    store: Store
    settings: Settings | None = None
    known: Baseline | None = None
    baseline: str | None = None
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Subject:
    """What is reviewed: a diff of two trees, who wrote it, and the day that it is judged on."""

    trees: Trees
    diff: TreeDiff
    today: date
    attribution: Callable[[Settings], Attribution]


def review_index(judging: Judging) -> Review:
    """What committing the index would add to HEAD (to the empty tree before the first commit).

    The commit has no time yet, so that waivers end by the clock.
    """
    base = head(judging.repository)
    return _review(
        judging,
        _Subject(
            Trees(base, None, base),
            diff_index(judging.repository, base),
            datetime.now(UTC).astimezone().date(),
            lambda _settings: attribution_here(judging.environment),
        ),
    )


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


def review_change(judging: Judging, before: str | None, after: str) -> Review:
    """What a commit added to another (None: to the empty tree), by the settings of the latter.

    Raises:
        ScanError: a revision is unknown.
    """
    old = resolve(judging.repository, before) if before else None
    return _review_commits(judging, Trees(old, resolve(judging.repository, after), old))


def _review_commits(judging: Judging, trees: Trees) -> Review:
    repository, tip = judging.repository, trees.tip
    assert tip is not None
    ends = [commit_time(repository, oid) for oid in (tip, trees.rules) if oid]
    (diff,) = diff_trees(repository, [(trees.base, tip)])
    return _review(
        judging,
        _Subject(
            trees,
            diff,
            max(ends).date(),
            lambda settings: attribution_between(repository, trees.base, tip, settings.attribution),
        ),
    )


def _review(judging: Judging, subject: _Subject) -> Review:
    trees, diff = subject.trees, subject.diff
    with BlobReader(judging.repository) as blobs, ExitStack() as stack:
        settings = judging.settings or settings_at(judging.repository, trees.rules, blobs)
        settings = replace(settings, baseline=judging.baseline or settings.baseline)
        is_excluded = path_filter(settings.exclude)
        rules = rules_at(judging.repository, trees.rules, blobs, settings)
        semgrep = stack.enter_context(start(diff, rules, settings, blobs, judging.store))
        attribution = subject.attribution(settings)
        reader = SourceReader(blobs, judging.store)
        change = read_change(diff, reader, is_excluded)
        prepared = prepare(diff, change, reader, settings)
        live = LiveCode(judging.repository, reader, is_excluded)
        live.move_near(trees.base, change.files, judging.store)
        judgement = complete(prepared, live, when=None)
        by_rules = judge_rules(change, semgrep.result(), rules, settings)
        judgement = by_rules.added_to(judgement)
        thresholds = settings.thresholds.for_arm(attribution.arm)
        terms = Terms(settings, thresholds, subject.today, judging.known)
        settled = settle(judging.repository, trees, change.files, judgement, terms, (reader, blobs))
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
        notes=(*settled.notes, *_suppressed(by_rules.introduced.suppressed)),
    )


def _suppressed(count: int) -> tuple[str, ...]:
    if not count:
        return ()
    comments = "comment keeps" if count == 1 else "comments keep"
    return (f"`# nosemgrep` {comments} back {count} of what the rules find.",)
