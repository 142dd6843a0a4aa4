"""`log-and-raise`: the same failure is logged once a level."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from scanner.base.model import Severity, Span
from scanner.rulepacks.unit_rules import handlers as h
from scanner.rulepacks.unit_rules.logging_calls import logging_call
from scanner.rulepacks.unit_rules.rule import UnitRule, lines_of
from scanner.rulepacks.unit_rules.unit_code import UnitCode


def _find(code: UnitCode) -> Iterator[Span]:
    for handler in h.handlers(code):
        levels = frozenset(("exception", "error") if handler.node.name else ("exception",))
        match handler.node.body:
            case [logged, ast.Raise(exc=None)] if logging_call(logged, levels):
                yield lines_of(handler.block)


RULE = UnitRule(
    "log-and-raise",
    "convention",
    Severity.INFO,
    "Logging an exception and raising it again writes the same failure to the log once a level. "
    "Log it where it is handled, or add what you know here with `raise ... from error`.",
    ("except",),
    _find,
    is_opt_in=True,
    cases="""
def adds_context(work):
    # ok: log-and-raise
    try:
        work()
    except ValueError as error:
        raise RuntimeError("work failed") from error
    # ok: log-and-raise
    try:
        work()
    except ValueError:
        logger.exception("work failed")


def logs_twice(work):
    # ruleid: log-and-raise
    try:
        work()
    except ValueError as error:
        logger.error("work failed: %s", error)
        raise
    # ruleid: log-and-raise
    try:
        work()
    except ValueError:
        logger.exception("work failed")
        raise
""",
)
