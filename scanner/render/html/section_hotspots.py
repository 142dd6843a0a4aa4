"""Hotspots: files that change often and took on much debt, and the AI share of their changes."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from scanner.render.html.charts import share_bar
from scanner.render.html.figures import amount
from scanner.render.html.figures import share as percent
from scanner.render.html.section import ReportContext, Section
from scanner.render.html.treemap import Tile, treemap
from scanner.render.paths import printable
from scanner.render.tallies import FileTally, hotspots
from scanner.render.wording import counted, number

MOST_ROWS, MOST_TILES = 10, 60


@dataclass(frozen=True, slots=True)
class HotFileRow:
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
class HotspotsView:
    """The picture, its table, and how many files have no place in it."""

    picture: Markup
    rows: tuple[HotFileRow, ...]
    more: int
    gone: int


def build(context: ReportContext) -> Section | None:
    """The hotspots; None where no file took on debt."""
    found = hotspots(context.report)
    if not found.files:
        return None
    most = found.files[0].heat
    data = HotspotsView(
        picture=_picture(found.files[:MOST_TILES]),
        rows=tuple(_row(context, tally, most) for tally in found.files[:MOST_ROWS]),
        more=max(0, len(found.files) - MOST_ROWS),
        gone=found.gone,
    )
    lead = (
        "What stands at the newest commit × how many compared changes touched the file, followed "
        "through renames. Large and deep in colour is where the next change will be slow."
    )
    return Section("hotspots", "Hotspots", "hotspots.html.j2", data, lead)


def _picture(files: tuple[FileTally, ...]) -> Markup:
    most = max(tally.changes for tally in files)
    tiles = [
        Tile(
            tally.points,
            f"{_shade(tally)} {_depth(tally.changes, most)}",
            _share(tally),
            f"{printable(tally.path)}: {_note(tally)}",
            _names(tally.path),
            _note(tally),
        )
        for tally in sorted(files, key=lambda tally: (-tally.points, tally.path))
    ]
    return treemap(
        "hot-map",
        "Files by debt and change frequency",
        "Each area is a file, as large as the points that stand in it, and the deeper in "
        "colour the more changes touched it. The bar at its foot is the AI-attributed share of "
        "those changes.",
        tiles,
    )


def _names(path: str) -> tuple[str, ...]:
    """The whole path, then ever fewer of its folders."""
    parts = printable(path).split("/")
    return tuple("/".join(parts[place:]) for place in range(len(parts)))


def _note(tally: FileTally) -> str:
    return (
        f"{amount(tally.points)} points · {counted(tally.changes, 'change')} · "
        f"{percent(_share(tally))} AI"
    )


def _share(tally: FileTally) -> float:
    return tally.ai_changes / tally.changes if tally.changes else 0.0


def _depth(changes: int, most: int) -> str:
    """How deep the colour is: the changes that touched the file against those of the busiest."""
    share = changes / most if most else 0.0
    return f"often-{sum(share >= bound for bound in (0.1, 0.25, 0.5))}"


def _shade(tally: FileTally) -> str:
    share = _share(tally)
    return "ai-high" if share >= 0.5 else "ai-some" if share > 0 else "ai-none"


def _row(context: ReportContext, tally: FileTally, most: float) -> HotFileRow:
    return HotFileRow(
        path=printable(tally.path),
        link=context.lines_link(context.report.head.oid, tally.path, 1, 1),
        changes=f"{tally.changes:,}",
        points=amount(tally.points),
        heat=share_bar([("heat", tally.heat / most if most else 0.0)], 6),
        heat_key=f"{tally.heat:.2f}",
        ai=percent(_share(tally)),
        ai_bar=share_bar([("a-ai", _share(tally))], 6),
        worst=f"{printable(tally.worst)} ({number(tally.worst_points)})",
    )
