"""`tallystick schema`: the JSON Schema of what a command prints with `--format json`."""

from __future__ import annotations

import click

from scanner.cli.output import emit
from scanner.render.json.schemas import DOCUMENTS
from scanner.render.json.schemas import schema as json_schema


@click.command()
@click.argument("command", type=click.Choice(sorted(DOCUMENTS)), metavar="COMMAND")
def schema(command: str) -> None:
    """Print the JSON Schema of COMMAND's JSON output.

    COMMAND is attribute, check, conventions, explain, gate, report or scan.
    """
    emit(json_schema(command))
