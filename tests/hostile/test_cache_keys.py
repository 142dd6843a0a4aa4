"""What is kept is kept under all that it comes from: analyses, source, settings, history."""

from __future__ import annotations

import ast
from dataclasses import replace
from pathlib import Path

import pytest

from fixtures.repository import RepositoryBuilder
from scanner.analysis import all_facts
from scanner.base.model import Judgement, Scorecard
from scanner.base.source_digest import source_digest
from scanner.base.store import open_store
from scanner.codebase.reader import shelf_of
from scanner.config import Settings
from scanner.git.process import open_repository
from scanner.git.trees import diff_pair
from scanner.judge.batch import (
    JUDGING_SOURCE,
    ChangeToJudge,
    JudgingContext,
    judge_changes,
)
from tests.hostile.trees import grown

PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture
def context(tmp_path: Path) -> JudgingContext:
    builder = grown(tmp_path / "r")
    return JudgingContext(
        open_repository(builder.path), tmp_path / "cache" / "facts.sqlite", Settings()
    )


def judged(context: JudgingContext) -> Judgement:
    repository = context.repository
    builder = RepositoryBuilder(repository.git_dir.parent)
    diff = diff_pair(repository, builder.git("rev-parse", "HEAD~1"), builder.head)
    from datetime import UTC, datetime

    change = ChangeToJudge(diff, datetime(2025, 1, 1, tzinfo=UTC))
    with open_store(context.store_path) as store:
        return judge_changes(context, store, [change], 1, lambda _done, _of: None)[change.key]


@pytest.mark.parametrize("number", range(len(all_facts.FACTS)))
def test_raising_any_version_changes_the_answer(
    context: JudgingContext, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    right = judged(context)
    assert right.scorecard.points > 0
    stale = replace(right, scorecard=Scorecard(0, ()), findings=())
    with open_store(context.store_path) as store:
        found = store.get_many(context.cache_table(), [_key(context)])
        assert found == {_key(context): right}
        store.put_many(context.cache_table(), {_key(context): stale})
    assert judged(context) == stale
    raised = list(all_facts.FACTS)
    raised[number] = replace(raised[number], version=raised[number].version + 1)
    monkeypatch.setattr(all_facts, "FACTS", tuple(raised))
    assert judged(context) == right
    assert shelf_of(raised[number]).version != shelf_of(replace(raised[number], version=0)).version


def _key(context: JudgingContext) -> str:
    builder = RepositoryBuilder(context.repository.git_dir.parent)
    return f"{builder.git('rev-parse', 'HEAD~1')}..{builder.head}"


@pytest.mark.parametrize(
    ("module", "source"),
    [("scanner.judge.batch", JUDGING_SOURCE), ("scanner.analysis.all_facts", all_facts.SOURCE)],
)
def test_what_is_kept_follows_the_source_of_all_that_it_comes_from(
    module: str, source: tuple[str, ...]
) -> None:
    """Whatever the module leads to, at any depth, is in the digest of the key."""
    waiting, seen = [module], set[str]()
    while waiting:
        module = waiting.pop()
        if module in seen:
            continue
        seen.add(module)
        waiting += _imports(module)
    packages = {name.split(".")[1] for name in seen if "." in name}
    assert packages <= set(source)
    assert "analysis" in packages


def _imports(module: str) -> list[str]:
    place = PROJECT.joinpath(*module.split("."))
    file = place / "__init__.py" if place.is_dir() else place.with_suffix(".py")
    found = []
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("scanner."):
            found.append(str(node.module))
            parts = [f"{node.module}.{alias.name}" for alias in node.names]
            found += [part for part in parts if _is_module(part)]
    return found


def _is_module(name: str) -> bool:
    place = PROJECT.joinpath(*name.split("."))
    return place.with_suffix(".py").is_file() or (place / "__init__.py").is_file()


def test_a_digest_tells_packages_and_modules_apart() -> None:
    every = {source_digest(name) for name in JUDGING_SOURCE}
    assert len(every) == len(JUDGING_SOURCE)
    assert source_digest("analysis", "git") != source_digest("git", "analysis")


def test_the_edge_of_a_shallow_clone_is_part_of_the_key(tmp_path: Path) -> None:
    builder = grown(tmp_path / "r")
    context = JudgingContext(open_repository(builder.path), tmp_path / "f.sqlite", Settings())
    whole = context.cache_table()
    (builder.path / ".git" / "shallow").write_text(builder.git("rev-parse", "HEAD~1") + "\n")
    assert context.cache_table() != whole
