"""The book of a commit is the same whether it was walked to, made anew, or kept."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from fixtures.repository import RepositoryBuilder
from scanner.base.store import Store, open_store
from scanner.codebase.paths import path_filter
from scanner.codebase.reader import SourceReader
from scanner.conventions.profile_at import ProfileAtCommit
from scanner.conventions.profile_cache import ProfileCache
from scanner.conventions.tallies import Convention
from scanner.git.blobs import BlobReader
from scanner.git.commits import first_parents
from scanner.git.process import open_repository

LOGGED = "import logging\n\nlogger = logging.getLogger(__name__)\n\n\n"
Seen = tuple[list[Convention], object, object]


@pytest.fixture
def builder(tmp_path: Path) -> RepositoryBuilder:
    """Forty commits with a rename, a deletion, a move of a package, two branches."""
    builder = RepositoryBuilder(tmp_path / "repo")
    for number in range(30):
        text = LOGGED + "\n".join(
            f"def f{n}(x):\n    logger.info('%s', x)\n    return core.f{n}(x)\n" for n in range(5)
        )
        files: dict[str, str | bytes | None] = {f"app/m{number % 20}.py": text + f"\n# {number}\n"}
        if number == 7:
            files |= {"app/m3.py": None, "app/core/late.py": "from app.m2 import f1\n"}
        if number == 12:
            files |= {"app/core/__init__.py": "", "other.py": "import app.core.late\nprint(1)\n"}
        if number == 15:
            files |= {"app/m1.py": None, "app/core/m1.py": text}
        if number == 20:
            builder.branch("side")
            builder.commit(files={"app/m12.py": text.replace("logger.info", "print")})
            builder.commit(files={"app/m15.py": "def broken(:\n"})
            builder.switch("main")
        builder.commit(files=files)
        if number == 24:
            builder.merge("side")
    return builder


def walk(builder: RepositoryBuilder, store: Store, commits: Sequence[str]) -> list[Seen]:
    repository = open_repository(builder.path)
    with BlobReader(repository) as blobs:
        reader = SourceReader(blobs, store)
        parentage = first_parents(repository, commits)
        habits = ProfileAtCommit(
            repository, reader, ProfileCache(store, ()), parentage, path_filter(()), {}
        )
        seen: list[Seen] = []
        for commit in commits:
            assert habits.move_to(commit) is None
            book = habits.book
            conventions = list(book.conventions.conventions())
            siblings = book.siblings.stored()
            edges = book.architecture.edges()
            seen.append((conventions, edges, (siblings.tests, _shape(habits))))
        habits.keep()
    return seen


def _shape(habits: ProfileAtCommit) -> object:
    found = {}
    for path in habits.book.architecture.imports():
        files = habits.book.siblings._directory(path)
        found[path] = files[path].members, files[path].commit >= 0
    return found


def test_walked_made_anew_and_kept_are_one(builder: RepositoryBuilder) -> None:
    history = builder.git("rev-list", "--reverse", "--topo-order", "HEAD").split()
    with open_store(None) as store:
        walked = walk(builder, store, history)
        from_kept = walk(builder, store, [history[-1]])
    assert from_kept[-1] == walked[-1]
    for number in (5, 16, 22, 23, 24, len(history) - 1):
        with open_store(None) as store:
            assert walk(builder, store, [history[number]])[0] == walked[number], number


def test_a_kept_book_goes_on(builder: RepositoryBuilder) -> None:
    history = builder.git("rev-list", "--reverse", "--first-parent", "HEAD").split()
    with open_store(None) as store:
        walk(builder, store, history[:18])
        gone_on = walk(builder, store, [history[-2], history[-1]])
    with open_store(None) as store:
        assert walk(builder, store, history)[-2:] == gone_on
    assert any(one.point.family == "output-channel" for one in gone_on[-1][0])


def test_as_many_books_are_kept_as_there_are_places(builder: RepositoryBuilder) -> None:
    history = builder.git("rev-list", "--reverse", "--first-parent", "HEAD").split()
    with open_store(None) as store:
        for commit in history[:12]:
            walk(builder, store, [commit])
        kept = ProfileCache(store, ())
        parentage = first_parents(open_repository(builder.path), [history[11]])
        found = kept.nearest(history[11], parentage)
        assert found is not None
        assert found.commit == history[11]
        assert kept.nearest(history[1], parentage) is None
        assert ProfileCache(store, ("app/",)).nearest(history[11], parentage) is None
