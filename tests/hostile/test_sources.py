"""Each hostile file is measured, or is a Problem that says why not: nothing else, and in time."""

from __future__ import annotations

import pytest

from scanner.analysis.all_facts import FACTS
from scanner.analysis.choices.reading import read_choices
from scanner.analysis.parsing.comments import comments_of
from scanner.analysis.parsing.outline import ReadFile
from scanner.analysis.parsing.source import UnitSource
from scanner.analysis.usage import read_usage
from scanner.base.budget import Budget, processor_seconds
from scanner.base.model import FileMode, FileVersion, Problem, UnitKind
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


CHAINS = {
    "calls": "f" + "()" * 20_000,
    "attributes": "a" + ".b" * 20_000,
    "subscripts": "a" + "[0]" * 20_000,
    "keywords": "f" + "(a=1)" * 10_000,
    "methods": "a" + ".b('c')" * 10_000,
    "texts": "'a'" + " + 'a'" * 20_000,
}


@pytest.mark.parametrize("chain", CHAINS.values(), ids=CHAINS)
def test_a_long_chain_takes_time_in_proportion(chain: str) -> None:
    """Half a second each; the square of the length would be a minute."""
    for read in (read_choices, read_usage):
        with processor_seconds(10):
            assert not isinstance(read(UnitSource(UnitKind.MODULE, f"x = {chain}\n")), Problem)
