"""A history that was read and judged → its report: followed, measured and compared."""

from __future__ import annotations

from scanner.base.store import Store
from scanner.delivery.pulls import Export
from scanner.history.aftermath import follow_up
from scanner.history.debt_over_time import standing_debt
from scanner.history.read import History, Progress
from scanner.judge.batch import JudgingContext
from scanner.report.build import Asked, Material, Report, build_report
from scanner.tree.clone_groups import standing_clones
from scanner.tree.scan import scan_tree


def report_on(
    context: JudgingContext,
    store: Store,
    history: History,
    jobs: int | None,
    progress: Progress,
    export: Export | None,
    asked: Asked,
) -> Report:
    """Follows, measures and compares; `export` is what a forge knows, if it was asked."""
    tip = history.selection.tip
    aftermath = follow_up(history, context.repository, store, export)
    clones = standing_clones(
        context, tip, jobs, lambda done, of: progress("looking for copies", done, of)
    )
    standing = standing_debt(
        context, store, history, jobs, lambda done, of: progress("measuring trees", done, of)
    )
    found = scan_tree(context, tip, jobs, lambda done, of: progress("measuring the head", done, of))
    material = Material(history, aftermath, clones, standing, found)
    return build_report(material, context, store, progress, asked)
