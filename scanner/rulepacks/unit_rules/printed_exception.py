"""`printed-exception`: the text of a failure is printed, and the program goes on."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from scanner.base.model import Severity, Span
from scanner.rulepacks.unit_rules import handlers as h
from scanner.rulepacks.unit_rules.rule import TESTS, UnitRule, lines_of
from scanner.rulepacks.unit_rules.unit_code import UnitCode, names

_FOR_PEOPLE = re.compile(r"_*(clean_?up|close|stop|shutdown|handle_interrupt|main|run_cli)(_\w+)?")
_EXCEPTION = frozenset(("Exception",))


def _find(code: UnitCode) -> Iterator[Span]:
    for handler in h.handlers(code):
        if handler.node.type is None or not handler.catches(_EXCEPTION):
            continue
        if _only_prints(handler) and not handler.has_reason() and not _is_for_people(handler):
            yield lines_of(handler.block)


def _only_prints(handler: h.Handler) -> bool:
    name, body = handler.node.name, handler.node.body
    if name is None or len(body) > 2:
        return False
    if len(body) == 2 and not (isinstance(body[1], ast.Return) and body[1].value is not None):
        return False
    match body[0]:
        case ast.Expr(value=ast.Call(func=ast.Name(id="print"), args=[printed], keywords=[])):
            return names(printed, name)
    return False


def _is_for_people(handler: h.Handler) -> bool:
    code, block = handler.code, handler.block
    if any(_FOR_PEOPLE.fullmatch(one.name) for one in code.functions_round(block)):
        return True
    return any(
        isinstance(step.node, ast.If) and names(step.node.test, "__name__")
        for step in code.steps_up(block)
    )


RULE = UnitRule(
    "printed-exception",
    "edge-case",
    Severity.INFO,
    "Printing the exception loses its traceback and then goes on as if nothing had happened. "
    "Log it with `logger.exception`, or let it through.",
    ("except",),
    _find,
    references=("CWE-390",),
    elsewhere=(
        *TESTS,
        "examples",
        "scripts",
        "tools",
        "docs",
        "cli",
        "commands",
        "migrations",
        "_migrations",
        "*cli*.py",
        "__main__.py",
    ),
    cases="""
def reported(work, report):
    # ok: printed-exception
    try:
        work()
    except ValueError as error:
        print(error)
    # ok: printed-exception
    try:
        work()
    except Exception as error:
        print(error)
        raise


def printed_and_explained(work):
    # ok: printed-exception
    try:
        work()
    except Exception as error:
        # The next page is worth more than this one.
        print(f"Error: {error}")


def main(work):
    # ok: printed-exception
    try:
        work()
    except Exception as error:
        print(f"Error: {error}")


def printed(work):
    # ruleid: printed-exception
    try:
        work()
    except Exception as error:
        print(f"Error: {error}")
    # ruleid: printed-exception
    try:
        work()
    except Exception as error:
        print(f"Error: {error}")
        return None
    finally:
        work.end()
""",
)
