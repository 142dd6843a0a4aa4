"""How sure: what hidden AI would change, what a comparison with no effect finds, and whether
the scores foretell anything here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from scanner.compare.compare import OutcomeSensitivity
from scanner.compare.estimates import Estimate
from scanner.compare.evidence import Measured, State
from scanner.compare.outcomes import SCORES
from scanner.compare.sensitivity import Sensitivity
from scanner.compare.table import OutcomeSpec
from scanner.compare.validity import SuggestedThreshold, Validity
from scanner.render.comparison_words import signed, state_words
from scanner.render.html.comparison import ComparisonRow, rows_of
from scanner.render.html.figures import Figure, absent
from scanner.render.html.section import ReportContext, Section
from scanner.render.html.section_durability import main_question
from scanner.render.html.tables import DataTable
from scanner.render.wording import counted, number


@dataclass(frozen=True, slots=True)
class Placebo:
    """The comparison before there was anything to compare."""

    missing: Figure | None
    words: str
    rows: tuple[ComparisonRow, ...]


@dataclass(frozen=True, slots=True)
class ValidityView:
    """Whether one score foretold what followed."""

    title: str
    missing: Figure | None
    told: str
    words: str
    rows: tuple[ComparisonRow, ...]
    threshold: str


@dataclass(frozen=True, slots=True)
class Robustness:
    """The three checks."""

    hidden: DataTable | None
    hidden_words: str
    placebo: Placebo
    scores: tuple[ValidityView, ...]


def build(context: ReportContext) -> Section | None:
    """The checks of the first question; None where nothing is compared."""
    asked = main_question(context)
    if asked is None:
        return None
    shown = {one.outcome.key for one in asked.estimates if _is_difference(one)}
    table, words = _hidden([one for one in asked.sensitivity if one.outcome.key in shown])
    comparison = context.report.comparison
    data = Robustness(
        table,
        words,
        _placebo(comparison.placebo),
        tuple(map(_validity, _scores(asked.estimates), comparison.validity)),
    )
    lead = (
        "What a skeptic should ask: would unmarked AI change the answer, is there a “difference” "
        "where there can be none, and do the scores predict anything in this repository?"
    )
    return Section("robustness", "How sure", "robustness.html.j2", data, lead)


def _hidden(found: Sequence[OutcomeSensitivity]) -> tuple[DataTable | None, str]:
    rows = tuple(
        row
        for one in found
        if isinstance(one.scenarios, Measured)
        for scenario in one.scenarios.value
        if scenario.had_finding
        for row in (_scenario(one.outcome, scenario),)
    )
    if not rows:
        return None, (
            "No difference was shown in the first place, so there is none that unmarked AI could "
            "take away. It may hide one: the coverage says how much is unknown."
        )
    columns = ("outcome", "if hidden AI is", "as measured", "20% hidden", "40% hidden",
               "60% hidden", "the finding is gone at")  # fmt: skip
    caption = "The difference if a share of the unmarked changes were AI’s"
    return DataTable(caption, columns, rows, frozenset({2, 3, 4, 5, 6})), ""


def _scenario(outcome: OutcomeSpec, source: Sensitivity) -> tuple[str, ...]:
    at = {round(supposed.share, 2): supposed.difference for supposed in source.supposed}
    shown = tuple(
        signed(at[share], outcome.scale) if share in at else "not supposed"
        for share in (0.0, 0.2, 0.4, 0.6)
    )
    gone = "none up to 60%" if source.flips_at is None else f"{source.flips_at:.0%} hidden"
    return (outcome.title, source.scenario.value, *shown, gone)


def _placebo(state: State[tuple[Estimate, ...]]) -> Placebo:
    if not isinstance(state, Measured):
        return Placebo(absent(state), "", ())
    shown = [one for one in state.value if _is_difference(one)]
    known = sum(isinstance(one.adjusted, Measured) for one in state.value)
    if not known:
        words = "No outcome could be compared for this check."
    elif not shown:
        words = (
            f"{counted(known, 'outcome')} could be compared, and none shows a difference: nothing "
            "speaks for a difference between people."
        )
    else:
        words = (
            f"Of {counted(known, 'outcome')} that could be compared, {len(shown)} show a "
            "difference. It was there before any AI: it is one between people."
        )
    return Placebo(None, words, rows_of(shown, prefix="placebo-"))


def _is_difference(one: Estimate) -> bool:
    return isinstance(one.adjusted, Measured) and one.adjusted.value.reading.is_difference


def _scores(estimates: Sequence[Estimate]) -> list[str]:
    """The titles of the scores that were checked, in the order of the checks."""
    titles = {one.outcome.key: one.outcome.title for one in estimates}
    return [titles[key] for key in SCORES if key in titles]


def _told(found: Sequence[Estimate]) -> str:
    """What followed high scores, in a line."""
    groups: dict[str, list[str]] = {}
    for one in found:
        state = one.adjusted
        said = state.value.reading.value if isinstance(state, Measured) else state_words(state)
        groups.setdefault(said, []).append(one.outcome.title)
    return "; ".join(f"{said}: {', '.join(titles)}" for said, titles in groups.items())


def _validity(title: str, state: State[Validity]) -> ValidityView:
    if not isinstance(state, Measured):
        return ValidityView(title, absent(state), "", "", (), "")
    found = state.value
    words = (
        f"Changes that score {number(found.upper_quartile)} and more against those that score "
        f"{number(found.lower_quartile)} and less."
    )
    key = f"valid-{found.score.key}-"
    rows = rows_of(found.followed, prefix=key)
    limit = " ".join(_threshold(found.threshold))
    return ValidityView(title, None, _told(found.followed), words, rows, limit)


def _threshold(state: State[SuggestedThreshold]) -> Iterator[str]:
    if not isinstance(state, Measured):
        figure = absent(state)
        yield f"No limit is suggested: {figure.note}."
        return
    limit = state.value
    yield f"A limit of {number(limit.limit)} would have stopped {limit.above:.0%} of the changes."
    if limit.is_confirmed:
        yield "It was found on the older half of the changes, and the newer half confirms it."
    else:
        yield "It was found on the older half of the changes; the newer half does not confirm it."
