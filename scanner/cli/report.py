"""`tallystick report`: a history, compared."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import click

from scanner.aftermath import follow_up
from scanner.cli.output import write_file
from scanner.cli.parameters import Day
from scanner.cli.progress import shown_progress
from scanner.cli.session import Session, with_session
from scanner.compare.trends import PeriodKind
from scanner.delivery.exports import read_export
from scanner.delivery.fetch import fetch_pulls as fetch
from scanner.delivery.pulls import Export
from scanner.errors import ScanError
from scanner.git.process import Repository
from scanner.git.remotes import origin, remote_address
from scanner.history import Selection, UnitOfChange, parse_range, read_history
from scanner.render.report_formats import REPORT_FORMATS
from scanner.render.report_text import render as render_summary
from scanner.render.wording import counted
from scanner.report import Asked, Material, build_report
from scanner.standing_clones import standing_clones

DEFAULT_FILE = Path("tallystick-report.html")


@click.command()
@click.argument("revisions", required=False, metavar="[RANGE]")
@click.option("--since", type=Day(), help="Only changes from this date on.")
@click.option("--until", type=Day(), help="Only changes before this date.")
@click.option(
    "--unit",
    type=click.Choice([unit.value for unit in UnitOfChange]),
    default="change",
    show_default=True,
    help="What counts as one: an integrated change, or each commit.",
)
@click.option(
    "--pulls",
    type=click.Path(path_type=Path),
    multiple=True,
    metavar="FILE",
    help="Pull requests as gh or glab exports them; may be repeated.",
)
@click.option(
    "--fetch-pulls",
    is_flag=True,
    help="Ask your own gh or glab for them; nothing else is contacted.",
)
@click.option("--no-rules", is_flag=True, help="Judge without the rule packs, which is faster.")
@click.option(
    "--trend",
    type=click.Choice([kind.value for kind in PeriodKind]),
    default="month",
    show_default=True,
    help="What trends are told by.",
)
@click.option(
    "--show-authors",
    is_flag=True,
    help="Name the authors of changes. Without this, people appear nowhere.",
)
@click.option(
    "--format",
    "format_name",
    type=click.Choice(list(REPORT_FORMATS)),
    default="html",
    show_default=True,
    help="What is written.",
)
@click.option("-o", "--output", "file", type=click.Path(path_type=Path), metavar="FILE",
              help=f"Where.  [default: {DEFAULT_FILE} for html, stdout else]")  # fmt: skip
@with_session
def report(
    session: Session,
    revisions: str | None,
    pulls: tuple[Path, ...],
    fetch_pulls: bool,
    since: datetime | None,
    until: datetime | None,
    unit: str,
    trend: str,
    show_authors: bool,
    no_rules: bool,
    format_name: str,
    file: Path | None,
) -> int:
    """Compare AI-attributed with other changes over a history: all of it, or RANGE (A..B)."""
    base, tip = parse_range(session.repository, revisions)
    selection = Selection(tip, base, since, until, UnitOfChange(unit))
    bench = session.bench(tip)
    if no_rules:
        bench = replace(bench, rules=None)
    with shown_progress(quiet=session.verbosity < 0) as progress, session.open_store() as store:
        history = read_history(bench, store, selection, session.jobs, progress)
        export = _export(session.repository, pulls, fetch_pulls=fetch_pulls)
        aftermath = follow_up(history, session.repository, store, export)
        if trend == PeriodKind.RELEASE and not aftermath.releases:
            raise ScanError(
                "There are no releases to tell trends by: no tag names a version.",
                hint="Fetch the tags (git fetch --tags), or leave --trend out to have months.",
            )
        clones = standing_clones(
            bench, tip, session.jobs, lambda done, of: progress("looking for copies", done, of)
        )
        asked = Asked(
            pulls=tuple(map(str, pulls)),
            fetches_pulls=fetch_pulls,
            leaves_rules_out=no_rules,
            config=None if session.config is None else str(session.config),
            names_people=show_authors,
            origin=origin(session.repository),
            trend=PeriodKind(trend),
        )
        built = build_report(Material(history, aftermath, clones), bench, store, progress, asked)
    text = REPORT_FORMATS[format_name].render(built)
    target = file or (DEFAULT_FILE if format_name == "html" else None)
    if target is None or str(target) == "-":
        click.echo(text, nl=False)
        return 0
    write_file(target, text)
    if session.verbosity >= 0:
        click.echo(render_summary(built, colour=session.color), color=session.color)
        changes = counted(len(built.changes), "change")
        click.echo(f"The report on {changes} is in {target.resolve()}")
    return 0


def _export(repository: Repository, pulls: tuple[Path, ...], *, fetch_pulls: bool) -> Export | None:
    """What the given files, and the forge if it is to be asked, say of pull requests."""
    try:
        texts = [(str(file), file.read_text("utf-8-sig")) for file in pulls]
    except (OSError, UnicodeDecodeError) as error:
        raise ScanError(f"The pull requests cannot be read: {error}.") from error
    if fetch_pulls:
        folder = repository.work_tree or repository.git_dir
        texts.append(("the forge", fetch(folder, remote_address(repository))))
    return read_export(texts) if texts else None
