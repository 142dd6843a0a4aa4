"""`tallystick report`: a history, compared."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from scanner.base.errors import ExitCode, ScanError
from scanner.cli.output import emit, write_file
from scanner.cli.parameters import Day
from scanner.cli.progress import shown_progress
from scanner.cli.pulls import pulls_options, read_pulls
from scanner.cli.session import Session, with_session
from scanner.compare.trends import PeriodKind
from scanner.git.remotes import origin
from scanner.history.aftermath import read_releases
from scanner.history.read import (
    NEWEST_CHANGES,
    Selection,
    UnitOfChange,
    parse_range,
    read_history,
)
from scanner.render.report_formats import REPORT_FORMATS
from scanner.render.terminal.report_text import render as render_summary
from scanner.render.wording import counted
from scanner.report.build import Asked, Report
from scanner.report.gather import report_on

DEFAULT_FILE = Path("tallystick-report.html")
_GOING_ON = (
    "Interrupted: the report is made on the {} judged so far. Ctrl-C once more ends the run; the "
    "next one goes on from there."
)


@dataclass(frozen=True, slots=True)
class _Options:
    """What the command line says beside the range, as click gives it."""

    all_changes: bool
    since: datetime | None
    until: datetime | None
    unit: str
    pulls: tuple[Path, ...]
    fetch_pulls: bool
    no_rules: bool
    trend: str
    show_authors: bool
    format_name: str
    file: Path | None

    def selection(self, base: str | None, tip: str) -> Selection:
        """The changes to look at."""
        is_bounded = self.all_changes or base is not None or self.since or self.until
        return Selection(
            tip, base, self.since, self.until, UnitOfChange(self.unit), newest=not is_bounded
        )

    def asked(self, session: Session) -> Asked:
        """What the report says of how it was asked for."""
        return Asked(
            pulls=tuple(map(str, self.pulls)),
            fetches_pulls=self.fetch_pulls,
            leaves_rules_out=self.no_rules,
            wants_all=self.all_changes,
            config=None if session.config is None else str(session.config),
            names_people=self.show_authors,
            origin=origin(session.repository),
            trend=PeriodKind(self.trend),
        )


def _which(command: click.decorators.FC) -> click.decorators.FC:
    """The options that say which changes are looked at."""
    unit = click.option(
        "--unit", type=click.Choice([unit.value for unit in UnitOfChange]), default="change",
        show_default=True, help="What counts as one: an integrated change, or each commit.",
    )  # fmt: skip
    every = click.option(
        "--all", "all_changes", is_flag=True,
        help=f"The whole history, not only its last 12 months or {NEWEST_CHANGES:,} changes, "
        "whichever is more.",
    )  # fmt: skip
    since = click.option("--since", type=Day(), help="Only changes from this date on.")
    until = click.option("--until", type=Day(), help="Only changes before this date.")
    return every(since(until(unit(command))))


def _from_what(command: click.decorators.FC) -> click.decorators.FC:
    """The options that say what is known of the changes."""
    rules = click.option(
        "--no-rules", is_flag=True, help="Judge without the rule packs, which is faster."
    )
    return pulls_options(rules(command))


def _in_what_form(command: click.decorators.FC) -> click.decorators.FC:
    """The options that say what is written, and where."""
    trend = click.option(
        "--trend", type=click.Choice([kind.value for kind in PeriodKind]), default="month",
        show_default=True, help="Show trends by month or by release.",
    )  # fmt: skip
    authors = click.option(
        "--show-authors", is_flag=True,
        help="Name the authors of changes. Without this, nobody is named.",
    )  # fmt: skip
    name = click.option(
        "--format", "format_name", type=click.Choice(list(REPORT_FORMATS)), default="html",
        show_default=True, help="What is written.",
    )  # fmt: skip
    file = click.option(
        "-o", "--output", "file", type=click.Path(path_type=Path), metavar="FILE",
        help=f"Where.  [default: {DEFAULT_FILE} for html, otherwise stdout]",
    )  # fmt: skip
    return trend(authors(name(file(command))))


@click.command()
@click.argument("revisions", required=False, metavar="[RANGE]")
@_which
@_from_what
@_in_what_form
@with_session
def report(session: Session, revisions: str | None, **said: Any) -> int:
    """Compare AI-attributed with other changes over a history: its newest part, or RANGE (A..B)."""
    options = _Options(**said)
    base, tip = parse_range(session.repository, revisions)
    if options.trend == PeriodKind.RELEASE and not read_releases(session.repository):
        raise ScanError(
            "There are no releases to show trends by: no tag names a version.",
            hint="Fetch the tags (git fetch --tags), or leave out --trend to use months.",
        )
    built = _built(session, options, options.selection(base, tip))
    _write(session, built, options)
    return int(ExitCode.INTERRUPTED if built.history.unjudged else ExitCode.CLEAN)


def _built(session: Session, options: _Options, selection: Selection) -> Report:
    context, repository, jobs = session.context(selection.tip), session.repository, session.jobs
    if options.no_rules:
        context = replace(context, rules=None)
    with shown_progress(quiet=session.verbosity < 0) as progress, session.open_store() as store:
        export = read_pulls(repository, options.pulls, fetches=options.fetch_pulls)
        history = read_history(context, store, selection, jobs, progress, export)
        if history.unjudged:
            click.echo(_GOING_ON.format(counted(len(history.changes), "change")), err=True)
        return report_on(context, store, history, jobs, progress, export, options.asked(session))


def _write(session: Session, built: Report, options: _Options) -> None:
    text = REPORT_FORMATS[options.format_name].render(built)
    target = options.file or (DEFAULT_FILE if options.format_name == "html" else None)
    if target is None or str(target) == "-":
        emit(text)
        return
    write_file(target, text)
    if session.verbosity >= 0:
        click.echo(render_summary(built, colour=session.color), color=session.color)
        changes = counted(len(built.changes), "change")
        click.echo(f"The report on {changes} is in {target.resolve()}")
