"""Halstead's counts by radon's rules, over a shared walk."""

from __future__ import annotations

import ast
import math
from collections.abc import Hashable

from scanner.analysis.metrics.walk import Walk
from scanner.base.model import Halstead


def measure(walk: Walk) -> Halstead:
    """The counts for all that radon's Halstead visitor sees of the text.

    Operators are told apart by kind. Operands are names, attributes and constants by their value,
    anything else by itself, each together with the name of the function round it.
    """
    operators = operands = 0
    kinds: set[type[ast.AST]] = set()
    seen: set[tuple[str | None, Hashable]] = set()
    for node, place in walk.visits:
        if not place.measured:
            continue
        found = _operation(node)
        if found is None:
            continue
        operations, values = found
        operators += len(operations)
        operands += len(values)
        kinds.update(map(type, operations))
        context = place.context
        seen.update((context, _operand(value)) for value in values)
    return Halstead(len(kinds), len(seen), operators, operands)


def _operation(node: ast.AST) -> tuple[list[ast.AST], list[ast.expr]] | None:
    match node:
        case ast.BinOp():
            return [node.op], [node.left, node.right]
        case ast.Compare():
            return list(node.ops), [*node.comparators, node.left]
        case ast.BoolOp():
            return [node.op], node.values
        case ast.UnaryOp():
            return [node.op], [node.operand]
        case ast.AugAssign():
            return [node.op], [node.target, node.value]
    return None


def _operand(value: ast.expr) -> Hashable:
    match value:
        case ast.Name():
            return value.id
        case ast.Attribute():
            return value.attr
        case ast.Constant():
            return value.value
    return value


def volume(counts: Halstead) -> float:
    """Halstead's volume in bits: length times the binary logarithm of the vocabulary."""
    vocabulary = counts.distinct_operators + counts.distinct_operands
    length = counts.operators + counts.operands
    # As radon writes it: `math.log2` differs in the last bit.
    return length * math.log(vocabulary, 2) if vocabulary else 0.0  # noqa: FURB163
