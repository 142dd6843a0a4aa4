"""How the code meets its surroundings: time, processes, configuration."""

from __future__ import annotations

import ast

from scanner.analysis.choices.family import (
    Alternative,
    Family,
    Scene,
    Topic,
    dotted,
    has_keyword,
    last_name,
)

_RUNNERS = {
    "subprocess.run": "run",
    "subprocess.Popen": "Popen",
    "subprocess.check_output": "check_*",
    "subprocess.check_call": "check_*",
    "subprocess.call": "call",
    "os.system": "os.system",
    "os.popen": "os.system",
    "asyncio.create_subprocess_exec": "asyncio",
    "asyncio.create_subprocess_shell": "asyncio",
}
_SETTINGS = ("settings", "config", "conf", "cfg", "configuration")


def _now(node: ast.Call, _scene: Scene) -> str | None:
    name = dotted(node.func)
    if name.endswith("datetime.utcnow"):
        return "utcnow"
    if not name.endswith("datetime.now"):
        return None
    return "aware" if node.args or node.keywords else "naive"


def _zone(node: ast.Attribute, _scene: Scene) -> str | None:
    name = dotted(node)
    if name in ("datetime.timezone.utc", "timezone.utc"):
        return "timezone.utc"
    return "UTC" if name in ("datetime.UTC", "dt.UTC") else None


def _running(node: ast.Call, _scene: Scene) -> str | None:
    return _RUNNERS.get(dotted(node.func))


def _checking(node: ast.Call, _scene: Scene) -> str | None:
    if dotted(node.func) != "subprocess.run":
        return None
    return "said" if has_keyword(node, "check") else "left out"


def _shell(node: ast.Call, _scene: Scene) -> str | None:
    if not dotted(node.func).startswith("subprocess."):
        return None
    for keyword in node.keywords:
        if keyword.arg == "shell" and isinstance(keyword.value, ast.Constant):
            return "shell" if keyword.value.value is True else "arguments"
    return "arguments" if node.args else None


def _environment(node: ast.AST, _scene: Scene) -> str | None:
    if isinstance(node, ast.Subscript):
        is_read = isinstance(node.ctx, ast.Load)
        return "index" if is_read and dotted(node.value) == "os.environ" else None
    name = dotted(node.func) if isinstance(node, ast.Call) else ""
    return {"os.environ.get": "environ.get", "os.getenv": "getenv"}.get(name)


def _configuration(node: ast.AST, scene: Scene) -> str | None:
    if isinstance(node, ast.Attribute):
        is_read = isinstance(node.ctx, ast.Load) and not isinstance(scene.parent, ast.Attribute)
        is_call = isinstance(scene.parent, ast.Call) and scene.parent.func is node
        is_settings = last_name(node.value).lower().lstrip("_") in _SETTINGS
        return "object" if is_read and is_settings and not is_call and scene.in_function else None
    if isinstance(node, ast.Subscript):
        is_settings = last_name(node.value).lower().lstrip("_") in _SETTINGS
        is_key = isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str)
        if is_settings and is_key and scene.in_function:
            return "mapping"
    return "environment" if _environment(node, scene) and scene.in_function else None


def _sleeping(node: ast.Call, scene: Scene) -> str | None:
    if dotted(node.func) not in ("time.time", "time.monotonic", "time.perf_counter"):
        return None
    is_elapsed = isinstance(scene.parent, ast.BinOp) and isinstance(scene.parent.op, ast.Sub)
    return dotted(node.func).split(".")[-1] if is_elapsed else None


