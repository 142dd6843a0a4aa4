"""Rules matched against file versions: in one batch, and nothing that is known already."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Self

from scanner.model import FileVersion, Problem, Stage
from scanner.rulepacks.command import Limits, Mode, engine_identity, find_semgrep
from scanner.rulepacks.hits import FileHits, HitCache, RuleHit, RuleRun
from scanner.rulepacks.layout import Tree
from scanner.rulepacks.packs import RuleSet
from scanner.rulepacks.scan import Scan, Wanted, lay_out_packs

#: Gives the contents of blobs in the order asked, as `BlobReader.read_many` does.
ReadBlobs = Callable[[Iterable[str]], Iterator[tuple[str, bytes | Problem]]]

#: How much is laid out at a time: bounds the disk a long history takes.
BATCH_BYTES = 48_000_000
NO_SEMGREP = "semgrep is not installed, so no rule was matched (pip install semgrep)"
#: Another process costs a sixth of a second before it looks at anything.
BYTES_WORTH_A_PROCESS = 100_000
_SUPPRESSION = b"nosem"


@dataclass(frozen=True, slots=True)
class Options:
    """How to run: limits, the mode to begin with, and whether fixes are wanted beside findings."""

    limits: Limits = field(default_factory=Limits)
    mode: Mode = Mode.FAST
    wanted: Wanted = Wanted.FINDINGS


DEFAULT_OPTIONS = Options()


def match_rules(
    versions: Iterable[FileVersion],
    read: ReadBlobs,
    rules: RuleSet,
    cache: HitCache | None = None,
    options: Options = DEFAULT_OPTIONS,
) -> RuleRun:
    """Hits of all rules in all versions. Any number of versions: they are worked off in batches."""
    files: dict[tuple[str, str], FileHits] = {}
    problems: dict[Problem, None] = dict.fromkeys(rules.problems)
    request = _Request(rules, cache, options)
    known, wanted = request.split(versions)
    files.update(known)
    contents = _Contents(read, wanted)
    while contents.has_more:
        with request.start(contents.batch()) as pending:
            run = pending.result()
        files.update(run.files)
        problems.update(dict.fromkeys(run.problems))
    return RuleRun(files, tuple(problems))


def start_rules(
    versions: Iterable[FileVersion],
    read: ReadBlobs,
    rules: RuleSet,
    cache: HitCache | None = None,
    options: Options = DEFAULT_OPTIONS,
) -> PendingRun:
    """Starts semgrep on a handful of versions and comes back at once; see `PendingRun.result`.

    Use it as a context manager: leaving it ends what is still running and removes its folder.
    """
    request = _Request(rules, cache, options)
    known, wanted = request.split(versions)
    pending = request.start(list(_contents(read, wanted)))
    pending.files.update(known)
    return pending


def file_problems(
    run: RuleRun, versions: Iterable[FileVersion], *, is_before: bool = False
) -> tuple[Problem, ...]:
    """A problem for each version of which not all could be judged."""
    reasons = ((version.path, run.of(version).reason) for version in versions)
    return tuple(
        Problem(Stage.RULES, path, reason, None, is_before) for path, reason in reasons if reason
    )


# --------------------------------------------------------------------------- what is to be read


def _contents(
    read: ReadBlobs, versions: Sequence[FileVersion]
) -> Iterator[tuple[FileVersion, bytes | Problem]]:
    by_blob: dict[str, list[FileVersion]] = {}
    for version in versions:
        by_blob.setdefault(version.blob, []).append(version)
    for blob, content in read(by_blob):
        for version in by_blob[blob]:
            yield version, content


class _Contents:
    """Versions with their contents, handed out in batches of a bounded size."""

    def __init__(self, read: ReadBlobs, versions: Sequence[FileVersion]) -> None:
        self._source = _contents(read, versions)
        self._next = next(self._source, None)

    @property
    def has_more(self) -> bool:
        return self._next is not None

    def batch(self) -> list[tuple[FileVersion, bytes | Problem]]:
        """The next versions, at least one."""
        batch = []
        size = 0
        while self._next is not None and size < BATCH_BYTES:
            version, content = self._next
            batch.append((version, content))
            size += len(content) if isinstance(content, bytes) else 0
            self._next = next(self._source, None)
        return batch


# --------------------------------------------------------------------------- a run


@dataclass(frozen=True, slots=True)
class _Request:
    rules: RuleSet
    cache: HitCache | None
    options: Options

    @property
    def ruleset(self) -> str:
        """What the cache knows this rule set by."""
        engine = engine_identity()
        return f"{self.rules.fingerprint}/{engine}/{self.options.mode}/{self.options.wanted}"

    def key(self, version: FileVersion) -> str:
        """What the cache knows a version by: its blob, and its path where rules look at that."""
        if not self.rules.depends_on_paths:
            return version.blob
        path = hashlib.sha256(version.path.encode("utf-8", "surrogateescape")).hexdigest()
        return f"{version.blob}@{path[:16]}"

    def split(
        self, versions: Iterable[FileVersion]
    ) -> tuple[dict[tuple[str, str], FileHits], list[FileVersion]]:
        """What is known already, and the versions that must be looked at."""
        distinct = {(v.path, v.blob): v for v in versions if v.mode.is_text_file}
        keys = {place: self.key(version) for place, version in distinct.items()}
        stored: Mapping[str, FileHits] = {}
        if self.cache is not None and distinct:
            stored = self.cache.get_many(self.ruleset, keys.values())
        known = {place: stored[key] for place, key in keys.items() if key in stored}
        return known, [version for place, version in distinct.items() if place not in known]

    def start(self, contents: Sequence[tuple[FileVersion, bytes | Problem]]) -> PendingRun:
        """Lays the versions out and starts semgrep on them."""
        pending = PendingRun(self)
        try:
            pending.begin(contents)
        except BaseException:
            pending.close()
            raise
        return pending

    def keep(self, hits: Mapping[FileVersion, FileHits]) -> None:
        """Puts hits into the cache."""
        if self.cache is not None and hits:
            by_key = {self.key(version): found for version, found in hits.items()}
            self.cache.put_many(self.ruleset, by_key)


class PendingRun:
    """A semgrep under way. `result` waits for it."""

    def __init__(self, request: _Request) -> None:
        self.files: dict[tuple[str, str], FileHits] = {}
        self._request = request
        self._problems: list[Problem] = []
        self._folder: TemporaryDirectory[str] | None = None
        self._scans: tuple[Scan, ...] = ()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends what is still running and removes the folder."""
        for scan in self._scans:
            scan.stop()
        self._scans = ()
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None

    def begin(self, contents: Sequence[tuple[FileVersion, bytes | Problem]]) -> None:
        """Lays contents out and starts semgrep; with nothing to look at, nothing is started."""
        readable = list(self._readable(contents))
        binary = find_semgrep()
        if not readable or not self._request.rules.packs or binary is None:
            reason = NO_SEMGREP if readable and binary is None else None
            self.files.update({(v.path, v.blob): FileHits(reason=reason) for v, _ in readable})
            self._problems += [Problem(Stage.RULES, None, reason)] if reason else []
            return
        self._folder = TemporaryDirectory(prefix="tallystick-", ignore_cleanup_errors=True)
        base = Path(self._folder.name)
        (base / "home").mkdir()
        options, rules = self._request.options, self._request.rules
        packs = lay_out_packs(base, rules, options.wanted)
        self._scans = tuple(
            Scan(binary, base, packs, rules, options.limits, options.mode, tree, ignores).start()
            for tree, ignores in _trees(base, readable, options.limits.processes)
        )

    def result(self) -> RuleRun:
        """Waits for semgrep. A file that it has no answer for comes with the reason."""
        found: dict[FileVersion, FileHits] = {}
        unsuppressed: dict[FileVersion, FileHits] = {}
        passing: set[FileVersion] = set()
        for scan in self._scans:
            answer = scan.answer()
            self._problems += answer.problems
            (unsuppressed if scan.ignores_suppressions else found).update(answer.files)
            passing |= answer.passing
        self._take(found, unsuppressed, passing)
        self.close()
        return RuleRun(self.files, tuple(dict.fromkeys(self._problems)))

    def _take(
        self,
        found: Mapping[FileVersion, FileHits],
        unsuppressed: Mapping[FileVersion, FileHits],
        passing: Collection[FileVersion],
    ) -> None:
        lasting: dict[FileVersion, FileHits] = {}
        for version, kept in found.items():
            hits = kept.hits
            if version in unsuppressed:
                hits = _marked(unsuppressed[version].hits, hits)
            self.files[version.path, version.blob] = judged = replace(kept, hits=hits)
            if version not in passing:
                lasting[version] = judged
        self._request.keep(lasting)

    def _readable(
        self, contents: Iterable[tuple[FileVersion, bytes | Problem]]
    ) -> Iterator[tuple[FileVersion, bytes]]:
        limit = self._request.options.limits.max_bytes
        for version, content in contents:
            reason = None
            if isinstance(content, Problem):
                reason = content.reason
            elif len(content) > limit:
                reason = f"the file is larger than {limit:,} bytes, so no rule was matched"
            else:
                yield version, content
            if reason is not None:
                self.files[version.path, version.blob] = FileHits(reason=reason)


