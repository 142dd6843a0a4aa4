"""Parsing with the host's `ast`, quietly and however deep, and fast access to children."""

from __future__ import annotations

import ast
import sys
import threading
import warnings
from collections.abc import Callable
from functools import partial
from operator import attrgetter
from typing import Any, NoReturn, TypeVar

from scanner.base.signals import signals_held_back

T = TypeVar("T")

#: An expression of 100,000 terms converts in 0.3 s within these; only the first resort is cheaper.
#: A visitor takes three calls for each term.
_DEEP_RECURSION_LIMIT = 400_000
_DEEP_STACK_BYTES = 512 * 1024 * 1024
_TRIES = 5
_deep_stack_lock = threading.Lock()

#: Fields that hold no nodes, or none that any metric counts.
_NO_NODES = frozenset(
    {"ctx", "op", "ops", "id", "attr", "name", "asname", "names", "module", "level", "kind", "arg"}
    | {
        "conversion",
        "rest",
        "kwd_attrs",
        "type_comment",
        "type_ignores",
        "simple",
        "is_async",
        "str",
    }
)


def parse(text: str) -> ast.Module:
    """The syntax tree of a text. Warnings about foreign code stay silent.

    Raises SyntaxError as `ast.parse` does, and RecursionError or MemoryError only for code that
    is nested too deep for the C parser itself.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return _made(text)
        except RecursionError:
            return on_a_deep_stack(lambda: _made(text))
        except ValueError as error:  # surrogates and the like
            raise SyntaxError(str(error)) from error


def _made(text: str) -> ast.Module:
    """The tree by `ast.parse`, tried again where a finaliser spoilt it.

    Python 3.11 counts depth in one place for all trees: where garbage is collected meanwhile and a
    finaliser is interrupted, the traceback that is shown of that parses too, and the count is off.

    Raises MemoryError where it is so each time; else as `ast.parse` does.
    """
    for _ in range(_TRIES):
        try:
            return ast.parse(text)
        except SystemError:
            continue
    raise MemoryError("Python could not make the syntax tree")


def same_tree(one: ast.AST, other: ast.AST) -> bool:
    """Whether two trees are the same, places in the text aside: as `ast.dump` has them, faster."""
    pairs: list[tuple[Any, Any]] = [(one, other)]
    while pairs:
        left, right = pairs.pop()
        if left.__class__ is not right.__class__:
            return False
        if isinstance(left, ast.AST):
            pairs += [(getattr(left, f, None), getattr(right, f, None)) for f in left._fields]
        elif isinstance(left, list):
            if len(left) != len(right):
                return False
            pairs += zip(left, right, strict=True)
        elif left != right:
            return False
    return True


def on_a_deep_stack(work: Callable[[], T]) -> T:
    """What `work` returns, with room for recursion over expressions of thousands of terms.

    It runs in a thread with a large stack. Raises what `work` raises, and RecursionError where
    there is no room for such a stack. What interrupts meanwhile waits until the work is over: were
    the limit of depth lowered, or a second tree made, under it, CPython would end the process.
    """
    outcome: list[Callable[[], T]] = []

    def run() -> None:
        try:
            result = work()
            outcome.append(lambda: result)
        except BaseException as error:  # noqa: BLE001 - handed to the caller's thread
            outcome.append(partial(_raise, error))

    with _deep_stack_lock, signals_held_back():
        limit, stack = sys.getrecursionlimit(), threading.stack_size(_DEEP_STACK_BYTES)
        sys.setrecursionlimit(_DEEP_RECURSION_LIMIT)
        try:
            thread = threading.Thread(target=run)
            thread.start()
            thread.join()
        except RuntimeError as error:  # no room for so large a stack
            raise RecursionError(str(error)) from error
        finally:
            sys.setrecursionlimit(limit)
            threading.stack_size(stack)
    return outcome[0]()


def _raise(error: BaseException) -> NoReturn:
    raise error


def _child_getter(node_type: type[ast.AST]) -> Callable[[Any], tuple[Any, ...]] | None:
    fields = [name for name in node_type._fields if name not in _NO_NODES]
    if node_type in (ast.Global, ast.Nonlocal, ast.Constant, ast.MatchSingleton):
        fields = []
    if node_type in (ast.Import, ast.ImportFrom, ast.alias):
        fields = []
    if not fields:
        return None
    if len(fields) == 1:
        get = attrgetter(fields[0])
        return lambda node: (get(node),)
    return attrgetter(*fields)


#: For each node type, what gets its children (nodes, lists of nodes, None), or None for a leaf.
CHILDREN: dict[type[ast.AST], Callable[[Any], tuple[Any, ...]] | None] = {
    node_type: _child_getter(node_type)
    for node_type in vars(ast).values()
    if isinstance(node_type, type) and issubclass(node_type, ast.AST)
}


def depth_of(tree: ast.AST) -> int:
    """How many nodes stand inside one another at most, without recursion."""
    deepest, stack = 0, [(tree, 1)]
    while stack:
        node, depth = stack.pop()
        deepest = max(deepest, depth)
        stack.extend((child, depth + 1) for child in ast.iter_child_nodes(node))
    return deepest
