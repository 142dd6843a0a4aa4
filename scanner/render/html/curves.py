"""Survival curves as steps, with their bands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from markupsafe import Markup

from scanner.compare.lines import Curve, CurvePoint, LineSurvival
from scanner.render.html.charts import BOTTOM, LEFT, RIGHT, TOP, WIDTH
from scanner.render.html.svg import Linear, element, figure, path, text

HEIGHT = 240.0
#: More corners than this are finer than the picture.
MOST_POINTS = 160
_DAYS = (14, 30, 90, 180, 365, 730, 1095, 1460, 1825)
_KINDS = ("a-ai", "a-other")


def survival_chart(key: str, title: str, names: tuple[str, str], found: LineSurvival) -> Markup:
    """The share of lines left by their age, both arms, each with its 95% band."""
    curves = [_until_seen(_thinned(curve.points), curve) for curve in (found.treated, found.others)]
    last = max([point.day for points in curves for point in points] + [14])
    x = Linear(0, last, LEFT, WIDTH - RIGHT - 4)
    y = Linear(0, 1, HEIGHT - BOTTOM, TOP)
    drawn = [
        part
        for points, kind in zip(curves, _KINDS, strict=True)
        for part in (_band(points, x, y, kind), _steps(points, x, y, kind))
    ]
    words = "; ".join(_words(name, points) for name, points in zip(names, curves, strict=True))
    return figure(key, WIDTH, HEIGHT, f"Lines left: {title}", words, *_frame(x, y, last), *drawn)


def _thinned(points: Sequence[CurvePoint]) -> Sequence[CurvePoint]:
    if len(points) <= MOST_POINTS:
        return points
    step = len(points) / MOST_POINTS
    return [*(points[int(place * step)] for place in range(MOST_POINTS)), points[-1]]


def _until_seen(points: Sequence[CurvePoint], curve: Curve) -> Sequence[CurvePoint]:
    """The points, and the last day on which enough was seen: nothing ended up to then."""
    seen = max((day for day, _, _ in curve.at_risk), default=0)
    if not points or points[-1].day >= seen:
        return points
    return [*points, replace(points[-1], day=seen)]


def _corners(ends: Iterable[tuple[float, float]]) -> Iterator[tuple[float, float]]:
    """The corners of a staircase that starts at 1 on day 0."""
    height = 1.0
    yield 0.0, height
    for day, value in ends:
        yield day, height
        yield day, value
        height = value


def _steps(points: Sequence[CurvePoint], x: Linear, y: Linear, kind: str) -> Markup:
    corners = _corners((point.day, point.survival) for point in points)
    line = path((x(day), y(value)) for day, value in corners)
    return element("g", element("path", d=line, class_="line"), class_=f"series {kind}")


def _band(points: Sequence[CurvePoint], x: Linear, y: Linear, kind: str) -> Markup:
    known = [
        p
        for p in points
        if p.interval and p.interval.low is not None and p.interval.high is not None
    ]
    low = [(p.day, p.interval.low) for p in known if p.interval and p.interval.low is not None]
    high = [(p.day, p.interval.high) for p in known if p.interval and p.interval.high is not None]
    edge = [*_corners(high), *reversed(list(_corners(low)))]
    outline = path((x(day), y(value)) for day, value in edge)
    return element("path", d=f"{outline}Z", class_=f"band {kind}")


def _frame(x: Linear, y: Linear, last: float) -> Iterator[Markup]:
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        yield element("line", x1=LEFT, x2=WIDTH - RIGHT, y1=y(share), y2=y(share), class_="grid")
        yield text(f"{share:.0%}", LEFT - 6, y(share) + 3.5, "tick", "end")
    taken = -100.0
    for day in (0, *_DAYS):
        if day <= last and x(day) - taken > 34:
            taken = x(day)
            yield text("0 days" if day == 0 else f"{day:,}", taken, HEIGHT - 8, "tick", "middle")


def _words(name: str, points: Sequence[CurvePoint]) -> str:
    if not points:
        return f"{name}: no line ended"
    return f"{name}: {points[-1].survival:.0%} left after {points[-1].day:,} days"
