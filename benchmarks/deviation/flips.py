"""Rewrites a unit so that it chooses otherwise at one point."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from scanner.analysis.choices.family import dotted, last_name
from scanner.analysis.choices.logs import is_log_call

Rewrite = Callable[[Any], Any]


class _Once(ast.NodeTransformer):
    """Applies a rewrite to the first node it fits."""

    def __init__(self, kinds: tuple[type[ast.AST], ...], rewrite: Rewrite) -> None:
        self.kinds, self.rewrite, self.done = kinds, rewrite, False

    def visit(self, node: ast.AST) -> Any:
        if not self.done and isinstance(node, self.kinds):
            new = self.rewrite(node)
            if new is not None:
                self.done = True
                return new
        return self.generic_visit(node)


def flip(text: str, family: str, usual: str) -> str | None:
    """The text with one choice of the family made otherwise; None if there is none to flip."""
    entry = FLIPS.get((family, usual))
    if entry is None:
        return None
    once = _Once(*entry)
    tree = once.visit(ast.parse(text))
    return ast.unparse(ast.fix_missing_locations(tree)) + "\n" if once.done else None


FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)


def _name(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body


def _print_log(node: ast.Expr) -> ast.AST | None:
    if not is_log_call(node.value):
        return None
    assert isinstance(node.value, ast.Call)
    return ast.Expr(ast.Call(ast.Name("print", ast.Load()), node.value.args, []))


def _log_operator(node: ast.Call) -> ast.AST | None:
    if not is_log_call(node) or len(node.args) < 2 or not isinstance(node.args[0], ast.Constant):
        return None
    values = ast.Tuple(node.args[1:], ast.Load())
    return ast.Call(node.func, [ast.BinOp(node.args[0], ast.Mod(), values)], node.keywords)


def _log_format(node: ast.Call) -> ast.AST | None:
    if not is_log_call(node) or not node.args or not isinstance(node.args[0], ast.JoinedStr):
        return None
    made = _str_format(node.args[0])
    return ast.Call(node.func, [made], node.keywords) if isinstance(made, ast.expr) else None


def _str_format(node: ast.JoinedStr) -> ast.AST | None:
    values = [part.value for part in node.values if isinstance(part, ast.FormattedValue)]
    if not values:
        return None
    text = "".join(
        str(part.value).replace("{", "{{").replace("}", "}}")
        if isinstance(part, ast.Constant)
        else "{}"
        for part in node.values
    )
    method = ast.Attribute(ast.Constant(text), "format", ast.Load())
    return ast.Call(method, list(values), [])


def _f_string(node: ast.Call) -> ast.AST | None:
    is_format = isinstance(node.func, ast.Attribute) and node.func.attr == "format"
    target = node.func.value if isinstance(node.func, ast.Attribute) else None
    if not is_format or not isinstance(target, ast.Constant) or not node.args:
        return None
    return ast.JoinedStr([ast.FormattedValue(node.args[0], -1, None)])


def _broad(node: ast.ExceptHandler) -> ast.AST | None:
    if node.type is None or last_name(node.type) in ("Exception", "BaseException", ""):
        return None
    return ast.ExceptHandler(ast.Name("Exception", ast.Load()), node.name, node.body)


def _silent(node: ast.ExceptHandler) -> ast.AST | None:
    if all(isinstance(one, ast.Pass | ast.Continue) for one in node.body):
        return None
    return ast.ExceptHandler(node.type, node.name, [ast.Pass()])


def _renamed_exception(node: ast.ExceptHandler) -> ast.AST | None:
    if node.name is None:
        return None
    return ast.ExceptHandler(node.type, "ex" if node.name != "ex" else "problem", node.body)


def _unchained(node: ast.Raise) -> ast.AST | None:
    is_chained = node.cause is not None and not isinstance(node.cause, ast.Constant)
    return ast.Raise(node.exc, None) if is_chained and isinstance(node.exc, ast.Call) else None


def _plain_exception(node: ast.Raise) -> ast.AST | None:
    if not isinstance(node.exc, ast.Call) or last_name(node.exc) in (
        "NotImplementedError",
        "SystemExit",
        "AssertionError",
        "Exception",
        "StopIteration",
        "KeyboardInterrupt",
    ):
        return None
    if not last_name(node.exc)[:1].isupper():
        return None
    return ast.Raise(ast.Call(_name("Exception"), node.exc.args, []), node.cause)


def _without_keyword(function: str, keyword: str) -> Rewrite:
    def rewrite(node: ast.Call) -> ast.AST | None:
        kept = [one for one in node.keywords if one.arg != keyword]
        is_it = (dotted(node.func) or last_name(node.func)).endswith(function)
        return ast.Call(node.func, node.args, kept) if is_it and kept != node.keywords else None

    return rewrite


def _call_instead(old: str, new: str) -> Rewrite:
    def rewrite(node: ast.Call) -> ast.AST | None:
        is_it = dotted(node.func) == old
        return ast.Call(_name(new), node.args, node.keywords) if is_it else None

    return rewrite


def _bare_function(node: Any) -> Any:
    for one in [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]:
        one.annotation = None
    for rest in (node.args.vararg, node.args.kwarg):
        if rest is not None:
            rest.annotation = None
    node.returns = None
    return node


def _no_return_type(node: Any) -> Any:
    if node.returns is None:
        return None
    node.returns = None
    return node


def _no_docstring(node: Any) -> Any:
    if ast.get_docstring(node) is None:
        return None
    node.body = node.body[1:] or [ast.Pass()]
    return node


def _docstring(change: Callable[[str], str]) -> Rewrite:
    def rewrite(node: Any) -> Any:
        text = ast.get_docstring(node, clean=False)
        new = change(text) if text is not None else text
        if new is None or new == text:
            return None
        node.body[0] = ast.Expr(ast.Constant(new))
        return node

    return rewrite


def _without_period(text: str) -> str:
    head, gap, rest = text.partition("\n\n")
    stripped = head.rstrip()
    return stripped.removesuffix(".") + head[len(stripped) :] + gap + rest


def _next_line(text: str) -> str:
    return "\n    " + text if "\n" in text.strip() and not text.startswith("\n") else text


def _first_line(text: str) -> str:
    return text.lstrip() if "\n" in text.strip() else text


def _camel(name: str) -> str:
    head, *words = name.split("_")
    return head + "".join(word.capitalize() for word in words)


def _renamed_function(node: Any) -> Any:
    is_plain = "_" in node.name.strip("_") and not node.name.startswith("_")
    if not is_plain or _camel(node.name) == node.name:
        return None
    node.name = _camel(node.name)
    return node


def _renamed_local(node: ast.Assign) -> ast.AST | None:
    target = node.targets[0]
    if not isinstance(target, ast.Name) or "_" not in target.id.strip("_"):
        return None
    target.id = _camel(target.id.strip("_"))
    return node


def _renamed_parameter(node: ast.arg) -> ast.AST | None:
    if "_" not in node.arg.strip("_"):
        return None
    node.arg = _camel(node.arg.strip("_"))
    return node


def _optional(node: ast.BinOp) -> ast.AST | None:
    is_none = isinstance(node.right, ast.Constant) and node.right.value is None
    if not is_none or not isinstance(node.op, ast.BitOr):
        return None
    return ast.Subscript(_name("Optional"), node.left, ast.Load())


def _or_none(node: ast.Subscript) -> ast.AST | None:
    if last_name(node.value) != "Optional":
        return None
    return ast.BinOp(node.slice, ast.BitOr(), ast.Constant(None))


def _typing(node: ast.Subscript) -> ast.AST | None:
    names = {"list": "List", "dict": "Dict", "tuple": "Tuple", "set": "Set"}
    name = dotted(node.value)
    if name not in names or isinstance(node.slice, ast.Slice):
        return None
    return ast.Subscript(_name(names[name]), node.slice, node.ctx)


def _built_in(node: ast.Subscript) -> ast.AST | None:
    name = dotted(node.value).removeprefix("typing.").removeprefix("t.")
    if name not in ("List", "Dict", "Tuple", "Set"):
        return None
    return ast.Subscript(_name(name.lower()), node.slice, node.ctx)


def _else_branch(node: Any) -> Any:
    for index, one in enumerate(node.body[:-1]):
        is_guard = isinstance(one, ast.If) and not one.orelse
        if is_guard and isinstance(one.body[-1], ast.Return | ast.Raise):
            rest = node.body[index + 1 :]
            if isinstance(rest[-1], ast.Return | ast.Raise) and not isinstance(rest[0], ast.If):
                one.orelse = rest
                node.body = node.body[: index + 1]
                return node
    return None


def _import_inside(node: Any) -> Any:
    node.body = [*node.body[:1], ast.Import([ast.alias("shutil")]), *node.body[1:]]
    return node


def _type_equal(node: ast.Call) -> ast.AST | None:
    if dotted(node.func) != "isinstance" or len(node.args) != 2:
        return None
    made = ast.Call(_name("type"), [node.args[0]], [])
    return ast.Compare(made, [ast.Eq()], [node.args[1]])


def _return_none(node: ast.Return) -> ast.AST | None:
    return ast.Return(ast.Constant(None)) if node.value is None else None


def _assert_method(node: ast.Assert) -> ast.AST | None:
    return ast.Expr(ast.Call(_name("self.assertTrue"), [node.test], []))


def _range_len(node: ast.For) -> ast.AST | None:
    is_it = isinstance(node.iter, ast.Call) and dotted(node.iter.func) == "enumerate"
    if not is_it or not isinstance(node.iter, ast.Call):
        return None
    size = ast.Call(_name("len"), node.iter.args[:1], [])
    return ast.For(_name("index"), ast.Call(_name("range"), [size], []), node.body, node.orelse)


def _super_arguments(node: ast.Call) -> ast.AST | None:
    if dotted(node.func) != "super" or node.args:
        return None
    return ast.Call(node.func, [_name("Base"), _name("self")], [])


def _naive_now(node: ast.Call) -> ast.AST | None:
    is_it = dotted(node.func).endswith("datetime.now") and (node.args or node.keywords)
    return ast.Call(node.func, [], []) if is_it else None


def _keys(node: ast.For) -> ast.AST | None:
    if not isinstance(node.iter, ast.Call) or not isinstance(node.iter.func, ast.Attribute):
        return None
    if node.iter.func.attr != "items":
        return None
    node.iter.func.attr = "keys"
    return node


def _dict_call(node: ast.Assign) -> ast.AST | None:
    is_empty = isinstance(node.value, ast.Dict) and not node.value.keys
    return ast.Assign(node.targets, ast.Call(_name("dict"), [], []), lineno=0) if is_empty else None


def _map_call(node: ast.ListComp) -> ast.AST | None:
    one = node.generators[0]
    if not isinstance(one.target, ast.Name):
        return None
    arguments = ast.arguments([], [ast.arg(one.target.id)], None, [], [], None, [])
    function = ast.Lambda(arguments, node.elt)
    return ast.Call(_name("map"), [function, one.iter], [])


def _absolute_path(node: ast.Call) -> ast.AST | None:
    if dotted(node.func) not in ("Path", "pathlib.Path"):
        return None
    return ast.Call(_name("os.path.abspath"), node.args, [])


def _path(node: ast.Call) -> ast.AST | None:
    is_it = dotted(node.func).startswith("os.path.")
    return ast.Call(_name("Path"), node.args[:1], []) if is_it else None


CALL = (ast.Call,)
HANDLER = (ast.ExceptHandler,)
SUBSCRIPT = (ast.Subscript,)
#: By family and the usual choice: the nodes to rewrite, and how.
FLIPS: dict[tuple[str, str], tuple[tuple[type[ast.AST], ...], Rewrite]] = {
    ("output-channel", "logging"): ((ast.Expr,), _print_log),
    ("output-channel", "click"): (CALL, _call_instead("click.echo", "print")),
    ("log-formatting", "lazy"): (CALL, _log_operator),
    ("log-formatting", "f-string"): (CALL, _log_format),
    ("string-formatting", "f-string"): ((ast.JoinedStr,), _str_format),
    ("string-formatting", "format"): (CALL, _f_string),
    ("except-breadth", "specific"): (HANDLER, _broad),
    ("silent-handler", "handled"): (HANDLER, _silent),
    ("exception-name", "e"): (HANDLER, _renamed_exception),
    ("exception-name", "err"): (HANDLER, _renamed_exception),
    ("exception-name", "exc"): (HANDLER, _renamed_exception),
    ("raise-chaining", "from the cause"): ((ast.Raise,), _unchained),
    ("exception-raised", "own"): ((ast.Raise,), _plain_exception),
    ("exception-raised", "built-in"): ((ast.Raise,), _plain_exception),
    ("text-encoding", "given"): (CALL, _without_keyword("open", "encoding")),
    ("subprocess-check", "said"): (CALL, _without_keyword("subprocess.run", "check")),
    ("test-raises-match", "match"): (CALL, _without_keyword("pytest.raises", "match")),
    ("test-raises", "pytest.raises"): (CALL, _call_instead("pytest.raises", "self.assertRaises")),
    ("environment-access", "environ.get"): (CALL, _call_instead("os.environ.get", "os.getenv")),
    ("environment-access", "getenv"): (CALL, _call_instead("os.getenv", "os.environ.get")),
    ("subprocess-call", "run"): (CALL, _call_instead("subprocess.run", "subprocess.call")),
    ("path-handling", "pathlib"): (CALL, _absolute_path),
    ("path-handling", "os.path"): (CALL, _path),
    ("annotations-public", "annotated"): (FUNCTION, _bare_function),
    ("annotations-private", "annotated"): (FUNCTION, _bare_function),
    ("test-annotations", "given"): (FUNCTION, _no_return_type),
    ("init-annotation", "given"): (FUNCTION, _no_return_type),
    ("docstring-function", "present"): (FUNCTION, _no_docstring),
    ("docstring-private", "present"): (FUNCTION, _no_docstring),
    ("docstring-test", "present"): (FUNCTION, _no_docstring),
    ("docstring-period", "period"): (FUNCTION, _docstring(_without_period)),
    ("docstring-opening", "first line"): (FUNCTION, _docstring(_next_line)),
    ("docstring-opening", "next line"): (FUNCTION, _docstring(_first_line)),
    ("function-name", "snake case"): (FUNCTION, _renamed_function),
    ("local-name", "snake case"): ((ast.Assign,), _renamed_local),
    ("parameter-name", "snake case"): ((ast.arg,), _renamed_parameter),
    ("optional-style", "or None"): ((ast.BinOp,), _optional),
    ("optional-style", "Optional"): (SUBSCRIPT, _or_none),
    ("generic-style", "built-in"): (SUBSCRIPT, _typing),
    ("generic-style", "typing"): (SUBSCRIPT, _built_in),
    ("else-after-return", "none"): (FUNCTION, _else_branch),
    ("import-place", "top"): (FUNCTION, _import_inside),
    ("type-test", "isinstance"): (CALL, _type_equal),
    ("empty-return", "bare"): ((ast.Return,), _return_none),
    ("test-assertion", "assert"): ((ast.Assert,), _assert_method),
    ("index-loop", "enumerate"): ((ast.For,), _range_len),
    ("super-call", "without arguments"): (CALL, _super_arguments),
    ("current-time", "aware"): (CALL, _naive_now),
    ("dict-iteration", "items"): ((ast.For,), _keys),
    ("empty-collection", "literal"): ((ast.Assign,), _dict_call),
    ("mapping-style", "comprehension"): ((ast.ListComp,), _map_call),
}
