"""What the rules say of the changes of whole histories, and whether a reviewer would want it said.

    python -m benchmarks.rules.introduced [--sample N] [--seed N] [--label LABEL]… [--since DATE] CLONE…

Each change is judged as `tallystick report` does. Printed are the findings of rules for 100 changes
by label, how often each rule speaks, and N findings of all histories, each as likely as any other,
with the lines around it in the change's own version. Verdicts are kept in `density_verdicts.csv`,
where the path of such a finding is CLONE@COMMIT:PATH; `benchmarks.rules.density score` counts them.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.rules.density import Shown, around


@dataclass(frozen=True)
class Introduced:
    """A finding of a rule that a change brought."""

    clone: Path
    commit: str
    label: str
    rule: str
    path: str
    first: int
    last: int


def report(clone: Path, since: str | None) -> Any:
    """The JSON of the report on a clone."""
    with TemporaryDirectory() as folder:
        output = Path(folder, "report.json")
        command = [
            sys.executable, "-m", "scanner", "report", "-q", "--repo", str(clone),
            "--cache", folder, "--format", "json", "-o", str(output),
            *(("--since", since) if since else ()),
        ]  # fmt: skip
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        return json.loads(output.read_bytes())


def introduced(clone: Path, document: Any) -> Iterator[Introduced]:
    """The findings of rules, by change; what guards found is no rule's."""
    labels = {change["commit"]: change["label"] for change in document["changes"]}
    for of_change in document["findings"]:
        commit = of_change["commit"]
        for finding in of_change["findings"]:
            if finding["evidence"]["kind"] == "rule-match":
                yield Introduced(
                    clone, commit, labels[commit], finding["rule"],
                    finding["path"], finding["first_line"], finding["last_line"],
                )  # fmt: skip


def shown(found: Introduced) -> Shown:
    """A finding with the lines around it, in the version that the change left."""
    command = ["git", "-C", str(found.clone), "cat-file", "blob", f"{found.commit}:{found.path}"]
    text = subprocess.run(command, check=True, capture_output=True).stdout.decode("utf-8", "replace")
    place = f"{found.clone.name}@{found.commit[:12]}:{found.path}"
    return Shown(
        place, found.rule, found.first, found.last, around(text, found.first, found.last)
    )


def tell_rates(clone: Path, document: Any, found: Sequence[Introduced]) -> None:
    """Prints findings of rules for 100 changes, by label."""
    changes = Counter(change["label"] for change in document["changes"])
    by_label = Counter(one.label for one in found)
    for label, count in changes.most_common():
        rate = 100 * by_label[label] / count
        print(f"{clone.name:<24} {label:<10} {count:6,} changes {by_label[label]:5} findings "
              f"{rate:6.1f} per 100 changes")  # fmt: skip


def main() -> None:
    """Prints rates and a sample."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("clones", nargs="+", type=Path, metavar="CLONE")
    parser.add_argument("--sample", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--label", action="append", help="changes of this label alone")
    parser.add_argument("--since", help="as for `tallystick report`")
    options = parser.parse_args()
    every: list[Introduced] = []
    for clone in options.clones:
        document = report(clone, options.since)
        found = list(introduced(clone, document))
        tell_rates(clone, document, found)
        every += [one for one in found if not options.label or one.label in options.label]
    for rule, count in Counter(one.rule for one in every).most_common():
        print(f"{count:5} {rule}")
    chance = random.Random(options.seed)  # noqa: S311  a sample
    chosen = chance.sample(every, min(options.sample, len(every)))
    for one in sorted(chosen, key=lambda one: (one.rule, str(one.clone), one.commit, one.first)):
        found_there = shown(one)
        print(f"\n--- {one.rule},{found_there.path},{one.first} ({one.label})")
        print("\n".join(found_there.lines))


if __name__ == "__main__":
    main()
