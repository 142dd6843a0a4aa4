"""How functions are built."""

from __future__ import annotations

import ast

from scanner.analysis.choices.family import (
    FUNCTIONS,
    Alternative,
    Family,
    Function,
    Reach,
    Scene,
    Seen,
    Topic,
    body_after_docstring,
    decorator_names,
    dotted,
    is_public,
    is_test,
    last_name,
    leaves,
)
from scanner.model import UnitKind


def _helper(node: Function, scene: Scene) -> str | None:
    if scene.is_unit:
        is_helper = scene.kind is UnitKind.FUNCTION and node.name.startswith("_")
        return "module" if is_helper and not node.name.startswith("__") else None
    outer = scene.enclosing(*FUNCTIONS)
    if not isinstance(outer, ast.FunctionDef | ast.AsyncFunctionDef) or node.decorator_list:
        return None
    calls, others = 0, 0
    for part in ast.walk(outer):
        if isinstance(part, ast.Call) and dotted(part.func) == node.name:
            calls += 1
        elif isinstance(part, ast.Name) and part.id == node.name:
            others += 1
    return "nested" if calls and others == calls else None


def _guard(node: Function, scene: Scene) -> Seen | None:
    if not scene.is_unit:
        return None
    body = body_after_docstring(node)
    for statement in body[:-1]:
        if isinstance(statement, ast.If) and not statement.orelse and leaves(statement.body[-1]):
            return Seen("early", line=statement.lineno)
    last = body[-1] if body else None
    if not isinstance(last, ast.If) or len(last.body) < 4 or len(body) > 3:
        return None
    fails = len(last.orelse) == 1 and leaves(last.orelse[0])
    is_whole = not last.orelse and not leaves(last.body[-1])
    return Seen("nested", line=last.lineno) if fails or is_whole else None


def _else_after(node: ast.If, _scene: Scene) -> str | None:
    if not leaves(node.body[-1]) or not isinstance(node.body[-1], ast.Return | ast.Raise):
        return None
    if node.orelse:
        is_elif = len(node.orelse) == 1 and isinstance(node.orelse[0], ast.If)
        return None if is_elif or not leaves(node.orelse[-1]) else "else"
    return "none"


def _asynchrony(node: Function, scene: Scene) -> str | None:
    names = [name.split(".")[-1] for name in decorator_names(node)]
    is_counted = scene.is_unit and is_public(node.name) and not is_test(node)
    if not is_counted or any("property" in name or name == "overload" for name in names):
        return None
    return "async" if isinstance(node, ast.AsyncFunctionDef) else "sync"


def _flags(node: Function, scene: Scene) -> Seen | None:
    if not scene.is_unit:
        return None
    arguments = node.args
    positional = [*arguments.posonlyargs, *arguments.args]
    defaults = list(zip(reversed(positional), reversed(arguments.defaults), strict=False))
    for parameter, default in defaults:
        if isinstance(default, ast.Constant) and isinstance(default.value, bool):
            return Seen("by position", line=parameter.lineno)
    for parameter, named in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        if isinstance(named, ast.Constant) and isinstance(named.value, bool):
            return Seen("by keyword", line=parameter.lineno)
    return None


def _options(node: Function, scene: Scene) -> str | None:
    arguments = node.args
    count = len(arguments.defaults) + sum(one is not None for one in arguments.kw_defaults)
    if not scene.is_unit or count < 3 or not is_public(node.name):
        return None
    return "by keyword" if arguments.kwonlyargs else "by position"


def _super(node: ast.Call, _scene: Scene) -> str | None:
    if dotted(node.func) != "super":
        return None
    return "with arguments" if node.args else "without arguments"


def _mapping(node: ast.AST, _scene: Scene) -> str | None:
    if isinstance(node, ast.ListComp | ast.SetComp | ast.GeneratorExp):
        return "comprehension"
    if isinstance(node, ast.Call) and dotted(node.func) in ("map", "filter") and node.args:
        return "map" if isinstance(node.args[0], ast.Lambda) else None
    return None


def _counting(node: ast.For, _scene: Scene) -> str | None:
    if not isinstance(node.iter, ast.Call):
        return None
    name = dotted(node.iter.func)
    if name == "enumerate":
        return "enumerate"
    argument = node.iter.args[0] if len(node.iter.args) == 1 else None
    is_length = isinstance(argument, ast.Call) and dotted(argument.func) == "len"
    return "range of len" if name == "range" and is_length else None


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


