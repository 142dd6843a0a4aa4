"""Every lost guard that is told in the last changes of histories, as sheets for two readers.

    python -m benchmarks.lost_guards.sheets write --folder DIR [--changes N] REPOSITORY…
    python -m benchmarks.lost_guards.sheets score VERDICTS.csv

`write` looks at the newest N changes of each history that touch Python outside of tests. A sheet
has the commit's message, what a reviewer could remark, and the functions before and after it is
about. Sheets are numbered in an order that says nothing; `key.csv` says which change each is, and
`counts.csv` how many changes were looked at. `score` takes both readers' answers.
"""

from __future__ import annotations

import argparse
import csv
import difflib
import hashlib
import itertools
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.lost_guards.changes import Told, told_in
from scanner.base.wilson import wilson
from scanner.git.process import open_repository
from scanner.guards.protection.finding import finding_of
from scanner.guards.protection.lost import LostGuard
from scanner.roles.paths import is_test_path

QUESTION = """You review this change before it is merged. Somebody proposes to leave this remark as
a review comment. Is it worth leaving: would the author have to look at that place, put something
back, or say why it may go? "no" where the remark is wrong, or plainly beside the point because the
change makes it needless (the check is done elsewhere, cannot be needed any more, or its removal is
what the change is for and nothing is left open).

Answer each sheet alone, one line of a CSV file:

sheet,worth,why
01,yes,the None check is gone and the lookup can still return None
"""
#: Lines of the rest of the diff that a sheet has.
REST = 160


def main() -> None:
    """Writes sheets, or scores answers."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    write = commands.add_parser("write")
    write.add_argument("--folder", type=Path, required=True)
    write.add_argument("--changes", type=int, default=100)
    write.add_argument("repositories", nargs="+", type=Path)
    score = commands.add_parser("score")
    score.add_argument("verdicts", type=Path)
    options = parser.parse_args()
    if options.command == "write":
        _write(options.folder, options.changes, options.repositories)
    else:
        _score(options.verdicts)


def _write(folder: Path, wanted: int, repositories: Sequence[Path]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    every: list[tuple[str, Told, LostGuard]] = []
    with (folder / "counts.csv").open("w", encoding="utf-8") as counts:
        print("repository,changes,with_findings,findings,seconds", file=counts, flush=True)
        for path in repositories:
            name = (path.parent if path.name == "repo" else path).name.replace("+", "/")
            told = list(itertools.islice(_of_code(path, wanted), wanted))
            found = [(name, change, lost) for change in told for lost in change.found]
            every += found
            holding = sum(bool(change.found) for change in told)
            seconds = sum(change.seconds for change in told)
            print(
                f"{name},{len(told)},{holding},{len(found)},{seconds:.2f}", file=counts, flush=True
            )
    every.sort(key=_shuffled)
    with (folder / "key.csv").open("w", encoding="utf-8", newline="") as key:
        rows = csv.writer(key)
        rows.writerow(("sheet", "repository", "commit", "path", "line", "kind"))
        for number, (name, change, lost) in enumerate(every, 1):
            text = _sheet(change, lost)
            (folder / f"{number:02}.md").write_text(f"# Sheet {number:02}\n\n{text}", "utf-8")
            oid = change.change.commit.oid
            rows.writerow((f"{number:02}", name, oid, lost.path, lost.line, lost.lost.guard.kind))
    (folder / "question.md").write_text(QUESTION, "utf-8")


def _of_code(path: Path, wanted: int) -> Iterator[Told]:
    """The newest changes that touch Python outside of tests."""
    for one in told_in(open_repository(path), 3 * wanted):
        if any(not is_test_path(file.path) for file in one.files):
            yield one


def _shuffled(one: tuple[str, Told, LostGuard]) -> str:
    name, change, lost = one
    text = f"{name}{change.change.commit.oid}{lost.path}{lost.guard_line}{lost.line}"
    return hashlib.sha256(text.encode()).hexdigest()


def _sheet(change: Told, lost: LostGuard) -> str:
    message = change.change.commit.message.strip()[:1500]
    finding = finding_of(lost)
    file = next(file for file in change.files if file.path == lost.path)
    assert file.before is not None
    assert file.after is not None
    old = file.before.lines[lost.unit_before.span.first - 1 : lost.unit_before.span.last]
    new = file.after.lines[lost.unit.span.first - 1 : lost.unit.span.last]
    own = _diff(old, new, lost.unit_before.span.first, lost.unit.span.first, context=400)
    rest = _rest(change, lost)
    return (
        f"## The change's message\n\n```\n{message}\n```\n\n## The remark\n\n"
        f"`{lost.path}`, line {lost.line} after the change, in `{lost.unit.name}`:\n\n"
        f"> {finding.message}\n\n## The function, before and after\n\n```diff\n{own}\n```\n\n"
        f"## The rest of the change (cut)\n\n```diff\n{rest}\n```\n"
    )


def _diff(old: Sequence[str], new: Sequence[str], at: int, to: int, context: int) -> str:
    lines = difflib.unified_diff(old, new, lineterm="", n=context)
    head = f"(begins at line {at} before, line {to} after the change)"
    return "\n".join([head, *(line for line in itertools.islice(lines, 3, 420))])


def _rest(change: Told, lost: LostGuard) -> str:
    """The other hunks, those of the same file first."""
    shown: list[str] = []
    for file in sorted(change.files, key=lambda one: one.path != lost.path):
        before = file.before.lines if file.before else []
        after = file.after.lines if file.after else []
        shown += difflib.unified_diff(before, after, file.path_before, file.path, lineterm="", n=2)
        if len(shown) > REST:
            break
    return "\n".join(line[:200] for line in shown[:REST])


def _score(verdicts: Path) -> None:
    with verdicts.open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    for reader in ("first", "second"):
        yes = sum(row[reader] == "yes" for row in rows)
        low, high = wilson(yes, len(rows))
        print(f"{reader}: {yes} of {len(rows)} worth a comment ({low:.0%} to {high:.0%})")
    alike = sum(row["first"] == row["second"] for row in rows)
    print(f"they agree on {alike} of {len(rows)}")


if __name__ == "__main__":
    main()
