"""`-> None` for tests."""

from __future__ import annotations

from functools import partial

from scanner.rulepacks.codemods.codemod import ConventionCodemod, Edits
from scanner.rulepacks.codemods.conventions.annotations import returning_none


def _is_test(name: str) -> bool:
    return name.startswith("test")


def _towards(_usual: str) -> Edits:
    return partial(returning_none, _is_test)


CODEMOD = ConventionCodemod("test-annotations", ("given",), _towards)
