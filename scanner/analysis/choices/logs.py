"""How the code reports what it does."""

from __future__ import annotations

import ast

from scanner.analysis.choices.family import (
    OPEN,
    Alternative,
    Family,
    Scene,
    Seen,
    Topic,
    dotted,
    has_keyword,
    is_text,
    last_name,
)
from scanner.base.model import UnitKind

LEVELS = frozenset({"debug", "info", "warning", "warn", "error", "exception", "critical"})
_CHANNELS = {"print": "print", "click.echo": "click", "click.secho": "click", "typer.echo": "typer"}


def is_log_call(node: ast.AST) -> bool:
    """Whether a node is a call such as `logger.info(…)` or `self._log.error(…)`."""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
        return False
    if node.func.attr not in LEVELS:
        return False
    receiver = last_name(node.func.value).lower().lstrip("_")
    return receiver in ("log", "logger", "logging") or receiver.endswith(("_log", "logger"))


def _channel(node: ast.Call, scene: Scene) -> str | None:
    if scene.kind is UnitKind.MODULE or has_keyword(node, "file") or has_keyword(node, "err"):
        return None
    if is_log_call(node):
        return "logging"
    name = dotted(node.func)
    if name.endswith("console.print"):
        return "rich"
    return _CHANNELS.get(name)


def _acquisition(node: ast.Assign, scene: Scene) -> str | None:
    if not isinstance(node.value, ast.Call):
        return None
    name = last_name(node.value)
    if name not in ("getLogger", "get_logger"):
        return None
    if scene.in_function:
        return "in function"
    argument = node.value.args[0] if node.value.args else None
    own = "" if name == "getLogger" else " helper"
    if argument is None:
        return f"unnamed{own}"
    return f"by module{own}" if dotted(argument) == "__name__" else f"by text{own}"


def _name(node: ast.Assign, _scene: Scene) -> str | None:
    is_made = isinstance(node.value, ast.Call) and last_name(node.value) in (
        "getLogger",
        "get_logger",
    )
    target = node.targets[0]
    return target.id if is_made and isinstance(target, ast.Name) else None


def _formatting(node: ast.Call, _scene: Scene) -> str | None:
    if not is_log_call(node) or not node.args:
        return None
    text = node.args[0]
    if isinstance(text, ast.JoinedStr):
        has_data = any(isinstance(part, ast.FormattedValue) for part in text.values)
        return "f-string" if has_data else None
    if isinstance(text, ast.BinOp):
        if any(isinstance(part, ast.JoinedStr) for part in ast.walk(text)):
            return None  # joined of parts, which are formatted in another way
        return "operator" if is_text(text.left) else None
    if isinstance(text, ast.Call) and last_name(text) == "format":
        return "format"
    if len(node.args) > 1:
        return "lazy"
    if {keyword.arg for keyword in node.keywords} - {"exc_info", "extra", "stack_info", None}:
        return "key values"
    return None


def _trace(node: ast.Call, scene: Scene) -> str | None:
    if not is_log_call(node) or scene.enclosing(ast.ExceptHandler) is None:
        return None
    level = last_name(node.func)
    if level == "exception":
        return "exception"
    if level not in ("error", "critical"):
        return None
    return "exc_info" if has_keyword(node, "exc_info") else "message only"


def _warn(node: ast.Call, _scene: Scene) -> str | None:
    if not is_log_call(node):
        return None
    name = last_name(node.func)
    return name if name in ("warn", "warning") else None


def _punctuation(node: ast.Call, _scene: Scene) -> Seen | None:
    if not is_log_call(node) or not node.args:
        return None
    value = node.args[0].value if isinstance(node.args[0], ast.Constant) else None
    if not isinstance(value, str) or len(value) < 2 or not value[0].isalpha() or value[1].isupper():
        return None
    return Seen("capitalised" if value[0].isupper() else "lower case")


