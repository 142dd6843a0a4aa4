"""One Ctrl-C in `report` gives a report on what is judged so far; the next run goes on."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from fixtures.repository import RepositoryBuilder
from scanner.base.interruption import interrupt_by_exception
from scanner.base.store import open_store
from scanner.config import Settings
from scanner.git.commits import resolve
from scanner.git.process import open_repository
from scanner.history.aftermath import follow_up
from scanner.history.debt_over_time import standing_debt
from scanner.history.read import Selection, read_history
from scanner.judge.batch import CHANGES_PER_TASK, JudgingContext
from scanner.render.json.report_documents import report_document
from scanner.render.terminal.report_text import render
from scanner.report.build import Material, Report, build_report
from scanner.tree.clone_groups import standing_clones
from scanner.tree.scan import scan_tree

#: More than two tasks, and fewer than are worth processes.
CHANGES = 2 * CHANGES_PER_TASK + 5


@pytest.fixture(autouse=True)
def _handlers() -> Iterator[None]:
    before = {one: signal.getsignal(one) for one in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background ignores it
    interrupt_by_exception()
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> RepositoryBuilder:
    builder = RepositoryBuilder(tmp_path_factory.mktemp("interrupted") / "repo")
    stream = "".join(
        f"commit refs/heads/main\ncommitter A <a@x> {1_700_000_000 + number * 90_000} +0000\n"
        f"data 1\nx\nM 644 inline b{number % 9}.py\ndata 8\nA = 1{number:02}\n\n"
        for number in range(CHANGES)
    )
    builder.git("fast-import", "--quiet", stdin=stream.encode())
    return builder


@dataclass
class Stopping:
    """Raises a signal as often as is said, where progress is told of something."""

    number: int
    left: int
    of: str = "judging changes"

    def __call__(self, what: str, _done: int, _total: int) -> None:
        if what == self.of and self.left:
            self.left -= 1
            signal.raise_signal(self.number)


def reported(builder: RepositoryBuilder, store: Path, stopping: Stopping) -> Report:
    repository = open_repository(builder.path)
    context = JudgingContext(repository, store, Settings())
    tip = resolve(repository, "main")
    with open_store(store) as opened:
        history = read_history(context, opened, Selection(tip), 1, stopping)
        stopping("afterwards", 0, 1)
        aftermath = follow_up(history, repository, opened)
        clones = standing_clones(context, tip, 1, lambda *_: None)
        standing = standing_debt(context, opened, history, 1, lambda *_: None)
        found = scan_tree(context, tip, 1, lambda *_: None)
        material = Material(history, aftermath, clones, standing, found)
        return build_report(material, context, opened, lambda *_: None)


def test_one_that_is_not_interrupted_is_on_all(built: RepositoryBuilder, tmp_path: Path) -> None:
    report = reported(built, tmp_path / "facts.sqlite", Stopping(signal.SIGINT, 0))
    assert (len(report.changes), report.history.unjudged) == (CHANGES, 0)
    assert "interrupted" not in render(report)


def test_it_is_on_what_is_judged_and_says_so(built: RepositoryBuilder, tmp_path: Path) -> None:
    report = reported(built, tmp_path / "facts.sqlite", Stopping(signal.SIGINT, 1))
    judged = CHANGES_PER_TASK
    assert (len(report.changes), report.history.unjudged) == (judged, CHANGES - judged)
    words = f"The run was interrupted: this is on {judged} of {CHANGES} changes. Run it again"
    assert words in " ".join(render(report).split())
    document = report_document(report)
    assert (document.older_changes, document.unjudged_changes) == (0, CHANGES - judged)


def test_the_next_goes_on_from_there(built: RepositoryBuilder, tmp_path: Path) -> None:
    store = tmp_path / "facts.sqlite"
    reported(built, store, Stopping(signal.SIGINT, 1))
    asked: list[int] = []
    with open_store(store) as opened:
        context = JudgingContext(open_repository(built.path), store, Settings())
        selection = Selection(resolve(context.repository, "main"))
        read_history(context, opened, selection, 1, lambda _what, done, _of: asked.append(done))
    assert min(asked) > CHANGES_PER_TASK


@pytest.mark.parametrize(
    "stopping",
    [
        Stopping(signal.SIGTERM, 1),
        Stopping(signal.SIGINT, 1, "afterwards"),
    ],
    ids=["told to end", "afterwards"],
)
def test_what_ends_the_run(built: RepositoryBuilder, tmp_path: Path, stopping: Stopping) -> None:
    with pytest.raises(KeyboardInterrupt):
        reported(built, tmp_path / "facts.sqlite", stopping)
