"""PURE: which variables code reads and binds, and which of them matter after a stretch of it.

The sets err on the side of more reads and of fewer bindings that are sure.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

Function = ast.FunctionDef | ast.AsyncFunctionDef
Names = frozenset[str]
NONE: Names = frozenset()
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, *_COMPREHENSIONS)


@dataclass(frozen=True, slots=True)
class Uses:
    """The variables of the scope round some code that it reads, binds, or keeps for later.

    `kept` are those that a lambda, a generator or a function within reads when it runs.
    """

    reads: Names = NONE
    binds: Names = NONE
    kept: Names = NONE

    def __or__(self, other: Uses) -> Uses:
        return Uses(self.reads | other.reads, self.binds | other.binds, self.kept | other.kept)


def uses(*nodes: ast.AST) -> Uses:
    """What some code does with variables."""
    found = Uses()
    for node in nodes:
        found |= _uses(node)
    return found


def _uses(node: ast.AST) -> Uses:
    if isinstance(node, _SCOPES):
        return _inner(node)
    found = uses(*ast.iter_child_nodes(node))
    match node:
        case ast.Name(id=name, ctx=ast.Load()):
            return Uses(reads=frozenset((name,)))
        case ast.Name(id=name, ctx=ast.Store()):
            return Uses(binds=frozenset((name,)))
        case ast.Name(id=name):  # deleted: it has to be there
            return Uses(frozenset((name,)), frozenset((name,)))
        case ast.AugAssign(target=ast.Name(id=name)):
            return found | Uses(reads=frozenset((name,)))
        case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)):
            return found | Uses(binds=frozenset((name,)))
        case ast.MatchStar(name=str(name)) | ast.MatchMapping(rest=str(name)):
            return found | Uses(binds=frozenset((name,)))
        case ast.alias(name=name, asname=asname):
            return Uses(binds=frozenset(((asname or name).partition(".")[0],)))
    return found


def _inner(node: ast.AST) -> Uses:
    """What a scope within takes from the one round it."""
    if isinstance(node, _COMPREHENSIONS):
        inside = uses(*ast.iter_child_nodes(node))
        walrus = {one.target.id for one in ast.walk(node) if isinstance(one, ast.NamedExpr)}
        reads = (inside.reads - (inside.binds - walrus)) | _uses(node.generators[0].iter).reads
        kept = reads if isinstance(node, ast.GeneratorExp) else inside.kept
        return Uses(reads, inside.binds & walrus, kept)
    if isinstance(node, ast.Lambda):
        outside, inside = uses(node.args), _uses(node.body)
        free = inside.reads - frozenset(parameters(node.args)) - inside.binds
        return Uses(outside.reads | free, NONE, free)
    assert isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    inside = uses(*node.body)
    own = inside.binds - frozenset(_declared(node))
    heads = [*node.decorator_list, *(node.bases if isinstance(node, ast.ClassDef) else ())]
    if not isinstance(node, ast.ClassDef):
        own |= frozenset(parameters(node.args))
        heads.append(node.args)
    free = inside.reads - own
    outside = uses(*heads)
    return Uses(outside.reads | free, frozenset((node.name,)), free | frozenset(_declared(node)))


def _declared(node: ast.AST) -> Iterator[str]:
    for one in ast.walk(node):
        if isinstance(one, ast.Global | ast.Nonlocal):
            yield from one.names


def parameters(arguments: ast.arguments) -> list[str]:
    """The names of all parameters, in order."""
    named = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    more = [one for one in (arguments.vararg, arguments.kwarg) if one is not None]
    return [one.arg for one in (*named, *more)]


def variables_of(function: Function) -> Names:
    """The variables of a function itself: parameters, and what its code binds."""
    bound = uses(*function.body).binds | frozenset(parameters(function.args))
    return bound - frozenset(_declared(function))


def leaves(block: Sequence[ast.stmt]) -> bool:
    """Whether what follows a block is never reached through it, told by its last statement."""
    match block[-1]:
        case ast.Return() | ast.Raise() | ast.Break() | ast.Continue():
            return True
        case ast.If(body=body, orelse=orelse):
            return bool(orelse) and leaves(body) and leaves(orelse)
    return False


def surely_bound(block: Sequence[ast.stmt]) -> Names:
    """What is bound where a block was run to its end."""
    return NONE.union(*map(_surely_bound, block))


def _surely_bound(statement: ast.stmt) -> Names:
    match statement:
        case ast.If(test=test, body=body, orelse=orelse):
            branches = [surely_bound(one) for one in (body, orelse) if not (one and leaves(one))]
            return frozenset.intersection(*branches) if branches else uses(test).binds
        case ast.With(items=items, body=body) | ast.AsyncWith(items=items, body=body):
            return uses(*items).binds | surely_bound(body)
        case ast.Try(body=body, handlers=handlers, orelse=orelse, finalbody=finalbody):
            ways = [surely_bound([*body, *orelse])]
            ways += [surely_bound(one.body) for one in handlers if not leaves(one.body)]
            return frozenset.intersection(*ways) | surely_bound(finalbody)
        case ast.AnnAssign(value=None):
            return NONE
        case ast.Assign() | ast.AnnAssign() | ast.Import() | ast.ImportFrom() | ast.FunctionDef():
            return uses(statement).binds
    return NONE


def bound_before(function: Function, statement: ast.stmt) -> Names:
    """What is surely bound where a statement of a function begins."""
    gone = {one.id for one in ast.walk(function)
            if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Del)}  # fmt: skip
    handlers = (one for one in ast.walk(function) if isinstance(one, ast.ExceptHandler))
    gone |= {one.name for one in handlers if one.name}
    return (frozenset(parameters(function.args)) | _on_the_way(function, statement)) - gone


def _on_the_way(above: ast.AST, statement: ast.stmt) -> Names:
    for block in blocks_of(above):
        for place, one in enumerate(block):
            if one.lineno <= statement.lineno <= (one.end_lineno or 0):
                inside = NONE if one is statement else _heads(one) | _on_the_way(one, statement)
                return surely_bound(block[:place]) | inside
    return NONE


def _heads(statement: ast.stmt) -> Names:
    """What a compound statement binds before its blocks are run."""
    match statement:
        case ast.For(target=target) | ast.AsyncFor(target=target):
            return uses(target).binds
        case ast.With(items=items) | ast.AsyncWith(items=items):
            return uses(*items).binds
    return NONE


def blocks_of(node: ast.AST) -> Iterator[list[ast.stmt]]:
    """The lists of statements right below a node."""
    for name in ("body", "orelse", "finalbody"):
        if isinstance(block := getattr(node, name, None), list) and block:
            yield block
    for part in (*getattr(node, "handlers", ()), *getattr(node, "cases", ())):
        yield part.body


@dataclass
class Liveness:
    """Which variables are read later, from the end of a function backwards.

    `after` is what may be read once `last` was run before it is bound anew, `handled` what
    handlers round it may read should it fail; it `is_met` if it stands where this looks.
    """

    last: ast.stmt | None = None
    after: Names = NONE
    handled: Names = NONE
    is_met: bool = False
    _loops: list[tuple[Names, Names]] = field(default_factory=list)
    _failing: list[Names] = field(default_factory=list)

    def block(self, statements: Sequence[ast.stmt], after: Names) -> Names:
        """What is read from the beginning of some statements on, if `after` is after them."""
        for statement in reversed(statements):
            after |= self._fails
            if statement is self.last:
                self.is_met = True
                self.after |= after
                self.handled |= self._fails
            after = self._statement(statement, after)
        return after

    @property
    def _fails(self) -> Names:
        return NONE.union(*self._failing)

    def _statement(self, statement: ast.stmt, after: Names) -> Names:
        match statement:
            case ast.Return() | ast.Raise():
                return uses(statement).reads | self._fails
            case ast.Break():
                return self._loops[-1][0] if self._loops else after
            case ast.Continue():
                return self._loops[-1][1] if self._loops else after
            case ast.If(test=test, body=body, orelse=orelse):
                ways = self.block(body, after) | self.block(orelse, after)
                return uses(test).reads | ways
            case ast.For() | ast.AsyncFor() | ast.While():
                return self._loop(statement, after)
            case ast.With(items=items, body=body) | ast.AsyncWith(items=items, body=body):
                head = uses(*items)
                return head.reads | (self.block(body, after) - head.binds)
            case ast.Try() | ast.TryStar():
                return self._try(statement, after)
            case ast.Match(subject=subject, cases=cases):
                ways = NONE.union(*(self._case(one, after) for one in cases))
                return uses(subject).reads | ways | after
        return uses(statement).reads | (after - _surely_bound(statement))

    def _case(self, case: ast.match_case, after: Names) -> Names:
        inside = self.block(case.body, after)
        guard = uses(case.guard).reads if case.guard else NONE
        return uses(case.pattern).reads | guard | inside

    def _loop(self, loop: ast.For | ast.AsyncFor | ast.While, after: Names) -> Names:
        head = uses(loop.test) if isinstance(loop, ast.While) else Uses()
        again = self.block(loop.orelse, after) | head.reads
        for _ in range(3):  # what one round needs of the one before is known after the second
            self._loops.append((after, again))
            inside = self.block(loop.body, again)
            self._loops.pop()
            target = NONE if isinstance(loop, ast.While) else uses(loop.target).binds
            again |= inside - target
        return again if isinstance(loop, ast.While) else again | uses(loop.iter).reads

    def _try(self, node: ast.Try | ast.TryStar, after: Names) -> Names:
        at_end = self.block(node.finalbody, after)
        self._failing.append(at_end if node.finalbody else NONE)
        handlers = NONE
        for one in node.handlers:
            caught = frozenset((one.name,)) if one.name else NONE
            kinds = uses(one.type).reads if one.type else NONE
            handlers |= kinds | (self.block(one.body, at_end) - caught)
        orelse = self.block(node.orelse, at_end)
        self._failing.append(handlers)
        inside = self.block(node.body, orelse)
        del self._failing[-2:]
        return inside | handlers | at_end


def live_after(function: Function, last: ast.stmt) -> Liveness:
    """What matters of a function's variables once a statement of it was run."""
    liveness = Liveness(last)
    liveness.block(function.body, NONE)
    return liveness


def live_before(run: Sequence[ast.stmt], after: Names) -> Names:
    """What some statements need, if `after` is needed after them."""
    return Liveness().block(run, after)
