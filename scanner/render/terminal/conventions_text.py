"""Terminal text of `conventions`: what a codebase moves to, then its habits by topic."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

import click

from scanner.render import wording
from scanner.render.paths import sentence
from scanner.render.terminal.text import WIDTH, problem_lines, wrapped

if TYPE_CHECKING:
    from scanner.conventions.listing import ConventionRow
    from scanner.tree.conventions import TreeConventions

#: How many habits of one topic are shown unless all are wanted, and how many scopes of each.
MOST_HABITS, MOST_SCOPES = 8, 4


def render(habits: TreeConventions, *, colour: bool = False, everything: bool = False) -> str:
    """The book for people, with a line end; `everything` adds what is left to configured tools."""
    text = "\n".join(_lines(habits, everything)) + "\n"
    return text if colour else click.unstyle(text)


def _lines(habits: TreeConventions, everything: bool) -> Iterator[str]:
    shown = [row for row in habits.rows if everything or not row.is_silenced]
    moving = [row for row in shown if row.is_migration]
    settled = [row for row in shown if not row.is_migration]
    if moving:
        yield click.style("Changing", bold=True)
        for row in moving:
            yield from _migration(row)
        yield ""
    for topic, of_topic in groupby(settled, key=lambda row: row.topic):
        yield click.style(topic.capitalize(), bold=True)
        yield from _topic(list(of_topic), None if everything else MOST_HABITS)
        yield ""
    if habits.problems:
        yield from problem_lines(habits.problems)
        yield ""
    yield from _sums(habits, len(habits.rows) - len(shown))


def _migration(row: ConventionRow) -> Iterator[str]:
    yield from wrapped(sentence(f"{_capital(row.noun)}: {row.trend}"), "  ", "    ")
    yield from _proof(row)


def _topic(rows: Sequence[ConventionRow], most: int | None) -> Iterator[str]:
    habits = [list(same) for _, same in groupby(rows, key=_habit)]
    habits.sort(key=lambda same: (not any(row.is_charged for row in same), -_support(same)))
    for same in habits[:most]:
        mark = "*" if any(row.is_charged for row in same) else " "
        first = same[0]
        told = sentence(f"{_capital(first.noun)} are {first.choice}")
        yield from wrapped(told, f"{mark} ", "  ")
        for row in same[:MOST_SCOPES]:
            yield from _proof(row)
        if left := same[MOST_SCOPES:]:
            yield f"      and in {wording.counted(len(left), 'more place')}"
    if most is not None and (more := habits[most:]):
        yield f"  and {wording.counted(len(more), 'more habit')} (--all shows them)"


def _habit(row: ConventionRow) -> tuple[str, str, str]:
    return row.family, row.subject, row.choice


def _support(rows: Iterable[ConventionRow]) -> int:
    return sum(row.support for row in rows)


def _proof(row: ConventionRow) -> Iterator[str]:
    """How often, where, and one place to look at, on the same line if there is room."""
    count = f"      {row.support:,} of {row.total:,} in {sentence(row.scope.words)}"
    if row.is_silenced:
        count += ", left to a configured tool"
    if not row.examples:
        yield click.style(count, dim=True)
        return
    place = f"e.g. {wording.where(row.examples[0])}"
    if len(count) + len(place) + 2 <= WIDTH:
        yield click.style(f"{count}, {place}", dim=True)
    else:
        yield click.style(f"{count},", dim=True)
        yield click.style(f"        {place}", dim=True)


def _sums(habits: TreeConventions, hidden: int) -> Iterator[str]:
    settled = [row for row in habits.rows if not row.is_migration]
    charged = sum(row.is_charged for row in settled)
    if charged:
        yield "* check, gate and report point out a change that departs from it"
    if hidden:
        text = f"{wording.counted(hidden, 'more habit')} left to configured formatters and linters"
        yield f"{text} (--all shows them)"
    if not settled:
        yield f"no convention found at {habits.revision[:12]}: too little code, or too mixed"
        return
    found = wording.counted(len(settled), "convention")
    yield f"{found}, {charged:,} of them with hardly any exceptions, at {habits.revision[:12]}"


def _capital(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"
