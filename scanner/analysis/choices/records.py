"""How the code holds data that belongs together."""

from __future__ import annotations

import ast

from scanner.analysis.choices.family import (
    FUNCTIONS,
    OPEN,
    Alternative,
    Family,
    Function,
    Scene,
    Topic,
    decorator_names,
    last_name,
)
from scanner.base.model import UnitKind

_BASES = {
    "BaseModel": "pydantic",
    "NamedTuple": "NamedTuple",
    "TypedDict": "TypedDict",
    "Struct": "msgspec",
}


_ATTRS = ("attr.s", "attr.attrs", "attrs.define", "attrs.frozen", "attr.define", "attr.frozen")


_ENUMS = ("Enum", "IntEnum", "StrEnum", "Flag", "IntFlag")


def _record(node: ast.ClassDef, _scene: Scene) -> str | None:
    decorators = decorator_names(node)
    if any(name.split(".")[-1] == "dataclass" for name in decorators):
        return "dataclass"
    if any(name in _ATTRS or name in ("define", "frozen") for name in decorators):
        return "attrs"
    bases = [last_name(base) for base in node.bases]
    return next((_BASES[base] for base in bases if base in _BASES), None)


def _returned(node: Function, scene: Scene) -> str | None:
    if not scene.is_unit or node.name.startswith("__"):
        return None
    values = [one.value for one in scene.returns]
    for value in values:
        if isinstance(value, ast.Dict) and len(value.keys) >= 3 and _has_text_keys(value):
            return "dict"
        if isinstance(value, ast.Tuple) and len(value.elts) >= 3:
            return "tuple"
    made = [last_name(value) for value in values if isinstance(value, ast.Call)]
    return "object" if any(name[:1].isupper() for name in made) else None


def _has_text_keys(node: ast.Dict) -> bool:
    return all(isinstance(key, ast.Constant) and isinstance(key.value, str) for key in node.keys)


def _options(node: ast.ClassDef, _scene: Scene) -> str | None:
    for decorator in node.decorator_list:
        call = decorator if isinstance(decorator, ast.Call) else None
        if last_name(decorator) == "dataclass":
            options = {k.arg for k in call.keywords if _is_true(k.value)} if call else set()
            return "frozen" if "frozen" in options else "mutable"
    return None


def _slots(node: ast.ClassDef, _scene: Scene) -> str | None:
    for decorator in node.decorator_list:
        call = decorator if isinstance(decorator, ast.Call) else None
        if last_name(decorator) == "dataclass":
            options = {k.arg for k in call.keywords if _is_true(k.value)} if call else set()
            return "slotted" if "slots" in options else "not slotted"
    return None


