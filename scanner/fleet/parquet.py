"""Rows to Parquet and back, through pyarrow: the one place that imports it."""

from __future__ import annotations

import types
import typing
from collections.abc import Sequence
from dataclasses import fields
from datetime import date, datetime
from functools import cache
from importlib import import_module
from typing import Any, TypeVar

from scanner.base.errors import ScanError
from scanner.fleet.tables import SCHEMA_VERSION, Row

T = TypeVar("T", bound=Row)

_VERSION_KEY = b"tallystick.schema"


class OtherSchema(Exception):  # noqa: N818  no error, an answer: the file is of another version
    """The file has another version of the schema than this program."""


def require_pyarrow() -> None:
    """Raises ScanError with the way out where pyarrow is not installed."""
    _pyarrow()


def to_parquet(kind: type[T], rows: Sequence[T]) -> bytes:
    """The rows as a Parquet file; equal bytes for equal rows and versions of pyarrow."""
    pyarrow, parquet = _pyarrow()
    columns = {member.name: [getattr(row, member.name) for row in rows] for member in fields(kind)}
    table = pyarrow.table(columns, schema=schema_of(kind))
    sink = pyarrow.BufferOutputStream()
    parquet.write_table(table, sink, compression="zstd")
    written: bytes = sink.getvalue().to_pybytes()
    return written


def from_parquet(kind: type[T], content: bytes) -> tuple[T, ...]:
    """The rows of a file.

    Raises:
        OtherSchema: another version wrote it, or it is no Parquet file.
    """
    pyarrow, parquet = _pyarrow()
    try:
        table = parquet.read_table(pyarrow.BufferReader(content))
    except (pyarrow.ArrowException, OSError) as error:
        raise OtherSchema from error
    if table.schema.metadata is None or table.schema.metadata != schema_of(kind).metadata:
        raise OtherSchema
    lists = _lists(kind)
    rows = table.to_pylist()
    for values in rows:
        values |= {name: tuple(values[name]) for name in lists}
    return tuple(kind(**values) for values in rows)


def schema_of(kind: type[T]) -> Any:
    """The Arrow schema of a table, with the version in its metadata."""
    pyarrow, _ = _pyarrow()
    members = []
    for name, hint in typing.get_type_hints(kind).items():
        inner, is_open = _without_none(hint)
        members.append(pyarrow.field(name, _arrow_type(inner), nullable=is_open))
    return pyarrow.schema(members, metadata={_VERSION_KEY: str(SCHEMA_VERSION).encode()})


def _arrow_type(hint: Any) -> Any:
    pyarrow, _ = _pyarrow()
    if typing.get_origin(hint) is tuple:
        return pyarrow.list_(pyarrow.string())
    known = {
        str: pyarrow.string(),
        int: pyarrow.int64(),
        float: pyarrow.float64(),
        date: pyarrow.date32(),
        datetime: pyarrow.timestamp("us", tz="UTC"),
    }
    return known[hint]


def _without_none(hint: Any) -> tuple[Any, bool]:
    if typing.get_origin(hint) is not types.UnionType:
        return hint, False
    (inner,) = (one for one in typing.get_args(hint) if one is not type(None))
    return inner, True


def _lists(kind: type[T]) -> tuple[str, ...]:
    hints = typing.get_type_hints(kind)
    return tuple(name for name, hint in hints.items() if typing.get_origin(hint) is tuple)


@cache
def _pyarrow() -> tuple[Any, Any]:
    try:
        return import_module("pyarrow"), import_module("pyarrow.parquet")
    except ImportError as error:
        raise ScanError(
            "A fleet is kept as Parquet, for which pyarrow is not installed.",
            hint="Install Tallystick with it: pip install 'PATH[fleet]', PATH being your clone.",
        ) from error
