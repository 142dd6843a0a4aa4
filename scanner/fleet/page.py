"""PURE: what a fleet shows → one HTML file, in the style of a report and without anything else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from scanner.compare.inference import Interval
from scanner.compare.table import Direction, OutcomeSpec, Scale
from scanner.fleet.page_over_time import AdoptionView, WatchView, adoption_view, watch_view
from scanner.fleet.roll_up import SHOWN
from scanner.render.comparison_words import HEADLINE, difference_span, listed, signed
from scanner.render.html.document import filled
from scanner.render.html.svg import Linear, element, figure, path, text, ticks
from scanner.render.html.tables import DataTable, data_table
from scanner.render.json.fleet_documents import (
    FleetDocument,
    FleetEffect,
    FleetOutcome,
    FleetPart,
    FleetRepository,
)
from scanner.render.wording import counted

_WIDTH, _LEFT, _TOP, _BOTTOM = 640.0, 12.0, 26.0, 22.0
_MOST_HEIGHT, _STEP = 320.0, 9.0


@dataclass(frozen=True, slots=True)
class OutcomeView:
    """An outcome over all repositories: its row, and the plot of all of them."""

    key: str
    title: str
    unit: str
    basis: str
    effect: str
    word: str
    tone: str
    heterogeneity: str
    prediction: str
    plot: Markup


@dataclass(frozen=True, slots=True)
class Cell:
    """A repository's figure in an outcome; `tone` is `worse`, `better`, `scarce` or empty."""

    effect: str
    note: str
    tone: str


@dataclass(frozen=True, slots=True)
class RepositoryView:
    """A row of the table of repositories."""

    name: str
    page: str
    group: str
    basis: str
    share: str
    cells: tuple[Cell, ...]
    failure: str


@dataclass(frozen=True, slots=True)
class FleetPage:
    """All that the page shows."""

    headline: str
    basis: str
    tiles: tuple[tuple[str, str, str], ...]
    outcomes: tuple[OutcomeView, ...]
    groups: DataTable | None
    agents: DataTable | None
    adoption: AdoptionView | None
    watch: WatchView | None
    repositories: tuple[RepositoryView, ...]
    missing: tuple[RepositoryView, ...]
    outlying: tuple[str, ...]
    version: str


def render(fleet: FleetDocument) -> str:
    """The whole page; equal bytes for equal input."""
    return filled("fleet.html.j2", build_page(fleet), "fleet.css")


def build_page(fleet: FleetDocument) -> FleetPage:
    """The page of a fleet."""
    views = tuple(_repository(one) for one in fleet.repositories)
    return FleetPage(
        _headline(fleet),
        _basis(fleet),
        tuple(_tiles(fleet)),
        tuple(
            _outcome(one, spec, fleet.repositories)
            for one, spec in zip(fleet.outcomes, SHOWN, strict=True)
        ),
        _parts("Group", fleet.groups),
        _parts("Agent", fleet.agents),
        adoption_view(fleet.adoption),
        watch_view(fleet.watch),
        tuple(view for view in views if not view.failure),
        tuple(view for view in views if view.failure),
        tuple(_outlying(fleet)),
        fleet.tallystick,
    )


# ------------------------------------------------------------------------------ the first screen


def _headline(fleet: FleetDocument) -> str:
    told = [(one, _direction(one)) for one in fleet.outcomes if one.outcome in HEADLINE]
    if all(one.difference is None for one, _ in told):
        return "Too few repositories have both AI-attributed and other changes to be pooled."
    sentences = [
        (HEADLINE[one.outcome].more if way > 0 else HEADLINE[one.outcome].less).format("")
        for one, way in told
        if way
    ]
    unclear = [HEADLINE[one.outcome].noun for one, way in told if not way]
    start = f"Over {_repositories(max(one.repositories for one, _ in told))}"
    if not sentences:
        return f"{start} it cannot be told whether AI-attributed changes differ: {listed(unclear)}."
    said = listed([" ".join(sentence.split()) for sentence in sentences])
    rest = f"; of {listed(unclear)} that cannot be told" if unclear else ""
    return f"{start}, AI-attributed changes {said}{rest}."


