"""How the code fails: raising, catching, chaining, swallowing."""

from __future__ import annotations

import ast
import re

from scanner.analysis.choices.family import (
    OPEN,
    Alternative,
    Family,
    Scene,
    Topic,
    dotted,
    last_name,
)
from scanner.analysis.choices.logs import is_log_call

_BROAD = ("Exception", "BaseException")


def _breadth(node: ast.ExceptHandler, _scene: Scene) -> str | None:
    if node.type is None:
        return "bare"
    caught = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
    names = [last_name(one) for one in caught]
    return next((name for name in _BROAD if name in names), "specific")


def _is_silent(handler: ast.ExceptHandler) -> bool:
    return all(
        isinstance(one, ast.Pass | ast.Continue)
        or (isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant))
        for one in handler.body
    )


#: A comment that is none for a tool: it says why.
_REMARK = re.compile(r"#(?!\s*(?:noqa|pragma|nosec|type:|pylint:|fmt:))")


def _silence(node: ast.ExceptHandler, scene: Scene) -> str | None:
    if not _is_silent(node):
        return "handled"
    last = (node.end_lineno or node.lineno) + 1 - scene.first_line
    lines = scene.lines[node.lineno - scene.first_line : last]
    return None if any(_REMARK.search(line) for line in lines) else "silent"


def _suppression(node: ast.AST, _scene: Scene) -> str | None:
    if isinstance(node, ast.Try):
        is_lone = len(node.handlers) == 1 and not node.orelse and not node.finalbody
        passes = is_lone and all(isinstance(one, ast.Pass) for one in node.handlers[0].body)
        return "pass" if passes else None
    if isinstance(node, ast.withitem) and last_name(node.context_expr) == "suppress":
        return "suppress"
    return None


def _handler_logging(node: ast.ExceptHandler, scene: Scene) -> str | None:
    inner = [part for statement in node.body for part in ast.walk(statement)]
    if _is_silent(node) or any(isinstance(part, ast.Raise) for part in inner):
        return None
    if _breadth(node, scene) not in _BROAD:
        return None
    return "logged" if any(is_log_call(part) for part in inner) else "not logged"


def _chaining(node: ast.Raise, scene: Scene) -> str | None:
    if not isinstance(node.exc, ast.Call) or scene.enclosing(ast.ExceptHandler) is None:
        return None
    if node.cause is None:
        return "unchained"
    is_none = isinstance(node.cause, ast.Constant) and node.cause.value is None
    return "from None" if is_none else "from the cause"


def _exception_name(node: ast.ExceptHandler, _scene: Scene) -> str | None:
    """The last word: `pull_err` is named as `err` is."""
    return node.name.rpartition("_")[2] or node.name if node.name else None


def _rethrow(node: ast.Raise, scene: Scene) -> str | None:
    handler = scene.enclosing(ast.ExceptHandler)
    if not isinstance(handler, ast.ExceptHandler) or node.cause is not None:
        return None
    if node.exc is None:
        return "bare"
    return "named" if handler.name and dotted(node.exc) == handler.name else None


