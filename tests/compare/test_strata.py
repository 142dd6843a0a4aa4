from __future__ import annotations

from scanner.base.model import ChangeType, Label
from scanner.compare.strata import LADDER, Factor, choose, rungs, select
from scanner.compare.table import Row
from tests.compare.rows import SHARE, ai_arms, balanced, row, table


def found(rows: list[Row]) -> tuple[Factor, ...] | None:
    one = table(rows)
    arms = ai_arms(rows)
    rung = choose(rungs(one, select(one, arms, SHARE)))
    return rung.stratification.holds_fixed if rung else None


def pair(author: str, kinds: tuple[ChangeType, ChangeType], days: tuple[float, float]) -> list[Row]:
    return [
        row(1.0, author=author, kind=kinds[0], day=days[0], label=Label.AI),
        row(0.0, author=author, kind=kinds[1], day=days[1]),
    ] * 4


FEATURE, FIX = ChangeType.FEATURE, ChangeType.FIX


def test_the_finest_strata_are_used_where_they_hold_enough() -> None:
    rows = [one for name in "abcd" for one in pair(name, (FEATURE, FEATURE), (0, 1))]
    assert found(rows) == LADDER[0]


def test_another_type_falls_back_to_author_size_and_quarter() -> None:
    rows = [one for name in "abcd" for one in pair(name, (FEATURE, FIX), (0, 1))]
    assert found(rows) == (Factor.AUTHOR, Factor.SIZE, Factor.QUARTER)


def test_another_quarter_falls_back_to_author_type_and_size() -> None:
    rows = [one for name in "abcd" for one in pair(name, (FEATURE, FEATURE), (0, 100))]
    assert found(rows) == (Factor.AUTHOR, Factor.TYPE, Factor.SIZE)


def test_authors_in_one_arm_each_are_compared_with_others() -> None:
    rows = [row(1.0, author=name, label=Label.AI) for name in "abcd"]
    rows += [row(0.0, author=name) for name in "efgh"]
    assert found(rows) == (Factor.TYPE, Factor.SIZE, Factor.QUARTER)


def test_a_fine_level_that_fits_a_few_only_gives_way() -> None:
    matched = [one for name in "abcd" for one in pair(name, (FEATURE, FEATURE), (0, 1))]
    rest = [row(1.0, author=f"x{i}", label=Label.AI) for i in range(40)]
    rest += [row(0.0, author=f"y{i}") for i in range(40)]
    assert found(matched + rest) == (Factor.TYPE, Factor.SIZE, Factor.QUARTER)


def test_nothing_in_common_is_no_stratum() -> None:
    rows = [row(1.0, author=n, lines=5, label=Label.AI) for n in "abcd"]
    assert found(rows + [row(0.0, author=n, lines=500) for n in "abcd"]) is None


def test_what_was_matched_is_counted() -> None:
    rows = balanced(4, 10, 0.0) + [row(1.0, author="z", label=Label.AI, lines=3)] * 5
    one, arms = table(rows), ai_arms(rows)
    all_rungs = rungs(one, select(one, arms, SHARE))
    first = all_rungs[0].stratification
    assert (first.matched_treated, first.treated) == (40, 45)
    assert (first.matched_others, first.others) == (40, 40)
    assert first.finest_used
    assert first.title == "author × change type × size × quarter"
