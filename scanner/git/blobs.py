"""File contents by object id, through one git process for any number of them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from typing import IO, Self

from scanner.base.errors import ExitCode
from scanner.base.model import Problem, Stage
from scanner.git.process import GitError, Repository, converse, object_store

#: Requests that may be under way unanswered: many enough to keep git busy, too few to fill a pipe.
_AHEAD = 64


#: What gets a partial clone what it lacks.
FILL = "git fetch --refetch --no-filter gets the rest"


def _id_of(content: bytes, digits: int) -> bytes:
    """The object id of a blob, which git does not check when it reads one."""
    algorithm = hashlib.sha1 if digits == 40 else hashlib.sha256
    found = algorithm(b"blob %d\0" % len(content), usedforsecurity=False)
    found.update(content)
    return found.hexdigest().encode()


class BlobReader:
    """Reads blobs of one repository: `with BlobReader(repo) as blobs: blobs.read(oid)`.

    Not for several threads at once.
    """

    def __init__(self, repo: Repository) -> None:
        self._repo = repo
        self._clone = f"partial clone ({FILL})" if repo.is_partial else "clone"
        self._stack = ExitStack()
        self._pipes: tuple[IO[bytes], IO[bytes]] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._close()

    def read(self, oid: str) -> bytes | Problem:
        """The content of a blob, or why there is none: not in this clone, damaged, not a blob."""
        return next(self.read_many((oid,)))[1]

    def read_many(self, oids: Iterable[str]) -> Iterator[tuple[str, bytes | Problem]]:
        """The content of each blob in the order asked. Draw them all before asking for others."""
        asked: list[str] = []
        for oid in oids:
            asked.append(oid)
            if len(asked) == _AHEAD:
                yield from self._answers(asked)
                asked = []
        yield from self._answers(asked)

    def _answers(self, asked: list[str]) -> Iterator[tuple[str, bytes | Problem]]:
        if not asked:
            return
        self._ask(asked)
        for number, oid in enumerate(asked):
            try:
                answer = self._answer(oid)
            except GitError:
                # git gives up at an object it cannot unpack; the next request starts another.
                self._close()
                yield oid, Problem(Stage.GIT, None, f"git cannot read object {oid}")
                yield from self._answers(asked[number + 1 :])
                return
            yield oid, answer

    def _ask(self, asked: list[str]) -> None:
        """Writes the requests; a git that was ended since the last ones is started again, once."""
        request = "".join(f"{oid}\n" for oid in asked).encode("utf-8", "surrogateescape")
        for _ in range(2):
            requests, _answers = self._start()
            try:
                requests.write(request)
                requests.flush()
            except BrokenPipeError:
                self._close()
            else:
                return
        raise GitError(
            "git cat-file: it ended before it was asked anything.",
            exit_code=ExitCode.COULD_NOT_JUDGE,
        )

    def _answer(self, oid: str) -> bytes | Problem:
        _, answers = self._start()
        header = answers.readline().split()
        if len(header) == 2 and header[1] == b"missing":
            return Problem(Stage.GIT, None, f"object {oid} is not in this {self._clone}")
        if len(header) != 3:
            raise GitError(f"git ended while it read object {oid}")
        size = int(header[2])
        content = answers.read(size)
        if len(content) != size or answers.read(1) != b"\n":
            raise GitError(f"git ended while it read object {oid}")
        if header[1] != b"blob":
            return Problem(Stage.GIT, None, f"object {oid} is a {header[1].decode()}, not a file")
        if _id_of(content, len(header[0])) != header[0]:
            return Problem(Stage.GIT, None, f"object {oid} holds something else than its id says")
        return content

    def _start(self) -> tuple[IO[bytes], IO[bytes]]:
        if self._pipes is None:
            store = self._stack.enter_context(object_store(self._repo))
            self._pipes = self._stack.enter_context(converse(store, "cat-file", "--batch"))
        return self._pipes

    def _close(self) -> None:
        self._pipes = None
        self._stack.close()
