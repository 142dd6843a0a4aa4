"""PURE: the parts of a fleet's page that are about time: what adoption did, and what is watched."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from scanner.compare.always_valid import NEAR
from scanner.fleet.adoption import LEADS, SINCE
from scanner.render.html.svg import Linear, element, figure, path, text, ticks
from scanner.render.html.tables import DataTable, data_table
from scanner.render.json.fleet_documents import (
    AdoptionEffect,
    AdoptionOutcome,
    FleetAdoption,
    FleetWatch,
    WatchedLine,
)

_WIDTH, _HEIGHT, _LEFT, _RIGHT, _TOP, _BOTTOM = 640.0, 220.0, 52.0, 14.0, 14.0, 34.0
#: A change beyond this, tenfold, is cut at the edge.
_MOST = 9.0
#: Among so many lines the names would lie on one another.
_NAMED = 6
_LEAST_P = 0.001


@dataclass(frozen=True, slots=True)
class AdoptionView:
    """What adoption did: in words, and as a table and plots where it can be told."""

    lead: str
    table: DataTable | None
    plots: tuple[tuple[str, Markup], ...]


@dataclass(frozen=True, slots=True)
class WatchView:
    """What is watched: in words, as a table, and all lines in one plot."""

    lead: str
    table: DataTable
    plot: Markup


def adoption_view(found: FleetAdoption) -> AdoptionView | None:
    """None where nothing adopted."""
    if not found.adopters:
        return None
    told = [one for one in found.outcomes if one.over_all is not None]
    all_of_them = f"{found.adopters + found.never:,}"
    lead = (
        f"{found.adopters:,} of {all_of_them} repositories adopted: on the day that the list "
        f"gives, or in the first month with {found.marked_changes} marked changes. "
    )
    if not told:
        lead += "None of them was scanned before and after, beside others that had not adopted yet."
        return AdoptionView(lead, None, ())
    lead += (
        "What would have been without is imputed from the others and from the months before "
        "(Borusyak, Jaravel and Spiess)."
    )
    columns = ("Outcome", "Change since adoption", "95% interval", "Months", "Trend before: p")
    table = data_table("What adopting AI did", columns, [_row(one) for one in told])
    return AdoptionView(lead, table, tuple((one.title, _study(one)) for one in told))


def _row(one: AdoptionOutcome) -> tuple[str, ...]:
    assert one.over_all is not None
    trend = (
        "not tested"
        if one.trend_p is None
        else f"{one.trend_p:.3f}"
        if one.trend_p >= _LEAST_P
        else f"< {_LEAST_P}"
    )
    return (
        one.title,
        _percent(one.over_all.change),
        _interval(one.over_all),
        f"{one.over_all.months:,} ({one.imputed:.0%} can be compared)",
        trend,
    )


def _interval(one: AdoptionEffect) -> str:
    if one.low is None or one.high is None:
        return "the data set no limit"
    return f"{_percent(one.low)} to {_percent(one.high)}"


def _percent(share: float) -> str:
    return f"{share:+.1%}".replace("-", "\N{MINUS SIGN}")


def _study(one: AdoptionOutcome) -> Markup:
    effects = [*one.before, *one.since]
    ends = [
        min(abs(math.log1p(end)), math.log1p(_MOST))
        for effect in effects
        for end in (effect.change, effect.low, effect.high)
        if end is not None and end > -1
    ]
    reach = max([0.1, *ends])
    across = Linear(-LEADS - 0.5, SINCE - 0.5, _LEFT, _WIDTH - _RIGHT)
    up = Linear(-reach, reach, _HEIGHT - _BOTTOM, _TOP)
    parts = [*_levels(up)]
    parts += [
        text(f"{month:+d}" if month else "0", across(month), _HEIGHT - 16, "tick", "middle")
        for month in range(-LEADS, SINCE)
    ]
    parts.append(
        element(
            "line", x1=across(-0.5), x2=across(-0.5), y1=_TOP, y2=_HEIGHT - _BOTTOM, class_="none"
        )
    )
    parts.append(text("months since adoption", _WIDTH / 2, _HEIGHT - 3, "tick", "middle"))
    parts += [_point(effect, across, up) for effect in effects]
    told = (
        f"By month since adoption; over all {_percent(one.over_all.change)}."
        if one.over_all
        else ""
    )
    return figure(f"adoption-{one.outcome}", _WIDTH, _HEIGHT, one.title, told, *parts)


def _point(effect: AdoptionEffect, across: Linear, up: Linear) -> Markup:
    assert effect.since is not None
    x = across(effect.since)
    low = up.start if effect.low is None else up.clipped(_log(effect.low))
    high = up.end if effect.high is None else up.clipped(_log(effect.high))
    return element(
        "g",
        element("line", x1=x, x2=x, y1=low, y2=high, class_="interval"),
        element("circle", cx=x, cy=up.clipped(_log(effect.change)), r=4),
        class_="fleet-at before" if effect.since < 0 else "fleet-at",
    )


def _log(share: float) -> float:
    return math.log1p(share) if share > -1 else -math.inf


def _levels(up: Linear) -> Iterator[Markup]:
    """Lines at round logarithms, told in per cent."""
    for level in ticks(up.low, up.high, 4):
        y = up(level)
        class_ = "none" if level == 0 else "grid"
        yield element("line", x1=_LEFT, x2=_WIDTH - _RIGHT, y1=y, y2=y, class_=class_)
        yield text(f"{math.expm1(level):+.0%}" if level else "0", _LEFT - 6, y + 3, "tick", "end")


def watch_view(found: FleetWatch) -> WatchView | None:
    """None where there is no pair to look at."""
    lines = [line for line in found.lines if line.pairs]
    if not lines:
        return None
    lead = (
        "Each change of an agent or a model is paired with another of its repository and size, at "
        f"most {NEAR} days older or younger. The evidence that one side has findings more often "
        "may be looked at as often as one likes: by chance alone, one fleet in twenty would ever "
        "have a line that reaches the threshold. It says that two sides differ, not why."
    )
    columns = (
        "Agent or model",
        "Pairs",
        "With findings",
        "Others with findings",
        "Evidence",
        "Reached",
    )
    table = data_table("Watched", columns, [_watched(line) for line in lines])
    return WatchView(lead, table, _wealth(found, lines))


def _watched(line: WatchedLine) -> tuple[str, ...]:
    shares = (
        f"{share:.0%}" for share in (line.treated_share, line.others_share) if share is not None
    )
    return (
        f"{line.name} ({line.kind})",
        f"{line.pairs:,}",
        *shares,
        f"{math.exp(min(line.highest, 50)):,.1f} to 1",
        line.found or "not reached",
    )


def _wealth(found: FleetWatch, lines: Sequence[WatchedLine]) -> Markup:
    days = [date.fromisoformat(week.monday).toordinal() for line in lines for week in line.weeks]
    levels = [week.log_evidence for line in lines for week in line.weeks]
    across = Linear(min(days), max(days) + 1, _LEFT, _WIDTH - _RIGHT)
    up = Linear(
        min([-1.0, *levels]), max([found.log_threshold * 1.1, *levels]), _HEIGHT - _BOTTOM, _TOP
    )
    limit = up(found.log_threshold)
    parts = [
        element("line", x1=_LEFT, x2=_WIDTH - _RIGHT, y1=limit, y2=limit, class_="fleet-limit")
    ]
    parts.append(text("threshold", _LEFT + 4, limit - 4, "tick"))
    parts.append(element("line", x1=_LEFT, x2=_WIDTH - _RIGHT, y1=up(0), y2=up(0), class_="none"))
    parts += [
        text(f"{math.exp(level):,.0f}", _LEFT - 6, up(level) + 3, "tick", "end")
        for level in (0.0, found.log_threshold)
    ]
    parts += [
        text(date.fromordinal(day).isoformat(), across(day), _HEIGHT - 16, "tick", anchor)
        for day, anchor in ((min(days), "start"), (max(days), "end"))
    ]
    for line in lines:
        points = [
            (across(date.fromisoformat(week.monday).toordinal()), up(week.log_evidence))
            for week in line.weeks
        ]
        parts.append(element("path", d=path(points), class_="fleet-wealth"))
        if len(lines) <= _NAMED:
            parts.append(text(line.name, points[-1][0], points[-1][1] - 5, "tick", "end"))
    told = "How the evidence stood each week, as odds; a line that crosses the threshold differs."
    return figure("watch-plot", _WIDTH, _HEIGHT, "Evidence over time", told, *parts)
