"""A first step for a function that is hard to follow: code that stands less deep.

An `else` below branches that leave is left off, and an `if` that all the rest of a function or a
loop stands in becomes an early `return` or `continue`. The code does what it did; whether it reads
better is for people to say, so that it is only made where it is asked for, and only offered where
the measured complexity falls. Of several steps it is the one after which least is left.
"""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from scanner.analysis.metrics.complexity import measure
from scanner.analysis.parsing.source import UnitSource
from scanner.base.model import Complexity, Span, UnitKind
from scanner.rulepacks.codemods.blocks import unnested
from scanner.rulepacks.codemods.code import Code, has_comment
from scanner.rulepacks.codemods.codemod import CodeEdit, Refusal
from scanner.rulepacks.codemods.conventions.else_after_return import without_else
from scanner.rulepacks.codemods.conventions.guard_style import with_guard
from scanner.rulepacks.codemods.nodes import negated


def edits(code: Code, span: Span) -> Iterator[CodeEdit | Refusal]:
    """The step that helps most for the function on these lines, or why there is none."""
    for function in _outermost(code, span):
        before = _cognitive(code, function)
        steps = [(_after(code, function, one), one) for one in _steps(code, function)]
        least, step = min(
            ((after, one) for after, one in steps if after is not None),
            key=lambda pair: pair[0],
            default=(None, None),
        )
        if step is None or least is None or before is None or least >= before:
            yield Refusal("no simple step makes it less complex")
        else:
            doubt = f"a first step, which takes its cognitive complexity from {before} to {least}"
            yield CodeEdit(step.old, step.new, doubt)


def _outermost(code: Code, span: Span) -> Iterator[cst.FunctionDef]:
    """The function whose lines, with its decorators, these are."""
    places = [(code.span(one), one) for one in code.nodes(cst.FunctionDef)]
    inside = [(place.first, one) for place, one in places
              if span.first <= place.first and place.last == span.last]  # fmt: skip
    yield from [one for _, one in sorted(inside, key=lambda pair: pair[0])[:1]]


def _steps(code: Code, function: cst.FunctionDef) -> Iterator[CodeEdit]:
    for node in code.nodes(cst.If):
        if code.function_round(node) is function:
            # `not (…)` round several lines of questions is no easier to read than what it saves.
            is_plain = len(code.span(node.test)) == 1
            guards = (with_guard(code, node, _negated), _with_continue(code, node))
            for step in guards if is_plain else ():
                if isinstance(step, CodeEdit):
                    yield step
            if isinstance(node.orelse, cst.Else):
                flat = without_else(code, node, node.orelse)
                if isinstance(flat, CodeEdit):
                    yield flat


def _with_continue(code: Code, node: cst.If) -> CodeEdit | None:
    """An early `continue` for an `if` at the end of a loop, and its body one level out."""
    block = code.parent(node)
    loop = code.parent(block) if isinstance(block, cst.IndentedBlock) else None
    if not isinstance(loop, cst.For | cst.While) or loop.body is not block:
        return None
    statements = unnested(node.body)
    if block.body[-1] is not node or node.orelse is not None or isinstance(statements, Refusal):
        return None
    if has_comment(node.test):
        return None
    early = cst.IndentedBlock([cst.SimpleStatementLine([cst.Continue()])])
    guard = cst.If(_negated(node.test), early, leading_lines=node.leading_lines)
    return CodeEdit(node, cst.FlattenSentinel([guard, *statements]))


def _negated(test: cst.BaseExpression) -> cst.BaseExpression:
    """As people write it: `!=` for `==`, which differ only for objects that say so."""
    match test:
        case cst.Comparison(left, [cst.ComparisonTarget(cst.Equal(), right)]):
            return cst.Comparison(left, [cst.ComparisonTarget(cst.NotEqual(), right)])
        case cst.Comparison(left, [cst.ComparisonTarget(cst.NotEqual(), right)]):
            return cst.Comparison(left, [cst.ComparisonTarget(cst.Equal(), right)])
    return negated(test)


def _after(code: Code, function: cst.FunctionDef, step: CodeEdit) -> int | None:
    changed = function.visit(_Step(step))
    return _cognitive(code, changed) if isinstance(changed, cst.FunctionDef) else None


def _cognitive(code: Code, function: cst.FunctionDef) -> int | None:
    text = code.text(function.with_changes(leading_lines=[])).replace("\r\n", "\n")
    facts = measure(UnitSource(UnitKind.FUNCTION, text))
    return facts.cognitive if isinstance(facts, Complexity) else None


class _Step(cst.CSTTransformer):
    def __init__(self, step: CodeEdit) -> None:
        super().__init__()
        self._step = step

    def on_leave(  # type: ignore[override]
        self, original_node: cst.CSTNode, updated_node: cst.CSTNode
    ) -> cst.CSTNode | cst.FlattenSentinel[cst.BaseStatement]:
        is_it = original_node is self._step.old and self._step.new is not None
        return self._step.new if is_it else updated_node  # type: ignore[return-value]
