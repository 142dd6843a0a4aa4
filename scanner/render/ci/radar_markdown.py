"""Markdown of `radar`, for a comment: a table of the pairs that will collide."""

from __future__ import annotations

from scanner.radar.collisions import Pair
from scanner.radar.survey import Radar
from scanner.render.ci.markdown import code, prose
from scanner.render.radar_words import said_of, summary

#: So many pairs, and of each so many places of a kind, are shown: forges cut long comments off.
MOST_PAIRS = 50
MOST_PLACES = 2


def render(radar: Radar) -> str:
    """The collisions as GitHub-flavoured Markdown, with a line end."""
    lines = [f"### {prose(summary(radar))}"]
    if radar.pairs:
        lines += ["", "| branches | what collides |", "|---|---|"]
        lines += map(_row, radar.pairs[:MOST_PAIRS])
    left = len(radar.pairs) - MOST_PAIRS
    if left > 0:
        lines += ["", f"And {left:,} more pairs."]
    if radar.problems:
        lines += ["", *(f"- {prose(problem.reason)}" for problem in radar.problems)]
    return "\n".join(lines) + "\n"


def _row(pair: Pair) -> str:
    places = (f"{code(place)}: {prose(said)}" for place, said in said_of(pair, MOST_PLACES))
    return f"| {code(pair.one)}<br>{code(pair.other)} | {'<br>'.join(places)} |"
