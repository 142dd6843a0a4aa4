"""What fuzzing has found once is found no more: the seeds hold an input of each kind of fault."""

from __future__ import annotations

import random

import pytest

from fuzz.mutate import Mutator
from fuzz.run import LONGEST, seeds, tried
from fuzz.targets import TARGETS


@pytest.mark.parametrize("name", TARGETS)
def test_every_seed_is_read_or_refused(name: str) -> None:
    known = seeds(name)
    assert known
    for seed in known:
        tried(name, seed)


def test_a_mutator_makes_other_inputs_and_the_same_ones_again() -> None:
    mutator = Mutator(seeds("outline"), LONGEST)
    made = [mutator.mutate(seeds("outline")[0], random.Random(n)) for n in range(50)]  # noqa: S311
    again = [mutator.mutate(seeds("outline")[0], random.Random(n)) for n in range(50)]  # noqa: S311
    assert made == again
    assert len(set(made)) > 40
    assert max(map(len, made)) <= LONGEST
