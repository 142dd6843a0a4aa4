"""What it changes that agents hear the gate, by experiments that left it to chance."""

from __future__ import annotations

from scanner.compare.randomised import RandomisedEffect
from scanner.history.experiments import REWORK_DAYS, ArmCount, ExperimentResult
from scanner.render.html.section import ReportContext, Section
from scanner.render.html.tables import DataTable
from scanner.render.wording import TOO_FEW_BRANCHES, counted

_COLUMNS = ("", "heard", "silent", "difference", "95% interval", "p")


def build(context: ReportContext) -> Section | None:
    """The section; None where there was no experiment (`tallystick experiment`)."""
    found = context.report.experiments
    if not found:
        return None
    lead = (
        "On half of the branches, chosen by chance in blocks, coding agents heard nothing. The "
        "intervals are made by shuffling branches within their blocks. Whoever looks at them again "
        "and again while it goes on finds an effect too often: decide beforehand when it ends."
    )
    tables = tuple(map(_table, found))
    return Section(
        "experiment", "Does it help that agents hear", "experiment.html.j2", tables, lead
    )


def _table(one: ExperimentResult) -> DataTable:
    mixed = f"; {counted(one.mixed, 'change')} of several branches left out" if one.mixed else ""
    rows = (
        ("branches that came in", _came_in(one.heard), _came_in(one.silent), "", "", ""),
        ("changes", f"{one.heard.changes:,}", f"{one.silent.changes:,}", "", "", ""),
        ("debt, points per 100 added code lines", *_effect(one.debt, 1)),
        (f"reworked within {REWORK_DAYS} days, % of added lines", *_effect(one.rework, 100)),
    )
    caption = f"Experiment {one.experiment}{mixed}"
    return DataTable(caption, _COLUMNS, rows, frozenset(range(1, len(_COLUMNS))))


def _came_in(arm: ArmCount) -> str:
    return f"{arm.came_in:,}" if arm.drawn is None else f"{arm.came_in:,} of {arm.drawn:,}"


def _effect(effect: RandomisedEffect | None, factor: float) -> tuple[str, ...]:
    if effect is None:
        return ("", "", TOO_FEW_BRANCHES, "", "")
    bounds = (effect.interval.low, effect.interval.high)
    low, high = ("no limit" if one is None else _signed(one * factor) for one in bounds)
    return (
        f"{effect.treated * factor:.1f}",
        f"{effect.others * factor:.1f}",
        _signed(effect.difference * factor),
        f"{low} to {high}",
        f"{effect.p:.3f}",
    )


def _signed(value: float) -> str:
    return f"{round(value, 1) + 0.0:+.1f}"  # no -0.0
