"""One tree → the book of its conventions, for readers and as semgrep rules."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from scanner.codebase.departures import UnitChoices, find_examples
from scanner.codebase.governors import Governors
from scanner.codebase.habits import Habits
from scanner.codebase.handbook import ConventionRow, rows
from scanner.codebase.reader import SourceReader
from scanner.codebase.semgrep_export import ExportedRules, export_semgrep
from scanner.errors import ScanError
from scanner.git.blobs import BlobReader
from scanner.git.commits import resolve
from scanner.judge import Sources, habits_along
from scanner.judging import Bench
from scanner.model import Problem, Stage
from scanner.store import open_store

_SHALLOW = (
    "this clone is shallow: lines older than its oldest commit count as written by it, so that "
    "fewer habits are told and none by its age (git fetch --unshallow brings the rest)"
)


@dataclass(frozen=True, slots=True)
class TreeHabits:
    """The conventions of a commit's tree, and the same as rules where semgrep can say them."""

    revision: str
    rows: tuple[ConventionRow, ...]
    rules: ExportedRules
    problems: tuple[Problem, ...] = ()


def habits_of_tree(bench: Bench, revision: str) -> TreeHabits:
    """What the codebase of a revision always does.

    Raises:
        ScanError: the revision is unknown, or a tree of its history is not in this clone.
    """
    commit = resolve(bench.repository, revision)
    with BlobReader(bench.repository) as blobs, open_store(bench.store_path) as store:
        reader = SourceReader(blobs, store)
        sources = Sources(bench.repository, blobs, reader, store)
        habits = habits_along(sources, bench.settings.exclude, [commit], {})
        problem = habits.move_to(commit)
        if problem is not None:
            raise ScanError(f"The history of {revision} is not all here: {problem.reason}.")
        silenced = Governors(bench.repository, blobs, [commit]).silenced_at(commit)
        book, exemplars = habits.book.conventions, _Exemplars(habits)
        found = rows(book, lambda one: find_examples(one, book, exemplars), silenced)
        rules = export_semgrep(book)
        reader.flush()
        habits.keep()
    is_shallow = bench.repository.is_shallow
    problems = (Problem(Stage.GIT, None, _SHALLOW),) if is_shallow else ()
    return TreeHabits(commit, found, rules, problems)


class _Exemplars:
    """Reads each file once: the same few show many conventions."""

    def __init__(self, habits: Habits) -> None:
        self._habits = habits
        self._known: dict[str, tuple[UnitChoices, ...]] = {}

    def __call__(self, path: str) -> Iterable[UnitChoices]:
        if path not in self._known:
            self._known[path] = tuple(self._habits.exemplars(path))
        return self._known[path]
