"""`tallystick cache`: what is kept between runs."""

from __future__ import annotations

import sqlite3

import click

from scanner.base.errors import ScanError
from scanner.base.store import remove_store
from scanner.base.store_size import kinds_in, size_on_disk
from scanner.cli.output import say
from scanner.cli.session import MEGABYTE, Session, with_session


@click.command()
@click.option("--clear", is_flag=True, help="Delete it; the next run computes everything again.")
@with_session
def cache(session: Session, clear: bool) -> int:
    """Say what the cache holds and where it is, or delete it.

    It holds facts of file contents and commits, so deleting it loses nothing but time.
    """
    path = session.store_path
    size = size_on_disk(path)
    if not session.keeps_facts or not size:
        say("There is no cache.\n", color=session.color)
    elif clear:
        try:
            remove_store(path)
        except OSError as error:
            raise ScanError(f"The cache {path} cannot be deleted: {error.strerror}.") from error
        say(f"Deleted {path} ({_megabytes(size)}).\n", color=session.color)
    else:
        say("\n".join([f"{path}: {_megabytes(size)}", *_table(session), ""]), color=session.color)
    return 0


def _table(session: Session) -> list[str]:
    try:
        kinds = kinds_in(session.store_path)
    except sqlite3.Error as error:
        return [f"It cannot be read ({error}); the next run makes it anew."]
    if not kinds:
        return ["It holds nothing that this version of Tallystick can use."]
    return [f"  {one.name:24} {one.values:>12,} values {_megabytes(one.size):>10}" for one in kinds]


def _megabytes(size: int) -> str:
    return f"{size / MEGABYTE:,.1f} MB"
