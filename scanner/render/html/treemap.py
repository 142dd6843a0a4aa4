"""A treemap: areas that show amounts, squarified so that they can be compared by eye. Pure.

Bruls, Huizing & van Wijk, Squarified Treemaps (2000).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from scanner.render.html.svg import element, figure, text

WIDTH, HEIGHT = 1120.0, 360.0
_GAP = 1.5
#: Pixels a letter takes in a tile's first line and in its second.
_WIDE, _NARROW = 7.7, 6.1
_FEWEST_LETTERS = 12


@dataclass(frozen=True, slots=True)
class Tile:
    """An amount with its class, the share of it to mark (0 to 1), and what is written on it.

    `names` are ways to call it, the longest first; the first that has room is used.
    """

    amount: float
    kind: str
    share: float
    title: str
    names: tuple[str, ...]
    note: str


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels."""

    x: float
    y: float
    width: float
    height: float


def treemap(key: str, title: str, description: str, tiles: Sequence[Tile]) -> Markup:
    """The picture of tiles, which are given with the largest first and have amounts above 0."""
    boxes = squarify([tile.amount for tile in tiles], Box(0, 0, WIDTH, HEIGHT))
    drawn = (_tile(tile, box) for tile, box in zip(tiles, boxes, strict=True))
    return figure(key, WIDTH, HEIGHT, title, description, *drawn)


def squarify(amounts: Sequence[float], into: Box) -> list[Box]:
    """A box for each amount, of its share of the area, in their order."""
    boxes: list[Box] = []
    rest, left, start = into, sum(amounts), 0
    while start < len(amounts):
        scale = rest.width * rest.height / left if left else 0.0
        end = _row_end(amounts, start, min(rest.width, rest.height), scale)
        row = [amount * scale for amount in amounts[start:end]]
        boxes += _laid(row, rest)
        rest = _without(row, rest)
        left -= sum(amounts[start:end])
        start = end
    return boxes


def _row_end(amounts: Sequence[float], start: int, side: float, scale: float) -> int:
    """Where the row ends that begins at `start`: another box would make it less square."""
    end, worst = start + 1, _worst([amounts[start] * scale], side)
    while end < len(amounts):
        longer = _worst([amount * scale for amount in amounts[start : end + 1]], side)
        if longer > worst:
            break
        end, worst = end + 1, longer
    return end


def _worst(areas: Sequence[float], side: float) -> float:
    """The ratio of sides of the least square of boxes in a row along a side."""
    total = sum(areas)
    if not total or not side or not min(areas):
        return float("inf")
    return max(side**2 * max(areas) / total**2, total**2 / (side**2 * min(areas)))


def _laid(areas: Sequence[float], rest: Box) -> Iterator[Box]:
    total = sum(areas)
    is_wide = rest.width >= rest.height
    depth = total / (rest.height if is_wide else rest.width)
    at = 0.0
    for area in areas:
        length = area / depth if depth else 0.0
        if is_wide:
            yield Box(rest.x, rest.y + at, depth, length)
        else:
            yield Box(rest.x + at, rest.y, length, depth)
        at += length


def _without(areas: Sequence[float], rest: Box) -> Box:
    if rest.width >= rest.height:
        depth = sum(areas) / rest.height
        return Box(rest.x + depth, rest.y, max(0.0, rest.width - depth), rest.height)
    depth = sum(areas) / rest.width
    return Box(rest.x, rest.y + depth, rest.width, max(0.0, rest.height - depth))


def _tile(tile: Tile, box: Box) -> Markup:
    wide, high = max(0.5, box.width - _GAP), max(0.5, box.height - _GAP)
    parts = [
        element("title", Markup.escape(tile.title)),
        element("rect", x=box.x, y=box.y, width=wide, height=high, rx=3, class_="area"),
    ]
    if tile.share and high > 12:
        width, foot = wide * tile.share, box.y + high - 4
        parts.append(element("rect", x=box.x, y=foot, width=width, height=4, class_="of-ai"))
    parts += _writing(tile, box.x + 7, box.y, wide - 12, high)
    return element("g", *parts, class_=f"tile {tile.kind}")


def _writing(tile: Tile, x: float, y: float, wide: float, high: float) -> Iterator[Markup]:
    room = int(wide / _WIDE)
    fitting = next((name for name in tile.names if len(name) <= room), None)
    if high < 20 or (fitting is None and room < _FEWEST_LETTERS):
        return
    yield text(fitting or f"{tile.names[-1][: room - 1]}…", x, y + 15, "tile-name")
    if high >= 36 and len(tile.note) * _NARROW <= wide:
        yield text(tile.note, x, y + 29, "tile-note")
