"""Conventions as semgrep rules, for what their patterns can say, with a test for each."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from scanner.analysis.choices import BY_ID, OPEN, Alternative, Choices, Family, read_choices
from scanner.analysis.choices.family import filled, worded
from scanner.analysis.choices.libraries import JOBS
from scanner.analysis.parsing.source import UnitSource
from scanner.base.model import UnitKind
from scanner.conventions.counts import ConventionCounts
from scanner.conventions.listing import listed
from scanner.conventions.scopes import Population, Scope, ScopeLevel
from scanner.conventions.tallies import Convention

#: What a family leaves to another one.
_UNLESS = {
    "string-formatting": tuple(
        f"{name}.$LEVEL(...)" for name in ("logger", "logging", "log", "self.logger", "self.log")
    )
}


@dataclass(frozen=True, slots=True)
class ExportedRules:
    """Semgrep rules (YAML) and the Python file that tests them, to lie beside them."""

    rules: str
    tests: str
    count: int


class _Example(NamedTuple):
    """Code that a rule matches, first in this line, from 0."""

    text: str
    line: int


@dataclass(frozen=True, slots=True)
class _Rule:
    id: str
    message: str
    patterns: tuple[str, ...]
    unless: tuple[str, ...]
    include: tuple[str, ...]
    exclude: tuple[str, ...]
    bad: tuple[_Example, ...]
    good: str


def export_semgrep(book: ConventionCounts) -> ExportedRules:
    """The established conventions whose alternatives a semgrep pattern can find."""
    rules = [
        rule
        for convention in listed(book.conventions())
        if convention.is_established and (rule := _rule(convention)) is not None
    ]
    text = "\n".join(["rules:", *(line for rule in rules for line in _yaml(rule)), ""])
    if not rules:
        text = "rules: []\n"
    return ExportedRules(text, "\n".join(_tests(rules)), len(rules))


def _rule(convention: Convention) -> _Rule | None:
    family, point = BY_ID[convention.point.family], convention.point
    usual = family.alternative(convention.alternative)
    others = [
        one
        for one in _others(family, point.subject, convention.alternative)
        if one.pattern and one.example and convention.alternative not in one.improves_on
    ]
    patterns = tuple(str(one.pattern) for one in others)
    if not patterns or usual.pattern in patterns:
        return None
    scope = convention.scope
    place = scope.directory.replace("/", "-").replace("_", "-").strip("-")
    level = "" if scope.level is ScopeLevel.REPOSITORY else scope.level
    parts = ("convention", family.id, point.subject, scope.population.name, level, place)
    words = "-".join(part.lower() for part in parts if part)
    identifier = "".join(c if c.isalnum() else "-" for c in words)
    return _Rule(
        identifier,
        f"In {scope.words} {convention.support} of {convention.total} "
        f"{filled(family.noun, point.subject, '')} are "
        f"{worded(family, point.subject, convention.alternative)}. "
        f"To keep to it, {filled(usual.instead, point.subject, convention.alternative)}.",
        patterns,
        _UNLESS.get(family.id, ()),
        _include(scope),
        _exclude(scope),
        tuple(_Example(one.example, _matched_line(family, one)) for one in others),
        usual.example,
    )


def _others(family: Family, subject: str, usual: str) -> Iterable[Alternative]:
    for entry in family.alternatives:
        if entry.id not in (usual, OPEN):
            yield entry
        elif entry.id == OPEN and family.id == "library":
            for library in JOBS.get(subject, ()):
                if library != usual:
                    line = f"import {library}"
                    yield Alternative(library, library, library, f"{line}\n", line)


def _matched_line(family: Family, entry: Alternative) -> int:
    """The line of an example, from 0, that its pattern matches first.

    It is the first that holds what the pattern begins with, or that of the choice itself where the
    pattern begins with something open.
    """
    head = re.split(r"[$(\[\"]|\.\.\.", str(entry.pattern), maxsplit=1)[0].split("\n")[0].strip()
    lines = entry.example.splitlines()
    found = next((i for i, line in enumerate(lines) if head and head in line), None)
    return _chosen_line(family, entry) if found is None else found


def _chosen_line(family: Family, entry: Alternative) -> int:
    read = read_choices(UnitSource(UnitKind.MODULE, entry.example))
    assert isinstance(read, Choices)
    return next(
        point.line
        for point in read.points
        if (point.family, point.alternative) == (family.id, entry.id)
    )


_TEST_GLOBS = ("tests/**", "test_*.py", "*_test.py", "conftest.py")


def _include(scope: Scope) -> tuple[str, ...]:
    if scope.level is not ScopeLevel.REPOSITORY:
        pattern = "*.py" if scope.level is ScopeLevel.DIRECTORY else "**"
        return ("/" + "/".join(part for part in (scope.directory, pattern) if part),)
    return _TEST_GLOBS if scope.population is Population.TESTS else ()


def _exclude(scope: Scope) -> tuple[str, ...]:
    return () if scope.population is Population.TESTS else _TEST_GLOBS


def _yaml(rule: _Rule) -> Iterable[str]:
    """JSON strings are YAML strings, so nothing needs quoting rules of its own."""
    yield f"  - id: {rule.id}"
    yield "    languages: [python]"
    yield "    severity: WARNING"
    yield f"    message: {json.dumps(rule.message, ensure_ascii=False)}"
    yield "    metadata: {category: convention}"
    if rule.include or rule.exclude:
        yield "    paths:"
    for name, globs in (("include", rule.include), ("exclude", rule.exclude)):
        if globs:
            yield f"      {name}: {json.dumps(globs, ensure_ascii=False)}"
    yield "    patterns:"
    yield "      - pattern-either:"
    for pattern in rule.patterns:
        yield f"          - pattern: {json.dumps(pattern, ensure_ascii=False)}"
    for pattern in rule.unless:
        yield f"      - pattern-not-inside: {json.dumps(pattern, ensure_ascii=False)}"


def _tests(rules: Sequence[_Rule]) -> Iterable[str]:
    """Examples under the comments by which semgrep's tests expect a match or none.

    Rules of two scopes share their patterns, and so their examples.
    """
    expected: dict[_Example, list[str]] = {}
    for rule in rules:
        for example in rule.bad:
            expected.setdefault(example, []).append(rule.id)
    for example, ids in expected.items():
        yield from _marked(example.text, example.line, f"# ruleid: {', '.join(ids)}")
    for rule in rules:
        if rule.good:
            yield from _marked(rule.good, 0, f"# ok: {rule.id}")


def _marked(text: str, at: int, mark: str) -> Iterable[str]:
    for number, line in enumerate(text.splitlines()):
        if number == at:
            yield line[: len(line) - len(line.lstrip())] + mark
        yield line
    yield ""
