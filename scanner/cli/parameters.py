"""The kinds of values that options take."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click


class OutputOption(click.ParamType[tuple[str, Path]]):
    """`FORMAT=FILE`."""

    name = "format=file"

    def __init__(self, formats: tuple[str, ...]) -> None:
        self.formats = formats

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, Path]:
        """The format's name and the file.

        Raises:
            click.BadParameter: no such format, or no file.
        """
        if isinstance(value, tuple):
            return value
        name, _, file = str(value).partition("=")
        if name not in self.formats:
            self.fail(f"'{name}' is not one of {', '.join(self.formats)}.", param, ctx)
        if not file:
            self.fail(f"'{value}' names no file; write {name}=FILE.", param, ctx)
        return name, Path(file)


class Day(click.ParamType[datetime]):
    """A date, or a date and time with offset; without one it is UTC."""

    name = "date"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        """The moment that the text names.

        Raises:
            click.BadParameter: it is no date.
        """
        if isinstance(value, datetime):
            return value
        try:
            moment = datetime.fromisoformat(str(value))
        except ValueError:
            self.fail(f"'{value}' is not a date; write it like 2025-01-31.", param, ctx)
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
