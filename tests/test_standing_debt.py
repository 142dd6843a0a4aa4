"""What stood in the trees, held to `scan`, and to the sums of the changes between them."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from fixtures.repository import RepositoryBuilder
from scanner.base.model import Arm
from scanner.base.store import open_store
from scanner.config import Settings
from scanner.demo.history import build
from scanner.git.commits import resolve
from scanner.git.process import open_repository
from scanner.history.debt_over_time import NOTHING, Standing, StandingDebt, standing_debt
from scanner.history.read import Selection, read_history
from scanner.judge.batch import JudgingContext
from scanner.tree.scan import TreeScan, scan_tree
from tests.render.report_samples import nested

PLAIN = "def add(a, b):\n    return a + b\n"


def bench_of(builder: RepositoryBuilder, settings: Settings | None = None) -> JudgingContext:
    repository = open_repository(builder.path)
    return JudgingContext(repository, builder.path.parent / "facts.sqlite", settings or Settings())


def measured(context: JudgingContext, base: str | None = None) -> tuple[StandingDebt, int]:
    """What stood, and the sum of the changes' cognitive deltas."""
    with open_store(context.store_path) as store:
        selection = Selection(resolve(context.repository, "HEAD"), base)
        history = read_history(context, store, selection, 1, lambda *_: None)
        found = standing_debt(context, store, history, 1, lambda *_: None)
    return found, sum(change.judgement.cognitive_delta for change in history.changes)


def as_scanned(found: TreeScan) -> Standing:
    """The same sums of what `scan` lists."""
    units = [one.complexity for one in found.units]
    closures = [closure.cyclomatic for one in units for closure in one.closures]
    beyond = {(f.place.path, f.place.unit) for f in found.findings}
    return Standing(
        len(found.files), len(units), sum(one.code_lines for one in units),
        sum(one.cognitive for one in units), sum(one.cyclomatic for one in units) + sum(closures),
        len(beyond), sum(finding.points for finding in found.findings),
    )  # fmt: skip


def test_a_history_without_python_has_nothing(tmp_path: Path) -> None:
    builder = RepositoryBuilder(tmp_path / "repo")
    builder.commit("Begin", {"README.md": "# x\n"})
    found, _ = measured(bench_of(builder))
    assert found.before == NOTHING
    assert [one.standing for one in found.ends] == [NOTHING]


def test_a_period_without_changes_has_no_end_and_what_is_excluded_does_not_stand(
    tmp_path: Path,
) -> None:
    builder = RepositoryBuilder(tmp_path / "repo")
    builder.commit("Begin", {"a.py": PLAIN, "made/b.py": PLAIN})
    builder.commit("Go on", {"a.py": PLAIN + PLAIN.replace("add", "sum")}, days_later=70)
    found, _ = measured(bench_of(builder, replace(Settings(), exclude=("made/**",))))
    assert [one.period for one in found.ends] == ["2024-01", "2024-03"]
    assert [one.standing.files for one in found.ends] == [1, 1]


def test_a_file_that_cannot_be_parsed_is_counted_as_such(tmp_path: Path) -> None:
    builder = RepositoryBuilder(tmp_path / "repo")
    builder.commit("Begin", {"a.py": PLAIN, "b.py": "def (:\n"})
    found, _ = measured(bench_of(builder))
    (end,) = found.ends
    assert (end.standing.files, end.standing.unread, end.standing.units) == (2, 1, 2)


def test_a_range_starts_from_what_stood(tmp_path: Path) -> None:
    builder = RepositoryBuilder(tmp_path / "repo")
    base = builder.commit("Begin", {"a.py": nested("first", 4)})
    builder.commit("Go on", {"b.py": nested("second", 6)}, days_later=40)
    context = bench_of(builder)
    found, delta = measured(context, base)
    assert found.before == as_scanned(scan_tree(context, base, 1, lambda *_: None))
    assert found.before is not None
    assert found.ends[-1].standing.cognitive == found.before.cognitive + delta
    assert found.ends[-1].standing.beyond == 1


