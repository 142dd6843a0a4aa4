"""Our facts beside radon's, tokenize's and complexipy's on a sample of the standard library.

The whole of it, and of site-packages, is compared by `benchmarks/complexity_oracles.py`.
"""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path

import pytest

from benchmarks.complexity_comparisons import Measured, measured
from benchmarks.complexity_oracles import ORACLES
from scanner.base.model import Problem

from .real_code import read, sample

SAMPLE = sample(25, start=3)


@cache
def facts_of(path: Path) -> Measured:
    facts = measured(read(path.read_bytes()))
    assert not isinstance(facts, Problem)
    return facts


#: Counted by the tokenizer of the host, which reads f-strings otherwise from 3.12 on.
BY_TOKENS = (
    "raw = radon",
    "index = radon",
    "unit texts = radon",
    "code lines = tokenize",
    "lowered",
)


def oracles() -> list[str]:
    names = list(ORACLES)
    if sys.version_info >= (3, 12):
        names = [name for name in names if not name.startswith(BY_TOKENS)]
    return names


@pytest.mark.parametrize("oracle", oracles())
@pytest.mark.parametrize("path", SAMPLE, ids=lambda path: path.name)
def test_each_difference_is_explained(path: Path, oracle: str) -> None:
    found = ORACLES[oracle](facts_of(path))
    assert [difference for difference in found if difference.explanation is None] == []
