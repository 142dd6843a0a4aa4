"""A call for the body of a function that is a copy of another, or that other for the copy itself.

What is live elsewhere (whether it can be imported, whether that closes a circle, whether names mean
the same there) is asked before, where copies are found; here it is held that both do the same.
"""

from __future__ import annotations

import ast
import symtable
from collections.abc import Iterator
from functools import partial

import libcst as cst

from scanner.base.model import Span
from scanner.rulepacks.codemods.blocks import COMMENT_INSIDE
from scanner.rulepacks.codemods.code import Code
from scanner.rulepacks.codemods.codemod import CodeEdit, Edits, Original, Refusal

Function = ast.FunctionDef | ast.AsyncFunctionDef
_OTHERWISE = (ast.Yield, ast.YieldFrom, ast.Global, ast.Nonlocal)
_BY_NAME = frozenset(("super", "__class__", "locals", "vars", "eval", "exec", "dir", "globals"))


def towards(original: Original) -> Edits:
    """The fix of a copy of a function, asked with the copy's lines."""
    return partial(_edits, original)


def _edits(original: Original, code: Code, span: Span) -> Iterator[CodeEdit | Refusal]:
    for node in code.starting(span.first, cst.FunctionDef):
        yield _edit(original, code, node)


def _edit(original: Original, code: Code, node: cst.FunctionDef) -> CodeEdit | Refusal:
    copy = _parsed(code.module.code_for_node(node.with_changes(leading_lines=[])))
    first = _named(original.source, original.unit)
    if copy is None or first is None or not isinstance(node.body, cst.IndentedBlock):
        return Refusal("the copy or its original cannot be read as a function")
    if copy.decorator_list or first.decorator_list:
        return Refusal("a decorator may make something else of it")
    if type(copy) is not type(first) or _same(copy) is None or _same(copy) != _same(first):
        return Refusal("it does not do the very same")
    if not _comments(code.text(node.body)) <= _comments(original.source.decode("utf-8", "replace")):
        return Refusal(COMMENT_INSIDE)
    module, _, name = original.target.rpartition(".")
    doubt = f"it is what `{original.target}` does, which may change for reasons of its own"
    is_moved = module != "self" and not original.is_same_file
    imports = frozenset((f"{module}:{name}",)) if is_moved else frozenset[str]()
    if is_moved and name == copy.name:
        if ast.dump(copy.args) != ast.dump(first.args) or code.parent(node) is not code.module:
            return Refusal("it is not called as its original is")
        return CodeEdit(node, None, doubt, imports=imports)
    if is_moved and code.mentions(name):
        return Refusal(f"`{name}` stands for something else in this file")
    called = f"self.{name}" if module == "self" else name
    return CodeEdit(node.body, _calling(node.body, copy, first, called), doubt, imports=imports)


def _parsed(text: str) -> Function | None:
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return None
    match tree.body:
        case [ast.FunctionDef() | ast.AsyncFunctionDef() as function]:
            return function
    return None


def _named(source: bytes, unit: str) -> Function | None:
    """The function or method of a file that has a qualified name."""
    try:
        scope: ast.AST = ast.parse(source)
    except (SyntaxError, ValueError):
        return None
    for part in unit.split("."):
        inner = [one for one in ast.iter_child_nodes(scope) if getattr(one, "name", None) == part]
        if len(inner) != 1:
            return None
        scope = inner[0]
    return scope if isinstance(scope, Function) else None


def _same(function: Function) -> str | None:
    """A text that two functions have in common that do the same with the same parameters.

    Their own variables are numbered in the order in which they come up. None for what a call from
    elsewhere could not do.
    """
    nodes = list(ast.walk(function))
    names = {node.id for node in nodes if isinstance(node, ast.Name)}
    if any(isinstance(node, _OTHERWISE) for node in nodes) or names & {*_BY_NAME, function.name}:
        return None
    if function.args.vararg or function.args.kwarg:
        return None
    plain = ast.parse(ast.unparse(function)).body[0]
    assert isinstance(plain, Function)
    body = plain.body[1:] if ast.get_docstring(plain) is not None else plain.body
    own = _own_variables(plain)
    parameters = [one.arg for one in _parameters(plain)]
    numbers = {name: f"{place} " for place, name in enumerate(parameters)}
    renamer = _Renamer(own, numbers)
    shape = [len(part) for part in (plain.args.posonlyargs, plain.args.args, plain.args.kwonlyargs)]
    return f"{shape} {[ast.dump(renamer.visit(statement)) for statement in body]}"


def _own_variables(function: Function) -> frozenset[str]:
    table = symtable.symtable(ast.unparse(function), "copy", "exec")
    inner = next(one for one in table.get_children() if one.get_name() == function.name)
    assert isinstance(inner, symtable.Function)
    return frozenset(inner.get_locals())


def _parameters(function: Function) -> list[ast.arg]:
    arguments = function.args
    return [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]


class _Renamer(ast.NodeTransformer):
    def __init__(self, own: frozenset[str], numbers: dict[str, str]) -> None:
        self._own, self._numbers = own, numbers

    def _number(self, name: str) -> str:
        if name not in self._own:
            return name
        return self._numbers.setdefault(name, f"{len(self._numbers)} ")

    def visit_Name(self, node: ast.Name) -> ast.Name:
        return ast.Name(self._number(node.id), node.ctx)

    def visit_arg(self, node: ast.arg) -> ast.arg:
        return ast.arg(self._number(node.arg), node.annotation)

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> ast.ExceptHandler:
        self.generic_visit(node)
        name = None if node.name is None else self._number(node.name)
        return ast.ExceptHandler(node.type, name, node.body)


def _comments(text: str) -> frozenset[str]:
    lines = (line.partition("#") for line in text.split("\n"))
    return frozenset(after.strip() for _, mark, after in lines if mark)


def _calling(
    block: cst.IndentedBlock, copy: Function, first: Function, called: str
) -> cst.IndentedBlock:
    """A body that calls, below the docstring that was there."""
    receivers = 1 if called.startswith("self.") else 0
    ordered = [one.arg for one in (*copy.args.posonlyargs, *copy.args.args)][receivers:]
    pairs = zip(first.args.kwonlyargs, copy.args.kwonlyargs, strict=True)
    arguments = [*ordered, *(f"{there.arg}={here.arg}" for there, here in pairs)]
    if receivers:
        called = called.replace("self.", f"{_parameters(copy)[0].arg}.", 1)
    call = f"{called}({', '.join(arguments)})"
    if isinstance(copy, ast.AsyncFunctionDef):
        call = f"await {call}"
    given = any(isinstance(one, ast.Return) and one.value is not None for one in ast.walk(copy))
    line = cst.parse_statement(f"return {call}" if given else call)
    kept = block.body[:1] if ast.get_docstring(copy) is not None else []
    return block.with_changes(body=[*kept, line], footer=[])
