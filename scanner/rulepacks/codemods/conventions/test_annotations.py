"""`-> None` for tests."""

from __future__ import annotations

from scanner.rulepacks.codemods.codemod import ConventionCodemod, Edits
from scanner.rulepacks.codemods.conventions.annotations import returning_none


def _towards(_usual: str) -> Edits:
    return returning_none


CODEMOD = ConventionCodemod("test-annotations", ("given",), _towards)
