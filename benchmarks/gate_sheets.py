"""What the gate stops of a history's last changes, as sheets for two readers, and their score.

    python -m benchmarks.gate_sheets write --folder DIR [--last N] [--store DIR] REPOSITORY…
    python -m benchmarks.gate_sheets score [--counts FILE] VERDICTS.csv

`write` judges the last integrated changes with the default settings but for how unusual each is,
which costs no points and takes most of the time. What comes near a fail is then put to
`tallystick gate` itself, and what that fails becomes a sheet: the commit message, what the gate
prints, and the diff, cut around the findings. Sheets are numbered in an order that says nothing;
`key.csv` says which change each is, `counts.csv` how many changes of each history were looked at,
`question.md` what a reader is asked. `score` takes a file with the columns of
`benchmarks/gate_verdicts.csv`: what share of the fails each reader wants, how far they agree, what
is not wanted, and fails per 100 changes with code.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

from benchmarks.gate_replay import judged
from scanner.base.model import Outcome
from scanner.base.wilson import wilson
from scanner.config import DeviationSettings, Settings
from scanner.git.commits import head, read_commits
from scanner.git.process import open_repository
from scanner.git.trees import diff_trees
from scanner.history.read import IntegratedChange, Selection, all_changes

QUESTION = """You maintain this project. CI stopped this change with this output. Is this a stop you
would want (yes / no, and why in a few words)? Answer each sheet alone, in one line of a CSV file:

sheet,wanted,kind
01,yes,copied query block
"""
#: A change whose score is so much of the threshold is put to the gate.
NEAR = 0.6
#: How many lines of a diff a sheet has, and how many a hunk without a finding may have.
DIFF_LINES, HUNK_LINES = 250, 40
#: How many kinds of unwanted fails are printed, the most frequent first.
SHOWN_KINDS = 8


@dataclass(frozen=True, slots=True)
class Fail:
    """A change that the gate fails: what it prints, and the places of its findings."""

    repository: str
    commit: str
    message: str
    printed: str
    diff: str
    paths: frozenset[str]


@dataclass(frozen=True, slots=True)
class Counts:
    """How many of a history's changes were looked at, add code, and fail."""

    repository: str
    changes: int
    with_code: int
    fails: int


def fails_of(name: str, path: Path, last: int, store: Path) -> tuple[Counts, list[Fail]]:
    """Judges the newest changes of a history, and has the gate say which fail."""
    repository = open_repository(path)
    tip = head(repository)
    assert tip is not None, "the repository has no commit"
    every = all_changes(read_commits(repository, [tip]), Selection(tip))
    chosen = [one for one in every if one.commit.parents][-last:]
    diffs = diff_trees(repository, [one.pair for one in chosen])
    settings = Settings(deviation=DeviationSettings(exclude=("**",)))
    wanted = list(zip(chosen, diffs, strict=True))
    cache = store / name.replace("/", "+")
    cache.mkdir(parents=True, exist_ok=True)
    settled = judged(repository, cache / "facts.sqlite", settings, wanted)
    near = [
        one
        for one in chosen
        if settled[one.commit.oid].verdict.outcome is Outcome.FAIL
        or settled[one.commit.oid].judgement.scorecard.debt
        > NEAR * (settings.thresholds.debt or 100)
    ]
    fails = [fail for one in near if (fail := _put_to_the_gate(name, path, one, cache))]
    with_code = sum(
        settled[one.commit.oid].judgement.scorecard.added_code_lines > 0 for one in chosen
    )
    return Counts(name, len(chosen), with_code, len(fails)), fails


def _put_to_the_gate(name: str, path: Path, one: IntegratedChange, cache: Path) -> Fail | None:
    before, commit = one.pair
    base = ("--base", before or "", "--head", commit, "--cache", str(cache), "--repo", str(path))
    answer = _run("gate", *base, "--format", "json")
    if answer.returncode != 1:
        return None
    findings = json.loads(answer.stdout)["findings"]
    return Fail(
        name,
        commit,
        _git(path, "log", "-1", "--format=%B", commit),
        _run("gate", *base, "-q").stdout,
        _git(path, "diff", "--no-ext-diff", "-M", before or "", commit, "--", *_TEXT),
        frozenset(finding["path"] for finding in findings),
    )


_TEXT = ("*.py", "*.pyi", "*.toml", "*.cfg", "*.ini", "*.yml", "*.yaml", "*.sh", "Makefile")


def _run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "scanner", *arguments]
    return subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)


def _git(path: Path, *arguments: str) -> str:
    command = ["git", "-C", str(path), *arguments]
    return subprocess.run(command, capture_output=True, check=False).stdout.decode(
        "utf-8", "replace"
    )


