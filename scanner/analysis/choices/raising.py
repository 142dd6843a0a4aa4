"""How the code says that something is wrong."""

from __future__ import annotations

import ast
import builtins

from scanner.analysis.choices.family import (
    OPEN,
    Alternative,
    Family,
    Scene,
    Topic,
    body_after_docstring,
    dotted,
    has_keyword,
    is_test,
    is_text,
    last_name,
)

_UNCOUNTED = frozenset(
    {"NotImplementedError", "SystemExit", "KeyboardInterrupt", "StopIteration", "AssertionError"}
)


BUILTIN_ERRORS = frozenset(
    name
    for name, value in vars(builtins).items()
    if isinstance(value, type) and issubclass(value, BaseException)
)


def _raised(node: ast.Raise, _scene: Scene) -> str | None:
    name = last_name(node.exc) if node.exc is not None else ""
    if not name or not name[0].isupper() or name in _UNCOUNTED:
        return None
    if name in ("Exception", "BaseException"):
        return "plain Exception"
    return "built-in" if name in BUILTIN_ERRORS else "own"


def _message(node: ast.Raise, _scene: Scene) -> str | None:
    if not isinstance(node.exc, ast.Call) or len(node.exc.args) != 1:
        return None
    argument = node.exc.args[0]
    if isinstance(argument, ast.JoinedStr) or is_text(argument):
        return "in place"
    is_variable = isinstance(argument, ast.Name) and argument.id in ("msg", "message")
    return "variable" if is_variable else None


def _suffix(node: ast.ClassDef, _scene: Scene) -> str | None:
    bases = [last_name(base) for base in node.bases]
    if not any(base.endswith(("Error", "Exception")) for base in bases):
        return None
    return next((end for end in ("Error", "Exception") if node.name.endswith(end)), "neither")


def _validation(node: ast.AST, scene: Scene) -> str | None:
    function = scene.ancestors[1] if len(scene.ancestors) == 2 else None
    if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef) or is_test(function):
        return None
    if node not in body_after_docstring(function)[:3]:
        return None
    if isinstance(node, ast.Assert):
        return "assert"
    body = node.body if isinstance(node, ast.If) else []
    return "raise" if len(body) == 1 and isinstance(body[0], ast.Raise) else None


def _abort(node: ast.Call, _scene: Scene) -> str | None:
    name = dotted(node.func)
    if name in ("exit", "quit", "sys.exit", "os._exit", "typer.Exit", "click.Abort"):
        return name
    return None


def _warn(node: ast.Call, _scene: Scene) -> str | None:
    if dotted(node.func) != "warnings.warn":
        return None
    return "with stacklevel" if has_keyword(node, "stacklevel") else "without stacklevel"


FAMILIES = (
    Family(
        "exception-raised",
        Topic.FAILURE,
        "exceptions raised",
        (ast.Raise,),
        _raised,
        (
            Alternative(
                "own",
                "types of the project or a library",
                "raise one of the project's own exception types",
                "raise AppError('x')\n",
                improves_on=("plain Exception",),
            ),
            Alternative(
                "built-in",
                "built-in types",
                "raise a built-in exception such as `ValueError`",
                "raise ValueError('x')\n",
                improves_on=("plain Exception",),
            ),
            Alternative(
                "plain Exception",
                "plain `Exception`",
                "raise `Exception`",
                "raise Exception('x')\n",
                "raise Exception(...)",
            ),
        ),
        ("ruff:TRY002",),
        in_tests=False,
    ),
    Family(
        "raise-message",
        Topic.FAILURE,
        "exception messages",
        (ast.Raise,),
        _message,
        (
            Alternative(
                "in place", "written in place", "write the message in the call", "raise E('x')\n"
            ),
            Alternative(
                "variable",
                "put in a variable first",
                "assign the message to a variable first",
                "raise E(msg)\n",
            ),
        ),
        ("ruff:EM",),
    ),
    Family(
        "exception-suffix",
        Topic.NAMING,
        "exception classes",
        (ast.ClassDef,),
        _suffix,
        (
            Alternative(
                "Error",
                "named `…Error`",
                "end the name in `Error`",
                "class AppError(Exception):\n    pass\n",
            ),
            Alternative(
                "Exception",
                "named `…Exception`",
                "end the name in `Exception`",
                "class AppException(Exception):\n    pass\n",
            ),
            Alternative(
                "neither",
                "named without a suffix",
                "leave off the suffix",
                "class NotFound(Exception):\n    pass\n",
            ),
        ),
        ("ruff:N818",),
        in_tests=False,
    ),
    Family(
        "validation-style",
        Topic.FAILURE,
        "checks at the head of functions",
        (ast.Assert, ast.If),
        _validation,
        (
            Alternative(
                "raise",
                "made by `if …: raise`",
                "write `if ...: raise ...`",
                "def f(x):\n    if not x:\n        raise ValueError('x')\n    return x\n",
            ),
            Alternative(
                "assert",
                "made by `assert`",
                "write an `assert`",
                "def f(x):\n    assert x\n    return x\n",
            ),
        ),
        ("ruff:S101",),
        in_tests=False,
    ),
    Family(
        "abort-style",
        Topic.FAILURE,
        "ways out of the program",
        (ast.Call,),
        _abort,
        (
            Alternative(
                "sys.exit",
                "`sys.exit`",
                "call `sys.exit(...)`",
                "sys.exit(1)\n",
                "sys.exit(...)",
            ),
            Alternative(OPEN, "`{choice}`", "use `{choice}`"),
        ),
        ("ruff:PLR1722", "pylint:R1722"),
        in_tests=False,
    ),
    Family(
        "warning-stacklevel",
        Topic.FAILURE,
        "calls of `warnings.warn`",
        (ast.Call,),
        _warn,
        (
            Alternative(
                "with stacklevel",
                "given a `stacklevel`",
                "pass `stacklevel=2`",
                "warnings.warn('x', stacklevel=2)\n",
                improves_on=("without stacklevel",),
            ),
            Alternative(
                "without stacklevel",
                "made without `stacklevel`",
                "leave off `stacklevel`",
                "warnings.warn('x')\n",
            ),
        ),
        ("ruff:B028",),
    ),
)
