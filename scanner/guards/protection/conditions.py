"""What is known once a test came out true, or false: guards, one for each part. Pure."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from scanner.guards.protection.guard import OF, Form, Guard, GuardKind

_OPPOSITE: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Lt: ast.GtE, ast.GtE: ast.Lt,
    ast.Gt: ast.LtE, ast.LtE: ast.Gt,
}  # fmt: skip
_SIGNS: dict[type[ast.cmpop], str] = {
    ast.Is: "is", ast.IsNot: "is not", ast.Eq: "==", ast.NotEq: "!=", ast.In: "in",
    ast.NotIn: "not in", ast.Lt: "<", ast.GtE: ">=", ast.Gt: ">", ast.LtE: "<=",
}  # fmt: skip
_KINDS: dict[type[ast.cmpop], GuardKind] = {
    ast.In: GuardKind.MEMBERSHIP, ast.NotIn: GuardKind.MEMBERSHIP,
    ast.Lt: GuardKind.BOUNDS, ast.GtE: GuardKind.BOUNDS,
    ast.Gt: GuardKind.BOUNDS, ast.LtE: GuardKind.BOUNDS,
}  # fmt: skip
_MIRRORED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.Gt, ast.Gt: ast.Lt, ast.LtE: ast.GtE, ast.GtE: ast.LtE,
    ast.Eq: ast.Eq, ast.NotEq: ast.NotEq, ast.Is: ast.Is, ast.IsNot: ast.IsNot,
}  # fmt: skip
_TYPE_CALLS = frozenset(("isinstance", "issubclass", "hasattr", "callable"))
#: Names that say in which surroundings or mode the program runs, and not what it is given.
_MODE = re.compile(
    r"(?:sys\.(?:version|platform|flags|implementation)|os\.(?:name|environ)|platform\.|__name__"
    r"|(?:\w+\.)*_*(?:verbose|debug|quiet|dry_run|TYPE_CHECKING|isEnabledFor)\b"
    r"|_*[A-Z][A-Z0-9_]+\b)"
)


def known(test: ast.expr, *, truth: bool, form: Form) -> Iterator[Guard]:
    """What holds where a test is true (or, without `truth`, false)."""
    match test:
        case ast.UnaryOp(ast.Not(), operand):
            yield from known(operand, truth=not truth, form=form)
        case ast.BoolOp(op, values) if isinstance(op, ast.And) == truth:
            for value in values:
                yield from known(value, truth=truth, form=form)
        case ast.Compare(left, ops, rights) if len(ops) > 1 and truth:
            for one, sign, other in zip((left, *rights), ops, rights, strict=False):
                pair = ast.copy_location(ast.Compare(one, [sign], [other]), test)
                yield _one(pair, truth=True, form=form)
        case ast.NamedExpr(target, _):
            yield from known(target, truth=truth, form=form)
        case ast.Call(ast.Name("bool"), [one], []):
            yield from known(one, truth=truth, form=form)
        case ast.Constant():
            return
        case _:
            yield _one(test, truth=truth, form=form)


def _one(test: ast.expr, *, truth: bool, form: Form) -> Guard:
    kind, key = _read(test, truth=truth)
    subjects = frozenset(_subjects(test))
    if not subjects or all(_MODE.match(one) for one in subjects):
        form = Form.UNTOLD
    return Guard(key, kind, form, subjects, ast.unparse(test), test.lineno)


def _read(test: ast.expr, *, truth: bool) -> tuple[GuardKind, str]:
    """The kind of a test and how what it says is written."""
    plain = "" if truth else "not "
    match test:
        case ast.Compare(left, [op], [right]):
            if isinstance(left, ast.Constant) and type(op) in _MIRRORED:
                left, op, right = right, _MIRRORED[type(op)](), left
            return _compared(_without_name(left), op, right, truth=truth)
        case ast.Call(ast.Name(name)) if name in _TYPE_CALLS:
            return GuardKind.TYPE, plain + ast.unparse(test)
        case ast.Name() | ast.Attribute() | ast.Subscript():
            return GuardKind.EMPTY, plain + ast.unparse(test)
        case ast.BoolOp(op, values):
            # A negated conjunction, or an affirmed disjunction: one of its parts holds.
            parts = sorted({_read(value, truth=truth)[1] for value in values})
            return _read(values[0], truth=truth)[0], " or ".join(parts)
        case _:
            return GuardKind.QUESTION, plain + ast.unparse(test)


def _without_name(node: ast.expr) -> ast.expr:
    return node.target if isinstance(node, ast.NamedExpr) else node


def _compared(
    left: ast.expr, op: ast.cmpop, right: ast.expr, *, truth: bool
) -> tuple[GuardKind, str]:
    sign = type(op) if truth else _OPPOSITE[type(op)]
    match right:
        case ast.Constant(None):
            is_none = sign in (ast.Is, ast.Eq)
            return GuardKind.NONE, f"{ast.unparse(left)} is {'' if is_none else 'not '}None"
        case ast.Constant(0 | 1) | ast.Constant("") | ast.List([]) | ast.Dict([]):
            asked = _emptiness(left, sign, right)
            if asked is not None:
                return GuardKind.EMPTY, asked
    kind = _KINDS.get(type(op), GuardKind.VALUE)
    if isinstance(left, ast.Call) and ast.unparse(left.func) == "type":
        kind = GuardKind.TYPE
    return kind, f"{ast.unparse(left)} {_SIGNS[sign]} {ast.unparse(right)}"


def _emptiness(left: ast.expr, sign: type[ast.cmpop], right: ast.expr) -> str | None:
    """How the question is written whether something is empty, where it is that."""
    match left, right:
        case ast.Call(ast.Name("len"), [one], []), ast.Constant(bound):
            text = ast.unparse(one)
            if (sign, bound) in ((ast.Eq, 0), (ast.Lt, 1), (ast.LtE, 0)):
                return f"not {text}"
            if (sign, bound) in ((ast.NotEq, 0), (ast.GtE, 1), (ast.Gt, 0)):
                return text
        case _, ast.Constant("") | ast.List() | ast.Dict():
            text = ast.unparse(left)
            return {ast.Eq: f"not {text}", ast.NotEq: text}.get(sign)
    return None


def path_of(node: ast.expr) -> str | None:
    """`a.b.c` for a name and attributes of it; None for anything else."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return None
    return ".".join((node.id, *reversed(parts)))


