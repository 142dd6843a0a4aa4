"""Tables as data: what stands behind every figure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DataTable:
    """A caption, columns, and rows of text; `numeric` are the columns that align right."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: frozenset[int] = frozenset()


def data_table(caption: str, columns: tuple[str, ...], rows: list[tuple[str, ...]]) -> DataTable:
    """A table whose first column names the rows and whose others are numbers."""
    return DataTable(caption, columns, tuple(rows), frozenset(range(1, len(columns))))
