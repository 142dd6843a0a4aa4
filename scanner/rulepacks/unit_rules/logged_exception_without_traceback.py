"""`logged-exception-without-traceback`: what failed is logged, but not where."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from scanner.base.model import Severity, Span
from scanner.rulepacks.unit_rules import handlers as h
from scanner.rulepacks.unit_rules.logging_calls import logging_call
from scanner.rulepacks.unit_rules.rule import UnitRule, lines_of
from scanner.rulepacks.unit_rules.unit_code import UnitCode, dotted, gives_a_reason, names

_LEVELS = frozenset(("error", "critical"))
_WITH_TRACEBACK = frozenset(("exception",))


def _find(code: UnitCode) -> Iterator[Span]:
    for handler in h.handlers(code):
        if handler.node.name and handler.catches(h.EVERYTHING) and not _is_told_whole(handler):
            yield from (lines_of(call) for call in _calls(handler, handler.node.name))


def _calls(handler: h.Handler, name: str) -> Iterator[ast.Call]:
    for node in ast.walk(handler.node):
        call = logging_call(node, _LEVELS) if isinstance(node, ast.Call) else None
        if call is None or not call.args or any(one.arg == "exc_info" for one in call.keywords):
            continue
        if not _speaks_of(call, name) or _is_of_one_kind(handler, call, name):
            continue
        yield call


def _speaks_of(call: ast.Call, name: str) -> bool:
    return any(names(argument, name) for argument in call.args)


def _is_of_one_kind(handler: h.Handler, call: ast.Call, name: str) -> bool:
    """Whether the kind of failure was asked for first."""
    return any(
        isinstance(step.node, ast.If)
        and any(
            isinstance(node, ast.Call)
            and dotted(node.func) == "isinstance"
            and node.args
            and names(node.args[0], name)
            for node in ast.walk(step.node.test)
        )
        for step in handler.code.steps_in_function(call)
    )


def _is_told_whole(handler: h.Handler) -> bool:
    """Whether the failure goes on, is logged whole elsewhere in the handler, or matters little."""
    for node in ast.walk(handler.node):
        if isinstance(node, ast.Raise) or logging_call(node, _WITH_TRACEBACK):
            return True
        if isinstance(node, ast.Call) and dotted(node.func).startswith("traceback."):
            return True
    code, line = handler.code, handler.node.lineno
    beside = code.comments_between(line, line + 1)
    in_finally = any(
        isinstance(step.node, h.TryNode) and step.field == "finalbody"
        for step in code.steps_in_function(handler.block)
    )
    return in_finally or any(map(gives_a_reason, beside)) or handler.tries_to_end_something()


RULE = UnitRule(
    "logged-exception-without-traceback",
    "edge-case",
    Severity.INFO,
    "This logs what an unexpected exception says, but not where it came from. "
    "Use `logger.exception(...)`, or pass `exc_info=True`.",
    ("except",),
    _find,
    cases="""
def log_whole(work):
    try:
        work()
    except ValueError as error:
        # ok: logged-exception-without-traceback
        logger.error("bad value: %s", error)
    try:
        work()
    except Exception as error:
        # ok: logged-exception-without-traceback
        logger.error("failed: %s", error, exc_info=True)
    try:
        work()
    except Exception as error:
        # The text of such an error says it all.
        # ok: logged-exception-without-traceback
        logger.error("failed: %s", error)
    try:
        work()
    except Exception as error:
        # ok: logged-exception-without-traceback
        logger.error("failed: %s", error)
        raise error
    try:
        work()
    except Exception as error:
        if isinstance(error, ValueError):
            # ok: logged-exception-without-traceback
            logger.error("bad value: %s", error)
        else:
            logger.exception("failed")
    try:
        work.close()
    except Exception as error:
        # ok: logged-exception-without-traceback
        logger.error("not closed: %s", error)
    try:
        work()
    except Exception as error:
        # ok: logged-exception-without-traceback
        logger.error(f"failed: {error}")
        traceback.print_exc()


def log_half(work):
    try:
        work()
    except Exception as error:
        work.failures += 1
        # ruleid: logged-exception-without-traceback
        logger.error(f"failed: {error}")
    try:
        work()
    except Exception as error:
        work.failures += 1
        # ruleid: logged-exception-without-traceback
        logger.error("failed: %s", error)
    finally:
        work.end()
""",
)
