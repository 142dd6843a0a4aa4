"""A team's own conventions: choices told by matchers of LibCST, which are data and never code.

A file names the alternatives of a choice, each with a matcher, and cases. It is TOML, so that
nothing of the judged repository is run: a matcher is put together from names of LibCST's nodes,
their attributes and literals alone. What it says is found here; what LibCST makes of it is in
`matching`, which is imported where there is such a file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import Any, NamedTuple

from scanner.analysis.analysis import Analysis
from scanner.analysis.choices.all_families import BY_ID
from scanner.analysis.choices.family import Alternative, Choice, Family, Topic
from scanner.analysis.parsing.source import UnitSource
from scanner.base.model import Problem
from scanner.base.toml_text import read_toml

_ID = re.compile(r"[a-z][a-z0-9-]{0,59}")
_KEYS = {"id", "noun", "in_tests", "alternatives", "cases"}
_OF_ALTERNATIVE = {"id", "label", "instead", "match"}
_OF_CASE = {"code", "chooses"}


class ConventionError(ValueError):
    """What is wrong with a file, in a sentence without its full stop."""


@dataclass(frozen=True, slots=True)
class Case:
    """Code with the ids of the alternatives it chooses, in order; none for what is left alone."""

    code: str
    chooses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TeamConvention:
    """A file of a team as it is; `name` is its path. It travels to other processes."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Written:
    """What a file says. `matchers` has what is to match for each alternative, as TOML has it.

    `key` stands for the family in choices: its id, and what its file says, so that files of two
    repositories, or of two commits, are never taken for each other.
    """

    key: str
    family: Family
    matchers: tuple[tuple[str, Mapping[str, Any]], ...]
    cases: tuple[Case, ...]


class TeamChoices(NamedTuple):
    """The choices of a unit that a team's files tell of."""

    points: tuple[Choice, ...]


@lru_cache(maxsize=256)
def written(source: TeamConvention) -> Written:
    """What a file says; its family is in the registry from then on.

    Raises:
        ConventionError: it is no TOML, or lacks something, or says what is not known.
    """
    try:
        found = read_toml(source.text)
    except ValueError as error:
        raise ConventionError(f"it is not valid TOML: {error}") from error
    _known(found, _KEYS, "the file")
    identifier = _text(found, "id", "the file")
    if not _ID.fullmatch(identifier) or identifier in BY_ID:
        reason = "is the name of a convention of Tallystick" if identifier in BY_ID else "is no id"
        raise ConventionError(f"id: {identifier} {reason} (small letters, digits and hyphens)")
    entries = _tables(found, "alternatives")
    if len(entries) < 2:
        raise ConventionError("alternatives: a choice has two at least")
    alternatives = tuple(_alternative(entry, f"alternative {n}") for n, entry in entries)
    ids = [one.id for one in alternatives]
    if len(set(ids)) < len(ids):
        raise ConventionError("alternatives: two have the same id")
    family = Family(
        identifier, Topic.TEAM, _text(found, "noun", "the file"), (), lambda _node, _scene: None,
        alternatives, in_tests=bool(found.get("in_tests", True)),
    )  # fmt: skip
    key = f"{identifier}@{sha256(source.text.encode('utf-8', 'surrogatepass')).hexdigest()[:12]}"
    BY_ID[key] = family
    matchers = tuple(
        (one.id, _table(entry, "match", f"alternative {one.id}"))
        for one, (_, entry) in zip(alternatives, entries, strict=True)
    )
    return Written(key, family, matchers, tuple(_cases(found, ids)))


def analysis_of(sources: Sequence[TeamConvention]) -> Analysis[TeamChoices]:
    """What finds the choices that files tell of in one unit. The files are sound."""
    digest = sha256("\0".join(written(one).key for one in sources).encode()).hexdigest()[:16]

    def compute(unit: UnitSource) -> TeamChoices | Problem:
        from scanner.analysis.choices.matching import choices_in  # noqa: PLC0415  brings LibCST

        return choices_in(unit.text, sources)

    return Analysis(f"team-choices/{digest}", 1, TeamChoices, compute)


def _cases(found: Mapping[str, Any], ids: Sequence[str]) -> Iterator[Case]:
    for number, entry in _tables(found, "cases"):
        where = f"case {number}"
        _known(entry, _OF_CASE, where)
        chooses = entry.get("chooses")
        if not isinstance(chooses, list) or not all(isinstance(one, str) for one in chooses):
            raise ConventionError(f"{where}: chooses is a list of alternatives, [] for none")
        unknown = [one for one in chooses if one not in ids]
        if unknown:
            raise ConventionError(f"{where}: {unknown[0]} is no alternative")
        yield Case(_text(entry, "code", where), tuple(chooses))


def _alternative(entry: Mapping[str, Any], where: str) -> Alternative:
    _known(entry, _OF_ALTERNATIVE, where)
    identifier, label, instead = (_text(entry, key, where) for key in ("id", "label", "instead"))
    return Alternative(identifier, label, instead)


def _known(table: Mapping[str, Any], keys: set[str], where: str) -> None:
    unknown = sorted(set(table) - keys)
    if unknown:
        raise ConventionError(f"{where}: there is no key {unknown[0]} ({', '.join(sorted(keys))})")


def _text(table: Mapping[str, Any], key: str, where: str) -> str:
    value = table.get(key)
    if not isinstance(value, str) or not value.strip():
        raise ConventionError(f"{where}: {key} is a text, and is needed")
    return value


def _table(table: Mapping[str, Any], key: str, where: str) -> Mapping[str, Any]:
    value = table.get(key)
    if not isinstance(value, dict):
        raise ConventionError(f"{where}: {key} is a table, and is needed")
    return value


def _tables(table: Mapping[str, Any], key: str) -> list[tuple[int, Mapping[str, Any]]]:
    value = table.get(key, [])
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise ConventionError(f"{key}: a list of tables, [[{key}]]")
    return list(enumerate(value, 1))
