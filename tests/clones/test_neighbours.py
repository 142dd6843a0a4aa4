"""A review that reads only neighbours says what one that reads the whole tree says."""

from __future__ import annotations

from pathlib import Path

import pytest

from fixtures.repository import RepositoryBuilder
from scanner.base.model import Judgement
from scanner.base.store import open_store
from scanner.clones.live_code import LiveCode
from scanner.codebase.paths import path_filter
from scanner.codebase.reader import SourceReader
from scanner.config import Settings
from scanner.git.blobs import BlobReader
from scanner.git.process import open_repository
from scanner.git.trees import diff_trees
from scanner.judge import complete, prepare, read_change


def judgements(path: Path) -> tuple[Judgement, Judgement, int]:
    """By the whole tree and by neighbours, and how many files the latter took in.

    Neighbours are read at first, and come from the store the second time: that makes no difference.
    """
    repository = open_repository(path)
    with BlobReader(repository) as blobs, open_store(None) as store:
        found = []
        for whole in (True, False, False):
            reader = SourceReader(blobs, store)
            live = LiveCode(repository, reader, path_filter(()))
            (diff,) = diff_trees(repository, [("HEAD~1", "HEAD")])
            change = read_change(diff, reader, path_filter(()))
            prepared = prepare(change, reader, Settings())
            if whole:
                live.move_to("HEAD~1", store)
            else:
                live.move_near("HEAD~1", change.files, store)
            count = len(live.clones)
            found.append(complete(prepared, live))
            reader.flush()
        assert found[1] == found[2]
        return found[0], found[1], count


@pytest.fixture
def builder(tmp_path: Path) -> RepositoryBuilder:
    library = Path(pytest.__file__).parent.parent / "_pytest"
    builder = RepositoryBuilder(tmp_path / "repo")
    files = sorted(library.glob("*.py"))[:30]
    builder.commit("base", {f"lib/{file.name}": file.read_bytes() for file in files})
    return builder


def test_a_copy_of_a_function_is_found_and_little_is_read(builder: RepositoryBuilder) -> None:
    source = (builder.path / "lib" / "capture.py").read_text()
    start = source.index("class EncodedFile")
    builder.commit("copy", {"lib/again.py": "import io\n\n\n" + source[start : start + 4000]})
    whole, near, read = judgements(builder.path)
    assert any(finding.rule.startswith("duplication.") for finding in whole.findings)
    assert near == whole
    assert read < 25


@pytest.mark.parametrize("name", ["config.py", "doctest.py", "fixtures.py"])
def test_an_edit_gives_the_same_findings(builder: RepositoryBuilder, name: str) -> None:
    path = builder.path / "lib" / name
    if not path.exists():
        path = sorted((builder.path / "lib").glob("*.py"))[len(name)]
    lines = path.read_text().splitlines(keepends=True)
    half = len(lines) // 2
    builder.commit("edit", {f"lib/{path.name}": "".join(lines[:half] + lines[half + 3 :])})
    whole, near, _ = judgements(builder.path)
    assert near == whole


def test_a_tree_that_shares_nothing_is_not_read(builder: RepositoryBuilder) -> None:
    builder.commit("other", {"x.py": "def unheard_of(zebra):\n    return zebra.stripes * 17\n"})
    whole, near, read = judgements(builder.path)
    assert near == whole
    assert read == 0
