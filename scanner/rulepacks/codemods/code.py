"""A file as a codemod sees it: its LibCST tree, where nodes stand, and what names are bound to."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Collection, Iterator
from functools import cached_property
from typing import TypeVar

import libcst as cst
from libcst import metadata

from scanner.base.model import Span

N = TypeVar("N", bound=cst.CSTNode)
_BY_TEXT = ("locals", "vars", "eval", "exec", "dir", "globals")
_STORED = (metadata.ExpressionContext.STORE, metadata.ExpressionContext.DEL)


class Code:
    """One file; nodes are those of `module`."""

    def __init__(self, module: cst.Module) -> None:
        # A tree that was just parsed has each node once, so that no copy is needed.
        self._wrapper = metadata.MetadataWrapper(module, unsafe_skip_copy=True)
        self.module = module

    @cached_property
    def _positions(self) -> dict[cst.CSTNode, metadata.CodeRange]:
        return dict(self._wrapper.resolve(metadata.PositionProvider))

    @cached_property
    def _parents(self) -> dict[cst.CSTNode, cst.CSTNode]:
        """As LibCST's provider has it, without a visit of the tree, which takes much longer."""
        return {child: node for node in nodes_of(self.module) for child in _children(node)}

    def span(self, node: cst.CSTNode) -> Span:
        """The lines of a node, less comments above and below it."""
        place = self._positions[node]
        last = place.end.line - (place.end.column == 0 and place.end.line > place.start.line)
        return Span(place.start.line, last)

    def at(self, span: Span, *kinds: type[N]) -> Iterator[N]:
        """The nodes of some kinds on exactly these lines, in the order of the text."""
        return (one for one in self.starting(span.first, *kinds) if self.span(one) == span)

    def starting(self, line: int, *kinds: type[N]) -> Iterator[N]:
        """The nodes of some kinds that begin on a line, in the order of the text."""
        return (one for one in self._by_line.get(line, ()) if isinstance(one, kinds))

    @cached_property
    def _by_line(self) -> dict[int, list[cst.CSTNode]]:
        places = self._positions
        found: dict[int, list[cst.CSTNode]] = defaultdict(list)
        for node in places:
            found[places[node].start.line].append(node)
        for nodes in found.values():
            nodes.sort(key=lambda one: places[one].start.column)
        return found

    def before(self, node: cst.CSTNode) -> str:
        """What stands before a node on its first line."""
        place = self._positions[node].start
        return self._lines[place.line - 1][: place.column]

    @cached_property
    def tree(self) -> ast.Module | None:
        """The file as the host's `ast` has it; None where it cannot parse it."""
        try:
            return ast.parse(self.module.code)
        except (SyntaxError, ValueError):
            return None

    @cached_property
    def _lines(self) -> list[str]:
        return self.module.code.split("\n")

    def nodes(self, *kinds: type[N]) -> Iterator[N]:
        """All nodes of some kinds, in no promised order."""
        return (node for node in self._positions if isinstance(node, kinds))

    def parent(self, node: cst.CSTNode) -> cst.CSTNode | None:
        return self._parents.get(node)

    def above(self, node: cst.CSTNode) -> Iterator[cst.CSTNode]:
        """From a node's parent up to the module."""
        up = self._parents.get(node)
        while up is not None:
            yield up
            up = self._parents.get(up)

    def function_round(self, node: cst.CSTNode) -> cst.FunctionDef | None:
        """The innermost function that a node stands in; None where a class or lambda is nearer."""
        kinds = (cst.FunctionDef, cst.ClassDef, cst.Lambda)
        nearest = next((up for up in self.above(node) if isinstance(up, kinds)), None)
        return nearest if isinstance(nearest, cst.FunctionDef) else None

    def outermost_function(self, node: cst.CSTNode) -> cst.FunctionDef | None:
        """The outermost function that a node stands in, if any."""
        functions = [up for up in self.above(node) if isinstance(up, cst.FunctionDef)]
        return functions[-1] if functions else None

    def statement(self, node: cst.CSTNode) -> cst.SimpleStatementLine | None:
        """The line that a node stands in, if it is a statement of one line in an indented block."""
        for up in self.above(node):
            if isinstance(up, cst.SimpleStatementLine):
                return up
            if isinstance(up, cst.BaseCompoundStatement | cst.Lambda):
                return None
        return None

    def text(self, node: cst.CSTNode) -> str:
        return self.module.code_for_node(node)

    @cached_property
    def _bound(self) -> dict[str, list[cst.CSTNode]]:
        contexts = self._wrapper.resolve(metadata.ExpressionContextProvider)
        found: dict[str, list[cst.CSTNode]] = defaultdict(list)
        for node in self._parents:
            name = _bound_by(node, is_stored=contexts.get(node) in _STORED)
            if name is not None:
                found[name].append(node)
        return found

    def is_builtin(self, name: str) -> bool:
        """Whether a name can only be Python's own: nothing in the file binds it."""
        return name not in self._bound and "*" not in self._bound

    def is_module(self, name: str) -> bool:
        """Whether a name can only be the module of that name: all that binds it is its import."""
        bound = self._bound.get(name, [])
        plain = all(isinstance(node, cst.ImportAlias) and node.asname is None for node in bound)
        return bool(bound) and plain and "*" not in self._bound and not self._is_from(bound)

    def _is_from(self, aliases: Collection[cst.CSTNode]) -> bool:
        return any(isinstance(self.parent(alias), cst.ImportFrom) for alias in aliases)

    def bindings(self, name: str) -> list[cst.CSTNode]:
        """All nodes that bind a name, anywhere in the file."""
        return self._bound.get(name, [])

    def mentions(self, name: str) -> bool:
        """Whether a name stands anywhere in the file."""
        return name in self._names

    def uses(self, name: str) -> list[cst.Name]:
        """Where a name stands for a variable, read or bound, anywhere in the file."""
        return [node for node in self._variables if node.value == name]

    @cached_property
    def _variables(self) -> list[cst.Name]:
        return [node for node in self.nodes(cst.Name) if self._is_variable(node)]

    def _is_variable(self, node: cst.Name) -> bool:
        match self._parents.get(node):
            case (
                cst.Attribute(attr=name)
                | cst.Arg(keyword=name)
                | cst.MatchKeywordElement(key=name)
                | cst.ImportFrom(module=name)
            ):
                return name is not node
            case cst.ImportAlias(name=name, asname=asname):
                return name is not node or asname is None
        return True

    def is_within(self, node: cst.CSTNode, *others: cst.CSTNode) -> bool:
        """Whether a node is one of some others or stands in one."""
        return node in others or any(up in others for up in self.above(node))

    def reads_names_by_text(self, scope: cst.CSTNode) -> bool:
        """Whether code in a scope may read or list variables by their names as text."""
        return any(self.is_within(use, scope) for name in _BY_TEXT for use in self.uses(name))

    def can_go(self, scope: cst.FunctionDef, nodes: Collection[cst.CSTNode]) -> bool:
        """Whether code that never runs can be removed from a function.

        Not where it makes the function a generator, or where a name is only bound there and used
        elsewhere: the use would then be of another variable.
        """
        for node in self.nodes(cst.Yield, cst.Global, cst.Nonlocal):
            if self.is_within(node, *nodes):
                return False
        for name, bound in self._bound.items():
            inside = [one for one in bound if self.is_within(one, *nodes)]
            used = inside and [
                one for one in self.uses(name)
                if self.is_within(one, scope) and not self.is_within(one, *nodes)
            ]  # fmt: skip
            if used:
                return False
        return not self.reads_names_by_text(scope)

    @cached_property
    def _names(self) -> frozenset[str]:
        return frozenset(n.value for n in self._parents if isinstance(n, cst.Name))


