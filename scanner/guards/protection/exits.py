"""How a block of code is left: by an exception, quietly, or with a result of its own. Pure."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence

from scanner.guards.protection.conditions import path_of
from scanner.guards.protection.guard import Form
from scanner.guards.protection.inline import is_plain

#: A block that does more than this before it leaves is a case of its own.
_MOST_STATEMENTS = 4
#: What stands for a refusal among the results of a function.
_REFUSING = re.compile(
    r"err|fail|forbid|denied|invalid|unauth|not_?found|bad_?request|abort|redirect|problem|reject",
    re.IGNORECASE,
)
#: Calls that do not come back.
_ENDING = frozenset(("sys.exit", "exit", "quit", "os._exit", "abort", "flask.abort", "pytest.skip"))
#: Exceptions that tell of something that is not there yet, or no longer.
_LIMITATION = frozenset(
    ("NotImplementedError", "DeprecationWarning", "ImportError", "ModuleNotFoundError")
)
_UNSUPPORTED = re.compile(
    r"support|implement|not yet|deprecat|no longer|not allowed (?:with|when)|not available"
    r"|can ?not be (?:used|combined|set|specified)|can't be used|install|incompatible|mutually"
    r"|only (?:works|valid|available|one|be used)|requires? (?:the|python|at least|version)",
    re.IGNORECASE,
)


def form_of_exit(body: Sequence[ast.stmt]) -> Form | None:
    """How a block that is always left is left; None where it is not, or has its own result."""
    if not body or len(body) > _MOST_STATEMENTS:
        return None
    *first, last = body
    if any(isinstance(one, ast.For | ast.While | ast.With | ast.Try | ast.Match) for one in first):
        return None
    match last:
        case ast.Raise():
            return Form.UNTOLD if _tells_a_limitation(last) else Form.RAISES
        case ast.Return(None):
            return Form.LEAVES
        case ast.Return(value) if value is not None and _is_refusal(value):
            return Form.LEAVES
        case ast.Continue() | ast.Break():
            return Form.LEAVES
        case ast.Expr(ast.Call() as call) if ends_the_program(call):
            return Form.LEAVES if _is_success(call) else Form.RAISES
    return None


def ends_the_program(call: ast.Call) -> bool:
    """Whether a call is one that never comes back."""
    return (path_of(call.func) or "") in _ENDING


def _is_success(call: ast.Call) -> bool:
    return not call.args or (isinstance(call.args[0], ast.Constant) and not call.args[0].value)


def _is_refusal(value: ast.expr) -> bool:
    if is_plain(value):
        return True
    match value:
        case ast.Tuple(items):
            return any(map(_is_refusal, items))
        case ast.Await(one):
            return _is_refusal(one)
        case ast.Call(function, args, keywords):
            name = path_of(function) or ""
            given = [*args, *(one.value for one in keywords)]
            return bool(_REFUSING.search(name)) or all(map(is_plain, given)) or _has_code(given)
    return bool(_REFUSING.search(ast.unparse(value)))


def _has_code(given: Sequence[ast.expr]) -> bool:
    """Whether one of some arguments is a status of failure, or speaks of one."""
    return any(
        (isinstance(one, ast.Constant) and isinstance(one.value, int) and 400 <= one.value < 600)
        or (isinstance(one, ast.Dict) and _REFUSING.search(ast.unparse(one)))
        for one in given
    )


def _tells_a_limitation(node: ast.Raise) -> bool:
    if node.exc is None:
        return False
    called = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
    name = (path_of(called) or "").rpartition(".")[2]
    return name in _LIMITATION or bool(_UNSUPPORTED.search(ast.unparse(node.exc)))
