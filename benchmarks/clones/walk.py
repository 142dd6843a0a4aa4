"""Walks a history with the clone index and prints what it finds and what a commit costs.

    python -m benchmarks.clones.walk REPOSITORY [--last N] [--findings N] [--calls N]

`--calls` shows findings that name a function to call. The table is the time per change in tenths of
the walk, which has to stay flat while the index grows. Times are of one processor and leave out
git, reading and fingerprints, which are stored by content.
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from scanner.analysis.clones.fingerprints import Fingerprint, fingerprint
from scanner.analysis.parsing.outline import ReadFile, read_outline, unit_source
from scanner.base.model import Commit, CopyOf, FileChange, FileVersion, Finding, Problem
from scanner.clones.changes import copies_in, fingerprinted
from scanner.clones.divergence import divergences_in, edits_in
from scanner.clones.index import CloneIndex
from scanner.git.blobs import BlobReader
from scanner.git.commits import first_parent_chain, head, read_commits
from scanner.git.process import open_repository
from scanner.git.trees import diff_trees
from scanner.scoring.change import ChangedFile, added_code_lines
from scanner.scoring.copies import Copy
from scanner.scoring.duplication import diverging_findings, score_duplication
from scanner.scoring.operations import moved_lines


@dataclass(frozen=True)
class Step:
    """One change: its findings, what the index needed for it, and the size of the tree after it."""

    commit: Commit
    files: Sequence[ChangedFile]
    added: int
    copies: Sequence[Copy]
    findings: Sequence[Finding]
    diverging: Sequence[Finding]
    seconds: float
    tree_lines: int


class Reader:
    """Files by blob and fingerprints by content, each read once."""

    def __init__(self, blobs: BlobReader) -> None:
        self.blobs = blobs
        self.files: dict[str, ReadFile | None] = {}
        self.facts: dict[str, Fingerprint | Problem] = {}

    def read(self, version: FileVersion | None) -> ReadFile | None:
        if version is None or not version.mode.is_text_file:
            return None
        if version.blob not in self.files:
            source = self.blobs.read(version.blob)
            read = source if isinstance(source, Problem) else read_outline(source)
            self.files[version.blob] = None if isinstance(read, Problem) else read
        file = self.files[version.blob]
        if file is not None:
            for unit in file.outline.units:
                if unit.content not in self.facts:
                    self.facts[unit.content] = fingerprint(unit_source(file, unit))
        return file


def walk(path: Path, last: int | None = None) -> Iterator[Step]:
    """The first-parent changes of a history, oldest first, after the tree before them."""
    repository = open_repository(path)
    tip = head(repository)
    assert tip is not None
    chain = first_parent_chain(read_commits(repository, [tip]), tip)
    chosen = chain[-last:] if last else chain
    start = chosen[0].parents[0] if chosen[0].parents else None
    befores = [start, *(commit.oid for commit in chosen[:-1])]
    pairs = [
        *([(None, start)] if start else []),
        *zip(befores, (c.oid for c in chosen), strict=True),
    ]
    commits: list[Commit | None] = [*([None] if start else []), *chosen]
    index = CloneIndex()
    lines: dict[str, int] = {}
    with BlobReader(repository) as blobs:
        reader = Reader(blobs)
        for commit, diff in zip(commits, diff_trees(repository, pairs), strict=True):
            files = [
                ChangedFile(f, reader.read(f.before), reader.read(f.after)) for f in diff.files
            ]
            began = time.process_time()
            update(index, files, reader.facts)
            for file in files:
                lines.pop(file.path_before, None)
                if file.after is not None:
                    lines[file.path] = len(file.after.lines)
            if commit is not None:
                yield _step(index, commit, files, reader, began, sum(lines.values()))


def _changed(change: FileChange, reader: Reader) -> ChangedFile:
    return ChangedFile(change, reader.read(change.before), reader.read(change.after))


def update(
    index: CloneIndex,
    files: Sequence[ChangedFile],
    facts: Mapping[str, Fingerprint | Problem],
) -> None:
    """Takes a change's files in and out of the index."""
    for file in files:
        if file.after is not None:
            index.add(file.path, fingerprinted(file.after, facts))
    for file in files:
        if file.after is None:
            index.remove(file.path)
        if file.path_before != file.path:
            index.remove(file.path_before)


