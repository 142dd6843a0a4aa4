"""The cache as a machine of states: whatever happened to it, it never says what is not so."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from fixtures.repository import RepositoryBuilder
from scanner.base.model import Judgement, Problem, Stage
from scanner.base.store import CacheTable, Store, open_store
from scanner.config import Settings
from scanner.git.process import open_repository
from scanner.git.trees import diff_pair
from scanner.judge.batch import ChangeToJudge, JudgingContext, judge_changes

TABLES = [CacheTable(name, version, str) for name in ("a", "b") for version in ("1", "2")]
tables, keys = st.sampled_from(TABLES), st.sampled_from(("k", "l", "\udcff", "m" * 300))
values = st.one_of(st.text(max_size=200), st.just(Problem(Stage.READ, None, "odd")))


def damage(file: Path, at: float, bit: int) -> None:
    """Turns one bit of a file."""
    if file.exists() and (content := bytearray(file.read_bytes())):
        content[int(at * (len(content) - 1))] ^= 1 << bit
        file.write_bytes(content)


class StoreStates(RuleBasedStateMachine):
    """Two connections on one file, which is damaged and removed meanwhile."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name) / "cache" / "facts.sqlite"
        self.stores = [open_store(self.path), open_store(self.path)]
        self.said: dict[tuple[str, str, str], str | Problem] = {}
        self.is_whole = True

    @rule(which=st.booleans(), table=tables, key=keys, value=values)
    def put(self, which: bool, table: CacheTable[str], key: str, value: str | Problem) -> None:
        self.stores[which].put_many(table, {key: value})
        self.said[table.name, table.version, key] = value

    @rule(which=st.booleans(), table=tables, key=keys)
    def get(self, which: bool, table: CacheTable[str], key: str) -> None:
        found = self.stores[which].get(table, key)
        said = self.said.get((table.name, table.version, key))
        assert found == said or (found is None and (not self.is_whole or "\udcff" in key))

    @rule(which=st.booleans())
    def open_again(self, which: bool) -> None:
        self.stores[which].close()
        self.stores[which] = open_store(self.path)

    @rule(at=st.floats(0, 1), bit=st.integers(0, 7))
    def damage(self, at: float, bit: int) -> None:
        self._close()
        damage(self.path, at, bit)
        self._open()

    @rule()
    def remove(self) -> None:
        self._close()
        self.path.unlink(missing_ok=True)
        self._open()

    def _close(self) -> None:
        for store in self.stores:
            store.close()

    def _open(self) -> None:
        self.is_whole = False
        self.stores = [open_store(self.path), open_store(self.path)]

    def teardown(self) -> None:
        self._close()
        self.folder.cleanup()


class Ended(BaseException):
    """A run that is ended at this moment."""


class EndingStore(Store):
    """A store whose run is ended when it wants to write for the nth time."""

    left = 0

    def put_many(self, cache_table: CacheTable[object], values: Mapping[str, object]) -> None:  # type: ignore[override]
        self.left -= 1
        if self.left < 0:
            raise Ended
        super().put_many(cache_table, values)


class History:
    """Eight changes, and what a run without a cache says of each."""

    def __init__(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        builder = RepositoryBuilder(Path(self.folder.name) / "r")
        text = "def first(x):\n    return x\n"
        commits = [builder.commit("Begin", {"a.py": text})]
        for number in range(8):
            text += f"\n\ndef f{number}(a, b):\n    if a:\n        return b or {number}\n" * 2
            commits.append(builder.commit(f"Change {number}", {f"m{number % 3}.py": text}))
        repository = open_repository(builder.path)
        self.path = Path(self.folder.name) / "cache" / "facts.sqlite"
        self.context = JudgingContext(repository, self.path, Settings())
        time = datetime(2025, 1, 1, tzinfo=UTC)
        self.changes = [
            ChangeToJudge(diff_pair(repository, before, after), time)
            for before, after in pairwise(commits)
        ]
        with open_store(None) as store:
            self.clean = self.judged(store, self.changes)

    def judged(self, store: Store, changes: list[ChangeToJudge]) -> dict[str, Judgement]:
        return judge_changes(self.context, store, changes, 1, lambda _done, _of: None)


_histories: list[History] = []


class ResumeStates(RuleBasedStateMachine):
    """Runs of parts of a history, ended at any write, on a cache that is damaged meanwhile."""

    @initialize()
    def begin(self) -> None:
        if not _histories:
            _histories.append(History())
        self.history = _histories[0]
        self.forget()

    @rule(first=st.integers(0, 7), count=st.integers(1, 8), writes=st.integers(0, 12))
    def ended_run(self, first: int, count: int, writes: int) -> None:
        store = EndingStore(self.history.path)
        store.left = writes
        try:
            self.history.judged(store, self.history.changes[first : first + count])
        except Ended:
            pass
        finally:
            store.close()

    @rule(first=st.integers(0, 7), count=st.integers(1, 8))
    def run_of_a_part(self, first: int, count: int) -> None:
        part = self.history.changes[first : first + count]
        with open_store(self.history.path) as store:
            found = self.history.judged(store, part)
        assert found == {one.key: self.history.clean[one.key] for one in part}

    @rule(at=st.floats(0, 1), bit=st.integers(0, 7))
    def damage(self, at: float, bit: int) -> None:
        damage(self.history.path, at, bit)

    @rule()
    def forget(self) -> None:
        for file in self.history.path.parent.glob("facts*"):
            file.unlink()

    def teardown(self) -> None:
        if hasattr(self, "history"):
            with open_store(self.history.path) as store:
                assert self.history.judged(store, self.history.changes) == self.history.clean


quick = {"deadline": None, "suppress_health_check": list(HealthCheck)}
StoreStates.TestCase.settings = settings(max_examples=25, stateful_step_count=20, **quick)  # type: ignore[arg-type]
ResumeStates.TestCase.settings = settings(max_examples=5, stateful_step_count=6, **quick)  # type: ignore[arg-type]
TestStoreStates = StoreStates.TestCase
TestResumeStates = ResumeStates.TestCase
