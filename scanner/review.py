"""Two trees → a review. The hook compares HEAD with the index, the gate a branch with its base."""

from __future__ import annotations

from dataclasses import dataclass

from scanner.codebase.live_code import LiveCode
from scanner.codebase.paths import path_filter
from scanner.codebase.reader import SourceReader
from scanner.codebase.settings import settings_at
from scanner.config import Settings
from scanner.git.blobs import BlobReader
from scanner.git.commits import head, merge_base, resolve
from scanner.git.process import Repository
from scanner.git.trees import diff_index, diff_trees
from scanner.judge import complete, prepare, read_change
from scanner.model import Review, TreeDiff
from scanner.policy import decide
from scanner.store import Store


@dataclass(frozen=True, slots=True)
class Judging:
    """What a review is made with. `settings` None means: those of the base."""

    repository: Repository
    store: Store
    settings: Settings | None = None


def review_index(judging: Judging) -> Review:
    """What committing the index would add to HEAD (to the empty tree before the first commit)."""
    base = head(judging.repository)
    return _review(judging, base, None, diff_index(judging.repository, base))


def review_branch(judging: Judging, base: str, tip: str) -> Review:
    """What merging `tip` would add since it left `base`.

    Raises:
        ScanError: a revision is unknown, or the two have no known common ancestor.
    """
    head_commit = resolve(judging.repository, tip)
    fork = merge_base(judging.repository, resolve(judging.repository, base), head_commit)
    (diff,) = diff_trees(judging.repository, [(fork, head_commit)])
    return _review(judging, fork, head_commit, diff)


def _review(judging: Judging, base: str | None, tip: str | None, diff: TreeDiff) -> Review:
    with BlobReader(judging.repository) as blobs:
        settings = judging.settings or settings_at(judging.repository, base, blobs)
        reader = SourceReader(blobs, judging.store)
        is_excluded = path_filter(settings.exclude)
        change = read_change(diff, reader, is_excluded)
        prepared = prepare(diff, change, reader, settings)
        live = LiveCode(judging.repository, reader, is_excluded)
        live.move_to(base)
        judgement = complete(prepared, live, when=None)
        reader.flush()
    thresholds = settings.thresholds.as_tuple()
    verdict = decide(judgement, thresholds)
    return Review(base, tip, judgement, verdict, thresholds, files=diff.files)
