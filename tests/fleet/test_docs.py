"""`docs/fleet.md` names every table and column."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from scanner.fleet.tables import REPOSITORIES, TABLES, RepositoryRow, Row

PAGE = (Path(__file__).parents[2] / "docs" / "fleet.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(("name", "kind"), [*TABLES.items(), (REPOSITORIES, RepositoryRow)])
def test_every_column_is_described_in_its_order(name: str, kind: type[Row]) -> None:
    (line,) = re.findall(rf"^\| `{name}` \|.*\| (.*) \|$", PAGE, re.MULTILINE)
    assert re.findall(r"`(\w+)`", line) == [member.name for member in fields(kind)]
