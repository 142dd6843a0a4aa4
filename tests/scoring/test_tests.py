"""Assertions are no decisions in a test, and what grows there is told quietly."""

from __future__ import annotations

from pathlib import Path

import pytest

from fixtures.repository import RepositoryBuilder
from scanner.base.model import Severity
from tests.gate.reviews import gate

STRAIGHT = "def test_a(x):\n" + "".join(f"    assert x[{i}] == {i}\n" for i in range(30))
BRANCHES = "def test_a(x):\n" + "".join(f"    if x[{i}]:\n        x.f({i})\n" for i in range(30))


@pytest.mark.parametrize(
    ("path", "text", "severities"),
    [
        ("tests/test_a.py", STRAIGHT, []),
        ("tests/test_a.py", BRANCHES, [Severity.INFO]),
        ("app/a.py", STRAIGHT, [Severity.WARNING]),
    ],
)
def test_of_a_function(tmp_path: Path, path: str, text: str, severities: list[Severity]) -> None:
    builder = RepositoryBuilder(tmp_path)
    builder.commit("begin", {"README.md": "x\n"})
    builder.commit("change", {path: text})
    found = gate(builder).judgement.findings
    grown = [one for one in found if one.rule in ("complexity.cyclomatic", "complexity.cognitive")]
    assert [finding.severity for finding in grown] == severities
