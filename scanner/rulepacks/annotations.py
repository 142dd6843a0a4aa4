"""PURE: the comments in a rule's test file that say what is to be found on the next line."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

_NOTE = re.compile(r"^\s*#\s*(?P<kind>ruleid|ok|todoruleid|todook)\s*:\s*(?P<rules>[^#]+)$")


class Expectation(StrEnum):
    """What a note says of the next line; semgrep's own words. A todo is not held to."""

    HIT = "ruleid"
    NO_HIT = "ok"
    HIT_SOME_DAY = "todoruleid"
    NO_HIT_SOME_DAY = "todook"


@dataclass(frozen=True, slots=True)
class Note:
    """One rule id of one note, and the line (1-based) that it speaks of."""

    expectation: Expectation
    rule: str
    line: int


def is_note(line: str) -> bool:
    """Whether a line of a test file says what the next one is."""
    return _NOTE.match(line) is not None


def read_annotations(text: str) -> tuple[Note, ...]:
    """The notes of a test file, in order. Several notes in a row speak of the same line."""
    notes: list[Note] = []
    waiting: list[tuple[Expectation, str]] = []
    for number, line in enumerate(text.split("\n"), 1):
        match = _NOTE.match(line)
        if match:
            rules = (rule.strip() for rule in match["rules"].split(","))
            waiting += [(Expectation(match["kind"]), rule) for rule in rules if rule]
            continue
        notes += [Note(expectation, rule, number) for expectation, rule in waiting]
        waiting = []
    return tuple(notes)
