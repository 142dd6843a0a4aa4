"""`tallystick scan`: the debt that stands in a tree."""

from __future__ import annotations

import click

from scanner.cli.progress import shown_progress
from scanner.cli.session import Session, with_session
from scanner.scan import scan_tree


@click.command()
@click.argument("revision", default="HEAD", metavar="[REV]")
@click.option("--format", "format_name", type=click.Choice(["text", "json"]), default="text",
              show_default=True, help="What is printed.")  # fmt: skip
@with_session
def scan(session: Session, revision: str, format_name: str) -> int:
    """Measure the tree of a revision: what is beyond the limits, worst first."""
    with shown_progress(quiet=session.verbosity < 0) as progress:
        found = scan_tree(
            session.bench(revision),
            revision,
            session.jobs,
            lambda done, total: progress("reading files", done, total),
        )
    if format_name == "json":
        from scanner.render.json_text import to_json  # noqa: PLC0415
        from scanner.render.scan_documents import scan_document  # noqa: PLC0415

        click.echo(to_json(scan_document(found)), nl=False)
    else:
        from scanner.render.scan_text import render  # noqa: PLC0415

        click.echo(render(found, colour=session.color), nl=False, color=session.color)
    return 0
