"""One tree → the book of its conventions, for readers and as semgrep rules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from scanner.base.errors import ExitCode, ScanError
from scanner.base.model import Problem, Stage
from scanner.base.store import Store, open_store
from scanner.codebase.reader import SourceReader
from scanner.conventions.counts import ConventionCounts
from scanner.conventions.deviations import UnitChoices, find_examples
from scanner.conventions.linter_config import LinterConfigs
from scanner.conventions.listing import ConventionRow, FindExamples, rows, rows_at, strongest
from scanner.conventions.profile_at import ProfileAtCommit
from scanner.conventions.scopes import Population, Scope, ScopeLevel
from scanner.conventions.semgrep_export import ExportedRules, export_semgrep
from scanner.conventions.tallies import Point
from scanner.git.blobs import BlobReader
from scanner.git.commits import resolve
from scanner.judge import Sources, profiles_along
from scanner.judge.batch import JudgingContext

#: What is missing in a shallow clone.
SHALLOW = (
    "this clone is shallow: lines older than its oldest commit count as written by it, so that "
    "fewer habits are told and none by its age (git fetch --unshallow brings the rest)"
)


@dataclass(frozen=True, slots=True)
class TreeConventions:
    """The conventions of a commit's tree, and the same as rules where semgrep can say them."""

    revision: str
    rows: tuple[ConventionRow, ...]
    rules: ExportedRules
    problems: tuple[Problem, ...] = ()


def conventions_of_tree(context: JudgingContext, revision: str) -> TreeConventions:
    """What the codebase of a revision always does.

    Raises:
        ScanError: the revision is unknown, or a tree of its history is not in this clone.
    """
    commit = resolve(context.repository, revision)
    with _told_at(context, commit) as known:
        found = rows(known.book, known.examples, known.silenced)
        rules = export_semgrep(known.book)
    is_shallow = context.repository.is_shallow
    problems = (Problem(Stage.GIT, None, SHALLOW),) if is_shallow else ()
    return TreeConventions(commit, found, rules, problems)


def conventions_for(context: JudgingContext, revision: str, path: str) -> tuple[ConventionRow, ...]:
    """What holds for a file, or for the files of a directory, whether it is there yet or not.

    Raises:
        ScanError: the revision is unknown, or a tree of its history is not in this clone.
    """
    commit = resolve(context.repository, revision)
    place = path if path.endswith((".py", ".pyi")) else f"{path}/_.py".removeprefix("./")
    with _told_at(context, commit) as known:
        return rows_at(known.book, known.examples, known.silenced, place.removeprefix("/"))


def strongest_conventions(
    context: JudgingContext, store: Store, commit: str
) -> tuple[ConventionRow, ...]:
    """The strongest habit of each topic at a commit, and what is moving; none where unknown."""
    if context.repository.is_shallow:
        return ()
    with _at(context, store, commit) as known:
        if isinstance(known, Problem):
            return ()
        return strongest(known.book, known.examples, known.silenced)


def choices_counted(
    context: JudgingContext, revision: str, families: Iterable[str]
) -> dict[str, Counter[str]]:
    """How often each alternative of a family is chosen in all of a tree, less its stubs.

    Raises:
        ScanError: the revision is unknown, or a tree of its history is not in this clone.
    """
    kinds = [one for one in Population if one is not Population.STUBS]
    scopes = [Scope(kind, ScopeLevel.REPOSITORY, "") for kind in kinds]
    found: dict[str, Counter[str]] = {}
    with _told_at(context, resolve(context.repository, revision)) as known:
        for family in families:
            found[family] = Counter()
            for scope in scopes:
                found[family].update(known.book.counts(scope, Point(family, "")))
    return found


@contextmanager
def _told_at(context: JudgingContext, commit: str) -> Iterator[_Known]:
    """What is known at a commit, where that is asked for by itself: a history that is not all here
    ends the run.
    """
    with open_store(context.store_path) as store, _at(context, store, commit) as known:
        if isinstance(known, Problem):
            raise ScanError(
                f"The history of {commit[:12]} is not all here: {known.reason}.",
                hint="Fetch what is missing, or run in a full clone.",
                exit_code=ExitCode.COULD_NOT_JUDGE,
            )
        yield known


@dataclass(frozen=True, slots=True)
class _Known:
    """The conventions of a tree, a look-up of places that keep one, and what tools govern."""

    book: ConventionCounts
    examples: FindExamples
    silenced: frozenset[str]


@contextmanager
def _at(context: JudgingContext, store: Store, commit: str) -> Iterator[_Known | Problem]:
    repository, exclude = context.repository, context.settings.exclude
    with BlobReader(repository) as blobs:
        reader = SourceReader(blobs, store, conventions=context.conventions)
        sources = Sources(repository, blobs, reader, store)
        habits = profiles_along(sources, exclude, [commit], {})
        problem = habits.move_to(commit)
        if problem is not None:
            yield problem
            return
        book, exemplars = habits.book.conventions, _Exemplars(habits)
        yield _Known(
            book,
            lambda convention: find_examples(convention, book, exemplars),
            LinterConfigs(repository, blobs, [commit]).silenced_at(commit),
        )
        reader.flush()
        habits.keep()


class _Exemplars:
    """Reads each file once: the same few show many conventions."""

    def __init__(self, habits: ProfileAtCommit) -> None:
        self._habits = habits
        self._known: dict[str, tuple[UnitChoices, ...]] = {}

    def __call__(self, path: str) -> Iterable[UnitChoices]:
        if path not in self._known:
            self._known[path] = tuple(self._habits.exemplars(path))
        return self._known[path]
