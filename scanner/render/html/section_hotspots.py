"""Hotspots: files that change often and took on much debt, and the AI share of their changes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from markupsafe import Markup

from scanner.model import Arm, Change
from scanner.render.html.charts import share_bar
from scanner.render.html.figures import amount
from scanner.render.html.section import Desk, Section
from scanner.render.html.treemap import Tile, treemap
from scanner.render.paths import printable
from scanner.render.wording import counted, number
from scanner.report import Report

MOST_ROWS, MOST_TILES = 25, 60


@dataclass(slots=True)
class _Tally:
    """What the changes did to one file; filled while counting."""

    changes: int = 0
    ai: int = 0
    points: float = 0.0
    units: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))

    @property
    def heat(self) -> float:
        """Debt × frequency."""
        return self.points * self.changes


@dataclass(frozen=True, slots=True)
class HotFile:
    """A row of the table."""

    path: str
    link: str
    changes: str
    points: str
    heat: Markup
    heat_key: str
    ai: str
    ai_bar: Markup
    worst: str


@dataclass(frozen=True, slots=True)
class Hotspots:
    """The picture, its table, and how many files have no place in it."""

    picture: Markup
    rows: tuple[HotFile, ...]
    more: int
    gone: int


def build(desk: Desk) -> Section | None:
    """The hotspots; None where no file took on debt."""
    tallies = {path: tally for path, tally in _tallies(desk.report).items() if tally.points}
    standing = desk.report.history.lifelines.alive
    ranked = sorted(
        ((path, tally) for path, tally in tallies.items() if path in standing),
        key=lambda pair: (-pair[1].heat, pair[0]),
    )
    if not ranked:
        return None
    most = ranked[0][1].heat
    data = Hotspots(
        picture=_picture(ranked[:MOST_TILES]),
        rows=tuple(_row(desk, path, tally, most) for path, tally in ranked[:MOST_ROWS]),
        more=max(0, len(ranked) - MOST_ROWS),
        gone=len(tallies) - len(ranked),
    )
    lead = (
        "Debt taken on in the compared changes × how many of them touched the file: the larger the "
        "area, the slower the next change. Only files that still stand."
    )
    return Section("hotspots", "Hotspots", "hotspots.html.j2", data, lead)


def _tallies(report: Report) -> dict[str, _Tally]:
    tallies: defaultdict[str, _Tally] = defaultdict(_Tally)
    for change in report.compared:
        for path in _touched(report, change):
            tally = tallies[path]
            tally.changes += 1
            tally.ai += change.attribution.arm is Arm.AI
        for finding in change.judgement.findings:
            tallies[finding.place.path].points += finding.points
            tallies[finding.place.path].units[finding.place.unit] += finding.points
    return tallies


def _touched(report: Report, change: Change) -> Iterable[str]:
    parents = change.commit.parents
    diff = report.history.diffs.get((parents[0] if parents else None, change.commit.oid))
    return (file.path for file in diff.files if file.after) if diff else ()


def _picture(ranked: list[tuple[str, _Tally]]) -> Markup:
    tiles = [
        Tile(tally.heat, _shade(tally), tally.ai / tally.changes, _words(path, tally),
             _names(path), _note(tally))
        for path, tally in ranked
        if tally.heat
    ]  # fmt: skip
    return treemap(
        "hot-map",
        "Files by debt × change frequency",
        "Each area is a file: points taken on, times the changes that touched it. The bar at its "
        "foot is the share of those changes that is AI-attributed.",
        tiles,
    )


def _names(path: str) -> tuple[str, ...]:
    """The whole path, then ever fewer of its folders."""
    parts = printable(path).split("/")
    return tuple("/".join(parts[place:]) for place in range(len(parts)))


def _note(tally: _Tally) -> str:
    return f"{amount(tally.points)} points · {counted(tally.changes, 'change')} · {_ai(tally)} AI"


def _words(path: str, tally: _Tally) -> str:
    points = f"{number(tally.points)} points in {counted(tally.changes, 'change')}"
    return f"{printable(path)}: {points}, {_ai(tally)} AI-attributed"


def _ai(tally: _Tally) -> str:
    return f"{tally.ai / tally.changes:.0%}" if tally.changes else "n/a"


def _shade(tally: _Tally) -> str:
    share = tally.ai / tally.changes if tally.changes else 0.0
    return "ai-high" if share >= 0.5 else "ai-some" if share > 0 else "ai-none"


def _row(desk: Desk, path: str, tally: _Tally, most: float) -> HotFile:
    worst = max(tally.units.items(), key=lambda item: (item[1], item[0]), default=("", 0.0))
    return HotFile(
        path=printable(path),
        link=desk.lines_link(desk.report.head.oid, path, 1, 1),
        changes=f"{tally.changes:,}",
        points=amount(tally.points),
        heat=share_bar([("heat", tally.heat / most if most else 0.0)], 6),
        heat_key=f"{tally.heat:.2f}",
        ai=_ai(tally),
        ai_bar=share_bar([("a-ai", tally.ai / tally.changes if tally.changes else 0.0)], 6),
        worst=f"{printable(worst[0])} ({number(worst[1])})",
    )
