"""`failure-becomes-default`: any error turns into a value that looks ordinary."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from scanner.base.model import Severity, Span
from scanner.rulepacks.unit_rules import handlers as h
from scanner.rulepacks.unit_rules.rule import UnitRule
from scanner.rulepacks.unit_rules.unit_code import UnitCode, dotted, last_line

_DEFAULTS = frozenset(
    (
        *("None", "[]", "{}", "()", "''", "0", "0.0", "-1", "1", "1.0", "dict()", "list()"),
        *("set()", "'unknown'", "'Unknown'", "'N/A'", "'n/a'"),
    )
)
_REACHES_OUT = re.compile(
    r"(?:.*\.)?(?:open|loads?|read\w*|run|check_output|Popen|communicate|urlopen|execute|fetch\w*"
    r"|query|connect|recv|urlretrieve)"
    r"|(?:.*\.)?(?:requests|httpx|client|session|api)\.\w+"
)
#: The docstring says what comes back then.
_DOCUMENTED = re.compile(
    r"\b(?:None|False|empty|fall ?back|default)\b[^.]{0,60}"
    r"\b(?:if|when|where|unless|otherwise|on (?:error|failure))\b"
    r"|\b(?:or|if|otherwise)\b[^.]{0,60}\b(?:None|False|empty|fall ?back|default)\b",
    re.IGNORECASE,
)
_EXCEPTION = frozenset(("Exception",))


def _find(code: UnitCode) -> Iterator[Span]:
    for handler in h.handlers(code):
        first = handler.first
        if (
            handler.catches(_EXCEPTION)
            and isinstance(first, ast.Return)
            and first.value is not None
            and ast.unparse(first.value) in _DEFAULTS
            and _reaches_out(handler)
            and not _is_meant(handler)
        ):
            yield Span(handler.node.lineno, last_line(first))


def _reaches_out(handler: h.Handler) -> bool:
    """Only what is read, fetched or run elsewhere can fail in ways that nobody thought of."""
    return any(
        isinstance(node, ast.Call) and _REACHES_OUT.fullmatch(dotted(node.func))
        for statement in handler.block.body
        for node in ast.walk(statement)
    )


def _is_meant(handler: h.Handler) -> bool:
    code, block = handler.code, handler.block
    functions = code.functions_round(block)
    return (
        handler.has_reason()
        or handler.is_answered()
        or handler.is_told_by_the_try()
        or handler.is_explained_at_length()
        or handler.tries_one_plain_call()
        or handler.runs_foreign_code()
        or h.is_in_cleanup(code, block)
        or any(one.name == "__del__" for one in functions)
        or any(_DOCUMENTED.search(h.docstring(one)) for one in functions)
    )


RULE = UnitRule(
    "failure-becomes-default",
    "edge-case",
    Severity.WARNING,
    "Any error at all turns into an ordinary-looking value here, so the caller cannot tell failure "
    'from "nothing found". Catch only the exception that means "nothing", and let the others '
    "through.",
    ("except",),
    _find,
    references=("CWE-390", "CWE-755"),
    cases='''
def documented(config):
    try:
        return config["key"]
    # ok: failure-becomes-default
    except KeyError:
        return None


def logged(config):
    try:
        return config.load()
    # ok: failure-becomes-default
    except Exception:
        logger.exception("no configuration")
        return None


def transformed(fetch):
    try:
        return fetch()
    # ok: failure-becomes-default
    except Exception as error:
        return str(error)


def one_call_in_sight(text):
    try:
        return int(text)
    # ok: failure-becomes-default
    except Exception:
        return None


def completed(text, names):
    try:
        return dir(eval(text, names))
    # ok: failure-becomes-default
    except Exception:
        return []


def version_of(name):
    """The version of a package, or None if it is not installed."""
    try:
        return metadata.read(name)
    # ok: failure-becomes-default
    except Exception:
        return None


def told_above(load):
    # On some systems the library is there and cannot be loaded, for reasons that differ,
    # and then names stay as they are.
    try:
        return load("libname")
    # ok: failure-becomes-default
    except Exception:
        return None


def explained(load):
    try:
        return load()
    # ok: failure-becomes-default
    except Exception:
        # What cannot be loaded counts as absent.
        return None


def kind_of(value):
    try:
        return value.kind.name
    # ok: failure-becomes-default
    except Exception:
        return None


def hidden(load):
    try:
        return load()
    # ruleid: failure-becomes-default
    except Exception:
        return []


def hidden_with_an_end(load):
    try:
        return load()
    # ruleid: failure-becomes-default
    except Exception:
        return {}
    finally:
        load.end()


def hidden_too(load):
    try:
        return load()
    # ruleid: failure-becomes-default
    except Exception as error:
        return None
''',
)