def sheet(number: str, fail: Fail) -> str:
    """What a reader sees of a fail."""
    shown = "\n".join(_cut(fail.diff, fail.paths))
    message = "\n".join(fail.message.strip().splitlines()[:30])
    return (
        f"# Sheet {number}\n\n## Commit message\n\n```\n{message}\n```\n\n## What CI printed\n\n"
        f"```\n{fail.printed.rstrip()}\n```\n\n## The change\n\n```diff\n{shown}\n```\n"
    )


def _cut(diff: str, paths: frozenset[str]) -> Iterator[str]:
    """The diff, files with findings first, long hunks of other files and its end left out."""
    files = diff.split("\ndiff --git ")
    ordered = sorted(files, key=lambda text: not any(path in text[:400] for path in paths))
    left = DIFF_LINES
    for text in ordered:
        lines = text.splitlines()
        has_findings = any(path in text[:400] for path in paths)
        room = min(left, len(lines) if has_findings else HUNK_LINES)
        yield from lines[:room]
        if room < len(lines):
            yield f"[… {len(lines) - room} more lines of this file]"
        left -= room
        if left <= 0:
            yield "[… more files]"
            return


def write(folder: Path, paths: Sequence[Path], last: int, store: Path) -> None:
    """Writes the sheets, the key, the counts and the question."""
    folder.mkdir(parents=True, exist_ok=True)
    fails: list[Fail] = []
    counts: list[Counts] = []
    for path in paths:
        name = (path.parent.name if path.name == "repo" else path.name).replace("+", "/")
        count, found = fails_of(name, path, last, store)
        counts.append(count)
        fails += found
        print(f"{name}: {count.changes} changes, {count.with_code} with code, {count.fails} fail")
    random.Random(len(fails)).shuffle(fails)  # noqa: S311  an order that says nothing
    numbers = [f"{number:02}" for number in range(1, len(fails) + 1)]
    for number, fail in zip(numbers, fails, strict=True):
        (folder / f"{number}.md").write_text(sheet(number, fail), encoding="utf-8")
    (folder / "question.md").write_text(QUESTION, encoding="utf-8")
    keys = [(n, fail.repository, fail.commit) for n, fail in zip(numbers, fails, strict=True)]
    _write_rows(folder / "key.csv", ("sheet", "repository", "commit"), keys)
    names = [member.name for member in fields(Counts)]
    _write_rows(
        folder / "counts.csv", names, [[getattr(one, name) for name in names] for one in counts]
    )


def _write_rows(path: Path, header: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])


def score(verdicts: Path, counts: Path | None) -> None:
    """Prints what the readers say of the fails in a file of verdicts."""
    with verdicts.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    for reader in ("a", "b"):
        yes = sum(row[f"wanted_{reader}"] == "yes" for row in rows)
        share = wilson(yes, len(rows))
        print(
            f"reader {reader}: {yes} of {len(rows)} wanted, {yes / len(rows):.0%} "
            f"({share.low:.0%} to {share.high:.0%})"
        )
    print(f"agree on {sum(row['wanted_a'] == row['wanted_b'] for row in rows)}")
    unwanted = Counter(
        row[f"kind_{reader}"] for row in rows for reader in "ab" if row[f"wanted_{reader}"] == "no"
    )
    for kind, count in unwanted.most_common(SHOWN_KINDS):
        print(f"  not wanted: {kind} ({count})")
    if counts is not None:
        with counts.open(encoding="utf-8") as file:
            looked_at = list(csv.DictReader(file))
        fails, code = (sum(int(row[name]) for row in looked_at) for name in ("fails", "with_code"))
        print(f"{fails} fails of {code} changes with code, {100 * fails / code:.1f} per 100")


def main() -> None:
    """Writes sheets, or scores what came back."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    tasks = parser.add_subparsers(dest="task", required=True)
    writing = tasks.add_parser("write")
    writing.add_argument("repositories", nargs="+", type=Path)
    writing.add_argument("--folder", type=Path, required=True)
    writing.add_argument("--last", type=int, default=200)
    writing.add_argument("--store", type=Path, help="keep facts in this folder")
    scoring = tasks.add_parser("score")
    scoring.add_argument("verdicts", type=Path)
    scoring.add_argument("--counts", type=Path)
    options = parser.parse_args()
    if options.task == "score":
        score(options.verdicts, options.counts)
        return
    with tempfile.TemporaryDirectory() as passing:
        store = options.store or Path(passing)
        store.mkdir(parents=True, exist_ok=True)
        write(options.folder, options.repositories, options.last, store)


if __name__ == "__main__":
    main()
