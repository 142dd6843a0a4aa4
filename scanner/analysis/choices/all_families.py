"""The registered families of choices. To add one: one entry in a module here, listed below."""

from __future__ import annotations

from scanner.analysis.choices import (
    classes,
    docstrings,
    failures,
    files,
    imports,
    libraries,
    logs,
    loops,
    naming,
    raising,
    records,
    structure,
    system,
    tests_style,
    text,
    type_hints,
    type_imports,
    values,
)
from scanner.analysis.choices.family import Family

FAMILIES: tuple[Family, ...] = (
    *logs.FAMILIES,
    *failures.FAMILIES,
    *raising.FAMILIES,
    *files.FAMILIES,
    *text.FAMILIES,
    *records.FAMILIES,
    *values.FAMILIES,
    *type_hints.FAMILIES,
    *type_imports.FAMILIES,
    *imports.FAMILIES,
    *docstrings.FAMILIES,
    *naming.FAMILIES,
    *structure.FAMILIES,
    *classes.FAMILIES,
    *loops.FAMILIES,
    *libraries.FAMILIES,
    *tests_style.FAMILIES,
    *system.FAMILIES,
)
BY_ID: dict[str, Family] = {family.id: family for family in FAMILIES}