def _nothing(node: ast.Return, scene: Scene) -> str | None:
    if node.value is None:
        return "bare"
    is_none = isinstance(node.value, ast.Constant) and node.value.value is None
    function = scene.enclosing(*FUNCTIONS)
    if not is_none or not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
        return None
    values = [part.value for part in ast.walk(function) if isinstance(part, ast.Return)]
    is_procedure = all(
        v is None or (isinstance(v, ast.Constant) and v.value is None) for v in values
    )
    return "None" if is_procedure else None


def _own_class(node: ast.AST, _scene: Scene) -> str | None:
    if isinstance(node, ast.Attribute):
        return "__class__" if dotted(node) == "self.__class__" else None
    if isinstance(node, ast.Call) and dotted(node.func) == "type" and len(node.args) == 1:
        return "type" if dotted(node.args[0]) == "self" else None
    return None


def _keys(node: ast.AST, _scene: Scene) -> str | None:
    iterated = node.iter if isinstance(node, ast.For | ast.comprehension) else None
    if not isinstance(iterated, ast.Call) or not isinstance(iterated.func, ast.Attribute):
        return None
    return (
        iterated.func.attr
        if iterated.func.attr in ("items", "keys") and not iterated.args
        else None
    )


def _type_test(node: ast.AST, _scene: Scene) -> str | None:
    if isinstance(node, ast.Call):
        return "isinstance" if dotted(node.func) == "isinstance" else None
    if not isinstance(node, ast.Compare) or not isinstance(
        node.ops[0], ast.Eq | ast.Is | ast.NotEq
    ):
        return None
    is_type = isinstance(node.left, ast.Call) and dotted(node.left.func) == "type"
    return "type" if is_type else None


def _accumulate(node: ast.AST, scene: Scene) -> str | None:
    if isinstance(node, ast.ListComp):
        is_filled = isinstance(scene.parent, ast.Assign | ast.Return)
        return "comprehension" if is_filled else None
    if not isinstance(node, ast.For) or len(node.body) != 1:
        return None
    only = node.body[0]
    call = only.value if isinstance(only, ast.Expr) else None
    is_append = isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)
    return "append" if is_append and last_name(call or node) == "append" else None


