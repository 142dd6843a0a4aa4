"""Reads what `gh` and `glab` print as JSON. Lenient in shape, strict in what it believes.

An export may be one JSON value or several after one another, as `--paginate` prints them; a list of
records, or pages of a GraphQL answer. Each record is told by its own keys.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeAlias

from scanner.base.model import Problem, Stage
from scanner.delivery import github, gitlab
from scanner.delivery.pulls import Export, Issue, PullRequest

_SPACE = re.compile(r"\s*")
#: A JSON value; what comes from outside has no type before it is read.
Json: TypeAlias = Any


def read_export(texts: Sequence[tuple[str, str]]) -> Export:
    """Reads the texts of export files, given with their names.

    A record that occurs again (a later page, a second file) replaces the one before. What cannot be
    read is a Problem of stage `forge`; nothing is raised.
    """
    pulls: dict[int, PullRequest] = {}
    issues: dict[int, Issue] = {}
    problems: list[Problem] = []
    for name, text in texts:
        for record in _records(name, text, problems):
            found = _read(record)
            if isinstance(found, str):
                problems.append(Problem(Stage.FORGE, name, found))
                continue
            for item in found:
                if isinstance(item, PullRequest):
                    pulls[item.number] = item
                else:
                    issues[item.number] = item
    in_order = sorted(pulls.values(), key=lambda pull: (pull.created, pull.number))
    return Export(tuple(in_order), tuple(issues.values()), tuple(problems))


def _read(record: dict[str, Json]) -> Sequence[PullRequest | Issue] | str:
    """The pull request with the issues it holds, or an issue; otherwise what is wrong."""
    number = record.get("number", record.get("iid"))
    try:
        if "iid" in record:
            return gitlab.read_record(record)
        if "number" in record:
            return github.read_record(record)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        return f"record {number}: {type(error).__name__}: {error}"
    return (
        f"a record is neither a pull request nor an issue (keys: {', '.join(sorted(record)[:5])})"
    )


def _records(name: str, text: str, problems: list[Problem]) -> Iterator[dict[str, Json]]:
    try:
        for value in json_values(text):
            yield from _flatten(value)
    except (ValueError, RecursionError) as error:
        problems.append(Problem(Stage.FORGE, name, f"not JSON: {error}"))


def json_values(text: str) -> Iterator[Json]:
    """All JSON values of a text, one after another.

    Raises:
        ValueError: something between them is not JSON.
        RecursionError: it is nested too deep.
    """
    decoder = json.JSONDecoder()
    text = text.removeprefix("\ufeff")
    position = _after_space(text, 0)
    while position < len(text):
        value, end = decoder.raw_decode(text, position)
        yield value
        position = _after_space(text, end)


def _after_space(text: str, position: int) -> int:
    found = _SPACE.match(text, position)
    return position if found is None else found.end()


def _flatten(value: Json) -> Iterable[dict[str, Json]]:
    """Records in lists, in lists of lists (`--slurp`) and in pages of GraphQL."""
    if isinstance(value, list):
        for item in value:
            yield from _flatten(item)
    elif isinstance(value, dict):
        inner = _page(value)
        if inner is None:
            yield value
        else:
            yield from _flatten(inner)


def _page(value: dict[str, Json]) -> Json | None:
    """What a GraphQL answer holds: `data` → repository or project → a connection → `nodes`."""
    if "nodes" in value:
        return value["nodes"]
    for key in ("data", "repository", "project", "pullRequests", "mergeRequests", "issues"):
        if key in value and isinstance(value[key], dict) and "number" not in value:
            return value[key]
    return None
