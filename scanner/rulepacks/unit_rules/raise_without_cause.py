"""`raise-without-cause`: a new exception that hides what it is about."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from scanner.base.model import Severity, Span
from scanner.rulepacks.unit_rules import handlers as h
from scanner.rulepacks.unit_rules.rule import UnitRule, lines_of
from scanner.rulepacks.unit_rules.unit_code import UnitCode, dotted, names

#: A call that makes the error knows what it does with the cause.
_CLASS = re.compile(r"([\w.]+\.)?[A-Z]\w*")
#: Their readers see the message, never a traceback.
_FOR_PEOPLE = re.compile(
    r"(?:click|typer)\..*|(?:.*\.)?(?:HTTPException|UsageError)|SystemExit|CommandError"
    r"|argparse\.ArgumentTypeError|ValidationError|StopAsyncIteration|Reject|Retry"
)


def _find(code: UnitCode) -> Iterator[Span]:
    for handler in h.handlers(code):
        caught = handler.node.name
        if caught is None:
            continue
        for node in ast.walk(handler.node):
            if isinstance(node, ast.Raise) and node.cause is None and _hides(node.exc, caught):
                yield lines_of(node)


def _hides(raised: ast.expr | None, caught: str) -> bool:
    if not isinstance(raised, ast.Call):
        return False
    name = dotted(raised.func)
    if not _CLASS.fullmatch(name) or _FOR_PEOPLE.fullmatch(name):
        return False
    is_kept = any(isinstance(one, ast.Name) and one.id == caught for one in raised.args)
    if is_kept and len(raised.args) + len(raised.keywords) > 1:
        return False  # kept as data beside what else there is to say
    return any(names(argument, caught) for argument in raised.args)


RULE = UnitRule(
    "raise-without-cause",
    "edge-case",
    Severity.INFO,
    "Inside a handler, a new exception without `from` reads as a failure of the handler itself. "
    "Write `raise ... from error`, or `from None` where the cause would only confuse.",
    ("except",),
    _find,
    is_opt_in=True,
    cases="""
def chained(text):
    try:
        return int(text)
    except ValueError as error:
        # ok: raise-without-cause
        raise RuntimeError(f"not a number: {error}") from error


def unrelated(text):
    try:
        return int(text)
    except ValueError as error:
        # ok: raise-without-cause
        raise SystemExit(2)


def retried(self, text):
    try:
        return int(text)
    except ValueError as error:
        # ok: raise-without-cause
        raise self.retry(exc=error)
    except OSError as error:
        # ok: raise-without-cause
        raise LoadError(text, error)


def unchained_with_an_end(text):
    try:
        return int(text)
    except ValueError as error:
        # ruleid: raise-without-cause
        raise RuntimeError(f"not a number: {error}")
    finally:
        text.close()


def unchained(text):
    try:
        return int(text)
    except ValueError as error:
        # ruleid: raise-without-cause
        raise RuntimeError(f"not a number: {error}")
    except OSError as error:
        # ruleid: raise-without-cause
        raise LoadError(error)
""",
)
