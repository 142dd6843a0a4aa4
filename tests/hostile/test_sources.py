"""Each hostile file is measured, or is a Problem that says why not: nothing else, and in time."""

from __future__ import annotations

import pytest

from scanner.analysis.all_facts import FACTS
from scanner.analysis.parsing.comments import comments_of
from scanner.analysis.parsing.outline import ReadFile
from scanner.base.budget import Budget
from scanner.base.model import FileMode, FileVersion, Problem
from scanner.base.store import open_store
from scanner.codebase.reader import SourceReader
from tests.hostile.sources import SOURCES


class Blobs:
    """One content under any name."""

    def __init__(self, content: str | bytes) -> None:
        self._content = content.encode("utf-8") if isinstance(content, str) else content

    def read(self, _oid: str) -> bytes | Problem:
        return self._content


@pytest.mark.parametrize("kind", SOURCES)
def test_a_hostile_file_has_facts_or_a_reason(kind: str) -> None:
    version = FileVersion("a.py", FileMode.REGULAR, "1" * 40)
    with open_store(None) as store:
        reader = SourceReader(Blobs(SOURCES[kind]), store, Budget(file_seconds=0.2))  # type: ignore[arg-type]
        read = reader.read(version)
        if isinstance(read, Problem):
            assert read.path == "a.py"
            assert read.reason
            return
        assert isinstance(read, ReadFile)
        units = [(read, unit) for unit in read.outline.units]
        for analysis in FACTS:
            found = reader.facts(analysis, units)
            assert found.keys() == {unit.content for _, unit in units}
        comments_of(read)
