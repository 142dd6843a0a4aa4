"""A range of commits → the changes in it: judged, attributed, and followed to their end."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from functools import cached_property
from itertools import chain
from operator import attrgetter
from typing import NamedTuple

import numpy as np

from scanner.attribution.all_sources import Attributed, attribute
from scanner.attribution.changes import changed_paths, facts_of
from scanner.attribution.resolve import ChangeFacts, Part, attribute_change
from scanner.base.errors import ScanError
from scanner.base.model import (
    Attribution,
    Change,
    Commit,
    Exclusion,
    Judgement,
    Level,
    Person,
    Problem,
    Stage,
    TreeDiff,
)
from scanner.base.periods import periods
from scanner.base.source_digest import source_digest
from scanner.base.store import CacheTable, Store
from scanner.changes.change_type import type_of_commit
from scanner.changes.exclusion_reader import grounds_at, ignored_at
from scanner.changes.exclusions import Grounds, exclusion, joins_history
from scanner.delivery.joining import forge_records
from scanner.delivery.pulls import Export
from scanner.durability.reverts import Message
from scanner.git.clocks import clock_problems, with_possible_times
from scanner.git.commits import (
    first_parent_chain,
    head,
    read_commits,
    resolve,
    shallow_boundary,
)
from scanner.git.lifelines import Lifelines, needed_pairs
from scanner.git.line_registry import Lines
from scanner.git.mailmap import people_at
from scanner.git.process import Repository
from scanner.git.trees import diff_trees
from scanner.history.lines import follow_lines
from scanner.judge.batch import ChangeToJudge, JudgingContext, judge_changes

#: Told what is being done, how far it is, and how far it goes.
Progress = Callable[[str, int, int], None]

#: Two trees, by the commits that have them; None is the empty tree.
_Pair = tuple[str | None, str]

#: Diffs of Python files by their commits.
DIFFS = CacheTable("python-diff", source_digest("git", "roles"), TreeDiff)


class UnitOfChange(StrEnum):
    """What counts as one change: what was integrated at once, or each commit."""

    CHANGE = "change"
    COMMIT = "commit"


@dataclass(frozen=True, slots=True)
class Selection:
    """Which changes are looked at: `base` and what it reaches is left out, if given.

    `only` narrows them to one commit's, `newest` to those since `newest_since`.
    """

    tip: str
    base: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    unit: UnitOfChange = UnitOfChange.CHANGE
    only: str | None = None
    newest: bool = False

    @property
    def words(self) -> str:
        """The range as a user would write it, with full ids."""
        return f"{self.base}..{self.tip}" if self.base else self.tip

    def holds(self, commit: Commit) -> bool:
        """Whether a commit is chosen by its id and its time; the range is another matter."""
        if self.only is not None and commit.oid != self.only:
            return False
        after = self.since is None or commit.committed >= self.since
        return after and (self.until is None or commit.committed < self.until)


@dataclass(frozen=True, slots=True)
class IntegratedChange:
    """A change that is looked at: its commit, and the commits that it brought in, oldest first."""

    commit: Commit
    commits: tuple[str, ...]

    @property
    def pair(self) -> _Pair:
        """The two trees to compare: the first parent's and its own."""
        return self.commit.against_first_parent


def parse_range(repository: Repository, text: str | None) -> tuple[str | None, str]:
    """Base and tip of `A..B`, `B`, or None for HEAD, resolved.

    Raises:
        ScanError: a revision is unknown, or there is no commit yet.
    """
    if text is None:
        tip = head(repository)
        if tip is None:
            raise ScanError(
                "This repository has no commit yet, so there is no history to report on.",
                hint="Commit something first; `tallystick check` works without a commit.",
            )
        return None, tip
    base, dots, tip_text = text.partition("..")
    if not dots:
        return None, resolve(repository, text)
    if tip_text.startswith("."):
        raise ScanError(
            f"'{text}' is a symmetric range.", hint=f"Write {base}..{tip_text.lstrip('.')} instead."
        )
    return resolve(repository, base or "HEAD"), resolve(repository, tip_text or "HEAD")


def all_changes(commits: Sequence[Commit], selection: Selection) -> tuple[IntegratedChange, ...]:
    """The changes that the tip reaches, oldest first. Pure.

    Args:
        commits: all commits that the tip reaches, parents before children.
        selection: what counts as a change; its `tip` is a full id.
    """
    if selection.unit is UnitOfChange.COMMIT:
        return tuple(IntegratedChange(c, (c.oid,)) for c in commits if not c.is_merge)
    return tuple(_integrated(commits, selection.tip))


