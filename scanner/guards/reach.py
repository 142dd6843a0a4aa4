"""Which parts of a function can be run, by its text alone. Pure.

Where in doubt, they can: only what no run ever comes to is left out, and checks whose failure is
dropped.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

#: Calls that end a function where they stand: a skip, a failure, the end of the program.
_ENDING = frozenset({"skip", "skipTest", "fail", "exit", "_exit", "abort"})
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
#: What is raised by an assertion that fails, and what else catches it.
_FAILURES = frozenset({"AssertionError", "Exception", "BaseException"})


def reached(node: ast.AST) -> Iterator[ast.AST]:
    """A node and all below it that can be run, in no order."""
    stack = [node]
    while stack:
        one = stack.pop()
        yield one
        stack += children(one)


def children(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes right below one that can be run."""
    left_out = _never_run(node)
    uncalled = _uncalled(node)
    for _, value in ast.iter_fields(node):
        if isinstance(value, ast.AST):
            yield value
        elif isinstance(value, list) and value is not left_out:
            inner = [one for one in value if isinstance(one, ast.AST) and one not in uncalled]
            yield from _until_the_end(inner)


def _uncalled(node: ast.AST) -> Sequence[ast.AST]:
    """The functions in a function that it gives no other name and never mentions again."""
    if not isinstance(node, _FUNCTIONS):
        return ()
    inner = [one for one in node.body if isinstance(one, _FUNCTIONS) and not one.decorator_list]
    if not inner:
        return ()
    used = {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}
    return [one for one in inner if one.name not in used]


def _never_run(node: ast.AST) -> object:
    """The list of statements below a node that does not count, if there is one."""
    match node:
        case ast.If(test=test, body=body, orelse=otherwise):
            truth = _truth(test)
            return None if truth is None else otherwise if truth else body
        case ast.While(test=test, body=body) if _truth(test) is False:
            return body
        case ast.Try(body=body, handlers=handlers) if any(map(_drops_failures, handlers)):
            return body
        case ast.With(items=items, body=body) if any(map(_suppresses, items)):
            return body
    return None


def _until_the_end(nodes: Sequence[ast.AST]) -> Iterator[ast.AST]:
    for node in nodes:
        yield node
        if _ends(node):
            return


def _ends(node: ast.AST) -> bool:
    """Whether nothing after a statement is run."""
    match node:
        case ast.Return() | ast.Raise() | ast.Continue() | ast.Break():
            return True
        case ast.Expr(value=ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name))):
            return name in _ENDING
        case ast.If(test=test, body=body, orelse=otherwise):
            truth = _truth(test)
            if truth is not None:
                return _any_ends(body if truth else otherwise)
            return _any_ends(body) and _any_ends(otherwise)
        case ast.With(body=body) | ast.AsyncWith(body=body):
            return any(isinstance(one, ast.Return) for one in body)  # it may catch what is raised
    return False


def _any_ends(nodes: Sequence[ast.AST]) -> bool:
    return any(map(_ends, nodes))


def _truth(test: ast.expr) -> bool | None:
    """What a condition always is, None where it depends."""
    match test:
        case ast.Constant(value=value):
            return bool(value)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            truth = _truth(operand)
            return None if truth is None else not truth
        case ast.Name(id="TYPE_CHECKING") | ast.Attribute(attr="TYPE_CHECKING"):
            return False
    return None


def _drops_failures(handler: ast.ExceptHandler) -> bool:
    """Whether a handler catches failed assertions and does nothing about them."""
    if not all(isinstance(one, ast.Pass | ast.Continue | ast.Return) for one in handler.body):
        return False
    return handler.type is None or not _FAILURES.isdisjoint(_names(handler.type))


def _suppresses(item: ast.withitem) -> bool:
    match item.context_expr:
        case ast.Call(func=ast.Name(id="suppress") | ast.Attribute(attr="suppress"), args=args):
            return any(not _FAILURES.isdisjoint(_names(one)) for one in args)
    return False


def _names(node: ast.AST) -> set[str]:
    return {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}
