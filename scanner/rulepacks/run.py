"""Rules matched against file versions: in one batch, and nothing that is known already."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Self

from scanner.base.model import FileVersion, Problem, Stage
from scanner.base.private_files import run_folder
from scanner.rulepacks.command import Mode, SemgrepLimits, engine_identity, find_semgrep
from scanner.rulepacks.contents import RuleScope
from scanner.rulepacks.hits import FileHits, HitCache, RuleHit, RuleRun
from scanner.rulepacks.newer_syntax import for_semgrep
from scanner.rulepacks.packs import PackPart, RuleSet

if TYPE_CHECKING:
    from scanner.rulepacks.scan import SemgrepScan
    from scanner.rulepacks.work import Bundle, MatchedPiece, RuleQuestion

#: Gives the contents of blobs in the order asked, as `BlobReader.read_many` does.
ReadBlobs = Callable[[Iterable[str]], Iterator[tuple[str, bytes | Problem]]]

#: How much is read at a time: bounds the memory and the disk a long history takes.
BATCH_BYTES = 48_000_000
NO_SEMGREP = "semgrep is not installed, so no rule was matched (pip install semgrep)"

_Content = tuple[FileVersion, bytes | Problem]
_Place = tuple[str, str]


class Purpose(StrEnum):
    """Fixes cost semgrep far more than matches, and whole files, so they are asked for apart."""

    FINDINGS = "findings"
    FIXES = "fixes"


@dataclass(frozen=True, slots=True)
class Options:
    """How to run: limits, the mode to begin with, and whether fixes are wanted beside findings."""

    limits: SemgrepLimits = field(default_factory=SemgrepLimits)
    mode: Mode = Mode.FAST
    purpose: Purpose = Purpose.FINDINGS


DEFAULT_OPTIONS = Options()


def match_rules(
    versions: Iterable[FileVersion],
    read: ReadBlobs,
    rules: RuleSet,
    cache: HitCache | None = None,
    options: Options = DEFAULT_OPTIONS,
) -> RuleRun:
    """Hits of all rules in all versions. Any number of versions: they are worked off in batches."""
    files: dict[_Place, FileHits] = {}
    problems: dict[Problem, None] = dict.fromkeys(rules.problems)
    request = _Request(rules, cache, options)
    known, wanted = request.split(versions)
    files.update(known)
    for batch in _batches(_contents(read, wanted)):
        with request.start(batch) as pending:
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


def _contents(read: ReadBlobs, versions: Sequence[FileVersion]) -> Iterator[_Content]:
    by_blob: dict[str, list[FileVersion]] = {}
    for version in versions:
        by_blob.setdefault(version.blob, []).append(version)
    for blob, content in read(by_blob):
        for version in by_blob[blob]:
            yield version, content


def _batches(contents: Iterable[_Content]) -> Iterator[list[_Content]]:
    batch: list[_Content] = []
    size = 0
    for version, content in contents:
        batch.append((version, content))
        size += len(content) if isinstance(content, bytes) else 0
        if size >= BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


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
        return f"{self.rules.fingerprint}/{engine}/{self.options.mode}/{self.options.purpose}"

    def parts(self) -> tuple[PackPart, ...]:
        """The rules with what they need; for fixes, which need whole files, packs as they are."""
        packs = self.rules.packs
        if self.options.purpose is Purpose.FIXES:
            return tuple(PackPart(pack, RuleScope.FILE, keeps_fixes=True) for pack in packs)
        return tuple(part for pack in packs for part in pack.parts())

    def path_key(self, version: FileVersion) -> str:
        """What a version's path adds to what the cache knows it by: nothing, mostly."""
        if not self.rules.depends_on_paths:
            return ""
        path = version.path.encode("utf-8", "surrogateescape")
        return hashlib.sha256(path).hexdigest()[:16]

    def key(self, version: FileVersion) -> str:
        """What the cache knows a version by: its blob, and its path where rules look at that."""
        return f"{version.blob}@{self.path_key(version)}"

    def split(
        self, versions: Iterable[FileVersion]
    ) -> tuple[dict[_Place, FileHits], list[FileVersion]]:
        """What is known already, and the versions that must be looked at."""
        distinct = {(v.path, v.blob): v for v in versions if v.mode.is_text_file}
        keys = {place: self.key(version) for place, version in distinct.items()}
        stored = self.stored(keys.values())
        known = {place: stored[key] for place, key in keys.items() if key in stored}
        return known, [version for place, version in distinct.items() if place not in known]

    def stored(self, keys: Iterable[str]) -> Mapping[str, FileHits]:
        """What the cache has of these keys."""
        wanted = list(dict.fromkeys(keys))
        return self.cache.get_many(self.ruleset, wanted) if self.cache and wanted else {}

    def keep(self, hits: Mapping[str, FileHits]) -> None:
        """Puts hits into the cache."""
        if self.cache is not None and hits:
            self.cache.put_many(self.ruleset, hits)

    def start(self, contents: Sequence[_Content]) -> PendingRun:
        """Lays the versions out and starts semgrep on them."""
        pending = PendingRun(self)
        try:
            pending.begin(contents)
        except BaseException:
            pending.close()
            raise
        return pending


