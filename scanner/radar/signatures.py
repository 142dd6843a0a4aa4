"""Parameters and calls: whether a call that fits a signature fits another. Pure."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from scanner.analysis.parsing.functions import FunctionNode

_STATIC = frozenset(("staticmethod",))


@dataclass(frozen=True, slots=True)
class Signature:
    """What a function takes, without `self` or `cls`.

    `positional` are names in order, of which the last `defaults` need not be given and the first
    `nameless` cannot be named; `keywords` must be named, and of them `needed` be given.
    """

    positional: tuple[str, ...]
    nameless: int
    defaults: int
    keywords: frozenset[str]
    needed: frozenset[str]
    takes_more: bool
    takes_names: bool


@dataclass(frozen=True, slots=True)
class CallShape:
    """What a call gives: so many values, and names."""

    values: int
    names: frozenset[str]


def signature_of(function: FunctionNode, *, is_method: bool) -> Signature:
    """The signature of a function as its callers see it."""
    given = function.args
    names = [one.arg for one in (*given.posonlyargs, *given.args)]
    marks = {ast.unparse(one) for one in function.decorator_list}
    skipped = int(is_method and not marks & _STATIC and bool(names))
    wanted = {
        one.arg for one, default in zip(given.kwonlyargs, given.kw_defaults, strict=True)
        if default is None
    }  # fmt: skip
    return Signature(
        positional=tuple(names[skipped:]),
        nameless=max(len(given.posonlyargs) - skipped, 0),
        defaults=len(given.defaults),
        keywords=frozenset(one.arg for one in given.kwonlyargs),
        needed=frozenset(wanted),
        takes_more=given.vararg is not None,
        takes_names=given.kwarg is not None,
    )


def shape_of(call: ast.Call) -> CallShape | None:
    """What a call gives, or None where that is known only when it runs (`*args`, `**options`)."""
    if any(isinstance(one, ast.Starred) for one in call.args):
        return None
    names = [one.arg for one in call.keywords]
    if None in names:
        return None
    return CallShape(len(call.args), frozenset(name for name in names if name))


def fits(call: CallShape, signature: Signature) -> bool:
    """Whether Python would bind the call's arguments to the parameters."""
    names = signature.positional
    if call.values > len(names) and not signature.takes_more:
        return False
    by_value = set(names[: call.values])
    nameable = set(names[signature.nameless :])
    if call.names & by_value & nameable:
        return False
    if not signature.takes_names and call.names - nameable - signature.keywords:
        return False
    required = names[call.values : max(len(names) - signature.defaults, 0)]
    return signature.needed <= call.names and all(
        name in call.names and name in nameable for name in required
    )