def _is_true(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value is True


def enum_kind(node: ast.ClassDef, _scene: Scene) -> str | None:
    """Which enumeration a class is, by its bases; None if it is none."""
    bases = [last_name(base) for base in node.bases]
    if not any(base in _ENUMS for base in bases):
        return None
    if "str" in bases:
        return "str and Enum"
    return next(base for base in bases if base in _ENUMS)


def _interface(node: ast.AST, scene: Scene) -> str | None:
    if isinstance(node, ast.ClassDef):
        bases = [last_name(base) for base in node.bases]
        metaclass = any(last_name(word.value) == "ABCMeta" for word in node.keywords)
        if "ABC" in bases or metaclass:
            return "ABC"
        return "Protocol" if "Protocol" in bases else None
    if not isinstance(node, FUNCTIONS) or not scene.is_unit:
        return None
    last = node.body[-1]
    raised = last.exc if isinstance(last, ast.Raise) else None
    if raised and last_name(raised) == "NotImplementedError" and len(node.body) <= 2:
        is_abstract = any(name.endswith("abstractmethod") for name in decorator_names(node))
        return None if is_abstract else "NotImplementedError"
    return None


def _getter(node: Function, scene: Scene) -> str | None:
    if (
        scene.kind is not UnitKind.METHOD
        or not scene.is_unit
        or isinstance(node, ast.AsyncFunctionDef)
    ):
        return None
    names = [name.split(".")[-1] for name in decorator_names(node)]
    if any("property" in name for name in names):
        return "property"
    has_receiver_only = len(node.args.args) == 1 and not node.args.kwonlyargs and not names
    is_getter = node.name.startswith("get_") and not node.args.vararg and not node.args.kwarg
    short = len(node.body) <= 2 and isinstance(node.body[-1], ast.Return)
    is_attribute = short and isinstance(getattr(node.body[-1], "value", None), ast.Attribute)
    return "get method" if has_receiver_only and is_getter and is_attribute else None


FAMILIES = (
    Family(
        "record-type",
        Topic.RECORDS,
        "record types",
        (ast.ClassDef,),
        _record,
        (
            Alternative(
                "dataclass",
                "dataclasses",
                "make it a `@dataclass`",
                "@dataclass\nclass A:\n    x: int\n",
            ),
            Alternative(
                "attrs",
                "attrs classes",
                "make it an attrs class",
                "@attrs.define\nclass A:\n    x: int\n",
            ),
            Alternative(
                "pydantic",
                "pydantic models",
                "derive it from `BaseModel`",
                "class A(BaseModel):\n    x: int\n",
                "class $C(BaseModel):\n  ...\n",
            ),
            Alternative(
                "NamedTuple",
                "`NamedTuple`s",
                "derive it from `NamedTuple`",
                "class A(NamedTuple):\n    x: int\n",
                "class $C(NamedTuple):\n  ...\n",
            ),
            Alternative(
                "TypedDict",
                "`TypedDict`s",
                "derive it from `TypedDict`",
                "class A(TypedDict):\n    x: int\n",
                "class $C(TypedDict):\n  ...\n",
            ),
            Alternative(
                "msgspec",
                "msgspec structs",
                "derive it from `Struct`",
                "class A(Struct):\n    x: int\n",
                "class $C(Struct):\n  ...\n",
            ),
        ),
        in_tests=False,
    ),
    Family(
        "returned-record",
        Topic.RECORDS,
        "functions that return several values",
        FUNCTIONS,
        _returned,
        (
            Alternative(
                "object",
                "ones that return an object",
                "return an object with named fields",
                "def f():\n    return Point(1, 2)\n",
            ),
            Alternative(
                "dict",
                "ones that return a dict",
                "return a dict",
                "def f():\n    return {'a': 1, 'b': 2, 'c': 3}\n",
            ),
            Alternative(
                "tuple",
                "ones that return a tuple",
                "return a tuple",
                "def f():\n    return 1, 2, 3\n",
            ),
        ),
        in_tests=False,
    ),
    Family(
        "dataclass-frozen",
        Topic.RECORDS,
        "dataclasses",
        (ast.ClassDef,),
        _options,
        (
            Alternative(
                "frozen",
                "frozen",
                "write `@dataclass(frozen=True)`",
                "@dataclass(frozen=True)\nclass A:\n    x: int\n",
                improves_on=("mutable",),
            ),
            Alternative(
                "mutable", "not frozen", "leave it mutable", "@dataclass\nclass A:\n    x: int\n"
            ),
        ),
    ),
    Family(
        "dataclass-slots",
        Topic.RECORDS,
        "dataclasses",
        (ast.ClassDef,),
        _slots,
        (
            Alternative(
                "slotted",
                "slotted",
                "write `@dataclass(slots=True)`",
                "@dataclass(slots=True)\nclass A:\n    x: int\n",
                improves_on=("not slotted",),
            ),
            Alternative(
                "not slotted",
                "without slots",
                "leave off `slots`",
                "@dataclass\nclass A:\n    x: int\n",
            ),
        ),
    ),
    Family(
        "enum-type",
        Topic.RECORDS,
        "enumerations",
        (ast.ClassDef,),
        enum_kind,
        (
            Alternative(
                "str and Enum",
                "derived from `str` and `Enum`",
                "derive it from `str, Enum`",
                "class A(str, Enum):\n    X = 'x'\n",
                "class $C(str, Enum):\n  ...\n",
            ),
            Alternative(OPEN, "derived from `{choice}`", "derive it from `{choice}`"),
        ),
        ("ruff:UP042",),
    ),
    Family(
        "interface-style",
        Topic.RECORDS,
        "interfaces",
        (ast.ClassDef, *FUNCTIONS),
        _interface,
        (
            Alternative(
                "ABC",
                "abstract base classes",
                "derive it from `ABC`",
                "class A(ABC):\n    pass\n",
                "class $C(ABC):\n  ...\n",
            ),
            Alternative(
                "Protocol",
                "protocols",
                "derive it from `Protocol`",
                "class A(Protocol):\n    pass\n",
                "class $C(Protocol):\n  ...\n",
            ),
            Alternative(
                "NotImplementedError",
                "methods that raise `NotImplementedError`",
                "raise `NotImplementedError` in the base",
                "def f(self):\n    raise NotImplementedError\n",
            ),
        ),
    ),
    Family(
        "getter-style",
        Topic.RECORDS,
        "attributes given out by methods",
        FUNCTIONS,
        _getter,
        (
            Alternative(
                "property",
                "properties",
                "make it a `@property`",
                "@property\ndef name(self):\n    return self._name\n",
            ),
            Alternative(
                "get method",
                "`get_…` methods",
                "write a `get_...` method",
                "def get_name(self):\n    return self._name\n",
            ),
        ),
    ),
)
