"""`tallystick stamp`: the trailer that says which agent takes part in a commit."""

from __future__ import annotations

import os
from pathlib import Path

import click

from scanner.attribution.environment import detect_agent
from scanner.cli.session import Session, with_session

#: Where the pre-commit framework puts what git gives as the hook's second argument.
PRE_COMMIT_SOURCE = "PRE_COMMIT_COMMIT_MSG_SOURCE"


@click.command()
@click.argument("message_file", type=click.Path(path_type=Path), metavar="MSGFILE")
@click.argument("source", required=False, metavar="[SOURCE]")
@click.argument("commit", required=False, metavar="[COMMIT]")
@with_session
def stamp(session: Session, message_file: Path, source: str | None, commit: str | None) -> int:  # noqa: ARG001
    """Add the attribution trailer to the message in MSGFILE, as a prepare-commit-msg hook.

    Does nothing where no agent is known to run, or where the message carries a mark. A stamp that
    fails says so and stops no commit.
    """
    if detect_agent(os.environ) is None:
        return 0
    from scanner.attribution.stamp import stamp_file  # noqa: PLC0415  20 ms that people need not pay
    from scanner.base.errors import ScanError  # noqa: PLC0415

    given = source or os.environ.get(PRE_COMMIT_SOURCE, "")
    try:
        settings = session.settings_of_head().attribution.stamp
        stamp_file(message_file, given, os.environ, settings)
    except (OSError, ScanError) as error:
        click.echo(f"tallystick stamp: not stamped: {error}", err=True)
    return 0
