"""The report's summary for a terminal: the answer, a line for each outcome, and what to do next."""

from __future__ import annotations

from collections.abc import Iterator

import click

from scanner.compare.estimates import Estimate
from scanner.compare.evidence import Measured
from scanner.compare.readings import Reading
from scanner.render.comparison_words import (
    arm_words,
    headline,
    lacking,
    rank_words,
    short_effect,
    state_words,
    tone,
    verdict_words,
)
from scanner.render.paths import printable
from scanner.render.report_words import answer, codebase_words, period, unjudged_words
from scanner.render.terminal.text import wrapped
from scanner.report.build import Report

_COLOURS = {"worse": "red", "better": "green", "open": None}


def render(report: Report, *, colour: bool = False) -> str:
    """The summary in 80 columns, with a line end."""
    text = "\n".join(_lines(report)) + "\n"
    return text if colour else click.unstyle(text)


def _lines(report: Report) -> Iterator[str]:
    found = answer(report)
    for line in wrapped(found.headline, ""):
        yield click.style(line, bold=True)
    yield from wrapped(f"{found.basis} Period: {period(report)}.", "")
    if found.hidden:
        yield from wrapped(found.hidden, "")
    yield from wrapped(codebase_words(report), "")
    if unjudged := unjudged_words(report):
        yield from wrapped(unjudged, "")
    shown = headline(report.estimates) if report.compared else ()
    wide = max((len(one.outcome.title) for one in shown), default=0)
    yield ""
    for one in shown:
        yield from wrapped(_outcome(one, wide), "  ", " " * (wide + 4))
    yield ""
    for number, step in enumerate(found.next_steps, 1):
        yield from wrapped(f"{number}. {printable(step)}", "  ", "     ")


def _outcome(one: Estimate, wide: int) -> str:
    name = f"{one.outcome.title:{wide}}  "
    if not isinstance(one.adjusted, Measured):
        return f"{name}{state_words(one.adjusted)}: {lacking(one)}"
    adjusted, scale = one.adjusted.value, one.outcome.scale
    verdict = click.style(
        verdict_words(adjusted, scale), _COLOURS[tone(adjusted, one.outcome.wanted)]
    )
    if adjusted.reading is Reading.NONE:
        return name + verdict
    if adjusted.reading is Reading.DESCRIBED:
        return f"{name}{arm_words(one)}; {verdict}"
    ranked = f"; pair by pair {rank_words(adjusted.rank, brief=True)}" if adjusted.rank else ""
    return f"{name}{short_effect(adjusted.effect, scale)}, {verdict}{ranked}"
