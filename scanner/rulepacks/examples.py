"""PURE: what a rule's own tests show of it: what it wants changed, and what it lets be."""

from __future__ import annotations

from dataclasses import dataclass

from scanner.rulepacks.annotations import Expectation, is_note, read_annotations
from scanner.rulepacks.packs import Pack

#: How many lines before and after the one that matters are shown, at most.
AROUND = 5


@dataclass(frozen=True, slots=True)
class ExampleLine:
    """A line of a test file; the rule's case is the one that `matters`."""

    text: str
    matters: bool


def example(pack: Pack, rule: str, expectation: Expectation) -> tuple[ExampleLine, ...]:
    """The shortest case of the pack's test file that the rule has to hit, or must not; indented as
    little as can be. Nothing if there is none.

    A case are the lines around the noted one up to empty ones, without the notes.
    """
    text = (pack.test or b"").decode("utf-8", "replace")
    lines = text.split("\n")
    noted = {
        note.line - 1
        for note in read_annotations(text)
        if note.rule == rule and note.expectation is expectation
    }
    cases = [_case(lines, place, noted) for place in sorted(noted)]
    return min(cases, key=len, default=())


def _case(lines: list[str], place: int, noted: set[int]) -> tuple[ExampleLine, ...]:
    first = last = place
    while first > max(0, place - AROUND) and lines[first - 1].strip():
        first -= 1
    while last + 1 < min(len(lines), place + AROUND) and lines[last + 1].strip():
        last += 1
    shown = [number for number in range(first, last + 1) if not is_note(lines[number])]
    margin = min(len(lines[number]) - len(lines[number].lstrip()) for number in shown)
    return tuple(ExampleLine(lines[number][margin:], number in noted) for number in shown)
