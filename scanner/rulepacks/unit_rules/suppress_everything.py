"""`suppress-everything`: `suppress(Exception)`."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from scanner.base.model import Severity, Span
from scanner.rulepacks.unit_rules import handlers as h
from scanner.rulepacks.unit_rules.rule import TESTS, UnitRule, lines_of
from scanner.rulepacks.unit_rules.unit_code import UnitCode, dotted, gives_a_reason

_SUPPRESS = frozenset(("contextlib.suppress", "suppress"))


def _find(code: UnitCode) -> Iterator[Span]:
    for node in code.all_of(ast.Call):
        if dotted(node.func) not in _SUPPRESS or not node.args:
            continue
        if dotted(node.args[0]) in h.EVERYTHING and not _is_meant(code, node):
            yield lines_of(node)


def _is_meant(code: UnitCode, call: ast.Call) -> bool:
    block = next(
        (s.node for s in code.steps_up(call) if isinstance(s.node, ast.With | ast.AsyncWith)), None
    )
    if block is not None:
        beside = code.comments_between(block.lineno, block.body[0].lineno - 1)
        if any(map(gives_a_reason, beside)) or h.is_tolerated_above(code, block.lineno):
            return True
        if h.ends_something(block.body[0], ("send", "repr")):
            return True
    return (
        h.is_in_cleanup(code, call)
        or h.is_in_ending_function(code, call)
        or h.is_promised(code, call)
    )


RULE = UnitRule(
    "suppress-everything",
    "edge-case",
    Severity.INFO,
    "`suppress(Exception)` hides every failure in the block, the ones nobody thought of too. "
    "Name the exception that is harmless here.",
    ("suppress",),
    _find,
    references=("CWE-390",),
    elsewhere=(*TESTS, "*analytics*", "*telemetry*", "*metrics*"),
    is_opt_in=True,
    own_points=2.0,
    cases='''
class Handle:
    def close(self):
        # ok: suppress-everything
        with suppress(Exception):
            self.flush()


def promised(work):
    """Best effort: never raises."""
    # ok: suppress-everything
    with suppress(Exception):
        work()


def removed(path, connection, work):
    # ok: suppress-everything
    with suppress(FileNotFoundError):
        path.unlink()
    # ok: suppress-everything
    with suppress(Exception):
        connection.close()
    # ok: suppress-everything
    with suppress(Exception):  # the other side may be gone
        connection.tell()
    # Suppress what an old version raises.
    # ok: suppress-everything
    with suppress(Exception):
        connection.tell()
    try:
        work()
    finally:
        # ok: suppress-everything
        with suppress(Exception):
            connection.tell()
    # ruleid: suppress-everything
    with contextlib.suppress(Exception):
        path.unlink()
''',
)
