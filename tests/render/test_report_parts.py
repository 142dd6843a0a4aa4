"""The small pure parts of the page: code, scales, periods, words."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html import unescape

import pytest

from scanner.base.periods import periods
from scanner.compare.inference import Interval
from scanner.compare.table import Scale
from scanner.render.comparison_words import listed, signed, span
from scanner.render.html.code import differing, highlight, visible
from scanner.render.html.svg import Linear, element, ticks


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("x = 'é → 漢'", "x = 'é → 漢'"),
        ("\tx\r", "    x"),
        ("a\u202eb", "a\\u202eb"),
        ("a\udcffb", "a\\xffb"),
        ("a\x00b\x1b[2J", "a\\u0000b\\u001b[2J"),
    ],
)
def test_nothing_hides_in_code(line: str, shown: str) -> None:
    assert visible(line) == shown


def test_code_keeps_its_lines_and_escapes() -> None:
    lines = ['x = """<b>', "", '&"""', "y = 1 < 2  # <i>"]
    made = highlight(lines, 7, {8})
    assert [line.number for line in made] == [7, 8, 9, 10]
    assert [line.is_lit for line in made] == [False, True, False, False]
    assert made[0].markup == 'x = <i class="s">&#34;&#34;&#34;&lt;b&gt;</i>'
    assert made[2].markup == '<i class="s">&amp;&#34;&#34;&#34;</i>'


def test_attributes_are_escaped() -> None:
    made = element("rect", class_='"><script>', x=1.005)
    assert made == '<rect class="&#34;&gt;&lt;script&gt;" x="1"/>'


@pytest.mark.parametrize(
    ("low", "high", "made"),
    [
        (0, 0, (0,)),
        (0, 1, (0, 0.2, 0.4, 0.6, 0.8, 1)),
        (0, 7, (0, 2, 4, 6)),
        (-3, 12, (0, 5, 10)),
        (0, 1234, (0, 500, 1000)),
    ],
)
def test_ticks(low: float, high: float, made: tuple[float, ...]) -> None:
    assert ticks(low, high) == made


def test_nothing_is_less_than_nothing() -> None:
    assert signed(-0.001, Scale.AMOUNT) == "+0.00"
    assert signed(-0.0001, Scale.SHARE) == "+0.0 percentage points"
    assert span(Interval(-0.0, 0.001)) == "0–0"
    assert span(Interval(-0.004, 2)) == "0–2"


def test_scale_clips() -> None:
    scale = Linear(0, 10, 100, 200)
    assert (scale(5), scale.clipped(50), scale.clipped(-1)) == (150, 200, 100)
    assert Linear(3, 3, 0, 10)(3) == 5


@pytest.mark.parametrize(
    ("last", "names"),
    [
        (datetime(2024, 3, 1, tzinfo=UTC), ("2024-01", "2024-02", "2024-03")),
        (datetime(2028, 2, 1, tzinfo=UTC), ("2024 Q1", "2024 Q2", "2028 Q1")),
        (datetime(2044, 2, 1, tzinfo=UTC), ("2024", "2025", "2044")),
    ],
)
def test_periods_have_no_gap_and_are_few(last: datetime, names: tuple[str, ...]) -> None:
    first = datetime(2024, 1, 31, tzinfo=UTC)
    of, numbers, made = periods([last, first])
    assert (made[0], made[1], made[-1]) == names
    assert numbers == tuple(range(of(first), of(last) + 1))
    assert len(made) <= 30
    assert periods([])[1:] == ((), ())


def test_numbers_in_words() -> None:
    assert span(Interval(0.9, 2.1)) == "0.9–2.1"
    assert span(Interval(-0.9, 2.1)) == "−0.9 to 2.1"
    assert span(Interval(None, 2.1)) == "up to 2.1"
    assert span(Interval(0.9, None)) == "from 0.9 up, without limit"
    assert signed(-0.126, Scale.SHARE) == "−12.6 percentage points"
    assert signed(1.5, Scale.AMOUNT) == "+1.50"
    assert listed(["a"]) == "a"
    assert listed(["a", "b", "c"]) == "a, b and c"


@pytest.mark.parametrize(
    ("line", "other", "marked"),
    [
        ("total = price * count", "total = price * count", []),
        ("total = price * count", "total  =  price*count", []),
        ("total = price * count", "total = price + count", ["*"]),
        ("    return load(path)", "return read(name)", ["load", "path"]),
        ("x = 'a' # why", "x = 'a'", ["# why"]),
        ("x = f(a, b)", "x = f(a)", [",", "b"]),
    ],
)
def test_of_two_copies_only_what_differs_is_marked(
    line: str, other: str, marked: list[str]
) -> None:
    (made,) = highlight([line], 1, marked=differing([line], [other]))
    shown = re.findall(r"<mark>(.*?)</mark>", made.markup)
    assert [re.sub(r"<[^>]+>", "", one).strip() for one in shown] == marked
    assert unescape(re.sub(r"<[^>]+>", "", made.markup)) == line


def test_a_marked_text_over_two_lines_is_marked_in_both() -> None:
    lines = ['x = """a', 'b"""']
    made = highlight(lines, 1, marked=differing(lines, ["x = 1"]))
    assert all(line.markup.count("<mark>") == line.markup.count("</mark>") >= 1 for line in made)