def _integrated(commits: Sequence[Commit], tip: str) -> list[IntegratedChange]:
    """First-parent commits, each with the commits that came in with it."""
    by_oid = {commit.oid: commit for commit in commits}
    order = {commit.oid: i for i, commit in enumerate(commits)}
    seen: set[str] = set()
    changes = []
    for commit in first_parent_chain(commits, tip):
        brought = sorted(_newly_reached(commit, by_oid, seen), key=order.__getitem__)
        changes.append(IntegratedChange(commit, tuple(brought)))
    return changes


#: What a report is on by default: the longer of the last year and so many changes.
NEWEST_DAYS, NEWEST_CHANGES = 365, 1000


def newest_since(changes: Sequence[IntegratedChange]) -> datetime | None:
    """The day from which on changes are the newest part of a history; None where that is all.

    Args:
        changes: all that a tip reaches, oldest first.
    """
    if len(changes) <= NEWEST_CHANGES:
        return None
    year = changes[-1].commit.committed - timedelta(days=NEWEST_DAYS)
    first = min(changes[-NEWEST_CHANGES].commit.committed, year).astimezone(UTC)
    since = datetime.combine(first.date(), time(), UTC)
    return since if any(one.commit.committed < since for one in changes) else None


def messages_of(
    commits: Sequence[Commit], changes: Sequence[IntegratedChange]
) -> tuple[Message, ...]:
    """What each change says: its own commit's message, then those of the commits it brought in."""
    by_oid = {commit.oid: commit for commit in commits}
    return tuple(
        Message(
            one.commits,
            (
                one.commit.message,
                *(by_oid[oid].message for oid in one.commits if oid != one.commit.oid),
            ),
        )
        for one in changes
    )


def as_landed(commits: Sequence[Commit], changes: Sequence[IntegratedChange]) -> tuple[Commit, ...]:
    """The commits as their changes landed; those that no change brought in stay where they are.

    Parents still come first. A line that two branches removed then ends with the one that landed
    first, not with the one that was written first and landed later, if ever.
    """
    by_oid = {commit.oid: commit for commit in commits}
    landed = [by_oid[oid] for change in changes for oid in change.commits]
    return tuple(landed) if len(landed) == len(commits) else tuple(commits)


def _newly_reached(commit: Commit, by_oid: Mapping[str, Commit], seen: set[str]) -> Iterable[str]:
    waiting = [commit.oid]
    reached = []
    while waiting:
        oid = waiting.pop()
        if oid not in seen and oid in by_oid:
            seen.add(oid)
            reached.append(oid)
            waiting.extend(by_oid[oid].parents)
    return reached


class AllCommits(NamedTuple):
    """All commits that a tip reaches, parents first, with times that can be.

    `left_out` are the ids of those that the base reaches; `problems` say what is wrong with times,
    and that a clone is shallow.
    """

    commits: tuple[Commit, ...]
    left_out: frozenset[str]
    problems: tuple[Problem, ...]


def read_all(repository: Repository, selection: Selection) -> AllCommits:
    """The commits of a selection and those before it."""
    read = read_commits(repository, [selection.tip])
    chain = first_parent_chain(read, selection.tip)
    commits = with_possible_times(read, chain, datetime.now(UTC))
    problems = (*_shallow(shallow_boundary(repository)), *clock_problems(read, commits))
    if selection.base is None:
        return AllCommits(commits, frozenset(), problems)
    kept = {c.oid for c in read_commits(repository, [selection.tip], [selection.base])}
    return AllCommits(commits, frozenset(c.oid for c in commits if c.oid not in kept), problems)


@dataclass(frozen=True)
class History:
    """All that was read of a selection, everything oldest first.

    `changes` are those selected, `integrated` all that the tip reaches, `commits` likewise.
    `ignored` are the commits that `.git-blame-ignore-revs` lists at the tip. `lines_at` has, for
    the last selected commit of each period, the identities of its lines by path (None: not known).
    `unjudged` counts the selected changes that an interrupted run did not come to.
    """

    selection: Selection
    commits: tuple[Commit, ...]
    changes: tuple[Change, ...]
    integrated: tuple[IntegratedChange, ...]
    diffs: Mapping[_Pair, TreeDiff]
    lifelines: Lifelines
    attributed: Attributed
    facts: Mapping[str, ChangeFacts]
    born: Mapping[str, int]
    ignored: frozenset[str]
    people: Mapping[Person, Person]
    problems: tuple[Problem, ...]
    lines_at: Mapping[str, Mapping[str, Lines | None]]
    unjudged: int = 0

    @property
    def older(self) -> int:
        """How many changes were left out for not being among the newest."""
        if not self.selection.newest:
            return 0
        return len(self.integrated) - len(self.changes) - self.unjudged

    @cached_property
    def by_oid(self) -> Mapping[str, Commit]:
        """The commits by their ids."""
        return {commit.oid: commit for commit in self.commits}

    def person(self, called: Person) -> Person:
        """Whom `.mailmap` says that a name and address belong to."""
        return self.people.get(called, called)

    def diff_of(self, change: Change) -> TreeDiff:
        """The diff of a change against its first parent."""
        return self.diffs[change.commit.against_first_parent]

    def attribution_of(self, one: IntegratedChange) -> Attribution:
        """The label of a change from the lines that each of its commits wrote."""
        return _attribution(one, self.attributed, self.facts, self.born)


