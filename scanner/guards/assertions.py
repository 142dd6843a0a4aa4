"""How much a test asserts: at least, and at most for what its text shows. Pure.

Assertions that no run comes to do not count (`reach`).
"""

from __future__ import annotations

import ast
import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from math import inf
from pathlib import PurePosixPath
from types import MappingProxyType

from scanner.guards.reach import children, reached

#: Calls that check something, as their names say: `assertEqual`, `check_output_of`, `verify`.
CHECKING = re.compile(
    r"^_?(assert|check|verify|expect|ensure|validate|compare|raises|warns)|^fail(If|Unless)?$",
    re.IGNORECASE,
)
#: What a recorded output is compared with: all of it is asserted.
_RECORDED = re.compile(r"snapshot|regression|golden|approv|cassette|baseline_images", re.IGNORECASE)
_NO_HELPERS: Mapping[str, float] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Assertions:
    """`least` counts each assertion once. `most` counts what one stands for as well: the cases of
    a parametrized test, the turns of a loop, the parts of what is compared, a recorded output.
    `weak` are those of `least` that only ask whether there is something, or of what type.
    """

    least: float = 0
    most: float = 0
    weak: float = 0


def assertions_in(tree: ast.AST, helpers: Mapping[str, float] = _NO_HELPERS) -> Assertions:
    """What a test, or a whole text, asserts. A call of one of `helpers` counts as what it has."""
    sizes = _sizes_of_names(tree)
    weak = sum(map(_is_weak, ast.walk(tree)))
    return Assertions(_least(tree, helpers), _most(tree, helpers, sizes), weak)


def is_less(before: Assertions, after: Assertions) -> bool:
    """Fewer by one or two is tidying; none left, or less than half of many, is not.

    Nor is it where only such are left as ask whether there is something, of several that said what.
    """
    least, most = before.least, after.most
    if before.least - before.weak >= 2 and after.least == after.weak > 0 and most <= least:
        return True
    return most < least and (most == 0 or (least >= 4 and most < least / 2))


