"""`-> None` for `__init__`."""

from __future__ import annotations

from functools import partial

from scanner.rulepacks.codemods.codemod import ConventionCodemod, Edits
from scanner.rulepacks.codemods.conventions.annotations import returning_none


def _towards(_usual: str) -> Edits:
    return partial(returning_none, lambda name: name == "__init__")


CODEMOD = ConventionCodemod("init-annotation", ("given",), _towards)
