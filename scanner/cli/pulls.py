"""`--pulls` and `--fetch-pulls`: what a forge knows, for every command that can use it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from scanner.base.errors import ScanError
from scanner.git.process import Repository

if TYPE_CHECKING:
    from scanner.delivery.pulls import Export


def pulls_options(command: click.decorators.FC) -> click.decorators.FC:
    """The options that say what is known of pull requests."""
    pulls = click.option(
        "--pulls", type=click.Path(path_type=Path), multiple=True, metavar="FILE",
        help="Pull requests as gh or glab exports them; may be repeated.",
    )  # fmt: skip
    fetches = click.option(
        "--fetch-pulls", is_flag=True,
        help="Fetch them with your own gh or glab; nothing else is contacted.",
    )  # fmt: skip
    return pulls(fetches(command))


def read_pulls(repository: Repository, files: tuple[Path, ...], *, fetches: bool) -> Export | None:
    """What the files, and the forge if it is to be asked, say of pull requests; None: neither.

    Raises:
        ScanError: a file cannot be read, or the forge's tool failed.
    """
    if not (files or fetches):
        return None
    # A hook starts without what only this needs.
    from scanner.delivery.exports import read_export  # noqa: PLC0415
    from scanner.delivery.fetch import fetch_pulls  # noqa: PLC0415
    from scanner.git.remotes import remote_address  # noqa: PLC0415

    try:
        texts = [(str(file), file.read_text("utf-8-sig")) for file in files]
    except (OSError, UnicodeDecodeError) as error:
        raise ScanError(f"The pull requests cannot be read: {error}.") from error
    if fetches:
        folder = repository.work_tree or repository.git_dir
        texts.append(("the forge", fetch_pulls(folder, remote_address(repository))))
    return read_export(texts)
