"""Asks an installed, logged-in `gh` or `glab` for what a forge knows. Nothing else talks to anyone.

The texts are what the tools print: `exports.read_export` reads them, or a user keeps them.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from scanner.base.errors import ScanError
from scanner.delivery.exports import json_values
from scanner.delivery.pulls import Forge

#: One page of 25 keeps clear of the 500,000 nodes that GitHub prices a query at.
GITHUB_QUERY = """
query($owner: String!, $name: String!, $endCursor: String) {
  repository(owner: $owner, name: $name) {
    pullRequests(first: 25, after: $endCursor, orderBy: {field: CREATED_AT, direction: DESC}) {
      pageInfo { hasNextPage endCursor }
      nodes {
        number title body state createdAt mergedAt closedAt headRefName headRefOid
        additions deletions
        author { login __typename }
        mergeCommit { oid }
        labels(first: 20) { nodes { name } }
        closingIssuesReferences(first: 10) {
          nodes { number createdAt labels(first: 20) { nodes { name } } }
        }
        reviews(first: 100) { nodes { author { login __typename } state submittedAt } }
        comments(first: 100) { nodes { author { login __typename } createdAt } }
        reviewThreads(first: 100) { nodes { comments { totalCount } } }
        commits(first: 100) {
          nodes { commit { oid messageHeadline authoredDate committedDate } }
        }
      }
    }
  }
}
"""

_LONGEST_CALL_SECONDS = 900

#: Runs a command in a directory and gives what it printed.
Run = Callable[[tuple[str, ...], Path], str]


def fetch_pulls(directory: Path, remote_url: str, run: Run | None = None) -> str:
    """All pull or merge requests of the repository that `directory` is a clone of, as JSON text.

    `remote_url` tells the forge: GitLab if its host name says so, GitHub otherwise.

    Raises:
        ScanError: the tool is not installed, not logged in, or failed; with its own words.
    """
    call = run or run_tool
    if forge_of(remote_url) is Forge.GITLAB:
        return _fetch_gitlab(directory, call)
    return call(github_command(), directory)


def forge_of(remote_url: str) -> Forge:
    """The forge behind a remote's address, by its host name."""
    address = re.sub(r"^\w+://", "", remote_url)
    host = re.split(r"[/:]", re.sub(r"^[^/]*@", "", address))[0]
    return Forge.GITLAB if "gitlab" in host.lower() else Forge.GITHUB


def github_command() -> tuple[str, ...]:
    """The command that prints all pull requests; `{owner}` and `{repo}` are filled in by `gh`."""
    return (
        *("gh", "api", "graphql", "--paginate"),
        *("-F", "owner={owner}", "-F", "name={repo}"),
        *("-f", f"query={GITHUB_QUERY}"),
    )


def gitlab_command(path: str = "") -> tuple[str, ...]:
    """The command for all merge requests, or for what belongs to one (`/7/notes`)."""
    query = "?per_page=100" + ("" if path else "&state=all")
    return ("glab", "api", "--paginate", f"projects/:id/merge_requests{path}{query}")


def _fetch_gitlab(directory: Path, call: Run) -> str:
    """The list, with the notes and commits of each merged request added to its record."""
    pages = json_values(call(gitlab_command(), directory))
    records = [record for page in pages for record in (page if isinstance(page, list) else [page])]
    for record in records:
        if isinstance(record, dict) and record.get("state") == "merged":
            for part in ("notes", "commits"):
                text = call(gitlab_command(f"/{record['iid']}/{part}"), directory)
                record[part] = [item for page in json_values(text) for item in page]
    return json.dumps(records)


def run_tool(command: tuple[str, ...], directory: Path) -> str:
    """What a tool printed.

    Raises:
        ScanError: it is not installed, failed, or took longer than fifteen minutes.
    """
    tool = command[0]
    if shutil.which(tool) is None:
        raise ScanError(
            f"`{tool}` is not installed, so pull requests cannot be fetched.",
            hint=f"Install it and log in (`{tool} auth login`), or give a file with --pulls.",
        )
    try:
        done = subprocess.run(
            command,
            cwd=directory,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=_LONGEST_CALL_SECONDS,
            stdin=subprocess.DEVNULL,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise ScanError(f"`{tool}` did not finish in {_LONGEST_CALL_SECONDS} seconds.") from error
    if done.returncode:
        words = done.stderr.strip().splitlines() or ["no message"]
        raise ScanError(f"`{tool}` failed: {words[-1]}", hint=f"Try `{tool} auth status`.")
    return done.stdout
