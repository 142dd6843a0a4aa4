"""`raise-generic-exception`: an exception that cannot be caught by itself."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from scanner.base.model import Severity, Span
from scanner.rulepacks.unit_rules import handlers as h
from scanner.rulepacks.unit_rules.rule import UnitRule, lines_of
from scanner.rulepacks.unit_rules.unit_code import UnitCode, dotted


def _find(code: UnitCode) -> Iterator[Span]:
    for node in code.all_of(ast.Raise):
        is_generic = isinstance(node.exc, ast.Call) and dotted(node.exc.func) in h.EVERYTHING
        if is_generic and not _is_caught_here(code, node):
            yield lines_of(node)


def _is_caught_here(code: UnitCode, node: ast.Raise) -> bool:
    """What is caught a few lines below is no matter of the callers."""
    return any(
        isinstance(step.node, h.TryNode)
        and step.field == "body"
        and any(h.Handler(code, step.node, one).catches(h.EVERYTHING) for one in step.node.handlers)
        for step in code.steps_in_function(node)
    )


RULE = UnitRule(
    "raise-generic-exception",
    "convention",
    Severity.INFO,
    "Callers can only catch a plain `Exception` together with every other failure there is. Raise "
    "a built-in that says what is wrong (`ValueError`, `RuntimeError`), or a class of your own.",
    ("raise",),
    _find,
    references=("CWE-397",),
    cases="""
def specific(flag):
    if flag:
        # ok: raise-generic-exception
        raise ValueError("flag")
    try:
        if not flag:
            # ok: raise-generic-exception
            raise Exception("no flag")
    except Exception:
        logger.exception("read as no flag")
    try:
        flag()
    except ValueError as error:
        # ruleid: raise-generic-exception
        raise Exception("not a flag") from error
    # ruleid: raise-generic-exception
    raise Exception("flag")
""",
)
