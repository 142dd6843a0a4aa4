"""PURE: what a fleet shows, for other programs: OpenMetrics for Prometheus, tables as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields

from scanner.fleet.tables import Row
from scanner.render.json.fleet_documents import FleetDocument, FleetRepository

_ESCAPES = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n"})


@dataclass(frozen=True, slots=True)
class Gauge:
    """A family of figures of one name, each with its labels; None where there is no figure."""

    name: str
    told: str
    figures: Sequence[tuple[Mapping[str, str], float | None]]


def open_metrics(fleet: FleetDocument) -> str:
    """The fleet as OpenMetrics text 1.0; families without a figure are left out."""
    lines = []
    for gauge in _gauges(fleet):
        known = [(labels, value) for labels, value in gauge.figures if value is not None]
        if known:
            name = f"tallystick_{gauge.name}"
            lines += [f"# TYPE {name} gauge", f"# HELP {name} {gauge.told.translate(_ESCAPES)}"]
            lines += [f"{name}{_labelled(labels)} {float(value)!r}" for labels, value in known]
    return "\n".join([*lines, "# EOF", ""])


def _labelled(labels: Mapping[str, str]) -> str:
    told = ",".join(f'{name}="{text.translate(_ESCAPES)}"' for name, text in labels.items())
    return f"{{{told}}}" if told else ""


def _gauges(fleet: FleetDocument) -> Iterator[Gauge]:
    states = (({"state": "scanned"}, fleet.scanned), ({"state": "failed"}, fleet.failed))
    yield Gauge("repositories", "Repositories of the fleet.", states)
    one_by_one = [one for one in fleet.repositories if one.failure is None]
    counts = (
        ("changes", "Changes that were looked at.", [one.changes for one in one_by_one]),
        ("compared_changes", "Changes that are compared.", [one.compared for one in one_by_one]),
        ("ai_share", "Share of compared changes attributed to AI, 0 to 1.",
         [one.ai_share for one in one_by_one]),
    )  # fmt: skip
    for name, told, values in counts:
        labels = [_of(one) for one in one_by_one]
        yield Gauge(name, told, list(zip(labels, values, strict=True)))
    effects = [(_of(one) | {"outcome": e.outcome}, e) for one in one_by_one for e in one.effects]
    pooled = [({"outcome": one.outcome}, one) for one in fleet.outcomes]
    for end, attribute, told in (
        ("", "difference", "AI-attributed less comparable other changes."),
        ("_low", "low", "The lower end of its 95% interval."),
        ("_high", "high", "The upper end of its 95% interval."),
    ):
        figures = [(labels, getattr(effect, attribute)) for labels, effect in effects]
        yield Gauge(f"difference{end}", f"Of a repository: {told}", figures)
        means = [(labels, getattr(outcome, attribute)) for labels, outcome in pooled]
        yield Gauge(f"fleet_difference{end}", f"Of all repositories: {told}", means)
    yield Gauge("adoption_change", "Change since AI was adopted; 0.3 is 30 % more.", [
        ({"outcome": one.outcome}, one.over_all.change if one.over_all else None)
        for one in fleet.adoption.outcomes
    ])  # fmt: skip
    lines = [({"kind": one.kind, "name": one.name}, one) for one in fleet.watch.lines]
    yield Gauge("watch_pairs", "Pairs of an agent's or a model's and other changes.",
                [(labels, one.pairs) for labels, one in lines])  # fmt: skip
    yield Gauge("watch_evidence_log", "Evidence that findings differ in number, as a logarithm.",
                [(labels, one.highest) for labels, one in lines])  # fmt: skip
    limit = fleet.watch.log_threshold if fleet.watch.lines else None
    yield Gauge("watch_threshold_log", "What evidence has to reach.", [({}, limit)])


def _of(one: FleetRepository) -> dict[str, str]:
    return {"repository": one.name} | ({"group": one.group} if one.group else {})


def as_csv(kind: type[Row], rows: Iterable[Row]) -> str:
    """The rows with a line of column names; names in a list are parted by spaces."""
    text = io.StringIO()
    columns = [member.name for member in fields(kind)]
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_cell(getattr(row, column)) for column in columns] for row in rows)
    return text.getvalue()


def _cell(value: object) -> object:
    return " ".join(map(str, value)) if isinstance(value, tuple) else value
