"""Whether a report's page says what its JSON says, and both what `scan` finds at the head. Pure.

`report_rows` asks it of real histories, a test of a small one.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from html import unescape
from typing import Any, NamedTuple

TIMES = "\N{MULTIPLICATION SIGN}"
#: Points are rounded where they are written.
ROUNDING = 0.01


class Agreement(NamedTuple):
    """How many of the figures of one kind agree; `unlike` names those that do not."""

    name: str
    of: int
    unlike: tuple[str, ...]


def agreements(page: str, document: dict[str, Any], scan: dict[str, Any]) -> tuple[Agreement, ...]:
    """Every comparison of a page with its JSON, and of either with `scan` at the head."""
    pairs = {
        "comparison": _comparison(page, document),
        "first screen": _first_screen(page, document),
        "counts and the lists they lead to": _counts(page, document),
        "tree at the head": _tree(page, document, scan),
        "fixes": _fixes(page, scan),
        "hotspots": _hotspots(document, scan),
        "standing lines": _lines(document),
    }
    found = []
    for name, compared in pairs.items():
        every = list(compared)
        unlike = tuple(f"{what}: {one} and {other}" for what, one, other in every if one != other)
        found.append(Agreement(name, len(every), unlike))
    return tuple(found)


Pair = tuple[str, object, object]


def _text(markup: str) -> str:
    return unescape(re.sub(r"<[^>]*>", " ", markup))


def _row(page: str, key: str) -> str:
    found = re.search(rf'<tr id="o-{re.escape(key)}">(.*?)</tr>', page, re.DOTALL)
    return _text(found.group(1)) if found else ""


def _comparison(page: str, document: dict[str, Any]) -> Iterator[Pair]:
    """Each measured outcome's ratios and what is said of it, in its row."""
    for one in document["comparison"]:
        text = _row(page, one["outcome"])
        if one["adjusted"]["state"] != "measured" or not text:
            continue
        for kind in ("raw", "adjusted"):
            ratio = one[kind].get("ratio")
            if ratio is not None:
                told = [float(x) for x in re.findall(rf"([\d.]+){TIMES}", text.replace(",", ""))]
                is_there = any(abs(x - ratio) <= 0.005 + ROUNDING / 100 for x in told)
                yield f"{one['outcome']} {kind}", is_there, True
        yield f"{one['outcome']} reading", one["verdict_words"] in text, True


def _first_screen(page: str, document: dict[str, Any]) -> Iterator[Pair]:
    """Both arms of each bar: the figure, and of how many changes it is."""
    top = page[: page.index("</header>")]
    for one in document["comparison"]:
        row = re.search(rf'<a href="#o-{one["outcome"]}">.*?</tr>', top, re.DOTALL)
        adjusted = one["adjusted"]
        if row is None or adjusted["state"] != "measured":
            continue
        cells = re.findall(r'<span class="v">([^<]*)</span><small>([^<]*)</small>', row.group(0))
        for place, (side, cell) in enumerate(zip(("treated", "others"), cells[:2], strict=True)):
            arm = one["arms"][side]
            of, mean = adjusted["changes"][place], adjusted[f"{side}_mean"]
            words = f"n {of:,} of {arm['changes']:,}"
            if one["verdict"] == "described only":
                mean, words = arm["mean"], f"n {arm['changes']:,}"
            yield f"{one['outcome']} {side}", _is_shown(cell[0], mean), True
            yield f"{one['outcome']} {side}, of", cell[1], words


def _is_shown(cell: str, value: float) -> bool:
    """A figure as the page writes it, which the JSON has rounded too."""
    told = cell.replace(",", "").replace("\N{MINUS SIGN}", "-")
    if told.endswith("%"):
        return abs(float(told[:-1]) - 100 * value) <= 0.05 + ROUNDING
    return abs(float(told) - value) <= 0.005 + ROUNDING


def _counts(page: str, document: dict[str, Any]) -> Iterator[Pair]:
    """The changes of each label: as counted, and as many as the list holds that it leads to."""
    listed: Counter[str] = Counter()
    for attributes in re.findall(r'<li id="c-[^"]*"([^>]*)>', page):
        label = re.search(r'data-l="([^"]*)"', attributes)
        if label and not re.search(r"\sdata-x\b", attributes):
            listed[label.group(1)] += 1
    for label, count in document["coverage"]["changes"].items():
        chip = re.search(rf'href="#changes:label=compared-{label}">([\d,]+) ', page)
        shown = int(chip.group(1).replace(",", "")) if chip else 0
        yield f"{label} counted", shown, count
        yield f"{label} listed", listed[label], count


def _tree(page: str, document: dict[str, Any], scan: dict[str, Any]) -> Iterator[Pair]:
    """The newest tree of the page is that of `scan`."""
    ends = document["standing"]["ends"]
    if not ends or ends[-1]["commit"] != document["head"]:
        return
    newest = ends[-1]["standing"]
    for key in ("cognitive", "cyclomatic", "units"):
        yield key, newest[key], scan["totals"][key]
    if newest["code_lines"]:
        section = page[page.index('<section id="codebase"') :]
        for key in ("cognitive", "code_lines", "units"):
            yield f"{key} shown", f'<td class="num">{newest[key]:,}</td>' in section, True


def _fixes(page: str, scan: dict[str, Any]) -> Iterator[Pair]:
    """Each fix of the page with its points, as `scan` finds it."""
    points = {one["fingerprint"]: one["points"] for one in scan["findings"]}
    shown = re.findall(r'id="fix-([^"]+)"><div class="worth"><b>([^<]*)</b>', page)
    for fingerprint, text in shown:
        told = float(text.replace(",", ""))
        yield fingerprint, abs(points.get(fingerprint, -1) - told) <= 1 + ROUNDING, True


def _hotspots(document: dict[str, Any], scan: dict[str, Any]) -> Iterator[Pair]:
    """The points of each hot file are those of its findings in `scan`."""
    points: defaultdict[str, float] = defaultdict(float)
    for one in scan["findings"]:
        points[one["path"]] += one["points"]
    for file in document["tallies"]["hotspots"]["files"]:
        yield file["path"], abs(points[file["path"]] - file["points"]) <= ROUNDING, True


def _lines(document: dict[str, Any]) -> Iterator[Pair]:
    """The lines that stand by arm are those that attribution counts alive, or fewer in a range."""
    ends = document["standing"]["ends"]
    if ends and ends[-1]["commit"] == document["head"] and ".." not in document["range"]:
        alive = sum(one["alive"] for one in document["attribution"]["lines"])
        yield "alive", sum(one["lines"] for one in ends[-1]["by_arm"]), alive
