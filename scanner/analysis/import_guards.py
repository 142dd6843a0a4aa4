"""Which imports a module cannot do without: not those that it tries, puts off or asks for."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple

from scanner.analysis.choices.family import Function, dotted, last_name
from scanner.base.model import Span

_FAILURES = frozenset({"ImportError", "ModuleNotFoundError", "Exception", "BaseException"})
#: Calls that ask for a module by its name, given as a text.
_ASKING = (
    "find_spec", "importorskip", "import_module", "find_loader", "import_optional",
    "optional_import", "lazy_import", "require_module",
)  # fmt: skip


class NeededImport(NamedTuple):
    """The first part of the name of a module imported absolutely, and the statement's lines."""

    module: str
    span: Span


def needed_imports(tree: ast.Module) -> tuple[NeededImport, ...]:
    """The unguarded absolute imports that run with a module, in order.

    Guarded are those in a `try` that catches the failure (its handlers too), under
    `suppress(ImportError)` and under any condition but that of being run. What is guarded, or asked
    for by name, at one place of a file is guarded in all of it. What functions import is often
    there for some only. A file that changes `sys.path` imports from who knows where: it has none.
    """
    if any(_changes_path(node) for node in ast.walk(tree) if isinstance(node, ast.Call)):
        return ()
    found = list(_imports(tree.body, is_guarded=False))
    aside = {one.module for one, is_guarded in found if is_guarded} | set(_asked(tree))
    return tuple(one for one, _ in found if one.module not in aside)


def _changes_path(call: ast.Call) -> bool:
    name = dotted(call.func)
    return name.startswith(("sys.path.", "path.insert", "path.append")) or "addsitedir" in name


def _asked(tree: ast.Module) -> Iterator[str]:
    """The modules that a file asks for by their names."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and dotted(node.func).endswith(_ASKING) and node.args:
            name = node.args[0]
            if isinstance(name, ast.Constant):
                yield str(name.value).split(".")[0]


def _imports(body: list[ast.stmt], *, is_guarded: bool) -> Iterator[tuple[NeededImport, bool]]:
    """Absolute imports outside of functions, and whether each is guarded."""
    for node in body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            span = Span(node.lineno, node.end_lineno or node.lineno)
            yield from ((NeededImport(name, span), is_guarded) for name in _modules(node))
        elif not isinstance(node, Function):
            for suite in _suites(node):
                yield from _imports(suite, is_guarded=is_guarded or _guards(node))


def _modules(node: ast.Import | ast.ImportFrom) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name.split(".")[0] for alias in node.names]
    return [node.module.split(".")[0]] if node.module and not node.level else []


def _guards(node: ast.stmt) -> bool:
    if isinstance(node, ast.Try | ast.TryStar):
        return any(_catches(handler) for handler in node.handlers)
    if isinstance(node, ast.With):
        texts = [ast.unparse(item.context_expr) for item in node.items]
        return any(failure in text for text in texts for failure in _FAILURES)
    return isinstance(node, ast.If) and "__name__" not in ast.unparse(node.test)


def _catches(handler: ast.ExceptHandler) -> bool:
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(kind is None or last_name(kind) in _FAILURES for kind in kinds)


def _suites(node: ast.stmt) -> Iterator[list[ast.stmt]]:
    for name in ("body", "orelse", "finalbody"):
        yield getattr(node, name, [])
    for name in ("handlers", "cases"):
        for inner in getattr(node, name, ()):
            yield inner.body
