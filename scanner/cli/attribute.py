"""`tallystick attribute`: who wrote what, by which evidence."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from scanner.cli.output import emit, say
from scanner.cli.parameters import Day
from scanner.cli.progress import shown_progress
from scanner.cli.pulls import pulls_options, read_pulls
from scanner.cli.session import Session, with_session
from scanner.codebase.snapshot import read_lines
from scanner.delivery.pulls import Export
from scanner.history.attribution import attribute_file, attribute_range
from scanner.history.read import Selection, parse_range
from scanner.render.json.attribution_documents import AttributedLine


@click.command()
@click.argument("revisions", required=False, metavar="[RANGE]")
@click.option("--since", type=Day(), help="Only commits from this date on.")
@click.option("--until", type=Day(), help="Only commits before this date.")
@click.option("--lines", "path", metavar="PATH", help="Show each line of this file.")
@click.option("--format", "format_name", type=click.Choice(["text", "json"]), default="text",
              show_default=True, help="What is printed.")  # fmt: skip
@pulls_options
@with_session
def attribute(
    session: Session,
    revisions: str | None,
    since: datetime | None,
    until: datetime | None,
    path: str | None,
    format_name: str,
    pulls: tuple[Path, ...],
    fetch_pulls: bool,
) -> int:
    """Say who wrote the commits of RANGE (A..B; default all of HEAD), and by what evidence."""
    base, tip = parse_range(session.repository, revisions)
    export = read_pulls(session.repository, pulls, fetches=fetch_pulls)
    if path is not None:
        return _lines(session, tip, path, format_name, export)
    settings = session.context(tip).settings.attribution
    selection = Selection(tip, base, since, until)
    with shown_progress(quiet=session.verbosity < 0) as progress, session.open_store() as store:
        found = attribute_range(session.repository, store, selection, settings, progress, export)
    if format_name == "json":
        from scanner.render.json.json_format import render_attribution  # noqa: PLC0415

        emit(render_attribution(found))
    else:
        from scanner.render.terminal.attribute_text import render  # noqa: PLC0415

        text = render(found, colour=session.color, detailed=session.verbosity > 0)
        say(text, color=session.color)
    return 0


def _lines(session: Session, tip: str, path: str, format_name: str, export: Export | None) -> int:
    settings = session.context(tip).settings.attribution
    with shown_progress(quiet=session.verbosity < 0) as progress, session.open_store() as store:
        labels = attribute_file(session.repository, store, tip, path, settings, progress, export)
    if format_name == "json":
        from scanner.render.json.json_format import render_lines as render_json  # noqa: PLC0415

        rows = (
            AttributedLine(line=i, commit=one.commit, label=one.label, granularity=one.granularity)
            for i, one in enumerate(labels, 1)
        )
        emit(render_json(path, tip, rows))
    else:
        from scanner.render.terminal.attribute_text import render_lines  # noqa: PLC0415

        texts = read_lines(session.repository, tip, path)
        say(render_lines(labels, texts, colour=session.color), color=session.color)
    return 0
