"""Decisions for two readers who see neither the label nor each other's word, and the score.

    python -m benchmarks.attribution_blind draw NAME=REPOSITORY… --folder DIRECTORY [--each 30]
    python -m benchmarks.attribution_blind score DIRECTORY/key.csv A.csv B.csv [--keep DRAW]
    python -m benchmarks.attribution_blind now NAME=REPOSITORY…

`draw` writes a file of cards for each history and the question into `DIRECTORY/sheets`, and the
decisions to `key.csv` outside it. As many are drawn of each label as there is room for. A card
holds what a careful reader needs: the record, the files, the notes, the merge that brought it in,
and of a squash the commits of its pull request, with how many of their lines `git blame` finds at
its end.

`score` prints how often the decisions are what both readers say, by label with Wilson's intervals,
and every one that is not; `--keep` adds the words to `attribution_blind_verdicts.csv`. `now` labels
the commits of kept draws again and says how many of the decisions are right today.
"""

from __future__ import annotations

import argparse
import csv
import shutil
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from hashlib import sha256
from pathlib import Path

from benchmarks.attribution_accuracy import wilson
from benchmarks.attribution_sample import SEED, Decision, condensed, decisions, sample
from scanner.attribution.branches import Graph
from scanner.attribution.changes import EVERY_PATH, LOCKS
from scanner.attribution.forge_pulls import merged_pull, named_number
from scanner.attribution.pulls import PullRequests, read_each, read_pull_requests
from scanner.base.errors import ScanError
from scanner.base.model import Commit, FileChange, Label, TreeDiff
from scanner.git.commits import read_commits
from scanner.git.process import Repository, open_repository, run
from scanner.git.trees import diff_trees
from scanner.roles.languages import is_python_path

VERDICTS = Path(__file__).with_name("attribution_blind_verdicts.csv")
QUESTION = Path(__file__).with_name("attribution_question.md")
EACH = 30

WIDTH, MOST_FILES, MOST_PARTS, MOST_BLAMED, MOST_NOTE = 160, 8, 15, 60, 24


@dataclass(frozen=True)
class Row:
    """A decision and what two readers say of it."""

    repository: str
    commit: str
    decision: str
    reader_a: str
    reader_b: str

    @property
    def is_agreed(self) -> bool:
        return self.reader_a == self.reader_b

    @property
    def is_right(self) -> bool:
        return self.is_agreed and self.decision == self.reader_a


@dataclass(frozen=True)
class History:
    """A repository with what cards need of all of it."""

    repo: Repository
    pulls: PullRequests
    merges: Mapping[str, str]
    notes: Mapping[str, tuple[str, ...]]


