"""Our facts beside radon's, tokenize's and complexipy's on a sample of the standard library.

The whole of it, and of site-packages, is compared by `benchmarks/complexity_oracles.py`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

import pytest

from benchmarks.complexity_comparisons import Difference, Measured, measured
from benchmarks.complexity_oracles import ORACLES
from scanner.model import Problem

from .real_code import read, sample

SAMPLE = sample(25, start=3)


@cache
def facts_of(path: Path) -> Measured:
    facts = measured(read(path.read_bytes()))
    assert not isinstance(facts, Problem)
    return facts


@pytest.mark.skipif(
    sys.version_info >= (3, 12), reason="radon's lines differ by the host's tokenizer"
)
@pytest.mark.parametrize("oracle", ORACLES.values(), ids=list(ORACLES))
@pytest.mark.parametrize("path", SAMPLE, ids=lambda path: path.name)
def test_each_difference_is_explained(
    path: Path, oracle: Callable[[Measured], Iterable[Difference]]
) -> None:
    found = list(oracle(facts_of(path)))
    assert [difference for difference in found if difference.explanation is None] == []
