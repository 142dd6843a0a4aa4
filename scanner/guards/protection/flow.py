"""A function followed statement by statement: which guards stand before each. Pure.

Branches, early exits, loops, `try` and `with` are followed as they nest, so that a guard stands
before a statement exactly where every way to that statement leads past it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from scanner.analysis.parsing.functions import FunctionNode
from scanner.guards.protection.conditions import known, path_of, paths_in
from scanner.guards.protection.exits import ends_the_program, form_of_exit
from scanner.guards.protection.guard import (
    ABOUT_VALUES,
    Form,
    Guard,
    GuardKind,
    covers,
    renamed,
)
from scanner.guards.protection.inline import is_plain, simplified

Guards = Mapping[str, Guard]

#: Calls whose result nobody takes and whose name says that they refuse what is wrong.
_VALIDATING = re.compile(
    r"_*(?:a?validate|check|ensure|require|verify|assert|authorize|authenticate|raise|guard|enforce"
    r"|full_clean|deny|forbid)(?:_\w+)?|\w+_(?:or_raise|or_404)"
)
#: Decorators that let a call through, hold it back, or try it again.
_GUARDING = re.compile(
    r"auth|login|permission|requir|role|scope|admin|staff|csrf|valid|check|ensure|verif|limit"
    r"|throttl|timeout|retry|retries|backoff|lock|atomic|transaction|synchroni|guard|protect|secure"
    r"|restrict|allow|only|safe|handle_err|catch|sensitive",
    re.IGNORECASE,
)
#: Contexts that watch, show or set the scene, and keep nothing from going wrong.
_SHOWING = re.compile(
    r"span|trac|timer|timing|time_it|profil|progress|status|spinner|measure|metric|catch_warnings"
    r"|patch|raises|warns|subtest|no_grad|inference_mode|autocast|scope\b|console|redirect_std"
    r"|freeze|override|capture|log_?context|record_function|nullcontext|indent",
    re.IGNORECASE,
)
_LOGGING = re.compile(
    r"(?:\w+\.)*_*(?:log|logger|logging|LOG|LOGGER|log_\w+)(?:\.\w+)*|print|(?:\w+\.)*(?:warn|echo"
    r"|capture_exception|log_\w+|print_exc|debug|info|warning|error|exception|critical)"
)
#: A check of these kinds finds out whether there is anything to work with.
_OF_NOTHING = frozenset((GuardKind.NONE, GuardKind.EMPTY, GuardKind.TYPE))


@dataclass(frozen=True, slots=True)
class Reached:
    """A statement, or a part of a test, with what stands before it.

    `text` is its code without the guards inside it, `line` where it stands in the text of its
    function. `paths` are what it speaks of, `made` how each name came about that is known there.
    `handed_on` is the path that it returns or keeps as it is.
    """

    text: str
    line: int
    shown: str
    guards: Guards
    paths: frozenset[str]
    made: Mapping[str, frozenset[str]]
    has_effect: bool
    is_test: bool
    is_message: bool
    handed_on: str | None


@dataclass(frozen=True, slots=True)
class State:
    """What is known where a statement is reached: guards by key, and how each name was made."""

    guards: Guards = field(default_factory=dict)
    made: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def with_guards(self, guards: Iterable[Guard]) -> State:
        """The state with more guards; one that is there already stays as it is."""
        added = dict(self.guards)
        for guard in guards:
            old = added.get(guard.key)
            if old is None or old.form is Form.UNTOLD:
                added[guard.key] = guard
        return replace(self, guards=added)

    def without(self, guards: Iterable[Guard]) -> State:
        """The state less guards that no longer stand by."""
        gone = {guard.key for guard in guards}
        kept = {key: one for key, one in self.guards.items() if key not in gone}
        return replace(self, guards=kept)

    def assigned(self, paths: Iterable[str], by: str) -> State:
        """The state after something was given to paths: what was known of them is gone."""
        changed = list(paths)
        guards = {
            key: guard
            for key, guard in self.guards.items()
            if guard.kind not in ABOUT_VALUES
            or not any(covers(path, one) for one in guard.subjects for path in changed)
        }
        made = dict(self.made)
        for path in changed:
            made[path] = frozenset((by,))
        return State(guards, made)


def joined(states: Sequence[State | None]) -> State | None:
    """What is known where several ways meet; a way that leads nowhere does not count."""
    alive = [state for state in states if state is not None]
    if not alive:
        return None
    first, *others = alive
    if not others:
        return first
    guards = {k: g for k, g in first.guards.items() if all(k in one.guards for one in others)}
    names = {name for state in alive for name in state.made}
    made = {
        name: frozenset().union(*(state.made.get(name, frozenset()) for state in alive))
        for name in names
    }
    return State(guards, made)


@dataclass
class Helper:
    """A function that others call; `is_new`: it is there with this version alone.

    It is followed once, in its own words, however many calls there are.
    """

    function: FunctionNode
    is_new: bool

    @cached_property
    def walked(self) -> tuple[list[Reached], State | None]:
        """Its statements, and what is known where it was left without an exception."""
        walk = _Walk(no_helpers)
        end = walk.whole(self.function.body, State().with_guards(_decorators(self.function)))
        return walk.found, end


#: The function that a call in some function leads to.
Helpers = Callable[[ast.Call], Helper | None]


def no_helpers(_call: ast.Call) -> None:
    """Nothing is known of any function that is called."""


def reached(function: FunctionNode, helpers: Helpers = no_helpers) -> list[Reached]:
    """Every statement of a function with the guards before it, in order."""
    walk = _Walk(helpers)
    walk.function(function, State())
    return walk.found


class _Walk:
    def __init__(self, helpers: Helpers) -> None:
        self._helpers = helpers
        self.found: list[Reached] = []
        self._returns: list[State] = []

    def function(self, node: FunctionNode, state: State) -> None:
        state = state.with_guards(_decorators(node))
        for one in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs):
            note = ast.unparse(one.annotation) if one.annotation else ""
            state = state.assigned((one.arg,), f"parameter {one.arg}: {note}")
        self.block(node.body, state)

    def whole(self, body: Sequence[ast.stmt], state: State) -> State | None:
        """What is known after a function with this body was called."""
        end = self.block(body, state)
        return joined([*self._returns, end])

    def block(self, body: Sequence[ast.stmt], state: State) -> State | None:
        now: State | None = state
        for node in body:
            if now is None:
                return None
            now = self._statement(node, now)
        return now

    def _statement(self, node: ast.stmt, state: State) -> State | None:
        match node:
            case ast.If():
                return self._if(node, state)
            case ast.While():
                return self._while(node, state)
            case ast.For() | ast.AsyncFor():
                return self._for(node, state)
            case ast.Try() | ast.TryStar():
                return self._try(node, state)
            case ast.With() | ast.AsyncWith():
                return self._with(node, state)
            case ast.Match():
                return self._match(node, state)
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                return self._inner(node, state)
        return self._plain(node, state)

    def _inner(self, node: FunctionNode | ast.ClassDef, state: State) -> State:
        """A function inside is called where what is round it holds; so are those of a class."""
        if isinstance(node, ast.ClassDef):
            for one in node.body:
                if isinstance(one, FunctionNode):
                    self._inner(one, state)
            return state
        inner = _Walk(self._helpers)
        inner.function(node, state)
        self.found += inner.found
        return state.assigned((node.name,), f"def {node.name}")

    def _plain(self, node: ast.stmt, state: State) -> State | None:
        if isinstance(node, ast.Assert):
            return state.with_guards(_asserted(node.test, node.msg))
        text = self._record(node, state)
        match node:
            case ast.Return():
                state = self._called(node, state)
                self._returns.append(state)
                return None
            case ast.Raise() | ast.Continue() | ast.Break():
                return None
            case ast.Expr(ast.Call() as call) if ends_the_program(call):
                return None
            case ast.Expr(ast.Call() as call) | ast.Expr(ast.Await(ast.Call() as call)):
                state = self._called(node, state)
                return state.with_guards(_validation(call))
        state = self._called(node, state)
        safe = _made_safe(node)
        if safe:
            return state.with_guards(safe)
        stored = list(_stored(node))
        return state.assigned(stored, text) if stored else state

    # ------------------------------------------------------------------- branches

    def _if(self, node: ast.If, state: State) -> State | None:
        state = self._test(node.test, state)
        default = _default_for(node)
        exit_of_body, exit_of_else = form_of_exit(node.body), form_of_exit(node.orelse)
        when_true = exit_of_else if node.orelse else Form.BRANCH
        yes = state.with_guards(known(node.test, truth=True, form=when_true or Form.UNTOLD))
        refusal = ast.unparse(node.body[-1]) if exit_of_body is Form.RAISES else ""
        no = state.with_guards(
            replace(guard, refusal=refusal)
            for guard in known(node.test, truth=False, form=exit_of_body or Form.UNTOLD)
        )
        end_of_body = self.block(node.body, yes)
        end_of_else = self.block(node.orelse, no)
        if default:
            return state.with_guards(known(node.test, truth=False, form=Form.DEFAULT))
        return joined((end_of_body, end_of_else))

    def _test(self, test: ast.expr, state: State) -> State:
        """Records the parts of a test, each with what the ones before it make sure of."""
        inside = state
        parts, is_all = _parts(test)
        for part in parts:
            self._record(part, inside, is_test=True)
            inside = inside.with_guards(known(part, truth=is_all, form=Form.INLINE))
        for one in ast.walk(test):
            if isinstance(one, ast.NamedExpr):
                state = state.assigned((one.target.id,), ast.unparse(one))
        return state

    def _match(self, node: ast.Match, state: State) -> State | None:
        self._record(node.subject, state)
        ends = []
        for case in node.cases:
            inside = state
            if case.guard is not None:
                inside = state.with_guards(known(case.guard, truth=True, form=Form.UNTOLD))
            ends.append(self.block(case.body, inside))
        return joined([*ends, state])

    # ------------------------------------------------------------------- loops

    def _while(self, node: ast.While, state: State) -> State | None:
        state = state.assigned(_stored_in(node.body), "a loop")
        self._test(node.test, state)
        self.block(node.body, state.with_guards(known(node.test, truth=True, form=Form.UNTOLD)))
        if isinstance(node.test, ast.Constant) and not _breaks(node.body):
            return None
        return self.block(node.orelse, state)

    def _for(self, node: ast.For | ast.AsyncFor, state: State) -> State | None:
        text = self._record(node.iter, state, is_gone_through=True)
        state = self._called(node.iter, state)
        state = state.assigned(_stored_in(node.body), "a loop")
        self.block(node.body, state.assigned(paths_in(node.target), f"for {text}"))
        return self.block(node.orelse, state)

    # ------------------------------------------------------------------- what stands round code

    def _try(self, node: ast.Try | ast.TryStar, state: State) -> State | None:
        cleaning = list(_cleanups(node))
        guarded = state.with_guards(cleaning)
        tried = guarded.with_guards(_handlers(node))
        end = self.block(node.body, tried)
        if end is not None:
            end = self.block(node.orelse, end.without(_handlers(node)))
        failed = guarded.assigned(_stored_in(node.body), "a try")
        ends = [end]
        for handler in node.handlers:
            inside = failed.assigned((handler.name,), "except") if handler.name else failed
            ends.append(self.block(handler.body, inside))
        after = joined(ends)
        if node.finalbody:
            ended = self.block(node.finalbody, state.assigned(_stored_in(node.body), "a try"))
            if ended is None:
                return None
        return (
            after.without(one for one in cleaning if one.key not in state.guards) if after else None
        )

    def _with(self, node: ast.With | ast.AsyncWith, state: State) -> State | None:
        inside = state
        contexts = []
        for item in node.items:
            text = self._record(item.context_expr, inside)
            contexts.append(_context(item))
            inside = inside.with_guards((contexts[-1],))
            if item.optional_vars is not None:
                inside = inside.assigned(paths_in(item.optional_vars), text)
        end = self.block(node.body, inside)
        return end.without(one for one in contexts if one.key not in state.guards) if end else None

    # ------------------------------------------------------------------- statements

    def _record(
        self,
        node: ast.stmt | ast.expr,
        state: State,
        *,
        is_test: bool = False,
        is_gone_through: bool = False,
    ) -> str:
        simple, guards = simplified(node)
        text = ast.unparse(simple)
        paths = frozenset(paths_in(node))
        self.found.append(
            Reached(
                text,
                node.lineno,
                text if simple is node else ast.unparse(node),
                state.with_guards(guards).guards if guards else state.guards,
                paths,
                state.made,
                is_gone_through or _has_effect(node),
                is_test,
                _is_message(node),
                _handed_on(node),
            )
        )
        return text

    def _called(self, node: ast.AST, state: State) -> State:
        """What is known after the calls in a statement: what the functions called refuse."""
        for call in ast.walk(node):
            helper = self._helpers(call) if isinstance(call, ast.Call) else None
            if isinstance(call, ast.Call) and helper is not None:
                names = _names_given(helper.function, call)
                found, end = helper.walked
                if helper.is_new:
                    self.found += (_as_called(one, names, call, state) for one in found)
                if end is not None:
                    state = state.with_guards(_refused(end, names, call))
        return state


def _names_given(function: FunctionNode, call: ast.Call) -> dict[str, str]:
    """What the parameters of a function are called by its caller, where that is a path."""
    given = arguments_of(function, call)
    return {name: path for name, value in given.items() if (path := path_of(value))}


def _as_called(one: Reached, names: dict[str, str], call: ast.Call, state: State) -> Reached:
    """A statement of a function in the words of its caller, under the guards of the call."""
    guards = (guard.renamed(names) for guard in one.guards.values())
    made = {
        renamed(name, names): frozenset(renamed(text, names) for text in how)
        for name, how in one.made.items()
    }
    return replace(
        one,
        text=renamed(one.text, names),
        line=call.lineno,
        guards=state.with_guards(guards).guards,
        paths=frozenset(renamed(path, names) for path in one.paths),
        made={**state.made, **made},
    )


def _refused(end: State, names: dict[str, str], call: ast.Call) -> Iterator[Guard]:
    """What a function that was called has refused of what its caller gave it."""
    given = {path for one in (call.func, *call.args) for path in paths_in(one)}
    given |= {path for one in call.keywords for path in paths_in(one.value)}
    for guard in end.guards.values():
        if guard.form is Form.RAISES:
            own = guard.renamed(names)
            if all(_is_given(one, given) for one in own.subjects):
                yield replace(own, line=call.lineno, shown=ast.unparse(call))


# --------------------------------------------------------------------------- pieces


def _parts(test: ast.expr) -> tuple[Sequence[ast.expr], bool]:
    """The parts of a test that are asked one after the other, and whether all have to be true."""
    match test:
        case ast.BoolOp(ast.And(), values):
            return values, True
        case ast.BoolOp(ast.Or(), values):
            return values, False
    return (test,), True


def _asserted(test: ast.expr, message: ast.expr | None) -> Iterator[Guard]:
    """What an assertion makes sure of; without a message many are there for type checkers alone."""
    for guard in known(test, truth=True, form=Form.RAISES):
        is_for_types = message is None and guard.kind in _OF_NOTHING
        yield replace(guard, form=Form.LEAVES) if is_for_types else guard


def _default_for(node: ast.If) -> bool:
    """Whether an `if` only gives a value to what it found to have none."""
    match node:
        case ast.If(test, [ast.Assign([target], _) | ast.AnnAssign(target, _)], []):
            path = path_of(target)
            return path is not None and any(
                path in guard.subjects and guard.kind in _OF_NOTHING
                for guard in known(test, truth=True, form=Form.UNTOLD)
            )
    return False


def _made_safe(node: ast.stmt) -> list[Guard]:
    """The guards of `x = escape(x)` and the like, which keep `x` what it is."""
    match node:
        case ast.Assign([target], value) if (path := path_of(target)) is not None:
            simple, guards = simplified(value)
            if guards and isinstance(simple, ast.expr) and path_of(simple) == path:
                return guards
    return []


def _validation(call: ast.Call) -> Iterator[Guard]:
    name = path_of(call.func) or ""
    if not _VALIDATING.fullmatch(name.rpartition(".")[2]):
        return
    about = frozenset(path for one in call.args for path in paths_in(one))
    if isinstance(call.func, ast.Attribute) and not about:
        about = frozenset(paths_in(call.func.value))
    text = ast.unparse(call)
    yield Guard(text, GuardKind.VALIDATION, Form.RAISES, about, text, call.lineno)


def _decorators(node: FunctionNode) -> Iterator[Guard]:
    for one in node.decorator_list:
        text = ast.unparse(one)
        name = path_of(one.func if isinstance(one, ast.Call) else one) or ""
        last = name.rpartition(".")[2]
        form = Form.AROUND if _GUARDING.search(last) else Form.UNTOLD
        yield Guard(f"@{text}", GuardKind.DECORATOR, form, frozenset(), f"@{text}", one.lineno)


def _context(item: ast.withitem) -> Guard:
    text = ast.unparse(item.context_expr)
    form = Form.UNTOLD if _SHOWING.search(text) else Form.AROUND
    about = frozenset(paths_in(item.optional_vars)) if item.optional_vars else frozenset()
    return Guard(
        f"with {text}", GuardKind.CONTEXT, form, about, f"with {text}", item.context_expr.lineno
    )


def _handlers(node: ast.Try | ast.TryStar) -> Iterator[Guard]:
    """What stands by for the failures of a block: the handlers, and that they are reported."""
    for handler in node.handlers:
        caught = ast.unparse(handler.type) if handler.type else "everything"
        shown = f"except {caught}" if handler.type else "except"
        yield Guard(
            f"except {caught}",
            GuardKind.HANDLER,
            Form.AROUND if _recovers(handler) else Form.UNTOLD,
            frozenset(),
            shown,
            handler.lineno,
        )
        report = _report(handler)
        if report is not None:
            yield Guard(
                f"failures of {caught} are reported",
                GuardKind.REPORT,
                Form.AROUND,
                frozenset(),
                ast.unparse(report),
                report.lineno,
            )


def _recovers(handler: ast.ExceptHandler) -> bool:
    """Whether a handler goes on or tells of the failure, and does not only pass or raise."""
    if any(isinstance(one, ast.Raise) for one in ast.walk(handler)):
        return any(isinstance(one, ast.Call) and is_logging(one) for one in ast.walk(handler))
    return not all(isinstance(one, ast.Pass) for one in handler.body)


def _report(handler: ast.ExceptHandler) -> ast.stmt | None:
    """The statement of a handler by which somebody hears of the failure."""
    for one in handler.body:
        for node in ast.walk(one):
            match node:
                case ast.Raise():
                    return one
                case ast.Call() if is_logging(node):
                    return one
                case ast.Name(name) if name == handler.name:
                    return one
    return None


def is_logging(call: ast.Call) -> bool:
    """Whether a call tells somebody something, and changes nothing."""
    return bool(_LOGGING.fullmatch(path_of(call.func) or ""))


def _cleanups(node: ast.Try | ast.TryStar) -> Iterator[Guard]:
    for one in node.finalbody:
        for call in ast.walk(one):
            if isinstance(call, ast.Call) and not is_logging(call):
                text = ast.unparse(call)
                yield Guard(
                    f"finally {text}",
                    GuardKind.CLEANUP,
                    Form.AROUND,
                    frozenset(),
                    f"finally: {text}",
                    call.lineno,
                )
                break


def _stored(node: ast.stmt) -> Iterator[str]:
    """The paths that a statement gives something to."""
    for one in ast.walk(node):
        if isinstance(one, ast.Name | ast.Attribute) and not isinstance(one.ctx, ast.Load):
            path = path_of(one)
            if path is not None:
                yield path
        elif isinstance(one, ast.alias):
            yield (one.asname or one.name).partition(".")[0]


def _stored_in(body: Iterable[ast.stmt]) -> list[str]:
    return [path for node in body for path in _stored(node)]


def _breaks(body: Sequence[ast.stmt]) -> bool:
    return any(isinstance(one, ast.Break) for node in body for one in ast.walk(node))


def _has_effect(node: ast.AST) -> bool:
    """Whether a statement does or reads something that can go wrong, and is no mere message."""
    match node:
        case ast.Expr(ast.Call() as call) | ast.Expr(ast.Await(ast.Call() as call)):
            return not (is_logging(call) or ends_the_program(call))
        case ast.Return(value) if value is None or is_plain(value):
            return False
        case ast.Assign(value=value) | ast.Return(value) | ast.AnnAssign(value=value) if value:
            is_stored = isinstance(node, ast.Assign) and not all(
                isinstance(one, ast.Name) for one in node.targets
            )
            return is_stored or isinstance(node, ast.Return) or _can_fail(value)
        case ast.AugAssign() | ast.Delete():
            return True
        case ast.Raise():
            return False
        case ast.expr():
            return _can_fail(node)
    return any(map(_can_fail, ast.iter_child_nodes(node)))


def _is_message(node: ast.AST) -> bool:
    match node:
        case ast.Expr(ast.Call() as call):
            return is_logging(call) or ends_the_program(call)
        case ast.Expr(ast.Constant()):
            return True
        case ast.Return(value):
            return value is None or is_plain(value)
    return isinstance(node, ast.Raise | ast.Pass | ast.Continue | ast.Break)


def _handed_on(node: ast.AST) -> str | None:
    match node:
        case ast.Return(value) | ast.Assign(value=value) | ast.AnnAssign(value=value) if value:
            return path_of(value)
    return None


def _can_fail(node: ast.AST) -> bool:
    kinds = ast.Call | ast.Subscript | ast.Attribute | ast.BinOp | ast.Await
    return any(isinstance(one, kinds) for one in ast.walk(node))


def _is_given(subject: str, given: Iterable[str]) -> bool:
    """Whether a function that asks about a path got it from its caller."""
    return subject.startswith(("self.", "cls.")) or any(covers(one, subject) for one in given)


def arguments_of(function: FunctionNode, call: ast.Call) -> dict[str, ast.expr]:
    """What a call gives for the parameters of a function, as far as its text says so."""
    parameters = [one.arg for one in (*function.args.posonlyargs, *function.args.args)]
    if parameters[:1] in (["self"], ["cls"]) and isinstance(call.func, ast.Attribute):
        parameters = parameters[1:]
    given = dict(zip(parameters, call.args, strict=False))
    return given | {one.arg: one.value for one in call.keywords if one.arg}