def test_a_tree_that_is_not_here_is_a_problem(tmp_path: Path) -> None:
    builder = RepositoryBuilder(tmp_path / "repo")
    base = builder.commit("Begin", {"a.py": PLAIN})
    builder.commit("Go on", {"b.py": PLAIN}, days_later=40)
    tree = builder.git("rev-parse", f"{base}^{{tree}}")
    context = bench_of(builder)
    with open_store(context.store_path) as store:
        selection = Selection(builder.head, base)
        history = read_history(context, store, selection, 1, lambda *_: None)
        (builder.path / ".git/objects" / tree[:2] / tree[2:]).unlink()
        found = standing_debt(context, store, history, 1, lambda *_: None)
    assert found.before is None
    assert [one.standing.files for one in found.ends] == [2]
    assert "is not in this clone" in found.problems[0].reason


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> RepositoryBuilder:
    """Copies, reverts and moves; a merge, a rename and a file that goes away besides."""
    builder = build(tmp_path_factory.mktemp("shop") / "repo", 60)
    builder.branch("side")
    builder.commit("Write aside", {"shop/side.py": nested("aside", 5)})
    builder.switch("main")
    builder.commit("Write on", {"shop/main.py": nested("on", 5)})
    builder.merge("side")
    builder.git("mv", "shop/main.py", "shop/renamed.py")
    builder.commit("Move")
    builder.commit("Take away", {"shop/side.py": None})
    return builder


def test_every_end_is_what_scan_says_of_its_tree(shop: RepositoryBuilder) -> None:
    context = bench_of(shop)
    found, _ = measured(context)
    assert len(found.ends) > 2
    for end in found.ends:
        scanned = scan_tree(context, end.commit.oid, 1, lambda *_: None)
        assert end.standing == as_scanned(scanned)


def test_what_stands_by_arm_adds_up_to_the_tree(shop: RepositoryBuilder) -> None:
    found, _ = measured(bench_of(shop))
    for end in found.ends:
        points = sum(one.points for one in end.by_arm)
        assert points == pytest.approx(end.standing.points)
        assert sum(one.lines for one in end.by_arm) >= end.standing.code_lines
    assert {one.arm for one in found.ends[-1].by_arm} == {Arm.MIXED, Arm.OTHER}


def test_debt_goes_to_who_wrote_its_lines_wherever_they_stand_now(tmp_path: Path) -> None:
    builder = RepositoryBuilder(tmp_path / "repo")
    builder.commit("Begin", {"a.py": PLAIN})
    by_ai = "Write\n\nCo-Authored-By: Claude <noreply@anthropic.com>"
    builder.commit(by_ai, {"b.py": nested("deep", 6)}, days_later=700)
    builder.git("mv", "b.py", "c.py")
    builder.commit("Move", days_later=40)
    found, _ = measured(bench_of(builder))
    first, *_, last = found.ends
    assert [one.arm for one in first.by_arm] == [Arm.OTHER]
    by_arm = {one.arm: one for one in last.by_arm}
    assert by_arm[Arm.AI].points == last.standing.points > 0
    assert by_arm[Arm.OTHER].points == 0
    assert by_arm[Arm.OTHER].lines == PLAIN.count("\n")


def test_the_changes_add_up_to_the_trees(shop: RepositoryBuilder) -> None:
    found, delta = measured(bench_of(shop))
    assert found.ends[-1].standing.cognitive == delta > 0


def test_it_is_the_same_again_and_without_a_store(shop: RepositoryBuilder, tmp_path: Path) -> None:
    context = bench_of(shop)
    first, again = measured(context), measured(context)
    shutil.copytree(shop.path, tmp_path / "repo")
    fresh = measured(bench_of(RepositoryBuilder(tmp_path / "repo")))
    assert first == again == fresh
