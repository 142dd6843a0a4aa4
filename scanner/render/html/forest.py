"""The forest plot: a row for each outcome, adjusted above raw, on one axis of ratios.

Where there is no ratio (the outcome may be negative, say), the difference is drawn on a scale of
its own and says so. An outcome without a figure is hatched, never a zero.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from scanner.compare.estimates import Effect, Estimate
from scanner.compare.evidence import Measured
from scanner.compare.inference import Interval
from scanner.render.html.svg import Linear, element, path, picture, text
from scanner.render.wording import number

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
    """The adjusted ratio and the ends of its interval; the raw one may leave the axis."""
    if not isinstance(estimate.adjusted, Measured):
        return []
    effect = estimate.adjusted.value.effect
    if effect.ratio is None:
        return []
    return [e for e in (effect.ratio, *_bounds(effect.ratio_interval)) if e is not None]


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
        raw = estimate.raw.value.effect if isinstance(estimate.raw, Measured) else None
        return _measured(adjusted.value.effect, raw, axis, tone)
    return picture(
        WIDTH, HEIGHT, element("rect", x=_EDGE, y=11, width=WIDTH - 2 * _EDGE, height=12, rx=3,
                               fill="url(#hatch)"), class_="plot blind",
    )  # fmt: skip


def _measured(effect: Effect, raw: Effect | None, axis: Axis, tone: str) -> Markup:
    if effect.ratio is not None:
        return _of_ratios(effect, raw, axis, tone)
    scale = _own_scale([effect, *([raw] if raw else [])])
    marks = [
        _mark(scale.clipped, effect.difference, effect.difference_interval, f"adjusted {tone}")
    ]
    if raw:
        marks.append(_mark(scale.clipped, raw.difference, raw.difference_interval, "raw"))
    return picture(WIDTH, HEIGHT, _none(scale(0)), *marks, class_="plot own")


def _of_ratios(effect: Effect, raw: Effect | None, axis: Axis, tone: str) -> Markup:
    assert effect.ratio is not None
    powers = range(-math.floor(axis.reach), math.floor(axis.reach) + 1)
    grid = (_rule(axis.at(2.0**power)) for power in powers if power)
    marks = [_mark(axis.at, effect.ratio, effect.ratio_interval, f"adjusted {tone}")]
    if raw and raw.ratio is not None:
        marks.append(_mark(axis.at, raw.ratio, raw.ratio_interval, "raw"))
    return picture(WIDTH, HEIGHT, *grid, _none(axis.at(1)), *marks, class_="plot")


def own_scale(estimate: Estimate) -> str:
    """What the plot of an outcome without a ratio reaches to; empty where there is a ratio."""
    adjusted = estimate.adjusted
    if not isinstance(adjusted, Measured) or adjusted.value.effect.ratio is not None:
        return ""
    effects = [adjusted.value.effect]
    if isinstance(estimate.raw, Measured):
        effects.append(estimate.raw.value.effect)
    return f"difference, on its own scale of ±{number(_own_scale(effects).high)}"


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
    y, radius = (25.0, 3.5) if class_ == "raw" else (12.0, 5.0)
    parts = [element("circle", cx=at(value), cy=y, r=radius)]
    if interval is not None:
        start = _EDGE if interval.low is None else at(interval.low)
        end = WIDTH - _EDGE if interval.high is None else at(interval.high)
        parts.insert(0, element("line", x1=start, x2=end, y1=y, y2=y, class_="interval"))
        parts += [_beyond(x, y, side) for x, side in ((start, -1), (end, 1)) if _is_end(x)]
    return element("g", *parts, class_=class_)


def _is_end(x: float) -> bool:
    return x <= _EDGE or x >= WIDTH - _EDGE


def _beyond(x: float, y: float, side: int) -> Markup:
    """An arrow where an interval leaves the axis."""
    corners = path(((x + side * 7, y), (x, y - 4), (x, y + 4)))
    return element("path", d=f"{corners}Z", class_="beyond")
