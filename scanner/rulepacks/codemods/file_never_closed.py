"""`with open(...) as file:` round a statement that reads an open file and forgets it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import libcst as cst

from scanner.base.model import Span
from scanner.rulepacks.codemods.blocks import COMMENT_INSIDE
from scanner.rulepacks.codemods.code import Code, dotted, has_comment, is_plain
from scanner.rulepacks.codemods.codemod import CodeEdit, Codemod, Refusal

_READ = frozenset(("read", "readlines", "readline"))
_WRITTEN = frozenset(("write", "writelines"))
_READERS = frozenset(("json.load", "pickle.load", "tomllib.load", "yaml.safe_load", "yaml.load"))
_WRITERS = frozenset(("json.dump", "pickle.dump"))
_NAMES = ("file", "opened", "open_file")
_DOUBT = "what cannot be written raises an exception when the file is closed"


def _edits(code: Code, span: Span) -> Iterator[CodeEdit | Refusal]:
    return with_closed_files(code, code.at(span, cst.Call))


def with_closed_files(code: Code, calls: Iterable[cst.Call]) -> Iterator[CodeEdit | Refusal]:
    """A `with` statement for each of some calls that reads or writes an open file for good."""
    for node in calls:
        match node:
            case cst.Call(func=cst.Attribute(cst.Call() as opened, name)) if _opens(opened):
                if name.value in _READ | _WRITTEN:
                    yield _edit(code, node, opened, name.value in _WRITTEN)
            case cst.Call(func=cst.Attribute(), args=[cst.Arg(cst.Call() as opened), *_]) if dotted(
                node.func
            ) in _READERS and _opens(opened):
                yield _edit(code, node, opened, is_written=False)
            case cst.Call(args=[_, cst.Arg(cst.Call() as opened), *_]) if dotted(
                node.func
            ) in _WRITERS and _opens(opened):
                yield _edit(code, node, opened, is_written=True)


def _opens(node: cst.Call) -> bool:
    return dotted(node.func) == "open"


def _edit(code: Code, use: cst.Call, opened: cst.Call, is_written: bool) -> CodeEdit | Refusal:
    line = code.statement(use)
    if line is None or len(line.body) != 1 or not isinstance(code.parent(line), _BLOCKS):
        return Refusal("it is not a statement of its own")
    if not _is_value(line.body[0], use):
        return Refusal("it is part of a larger expression, which is evaluated in an order")
    if not code.is_builtin("open"):
        return Refusal("`open` may be something else here")
    reader = dotted(use.func)
    is_method = reader.startswith(".")
    if not is_method and not code.is_module(reader.split(".")[0]):
        return Refusal(f"`{reader}` may be something else here")
    if has_comment(*line.body):
        return Refusal(COMMENT_INSIDE)
    if "\n" in code.text(opened):
        return Refusal("it spans several lines")
    others = [arg.value for arg in use.args if arg.value is not opened]
    if not is_method and not all(map(is_plain, others)):
        return Refusal("another argument is evaluated before the file is opened")
    name = next((one for one in _NAMES if not code.mentions(one)), None)
    if name is None:
        return Refusal("there is no free name for the file")
    within = line.body[0].deep_replace(opened, cst.Name(name))
    assert isinstance(within, cst.BaseSmallStatement)
    head = cst.With(
        [cst.WithItem(opened, cst.AsName(cst.Name(name)))],
        cst.IndentedBlock(
            [cst.SimpleStatementLine([within], trailing_whitespace=line.trailing_whitespace)]
        ),
        leading_lines=line.leading_lines,
    )
    if not any(isinstance(up, cst.FunctionDef) for up in code.above(line)):
        return CodeEdit(line, head, f"a module or class gets one more name, `{name}`")
    return CodeEdit(line, head, _DOUBT if is_written else None)


_BLOCKS = (cst.Module, cst.IndentedBlock)


def _is_value(statement: cst.BaseSmallStatement, use: cst.Call) -> bool:
    """Whether a statement only evaluates the call, returns its value or gives it to plain names."""
    match statement:
        case cst.Expr(value) | cst.Return(value):
            return value is use
        case cst.Assign(value=value):
            return value is use and all(
                isinstance(one.target, cst.Name) for one in statement.targets
            )
        case cst.AnnAssign(target=cst.Name(), value=value):
            return value is use
    return False


CODEMOD = Codemod("file-never-closed", _edits)
