"""The registered families of choices. To add one: one entry in a module here, listed below."""

from __future__ import annotations

from scanner.analysis.choices import (
    docstrings,
    failures,
    files,
    imports,
    libraries,
    logs,
    naming,
    records,
    structure,
    system,
    tests_style,
    text,
    type_hints,
)
from scanner.analysis.choices.family import Family

FAMILIES: tuple[Family, ...] = (
    *logs.FAMILIES,
    *failures.FAMILIES,
    *files.FAMILIES,
    *text.FAMILIES,
    *records.FAMILIES,
    *type_hints.FAMILIES,
    *imports.FAMILIES,
    *docstrings.FAMILIES,
    *naming.FAMILIES,
    *structure.FAMILIES,
    *libraries.FAMILIES,
    *tests_style.FAMILIES,
    *system.FAMILIES,
)
BY_ID: dict[str, Family] = {family.id: family for family in FAMILIES}