FAMILIES = (
    Family(
        "except-breadth",
        Topic.FAILURE,
        "except clauses",
        (ast.ExceptHandler,),
        _breadth,
        (
            Alternative(
                "specific",
                "specific",
                "name the exceptions that are expected",
                "try:\n    f()\nexcept OSError:\n    g()\n",
                improves_on=(
                    "Exception",
                    "BaseException",
                    "bare",
                ),
            ),
            Alternative(
                "Exception",
                "`except Exception`",
                "catch `Exception`",
                "try:\n    f()\nexcept Exception:\n    g()\n",
                "try:\n  ...\nexcept Exception:\n  ...\n",
                improves_on=(
                    "BaseException",
                    "bare",
                ),
            ),
            Alternative(
                "BaseException",
                "`except BaseException`",
                "catch `BaseException`",
                "try:\n    f()\nexcept BaseException:\n    g()\n",
                "try:\n  ...\nexcept BaseException:\n  ...\n",
            ),
            Alternative(
                "bare",
                "bare `except:`",
                "write `except:`",
                "try:\n    f()\nexcept:\n    g()\n",
                "try:\n  ...\nexcept:\n  ...\n",
            ),
        ),
        ("ruff:BLE001", "pylint:W0718", "pylint:W0702"),
        in_tests=False,
    ),
    Family(
        "silent-handler",
        Topic.FAILURE,
        "except clauses",
        (ast.ExceptHandler,),
        _silence,
        (
            Alternative(
                "handled",
                "handled",
                "do something about the exception, or let it pass on",
                "try:\n    f()\nexcept OSError:\n    g()\n",
                improves_on=("silent",),
            ),
            Alternative(
                "silent",
                "swallowed in silence",
                "ignore it with `pass`",
                "try:\n    f()\nexcept OSError:\n    pass\n",
                "try:\n  ...\nexcept $E:\n  pass\n",
            ),
        ),
        ("ruff:S110", "ruff:S112"),
        in_tests=False,
    ),
    Family(
        "suppress-style",
        Topic.FAILURE,
        "exceptions ignored",
        (ast.Try, ast.withitem),
        _suppression,
        (
            Alternative(
                "suppress",
                "ignored with `contextlib.suppress`",
                "write `with contextlib.suppress(...):`",
                "with contextlib.suppress(OSError):\n    f()\n",
                "with contextlib.suppress(...):\n  ...\n",
                improves_on=("pass",),
            ),
            Alternative(
                "pass",
                "ignored with `except …: pass`",
                "write `except ...: pass`",
                "try:\n    f()\nexcept OSError:\n    pass\n",
                "try:\n  ...\nexcept $E:\n  pass\n",
            ),
        ),
        ("ruff:SIM105",),
    ),
    Family(
        "handler-logging",
        Topic.FAILURE,
        "broad handlers that carry on",
        (ast.ExceptHandler,),
        _handler_logging,
        (
            Alternative(
                "logged",
                "ones that log the exception",
                "log the exception in the handler",
                "try:\n    f()\nexcept Exception:\n    logger.error('x')\n",
                improves_on=("not logged",),
            ),
            Alternative(
                "not logged",
                "ones that do not log",
                "handle it without logging",
                "try:\n    f()\nexcept Exception:\n    g()\n",
            ),
        ),
        in_tests=False,
    ),
    Family(
        "raise-chaining",
        Topic.FAILURE,
        "exceptions raised in handlers",
        (ast.Raise,),
        _chaining,
        (
            Alternative(
                "from the cause",
                "chained (`from err`)",
                "add `from err`",
                "try:\n    f()\nexcept OSError as err:\n    raise AppError('x') from err\n",
                improves_on=("unchained",),
            ),
            Alternative(
                "from None",
                "cut off (`from None`)",
                "add `from None`",
                "try:\n    f()\nexcept OSError:\n    raise AppError('x') from None\n",
                improves_on=("unchained",),
            ),
            Alternative(
                "unchained",
                "raised without `from`",
                "raise without `from`",
                "try:\n    f()\nexcept OSError:\n    raise AppError('x')\n",
            ),
        ),
        ("ruff:B904", "pylint:W0707"),
        in_tests=False,
    ),
    Family(
        "exception-name",
        Topic.NAMING,
        "caught exceptions",
        (ast.ExceptHandler,),
        _exception_name,
        (Alternative(OPEN, "named `{choice}`", "name it `{choice}`"),),
    ),
    Family(
        "re-raise",
        Topic.FAILURE,
        "exceptions raised again",
        (ast.Raise,),
        _rethrow,
        (
            Alternative(
                "bare",
                "raised again by a bare `raise`",
                "write `raise`",
                "try:\n    f()\nexcept OSError as err:\n    raise\n",
            ),
            Alternative(
                "named",
                "raised again by name",
                "write `raise err`",
                "try:\n    f()\nexcept OSError as err:\n    raise err\n",
                "try:\n  ...\nexcept $T as $E:\n  ...\n  raise $E\n",
            ),
        ),
        ("ruff:TRY201", "pylint:W0706"),
    ),
)