def _trees(
    base: Path, readable: Sequence[tuple[FileVersion, bytes]], processes: int
) -> Iterator[tuple[Tree, bool]]:
    """Trees of about equal size, one a process, each with whether suppressions are to be ignored.

    What holds a suppressing comment is laid out once more, so that it is known what it suppresses.
    """
    size = sum(len(content) for _, content in readable)
    count = min(processes, 1 + size // BYTES_WORTH_A_PROCESS)
    by_size = sorted(readable, key=lambda one: -len(one[1]))
    trees = [Tree(base / f"tree{number}") for number in range(min(count, len(by_size)))]
    for number, (version, content) in enumerate(by_size):
        trees[number % len(trees)].add(version, content)
    suppressing = Tree(base / "suppressing")
    for version, content in readable:
        if _SUPPRESSION in content.lower():
            suppressing.add(version, content)
    yield from ((tree, False) for tree in trees)
    if suppressing.files:
        yield suppressing, True


def _marked(all_hits: Iterable[RuleHit], kept: Iterable[RuleHit]) -> tuple[RuleHit, ...]:
    """All hits, those that are not among the kept ones marked as suppressed."""
    left = Counter(kept)
    marked = []
    for hit in all_hits:
        is_kept = left[hit] > 0
        left[hit] -= is_kept
        marked.append(hit if is_kept else replace(hit, is_suppressed=True))
    return tuple(marked)
