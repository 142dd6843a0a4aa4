"""What the code says about types."""

from __future__ import annotations

import ast

from scanner.analysis.choices.family import (
    FUNCTIONS,
    Alternative,
    Family,
    Function,
    Scene,
    Seen,
    Topic,
    dotted,
    is_dunder,
    is_public,
    is_test,
    last_name,
    own_parameters,
)

_BUILT_IN = ("List", "Dict", "Tuple", "Set", "FrozenSet", "Type")


_LOWER = frozenset(name.lower() for name in _BUILT_IN)


def _amount(node: Function, scene: Scene) -> str:
    given = [one.annotation is not None for one in own_parameters(node, scene)]
    given.append(node.returns is not None)
    if all(given):
        return "annotated"
    return "partly annotated" if any(given) else "not annotated"


def _public(node: Function, scene: Scene) -> str | None:
    is_counted = scene.is_unit and is_public(node.name) and not is_test(node)
    return _amount(node, scene) if is_counted else None


def _private(node: Function, scene: Scene) -> str | None:
    is_counted = scene.is_unit and not is_public(node.name) and not is_dunder(node.name)
    return _amount(node, scene) if is_counted else None


def _tests(node: Function, scene: Scene) -> str | None:
    if not scene.is_unit or not is_test(node):
        return None
    return "given" if node.returns is not None else "left out"


def _init(node: Function, scene: Scene) -> str | None:
    if not scene.is_unit or node.name != "__init__":
        return None
    return "given" if node.returns is not None else "left out"


def _optional(node: ast.AST, _scene: Scene) -> str | None:
    if isinstance(node, ast.Subscript):
        return "Optional" if last_name(node.value) == "Optional" else None
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        has_none = any(_is_none(side) for side in (node.left, node.right))
        return "or None" if has_none else None
    return None


def _is_none(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _union(node: ast.AST, scene: Scene) -> str | None:
    if isinstance(node, ast.Subscript):
        return "Union" if last_name(node.value) == "Union" else None
    if not (isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr)):
        return None
    if isinstance(scene.parent, ast.BinOp) or _is_none(node.right) or _is_none(node.left):
        return None
    is_annotation = isinstance(scene.parent, ast.arg | ast.AnnAssign | ast.Subscript)
    is_return = isinstance(scene.parent, FUNCTIONS) and scene.parent.returns is node
    return "bar" if is_annotation or is_return else None


def _generic(node: ast.Subscript, _scene: Scene) -> str | None:
    name = dotted(node.value)
    if name.removeprefix("typing.").removeprefix("t.") in _BUILT_IN:
        return "typing"
    if name not in _LOWER:
        return None
    is_index = isinstance(node.slice, ast.Slice) or not isinstance(node.ctx, ast.Load)
    return None if is_index else "built-in"


def _text_annotation(node: ast.arg, _scene: Scene) -> str | None:
    note = node.annotation
    if note is None:
        return None
    if isinstance(note, ast.Constant) and isinstance(note.value, str):
        return "quoted"
    return "plain" if isinstance(note, ast.Name) and note.id[:1].isupper() else None


def _implicit(node: Function, _scene: Scene) -> Seen | None:
    arguments = node.args
    positional = [*arguments.posonlyargs, *arguments.args]
    pairs = [
        *zip(reversed(positional), reversed(arguments.defaults), strict=False),
        *zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True),
    ]
    for parameter, default in pairs:
        if default is None or not _is_none(default) or parameter.annotation is None:
            continue
        note = ast.dump(parameter.annotation)
        is_open = any(word in note for word in ("Optional", "None", "Any", "BitOr", "Union"))
        is_plain = isinstance(parameter.annotation, ast.Name | ast.Subscript)
        if is_open or is_plain:
            return Seen("said" if is_open else "implied", line=parameter.lineno)
    return None