def _step(
    index: CloneIndex,
    commit: Commit,
    files: Sequence[ChangedFile],
    reader: Reader,
    began: float,
    tree_lines: int,
) -> Step:
    indexed = time.process_time() - began
    moves = moved_lines(files)
    added = added_code_lines(files, moves.old_where_added)
    began = time.process_time()
    copies = copies_in(index, added)
    edits = [edit for file in files for edit in edits_in(index, file, reader.facts)]
    diverging = divergences_in(index, edits, added)
    seconds = indexed + time.process_time() - began
    return Step(
        commit,
        files,
        sum(map(len, added.values())),
        copies,
        score_duplication(copies),
        diverging_findings(diverging),
        seconds,
        tree_lines,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("repository", type=Path)
    parser.add_argument("--last", type=int)
    parser.add_argument("--findings", type=int, default=0, help="how many to show, at random")
    parser.add_argument("--calls", type=int, default=0, help="how many that name one, at random")
    parser.add_argument("--diverging", type=int, default=0, help="how many to show, at random")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    steps = list(walk(options.repository, options.last))
    _print_rates(steps)
    _print_cost(steps)
    chosen = random.Random(options.seed)  # noqa: S311
    _print_sample([(s, f) for s in steps for f in s.findings], options.findings, chosen)
    calls = [(s, f) for s in steps for f in s.findings if _names_a_call(f)]
    print(f"{len(calls)} findings name a function to call")
    _print_sample(calls, options.calls, chosen)
    _print_sample([(s, f) for s in steps for f in s.diverging], options.diverging, chosen)


def _print_rates(steps: Sequence[Step]) -> None:
    added = sum(step.added for step in steps)
    charged = sum(finding.points for step in steps for finding in step.findings)
    copied = sum(len(copy.lines) for step in steps for copy in step.copies)
    touched = [step for step in steps if step.files]
    print(f"{len(steps)} changes, {len(touched)} of them touch Python, {added} added code lines")
    print(f"copied {copied / max(1, added):.1%}, charged {charged / max(1, added):.1%}")
    found = sum(bool(step.findings) for step in touched)
    diverging = sum(bool(step.diverging) for step in touched)
    print(f"with a finding {found / len(touched):.1%}, diverging {diverging / len(touched):.1%}")


def _print_cost(steps: Sequence[Step]) -> None:
    """Milliseconds a change, and per hundred added lines, by tenth of the walk."""
    tenth = max(1, len(steps) // 10)
    print("tenth  lines of tree  median ms  mean ms  ms per 100 added code lines")
    for number in range(0, len(steps) - tenth + 1, tenth):
        part = steps[number : number + tenth]
        times = [step.seconds * 1000 for step in part if step.files] or [0.0]
        per_line = 100 * sum(times) / max(1, sum(step.added for step in part))
        middle, mean = statistics.median(times), statistics.fmean(times)
        size = part[-1].tree_lines
        print(f"{number // tenth + 1:5}  {size:13}  {middle:9.2f}  {mean:7.2f}  {per_line:8.1f}")


def _names_a_call(finding: Finding) -> bool:
    return isinstance(finding.evidence, CopyOf) and finding.evidence.call is not None


def _print_sample(found: Sequence[tuple[Step, Finding]], count: int, chosen: random.Random) -> None:
    for step, finding in chosen.sample(found, min(count, len(found))):
        place = finding.place
        print("=" * 100)
        print(step.commit.oid[:12], step.commit.subject[:70])
        print(f"{place.path}:{place.span.first}-{place.span.last} {place.unit}")
        print(f"{finding.rule} {finding.points:g}: {finding.message} {finding.hint}")
        print(finding.evidence)


if __name__ == "__main__":
    main()