def nodes_of(module: cst.Module) -> Iterator[cst.CSTNode]:
    """All nodes of a tree, those above before those in them, in an order that the tree gives."""
    waiting: list[cst.CSTNode] = [module]
    while waiting:
        node = waiting.pop()
        yield node
        waiting += _children(node)


def _children(node: cst.CSTNode) -> list[cst.CSTNode]:
    values = (getattr(node, name) for name in node.__dataclass_fields__)
    return [
        child
        for value in values
        for child in (value if isinstance(value, list | tuple) else (value,))
        if isinstance(child, cst.CSTNode)
    ]


def _bound_by(node: cst.CSTNode, *, is_stored: bool) -> str | None:
    """The name that a node binds; `*` for any."""
    match node:
        case cst.Name(value) if is_stored:
            return value
        case cst.ImportStar():
            return "*"
        case cst.ImportAlias(asname=None):
            return dotted(node.name).split(".")[0]
        case (
            cst.FunctionDef(name=cst.Name(value))
            | cst.ClassDef(name=cst.Name(value))
            | cst.Param(name=cst.Name(value))
            | cst.AsName(name=cst.Name(value))
            | cst.NameItem(name=cst.Name(value))
            | cst.MatchAs(name=cst.Name(value))
            | cst.MatchStar(name=cst.Name(value))
            | cst.MatchMapping(rest=cst.Name(value))
            | cst.TypeVar(name=cst.Name(value))
            | cst.ParamSpec(name=cst.Name(value))
            | cst.TypeVarTuple(name=cst.Name(value))
        ):
            return value
    return None


def dotted(node: cst.CSTNode) -> str:
    """`a.b.c` for names and attributes of names; other parts are empty."""
    match node:
        case cst.Name(value):
            return value
        case cst.Attribute():
            return f"{dotted(node.value)}.{node.attr.value}"
    return ""


def is_plain(node: cst.BaseExpression) -> bool:
    """Whether an expression can be evaluated once or twice, earlier or later, with one result.

    Names, constants, attributes of names, items by constants, texts and sums of these, and what
    `os.path.join` makes of them.
    """
    match node:
        case cst.Name() | cst.SimpleString() | cst.Integer() | cst.Float():
            return True
        case cst.Attribute():
            return is_plain(node.value)
        case cst.Subscript(
            slice=[cst.SubscriptElement(cst.Index(cst.SimpleString() | cst.Integer()))]
        ):
            return is_plain(node.value)
        case cst.BinaryOperation(operator=cst.Add()):
            return is_plain(node.left) and is_plain(node.right)
        case cst.FormattedString():
            return all(
                isinstance(part, cst.FormattedStringText)
                or (isinstance(part, cst.FormattedStringExpression) and is_plain(part.expression))
                for part in node.parts
            )
        case cst.Call(func=cst.Attribute()) if dotted(node.func) == "os.path.join":
            return all(not arg.star and is_plain(arg.value) for arg in node.args)
    return False


def has_comment(*nodes: cst.CSTNode) -> bool:
    """Whether a comment stands anywhere in some nodes."""
    finder = _Comments()
    for node in nodes:
        node.visit(finder)
    return finder.has_any


class _Comments(cst.CSTVisitor):
    def __init__(self) -> None:
        super().__init__()
        self.has_any = False

    def visit_Comment(self, node: cst.Comment) -> None:  # noqa: ARG002, N802 - LibCST's names
        self.has_any = True