def author_of(one: IntegratedChange, history: History) -> str:
    """The address of the person behind a change, for grouping alone.

    The author (by `.mailmap`) of the commit that wrote most of it; where that is an agent, the
    person who took it in: whoever merged or committed it.
    """
    own = (history.by_oid[oid] for oid in one.commits)
    ordinary = [commit for commit in own if not commit.is_merge] or [one.commit]
    main = max(ordinary, key=lambda commit: history.born[commit.oid])
    if history.attributed.attributions[main.oid].level is not Level.AUTHOR_IDENTITY:
        return history.person(main.author).email
    if one.commit.is_merge:
        return history.person(one.commit.author).email
    return history.person(main.committer).email


def read_history(
    context: JudgingContext,
    store: Store,
    selection: Selection,
    jobs: int | None,
    progress: Progress,
    export: Export | None = None,
) -> History:
    """Judges, attributes and follows every change of a selection.

    `export` is what a forge knows, if it was asked.
    """
    commits, left_out, of_commits = read_all(context.repository, selection)
    integrated = all_changes(commits, selection)
    if selection.newest:
        selection = replace(selection, since=newest_since(integrated))
    commits = as_landed(commits, integrated)
    selected = [
        one for one in integrated if one.commit.oid not in left_out and selection.holds(one.commit)
    ]
    pairs = chain(needed_pairs(commits), map(attrgetter("pair"), selected))
    diffs = diffs_of(context.repository, store, pairs, progress)
    to_judge = [ChangeToJudge(diffs[one.pair], one.commit.committed) for one in selected]
    judged = judge_changes(
        context,
        store,
        to_judge,
        jobs,
        lambda done, total: progress("judging changes", done, total),
    )
    unjudged = sum(one.key not in judged for one in to_judge)
    to_judge = [one for one in to_judge if one.key in judged]
    selected = [one for one in selected if _key(one.pair) in judged]
    ends = {commit.oid for _, commit in period_ends([one.commit for one in selected])}
    lines_at: dict[str, Mapping[str, Lines | None]] = {}

    def keep_ends(commit: Commit, files: Mapping[str, Lines | None]) -> None:
        if commit.oid in ends:
            lines_at[commit.oid] = dict(files)

    ignored = ignored_at(context.repository, selection.tip)
    asked = (diffs[pair] for pair in needed_pairs(commits))
    lifelines = follow_lines(
        context.repository,
        store,
        commits,
        messages_of(commits, integrated),
        selection.tip,
        asked,
        ignored,
        keep_ends,
    )
    born = born_lines(commits, lifelines)
    facts = _change_facts(commits, diffs, born)
    attributed = attribute(
        commits,
        context.repository,
        context.settings.attribution,
        facts,
        forge=forge_records(commits, export),
    )
    edge = shallow_boundary(context.repository)
    people = people_at(
        context.repository,
        selection.tip,
        (person for commit in commits for person in (commit.author, commit.committer)),
    )
    imports = joins_history(commits, edge)
    judged_diffs = [wanted.diff for wanted in to_judge]
    with grounds_at(context.repository, selection.tip, store, judged_diffs, ignored) as grounds:
        changes = tuple(
            _change(
                one,
                wanted.diff,
                judged[wanted.key],
                _attribution(one, attributed, facts, born),
                _exclusion_by_place(one.commit.oid, edge, imports),
                grounds,
            )
            for one, wanted in zip(selected, to_judge, strict=True)
        )
    problems = (
        *of_commits,
        *([people] if isinstance(people, Problem) else []),
        *lifelines.problems,
        *attributed.problems,
        *(problem for change in changes for problem in change.judgement.problems),
    )
    return History(
        selection=selection,
        commits=commits,
        changes=changes,
        integrated=integrated,
        diffs=diffs,
        lifelines=lifelines,
        attributed=attributed,
        facts=facts,
        born=born,
        ignored=ignored,
        people={} if isinstance(people, Problem) else people,
        problems=tuple(dict.fromkeys(problems)),
        lines_at=lines_at,
        unjudged=unjudged,
    )


