"""A docstring that begins beside its quotes, or on the line after them."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from functools import partial

import libcst as cst

from scanner.base.model import Span
from scanner.rulepacks.codemods.code import Code
from scanner.rulepacks.codemods.codemod import CodeEdit, ConventionCodemod, Edits, Refusal

_AFTER_QUOTES = re.compile(r"(?<![ \t])[ \t]*+\r?\n[ \t]*+")


def _edits(usual: str, code: Code, span: Span) -> Iterator[CodeEdit | Refusal]:
    for text in code.starting(span.first, cst.SimpleString):
        if not isinstance(code.parent(text), cst.Expr) or len(text.quote) != 3:
            continue
        raw = text.raw_value
        if usual == "first line":
            new = _AFTER_QUOTES.sub("", raw, count=1) if _AFTER_QUOTES.match(raw) else raw
        else:
            new = f"{code.module.default_newline}{code.before(text)}{raw.lstrip()}"
        value = f"{text.prefix}{text.quote}{new}{text.quote}"
        yield _edit(code, text, value)


def _edit(code: Code, text: cst.SimpleString, value: str) -> CodeEdit | Refusal:
    if code.mentions("__doc__"):
        return Refusal("the file reads docstrings itself")
    if _read(value) != _read(text.value):
        return Refusal("`inspect.getdoc` would give another text")
    return CodeEdit(text, text.with_changes(value=value))


def _read(literal: str) -> str | None:
    try:
        value = ast.literal_eval(literal)
    except (SyntaxError, ValueError):
        return None
    return inspect.cleandoc(value) if isinstance(value, str) else None


def _towards(usual: str) -> Edits:
    return partial(_edits, usual)


CODEMOD = ConventionCodemod("docstring-opening", ("first line", "next line"), _towards)
