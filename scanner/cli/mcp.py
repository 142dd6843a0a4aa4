"""`tallystick mcp`: a server for agents over the Model Context Protocol, on stdin and stdout."""

from __future__ import annotations

from importlib.util import find_spec

import click

from scanner.base.errors import ScanError
from scanner.cli.session import Session, with_session


@click.command()
@click.option("--log", "is_logged", is_flag=True, help="Keep what check_changes tells in the git "
              "directory: rules and digests, no code and no names.")  # fmt: skip
@with_session
def mcp(session: Session, is_logged: bool) -> int:
    """Serve agents over the Model Context Protocol on stdin and stdout, until stdin ends.

    Its tools only read: check_changes, explain, find_existing, conventions_for, hotspots, plan,
    attribution_status.
    """
    if find_spec("mcp") is None:
        raise ScanError(
            "The library of the Model Context Protocol is not installed.",
            hint="Install Tallystick from its clone with the extra: pip install 'PATH[mcp]'.",
        )
    from scanner.cli.mcp_server import serve  # noqa: PLC0415  half a second to import

    return serve(session, is_logged=is_logged)
