"""Statements that stand twice in a file, in one function or two → a function that both call.

Nothing is taken out whose running elsewhere could do something else: what leaves in its middle,
waits, yields, deletes or declares names, or binds what a handler or an inner function reads. What
goes in and out is computed from which variables are read before they are bound; the name and the
place of the new function are proposals, so that this is never made unasked.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import islice, product, takewhile
from typing import get_args

import libcst as cst

from scanner.base.model import Span
from scanner.rulepacks.codemods.blocks import COMMENT_INSIDE
from scanner.rulepacks.codemods.code import Code
from scanner.rulepacks.codemods.codemod import CodeEdit, Edits, Refusal
from scanner.rulepacks.codemods.variables import (
    Function,
    Names,
    Uses,
    blocks_of,
    bound_before,
    live_after,
    live_before,
    parameters,
    surely_bound,
    uses,
    variables_of,
)

#: A call with more in it, or more out of it, is no easier to follow than the lines themselves.
MOST_PARAMETERS, MOST_RESULTS = 5, 2
#: So many lines of code have to be saved.
LEAST_SAVED = 3
#: Of the stretches that two functions have in common, so many are tried, the longest first.
MOST_TRIED = 40
LONGEST_LINE = 88
_SUSPENDS = (ast.Yield, ast.YieldFrom, ast.Await, ast.AsyncFor, ast.AsyncWith)
_DECLARES = (
    ast.Global,
    ast.Nonlocal,
    ast.Delete,
    ast.FunctionDef,
    ast.AsyncFunctionDef,
    ast.ClassDef,
)
_BY_NAME = frozenset(("super", "__class__", "locals", "vars", "eval", "exec", "dir", "globals"))
_BY_FRAME = frozenset(("stacklevel", "_getframe", "currentframe", "stack", "__tracebackhide__"))
_COMPILED = frozenset(("jit", "njit", "vectorize", "guvectorize", "script", "compile", "kernel"))


_Statement = (
    cst.SimpleStatementLine
    | cst.If
    | cst.For
    | cst.While
    | cst.Try
    | cst.TryStar
    | cst.With
    | cst.Match
)


def towards(twin: Span) -> Edits:
    """The patch of a stretch of a function that also stands on other lines of the file."""
    return partial(_edits, twin)


def _edits(twin: Span, code: Code, span: Span) -> Iterator[CodeEdit | Refusal]:
    found = _functions(code, span), _functions(code, twin)
    copy, first = found
    if copy is None or first is None:
        yield Refusal("it stands outside of functions, or in one within another")
        return
    tried = islice(_common(copy, span, first, twin), MOST_TRIED)
    refusals: list[Refusal] = []
    for here, there in tried:
        made = _extracted(code, _Pair(copy, here, first, there))
        if isinstance(made, CodeEdit):
            yield made
            return
        refusals.append(made)
    yield refusals[0] if refusals else Refusal("too few whole statements are the same")


@dataclass(frozen=True, eq=False)
class _Home:
    """A function of a module or class, as Python and as LibCST have it."""

    node: cst.FunctionDef
    tree: Function
    owner: cst.ClassDef | None
    nodes: Mapping[int, _Statement]

    @cached_property
    def own(self) -> Names:
        return variables_of(self.tree)

    def within(self, span: Span) -> list[list[ast.stmt]]:
        """The stretches of whole statements on some lines."""
        stretches = []
        for block in _all_blocks(self.tree):
            inside = [
                one
                for one in block
                if span.first <= one.lineno and (one.end_lineno or 0) <= span.last
            ]
            if inside:
                stretches.append(inside)
        return stretches

    @property
    def receiver(self) -> str | None:
        """The name of the parameter that is the object, where it is a method."""
        names = {getattr(one, "id", "") for one in self.tree.decorator_list}
        plain = self.owner is not None and not names & {"staticmethod", "classmethod"}
        named = [*self.tree.args.posonlyargs, *self.tree.args.args]
        return named[0].arg if plain and named else None


@dataclass(frozen=True)
class _Pair:
    """Two stretches that say the same."""

    copy: _Home
    here: Sequence[ast.stmt]
    first: _Home
    there: Sequence[ast.stmt]

    @property
    def is_one_function(self) -> bool:
        return self.copy.node is self.first.node


def _all_blocks(above: ast.AST) -> Iterator[list[ast.stmt]]:
    """The blocks of a function, less those of functions and classes within."""
    for block in blocks_of(above):
        yield block
        for one in block:
            if not isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                yield from _all_blocks(one)


def _functions(code: Code, span: Span) -> _Home | None:
    """The innermost function in which most of some lines stand, in a module or a class of it."""
    tree = code.tree
    best: cst.FunctionDef | None = None
    for node in code.nodes(cst.FunctionDef):
        place = code.span(node)
        if place.first <= span.last and span.first <= place.last:
            shared = min(place.last, span.last) - max(place.first, span.first) + 1
            is_inner = best is None or code.is_within(node, best)
            best = node if shared * 2 > len(span) and is_inner else best
    if best is None or tree is None:
        return None
    line = code.span(best.name).first
    found = [one for one in ast.walk(tree) if isinstance(one, Function) and one.lineno == line]
    owner = _owner(code, best)
    if len(found) != 1 or owner is None:
        return None
    nodes = code.nodes(*get_args(_Statement))
    statements: dict[int, _Statement] = {
        code.span(one).first: one for one in nodes if code.is_within(one, best)
    }
    return _Home(best, found[0], owner if isinstance(owner, cst.ClassDef) else None, statements)


def _owner(code: Code, node: cst.FunctionDef) -> cst.ClassDef | cst.Module | None:
    """The module of a function, or its class in the module; None for one deeper."""
    above = code.parent(node)
    if above is code.module:
        return code.module
    owner = code.parent(above) if above is not None else None
    is_plain = isinstance(owner, cst.ClassDef) and code.parent(owner) is code.module
    return owner if is_plain and isinstance(owner, cst.ClassDef) else None


# --------------------------------------------------------------------------- what is the same


def _common(
    copy: _Home, span: Span, first: _Home, twin: Span
) -> list[tuple[Sequence[ast.stmt], Sequence[ast.stmt]]]:
    """The stretches of statements of both functions that have one form, longest first."""
    found = []
    theirs = [(run, _forms(first, run)) for run in first.within(twin)]
    for here in copy.within(span):
        forms = _forms(copy, here)
        for there, others in theirs:
            for one, other in product(range(len(here)), range(len(there))):
                pairs = zip(forms[one:], others[other:], strict=False)
                alike = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
                found += [
                    (here[one : one + length], there[other : other + length])
                    for length in range(1, alike + 1)
                    if not _share_lines(here[one : one + length], there[other : other + length])
                ]
    return sorted(found, key=lambda pair: -_lines(pair[1]))


def _share_lines(one: Sequence[ast.stmt], other: Sequence[ast.stmt]) -> bool:
    return any(_meets(statement, other) for statement in one)


def _forms(home: _Home, run: Sequence[ast.stmt]) -> list[object]:
    variables = home.own | _inner_names(run)
    return [_form(statement, variables, []) for statement in run]


def _lines(run: Sequence[ast.stmt]) -> int:
    return (run[-1].end_lineno or 0) - run[0].lineno + 1


def _form(node: object, variables: Names, names: list[str]) -> object:
    """What is the same in code that only differs in the names of some variables; those are put
    into a list in order.
    """
    match node:
        case ast.Name(id=name) if name not in variables:
            return name
        case ast.Name(id=name) | ast.arg(arg=name):
            names.append(name)
            rest = node.annotation if isinstance(node, ast.arg) else node.ctx
            return (type(node).__name__, _form(rest, variables, names))
        case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)):
            names.append(name)
        case ast.Constant(value=value):
            return ("Constant", type(value).__name__, repr(value))
        case list():
            return tuple([_form(one, variables, names) for one in node])
        case ast.AST():
            pass
        case _:
            return repr(node)
    hidden = {"name"} if isinstance(node, ast.ExceptHandler | ast.MatchAs) else set[str]()
    parts = [
        _form(value, variables, names)
        for field, value in ast.iter_fields(node)
        if field not in hidden
    ]
    return (type(node).__name__, *parts)


def _renamed(pair: _Pair) -> dict[str, str] | None:
    """What each variable of the first is called in the copy; None where that is not one to one."""
    here: list[str] = []
    there: list[str] = []
    for home, run, names in ((pair.copy, pair.here, here), (pair.first, pair.there, there)):
        variables = home.own | _inner_names(run)
        for statement in run:
            _form(statement, variables, names)
    renamed: dict[str, str] = {}
    for name, called in zip(there, here, strict=True):
        is_one = renamed.setdefault(name, called) == called
        if not is_one or (name in pair.first.own) is not (called in pair.copy.own):
            return None
    return renamed if len(set(renamed.values())) == len(renamed) else None


def _inner_names(run: Sequence[ast.stmt]) -> Names:
    """What comprehensions and lambdas of some statements bind for themselves."""
    found: set[str] = set()
    for statement in run:
        for node in ast.walk(statement):
            if isinstance(node, ast.comprehension):
                found |= uses(node.target).binds
            elif isinstance(node, ast.Lambda):
                found |= {*parameters(node.args)}
    return frozenset(found)


# --------------------------------------------------------------------------- what may be taken out


@dataclass(frozen=True)
class _Flow:
    """What a stretch needs of the variables round it, and what of its own is needed after it."""

    needs: Names
    gives: Names


def _flow(home: _Home, run: Sequence[ast.stmt]) -> _Flow | Refusal:
    """Or why the stretch cannot run in a function of its own."""
    reason = _fixed(run) or _compiled(home.tree)
    if reason:
        return Refusal(reason)
    liveness = live_after(home.tree, run[-1])
    used = uses(*run)
    bound = used.binds & home.own
    if not liveness.is_met or used.binds - home.own:
        return Refusal("it binds what is no variable of the function alone")
    if bound & liveness.handled:
        return Refusal("a handler reads what it binds")
    others = _outside(home.tree, run)
    if bound & others.kept or used.kept & others.binds:
        return Refusal("a function within keeps a variable that it binds")
    gives = frozenset[str]() if _returns(run) else bound & liveness.after
    needs = live_before(run, gives) & home.own
    if not needs <= bound_before(home.tree, run[0]):
        return Refusal("a variable that it needs may not be bound there")
    return _Flow(needs, gives)


def _outside(function: Function, run: Sequence[ast.stmt]) -> Uses:
    """What the code round a stretch does with variables; it binds what it does after the stretch,
    which is all of it where both stand in a loop.
    """
    others = [one for block in _all_blocks(function) for one in block if not _meets(one, run)]
    loops = (ast.For, ast.AsyncFor, ast.While)
    round_it = [node for node in ast.walk(function)
                if isinstance(node, loops) and node not in run and _meets(node, run)
                and node.lineno < run[0].lineno]  # fmt: skip
    later = others if round_it else [one for one in others if one.lineno > run[0].lineno]
    targets = (one.target for one in round_it if not isinstance(one, ast.While))
    return Uses(kept=uses(*others).kept, binds=uses(*later, *targets).binds)


def _meets(statement: ast.stmt, run: Sequence[ast.stmt]) -> bool:
    return statement.lineno <= (run[-1].end_lineno or 0) and run[0].lineno <= (
        statement.end_lineno or 0
    )


def _fixed(run: Sequence[ast.stmt]) -> str | None:
    """What ties statements to the function that they stand in."""
    nodes = [node for statement in run for node in ast.walk(statement)]
    if any(isinstance(node, _SUSPENDS) for node in nodes):
        return "it waits or yields"
    if any(isinstance(one, ast.comprehension) and one.is_async for one in nodes):
        return "it waits or yields"
    if any(isinstance(node, _DECLARES) for node in nodes):
        return "it declares or deletes names"
    if any(_mentioned(node) & (_BY_NAME | _BY_FRAME) for node in nodes):
        return "it asks for the function that it stands in"
    if not _returns(run) and any(isinstance(node, ast.Return) for node in nodes):
        return "it returns from within"
    if isinstance(run[-1], ast.Raise):
        return "it ends in an exception"
    if any(map(_breaks_out, run)):
        return "it leaves a loop that goes on round it"
    return None


def _mentioned(node: ast.AST) -> Names:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name) | ast.keyword(arg=str(name)):
            return frozenset((name,))
    return frozenset()


def _returns(run: Sequence[ast.stmt]) -> bool:
    return isinstance(run[-1], ast.Return)


def _breaks_out(node: ast.AST) -> bool:
    """Whether a `break` or `continue` is for a loop outside of a node."""
    if isinstance(node, ast.Break | ast.Continue):
        return True
    if isinstance(node, ast.For | ast.AsyncFor | ast.While):
        return any(map(_breaks_out, node.orelse))
    return any(map(_breaks_out, ast.iter_child_nodes(node)))


def _compiled(function: Function) -> str | None:
    names = (
        getattr(node, "attr", getattr(node, "id", ""))
        for one in function.decorator_list
        for node in ast.walk(one)
    )
    return "a decorator compiles the function" if _COMPILED.intersection(names) else None


# --------------------------------------------------------------------------- the patch


@dataclass(frozen=True)
class _Plan:
    """A function to be made; `renamed` are the names in the copy by those in the first."""

    name: str
    parameters: tuple[str, ...]
    results: tuple[str, ...]
    renamed: Mapping[str, str]
    receiver: str | None
    annotations: Mapping[str, str]
    gives: str | None
    gives_nothing: bool


def _extracted(code: Code, pair: _Pair) -> CodeEdit | Refusal:
    plan = _plan(code, pair)
    if isinstance(plan, Refusal):
        return plan
    here, there = _nodes(code, pair.copy, pair.here), _nodes(code, pair.first, pair.there)
    if here is None or there is None:
        return Refusal("several statements share a line")
    added = 3 + bool(plan.results)  # its head, its result, and two calls
    if _code_lines(code, there) - added < LEAST_SAVED:
        return Refusal("a function for it would save no lines")
    if not _comments(code, here) <= _comments(code, there):
        return Refusal(COMMENT_INSIDE)
    first = min((pair.copy, pair.first), key=lambda home: code.span(home.node).first)
    place = first.node if plan.receiver or first.owner is None else first.owner
    first_name = pair.first.tree.name
    what = (
        f"stands in `{first_name}` twice"
        if pair.is_one_function
        else f"`{first_name}` has in common with it"
    )
    doubt = (
        f"`{plan.name}`, a proposed name, takes what {what}, and the two may be meant to change "
        "apart"
    )
    there_edits = _replaced(code, there, plan, plan.parameters, plan.results)
    called = [[plan.renamed[name] for name in names] for names in (plan.parameters, plan.results)]
    edit, *more = _replaced(code, here, plan, *called)
    helper = _helper(code, there, plan, is_method=plan.receiver is not None)
    placed = CodeEdit(place, None, change=partial(_followed, helper))
    return CodeEdit(edit.old, edit.new, doubt, (*more, *there_edits, placed))


def _followed(helper: cst.FunctionDef, node: cst.CSTNode) -> cst.FlattenSentinel[cst.BaseStatement]:
    assert isinstance(node, cst.BaseStatement)
    return cst.FlattenSentinel([node, helper])


def _plan(code: Code, pair: _Pair) -> _Plan | Refusal:
    renamed = _renamed(pair)
    if renamed is None:
        return Refusal("what differs is more than the names of variables")
    flows = _flow(pair.copy, pair.here), _flow(pair.first, pair.there)
    for flow in flows:
        if isinstance(flow, Refusal):
            return flow
    here, there = flows
    assert isinstance(here, _Flow)
    assert isinstance(there, _Flow)
    back = {called: name for name, called in renamed.items()}
    if not here.needs | here.gives <= back.keys():
        return Refusal("what differs is more than the names of variables")
    gives = there.gives | {back[name] for name in here.gives}
    needs = there.needs | {back[name] for name in here.needs} | (gives - surely_bound(pair.there))
    bound = (
        bound_before(pair.first.tree, pair.there[0]),
        bound_before(pair.copy.tree, pair.here[0]),
    )
    if not (needs <= bound[0] and {renamed[name] for name in needs} <= bound[1]):
        return Refusal("a variable that it needs may not be bound there")
    if len(gives) > MOST_RESULTS or len(needs - {pair.first.receiver}) > MOST_PARAMETERS:
        return Refusal("too many variables go in or out")
    return _called(code, pair, renamed, needs, gives)


def _called(
    code: Code, pair: _Pair, renamed: Mapping[str, str], needs: Names, gives: Names
) -> _Plan | Refusal:
    """The plan, where the new function can be found from both places."""
    first, copy = pair.first, pair.copy
    receiver = first.receiver if first.receiver in needs else None
    is_one_class = first.owner is copy.owner and receiver and renamed[receiver] == copy.receiver
    if (receiver or copy.receiver in {renamed[name] for name in needs}) and not is_one_class:
        return Refusal("it works on the objects of two classes")
    in_class = first.owner is not None or copy.owner is not None
    names = {name for run in pair.there for node in ast.walk(run) for name in _mentioned(node)}
    is_mangled = any(name.startswith("__") and not name.endswith("__") for name in names)
    if is_mangled and in_class and not is_one_class:
        return Refusal("it uses private names of its class")
    order = list(renamed)
    ordered = sorted(needs, key=lambda name: (name != receiver, order.index(name)))
    results = tuple(sorted(gives, key=order.index))
    asked = [name for name in ordered if name != receiver]
    name = next((one for one in _names(pair, asked, results) if not code.mentions(one)), None)
    if name is None:
        return Refusal("no name for it suggests itself")
    gives_nothing = not results and not _returns(pair.there)
    given = "None" if gives_nothing else None if results else _returned(pair)
    notes = _annotations(pair, renamed, ordered) if given else None
    told = (notes or {}, None if notes is None else given)
    return _Plan(name, tuple(ordered), results, renamed, receiver, *told, gives_nothing)


def _names(pair: _Pair, asked: Sequence[str], results: Sequence[str]) -> Iterator[str]:
    """Names that suggest themselves, the best first; `asked` are parameters of the function."""
    words, others = (home.tree.name.strip("_").split("_") for home in (pair.first, pair.copy))
    is_test = words[0] == others[0] == "test"
    shared = [word for word in words if word in others and word != "test"]
    if not pair.is_one_function and (len(shared) > 1 or (shared and not results)):
        verb = ["check"] if is_test and not results else []
        yield f"_{'_'.join([*verb, *shared])}"
    if results:
        yield f"_make_{'_and_'.join(name.strip('_') for name in results)}"
    elif is_test and asked:
        yield f"_check_{asked[0].strip('_')}"
    yield f"_part_of_{'_'.join(words)}"


def _returned(pair: _Pair) -> str | None:
    """The type of what both functions give back, where they say the same."""
    said = [home.tree.returns for home in (pair.first, pair.copy)]
    told = {ast.unparse(one) for one in said if one is not None}
    return told.pop() if len(told) == 1 and None not in said else None


def _annotations(
    pair: _Pair, renamed: Mapping[str, str], needs: Sequence[str]
) -> dict[str, str] | None:
    """The types of the parameters, where both functions say the same of each; None elsewhere."""
    told = []
    for home in (pair.first, pair.copy):
        arguments = home.tree.args
        every = (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)
        told.append({one.arg: ast.unparse(one.annotation) for one in every if one.annotation})
    pairs = {name: (told[0].get(name), told[1].get(renamed[name])) for name in needs}
    known = {name: one for name, (one, other) in pairs.items() if one and one == other}
    asked = [name for name in needs if name != pair.first.receiver]
    return known if all(name in known for name in asked) else None


def _nodes(code: Code, home: _Home, run: Sequence[ast.stmt]) -> list[_Statement] | None:
    """The statements of a stretch as LibCST has them, where each has lines of its own."""
    found = [home.nodes.get(statement.lineno) for statement in run]
    nodes = [
        node
        for node in found
        if node is not None and isinstance(code.parent(node), cst.IndentedBlock)
    ]
    is_whole = len(nodes) == len(run) and len({code.parent(node) for node in nodes}) == 1
    plain = (not isinstance(node, cst.SimpleStatementLine) or len(node.body) == 1 for node in nodes)
    return nodes if is_whole and all(plain) else None


def _code_lines(code: Code, nodes: Sequence[_Statement]) -> int:
    lines = "".join(map(code.text, nodes)).splitlines()
    return sum(bool(line.strip()) and not line.strip().startswith("#") for line in lines)


def _comments(code: Code, nodes: Sequence[_Statement]) -> Names:
    first, *rest = nodes
    text = "".join(map(code.text, [first.with_changes(leading_lines=()), *rest]))
    lines = (line.partition("#") for line in text.split("\n"))
    return frozenset(after.strip() for _, mark, after in lines if mark)


def _replaced(
    code: Code,
    nodes: Sequence[_Statement],
    plan: _Plan,
    arguments: Sequence[str],
    results: Sequence[str],
) -> list[CodeEdit]:
    """A call for some statements; the comment above the first stays above it."""
    given = arguments[1:] if plan.receiver else arguments
    called = f"{arguments[0]}.{plan.name}" if plan.receiver else plan.name
    before = f"{', '.join(results)} = " if results else "" if plan.gives_nothing else "return "
    indent = code.before(nodes[0])
    line = _wrapped(f"{before}{called}(", given, ")", indent, code.module.default_indent)
    call = cst.parse_statement(line, config=code.module.config_for_parsing)
    kept = call.with_changes(leading_lines=nodes[0].leading_lines)
    return [CodeEdit(nodes[0], kept), *(CodeEdit(node, None) for node in nodes[1:])]


def _wrapped(head: str, items: Sequence[str], tail: str, indent: str, step: str) -> str:
    """A line that is to stand behind an indent, which LibCST puts before each line of it."""
    line = f"{head}{', '.join(items)}{tail}"
    if len(indent) + len(line) <= LONGEST_LINE or not items:
        return line
    return f"{head}\n{step}{', '.join(items)}\n{tail}"


def _helper(
    code: Code, nodes: Sequence[_Statement], plan: _Plan, *, is_method: bool
) -> cst.FunctionDef:
    items = [
        f"{name}: {plan.annotations[name]}" if name in plan.annotations else name
        for name in plan.parameters
    ]
    step = code.module.default_indent
    indent = step if is_method else ""
    head = _wrapped(
        f"def {plan.name}(", items, f"){f' -> {plan.gives}' if plan.gives else ''}:", indent, step
    )
    made = cst.parse_statement(f"{head}\n{step}pass\n", config=code.module.config_for_parsing)
    assert isinstance(made, cst.FunctionDef)
    first, *rest = nodes
    body: list[cst.BaseStatement] = [first.with_changes(leading_lines=()), *rest]
    if plan.results:
        body.append(cst.parse_statement(f"return {', '.join(plan.results)}"))
    blank = [cst.EmptyLine(indent=False)] * (1 if is_method else 2)
    return made.with_changes(body=cst.IndentedBlock(body), leading_lines=blank)