FAMILIES = (
    Family(
        "current-time",
        Topic.SYSTEM,
        "readings of the date",
        (ast.Call,),
        _now,
        (
            Alternative(
                "aware",
                "aware (`datetime.now(tz)`)",
                "pass the time zone: `datetime.now(timezone.utc)`",
                "datetime.now(timezone.utc)\n",
                improves_on=(
                    "naive",
                    "utcnow",
                ),
            ),
            Alternative(
                "naive",
                "naive (`datetime.now()`)",
                "call `datetime.now()`",
                "datetime.now()\n",
                "datetime.now()",
            ),
            Alternative(
                "utcnow",
                "naive (`datetime.utcnow()`)",
                "call `datetime.utcnow()`",
                "datetime.utcnow()\n",
                "datetime.utcnow()",
            ),
        ),
        ("ruff:DTZ",),
    ),
    Family(
        "utc-name",
        Topic.SYSTEM,
        "mentions of UTC",
        (ast.Attribute,),
        _zone,
        (
            Alternative(
                "timezone.utc",
                "written `timezone.utc`",
                "write `timezone.utc`",
                "x = timezone.utc\n",
                "timezone.utc",
            ),
            Alternative(
                "UTC",
                "written `datetime.UTC`",
                "write `datetime.UTC`",
                "x = datetime.UTC\n",
                "datetime.UTC",
            ),
        ),
        ("ruff:UP017",),
    ),
    Family(
        "elapsed-time",
        Topic.SYSTEM,
        "measurements of elapsed time",
        (ast.Call,),
        _sleeping,
        tuple(
            Alternative(
                name,
                f"made with `time.{name}()`",
                f"use `time.{name}()`",
                f"x = time.{name}() - start\n",
                f"time.{name}() - $X",
            )
            for name in ("time", "monotonic", "perf_counter")
        ),
    ),
    Family(
        "subprocess-call",
        Topic.SYSTEM,
        "processes started",
        (ast.Call,),
        _running,
        (
            Alternative(
                "run",
                "started by `subprocess.run`",
                "call `subprocess.run(...)`",
                "subprocess.run(a)\n",
                "subprocess.run(...)",
            ),
            Alternative(
                "Popen",
                "started by `subprocess.Popen`",
                "use `subprocess.Popen(...)`",
                "subprocess.Popen(a)\n",
                "subprocess.Popen(...)",
            ),
            Alternative(
                "check_*",
                "started by `check_output` or `check_call`",
                "call `subprocess.check_output(...)`",
                "subprocess.check_output(a)\n",
                "subprocess.check_output(...)",
            ),
            Alternative(
                "call",
                "started by `subprocess.call`",
                "call `subprocess.call(...)`",
                "subprocess.call(a)\n",
                "subprocess.call(...)",
            ),
            Alternative(
                "os.system",
                "started by `os.system`",
                "call `os.system(...)`",
                "os.system(a)\n",
                "os.system(...)",
            ),
            Alternative(
                "asyncio",
                "started by asyncio",
                "await `asyncio.create_subprocess_exec(...)`",
                "asyncio.create_subprocess_exec(a)\n",
                "asyncio.create_subprocess_exec(...)",
            ),
        ),
    ),
    Family(
        "subprocess-check",
        Topic.SYSTEM,
        "calls of `subprocess.run`",
        (ast.Call,),
        _checking,
        (
            Alternative(
                "said",
                "given a `check`",
                "pass `check=True` or `check=False`",
                "subprocess.run(a, check=True)\n",
                improves_on=("left out",),
            ),
            Alternative(
                "left out", "made without `check`", "leave off `check`", "subprocess.run(a)\n"
            ),
        ),
        ("ruff:PLW1510", "pylint:W1510"),
    ),
    Family(
        "subprocess-shell",
        Topic.SYSTEM,
        "processes started",
        (ast.Call,),
        _shell,
        (
            Alternative(
                "arguments",
                "given a list of arguments",
                "pass a list of arguments, without `shell=True`",
                "subprocess.run(['a', 'b'])\n",
                improves_on=("shell",),
            ),
            Alternative(
                "shell",
                "run through the shell",
                "pass `shell=True`",
                "subprocess.run('a b', shell=True)\n",
                "subprocess.$F(..., shell=True, ...)",
            ),
        ),
        ("ruff:S602", "ruff:S604"),
    ),
    Family(
        "environment-access",
        Topic.SYSTEM,
        "environment variables read",
        (ast.Call, ast.Subscript),
        _environment,
        (
            Alternative(
                "environ.get",
                "read by `os.environ.get`",
                "call `os.environ.get(...)`",
                "os.environ.get('A')\n",
                "os.environ.get(...)",
            ),
            Alternative(
                "getenv",
                "read by `os.getenv`",
                "call `os.getenv(...)`",
                "os.getenv('A')\n",
                "os.getenv(...)",
            ),
            Alternative(
                "index",
                "read by `os.environ[…]`",
                "read `os.environ['...']`",
                "x = os.environ['A']\n",
            ),
        ),
        ("ruff:PLW1508",),
        in_tests=False,
    ),
    Family(
        "configuration-access",
        Topic.SYSTEM,
        "settings read in functions",
        (ast.Attribute, ast.Subscript, ast.Call),
        _configuration,
        (
            Alternative(
                "object",
                "attributes of a settings object",
                "read the attribute of the settings object",
                "def f():\n    return settings.debug\n",
            ),
            Alternative(
                "mapping",
                "keys of a settings mapping",
                "read the key of the settings mapping",
                "def f():\n    return config['debug']\n",
            ),
            Alternative(
                "environment",
                "read straight from the environment",
                "read the environment variable",
                "def f():\n    return os.environ.get('DEBUG')\n",
                "os.environ.get(...)",
            ),
        ),
        in_tests=False,
    ),
)
