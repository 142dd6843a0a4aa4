"""Which share of pull requests that are known to be an agent's are found, by what there is to see.

    python -m benchmarks.attribution_recall DATA NAME=REPOSITORY…

DATA is a clone of SAILResearch/AI_Teammates_in_SE3 (H. Li, H. Zhang and A. E. Hassan 2025), which
lists pull requests of five agents; each REPOSITORY a clone with `refs/pull/*/head`. The merged ones
are looked for four times: in the commits of the main branch alone, with the commits of the pull
requests, with what the forge says of their authors and bodies, and with their branches as well.
The data set leaves the branch out, but it found Codex, Copilot and Cursor by the prefix of the
branch: with it, their recall is what the registry makes of that prefix and no finding.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from scanner.attribution.all_sources import attribute
from scanner.attribution.branches import Graph
from scanner.attribution.resolve import Part, attribute_change
from scanner.base.model import Attribution, Commit, Label
from scanner.base.wilson import wilson
from scanner.delivery.exports import read_export
from scanner.delivery.joining import forge_records, integrations
from scanner.delivery.pulls import Export, PullRequest
from scanner.git.commits import read_commits
from scanner.git.process import open_repository

AGENTS = ("Claude_Code", "Copilot", "Cursor", "Devin", "OpenAI_Codex")
#: How the data set found them, where it was by the name of the branch.
PREFIXES = {"OpenAI_Codex": "codex/x", "Copilot": "copilot/x", "Cursor": "cursor/x-0a1b"}
VIEWS = ("commits alone", "and pull refs", "and record", "and branch")
#: A change is looked for until so long after the last pull request was merged.
_AFTER = timedelta(days=3)
FOUND = (Label.AI, Label.MIXED, Label.ASSISTED)


@dataclass(frozen=True)
class Known:
    """A merged pull request that is known to be an agent's."""

    agent: str
    repository: str
    pull: PullRequest


def known_pulls(data: Path) -> Iterator[Known]:
    """The merged pull requests of the data set."""
    csv.field_size_limit(sys.maxsize)
    for agent in AGENTS:
        place = f"HEAD:AIDev-pop/{agent}/prs.csv"
        text = subprocess.run(
            ["git", "-C", data, "show", place], capture_output=True, check=True
        ).stdout.decode("utf-8", "replace")
        for row in csv.DictReader(io.StringIO(text)):
            if row["merged_at"]:
                (pull,) = read_export([(place, _record(row))]).pulls
                yield Known(agent, row["repo_url"].partition("/repos/")[2], pull)


def _record(row: Mapping[str, str]) -> str:
    is_bot = row["user"].endswith("[bot]") or row["user"] == "Copilot"
    return json.dumps(
        {
            "number": int(row["number"]),
            "title": row["title"],
            "body": row["body"],
            "author": {"login": row["user"], "is_bot": is_bot},
            "createdAt": row["created_at"],
            "mergedAt": row["merged_at"],
            "headRefName": "",
        }
    )


def labels(
    commits: Sequence[Commit], path: Path, export: Export | None
) -> Mapping[str, Attribution]:
    """The label of each change: a squash's own, and of a merge that of what it brought in."""
    found = attribute(
        commits, open_repository(path), forge=forge_records(commits, export)
    ).attributions
    graph = Graph(commits)
    return {
        commit.oid: attribute_change(
            found[commit.oid],
            [Part(found[one.oid], 0) for one in graph.brought_by(commit) if not one.is_merge]
            if commit.is_merge
            else [],
        )
        for commit in commits
    }


def looked_up(name: str, path: Path, known: Sequence[Known]) -> Iterator[tuple[Known, list[Label]]]:
    """Each known pull request that the main branch took in, with its label in every view."""
    pulls = [one.pull for one in known]
    first = min(pull.created for pull in pulls)
    last = max(pull.merged for pull in pulls if pull.merged) + _AFTER
    commits = [
        commit
        for commit in read_commits(open_repository(path), ["HEAD"])
        if first <= commit.committed <= last
    ]
    landed = {
        one.pull.number: one.change for one in reversed(integrations(commits, pulls)) if one.pull
    }
    with tempfile.TemporaryDirectory() as folder:
        alone = Path(folder) / "alone.git"
        options = ("--quiet", "--bare", "--shared", "--single-branch", "--no-tags")
        subprocess.run(["git", "clone", *options, path, alone], check=True)
        branched = [
            replace(one.pull, head_branch=PREFIXES.get(one.agent, one.pull.head_branch))
            for one in known
        ]
        views = (
            labels(commits, alone, None),
            labels(commits, path, None),
            labels(commits, path, Export(tuple(pulls))),
            labels(commits, path, Export(tuple(branched))),
        )
    for one in known:
        change = landed.get(one.pull.number)
        if change is not None:
            yield one, [view[change].label for view in views]
            for place, view in enumerate(views[:3]):
                if view[change].label not in FOUND:
                    print(f"missed {VIEWS[place]}: {one.agent} {name}#{one.pull.number} {change}")


def print_recall(rows: Sequence[tuple[Known, list[Label]]]) -> None:
    """By agent: how many there are, and which share of them each view finds."""
    print(f"{'agent':14} {'pulls':>6} {'repos':>6}  " + "  ".join(f"{v:>24}" for v in VIEWS))
    for agent in (*AGENTS, "all"):
        own = [row for row in rows if agent in (row[0].agent, "all")]
        if not own:
            continue
        cells = []
        for place in range(len(VIEWS)):
            hits = sum(found[place] in FOUND for _, found in own)
            low, high = wilson(hits, len(own))
            cells.append(f"{hits:5} {hits / len(own):6.1%} [{low:.0%}, {high:.0%}]")
        repositories = len({one.repository for one, _ in own})
        print(f"{agent:14} {len(own):6} {repositories:6}  " + "  ".join(f"{c:>24}" for c in cells))
    by_label = Counter((one.agent, found[1]) for one, found in rows)
    print(*(f"{agent} {label}: {count}" for (agent, label), count in sorted(by_label.items())))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("data", type=Path)
    parser.add_argument("repositories", nargs="+", metavar="NAME=REPOSITORY")
    options = parser.parse_args()
    every = list(known_pulls(options.data))
    rows: list[tuple[Known, list[Label]]] = []
    for text in options.repositories:
        name, _, path = text.partition("=")
        here = [one for one in every if one.repository == name]
        rows += looked_up(name, Path(path), here) if here else ()
        print(f"{name}: {len(here)} known, {len(rows)} found so far", flush=True)
    print_recall(rows)


if __name__ == "__main__":
    main()