def write_draw(chosen: Sequence[Decision], paths: Mapping[str, Path], folder: Path) -> None:
    """The sheets that readers get, and the key that they do not."""
    sheets = folder / "sheets"
    sheets.mkdir(parents=True, exist_ok=True)
    shutil.copy(QUESTION, sheets / "QUESTION.md")
    shuffled = sorted(chosen, key=lambda one: sha256(one.commit.oid.encode()).digest())
    for name, path in paths.items():
        history = read_history(path)
        own = [one for one in shuffled if one.name == name]
        cards = [card(history, one) for one in own]
        (sheets / f"{name.replace('/', '+')}.md").write_text("\n".join(cards), encoding="utf-8")
    with (folder / "key.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["repository", "commit", "decision", "level", "agents", "share", "because"])
        for one in shuffled:
            found = one.attribution
            share = "" if found.ai_share is None else f"{found.ai_share:.2f}"
            because = "; ".join(f"{claim.rule}: {claim.text}" for claim in found.decided_by)
            agents = " ".join(found.agents)
            rows.writerow(
                [one.name, one.commit.oid, found.label, found.level or "", agents, share, because]
            )


def read_history(path: Path) -> History:
    repo = open_repository(path)
    commits = read_commits(repo, ["HEAD"])
    graph = Graph(commits)
    merges: dict[str, str] = {}
    for merge in (commit for commit in commits if merged_pull(commit)):
        for part in graph.brought_by(merge):
            merges.setdefault(part.oid, merge.subject)
    notes: defaultdict[str, tuple[str, ...]] = defaultdict(tuple)
    for ref in run(repo, "for-each-ref", "--format=%(refname)", "refs/notes").decode().split():
        if "semantic-release" not in ref:  # one for each release, with a channel's name in it
            for row in run(repo, "notes", f"--ref={ref}", "list").decode().splitlines():
                notes[row.split()[1]] += (ref,)
    return History(repo, read_pull_requests(repo, ["HEAD"]), merges, notes)


def card(history: History, one: Decision) -> str:
    """All that a reader sees of a commit, without the decision."""
    commit = one.commit
    (diff,) = diff_trees(history.repo, [commit.against_first_parent], EVERY_PATH)
    lines = [f"## {one.name} {commit.oid}", "", *_record(commit, diff), *_notes(history, commit)]
    if commit.oid in history.merges:
        lines.append(f"Brought in by the merge: {history.merges[commit.oid]}")
    number = named_number(commit)
    members = history.pulls.members(number) if number is not None else ()
    parts = [part for part in read_each(history.repo, members) if not part.is_merge][::-1]
    if parts and number is not None:
        lines += ["", f"Commits of pull request #{number}, oldest first (of {len(parts)}):"]
        lines += _parts(history, parts, diff, history.pulls.heads[number])
    return "\n".join([*lines, ""])


def _record(commit: Commit, diff: TreeDiff, indent: str = "") -> Iterator[str]:
    yield f"{indent}author    {commit.author.name} <{commit.author.email}> {commit.authored:%F %R}"
    who = f"{commit.committer.name} <{commit.committer.email}>"
    if commit.committer != commit.author:
        yield f"{indent}committer {who} {commit.committed:%F %R}"
    yield from (f"{indent}  | {line[:WIDTH]}" for line in condensed(commit.message))
    python = [file for file in diff.files if is_python_path(file.path)]
    yield (
        f"{indent}adds {_added(python)} Python lines in {len(python)} files, {_added(diff.files)} "
        f"text lines in all {len(diff.files)} files, locks not counted"
    )
    shown = sorted(diff.files, key=lambda file: -file.added_lines)[:MOST_FILES]
    yield from (f"{indent}  +{file.added_lines} {file.path}" for file in shown)


def _added(files: Iterable[FileChange]) -> int:
    return sum(file.added_lines for file in files if not (file.is_binary or _is_lock(file.path)))


def _is_lock(path: str) -> bool:
    return any(fnmatch(path.lower(), lock) for lock in LOCKS)


def _notes(history: History, commit: Commit, indent: str = "") -> Iterator[str]:
    for ref in history.notes.get(commit.oid, ()):
        text = run(history.repo, "notes", f"--ref={ref}", "show", commit.oid).decode(
            "utf-8", "replace"
        )
        yield f"{indent}note in {ref}:"
        lines = text.split("\n")
        yield from (f"{indent}  # {line[:WIDTH]}" for line in lines[:MOST_NOTE])
        if len(lines) > MOST_NOTE:
            yield f"{indent}  # [… {len(lines) - MOST_NOTE} lines …]"


def _parts(history: History, parts: Sequence[Commit], squash: TreeDiff, head: str) -> Iterator[str]:
    standing = _blamed(history.repo, squash, head)
    shown = parts[:MOST_PARTS]
    diffs = diff_trees(history.repo, [part.against_first_parent for part in shown], EVERY_PATH)
    for part, diff in zip(shown, diffs, strict=True):
        yield f"- {part.oid[:10]}"
        yield from _record(part, diff, "    ")
        yield from _notes(history, part, "    ")
        python, every = standing[part.oid]
        yield f"    standing at the end: {python} Python lines, {every} text lines"
    rest = parts[MOST_PARTS:]
    for part in rest:
        python, every = standing[part.oid]
        marks = " | ".join(
            line.strip() for line in part.message.splitlines() if "-by:" in line.lower()
        )
        yield (
            f"- {part.oid[:10]} {part.author.name} <{part.author.email}> {part.subject[:80]} | "
            f"{marks[:WIDTH]} | standing: {python} Python lines, {every} text lines"
        )


def _blamed(repo: Repository, squash: TreeDiff, head: str) -> Mapping[str, tuple[int, int]]:
    """Lines of each commit at the pull request's end, in the files that the squash adds to."""
    counts: defaultdict[str, tuple[int, int]] = defaultdict(lambda: (0, 0))
    files = [
        file
        for file in squash.files
        if file.added_lines and not (file.is_binary or _is_lock(file.path))
    ]
    for file in sorted(files, key=lambda file: -file.added_lines)[:MOST_BLAMED]:
        try:
            answer = run(repo, "blame", "-s", "-l", head, "--", file.path)
        except ScanError:  # it is not in the pull request: what it says then is nobody's of them
            continue
        for oid, lines in Counter(line[:40].decode() for line in answer.splitlines()).items():
            python, every = counts[oid]
            counts[oid] = (python + lines * is_python_path(file.path), every + lines)
    return counts


def read_labels(path: Path) -> dict[tuple[str, str], str]:
    with path.open(encoding="utf-8", newline="") as file:
        return {
            (row["repository"], row["commit"]): (row.get("label") or row["decision"]).strip()
            for row in csv.DictReader(file)
        }


def print_score(rows: Sequence[Row]) -> None:
    """Shares of the decisions that are what both readers say, and those that are not."""
    agreed = sum(row.is_agreed for row in rows)
    print(f"readers agree on {agreed} of {len(rows)}")
    for label in [None, *Label]:
        of = [row for row in rows if label is None or row.decision == label]
        if of:
            share, low, high = wilson(sum(row.is_right for row in of), len(of))
            right = sum(row.is_right for row in of)
            name = label or "all"
            print(f"{name:12} {right:4} of {len(of):4}  {share:.3f} [{low:.3f}, {high:.3f}]")
    for row in rows:
        if not row.is_right:
            said = row.reader_a if row.is_agreed else f"{row.reader_a} or {row.reader_b}"
            print(f"  {row.repository} {row.commit[:12]} is {row.decision}, readers: {said}")


def keep(rows: Iterable[Row], draw: str) -> None:
    with VERDICTS.open("a", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(
            [row.repository, row.commit, row.decision, row.reader_a, row.reader_b, draw]
            for row in rows
        )


def kept() -> Iterator[tuple[Row, str]]:
    """Every decision that was read, with the draw that it is of."""
    with VERDICTS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            names = ("repository", "commit", "decision", "reader_a", "reader_b")
            yield Row(*(row[name] for name in names)), row["draw"]


def print_now(paths: Mapping[str, Path]) -> None:
    """The same for today's decisions on commits that were read: in sample, so no evidence alone."""
    rows: defaultdict[str, list[Row]] = defaultdict(list)
    for name, path in paths.items():
        today = {one.commit.oid: one.attribution.label for one in decisions(name, path)}
        for row, draw in kept():
            if row.repository == name and row.commit in today:
                label = today[row.commit]
                rows[draw].append(Row(name, row.commit, label, row.reader_a, row.reader_b))
    for draw, ones in sorted(rows.items()):
        print(f"\ndraw {draw}, as it is decided today")
        print_score(ones)


def _named(pairs: Iterable[str]) -> dict[str, Path]:
    return {name: Path(path) for name, _, path in (pair.partition("=") for pair in pairs)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    commands = parser.add_subparsers(dest="command", required=True)
    draw = commands.add_parser("draw")
    draw.add_argument("repositories", nargs="+", metavar="NAME=REPOSITORY")
    draw.add_argument("--folder", type=Path, required=True)
    draw.add_argument("--each", type=int, default=EACH)
    draw.add_argument("--seed", type=int, default=SEED)
    score = commands.add_parser("score")
    score.add_argument("files", nargs=3, type=Path, metavar="KEY|A|B")
    score.add_argument("--keep", metavar="DRAW")
    now = commands.add_parser("now")
    now.add_argument("repositories", nargs="+", metavar="NAME=REPOSITORY")
    options = parser.parse_args()
    if options.command == "draw":
        paths = _named(options.repositories)
        chosen = [
            one
            for name, path in paths.items()
            for one in sample(decisions(name, path), options.each, options.seed)
        ]
        write_draw(chosen, paths, options.folder)
    elif options.command == "score":
        key, first, second = map(read_labels, options.files)
        missing = [commit for commit in key if commit not in first or commit not in second]
        rows = [
            Row(*commit, label, first[commit], second[commit])
            for commit, label in key.items()
            if commit not in missing
        ]
        print(f"not answered by both: {len(missing)}")
        print_score(rows)
        if options.keep:
            keep(rows, options.keep)
    else:
        print_now(_named(options.repositories))


if __name__ == "__main__":
    main()
