"""Dispatches: branches of which each takes one small step for one value of one thing.

A reader looks up the value and goes on, however many there are: a dispatch weighs one decision, as
McCabe's modified complexity has it for multiway branches (NIST 500-235, 4.1). A branch that holds
more than a small step weighs as everywhere, and so does one that asks for more than the value.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence

from scanner.analysis.metrics.walk import FunctionNode, is_elif
from scanner.base.model import Dispatched

#: So many branches on one thing are a dispatch.
LEAST_BRANCHES = 4
#: A step is small up to this many statements, none of which has a block.
STEP_STATEMENTS = 2
_BLOCKS = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.Try, ast.TryStar, ast.Match, ast.With,
           ast.AsyncWith, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)  # fmt: skip
_DECISIONS = (ast.IfExp, ast.BoolOp, ast.comprehension, ast.Lambda)
_VALUE_TESTS = (ast.Eq, ast.Is, ast.In)
_ENDS = (ast.Return, ast.Raise, ast.Continue, ast.Break)


def dispatched(tree: ast.AST) -> Dispatched:
    """The further branches of all dispatches in a tree, those of functions inside it left out."""
    cases = ifs = 0
    for node in _own_nodes(tree):
        if isinstance(node, ast.Match):
            cases += _further(sum(map(_is_flat_case, node.cases)))
        for block in _blocks_of(node):
            ifs += sum(_further(len(run)) for run in _runs(block))
    return Dispatched(cases, ifs)


def _further(branches: int) -> int:
    return branches - 1 if branches >= LEAST_BRANCHES else 0


def _own_nodes(tree: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a tree but those of functions inside functions."""
    stack = [(tree, False)]
    while stack:
        node, is_inside = stack.pop()
        if isinstance(node, FunctionNode):
            if is_inside:
                continue
            is_inside = True
        yield node
        stack += [(child, is_inside) for child in ast.iter_child_nodes(node)]


def _is_flat_case(case: ast.match_case) -> bool:
    is_wildcard = isinstance(case.pattern, ast.MatchAs) and case.pattern.pattern is None
    return case.guard is None and not is_wildcard and _is_small_step(case.body)


def _is_small_step(body: Sequence[ast.stmt]) -> bool:
    return len(body) <= STEP_STATEMENTS and not any(
        isinstance(inner, (*_BLOCKS, *_DECISIONS)) for one in body for inner in ast.walk(one)
    )


def _blocks_of(node: ast.AST) -> Iterator[list[ast.stmt]]:
    for name in ("body", "orelse", "finalbody"):
        block = getattr(node, name, None)
        is_elif_of_it = isinstance(node, ast.If) and name == "orelse" and is_elif(node)
        if isinstance(block, list) and not is_elif_of_it:
            yield block


def _runs(block: Iterable[ast.stmt]) -> Iterator[list[ast.If]]:
    """Branches on the values of one thing: a chain, or `if`s in a row that leave the block."""
    run: list[ast.If] = []
    about: str | None = None
    for statement in block:
        chain = list(_chain(statement)) if isinstance(statement, ast.If) else []
        flat = [branch for branch in chain if _is_small_step(branch.body)]
        subject = _subject(chain)
        if subject is None or subject != about:
            yield run
            run = []
        run += flat if subject else []
        about = subject if _goes_on(chain) else None
    yield run


def _goes_on(chain: Sequence[ast.If]) -> bool:
    """Whether the next `if` is asked as an `elif` would be: this one, alone, leaves the block."""
    return len(chain) == 1 and not chain[0].orelse and isinstance(chain[0].body[-1], _ENDS)


def _chain(branch: ast.If) -> Iterator[ast.If]:
    yield branch
    while is_elif(branch):
        branch = branch.orelse[0]  # type: ignore[assignment]
        yield branch


def _subject(chain: Sequence[ast.If]) -> str | None:
    """What all branches ask the value or the type of, None where they ask for different things."""
    subjects = {_asked_of(branch.test) for branch in chain}
    return subjects.pop() if len(subjects) == 1 else None


def _asked_of(test: ast.expr) -> str | None:
    match test:
        case ast.Compare(left=subject, ops=[op], comparators=[value]) if isinstance(
            op, _VALUE_TESTS
        ) and _is_value(value):
            return ast.dump(subject)
        case ast.Call(func=ast.Name(id="isinstance"), args=[subject, _]):
            return ast.dump(subject)
    return None


def _is_value(node: ast.expr) -> bool:
    """A literal, a name such as an enum's member, or several of them."""
    if isinstance(node, ast.Tuple | ast.List | ast.Set):
        return all(map(_is_value, node.elts))
    return isinstance(node, ast.Constant | ast.Name | ast.Attribute | ast.UnaryOp)