def period_ends(commits: Sequence[Commit]) -> tuple[tuple[str, Commit], ...]:
    """The last commit of each period that has one: in their order, not that of their clocks."""
    of, numbers, names = periods(commit.committed for commit in commits)
    name_of = dict(zip(numbers, names, strict=True))
    latest = numbers[0] if numbers else 0
    ends: dict[str, Commit] = {}
    for commit in commits:
        latest = max(latest, of(commit.committed))
        ends[name_of[latest]] = commit
    return tuple(ends.items())


def diffs_of(
    repository: Repository, store: Store, wanted: Iterable[_Pair], progress: Progress
) -> dict[_Pair, TreeDiff]:
    """The diffs of all pairs, in their order; git is asked for those that the store does not have.

    What could not be compared is not kept: an object that this clone lacks may be there next time.
    """
    pairs = list(dict.fromkeys(wanted))
    found = store.get_many(DIFFS, map(_key, pairs))
    known = {pair: diff for pair in pairs if isinstance(diff := found.get(_key(pair)), TreeDiff)}
    asked = [pair for pair in pairs if pair not in known]
    fresh: dict[_Pair, TreeDiff] = {}
    for pair, diff in zip(asked, diff_trees(repository, asked), strict=True):
        fresh[pair] = diff
        if len(fresh) % 100 == 0:
            progress("comparing commits", len(fresh), len(asked))
    store.put_many(DIFFS, {_key(pair): diff for pair, diff in fresh.items() if _is_whole(diff)})
    return {pair: known.get(pair) or fresh[pair] for pair in pairs}


def _key(pair: _Pair) -> str:
    return f"{pair[0] or ''}..{pair[1]}"


def _is_whole(diff: TreeDiff) -> bool:
    return diff.problem is None and all(file.problem is None for file in diff.files)


def _change_facts(
    commits: Iterable[Commit],
    diffs: Mapping[_Pair, TreeDiff],
    born: Mapping[str, int],
) -> dict[str, ChangeFacts]:
    """What attribution needs to know of every commit's own change."""
    return facts_with_merges(
        {commit.oid: facts_of(commit, diffs[commit.against_first_parent]) for commit in commits},
        born,
    )


def facts_with_merges(
    facts: Mapping[str, ChangeFacts], born: Mapping[str, int]
) -> dict[str, ChangeFacts]:
    """The facts, with the merges that wrote lines of their own known as such."""
    return {
        oid: replace(one, resolves=True) if one.is_merge and born[oid] else one
        for oid, one in facts.items()
    }


def born_lines(commits: Iterable[Commit], lifelines: Lifelines) -> dict[str, int]:
    """How many lines each commit wrote."""
    birth = lifelines.birth[lifelines.birth >= 0]
    counts = np.bincount(birth, minlength=len(lifelines.commits))
    by_oid = dict(zip(lifelines.commits, counts.tolist(), strict=True))
    return {commit.oid: by_oid.get(commit.oid, 0) for commit in commits}


def _change(
    one: IntegratedChange,
    diff: TreeDiff,
    judgement: Judgement,
    attribution: Attribution,
    by_place: Exclusion | None,
    grounds: Grounds,
) -> Change:
    return Change(
        commit=one.commit,
        commits=one.commits,
        change_type=type_of_commit(one.commit, changed_paths(diff)),
        attribution=attribution,
        judgement=judgement,
        added_lines=sum(file.added_lines for file in diff.files),
        deleted_lines=sum(file.deleted_lines for file in diff.files),
        files=len(diff.files),
        exclusion=by_place or exclusion(one.commit, diff, attribution, grounds),
    )


def _exclusion_by_place(
    oid: str, edge: frozenset[str], imports: frozenset[str]
) -> Exclusion | None:
    """Why a commit is left out for where it stands in the history."""
    if oid in edge:
        return Exclusion.SHALLOW_EDGE
    return Exclusion.INITIAL_IMPORT if oid in imports else None


def _shallow(edge: frozenset[str]) -> tuple[Problem, ...]:
    if not edge:
        return ()
    reason = (
        "this clone is shallow: what came before its oldest commits is not here, so those commits "
        "are left out, and lines older than they are seem to come from them "
        "(git fetch --unshallow brings the rest)"
    )
    return (Problem(Stage.GIT, None, reason),)


def _attribution(
    one: IntegratedChange,
    attributed: Attributed,
    facts: Mapping[str, ChangeFacts],
    born: Mapping[str, int],
) -> Attribution:
    """The label of a change from the lines that each of its commits wrote."""
    own = attributed.attributions[one.commit.oid]
    if not one.commit.is_merge:
        return own
    parts = [
        Part(attributed.attributions[oid], born[oid])
        for oid in one.commits
        if not facts[oid].is_merge or facts[oid].resolves
    ]
    return attribute_change(own, parts)
