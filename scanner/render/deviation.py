"""How far a change deviates, in words: one line of it, or the whole."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.base import model
from scanner.render import wording
from scanner.render.paths import sentence


def deviation_line(source: model.DeviationScore) -> str | None:
    """One sentence on a change, with the first reason; None where nothing was to be scored."""
    if source.score is None:
        return f"Deviation: {source.unmeasured}." if source.lacks_reference else None
    said = f"Deviation {source.score:.0f}: {compared(source.score)}."
    first = source.functions[0] if source.functions else None
    if first is None or source.score < WORTH_A_REASON or not first.reasons:
        return said
    where = f"{wording.where(first.place)} {sentence(first.place.unit)}"
    return f"{said} Most in {where}. {sentence(first.reasons[0].sentence)}"


#: From here on the line says what makes a change deviate.
WORTH_A_REASON = 75


def compared(score: float) -> str:
    """What a percentile says."""
    if score >= 50:
        return f"more than {score:.0f}% of what was last added to this codebase"
    return f"less than {100 - score:.0f}% of what was last added to this codebase"


def deviation_lines(source: model.DeviationScore) -> Iterator[str]:
    """The whole: the parts, and the functions that deviate most with what makes them so."""
    if source.score is None:
        yield f"No deviation score: {source.unmeasured}."
        return
    yield f"Deviation {source.score:.0f}: {compared(source.score)} ({source.reference} functions)."
    yield "  by part: " + parts_line(source.parts)
    for one in source.functions:
        yield f"  {wording.where(one.place)}  {sentence(one.place.unit)}: {one.score:.0f}"
        if not one.reasons:
            continue
        yield "    by part: " + parts_line(one.parts)
        for reason in one.reasons:
            places = ", ".join(wording.where(place) for place in reason.examples)
            at = f"Line {reason.line}: " if reason.line is not None else ""
            yield f"    {at}{sentence(reason.sentence)}" + (f" E.g. {places}." if places else "")
        if one.nearest is not None:
            name = sentence(one.nearest.unit)
            yield f"    Most like it: {wording.where(one.nearest)} {name}."


def parts_line(parts: tuple[model.PartScore, ...]) -> str:
    """The parts of a score, in a line."""
    return ", ".join(f"{one.part} {one.score:.0f}" for one in parts)
