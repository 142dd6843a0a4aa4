"""`bare-except`: a handler that also keeps the program from being stopped."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scanner.base.model import Severity, Span
from scanner.rulepacks.unit_rules import handlers as h
from scanner.rulepacks.unit_rules.rule import UnitRule
from scanner.rulepacks.unit_rules.unit_code import UnitCode, last_line

_PASSED_ON = re.compile(
    r"\braise\b|\bexc_info\(|print_exc|format_exc|set_exception|\bFailure\(|reraise|_exit\("
    r"|handle_error|showtraceback"
)


def _find(code: UnitCode) -> Iterator[Span]:
    for handler in h.handlers(code):
        is_bare = handler.node.type is None
        if is_bare and not handler.starts_with_nothing() and not _is_meant(handler):
            yield Span(handler.node.lineno, handler.node.lineno)


def _is_meant(handler: h.Handler) -> bool:
    lines = handler.code.lines[handler.node.lineno - 1 : last_line(handler.node)]
    return (
        handler.has_reason()
        or handler.is_answered()
        or handler.is_explained_at_length()
        or handler.runs_foreign_code()
        or any(map(_PASSED_ON.search, lines))
    )


RULE = UnitRule(
    "bare-except",
    "edge-case",
    Severity.WARNING,
    "A bare `except:` also catches `KeyboardInterrupt` and `SystemExit`, so the program cannot be "
    "stopped here. Name the exception, or write `except Exception:`.",
    ("except",),
    _find,
    references=("CWE-396",),
    cases='''
def expected(path, queue):
    try:
        path.unlink()
    # ok: bare-except
    except FileNotFoundError:
        pass
    try:
        queue.get()
    # ok: bare-except
    except Exception:
        logger.exception("the queue failed")
    try:
        queue.get()
    # ok: bare-except
    except:
        queue.rollback()
        raise
    try:
        queue.get()
    # ok: bare-except
    except:
        queue.put(sys.exc_info())
    try:
        queue.get()
    # ok: bare-except
    except:
        # The reader has told of it already, whatever it was.
        queue.failed = True
    try:
        queue.get()
    # ok: bare-except
    except:
        pass


def shown_code():
    # ok: bare-except
    return """
    try:
        work()
    except:
        print()
    """


def unstoppable(work):
    try:
        work()
    # ruleid: bare-except
    except:
        logger.info("failed")
''',
)
