"""`cancellation-swallowed`: a task in a loop that cannot be cancelled."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from scanner.base.model import Severity, Span
from scanner.rulepacks.unit_rules import handlers as h
from scanner.rulepacks.unit_rules.rule import UnitRule, lines_of
from scanner.rulepacks.unit_rules.unit_code import UnitCode

_CANCELLED = frozenset(("asyncio.CancelledError", "CancelledError"))


def _find(code: UnitCode) -> Iterator[Span]:
    for handler in h.handlers(code):
        is_cancelled = handler.node.type is not None and handler.catches(_CANCELLED)
        if not (is_cancelled and handler.does_nothing() and _goes_on(handler)):
            continue
        if not _waits_for_one_it_cancelled(handler):
            yield lines_of(handler.block)


def _goes_on(handler: h.Handler) -> bool:
    """At the end of a task it is only late news; in a loop of an `async def` the task goes on."""
    functions = handler.code.functions_round(handler.block)
    return bool(functions) and (
        isinstance(functions[0], ast.AsyncFunctionDef)
        and any(
            isinstance(step.node, ast.For | ast.AsyncFor | ast.While)
            for step in handler.code.steps_in_function(handler.block)
        )
    )


def _waits_for_one_it_cancelled(handler: h.Handler) -> bool:
    """The one good use: a single `await`, or any after a call of `cancel` in the function."""
    match handler.block.body:
        case [ast.Expr(value=ast.Await())] | [ast.Assign(value=ast.Await())]:
            return True
    function = handler.code.functions_round(handler.block)[0]
    return any(
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "cancel"
        and node.lineno < handler.block.lineno
        for node in ast.walk(function)
    )


RULE = UnitRule(
    "cancellation-swallowed",
    "edge-case",
    Severity.WARNING,
    "A task that swallows `CancelledError` cannot be cancelled: timeouts and shutdown hang or go "
    "on regardless. Clean up and `raise`; swallow it only right after awaiting a task that you "
    "cancelled yourself.",
    ("CancelledError",),
    _find,
    cases="""
async def stop(self, task):
    task.cancel()
    # ok: cancellation-swallowed
    try:
        await task
    except asyncio.CancelledError:
        pass


async def clean_up(self, work):
    # ok: cancellation-swallowed
    try:
        await work()
    except asyncio.CancelledError:
        await self.close()
        raise


async def run_until_cancelled(self, work):
    # ok: cancellation-swallowed
    try:
        while True:
            await work()
    except asyncio.CancelledError:
        pass
    await self.close()


async def stop_all(self, tasks):
    for task in tasks:
        # ok: cancellation-swallowed
        try:
            await task
        except asyncio.CancelledError:
            pass


async def uncancellable(self, work):
    while True:
        # ruleid: cancellation-swallowed
        try:
            await self.queue.get()
            await work()
        except asyncio.CancelledError:
            pass
""",
)
