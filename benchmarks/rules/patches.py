"""What is written twice in real code: how much of it gets a patch, and would anybody take it?

    python -m benchmarks.rules.patches rate CLONE…
    python -m benchmarks.rules.patches sheets [--most N] [--seed N] --folder DIR --key FILE CLONE…
    python -m benchmarks.rules.patches score VERDICTS.csv

`rate` asks, for each group of copies that `tallystick scan` lists at the head of each clone, for the
patch that `scan --patch=unsafe` would make of it alone, and counts what it gets by kind of copy, or
why it gets none. `sheets` writes patches drawn from all of them, one a file, for readers who see
nothing else but `question.md`; which is which is in the key. `score` says which share of them each
reader takes, and how far two readers agree. Nothing is written to a clone, and nothing in it is run.
"""

from __future__ import annotations

import argparse
import csv
import random
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from scanner.base.wilson import wilson
from scanner.clones.groups import CloneGroup
from scanner.gate.fixes import Fixes
from scanner.gate.standing import plan_standing
from scanner.git.process import open_repository
from scanner.judge.batch import context_at
from scanner.rulepacks.codemods.codemod import Safety
from scanner.tree.clone_groups import standing_clones

QUESTION = """# The question

You maintain the project that a sheet is from. Somebody sends you this patch, because the same code stands in several
places. Would you take this patch as it stands, apart from formatting? Answer each sheet by itself,
with `yes` or `no` and the reason in a few words, in one line of a CSV file:

sheet,take,reason
01,yes,one place to change instead of two
"""


@dataclass(frozen=True, slots=True)
class Asked:
    """A group of copies in a clone, and what becomes of it."""

    clone: str
    group: CloneGroup
    fixes: Fixes

    @property
    def patch(self) -> str:
        return "".join(one.diff for one in self.fixes.patches)

    @property
    def kind(self) -> str:
        """What of a group: its type, and what could be done with it."""
        if self.group.use is not None and self.group.call is not None:
            return f"{self.group.type}, could call one of them"
        files = {place.path for place in self.group.places}
        return f"{self.group.type}, in {'one file' if len(files) == 1 else 'several files'}"

    @property
    def outcome(self) -> str:
        if self.fixes.patches:
            return "patch"
        return next((one.reason for one in self.fixes.answers if one.reason), "nothing to ask for")


def asked_of(clone: Path, store: Path) -> Iterator[Asked]:
    """Each group of copies at the head of a clone, with its patch."""
    repository = open_repository(clone)
    context = context_at(repository, store, "HEAD", with_rules=False)
    for group in standing_clones(context, "HEAD", 1, lambda done, total: None):
        fixes = plan_standing(repository, "HEAD", (), (group,), Safety.UNSAFE)
        yield Asked(clone.name, group, fixes)


def every(clones: Sequence[Path]) -> list[Asked]:
    """Those of all clones."""
    with tempfile.TemporaryDirectory() as folder:
        return [
            one
            for number, clone in enumerate(clones)
            for one in asked_of(clone, Path(folder, f"{number}.sqlite"))
        ]


def rate(found: Sequence[Asked]) -> None:
    """Prints which share of the groups of each kind gets a patch, and why others get none."""
    by_kind = Counter(one.kind for one in found)
    patched = Counter(one.kind for one in found if one.fixes.patches)
    for kind, count in sorted(by_kind.items()):
        print(f"{patched[kind]:5} of {count:5}  {kind}")
    print(f"{sum(patched.values()):5} of {len(found):5}  in all")
    for outcome, count in Counter(one.outcome for one in found).most_common():
        print(f"{count:14}  {outcome}")


def sheets(found: Sequence[Asked], most: int, seed: int, folder: Path, key: Path) -> None:
    """Writes a sheet for each of some patches, drawn so that each is as likely as any other."""
    patched = [one for one in found if one.fixes.patches]
    chance = random.Random(seed)  # noqa: S311 - a draw, no secret
    drawn = chance.sample(patched, min(most, len(patched)))
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "question.md").write_text(QUESTION, encoding="utf-8")
    rows = []
    for number, one in enumerate(drawn, 1):
        name = f"{number:02}"
        sheet = f"# Sheet {name}\n\n```diff\n{one.patch}```\n"
        (folder / f"{name}.md").write_text(sheet, "utf-8", "surrogateescape")
        place = one.group.places[0]
        rows.append((name, one.clone, f"{place.path}:{place.span.first}", one.kind))
    with key.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("sheet", "clone", "place", "kind"), *rows])


def score(verdicts: Path) -> None:
    """Prints which share of the patches each reader takes, and of how many both say the same."""
    with verdicts.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for reader in ("first", "second"):
        taken = [row for row in rows if row[reader] == "yes"]
        low, high = wilson(len(taken), len(rows))
        print(f"{reader}: {len(taken)} of {len(rows)} taken ({low:.0%} to {high:.0%})")
        for kind, count in sorted(Counter(row["kind"] for row in rows).items()):
            print(f"  {sum(row['kind'] == kind for row in taken)} of {count}  {kind}")
    print(f"agree on {sum(row['first'] == row['second'] for row in rows)} of {len(rows)}")


def main() -> None:
    """Runs what the arguments say."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    commands = parser.add_subparsers(dest="command", required=True)
    of_rate = commands.add_parser("rate")
    of_sheets = commands.add_parser("sheets")
    of_score = commands.add_parser("score")
    for one in (of_rate, of_sheets):
        one.add_argument("clones", type=Path, nargs="+")
    of_sheets.add_argument("--most", type=int, default=30)
    of_sheets.add_argument("--seed", type=int, default=1)
    of_sheets.add_argument("--folder", type=Path, required=True)
    of_sheets.add_argument("--key", type=Path, required=True)
    of_score.add_argument("verdicts", type=Path)
    arguments = parser.parse_args()
    if arguments.command == "score":
        score(arguments.verdicts)
        return
    found = every(arguments.clones)
    rate(found)
    if arguments.command == "sheets":
        sheets(found, arguments.most, arguments.seed, arguments.folder, arguments.key)


if __name__ == "__main__":
    main()
