"""The treemap: every area in its box, of its size, and none over another."""

from __future__ import annotations

import itertools

import pytest

from scanner.render.html.treemap import Box, Tile, squarify, treemap

INTO = Box(0, 0, 600, 400)


@pytest.mark.parametrize(
    "amounts",
    [
        [1.0],
        [6.0, 6.0, 4.0, 3.0, 2.0, 2.0, 1.0],
        [1e6, 1.0, 1.0],
        [float(n) for n in range(60, 0, -1)],
    ],
)
def test_each_amount_has_its_share_of_the_area(amounts: list[float]) -> None:
    boxes = squarify(amounts, INTO)
    whole = INTO.width * INTO.height
    for amount, box in zip(amounts, boxes, strict=True):
        assert box.width * box.height == pytest.approx(whole * amount / sum(amounts), rel=1e-6)
        assert box.x >= -1e-6
        assert box.y >= -1e-6
        assert box.x + box.width <= INTO.width + 1e-6
        assert box.y + box.height <= INTO.height + 1e-6
    for one, other in itertools.combinations(boxes, 2):
        apart = (
            one.x + one.width <= other.x + 1e-6
            or other.x + other.width <= one.x + 1e-6
            or one.y + one.height <= other.y + 1e-6
            or other.y + other.height <= one.y + 1e-6
        )
        assert apart


def test_nothing_has_no_boxes() -> None:
    assert squarify([], INTO) == []


def test_what_the_paper_shows() -> None:
    first = squarify([6, 6, 4, 3, 2, 2, 1], Box(0, 0, 6, 4))[:3]
    assert [(box.width, box.height) for box in first] == [
        (3, 2),
        (3, 2),
        (pytest.approx(12 / 7), pytest.approx(7 / 3)),
    ]


def test_names_are_escaped_and_left_out_where_there_is_no_room() -> None:
    tiles = [
        Tile(99, "ai-some", 0.5, "a<b>.py: 9 points", ("pkg/a<b>.py", "a<b>.py"), "9 points"),
        Tile(0.01, "ai-none", 0, "tiny.py", ("tiny.py",), "1 point"),
    ]
    made = treemap("map", "Files", "Areas", tiles)
    assert "<b>" not in made
    assert "pkg/a&lt;b&gt;.py</text>" in made
    assert ">tiny.py</text>" not in made
    assert "<title>tiny.py</title>" in made
