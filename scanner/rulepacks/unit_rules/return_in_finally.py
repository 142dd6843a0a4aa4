"""`return-in-finally`: what leaves a `finally` throws the exception away (PEP 765)."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from scanner.base.model import Severity, Span
from scanner.rulepacks.unit_rules import handlers as h
from scanner.rulepacks.unit_rules.rule import UnitRule, lines_of
from scanner.rulepacks.unit_rules.unit_code import FunctionNode, UnitCode, gives_a_reason

_Leaving = ast.Return | ast.Continue | ast.Break
_LOOPS = (ast.For, ast.AsyncFor, ast.While)


def _find(code: UnitCode) -> Iterator[Span]:
    for block in h.try_blocks(code):
        leaving = list(_leaving(block.finalbody, in_loop=False))
        if leaving and not any(_is_explained(code, one) for one in leaving):
            yield lines_of(block)


def _leaving(body: Sequence[ast.stmt], *, in_loop: bool) -> Iterator[ast.stmt]:
    """The statements of a block, and of those in it, that leave it; a function's are its own."""
    for statement in body:
        if isinstance(statement, FunctionNode | ast.ClassDef):
            continue
        if isinstance(statement, ast.Return) or (isinstance(statement, _Leaving) and not in_loop):
            yield statement
        for name in ("body", "orelse", "handlers", "finalbody", "cases"):
            inner = getattr(statement, name, [])
            loops = in_loop or (isinstance(statement, _LOOPS) and name == "body")
            for part in inner:
                nested = [part] if isinstance(part, ast.stmt) else part.body
                yield from _leaving(nested, in_loop=loops)


def _is_explained(code: UnitCode, statement: ast.stmt) -> bool:
    line = statement.lineno
    beside = [*code.comments_between(line, line), *code.comments_above(line)]
    return any(map(gives_a_reason, beside))


RULE = UnitRule(
    "return-in-finally",
    "edge-case",
    Severity.WARNING,
    "A `return`, `continue` or `break` in `finally` throws away the exception that is under way. "
    "Leave after the block, or catch what you mean to drop.",
    ("finally",),
    _find,
    references=("CWE-584",),
    cases="""
def cleaned(work, close):
    # ok: return-in-finally
    try:
        return work()
    finally:
        close()


def later(work):
    # ok: return-in-finally
    try:
        work()
    finally:

        def close():
            return work.close()

        work.later(close)


def own_loop(work, items):
    # ok: return-in-finally
    try:
        work()
    finally:
        for item in items:
            if item.is_done:
                continue
            item.close()


def dropped_on_purpose(work, stopped):
    # ok: return-in-finally
    try:
        work()
    finally:
        if stopped():
            return  # The interrupt was seen to already.


def dropped(work, items):
    # ruleid: return-in-finally
    try:
        work()
    finally:
        return True
    for item in items:
        # ruleid: return-in-finally
        try:
            work(item)
        except ValueError:
            work.note()
        finally:
            continue
""",
)