def called_names(tree: ast.AST) -> set[str]:
    """The names of what is called, and of the parameters, which may be fixtures."""
    found = {_name_of(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    return found | {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}


def asserting_functions(tree: ast.AST, names: Iterable[str]) -> Iterator[tuple[str, float]]:
    """The functions of a module with one of these names that assert, and how much at most."""
    wanted = set(names)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name in wanted:
            most = assertions_in(node).most
            if most:
                yield node.name, most


def imported_paths(text: str, path: str) -> Iterator[str]:
    """Where the modules that a test file imports may lie, and the `conftest.py` above it."""
    folder = PurePosixPath(path).parent
    for above in (folder, *folder.parents):
        yield str(above / "conftest.py")
    plain = (("", module, "") for module in _PLAIN_IMPORT.findall(text))
    for dots, module, names in (*_IMPORT.findall(text), *plain):
        parts = [part for part in module.split(".") if part]
        starts = [folder.joinpath(*[".."] * (len(dots) - 1))] if dots else [_TOP, folder, _SOURCE]
        for start in starts:
            for place in (start.joinpath(*parts), *_named_in(start.joinpath(*parts), names)):
                yield from (posixpath.normpath(f"{place}{end}") for end in (".py", "/__init__.py"))


def _named_in(place: PurePosixPath, names: str) -> Iterator[PurePosixPath]:
    return (place / name for name in re.findall(r"\w+", names)[:20])


_IMPORT = re.compile(
    r"^[ \t]*from[ \t]++(\.*+)([\w.]*+)[ \t]+import[ \t]+\(?([^\n]*)", re.MULTILINE
)
_PLAIN_IMPORT = re.compile(r"^[ \t]*import[ \t]+([\w.]+)", re.MULTILINE)
_TOP, _SOURCE = PurePosixPath(), PurePosixPath("src")


def _least(tree: ast.AST, helpers: Mapping[str, float]) -> float:
    return sum(_is_assertion(node) or _helped(node, helpers) for node in reached(tree))


def _most(node: ast.AST, helpers: Mapping[str, float], sizes: Mapping[str, float]) -> float:
    if _is_assertion(node):
        return max(1.0, _parts(node, sizes))
    own = _helped(node, helpers)
    if isinstance(node, ast.Call) and _RECORDED.search(_dotted(node.func)):
        own = inf
    inner = sum(_most(child, helpers, sizes) for child in children(node))
    return own + (inner * _times(node, sizes) if inner else 0.0)


def _times(node: ast.AST, sizes: Mapping[str, float]) -> float:
    """How often the body of a node is run."""
    if isinstance(node, ast.For | ast.AsyncFor | ast.comprehension):
        return max(1.0, _size(node.iter, sizes) or inf)
    if isinstance(node, ast.While):
        return inf
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        product = 1.0
        for decorator in node.decorator_list:
            if isinstance(decorator, ast.Call) and "parametri" in _dotted(decorator.func):
                values = decorator.args[1:2] or [k.value for k in decorator.keywords][:1]
                if any(isinstance(one, ast.List | ast.Tuple) and not one.elts for one in values):
                    return 0.0
                product *= max(1.0, _size(values[0], sizes) or inf) if values else inf
            elif isinstance(decorator, ast.Call) and _name_of(decorator.func) in _GENERATING:
                return inf
        return product
    return 1.0


#: Decorators that run a test with cases that they make or read.
_GENERATING = {"given", "data", "file_data", "ddt", "expand", "with_requirements"}


def _parts(node: ast.AST, sizes: Mapping[str, float]) -> float:
    """How many parts what is asserted has: the elements of a literal, the lines of a text."""
    inner = [child for child in ast.walk(node) if child is not node]
    if any(isinstance(child, ast.Name | ast.Attribute) and _RECORDED.search(_dotted(child))
           for child in inner):  # fmt: skip
        return inf
    if any(isinstance(child, ast.comprehension) for child in inner):
        return max([inf if _all_of(node) else 1.0, *(_size(child, sizes) for child in inner)])
    return max((_size(child, sizes) for child in inner), default=1.0)


def _all_of(node: ast.AST) -> bool:
    return isinstance(node, ast.Assert) and any(
        isinstance(child, ast.Call) and _name_of(child.func) in ("all", "any")
        for child in ast.walk(node)
    )


def _size(node: ast.AST, sizes: Mapping[str, float]) -> float:
    """The number of elements of what is written out; 0 for what is not."""
    match node:
        case ast.List(elts=elements) | ast.Tuple(elts=elements) | ast.Set(elts=elements):
            return max(len(elements), sum(_size(one, sizes) for one in elements))
        case ast.Dict(values=values):
            return max(len(values), sum(_size(one, sizes) for one in values))
        case ast.Constant(value=str(text)):
            return float(len(text.strip().splitlines())) if "\n" in text.strip() else 0.0
        case ast.Call(func=ast.Name(id="range"), args=[ast.Constant(value=int(count))]):
            return float(count)
        case ast.Call(args=arguments, keywords=keywords):
            values = [*arguments, *(keyword.value for keyword in keywords)]
            return max(len(keywords), sum(_size(one, sizes) for one in values))
        case ast.Name(id=name):
            return sizes.get(name, 0.0)
    return 0.0


def _sizes_of_names(tree: ast.AST) -> dict[str, float]:
    """How many elements the literals have that names are set to."""
    return {
        target.id: _size(node.value, {})
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def _is_assertion(node: ast.AST) -> bool:
    match node:
        case ast.Assert(test=ast.Constant()):
            return False
        case ast.Assert():
            return True
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
            return bool(CHECKING.match(name))
    return False


_WEAK_CALLS = {"isinstance", "hasattr", "callable", "len", "bool", "type"}
_WEAK_METHODS = {
    "assertTrue", "assertIsNotNone", "assertIsInstance", "assert_called", "assert_awaited",
}  # fmt: skip


def _is_weak(node: ast.AST) -> bool:
    match node:
        case ast.Assert(test=test):
            return _asks_little(test)
        case ast.Call(func=ast.Attribute(attr=name), args=arguments) if name in _WEAK_METHODS:
            return name != "assertTrue" or all(map(_asks_little, arguments[:1]))
    return False


def _asks_little(test: ast.expr) -> bool:
    """Whether a condition only asks whether there is something, or of what type it is."""
    match test:
        case ast.Name() | ast.Attribute() | ast.Subscript():
            return True
        case ast.Call(func=ast.Name(id=name)):
            return name in _WEAK_CALLS
        case ast.Compare(ops=[ast.IsNot()], comparators=[ast.Constant(value=None)]):
            return True
        case ast.Compare(
            left=ast.Call(func=ast.Name(id="len")),
            ops=[ast.Gt() | ast.GtE() | ast.NotEq()],
            comparators=[ast.Constant(value=0 | 1)],
        ):
            return True
        case ast.BoolOp(values=values):
            return all(map(_asks_little, values))
    return False


def _helped(node: ast.AST, helpers: Mapping[str, float]) -> float:
    return helpers.get(_name_of(node.func), 0) if isinstance(node, ast.Call) else 0


def _name_of(node: ast.AST) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def _dotted(node: ast.AST) -> str:
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([*parts, node.id] if isinstance(node, ast.Name) else parts)
