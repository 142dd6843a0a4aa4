"""`tallystick scan`: the debt that stands in a tree."""

from __future__ import annotations

from collections.abc import Sequence

import click

from scanner.cli.output import emit, say
from scanner.cli.progress import shown_progress
from scanner.cli.session import Session, with_session
from scanner.clones.groups import CloneGroup
from scanner.rulepacks.codemods.codemod import Safety
from scanner.tree.clone_groups import standing_clones
from scanner.tree.scan import TreeScan, scan_tree


@click.command()
@click.argument("revision", default="HEAD", metavar="[REV]")
@click.option("--format", "format_name", type=click.Choice(["text", "json"]), default="text",
              show_default=True, help="What is printed.")  # fmt: skip
@click.option("--patch", "level", type=click.Choice([one.value for one in Safety]), is_flag=False,
              flag_value=Safety.SAFE.value, default=None,
              help="Print safe fixes of what is found instead, for `git apply` at the top of "
              "the work tree; --patch=unsafe: also those that may change what the code does."
              )  # fmt: skip
@with_session
def scan(session: Session, revision: str, format_name: str, level: str | None) -> int:
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
    if level is not None:
        _say_patch(session, found, clones, Safety(level))
    elif format_name == "json":
        from scanner.render.json.json_text import to_json  # noqa: PLC0415
        from scanner.render.json.scan_documents import scan_document  # noqa: PLC0415

        emit(to_json(scan_document(found, clones)))
    else:
        from scanner.render.terminal.scan_text import render  # noqa: PLC0415

        say(render(found, clones, colour=session.color), color=session.color)
    return 0


def _say_patch(
    session: Session, found: TreeScan, clones: Sequence[CloneGroup], level: Safety
) -> None:
    """The patch goes to stdout, what becomes of the findings to stderr."""
    # LibCST takes 0.2 s to import.
    from scanner.gate.standing import plan_standing  # noqa: PLC0415
    from scanner.render.terminal.fixes_text import render_left  # noqa: PLC0415

    fixes = plan_standing(session.repository, found.revision, found.findings, clones, level)
    patch = "".join(one.diff for one in fixes.patches)
    say(patch.encode("utf-8", "surrogateescape"))
    click.echo(render_left(fixes, each=session.verbosity > 0), nl=False, err=True)
