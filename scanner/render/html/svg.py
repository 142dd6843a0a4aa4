"""SVG by hand, as far as the page needs it: elements, a titled figure, scales. Pure.

Colours are classes, so that light, dark and print are the style's business; no element carries a
style attribute, which the page's security policy would refuse.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from markupsafe import Markup, escape

Attribute = str | float | int


def element(name: str, *children: Markup, **attributes: Attribute) -> Markup:
    """An element; an underscore in the name of an attribute is a hyphen, a last one is dropped."""
    pairs = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(_plain(value))}"'
        for key, value in attributes.items()
    )
    if not children:
        return Markup(f"<{name}{pairs}/>")  # noqa: S704  every value was escaped just above
    return Markup(f"<{name}{pairs}>{Markup('').join(children)}</{name}>")  # noqa: S704


def text(content: str, x: float, y: float, class_: str = "", anchor: str = "start") -> Markup:
    """A line of text."""
    return element("text", escape(content), x=x, y=y, class_=class_, text_anchor=anchor)


def figure(
    key: str, width: float, height: float, title: str, description: str, *children: Markup
) -> Markup:
    """A whole picture, named and described for those who do not see it; `key` is unique."""
    return element(
        "svg",
        element("title", escape(title), id=f"{key}-t"),
        element("desc", escape(description), id=f"{key}-d"),
        *children,
        viewBox=f"0 0 {_plain(width)} {_plain(height)}",
        role="img",
        aria_labelledby=f"{key}-t {key}-d",
    )


def picture(width: float, height: float, *children: Markup, class_: str = "") -> Markup:
    """A picture that only repeats what the text beside it says."""
    view = f"0 0 {_plain(width)} {_plain(height)}"
    return element("svg", *children, viewBox=view, aria_hidden="true", class_=class_)


def path(points: Iterable[tuple[float, float]]) -> str:
    """The points as the data of a path of straight lines."""
    return "M" + "L".join(f"{_plain(x)},{_plain(y)}" for x, y in points)


def _plain(value: Attribute) -> str:
    """Two decimals are finer than a pixel."""
    return value if isinstance(value, str) else f"{value:.2f}".rstrip("0").rstrip(".")


@dataclass(frozen=True, slots=True)
class Linear:
    """Numbers from `low` to `high` on pixels from `start` to `end`."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        span = self.high - self.low
        share = (value - self.low) / span if span else 0.5
        return self.start + share * (self.end - self.start)

    def clipped(self, value: float) -> float:
        """The pixel of a value, or of the end beyond which it lies."""
        return self(min(max(value, self.low), self.high))


def ticks(low: float, high: float, most: int = 5) -> tuple[float, ...]:
    """Round numbers from `low` to `high`: steps of 1, 2 or 5 times a power of ten."""
    span = high - low
    if span <= 0:
        return (low,)
    rough = span / most
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * times for times in (1, 2, 5, 10) if power * times >= rough * (1 - 1e-9))
    first = math.ceil(low / step - 1e-9)
    count = math.floor(high / step + 1e-9) - first + 1
    return tuple(round((first + number) * step, 10) for number in range(count))
