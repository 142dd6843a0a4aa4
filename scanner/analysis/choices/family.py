"""What a family of choices is: where code chooses, between what, and how that is worded."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple

from scanner.base.model import UnitKind

#: The alternative of a family whose names are open ("named `{choice}`").
OPEN = "*"


class Topic(StrEnum):
    """Chapters of the book of conventions."""

    LOGGING = "logging"
    FAILURE = "failure"
    FILES = "files"
    TEXT = "text"
    RECORDS = "records"
    TYPES = "types"
    IMPORTS = "imports"
    DOCUMENTATION = "documentation"
    NAMING = "naming"
    STRUCTURE = "structure"
    LIBRARIES = "libraries"
    TESTS = "tests"
    SYSTEM = "system"
    TEAM = "team"


class Reach(StrEnum):
    """The widest scope a family is counted in: some habits only mean something close by."""

    REPOSITORY = "repository"
    DIRECTORY = "directory"


class Seen(NamedTuple):
    """What a reader saw at a node: an alternative of its family and, in a family that is counted
    apart for each module, job or verb, which one. `line` is 1-based in the unit; 0 is the node's.
    """

    alternative: str
    subject: str = ""
    line: int = 0


class Choice(NamedTuple):
    """One choice made in a unit. `line` counts from the unit's first line, which is 0."""

    family: str
    subject: str
    alternative: str
    line: int


@dataclass(frozen=True, slots=True)
class Alternative:
    """One way to decide. `label` completes "41 of 43 {noun} are …" and "this one is …".

    `example` is a piece of code that makes this choice, read back by the tests and exported beside
    the semgrep rule; `pattern` is a semgrep pattern that finds the choice, where one can.
    `improves_on` names alternatives next to which this one is more than was asked for: to document,
    annotate or handle what the codebase leaves out is no departure, nor is the newer way of the
    language beside the one that it was made to replace.
    """

    id: str
    label: str
    instead: str
    example: str = ""
    pattern: str | None = None
    improves_on: tuple[str, ...] = ()


Reader = Callable[[Any, "Scene"], "str | Seen | None"]


@dataclass(frozen=True, slots=True)
class Family:
    """A point where code chooses. `noun` is what is counted, in the plural.

    `governed_by` names the linter rules (`ruff:UP032`, `pylint:W0703`) and formatters
    (`formatter:quotes`) that decide this where they are configured. `in_tests` is false for what
    tests do for reasons of their own.
    """

    id: str
    topic: Topic
    noun: str
    nodes: tuple[type[ast.AST], ...]
    read: Reader
    alternatives: tuple[Alternative, ...]
    governed_by: tuple[str, ...] = ()
    reach: Reach = Reach.REPOSITORY
    in_tests: bool = True

    def alternative(self, choice: str) -> Alternative:
        """The entry of an alternative; in an open family, its template. Raises KeyError."""
        for entry in self.alternatives:
            if entry.id in (choice, OPEN):
                return entry
        raise KeyError(f"{self.id} has no alternative {choice!r}")


def worded(family: Family, subject: str, choice: str) -> str:
    """A choice in words that complete "… are". Raises KeyError for an alternative it has not."""
    return filled(family.alternative(choice).label, subject, choice)


def filled(template: str, subject: str, choice: str) -> str:
    """A wording with its subject and choice put in."""
    return template.replace("{subject}", subject).replace("{choice}", choice)


@dataclass(slots=True)
class Scene:
    """Where the walk stands: the unit's kind and lines, and the nodes above the current one.

    `first_line` is the number that the tree gives to the first of `lines`, and `indentation` the
    number of bytes that the tree's columns have before it. `texts` are the string literals outside
    of f-strings and `returns` the return statements; both are complete when the unit itself is
    read, which is last.
    """

    kind: UnitKind
    lines: tuple[str, ...]
    first_line: int = 1
    indentation: int = 0
    ancestors: list[ast.AST] = field(default_factory=list)
    texts: list[ast.Constant] = field(default_factory=list)
    returns: list[ast.Return] = field(default_factory=list)

    @property
    def parent(self) -> ast.AST:
        return self.ancestors[-1]

    @property
    def is_unit(self) -> bool:
        """Whether the current node is the unit itself: the function, method or class."""
        return len(self.ancestors) == 1 and self.kind is not UnitKind.MODULE

    @property
    def in_function(self) -> bool:
        return self.kind in (UnitKind.FUNCTION, UnitKind.METHOD) and len(self.ancestors) > 1

    def enclosing(self, *kinds: type[ast.AST]) -> ast.AST | None:
        """The innermost node of these kinds above, within the innermost function."""
        for node in reversed(self.ancestors):
            if isinstance(node, kinds):
                return node
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
                return None
        return None


FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
Function = ast.FunctionDef | ast.AsyncFunctionDef


_newest: tuple[ast.AST | None, str] = (None, "")


def dotted(node: ast.AST) -> str:
    """`a.b.c` of a name or a chain of attributes; empty for anything else.

    Many families ask for the name of one call in a row, so that the newest answer is remembered.
    """
    global _newest  # noqa: PLW0603 - a memo: the result depends on the node alone
    known, name = _newest
    if known is not node:
        name = _dotted(node)
        _newest = (node, name)
    return name


#: Longer chains of names, calls and subscripts have no name. Each link is asked for its own: with
#: them all, that would take the square of the length.
_LONGEST_CHAIN = 50


def _dotted(node: ast.AST) -> str:
    parts: list[str] = []
    while isinstance(node, ast.Attribute) and len(parts) < _LONGEST_CHAIN:
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return ""
    parts.append(node.id)
    return ".".join(reversed(parts))


def last_name(node: ast.AST) -> str:
    """The last part of a name, attribute, call or subscript: `c` of `a.b.c(…)`."""
    for _ in range(_LONGEST_CHAIN):
        if not isinstance(node, ast.Call | ast.Subscript):
            break
        node = node.func if isinstance(node, ast.Call) else node.value
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def has_keyword(call: ast.Call, *names: str) -> bool:
    """Whether a call passes one of these keywords, or may by `**`."""
    return any(keyword.arg is None or keyword.arg in names for keyword in call.keywords)


def is_text(node: ast.AST | None) -> bool:
    """Whether a node is a plain string literal."""
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def parameters(function: Function) -> Iterable[ast.arg]:
    """All parameters but `self`, `cls` and the like stay in; `*` and `**` come last."""
    arguments = function.args
    yield from arguments.posonlyargs
    yield from arguments.args
    yield from arguments.kwonlyargs
    for rest in (arguments.vararg, arguments.kwarg):
        if rest is not None:
            yield rest


def own_parameters(function: Function, scene: Scene) -> list[ast.arg]:
    """The parameters of a function, without the receiver of a method."""
    found = list(parameters(function))
    is_bound = scene.kind is UnitKind.METHOD and scene.is_unit
    return found[1:] if is_bound and found and found[0].arg in ("self", "cls", "mcs") else found


def is_public(name: str) -> bool:
    """Whether a name is part of the interface: it begins with no underscore."""
    return not name.startswith("_")


def is_test(function: Function) -> bool:
    """Whether test runners take a function for a test, by its name."""
    return function.name.startswith("test")


def is_dunder(name: str) -> bool:
    """Whether a name is one of Python's own, such as `__init__`."""
    return name.startswith("__") and name.endswith("__")


def decorator_names(node: Function | ast.ClassDef) -> tuple[str, ...]:
    """The dotted names of the decorators, without their arguments."""
    targets = (d.func if isinstance(d, ast.Call) else d for d in node.decorator_list)
    return tuple(name for name in map(dotted, targets) if name)


def body_after_docstring(function: Function) -> list[ast.stmt]:
    """The statements of a function, without its docstring."""
    body = function.body
    if isinstance(body[0], ast.Expr) and is_text(body[0].value):
        return body[1:]
    return body


def leaves(statement: ast.stmt) -> bool:
    """Whether a statement ends its block: return, raise, continue or break."""
    return isinstance(statement, ast.Return | ast.Raise | ast.Continue | ast.Break)
