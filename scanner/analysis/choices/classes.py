"""How classes, locks and tasks are used."""

from __future__ import annotations

import ast

from scanner.analysis.choices.family import (
    Alternative,
    Family,
    Scene,
    Topic,
    dotted,
    last_name,
)


def _super(node: ast.Call, _scene: Scene) -> str | None:
    if dotted(node.func) != "super":
        return None
    return "with arguments" if node.args else "without arguments"


def _locking(node: ast.AST, _scene: Scene) -> str | None:
    if isinstance(node, ast.withitem):
        return "with" if "lock" in last_name(node.context_expr).lower() else None
    is_call = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    if not is_call or not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return None
    is_lock = "lock" in last_name(node.func.value).lower()
    return "acquire" if is_lock and node.func.attr == "acquire" else None


_SPAWNS = {
    "asyncio.create_task": "create_task",
    "asyncio.ensure_future": "ensure_future",
    "asyncio.TaskGroup": "TaskGroup",
    "asyncio.gather": "gather",
}


def _spawning(node: ast.Call, _scene: Scene) -> str | None:
    name = dotted(node.func)
    if name.endswith("loop.create_task"):
        return "loop"
    return _SPAWNS.get(name)


def _base(node: ast.ClassDef, _scene: Scene) -> str | None:
    if not node.bases:
        return "none" if not node.keywords else None
    is_object = len(node.bases) == 1 and dotted(node.bases[0]) == "object"
    return "object" if is_object else None


def _own_class(node: ast.AST, _scene: Scene) -> str | None:
    if isinstance(node, ast.Attribute):
        return "__class__" if dotted(node) == "self.__class__" else None
    if isinstance(node, ast.Call) and dotted(node.func) == "type" and len(node.args) == 1:
        return "type" if dotted(node.args[0]) == "self" else None
    return None


def _type_test(node: ast.AST, _scene: Scene) -> str | None:
    if isinstance(node, ast.Call):
        return "isinstance" if dotted(node.func) == "isinstance" else None
    if not isinstance(node, ast.Compare) or not isinstance(
        node.ops[0], ast.Eq | ast.Is | ast.NotEq
    ):
        return None
    is_type = isinstance(node.left, ast.Call) and dotted(node.left.func) == "type"
    return "type" if is_type else None


FAMILIES = (
    Family(
        "super-call",
        Topic.STRUCTURE,
        "calls of `super`",
        (ast.Call,),
        _super,
        (
            Alternative(
                "without arguments",
                "plain `super()`",
                "write `super()`",
                "super().f()\n",
                "super()",
            ),
            Alternative(
                "with arguments",
                "`super(Class, self)`",
                "write `super(Class, self)`",
                "super(A, self).f()\n",
                "super($A, $B)",
            ),
        ),
        ("ruff:UP008", "pylint:R1725"),
    ),
    Family(
        "lock-style",
        Topic.STRUCTURE,
        "locks taken",
        (ast.withitem, ast.Call),
        _locking,
        (
            Alternative(
                "with",
                "taken by `with`",
                "take the lock in a `with` statement",
                "with self._lock:\n    f()\n",
                improves_on=("acquire",),
            ),
            Alternative(
                "acquire",
                "taken by `.acquire()`",
                "call `.acquire()`",
                "self._lock.acquire()\n",
                "$X.acquire(...)",
            ),
        ),
    ),
    Family(
        "task-spawning",
        Topic.STRUCTURE,
        "tasks started",
        (ast.Call,),
        _spawning,
        (
            Alternative(
                "create_task",
                "started by `asyncio.create_task`",
                "call `asyncio.create_task(...)`",
                "asyncio.create_task(f())\n",
                "asyncio.create_task(...)",
            ),
            Alternative(
                "ensure_future",
                "started by `asyncio.ensure_future`",
                "call `asyncio.ensure_future(...)`",
                "asyncio.ensure_future(f())\n",
                "asyncio.ensure_future(...)",
            ),
            Alternative(
                "TaskGroup",
                "started in a task group",
                "start it in an `asyncio.TaskGroup`",
                "asyncio.TaskGroup()\n",
                "asyncio.TaskGroup()",
            ),
            Alternative(
                "gather",
                "gathered",
                "call `asyncio.gather(...)`",
                "asyncio.gather(f(), g())\n",
                "asyncio.gather(...)",
            ),
            Alternative(
                "loop",
                "started on the loop",
                "call the loop's `create_task`",
                "loop.create_task(f())\n",
            ),
        ),
    ),
    Family(
        "class-base",
        Topic.STRUCTURE,
        "classes without a base",
        (ast.ClassDef,),
        _base,
        (
            Alternative(
                "none", "written `class A:`", "leave off `(object)`", "class A:\n    pass\n"
            ),
            Alternative(
                "object",
                "derived from `object`",
                "derive it from `object`",
                "class A(object):\n    pass\n",
                "class $C(object):\n  ...\n",
            ),
        ),
        ("ruff:UP004", "pylint:R0205"),
    ),
    Family(
        "own-class",
        Topic.STRUCTURE,
        "objects that ask for their class",
        (ast.Attribute, ast.Call),
        _own_class,
        (
            Alternative(
                "__class__",
                "ones that read `self.__class__`",
                "read `self.__class__`",
                "def f(self):\n    return self.__class__\n",
                "self.__class__",
            ),
            Alternative(
                "type",
                "ones that call `type(self)`",
                "call `type(self)`",
                "def f(self):\n    return type(self)\n",
                "type(self)",
            ),
        ),
    ),
    Family(
        "type-test",
        Topic.STRUCTURE,
        "tests for a type",
        (ast.Call, ast.Compare),
        _type_test,
        (
            Alternative(
                "isinstance",
                "made by `isinstance`",
                "call `isinstance(...)`",
                "x = isinstance(y, int)\n",
                "isinstance(...)",
                improves_on=("type",),
            ),
            Alternative(
                "type",
                "made by comparing `type(…)`",
                "compare `type(...)`",
                "x = type(y) == int\n",
                "type($X) == $T",
            ),
        ),
        ("ruff:E721", "flake8:E721", "pylint:C0123"),
    ),
)