FAMILIES = (
    Family(
        "helper-place",
        Topic.STRUCTURE,
        "helpers",
        FUNCTIONS,
        _helper,
        (
            Alternative(
                "module",
                "private functions of the module",
                "make it a private function of the module",
                "def _helper():\n    return 1\n",
            ),
            Alternative(
                "nested",
                "functions nested in their caller",
                "nest it in the function that calls it",
                "def f():\n    def helper():\n        return 1\n    return helper()\n",
            ),
        ),
        in_tests=False,
    ),
    Family(
        "guard-style",
        Topic.STRUCTURE,
        "functions with a precondition",
        FUNCTIONS,
        _guard,
        (
            Alternative(
                "early",
                "ones that return early",
                "return or raise early, and leave the rest unindented",
                "def f(x):\n    if not x:\n        return\n    g(x)\n",
            ),
            Alternative(
                "nested",
                "ones that nest the rest under an `if`",
                "put the rest under an `if`",
                "def f(x):\n    if x:\n        a()\n        b()\n        c()\n        d()\n",
            ),
        ),
    ),
    Family(
        "else-after-return",
        Topic.STRUCTURE,
        "branches that return or raise",
        (ast.If,),
        _else_after,
        (
            Alternative(
                "none",
                "without an `else`",
                "leave off the `else`",
                "def f(x):\n    if x:\n        return 1\n    return 2\n",
            ),
            Alternative(
                "else",
                "followed by an `else`",
                "write an `else`",
                "def f(x):\n    if x:\n        return 1\n    else:\n        return 2\n",
            ),
        ),
        ("ruff:RET505", "ruff:RET506", "pylint:R1705", "pylint:R1720"),
    ),
    Family(
        "async",
        Topic.STRUCTURE,
        "public functions",
        FUNCTIONS,
        _asynchrony,
        (
            Alternative("sync", "plain `def`", "make it a plain `def`", "def f():\n    pass\n"),
            Alternative(
                "async", "`async def`", "make it `async def`", "async def f():\n    pass\n"
            ),
        ),
        reach=Reach.DIRECTORY,
        in_tests=False,
    ),
    Family(
        "boolean-parameter",
        Topic.STRUCTURE,
        "functions with a boolean option",
        FUNCTIONS,
        _flags,
        (
            Alternative(
                "by position",
                "ones that take it by position too",
                "leave off the `*`",
                "def f(x, deep=False):\n    pass\n",
            ),
            Alternative(
                "by keyword",
                "ones that take it by keyword only",
                "put `*` before it",
                "def f(x, *, deep=False):\n    pass\n",
                improves_on=("by position",),
            ),
        ),
        ("ruff:FBT002",),
        in_tests=False,
    ),
    Family(
        "keyword-only",
        Topic.STRUCTURE,
        "public functions with three options or more",
        FUNCTIONS,
        _options,
        (
            Alternative(
                "by position",
                "ones that take them by position too",
                "leave off the `*`",
                "def f(a=1, b=2, c=3):\n    pass\n",
            ),
            Alternative(
                "by keyword",
                "ones that take some by keyword only",
                "put `*` before the options",
                "def f(*, a=1, b=2, c=3):\n    pass\n",
            ),
        ),
        in_tests=False,
    ),
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
        "mapping-style",
        Topic.STRUCTURE,
        "sequences mapped or filtered",
        (ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.Call),
        _mapping,
        (
            Alternative(
                "comprehension",
                "comprehensions",
                "write a comprehension",
                "x = [f(y) for y in z]\n",
            ),
            Alternative(
                "map",
                "`map` or `filter` with a lambda",
                "write `map` or `filter`",
                "x = map(lambda y: y + 1, z)\n",
                "map(lambda $X: ..., ...)",
            ),
        ),
        ("ruff:C417", "pylint:W0141"),
    ),
    Family(
        "index-loop",
        Topic.STRUCTURE,
        "loops that count",
        (ast.For,),
        _counting,
        (
            Alternative(
                "enumerate",
                "made with `enumerate`",
                "write `for i, x in enumerate(...)`",
                "for i, x in enumerate(z):\n    f(i, x)\n",
            ),
            Alternative(
                "range of len",
                "made with `range(len(…))`",
                "write `for i in range(len(...))`",
                "for i in range(len(z)):\n    f(z[i])\n",
                "for $I in range(len($X)):\n  ...\n",
            ),
        ),
        ("pylint:C0200",),
    ),
    Family(
        "list-building",
        Topic.STRUCTURE,
        "lists built from a loop",
        (ast.ListComp, ast.For),
        _accumulate,
        (
            Alternative(
                "comprehension",
                "comprehensions",
                "write a list comprehension",
                "x = [f(y) for y in z]\n",
            ),
            Alternative(
                "append",
                "loops that append",
                "append in a loop",
                "for y in z:\n    x.append(f(y))\n",
                "for $Y in $Z:\n  $X.append(...)\n",
            ),
        ),
        ("ruff:PERF401",),
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
        "empty-return",
        Topic.STRUCTURE,
        "returns of nothing",
        (ast.Return,),
        _nothing,
        (
            Alternative(
                "bare",
                "a bare `return`",
                "write `return`",
                "def f(x):\n    if x:\n        return\n    g()\n",
            ),
            Alternative(
                "None",
                "`return None`",
                "write `return None`",
                "def f(x):\n    if x:\n        return None\n    g()\n",
            ),
        ),
        ("ruff:RET501", "ruff:PLR1711"),
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
        "dict-iteration",
        Topic.STRUCTURE,
        "dicts iterated by a method",
        (ast.For, ast.comprehension),
        _keys,
        (
            Alternative(
                "items",
                "iterated by `.items()`",
                "iterate over `.items()`",
                "for k, v in d.items():\n    f(k, v)\n",
            ),
            Alternative(
                "keys",
                "iterated by `.keys()`",
                "iterate over `.keys()`",
                "for k in d.keys():\n    f(k)\n",
                "for $K in $D.keys():\n  ...\n",
            ),
        ),
        ("ruff:SIM118", "pylint:C0201"),
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