class PendingRun:
    """A semgrep under way. `result` waits for it.

    What cuts files and reads answers is imported where there is something to look at: a hook mostly
    has all that it needs from the run before.
    """

    def __init__(self, request: _Request) -> None:
        self.files: dict[_Place, FileHits] = {}
        self._request = request
        self._problems: list[Problem] = []
        self._folder = ExitStack()
        self._pieces: dict[FileVersion, tuple[MatchedPiece, ...]] = {}
        self._known: dict[str, FileHits] = {}
        self._unasked: Sequence[str] = ()
        self._parts: tuple[PackPart, ...] = ()
        self._sheets: list[Bundle] = []
        self._scans: tuple[SemgrepScan, ...] = ()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends what is still running and removes the folder."""
        for scan in self._scans:
            scan.stop()
        self._scans = ()
        self._folder.close()

    def begin(self, contents: Sequence[_Content]) -> None:
        """Lays contents out and starts semgrep; with nothing to look at, nothing is started."""
        request = self._request
        readable = list(self._readable(contents))
        if not readable:
            return
        from scanner.rulepacks.work import Chooser, RuleQuestion, pieces_of  # noqa: PLC0415

        parts = self._parts = request.parts()
        binary = find_semgrep()
        if binary is None and parts:
            self._problems.append(Problem(Stage.RULES, None, NO_SEMGREP))
            self.files.update({(v.path, v.blob): FileHits(failure=NO_SEMGREP) for v, _ in readable})
            return
        scopes = tuple(dict.fromkeys(part.scope for part in parts))
        for version, content in readable:
            path_key = request.path_key(version)
            self._pieces[version] = tuple(pieces_of(version, content, scopes, path_key))
        self._known.update(request.stored(p.key for own in self._pieces.values() for p in own))
        taken = set(self._known)
        chooser = Chooser(parts)
        questions = []
        for version, content in readable:
            for piece in self._pieces[version]:
                if piece.key not in taken:
                    taken.add(piece.key)
                    questions.append(RuleQuestion(piece, content, chooser.rules_for(piece)))
        self._unasked = [one.piece.key for one in questions if not one.rules]
        if binary is not None and len(self._unasked) < len(questions):
            self._launch(binary, questions)

    def _launch(self, binary: str, questions: Sequence[RuleQuestion]) -> None:
        from scanner.rulepacks.scan import SemgrepScan, lay_out_parts  # noqa: PLC0415
        from scanner.rulepacks.work import plan  # noqa: PLC0415

        options = self._request.options
        base = self._folder.enter_context(run_folder())
        (base / "home").mkdir()
        scans = []
        for number, job in enumerate(plan(questions, self._parts, options.limits.processes)):
            self._sheets += job.bundles
            packs = lay_out_parts(base, job.parts, number)
            pieces = [page.shown for page in job.bundles]
            # What holds a suppressing comment is looked at once more, to know what it suppresses.
            suppressing = [piece for piece in pieces if piece.can_suppress]
            for label, chosen in (("job", pieces), ("all", suppressing)):
                if chosen:
                    scans.append(
                        SemgrepScan(
                            binary, base, f"{label}{number}", packs, chosen,
                            options.limits, options.mode, self._request.rules.has_anchored_paths,
                            ignores_suppressions=label == "all",
                        )
                    )  # fmt: skip
        self._scans = tuple(scans)
        for scan in self._scans[: options.limits.processes]:
            scan.start()

    def result(self) -> RuleRun:
        """Waits for semgrep. A file that it has no answer for comes with the reason."""
        found: dict[str, list[FileHits]] = defaultdict(list)
        unsuppressed: dict[str, list[FileHits]] = defaultdict(list)
        passing: set[str] = set()
        ahead = iter(self._scans[self._request.options.limits.processes :])
        for scan in self._scans:
            answer = scan.answer()
            for following in ahead:
                following.start()
                break
            self._problems += answer.problems
            passing |= answer.passing
            into = unsuppressed if scan.ignores_suppressions else found
            for key, hits in answer.found.items():
                into[key].append(hits)
        self._assemble(found, unsuppressed, passing)
        self.close()
        problems = (*self._request.rules.problems, *self._problems)
        return RuleRun(self.files, tuple(dict.fromkeys(problems)))

    def _assemble(
        self,
        found: Mapping[str, Sequence[FileHits]],
        unsuppressed: Mapping[str, Sequence[FileHits]],
        passing: set[str],
    ) -> None:
        """Puts the pieces' hits together to those of files, and keeps both."""
        if not self._pieces:
            return
        from scanner.rulepacks.work import in_file, joined, shared_out  # noqa: PLC0415

        found_in: dict[str, list[FileHits]] = {key: [] for key in self._unasked}
        for one in self._sheets:
            whole = joined(found.get(one.shown.key, ()))
            if one.shown.key in unsuppressed:
                everything = joined(unsuppressed[one.shown.key]).hits
                whole = replace(whole, hits=_marked(everything, whole.hits))
            for key, hits in shared_out(one, whole, self._parts):
                found_in.setdefault(key, []).append(hits)
            if one.shown.key in passing:
                passing |= {question.piece.key for question in one.holds}
        new = {key: joined(parts) for key, parts in found_in.items()}
        all_hits = self._known | new
        lasting = {key: hits for key, hits in new.items() if key not in passing}
        for version, own in self._pieces.items():
            judged = joined([in_file(piece, all_hits[piece.key]) for piece in own])
            self.files[version.path, version.blob] = judged
            if not any(piece.key in passing for piece in own):
                lasting[self._request.key(version)] = judged
        if not self._problems:  # of a pack that is refused the next run has to say so again
            self._request.keep(lasting)

    def _readable(self, contents: Iterable[_Content]) -> Iterator[tuple[FileVersion, bytes]]:
        limit = self._request.options.limits.max_bytes
        for version, content in contents:
            if isinstance(content, Problem):
                failure = content.reason
            elif len(content) > limit:
                failure = f"the file is larger than {limit:,} bytes, so no rule was matched"
            elif self._request.options.purpose is Purpose.FIXES:
                yield version, content  # a fix must fit the file as it is
                continue
            else:
                yield version, for_semgrep(content)
                continue
            self.files[version.path, version.blob] = FileHits(failure=failure)


def _marked(everything: Iterable[RuleHit], kept: Iterable[RuleHit]) -> tuple[RuleHit, ...]:
    """All hits, those that are not among the kept ones marked as suppressed."""
    left = Counter(kept)
    marked = []
    for hit in everything:
        is_kept = left[hit] > 0
        left[hit] -= is_kept
        marked.append(hit if is_kept else replace(hit, is_suppressed=True))
    return tuple(marked)
