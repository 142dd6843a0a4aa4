"""`tallystick radar`: which open branches will collide when they land."""

from __future__ import annotations

import click

from scanner.cli.output import emit, say
from scanner.cli.session import Session, with_session
from scanner.codebase.reader import SourceReader
from scanner.git.blobs import BlobReader
from scanner.git.commits import resolve
from scanner.git.upstream import default_branch
from scanner.radar.survey import survey


@click.command()
@click.option(
    "--base",
    metavar="REV",
    help="What the branches land in.  [default: the upstream's default branch]",
)
@click.option(
    "--days",
    type=click.IntRange(1),
    default=90,
    show_default=True,
    metavar="N",
    help="Leave out branches whose last commit is older than the newest by more.",
)
@click.option(
    "--pairs",
    "most_pairs",
    type=click.IntRange(0),
    default=2000,
    show_default=True,
    metavar="N",
    help="Merge no more pairs on trial.",
)
@click.option(
    "--code",
    "reads_code",
    is_flag=True,
    help="Also tell what git merges silently: functions both edit, and calls that will not fit.",
)
@click.option(
    "--format",
    "format_name",
    type=click.Choice(["text", "json", "markdown"]),
    default="text",
    show_default=True,
    help="What is printed.",
)
@with_session
def radar(
    session: Session,
    base: str | None,
    days: int,
    most_pairs: int,
    reads_code: bool,
    format_name: str,
) -> int:
    """Say which open branches and pull requests will collide when they land, and in what."""
    repository = session.repository
    name = default_branch(repository) if base is None else base
    target = (name, resolve(repository, name))
    with session.open_store() as store, BlobReader(repository) as blobs:
        reader = SourceReader(blobs, store)
        found = survey(repository, reader if reads_code else None, target, days, most_pairs)
    if format_name == "json":
        from scanner.render.json.json_text import to_json  # noqa: PLC0415
        from scanner.render.json.radar_documents import radar_document  # noqa: PLC0415

        emit(to_json(radar_document(found)))
    elif format_name == "markdown":
        from scanner.render.ci.radar_markdown import render as render_markdown  # noqa: PLC0415

        emit(render_markdown(found))
    else:
        from scanner.render.terminal.radar_text import render  # noqa: PLC0415

        is_detailed = session.verbosity > 0
        say(render(found, colour=session.color, detailed=is_detailed), color=session.color)
    return 0