def _basis(fleet: FleetDocument) -> str:
    missing = f" {_repositories(fleet.failed)} could not be scanned." if fleet.failed else ""
    return (
        f"{counted(fleet.changes, 'change')} in {_repositories(fleet.scanned)}, of which "
        f"{fleet.compared:,} are compared, each with others of its own repository.{missing} "
        "A repository counts by how sure its own figure is and how much repositories differ, and "
        "the interval is of their mean."
    )


def _tiles(fleet: FleetDocument) -> Iterator[tuple[str, str, str]]:
    total = max(sum(fleet.labels.values()), 1)
    marked = sum(count for label, count in fleet.labels.items() if label != "unmarked")
    yield f"{fleet.scanned:,}", "repositories", f"{fleet.failed:,} could not be scanned"
    yield f"{fleet.compared:,}", "compared changes", f"of {fleet.changes:,}"
    yield f"{fleet.labels['ai'] / total:.0%}", "AI-attributed", f"{fleet.labels['ai']:,} changes"
    yield f"{marked / total:.0%}", "with any mark", "the others may be anybody's"


def _direction(one: FleetOutcome) -> int:
    """1 where the whole pooled interval is above nought, −1 where below, 0 otherwise."""
    if one.low is None or one.high is None:
        return 0
    return 1 if one.low > 0 else -1 if one.high < 0 else 0


def _repositories(count: int) -> str:
    return "1 repository" if count == 1 else f"{count:,} repositories"


def _outlying(fleet: FleetDocument) -> Iterator[str]:
    titles = {spec.key: spec.title for spec in SHOWN}
    for one in fleet.repositories:
        found = [titles[effect.outcome] for effect in one.effects if effect.is_outlying]
        if found:
            yield f"{one.name}: {listed(found)}"


# ------------------------------------------------------------------------------ outcomes


def _outcome(
    one: FleetOutcome, spec: OutcomeSpec, repositories: Sequence[FleetRepository]
) -> OutcomeView:
    effects = [
        (repository.name, effect)
        for repository in repositories
        for effect in repository.effects
        if effect.outcome == one.outcome and effect.difference is not None
    ]
    word, tone = _word(_direction(one), one.difference is None, spec)
    return OutcomeView(
        one.outcome,
        one.title,
        one.unit,
        _repositories(one.repositories),
        _mean(one, spec.scale),
        word,
        tone,
        _heterogeneity(one, spec.scale),
        "" if one.prediction_low is None else difference_span(
            Interval(one.prediction_low, one.prediction_high), spec.scale
        ),
        _plot(one, effects, spec),
    )  # fmt: skip


def _mean(one: FleetOutcome, scale: Scale) -> str:
    if one.difference is None:
        return "no figure"
    return (
        f"{signed(one.difference, scale)} ({difference_span(Interval(one.low, one.high), scale)})"
    )


def _word(direction: int, is_absent: bool, spec: OutcomeSpec) -> tuple[str, str]:
    if is_absent:
        return "fewer than two repositories have a figure", "scarce"
    if not direction:
        return "cannot tell", "scarce"
    word = "higher" if direction > 0 else "lower"
    if spec.wanted is Direction.NEITHER:
        return word, ""
    is_wanted = (direction > 0) == (spec.wanted is Direction.HIGHER)
    return word, "better" if is_wanted else "worse"


def _heterogeneity(one: FleetOutcome, scale: Scale) -> str:
    if one.between is None or one.heterogeneity is None:
        return ""
    told = signed(one.between, scale).lstrip("+")
    return f"{told}; {one.heterogeneity:.0%} of their spread is no chance"