FAMILIES = (
    Family(
        "annotations-public",
        Topic.TYPES,
        "public functions",
        FUNCTIONS,
        _public,
        (
            Alternative(
                "annotated",
                "fully annotated",
                "annotate every parameter and the return value",
                "def f(x: int) -> int:\n    return x\n",
                improves_on=(
                    "partly annotated",
                    "not annotated",
                ),
            ),
            Alternative(
                "partly annotated",
                "annotated in part",
                "annotate what needs it",
                "def f(x: int):\n    return x\n",
                improves_on=("not annotated",),
            ),
            Alternative(
                "not annotated",
                "not annotated",
                "leave off the annotations",
                "def f(x):\n    return x\n",
            ),
        ),
        ("ruff:ANN001", "ruff:ANN201"),
        in_tests=False,
    ),
    Family(
        "annotations-private",
        Topic.TYPES,
        "private functions",
        FUNCTIONS,
        _private,
        (
            Alternative(
                "annotated",
                "fully annotated",
                "annotate every parameter and the return value",
                "def _f(x: int) -> int:\n    return x\n",
                improves_on=(
                    "partly annotated",
                    "not annotated",
                ),
            ),
            Alternative(
                "partly annotated",
                "annotated in part",
                "annotate what needs it",
                "def _f(x: int):\n    return x\n",
                improves_on=("not annotated",),
            ),
            Alternative(
                "not annotated",
                "not annotated",
                "leave off the annotations",
                "def _f(x):\n    return x\n",
            ),
        ),
        ("ruff:ANN001", "ruff:ANN202"),
        in_tests=False,
    ),
    Family(
        "test-annotations",
        Topic.TYPES,
        "test functions",
        FUNCTIONS,
        _tests,
        (
            Alternative(
                "given",
                "annotated `-> None`",
                "add `-> None`",
                "def test_a() -> None:\n    pass\n",
                improves_on=("left out",),
            ),
            Alternative(
                "left out", "not annotated", "leave off `-> None`", "def test_a():\n    pass\n"
            ),
        ),
        ("ruff:ANN201",),
    ),
    Family(
        "init-annotation",
        Topic.TYPES,
        "`__init__` methods",
        FUNCTIONS,
        _init,
        (
            Alternative(
                "given",
                "annotated `-> None`",
                "add `-> None`",
                "def __init__(self) -> None:\n    self.x = 1\n",
                improves_on=("left out",),
            ),
            Alternative(
                "left out",
                "without a return annotation",
                "leave off `-> None`",
                "def __init__(self):\n    self.x = 1\n",
            ),
        ),
        ("ruff:ANN204",),
    ),
    Family(
        "optional-style",
        Topic.TYPES,
        "optional types",
        (ast.Subscript, ast.BinOp),
        _optional,
        (
            Alternative(
                "or None",
                "written `X | None`",
                "write `X | None`",
                "x: int | None = f()\n",
                improves_on=("Optional",),
            ),
            Alternative(
                "Optional",
                "written `Optional[X]`",
                "write `Optional[X]`",
                "x: Optional[int] = f()\n",
                "Optional[...]",
            ),
        ),
        ("ruff:UP007", "ruff:UP045"),
    ),
    Family(
        "union-style",
        Topic.TYPES,
        "union types",
        (ast.Subscript, ast.BinOp),
        _union,
        (
            Alternative(
                "bar",
                "written `X | Y`",
                "write `X | Y`",
                "x: int | str = f()\n",
                improves_on=("Union",),
            ),
            Alternative(
                "Union",
                "written `Union[X, Y]`",
                "write `Union[X, Y]`",
                "x: Union[int, str] = f()\n",
                "Union[...]",
            ),
        ),
        ("ruff:UP007",),
    ),
    Family(
        "generic-style",
        Topic.TYPES,
        "generic types",
        (ast.Subscript,),
        _generic,
        (
            Alternative(
                "built-in",
                "built-in (`list[X]`)",
                "write `list[X]`",
                "x: list[int] = f()\n",
                improves_on=("typing",),
            ),
            Alternative(
                "typing",
                "of `typing` (`List[X]`)",
                "write `List[X]`",
                "x: List[int] = f()\n",
            ),
        ),
        ("ruff:UP006",),
    ),
    Family(
        "quoted-annotations",
        Topic.TYPES,
        "annotations by a class",
        (ast.arg,),
        _text_annotation,
        (
            Alternative(
                "plain", "written plain", "leave off the quotes", "def f(x: Node):\n    pass\n"
            ),
            Alternative(
                "quoted", "quoted", "quote the annotation", "def f(x: 'Node'):\n    pass\n"
            ),
        ),
        ("ruff:UP037", "ruff:TC"),
    ),
    Family(
        "implicit-optional",
        Topic.TYPES,
        "annotated functions with a default of None",
        FUNCTIONS,
        _implicit,
        (
            Alternative(
                "said",
                "ones that say so in the type",
                "say `| None` in the type",
                "def f(x: int | None = None):\n    pass\n",
                improves_on=("implied",),
            ),
            Alternative(
                "implied",
                "ones that leave `None` out of the type",
                "leave `None` out of the type",
                "def f(x: int = None):\n    pass\n",
            ),
        ),
        ("ruff:RUF013",),
    ),
)
