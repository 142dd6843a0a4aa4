"""`tallystick mcp`: a server for agents over the Model Context Protocol, on stdin and stdout."""

from __future__ import annotations

from importlib.util import find_spec

import click

from scanner.base.errors import ScanError
from scanner.cli.session import Session, with_session


@click.command()
@with_session
def mcp(session: Session) -> int:
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

    return serve(session)
