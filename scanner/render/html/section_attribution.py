"""Who wrote what, as far as evidence goes: labels, what they rest on, and agents by volume."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from scanner.attribution.lines import LabelledLines
from scanner.base.model import Change, Granularity, Label
from scanner.base.periods import periods
from scanner.render.attribution_words import basis
from scanner.render.html.charts import columns_chart, share_bar
from scanner.render.html.figures import Chip, changes_where, label_chip
from scanner.render.html.section import ReportContext, Section
from scanner.render.html.tables import DataTable, data_table
from scanner.render.paths import sentence
from scanner.render.tallies import AgentTally, agents, evidence
from scanner.render.wording import LABEL_WORDS

MOST_RULES = 30


@dataclass(frozen=True, slots=True)
class LabelRow:
    """A label with its changes and added code lines."""

    chip: Chip
    changes: str
    share: str
    lines: str
    line_share: str


@dataclass(frozen=True, slots=True)
class AgentRow:
    """An agent by volume: nothing here says how good its work is."""

    name: str
    anchor: str
    changes: str
    lines: str
    first: str
    last: str


@dataclass(frozen=True, slots=True)
class AttributionView:
    """Coverage, evidence, agents, and what the labels rest on beyond the commits themselves."""

    by_changes: Markup
    by_lines: Markup
    labels: tuple[LabelRow, ...]
    coverage: Markup
    coverage_table: DataTable
    evidence: DataTable
    agents: tuple[AgentRow, ...]
    written: DataTable
    basis: tuple[str, ...]


def build(context: ReportContext) -> Section:
    """Labels over what is compared; evidence and agents over all that was selected."""
    report = context.report
    changes, lines = dict(report.coverage.changes), dict(report.coverage.lines)
    every, every_line = sum(changes.values()), sum(lines.values())
    chart, table = _over_time(report.compared)
    data = AttributionView(
        by_changes=share_bar([(f"l-{label}", _part(changes[label], every)) for label in Label]),
        by_lines=share_bar([(f"l-{label}", _part(lines[label], every_line)) for label in Label]),
        labels=tuple(
            LabelRow(
                label_chip(label),
                f"{changes[label]:,}",
                f"{_part(changes[label], every):.0%}",
                f"{lines[label]:,}",
                f"{_part(lines[label], every_line):.0%}",
            )
            for label in Label
            if changes[label]
        ),
        coverage=chart,
        coverage_table=table,
        evidence=_evidence(report.changes),
        agents=tuple(map(_agent, agents(report.changes))),
        written=_written(report.written),
        basis=tuple(context.anonymizer.over(said) for said in basis(report.history.attributed)),
    )
    share = report.coverage.share_marked
    known = (
        "No change is compared"
        if share is None
        else f"{share:.0%} of the compared changes have evidence of who wrote them; the rest is "
        "unmarked, which does not mean human"
    )
    lead = f"{known}. Marks are told by exact rules, never from style."
    return Section("attribution", "Attribution", "attribution.html.j2", data, lead)


def _part(count: int, whole: int) -> float:
    return count / whole if whole else 0.0


def _over_time(changes: tuple[Change, ...]) -> tuple[Markup, DataTable]:
    of, numbers, names = periods(change.time for change in changes)
    counts: Counter[tuple[int, Label]] = Counter((of(c.time), c.attribution.label) for c in changes)
    held = [label for label in Label if any(counts[n, label] for n in numbers)]
    stacks = [(f"l-{label}", [float(counts[n, label]) for n in numbers]) for label in held]
    chart = columns_chart(
        "coverage-time", "Labels over time", "Compared changes by label and period.", names, stacks
    )
    rows = [
        (name, *(f"{counts[n, label]:,}" for label in held))
        for n, name in zip(numbers, names, strict=True)
    ]
    columns = ("period", *(LABEL_WORDS[label] for label in held))
    return chart, data_table("Compared changes by label and period", columns, rows)


def _evidence(changes: Sequence[Change]) -> DataTable:
    rows = tuple(
        (
            *(sentence(part, 80) for part in (one.level, one.source, one.rule)),
            LABEL_WORDS[one.label],
            f"{one.decides:,}",
            f"{one.outweighed:,}",
        )
        for one in evidence(changes)[:MOST_RULES]
    )
    columns = ("level", "source", "rule", "says", "changes it decides", "outweighed in")
    return DataTable("Evidence by rule", columns, rows, frozenset({4, 5}))


def _written(lines: Sequence[LabelledLines]) -> DataTable:
    rows = tuple(
        (
            LABEL_WORDS[one.label],
            _label_of(one),
            *(f"{count:,}" for count in (one.born, one.alive, one.dead, one.lost)),
        )
        for one in lines
    )
    columns = ("label", "label of", "written", "alive", "gone", "lost track of")
    return DataTable("Lines of Python by label", columns, rows, frozenset({2, 3, 4, 5}))


def _label_of(lines: LabelledLines) -> str:
    if lines.granularity is Granularity.LINE:
        return "the line"
    share = "" if lines.ai_share is None else f", {lines.ai_share:.0%} AI by their share"
    return f"its commit (inherited){share}"


def _agent(source: AgentTally) -> AgentRow:
    return AgentRow(
        sentence(source.agent, 60),
        changes_where(text=source.agent),
        f"{source.changes:,}",
        f"{source.added_code_lines:,}",
        source.first.isoformat(),
        source.last.isoformat(),
    )
