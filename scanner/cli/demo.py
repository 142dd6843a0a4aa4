"""`tallystick demo`: a made-up history and its report, to see what the product is for."""

from __future__ import annotations

from pathlib import Path

import click

from scanner.base.errors import ScanError

DEFAULT_FOLDER = Path("tallystick-demo")


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), default=DEFAULT_FOLDER, required=False)
@click.option("--changes", type=click.IntRange(1, 2000), default=440, show_default=True,
              help="How many changes the history has.")  # fmt: skip
def demo(folder: Path, changes: int) -> int:
    """Create an invented history in FOLDER (default: tallystick-demo), and the report on it.

    What it shows is invented, so it says nothing about agents.
    """
    # the history needs nothing of this on other commands' way
    from scanner.cli.main import run  # noqa: PLC0415
    from scanner.demo.history import build, pulls_beside  # noqa: PLC0415

    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ScanError(
            f"{folder} exists already and is not an empty folder.",
            hint="Name another one: tallystick demo FOLDER.",
        )
    shop, page = folder / "shop", folder / "report.html"
    click.echo(f"Making a history of {changes} changes; 440 take about a minute.", err=True)
    try:
        build(shop, changes)
    except (OSError, AssertionError) as error:
        raise ScanError(f"The history could not be made: {error}") from error
    return run(["report", "--repo", str(shop), "--pulls", str(pulls_beside(shop)), "-o", str(page)])
