"""Reads Agent Trace records from the work tree, a file or a ref, and matches them to commits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from scanner.attribution.agent_trace import TracedFile, parse_traces
from scanner.attribution.changes import added_lines, children_of, new_files
from scanner.attribution.trace_match import Candidate, ReadLines, Unmatched, match_traces
from scanner.base.model import Claim, Commit, Problem, Stage
from scanner.git.blobs import BlobReader
from scanner.git.process import GitError, Repository, run
from scanner.git.trees import diff_trees


def gather_traces(
    repo: Repository,
    sources: Iterable[str],
    commits: Mapping[str, Commit],
    known_agents: frozenset[str],
    tree: str | None = None,
) -> tuple[list[tuple[str, Claim]], tuple[Problem, ...]]:
    """Claims by commit from all sources, and what is wrong with the records.

    A source is a path (absolute, or in the work tree; in the tree of a commit where `tree` gives
    one) or `REF:PATH`. One that is not there is none.
    """
    traced: list[TracedFile] = []
    problems: list[Problem] = []
    for source in sources:
        content = _content(repo, source, tree)
        for item in parse_traces(content, source, known_agents) if content else ():
            (problems if isinstance(item, Problem) else traced).append(item)  # type: ignore[arg-type]
    claims: list[tuple[str, Claim]] = []
    if not traced:
        return claims, tuple(problems)
    candidates = _candidates(repo, traced, commits)
    with BlobReader(repo) as blobs:
        for found in match_traces(traced, candidates, _reader(blobs)):
            if isinstance(found, Problem):
                problems.append(found)
            elif isinstance(found, Unmatched):
                problems += _unmatched(found, commits)
            else:
                claims.append(found)
    return claims, tuple(problems)


def _content(repo: Repository, source: str, tree: str | None) -> bytes | None:
    if tree is not None and ":" not in source:
        with BlobReader(repo) as blobs:
            content = blobs.read(f"{tree}:{source}")
        return None if isinstance(content, Problem) else content
    path = Path(source)
    if tree is None and (repo.work_tree is not None or path.is_absolute()):
        file = (repo.work_tree or Path()) / path
        if file.is_file():
            return file.read_bytes()
    if ":" not in source:
        return None
    try:
        return run(repo, "cat-file", "blob", source)
    except GitError:
        return None


def _candidates(
    repo: Repository, traced: Sequence[TracedFile], commits: Mapping[str, Commit]
) -> dict[str, tuple[Candidate, ...]]:
    """For each revision, its commit and its children, with what they added."""
    children = children_of({oid: commit.parents for oid, commit in commits.items()})
    meant = {
        revision: [oid for oid in (revision, *children.get(revision, ())) if oid in commits]
        for revision in dict.fromkeys(one.revision for one in traced)
    }
    oids = dict.fromkeys(oid for ones in meant.values() for oid in ones)
    pairs = [(next(iter(commits[oid].parents), None), oid) for oid in oids]
    known = {
        diff.after: Candidate(diff.after, added_lines(diff), new_files(diff))
        for diff in diff_trees(repo, pairs, ())
    }
    return {revision: tuple(known[oid] for oid in ones) for revision, ones in meant.items()}


def _reader(blobs: BlobReader) -> ReadLines:
    def read(commit: str, path: str) -> Sequence[str] | Problem:
        if "\n" in path:
            return Problem(Stage.ATTRIBUTE, path, "the path cannot be asked of git", commit)
        content = blobs.read(f"{commit}:{path}")
        if isinstance(content, Problem):
            return Problem(Stage.ATTRIBUTE, path, content.reason, commit)
        return content.decode("utf-8", "surrogateescape").removesuffix("\n").split("\n")

    return read


def _unmatched(found: Unmatched, commits: Mapping[str, Commit]) -> Iterator[Problem]:
    """A record of a commit outside this history is no problem of this history."""
    if found.traced.revision in commits:
        reason = f"{found.traced.place}: the path did not change in the revision or in its children"
        yield Problem(Stage.ATTRIBUTE, found.traced.path, reason, found.traced.revision)
