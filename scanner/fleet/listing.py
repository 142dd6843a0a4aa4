"""PURE: the file that names the repositories of a fleet, as TOML or as a plain list."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any

from scanner.base.errors import ScanError
from scanner.base.toml_text import read_toml

#: An address that git takes: with a scheme, or `user@host:path`.
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://|[\w.-]+@[\w.-]+:", re.IGNORECASE)
_NO_FILE_NAME = re.compile(r"[^\w.-]+", re.ASCII)
_CREDENTIALS = re.compile(r"(?<=://)[^/@]*@")
_KEYS = ("repository", "name", "range", "group", "adopted")
_SHAPE = (
    'Write [[repository]] tables with repository = "PATH or URL" and, if wanted, '
    "name, range, group and adopted (a date); or a plain list, a repository a line."
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A repository of the fleet: a path or an address, and the name that its files have.

    `revisions` is a range as `report` takes it, None for the newest part of HEAD's history.
    `adopted` is the day from which on AI was used, where somebody knows it.
    """

    repository: str
    name: str
    revisions: str | None = None
    group: str | None = None
    adopted: date | None = None

    @property
    def is_address(self) -> bool:
        """Whether it has to be cloned."""
        return bool(_ADDRESS.match(self.repository))

    @property
    def shown(self) -> str:
        """The path or address without a name or a password that may stand in it."""
        return without_credentials(self.repository)


def without_credentials(text: str) -> str:
    """The text without what stands before an @ in addresses."""
    return _CREDENTIALS.sub("", text)


def read_listing(text: str, *, is_toml: bool) -> tuple[Entry, ...]:
    """The repositories that a file names, in its order.

    Raises:
        ScanError: it is not such a file, names none, or names two alike.
    """
    found = _of_toml(text) if is_toml else _of_lines(text)
    if not found:
        raise ScanError("The list of repositories is empty.", hint=_SHAPE)
    counts = Counter(entry.name.casefold() for entry in found)
    twice = [entry.shown for entry in found if counts[entry.name.casefold()] > 1]
    if twice:
        raise ScanError(
            f"Two repositories would have the same name: {' and '.join(twice[:2])}.",
            hint='Give them names of their own: name = "…" in a TOML list.',
        )
    return found


def _of_lines(text: str) -> tuple[Entry, ...]:
    lines = (line.strip() for line in text.splitlines())
    named = [line for line in lines if line and not line.startswith("#")]
    return tuple(Entry(line, _name_of(line)) for line in named)


def _of_toml(text: str) -> tuple[Entry, ...]:
    try:
        document = read_toml(text)
    except ValueError as error:
        raise ScanError(f"The list of repositories is not TOML: {error}.", hint=_SHAPE) from error
    unknown = document.keys() - {"repository"}
    tables = document.get("repository", [])
    if unknown or not isinstance(tables, list):
        what = f"has an unknown key: {min(unknown)}" if unknown else "has no tables"
        raise ScanError(f"The list of repositories {what}.", hint=_SHAPE)
    return tuple(_of_table(table, number) for number, table in enumerate(tables, start=1))


def _of_table(table: Any, number: int) -> Entry:
    if not isinstance(table, dict) or "repository" not in table:
        raise ScanError(f"Repository {number} of the list says no path and no URL.", hint=_SHAPE)
    for key, value in table.items():
        if key not in _KEYS:
            raise ScanError(f"Repository {number} has an unknown key: {key}.", hint=_SHAPE)
        is_right = _is_day(value) if key == "adopted" else isinstance(value, str) and bool(value)
        if not is_right:
            kind = "a date" if key == "adopted" else "text"
            raise ScanError(f"{key} of repository {number} is not {kind}.", hint=_SHAPE)
    name = table.get("name")
    return Entry(
        table["repository"],
        _name_of(table["repository"]) if name is None else _as_file_name(name),
        table.get("range"),
        table.get("group"),
        table.get("adopted"),
    )


def _is_day(value: object) -> bool:
    return type(value) is date


def _name_of(repository: str) -> str:
    """The last part of a path or an address that says something."""
    parts = [part for part in re.split(r"[/\\:]+", repository) if part not in ("", ".", "..")]
    last = parts[-1] if parts else "repository"
    if last == ".git" and len(parts) > 1:
        last = parts[-2]
    return _as_file_name(last.removesuffix(".git"))


def _as_file_name(text: str) -> str:
    """Letters, digits, and `._-`; never hidden."""
    return _NO_FILE_NAME.sub("-", text).strip(".-") or "repository"
