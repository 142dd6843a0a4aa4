"""The forest plot: a row for each outcome, adjusted above raw, on one axis of ratios.

Where there is no ratio (the outcome may be negative, say), the difference is drawn on a scale of
its own, whose ends are written into the plot. A figure beyond the axis is an arrow with its number.
An outcome without a figure is hatched, never a zero.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from markupsafe import Markup

from scanner.compare.estimates import Effect, Estimate
from scanner.compare.evidence import Measured
from scanner.compare.inference import Interval
from scanner.compare.readings import Reading
from scanner.compare.table import Scale
from scanner.render.comparison_words import signed
from scanner.render.html.svg import Linear, element, path, picture, text

WIDTH, HEIGHT, AXIS_HEIGHT = 300.0, 34.0, 20.0
_EDGE = 12.0
#: Differences below this are shown as none.
_LEAST = 0.005
#: Powers of two: an axis from a half to twice at least, from an eighth to eight times at most.
_NARROWEST, _WIDEST = 1.0, 3.0


@dataclass(frozen=True, slots=True)
class Axis:
    """A symmetric axis of ratios: `reach` powers of two to either side of 1."""

    reach: float

    @property
    def scale(self) -> Linear:
        return Linear(-self.reach, self.reach, _EDGE, WIDTH - _EDGE)

    def at(self, ratio: float) -> float:
        """The pixel of a ratio; beyond the ends, the end."""
        return self.scale.clipped(math.log2(ratio) if ratio > 0 else -self.reach)


def axis_for(estimates: Iterable[Estimate]) -> Axis:
    """An axis that holds every interval, within its bounds."""
    ends = [abs(math.log2(end)) for one in estimates for end in _ratio_ends(one) if end > 0]
    return Axis(min(max([_NARROWEST, *(math.ceil(end * 2) / 2 for end in ends)]), _WIDEST))


def _ratio_ends(estimate: Estimate) -> list[float]:
    """The ratio that leads and the ends of its interval; the raw one may leave the axis."""
    effect = _compared(estimate)
    if effect is None and isinstance(estimate.raw, Measured):
        effect = estimate.raw.value.effect
    if effect is None or effect.ratio is None:
        return []
    return [e for e in (effect.ratio, *_bounds(effect.ratio_interval)) if e is not None]


def _compared(estimate: Estimate) -> Effect | None:
    """The adjusted effect, where there is one and a few changes are not only described."""
    if not isinstance(estimate.adjusted, Measured):
        return None
    adjusted = estimate.adjusted.value
    return None if adjusted.reading is Reading.DESCRIBED else adjusted.effect


def _bounds(interval: Interval | None) -> tuple[float | None, float | None]:
    return (interval.low, interval.high) if interval else (None, None)


def draw_axis(axis: Axis) -> Markup:
    """The numbers above the column of plots."""
    powers = range(-math.floor(axis.reach), math.floor(axis.reach) + 1)
    labels = (text(_times(power), axis.at(2.0**power), 13, "tick", "middle") for power in powers)
    return picture(WIDTH, AXIS_HEIGHT, *labels, class_="axis")


def _times(power: int) -> str:
    return f"{2**power}\N{MULTIPLICATION SIGN}" if power >= 0 else f"1/{2**-power}"


def draw_row(estimate: Estimate, axis: Axis, tone: str) -> Markup:
    """The plot of one outcome."""
    adjusted = estimate.adjusted
    if isinstance(adjusted, Measured):
        shown = _compared(estimate)
        raw = estimate.raw.value.effect if isinstance(estimate.raw, Measured) else None
        return _measured(Plotted(shown, raw, estimate.outcome.scale, tone), axis)
    return picture(
        WIDTH, HEIGHT, element("rect", x=_EDGE, y=11, width=WIDTH - 2 * _EDGE, height=12, rx=3,
                               fill="url(#hatch)"), class_="plot blind",
    )  # fmt: skip


class Plotted(NamedTuple):
    """The effects of an outcome; nothing is adjusted where a few changes are only described."""

    adjusted: Effect | None
    raw: Effect | None
    scale: Scale
    tone: str

    @property
    def effects(self) -> list[tuple[Effect, str]]:
        """What is drawn, with its class, the one that leads first."""
        found = ((self.adjusted, f"adjusted {self.tone}"), (self.raw, "raw"))
        return [(effect, class_) for effect, class_ in found if effect]


def _measured(plotted: Plotted, axis: Axis) -> Markup:
    effects = plotted.effects
    if effects[0][0].ratio is None:
        return _of_differences(plotted)
    powers = range(-math.floor(axis.reach), math.floor(axis.reach) + 1)
    grid = (_rule(axis.at(2.0**power)) for power in powers if power)
    marks = [
        _mark(axis.at, effect.ratio, effect.ratio_interval, class_)
        for effect, class_ in effects
        if effect.ratio is not None
    ]
    return picture(WIDTH, HEIGHT, *grid, _none(axis.at(1)), *marks, class_="plot")


def _of_differences(plotted: Plotted) -> Markup:
    scale = _own_scale([effect for effect, _ in plotted.effects])
    marks = [
        _mark(scale.clipped, effect.difference, effect.difference_interval, class_)
        for effect, class_ in plotted.effects
    ]
    low, high = (signed(end, plotted.scale) for end in (scale.low, scale.high))
    ends = (text(low, 0, HEIGHT, "tick"), text(high, WIDTH, HEIGHT, "tick", "end"))
    return picture(WIDTH, HEIGHT, *ends, _none(scale(0)), *marks, class_="plot own")


def _none(x: float) -> Markup:
    """The line of no difference."""
    return element("line", x1=x, x2=x, y1=0, y2=HEIGHT, class_="none")


def _rule(x: float) -> Markup:
    return element("line", x1=x, x2=x, y1=0, y2=HEIGHT, class_="grid")


def _own_scale(effects: Sequence[Effect]) -> Linear:
    ends = [abs(effect.difference) for effect in effects]
    ends += [abs(end) for e in effects for end in _bounds(e.difference_interval) if end is not None]
    reach = max(ends)
    reach = reach if reach >= _LEAST else 1.0
    return Linear(-reach, reach, _EDGE, WIDTH - _EDGE)


def _mark(
    at: Callable[[float], float], value: float, interval: Interval | None, class_: str
) -> Markup:
    """A point with its interval; the adjusted above, the raw smaller and below."""
    y, radius = (25.0, 3.5) if class_.startswith("raw") else (12.0, 5.0)
    parts = [_point(at, value, y, radius)]
    if interval is not None:
        start = _EDGE if interval.low is None else at(interval.low)
        end = WIDTH - _EDGE if interval.high is None else at(interval.high)
        parts.insert(0, element("line", x1=start, x2=end, y1=y, y2=y, class_="interval"))
        parts += [_beyond(x, y, side) for x, side in ((start, -1), (end, 1)) if _is_end(x)]
    return element("g", *parts, class_=class_)


def _point(at: Callable[[float], float], value: float, y: float, radius: float) -> Markup:
    """A dot; beyond the axis, two arrows at its end, which no interval has."""
    x = at(value)
    if not _is_end(x):
        return element("circle", cx=x, cy=y, r=radius)
    side = -1 if x <= _EDGE else 1
    return element("g", *(_beyond(x - side * back, y, side) for back in (0, 8)), class_="off")


def _is_end(x: float) -> bool:
    return x <= _EDGE or x >= WIDTH - _EDGE


def _beyond(x: float, y: float, side: int) -> Markup:
    """An arrow where an interval leaves the axis."""
    corners = path(((x + side * 7, y), (x, y - 4), (x, y + 4)))
    return element("path", d=f"{corners}Z", class_="beyond")
