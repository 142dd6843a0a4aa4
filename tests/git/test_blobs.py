"""Contents through one git process."""

from __future__ import annotations

import zlib
from pathlib import Path

import pytest

from fixtures.repository import RepositoryBuilder
from scanner.base.model import Problem
from scanner.git.blobs import BlobReader
from scanner.git.process import Repository, open_repository

CONTENTS: tuple[bytes, ...] = (
    b"",
    b"x = 1\n",
    b"no newline",
    b"\0\xff\xfe\r\n",
    b"\n" * 5,
    b"blob 5\0x\n",
    b"y = 1\n" * 100_000,
)


@pytest.fixture
def builder(tmp_path: Path) -> RepositoryBuilder:
    return RepositoryBuilder(tmp_path / "repo")


def stored(builder: RepositoryBuilder, content: bytes) -> str:
    return builder.git("hash-object", "-w", "--stdin", stdin=content)


def reason(repo: Repository, oid: str) -> str:
    with BlobReader(repo) as blobs:
        answer = blobs.read(oid)
    assert isinstance(answer, Problem)
    return answer.reason


def test_contents_are_byte_for_byte(builder: RepositoryBuilder) -> None:
    oids = [stored(builder, content) for content in CONTENTS]
    with BlobReader(open_repository(builder.path)) as blobs:
        assert [blobs.read(oid) for oid in oids] == list(CONTENTS)
        assert list(blobs.read_many(oids * 50)) == list(zip(oids, CONTENTS, strict=True)) * 50
        assert list(blobs.read_many([])) == []


def test_a_missing_object_is_a_problem_and_the_rest_goes_on(builder: RepositoryBuilder) -> None:
    oid = stored(builder, b"x")
    absent = "1" * 40
    with BlobReader(open_repository(builder.path)) as blobs:
        answers = dict(blobs.read_many([oid, absent, oid]))
        assert blobs.read(oid) == b"x"
    problem = answers[absent]
    assert isinstance(problem, Problem)
    assert problem.reason == f"object {absent} is not in this clone"


def test_what_is_no_file_is_a_problem(builder: RepositoryBuilder) -> None:
    tip = builder.commit("One", {"a.py": "x = 1\n"})
    assert "is a commit, not a file" in reason(open_repository(builder.path), tip)


@pytest.mark.parametrize("damage", [b"garbage", zlib.compress(b"blob 9\0short"), b""])
def test_a_damaged_object_is_a_problem_and_the_rest_goes_on(
    builder: RepositoryBuilder, damage: bytes
) -> None:
    bad, good = stored(builder, b"bad\n"), stored(builder, b"good\n")
    file = builder.path / ".git/objects" / bad[:2] / bad[2:]
    file.chmod(0o644)
    file.write_bytes(damage)
    with BlobReader(open_repository(builder.path)) as blobs:
        answers = list(blobs.read_many([good, bad, good, bad, good]))
        assert blobs.read(good) == b"good\n"
    assert [oid for oid, _ in answers] == [good, bad, good, bad, good]
    assert [isinstance(answer, Problem) for _, answer in answers] == [False, True] * 2 + [False]


def test_a_reader_can_be_closed_and_asked_again(builder: RepositoryBuilder) -> None:
    oid = stored(builder, b"x")
    reader = BlobReader(open_repository(builder.path))
    for _ in range(2):
        with reader as blobs:
            assert blobs.read(oid) == b"x"
