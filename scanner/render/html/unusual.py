"""How far a change deviates, as the page shows it: its parts, and the function that does most."""

from __future__ import annotations

from dataclasses import dataclass

from scanner.base.model import Change, Place, Reason, UnusualFunction
from scanner.render.deviation import compared, parts_line
from scanner.render.html.figures import Figure, Look
from scanner.render.html.section import ReportContext
from scanner.render.paths import printable, sentence
from scanner.render.wording import stretch


@dataclass(frozen=True, slots=True)
class PlaceView:
    """A place with the address that the forge shows it at, if there is one."""

    where: str
    unit: str
    link: str


@dataclass(frozen=True, slots=True)
class ReasonView:
    """What makes a function unusual; `line` is the place of it, `examples` are of what is usual."""

    text: str
    line: PlaceView | None
    examples: tuple[PlaceView, ...]


@dataclass(frozen=True, slots=True)
class FunctionView:
    """The strangest function of a change, and the existing one that is most like it."""

    place: PlaceView
    score: str
    parts: str
    reasons: tuple[ReasonView, ...]
    nearest: PlaceView | None


@dataclass(frozen=True, slots=True)
class UnusualView:
    """The score of a change; `words` say why there is none."""

    score: Figure
    words: str
    parts: str
    strangest: FunctionView | None


def unusual_view(context: ReportContext, change: Change, *, is_told: bool) -> UnusualView:
    """The score of a change, with its strangest function where that `is_told`."""
    found = change.judgement.deviation
    if found.score is None:
        reason = found.unmeasured or ""
        return UnusualView(Figure(Look.NOT_APPLICABLE, "n/a", reason), reason, "", None)
    first = found.functions[0] if is_told and found.functions else None
    return UnusualView(
        Figure(Look.MEASURED, f"{found.score:.0f}"),
        f"{compared(found.score)} ({found.reference:,} functions)",
        parts_line(found.parts),
        _function(context, change, first) if first else None,
    )


def weight(view: UnusualView) -> int:
    """About how many bytes it takes on the page."""
    one = view.strangest
    if one is None:
        return 200
    return 800 + sum(120 + len(reason.text) + 240 * len(reason.examples) for reason in one.reasons)


def _function(context: ReportContext, change: Change, one: UnusualFunction) -> FunctionView:
    before = change.commit.against_first_parent[0]
    oid = change.commit.oid
    nearest = _place(context, before, one.nearest) if before and one.nearest else None
    return FunctionView(
        _place(context, oid, one.place),
        f"{one.score:.0f}",
        parts_line(one.parts),
        tuple(_reason(context, oid, before or oid, one.place, reason) for reason in one.reasons),
        nearest,
    )


def _reason(context: ReportContext, oid: str, before: str, place: Place, one: Reason) -> ReasonView:
    examples = tuple(_place(context, before, example) for example in one.examples)
    line = None
    if one.line is not None:
        link = context.lines_link(oid, place.path, one.line, one.line)
        line = PlaceView(f"line {one.line}", "", link)
    return ReasonView(context.anonymizer.over(sentence(one.sentence, 400)), line, examples)


def _place(context: ReportContext, oid: str, place: Place) -> PlaceView:
    first, last = place.span.first, place.span.last
    link = context.lines_link(oid, place.path, first, last)
    return PlaceView(stretch(place), printable(place.unit), link)
