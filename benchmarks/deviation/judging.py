"""Deviation scores of any pairs of commits, each by the codebase of any commit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from scanner.base.model import DeviationScore, TreeDiff
from scanner.base.store import open_store
from scanner.codebase.reader import SourceReader
from scanner.config import Settings
from scanner.git.blobs import BlobReader
from scanner.git.process import Repository
from scanner.git.trees import diff_trees
from scanner.judge import DeviationJudge, Sources, prepare, read_change


@dataclass(frozen=True, slots=True)
class Scorer:
    """Scores diffs; `bases` were told when it was made."""

    judge: DeviationJudge
    reader: SourceReader

    def score(self, diff: TreeDiff, base: str) -> DeviationScore:
        """The score of a diff by the codebase of `base`."""
        change = read_change(diff, self.reader, lambda _path: False)
        prepared = prepare(change, self.reader, Settings())
        by_base = replace(diff, before=base)
        return self.judge.judge(by_base, change.files, prepared.added).unusual


@contextmanager
def scorer(repository: Repository, bases: Sequence[str]) -> Iterator[Scorer]:
    """A scorer by the codebases of these commits, without a cache."""
    with BlobReader(repository) as blobs, open_store(None) as store:
        reader = SourceReader(blobs, store)
        sources = Sources(repository, blobs, reader, store)
        yield Scorer(DeviationJudge(sources, Settings(), bases, None, {}), reader)


def diffs_of(repository: Repository, pairs: Sequence[tuple[str, str]]) -> list[TreeDiff]:
    """The diffs of pairs of commits."""
    return list(diff_trees(repository, pairs))
