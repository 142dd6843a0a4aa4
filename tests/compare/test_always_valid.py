"""Evidence that may be looked at as often as one likes."""

from __future__ import annotations

import math
from itertools import product

import pytest

from scanner.compare.always_valid import NEAR, Side, paired, threshold, watch

BOTH = [(True, True), (True, False), (False, True), (False, False)]


@pytest.mark.parametrize(
    "pairs",
    [
        [],
        [(True, True)] * 200,
        [(False, False)] * 200,
        [(True, False), (False, True)] * 200,
    ],
    ids=["nothing", "always both", "never", "in turn"],
)
def test_what_does_not_differ_never_reaches_the_threshold(pairs: list[tuple[bool, bool]]) -> None:
    assert watch(pairs).highest < threshold(1)


@pytest.mark.parametrize(
    "chances", [(0.5,) * 4, (0.05,) * 4, (0.1, 0.9, 0.2, 0.7)], ids=["half", "rare", "drifting"]
)
def test_wealth_does_not_grow_on_average_whatever_the_chances_are(
    chances: tuple[float, ...],
) -> None:
    mean = 0.0
    for pairs in product(BOTH, repeat=len(chances)):
        each = zip(chances, pairs, strict=True)
        chance = math.prod([p if event else 1.0 - p for p, pair in each for event in pair])
        mean += chance * math.exp(watch(pairs).log_wealth[-1])
    assert mean <= 1 + 1e-12


@pytest.mark.parametrize("pair", [(True, False), (False, True)])
def test_a_difference_is_found_whichever_way_it_goes(pair: tuple[bool, bool]) -> None:
    found = watch([pair] * 10)
    assert found.highest > threshold(1)
    assert (found.treated_share, found.others_share) == tuple(map(float, pair))


def test_what_was_found_is_not_unmade() -> None:
    found = watch([(True, False)] * 10 + [(False, True)] * 10)
    assert found.log_wealth[-1] < threshold(1) < found.highest


def test_more_lines_need_more_evidence() -> None:
    assert threshold(0) == threshold(1) == pytest.approx(math.log(20))
    assert threshold(5) == pytest.approx(math.log(100))


A, B = True, False


@pytest.mark.parametrize(
    ("sides", "pairs"),
    [
        ([], []),
        ([Side("s", 0, A, True), Side("s", 0, A, True)], []),
        ([Side("s", 0, A, True), Side("t", 0, B, True)], []),
        ([Side("s", 0, A, True), Side("s", NEAR + 1, B, True)], []),
        ([Side("s", 0, A, True), Side("s", NEAR, B, False)], [(1, True, False)]),
        ([Side("s", 0, B, True), Side("s", 0, A, False)], [(1, False, True)]),
        # the newest that waits, and each once
        (
            [Side("s", 0, B, True), Side("s", 9, B, False), Side("s", 9, A, True),
             Side("s", 10, A, False), Side("s", 11, A, True)],
            [(2, True, False), (3, False, True)],
        ),
    ],
)  # fmt: skip
def test_a_pair_is_of_one_stratum_and_near(
    sides: list[Side], pairs: list[tuple[int, bool, bool]]
) -> None:
    assert paired(sides) == pairs