def paths_in(node: ast.AST) -> Iterator[str]:
    """The paths that a piece of code reads or writes, each as long as it is written."""
    path = path_of(node) if isinstance(node, ast.expr) else None
    if path is not None:
        yield path
        return
    for child in ast.iter_child_nodes(node):
        yield from paths_in(child)


def _subjects(test: ast.expr) -> Iterator[str]:
    """The paths that a test asks about: not the functions that it calls, nor types and limits."""
    match test:
        case ast.Call(ast.Name(name), args, _) if name in _TYPE_CALLS and args:
            yield from _subjects(args[0])
        case ast.Call(function, args, keywords):
            given = [*args, *(one.value for one in keywords)]
            found = [path for one in given for path in _subjects(one)]
            if isinstance(function, ast.Attribute):
                found += _subjects(function.value)
            yield from found or filter(None, [path_of(function)])
        case ast.Compare(left, [ast.Is() | ast.IsNot() | ast.Eq() | ast.NotEq()], [right]):
            yield from _subjects(left)
            if not _is_constant(right):
                yield from _subjects(right)
        case ast.Name() | ast.Attribute() if (path := path_of(test)) is not None:
            yield path
        case _:
            for child in ast.iter_child_nodes(test):
                if isinstance(child, ast.expr):
                    yield from _subjects(child)


def _is_constant(node: ast.expr) -> bool:
    path = path_of(node)
    last = path.rpartition(".")[2] if path else ""
    return isinstance(node, ast.Constant) or (last != "" and last[0].isupper())


def implies(one: Guard, other: Guard) -> bool:
    """Whether one guard says at least what the other does, of a whole statement."""
    if OF in one.key:
        return False
    said = other.said
    if one.key == said:
        return True
    match other.kind:
        case GuardKind.NONE if said.endswith(" is not None"):
            return _tells_of(one, said.removesuffix(" is not None"))
        case GuardKind.EMPTY if not said.startswith("not "):
            is_bound = one.kind in (GuardKind.BOUNDS, GuardKind.VALUE, GuardKind.TYPE)
            return is_bound and _asks(one.key, said)
    return " or " in said and one.key in said.split(" or ")


def _tells_of(one: Guard, asked: str) -> bool:
    """Whether a guard could not hold for `None`."""
    if one.key.startswith("not ") or one.key.endswith((" is None", "!= None")):
        return False
    if one.kind in (GuardKind.VALUE, GuardKind.BOUNDS) and "!=" in one.key:
        return False
    return _asks(one.key, asked)


def _asks(key: str, asked: str) -> bool:
    """Whether what a guard says is of this very thing."""
    return bool(re.search(rf"(?<![\w.]){re.escape(asked)}(?!\w)", key))
