"""`tallystick lsp`: a server for editors over the Language Server Protocol, on stdin and stdout."""

from __future__ import annotations

from importlib.util import find_spec

import click

from scanner.base.errors import ScanError
from scanner.cli.session import Session, with_session


@click.command()
@with_session
def lsp(session: Session) -> int:
    """Serve an editor over the Language Server Protocol on stdin and stdout, until it says to exit.

    Files are judged against HEAD when they are opened and saved. Shows findings, the numbers of
    each function, what became of its complexity, and fixes; writes nothing, and runs nothing of the
    repository.
    """
    if find_spec("pygls") is None:
        raise ScanError(
            "The library of the Language Server Protocol is not installed.",
            hint="Install Tallystick from its clone with the extra: pip install 'PATH[lsp]'.",
        )
    from scanner.cli.lsp_server import serve  # noqa: PLC0415  half a second to import

    return serve(session)
