"""`tallystick schema`: the JSON Schema of what a command prints with `--format json`."""

from __future__ import annotations

import click

from scanner.render.json_format import SCHEMAS, schema_text


@click.command()
@click.argument("command", type=click.Choice(sorted(SCHEMAS)))
def schema(command: str) -> None:
    """Print the JSON Schema of COMMAND's JSON output."""
    click.echo(schema_text(command), nl=False)
