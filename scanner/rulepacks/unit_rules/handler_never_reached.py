"""`handler-never-reached`: a handler below one that has taken all."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from scanner.base.model import Severity, Span
from scanner.rulepacks.unit_rules import handlers as h
from scanner.rulepacks.unit_rules.rule import UnitRule
from scanner.rulepacks.unit_rules.unit_code import UnitCode

#: A name that does not say that it is an error can be a `BaseException`.
_ERROR = re.compile(r".*(?:Error|Warning|Timeout)")
_NOT_TAKEN = re.compile(
    r".*(?:KeyboardInterrupt|SystemExit|GeneratorExit|CancelledError|BaseException).*"
)


def _find(code: UnitCode) -> Iterator[Span]:
    for block in code.all_of(ast.Try):
        taken: ast.ExceptHandler | None = None
        for node in block.handlers:
            types = h.Handler(code, block, node).types()
            is_error = any(map(_ERROR.fullmatch, types))
            if taken is not None and is_error and not any(map(_NOT_TAKEN.fullmatch, types)):
                yield Span(taken.lineno, node.lineno)
                break
            if taken is None and not h.EVERYTHING.isdisjoint(types):
                taken = node


RULE = UnitRule(
    "handler-never-reached",
    "edge-case",
    Severity.WARNING,
    "The handler for `Exception` above has already taken this one, so its code never runs. "
    "Put the specific handlers first.",
    ("except",),
    _find,
    references=("CWE-561",),
    cases="""
def ordered(work):
    try:
        work()
    # ok: handler-never-reached
    except ValueError:
        return 1
    except Exception:
        return 2
    try:
        work()
    # ok: handler-never-reached
    except Exception:
        return 2
    except KeyboardInterrupt:
        return 130
    try:
        work()
    # ok: handler-never-reached
    except Exception:
        return 2
    except WorkerShutdown:
        return 0


def disordered(work):
    try:
        work()
    # ruleid: handler-never-reached
    except Exception:
        logger.exception("failed")
    except ValueError:
        logger.exception("bad value")
    try:
        work()
    # ruleid: handler-never-reached
    except (OSError, Exception):
        logger.exception("failed")
    except (ValueError, json.JSONDecodeError):
        logger.exception("bad value")
""",
)
