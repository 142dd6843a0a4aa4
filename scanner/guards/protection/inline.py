"""Guards inside one statement, taken off: `f(x) if x else None` is `f(x)` under the check of `x`.

Pure.
"""

from __future__ import annotations

import ast
import copy
import re
from dataclasses import replace
from itertools import pairwise

from scanner.guards.protection.conditions import known, path_of, paths_in
from scanner.guards.protection.guard import OF, Form, Guard, GuardKind

#: Calls that make text safe for where it goes, by a word of their names or two that follow.
_ESCAPING = frozenset({
    "escape", "quote", "quoted", "sanitize", "sanitise", "clean_html", "bleach", "redact",
    "secure_filename", "strip_tags",
})  # fmt: skip
#: Arguments that bound how long something may take or how often it is tried.
_LIMITING = re.compile(r"(?:\w+_)?timeout(?:_\w+)?|deadline|max_retries|retries")
_EMPTY = frozenset(("[]", "{}", "()", "''", "dict()", "list()", "set()", "tuple()", "frozenset()"))
#: In the middle of a comprehension only these say that an element can be worked with.
_OF_ELEMENTS = frozenset((GuardKind.NONE, GuardKind.EMPTY, GuardKind.TYPE))


def simplified(node: ast.stmt | ast.expr) -> tuple[ast.AST, list[Guard]]:
    """A statement or expression without the guards in it, and those guards."""
    if not any(map(_may_guard, ast.walk(node))):
        return node, []
    taking = _Taking()
    simple = taking.visit(copy.deepcopy(node))
    return simple, taking.guards


def _escapes(name: str) -> bool:
    words = name.lower().split("_")
    return not _ESCAPING.isdisjoint((*words, *map("_".join, pairwise(words))))


def _may_guard(node: ast.AST) -> bool:
    match node:
        case ast.Call(function, _, keywords):
            name = (path_of(function) or "").rpartition(".")[2]
            return name in ("min", "max") or bool(
                _escapes(name) or any(one.arg and _LIMITING.fullmatch(one.arg) for one in keywords)
            )
        case ast.comprehension(ifs=tests):
            return bool(tests)
    return isinstance(node, ast.IfExp | ast.BoolOp)


class _Taking(ast.NodeTransformer):
    def __init__(self) -> None:
        self.guards: list[Guard] = []

    def visit_IfExp(self, node: ast.IfExp) -> ast.AST:
        if is_plain(node.orelse):
            self._check(node.test, node.body, truth=True)
            return self._whole(node.body)
        if is_plain(node.body):
            self._check(node.test, node.orelse, truth=False)
            return self._whole(node.orelse)
        return self.generic_visit(node)

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.AST:
        *first, last = node.values
        if isinstance(node.op, ast.And):
            for one in first:
                self._check(one, last, truth=True)
            return self._whole(last)
        if len(first) == 1 and _is_empty(last) and path_of(first[0]):
            self._take(first[0], GuardKind.EMPTY, ast.unparse(node), node)
            return self._whole(first[0])
        return self.generic_visit(node)

    def visit_comprehension(self, node: ast.comprehension) -> ast.AST:
        kept = []
        for test in node.ifs:
            guards = list(known(test, truth=True, form=Form.INLINE))
            if all(guard.kind in _OF_ELEMENTS for guard in guards):
                self.guards += guards
            else:
                kept.append(test)
        node.ifs = kept
        return self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        name = (path_of(node.func) or "").rpartition(".")[2]
        if node.args and not node.keywords and _escapes(name):
            self._take(node.args[0], GuardKind.ESCAPING, ast.unparse(node), node)
            return self._whole(node.args[0])
        if name in ("min", "max") and isinstance(node.func, ast.Name) and len(node.args) == 2:
            bounded = _bounded(*node.args)
            if bounded is not None:
                self._take(bounded, GuardKind.BOUNDS, ast.unparse(node), node)
                return self._whole(bounded)
        kept = []
        for one in node.keywords:
            if one.arg and _LIMITING.fullmatch(one.arg) and not _is_none(one.value):
                shown = f"{one.arg}={ast.unparse(one.value)}"
                key = f"{ast.unparse(node.func)}({one.arg})"
                self.guards.append(
                    Guard(key, GuardKind.LIMIT, Form.INLINE, frozenset(), shown, node.lineno)
                )
            else:
                kept.append(one)
        node.keywords = kept
        return self.generic_visit(node)

    def _check(self, test: ast.expr, checked: ast.expr, *, truth: bool) -> None:
        """Notes a check of one part of a statement, which says nothing of its other parts."""
        what = ast.unparse(checked)
        for guard in known(test, truth=truth, form=Form.INLINE):
            self.guards.append(replace(guard, key=f"{guard.key}{OF}{what}"))

    def _whole(self, node: ast.expr) -> ast.AST:
        visited: ast.AST = self.visit(node)
        return visited

    def _take(self, subject: ast.expr, kind: GuardKind, text: str, node: ast.expr) -> None:
        about = frozenset(paths_in(subject))
        form = Form.INLINE if about else Form.UNTOLD
        self.guards.append(Guard(text, kind, form, about, text, node.lineno))


def is_plain(node: ast.expr) -> bool:
    """Whether an expression is a constant, nothing, or an empty container."""
    match node:
        case ast.Constant():
            return True
        case ast.List(items) | ast.Tuple(items) | ast.Set(items):
            return all(map(is_plain, items))
        case ast.Dict(_, values):
            return all(map(is_plain, values))
        case ast.UnaryOp(_, operand):
            return is_plain(operand)
        case ast.Call(ast.Name("dict" | "list" | "set" | "tuple" | "frozenset"), [], []):
            return True
    return False


def _is_empty(node: ast.expr) -> bool:
    """Whether an expression is a container or text with nothing in it."""
    return is_plain(node) and ast.unparse(node) in _EMPTY


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _bounded(one: ast.expr, other: ast.expr) -> ast.expr | None:
    """Of two numbers the one that the other is a limit of."""
    limits = [_is_limit(one), _is_limit(other)]
    if limits == [True, False]:
        return other
    return one if limits == [False, True] else None


def _is_limit(node: ast.expr) -> bool:
    match node:
        case ast.Constant():
            return True
        case ast.Call(ast.Name("len")):
            return True
    last = (path_of(node) or "").rpartition(".")[2].lower()
    return last.isupper() or "max" in last or "min" in last or "limit" in last
