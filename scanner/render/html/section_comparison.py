"""The comparison in full: raw beside adjusted, what is behind each figure, and other questions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from scanner.compare.compare import Contrast, Contrasted
from scanner.compare.estimates import Estimate
from scanner.compare.evidence import Measured
from scanner.compare.partial_pooling import partly_pooled
from scanner.compare.table import Theme
from scanner.render.comparison_words import lacking, signed
from scanner.render.html.comparison import ComparisonRow, rows_of
from scanner.render.html.section import ReportContext, Section
from scanner.render.html.tables import DataTable, data_table
from scanner.render.json.checks_documents import question_title


@dataclass(frozen=True, slots=True)
class ThemeRows:
    """The outcomes of one theme."""

    title: str
    rows: tuple[ComparisonRow, ...]


@dataclass(frozen=True, slots=True)
class Absent:
    """Outcomes without a figure for one reason, and what would make them measurable."""

    keys: tuple[str, ...]
    titles: str
    reason: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Question:
    """Other arms, the same outcomes."""

    title: str
    sizes: str
    one: str
    two: str
    rows: tuple[ComparisonRow, ...]


@dataclass(frozen=True, slots=True)
class ComparisonView:
    """The first question by theme, and the others."""

    themes: tuple[ThemeRows, ...]
    absent: tuple[Absent, ...]
    others: tuple[Question, ...]
    pooled: tuple[DataTable, ...]


def build(context: ReportContext) -> Section:
    """One row for each outcome, each with its details."""
    report = context.report
    data = ComparisonView(
        _themes(report.estimates),
        _absent(report.estimates),
        tuple(
            _question(one) for one in report.comparison.contrasts if one.contrast is not Contrast.AI
        ),
        tuple(_pooled(report.comparison.contrasts)),
    )
    lead = (
        "The first two columns are of all changes that have a value. Raw compares these; adjusted "
        "compares only changes that are alike, weighted to the same mix. A difference is no cause."
    )
    return Section("comparison", "Comparison", "comparison.html.j2", data, lead)


#: What is told of agents and of models side by side.
_SIDE_BY_SIDE = ("any_finding", "debt", "rework_14")


_SIDES = (
    (Contrast.ONE_AGENT, "Agents"),
    (Contrast.ONE_MODEL, "Models"),
    (Contrast.ONE_SIZE, "Sizes of change"),
    (Contrast.ONE_TYPE, "Types of change"),
)


def _pooled(contrasts: Sequence[Contrasted]) -> Iterator[DataTable]:
    """Agents, models, sizes and types beside each other by name: the difference from others of
    each, partly pooled.
    """
    for contrast, what in _SIDES:
        held = [one for one in contrasts if one.contrast is contrast]
        columns, cells = ["name", "changes"], []
        for key in _SIDE_BY_SIDE:
            found = [each for one in held for each in one.estimates if each.outcome.key == key]
            drawn = partly_pooled(found)
            if len(found) == len(held) and any(value is not None for value in drawn):
                columns.append(found[0].outcome.title)
                cells.append(
                    [
                        "too little" if v is None else signed(v, found[0].outcome.scale)
                        for v in drawn
                    ]
                )
        if cells:
            rows = zip(held, *cells, strict=True)
            yield data_table(
                f"{what} side by side: difference from other changes, partly pooled",
                tuple(columns),
                [(one.treated_name, f"{one.treated:,}", *rest) for one, *rest in rows],
            )


def _themes(estimates: Sequence[Estimate]) -> tuple[ThemeRows, ...]:
    return tuple(
        ThemeRows(theme.value[:1].upper() + theme.value[1:], rows_of(found))
        for theme in Theme
        if (found := [one for one in estimates if one.outcome.theme is theme and _is_told(one)])
    )


def _is_told(one: Estimate) -> bool:
    return _has_figure(one) and not _is_nothing(one)


def _has_figure(one: Estimate) -> bool:
    return isinstance(one.raw, Measured) or isinstance(one.adjusted, Measured)


def _is_nothing(one: Estimate) -> bool:
    """Whether no change of either arm has any of it: a row of zeros says less than a word."""
    if not isinstance(one.raw, Measured):
        return False
    effect = one.raw.value.effect
    return effect.treated_mean == effect.others_mean == 0 and not effect.difference


NOTHING = "no change of either kind has any"


def _absent(estimates: Sequence[Estimate]) -> tuple[Absent, ...]:
    by_reason: dict[str, list[Estimate]] = {}
    for one in estimates:
        if not _is_told(one):
            reason = NOTHING if _is_nothing(one) else lacking(one)
            by_reason.setdefault(reason, []).append(one)
    return tuple(
        Absent(
            tuple(one.outcome.key for one in held),
            ", ".join(one.outcome.title for one in held),
            reason,
            _remedy(reason),
        )
        for reason, held in by_reason.items()
    )


def _remedy(reason: str) -> str:
    """What would make it measurable, where anything would."""
    if "pull request" in reason or "export" in reason:
        return "Give the forge's record of pull requests (--pulls FILE, or --fetch-pulls)."
    if "release" in reason or "tag" in reason:
        return "Fetch the tags, so that releases are known."
    if "days old" in reason:
        return "Time: make the report again later."
    if "AI-attributed" in reason:
        return "Let agents leave their mark (tallystick init, tallystick stamp)."
    return ""


def _question(source: Contrasted) -> Question:
    title = question_title(source)
    return Question(
        title[:1].upper() + title[1:],
        f"{source.treated:,} against {source.others:,} changes",
        source.treated_name,
        source.others_name,
        rows_of(source.estimates, prefix=f"{source.contrast.name.lower()}-{source.treated_name}-"),
    )