FAMILIES = (
    Family(
        "output-channel",
        Topic.LOGGING,
        "reports of functions",
        (ast.Call,),
        _channel,
        (
            Alternative(
                "logging",
                "made through a logger",
                "call the module's logger, e.g. `logger.info(...)`",
                "def f(x):\n    logger.info('got %s', x)\n",
                improves_on=("print", "click", "typer", "rich"),
            ),
            Alternative(
                "print",
                "made by `print`",
                "call `print(...)`",
                "def f(x):\n    print(x)\n",
                "print(...)",
            ),
            Alternative(
                "click",
                "made by `click.echo`",
                "call `click.echo(...)`",
                "def f(x):\n    click.echo(x)\n",
                "click.echo(...)",
            ),
            Alternative(
                "typer",
                "made by `typer.echo`",
                "call `typer.echo(...)`",
                "def f(x):\n    typer.echo(x)\n",
                "typer.echo(...)",
            ),
            Alternative(
                "rich",
                "made by a rich console",
                "call `console.print(...)`",
                "def f(x):\n    console.print(x)\n",
            ),
        ),
        ("ruff:T20",),
        in_tests=False,
    ),
    Family(
        "logger-acquisition",
        Topic.LOGGING,
        "loggers",
        (ast.Assign,),
        _acquisition,
        (
            Alternative(
                "by module",
                "made by `logging.getLogger(__name__)`",
                "write `logging.getLogger(__name__)` at the top of the module",
                "logger = logging.getLogger(__name__)\n",
            ),
            Alternative(
                "by text",
                "made by `getLogger` with a name of their own",
                "name it in `logging.getLogger('...')`",
                "logger = logging.getLogger('app')\n",
                "$X = logging.getLogger('...')",
            ),
            Alternative(
                "unnamed",
                "the root logger",
                "call `logging.getLogger()`",
                "logger = logging.getLogger()\n",
                "$X = logging.getLogger()",
            ),
            Alternative(
                "in function",
                "made inside a function",
                "make it where it is used",
                "def f():\n    log = logging.getLogger(__name__)\n    return log\n",
            ),
            Alternative(
                "by module helper",
                "made by `get_logger(__name__)`",
                "call the project's `get_logger(__name__)` at the top of the module",
                "logger = get_logger(__name__)\n",
            ),
            Alternative(
                "by text helper",
                "made by `get_logger` with a name of their own",
                "call the project's `get_logger('...')`",
                "logger = get_logger('app')\n",
            ),
            Alternative(
                "unnamed helper",
                "made by `get_logger()`",
                "call `get_logger()`",
                "logger = structlog.get_logger()\n",
            ),
        ),
        in_tests=False,
    ),
    Family(
        "logger-name",
        Topic.LOGGING,
        "loggers",
        (ast.Assign,),
        _name,
        (Alternative(OPEN, "named `{choice}`", "name it `{choice}`"),),
    ),
    Family(
        "log-formatting",
        Topic.LOGGING,
        "log calls with data",
        (ast.Call,),
        _formatting,
        (
            Alternative(
                "lazy",
                "lazy (`%s` and arguments)",
                "pass the values as arguments: `logger.info('... %s', value)`",
                "logger.info('got %s', x)\n",
                improves_on=("f-string", "format", "operator"),
            ),
            Alternative(
                "f-string",
                "f-strings",
                "write an f-string",
                "logger.info(f'got {x}')\n",
                'logger.$L(f"...")',
            ),
            Alternative(
                "format",
                "formatted by `.format`",
                "call `.format(...)` on the message",
                "logger.info('got {}'.format(x))\n",
                'logger.$L("...".format(...))',
            ),
            Alternative(
                "operator",
                "formatted by `%` or `+`",
                "format the message with `%`",
                "logger.info('got %s' % x)\n",
                'logger.$L("..." % ...)',
            ),
            Alternative(
                "key values",
                "a message with key-value pairs",
                "pass the data as keywords: `logger.info('event', key=value)`",
                "logger.info('got', item=x)\n",
            ),
        ),
        ("ruff:G", "pylint:W1201", "pylint:W1202", "pylint:W1203"),
        in_tests=False,
    ),
    Family(
        "log-in-handler",
        Topic.LOGGING,
        "errors logged in handlers",
        (ast.Call,),
        _trace,
        (
            Alternative(
                "exception",
                "logged with `logger.exception`",
                "call `logger.exception(...)`, which keeps the traceback",
                "try:\n    f()\nexcept OSError:\n    logger.exception('no')\n",
                improves_on=("message only",),
            ),
            Alternative(
                "exc_info",
                "logged with `exc_info`",
                "pass `exc_info=True`",
                "try:\n    f()\nexcept OSError:\n    logger.error('no', exc_info=True)\n",
                improves_on=("message only",),
            ),
            Alternative(
                "message only",
                "logged without a traceback",
                "log the message alone: `logger.error(...)`",
                "try:\n    f()\nexcept OSError:\n    logger.error('no')\n",
            ),
        ),
        ("ruff:TRY400",),
    ),
    Family(
        "log-warning",
        Topic.LOGGING,
        "warnings logged",
        (ast.Call,),
        _warn,
        (
            Alternative(
                "warning",
                "made by `.warning`",
                "call `.warning(...)`",
                "logger.warning('x')\n",
                "logger.warning(...)",
                improves_on=("warn",),
            ),
            Alternative(
                "warn",
                "made by the deprecated `.warn`",
                "call `.warn(...)`",
                "logger.warn('x')\n",
                "logger.warn(...)",
            ),
        ),
        ("ruff:G010",),
    ),
    Family(
        "log-capitals",
        Topic.LOGGING,
        "log messages",
        (ast.Call,),
        _punctuation,
        (
            Alternative(
                "capitalised",
                "capitalised",
                "begin the message with a capital letter",
                "logger.info('Got it')\n",
            ),
            Alternative(
                "lower case",
                "in lower case",
                "begin the message in lower case",
                "logger.info('got it')\n",
            ),
        ),
        in_tests=False,
    ),
)
