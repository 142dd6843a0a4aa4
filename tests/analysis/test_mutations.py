"""Real code, damaged at random: it is read or it is a Problem, and what is read holds together."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from scanner.analysis.metrics.complexity import file_facts, measure
from scanner.analysis.parsing.outline import (
    ReadFile,
    UnitSource,
    code_lines,
    read_outline,
    unit_lines,
    unit_source,
)
from scanner.analysis.parsing.source import PLACEHOLDER, split_lines
from scanner.base.model import Complexity, FileFacts

from .real_code import sample

INSERTED = [
    *(b'f"{', b"'''", b'"""', b"{", b"}", b"(", b")", b"\\", b"\n", b"\r", b"\t", b"\xff", b"\x0c"),
    *(
        b"#",
        b":",
        b";",
        b"@",
        b"*",
        b"=",
        b"!",
        b"    ",
        b"async def ",
        b"lazy import a",
        b'f"{a["b"]}"',
    ),
    *(
        b"type X[T: a] = b",
        b"except A, B:",
        b"def f[T](",
        b"class C[T]:",
        b't"{a}"',
        b"\\\n",
        b"pass;",
    ),
]


def mutated(source: bytes, chance: random.Random) -> bytes:
    damaged = bytearray(source[:12_000])
    for _ in range(chance.choice([1, 1, 2, 3, 5])):
        at = chance.randrange(len(damaged) + 1)
        kind = chance.random()
        if kind < 0.5:
            damaged[at:at] = chance.choice(INSERTED)
        elif kind < 0.8:
            del damaged[at : at + chance.randrange(1, 30)]
        else:
            start = chance.randrange(len(damaged) + 1)
            damaged[at:at] = damaged[start : start + chance.randrange(1, 200)]
    return bytes(damaged)


def check(file: ReadFile, source: bytes) -> None:
    lines = source.count(b"\n") + (not source.endswith(b"\n") and bool(source))
    assert len(file.lines) == file.outline.line_count == lines
    taken: list[int] = []
    for unit in file.outline.units:
        shared = unit_source(file, unit)
        facts = measure(shared)
        assert isinstance(facts, Complexity), (unit, facts)
        assert measure(UnitSource(unit.kind, shared.text)) == facts
        texts = split_lines(shared.text)
        places = unit_lines(file, unit)
        taken += [
            place for place, text in zip(places, texts, strict=True) if text.strip() != PLACEHOLDER
        ]
    assert len(taken) == len(set(taken))
    assert code_lines(file) <= set(taken)
    assert isinstance(file_facts(file), FileFacts)


@pytest.mark.parametrize("path", sample(40, start=5), ids=lambda path: path.name)
def test_damaged_code_never_breaks_the_reader(path: Path) -> None:
    chance = random.Random(path.name)  # noqa: S311 - the same damage every time
    for _ in range(12):
        source = mutated(path.read_bytes(), chance)
        file = read_outline(source)
        if isinstance(file, ReadFile):
            check(file, source)
