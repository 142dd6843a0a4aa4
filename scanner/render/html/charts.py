"""The page's charts: lines over periods and stacked bars. Pure.

Each is drawn for reading without colour, too: by shape, dash or direct label.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from scanner.render.html.svg import Linear, element, figure, path, text, ticks
from scanner.render.wording import number

WIDTH, LEFT, RIGHT, TOP, BOTTOM = 540.0, 44.0, 10.0, 12.0, 24.0


@dataclass(frozen=True, slots=True)
class Mark:
    """A value in a period, with its interval where there is one; `is_weak`: on little evidence."""

    period: int
    value: float
    low: float | None = None
    high: float | None = None
    is_weak: bool = False


@dataclass(frozen=True, slots=True)
class Series:
    """A line of a chart; `kind` is its class."""

    name: str
    kind: str
    marks: tuple[Mark, ...]


def lines_chart(
    key: str,
    title: str,
    description: str,
    periods: Sequence[str],
    series: Sequence[Series],
    height: float = 210.0,
    adopted: int | None = None,
    width: float = WIDTH,
) -> Markup:
    """Values over periods, one line a series; no line runs through a period without a value.

    `adopted` is the period of the first AI-attributed change, marked by a line.
    """
    tops = [m.high if m.high is not None else m.value for one in series for m in one.marks]
    lows = [m.low if m.low is not None else m.value for one in series for m in one.marks]
    low, high = min([0.0, *lows]), max([0.0, *tops]) or 1.0
    x = Linear(0, max(len(periods) - 1, 1), LEFT + 10, width - RIGHT - 10)
    y = Linear(low, high * 1.05, height - BOTTOM, TOP)
    drawn = [_line(one, x, y) for one in series]
    if adopted is not None:
        at = x(adopted)
        drawn.append(element("line", x1=at, x2=at, y1=TOP, y2=height - BOTTOM, class_="none"))
        anchor = "end" if at > width / 2 else "start"
        side = -5 if anchor == "end" else 5
        is_line_high = y(_near(series, adopted)) < (TOP + height - BOTTOM) / 2
        down = height - BOTTOM - 6 if is_line_high else TOP + 8
        drawn.append(text("first AI-attributed change", at + side, down, "tick", anchor))
    frame = _frame(periods, x, y, _Size(width, height))
    return figure(key, width, height, title, description, *frame, *drawn)


def _near(series: Sequence[Series], period: int) -> float:
    """The value of the lines nearest to a period, 0 where there is none."""
    marks = [mark for one in series for mark in one.marks]
    return min(marks, key=lambda mark: abs(mark.period - period)).value if marks else 0.0


def _line(one: Series, x: Linear, y: Linear) -> Markup:
    parts = [
        element("path", d=path((x(m.period), y(m.value)) for m in run), class_="line")
        for run in _runs(one.marks)
        if len(run) > 1
    ]
    for mark in one.marks:
        at = x(mark.period)
        if mark.low is not None and mark.high is not None:
            parts.append(
                element("line", x1=at, x2=at, y1=y(mark.low), y2=y(mark.high), class_="whisker")
            )
        class_ = "dot weak" if mark.is_weak else "dot"
        parts.append(element("circle", cx=at, cy=y(mark.value), r=3.5, class_=class_))
    return element("g", *parts, class_=f"series {one.kind}")


def _runs(marks: Sequence[Mark]) -> Iterator[list[Mark]]:
    """The marks of neighbouring periods."""
    run: list[Mark] = []
    for mark in marks:
        if run and mark.period != run[-1].period + 1:
            yield run
            run = []
        run.append(mark)
    if run:
        yield run


@dataclass(frozen=True, slots=True)
class _Size:
    wide: float
    high: float


#: What a letter of a label takes, and what two labels need between them.
_LETTER, _GAP = 6.2, 12.0


def _frame(periods: Sequence[str], x: Linear, y: Linear, size: _Size) -> Iterator[Markup]:
    for value in ticks(y.low, y.high, 5 if size.high > 150 else 3):
        at = y(value)
        yield element("line", x1=LEFT, x2=size.wide - RIGHT, y1=at, y2=at, class_="grid")
        yield text(_axis_number(value), LEFT - 6, at + 3.5, "tick", "end")
    half = _LETTER * max(map(len, periods), default=0) / 2
    fitting = max(1, int((size.wide - LEFT) / (2 * half + _GAP)))
    for place in range(0, len(periods), max(1, -(-len(periods) // fitting))):
        at = min(x(place), size.wide - half)  # nothing of the last one is cut off
        yield text(periods[place], at, size.high - 8, "tick", "middle")


def _axis_number(value: float) -> str:
    return f"{value / 1000:g}k" if abs(value) >= 10_000 else number(value)


def columns_chart(
    key: str,
    title: str,
    description: str,
    periods: Sequence[str],
    stacks: Sequence[tuple[str, Sequence[float]]],
    height: float = 210.0,
) -> Markup:
    """Stacked columns over periods; a stack is its class and one value a period."""
    totals = [sum(values[place] for _, values in stacks) for place in range(len(periods))]
    x = Linear(0, max(len(periods), 1), LEFT + 4, WIDTH - RIGHT)
    y = Linear(0, max([*totals, 1.0]) * 1.05, height - BOTTOM, TOP)
    wide = max(1.5, (x(1) - x(0)) * 0.78)
    left = (x(1) - x(0) - wide) / 2
    bars = [
        _column(kind, x(place) + left, wide, y, base, values[place])
        for order, (kind, values) in enumerate(stacks)
        for place in range(len(periods))
        if values[place]
        for base in (sum(below[place] for _, below in stacks[:order]),)
    ]
    middle = Linear(0, 1, x(0.5), x(1.5))
    frame = _frame(periods, middle, y, _Size(WIDTH, height))
    return figure(key, WIDTH, height, title, description, *frame, *bars)


def _column(kind: str, left: float, wide: float, y: Linear, base: float, value: float) -> Markup:
    high = max(0.6, y(base) - y(base + value))
    return element("rect", x=left, y=y(base + value), width=wide, height=high, class_=f"bar {kind}")


def share_bar(parts: Sequence[tuple[str, float]], height: float = 14.0) -> Markup:
    """One bar of shares that sum to 1, each with its class. Its text stands beside it."""
    x, drawn = 0.0, []
    for kind, share in parts:
        if share > 0:
            drawn.append(
                element(
                    "rect", x=100 * x, y=0, width=100 * share, height=height, class_=f"bar {kind}"
                )
            )
        x += share
    return element(
        "svg",
        *drawn,
        viewBox=f"0 0 100 {height:g}",
        preserveAspectRatio="none",
        aria_hidden="true",
        class_="shares",
    )


def gauge(before: float, after: float, limit: float) -> Markup:
    """A bar as long as a fact is now, the part it had before, and the limit as a line across it."""
    full = max(after, limit) * 1.05
    scale = Linear(0, full, 0, 100)
    start = max(before, min(limit, after))
    parts = [
        element("rect", x=0, y=3, width=scale(after), height=8, class_="fact"),
        element(
            "rect", x=scale(start), y=3, width=scale(after) - scale(start), height=8, class_="over"
        ),
        element("rect", x=scale(limit) - 0.25, y=0, width=0.5, height=14, class_="limit"),
    ]
    return element(
        "svg", *parts, viewBox="0 0 100 14", preserveAspectRatio="none", aria_hidden="true",
        class_="gauge",
    )  # fmt: skip
