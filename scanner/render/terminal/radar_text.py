"""Terminal text of `radar`: pairs that will collide, then each branch with its age and lag."""

from __future__ import annotations

from collections.abc import Iterator

import click

from scanner.radar.collisions import Pair
from scanner.radar.survey import Radar
from scanner.render.paths import printable, sentence
from scanner.render.radar_words import said_of, summary
from scanner.render.terminal.text import problem_lines, wrapped

#: Of one pair, so many places of each kind are shown.
MOST_PLACES = 3


def render(radar: Radar, *, colour: bool = False, detailed: bool = False) -> str:
    """The collisions for people, with a line end; `detailed` shows every place and branch."""
    lines = [*wrapped(sentence(summary(radar)), "", "")]
    for pair in radar.pairs:
        lines += ["", *_pair(pair, None if detailed else MOST_PLACES)]
    lines += _branches(radar, is_every=detailed)
    if radar.problems:
        lines += ["", *problem_lines(radar.problems)]
    text = "\n".join(lines) + "\n"
    return text if colour else click.unstyle(text)


def _pair(pair: Pair, most: int | None) -> Iterator[str]:
    yield click.style(f"{printable(pair.one)} and {printable(pair.other)}", bold=True)
    for place, said in said_of(pair, most):
        yield from wrapped(f"{printable(place)}: {sentence(said)}", "  ", "    ")


def _branches(radar: Radar, *, is_every: bool) -> Iterator[str]:
    shown = [one for one in radar.branches if is_every or one.collides_with or one.conflicts]
    if not shown:
        return
    yield ""
    yield f"{'collides with':>13} {'behind by':>10} {'commits':>8}  {'last':<10}  branch"
    for one in sorted(shown, key=lambda one: (-one.collides_with, one.branch.name)):
        branch = one.branch
        conflicts = "; conflicts with the base now" if one.conflicts else ""
        yield (
            f"{one.collides_with:>13,} {branch.behind:>10,} {branch.own:>8,}  "
            f"{branch.time:%Y-%m-%d}  {printable(branch.name)}{conflicts}"
        )