def _plot(
    one: FleetOutcome, effects: Sequence[tuple[str, FleetEffect]], spec: OutcomeSpec
) -> Markup:
    """Every repository's interval by its difference, the mean's band and the prediction's ends."""
    ordered = sorted(effects, key=lambda pair: (pair[1].difference or 0.0, pair[0]))
    step = min(_STEP, _MOST_HEIGHT / max(len(ordered), 1))
    height = _TOP + step * len(ordered) + _BOTTOM
    scale = _scale([effect for _, effect in ordered], one)
    parts = [*_grid(scale, height, spec.scale), *_bands(one, scale, height)]
    lines, dots = [], []
    for place, (_, effect) in enumerate(ordered):
        assert effect.difference is not None
        y = _TOP + step * (place + 0.5)
        start = scale.start if effect.low is None else scale.clipped(effect.low)
        end = scale.end if effect.high is None else scale.clipped(effect.high)
        lines.append(path(((start, y), (end, y))))
        dots.append(
            path(
                (
                    (scale.clipped(effect.difference), y),
                    (scale.clipped(effect.difference) + 0.01, y),
                )
            )
        )
    if lines:
        parts.append(element("path", d="".join(lines), class_="fleet-interval"))
        parts.append(element("path", d="".join(dots), class_="fleet-dot"))
    told = f"{len(ordered)} repositories, from the lowest difference to the highest."
    return figure(f"plot-{one.outcome}", _WIDTH, height, one.title, told, *parts)


def _scale(effects: Sequence[FleetEffect], one: FleetOutcome) -> Linear:
    """Wide enough for nine of ten ends; what is further is cut at the edge."""
    ends = sorted(
        abs(end)
        for effect in effects
        for end in (effect.difference, effect.low, effect.high)
        if end is not None
    )
    reach = ends[int(0.9 * (len(ends) - 1))] if ends else 1.0
    own = [abs(end) for end in (one.low, one.high, one.prediction_low) if end is not None]
    reach = max([reach, *own]) or 1.0
    return Linear(-reach, reach, _LEFT, _WIDTH - _LEFT)


def _grid(scale: Linear, height: float, of: Scale) -> Iterator[Markup]:
    for value in ticks(scale.low, scale.high):
        x = scale(value)
        class_ = "none" if value == 0 else "grid"
        yield element("line", x1=x, x2=x, y1=_TOP - 6, y2=height - _BOTTOM, class_=class_)
        yield text("0" if value == 0 else signed(value, of), x, height - 6, "tick", "middle")
    yield text("◂ AI less", _LEFT, 12, "tick")
    yield text("AI more ▸", _WIDTH - _LEFT, 12, "tick", "end")


def _bands(one: FleetOutcome, scale: Linear, height: float) -> Iterator[Markup]:
    ends = (
        (one.prediction_low, one.prediction_high, "fleet-next"),
        (one.low, one.high, "fleet-mean"),
    )
    for low, high, class_ in ends:
        if low is not None and high is not None:
            start, end = scale.clipped(low), scale.clipped(high)
            yield element(
                "rect", x=start, y=_TOP - 6, width=max(end - start, 1.0),
                height=height - _BOTTOM - _TOP + 6, class_=class_,
            )  # fmt: skip


# ------------------------------------------------------------------------------ tables


def _parts(name: str, parts: Sequence[FleetPart]) -> DataTable | None:
    if not parts:
        return None
    rows = [
        (
            part.name,
            f"{part.repositories:,}",
            *(
                _mean(outcome, spec.scale) if outcome.difference is not None else "–"
                for outcome, spec in zip(part.outcomes, SHOWN, strict=True)
            ),
        )
        for part in parts
    ]
    columns = (name, "Repositories", *(spec.title for spec in SHOWN))
    return data_table(f"By {name.lower()}", columns, rows)


def _repository(one: FleetRepository) -> RepositoryView:
    return RepositoryView(
        one.name,
        one.page or "",
        one.group or "",
        "" if one.failure else f"{one.compared:,} of {one.changes:,} changes",
        "" if one.ai_share is None else f"{one.ai_share:.0%}",
        tuple(_cell(effect, spec) for effect, spec in zip(one.effects, SHOWN, strict=False)),
        one.failure or "",
    )


def _cell(effect: FleetEffect, spec: OutcomeSpec) -> Cell:
    if effect.difference is None:
        return Cell("–", effect.not_measured or "", "scarce")
    told = Interval(effect.low, effect.high)
    direction = {"higher": 1, "lower": -1}.get(effect.reading or "", 0)
    _, tone = _word(direction, False, spec)
    drawn = "" if effect.drawn is None else f"; pooled {signed(effect.drawn, spec.scale)}"
    return Cell(
        signed(effect.difference, spec.scale),
        f"{difference_span(told, spec.scale)}{drawn}{'; an outlier' if effect.is_outlying else ''}",
        tone,
    )
