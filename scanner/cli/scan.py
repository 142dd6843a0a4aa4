"""`tallystick scan`: the debt that stands in a tree."""

from __future__ import annotations

import click

from scanner.cli.output import emit, say
from scanner.cli.progress import shown_progress
from scanner.cli.session import Session, with_session
from scanner.tree.clone_groups import standing_clones
from scanner.tree.scan import scan_tree


@click.command()
@click.argument("revision", default="HEAD", metavar="[REV]")
@click.option("--format", "format_name", type=click.Choice(["text", "json"]), default="text",
              show_default=True, help="What is printed.")  # fmt: skip
@with_session
def scan(session: Session, revision: str, format_name: str) -> int:
    """Measure the tree of a revision: what is beyond the limits, and what is written twice."""
    context = session.context(revision)
    with shown_progress(quiet=session.verbosity < 0) as progress:
        found = scan_tree(
            context,
            revision,
            session.jobs,
            lambda done, total: progress("reading files", done, total),
        )
        clones = standing_clones(
            context,
            found.revision,
            session.jobs,
            lambda done, total: progress("looking for copies", done, total),
        )
    if format_name == "json":
        from scanner.render.json.json_text import to_json  # noqa: PLC0415
        from scanner.render.json.scan_documents import scan_document  # noqa: PLC0415

        emit(to_json(scan_document(found, clones)))
    else:
        from scanner.render.terminal.scan_text import render  # noqa: PLC0415

        say(render(found, clones, colour=session.color), color=session.color)
    return 0
