"""`swallowed-exception`: a handler for everything that does nothing."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.base.model import Severity, Span
from scanner.rulepacks.unit_rules import handlers as h
from scanner.rulepacks.unit_rules.rule import TESTS, UnitRule
from scanner.rulepacks.unit_rules.unit_code import UnitCode, last_line


def _find(code: UnitCode) -> Iterator[Span]:
    for handler in h.handlers(code):
        if handler.catches(h.EVERYTHING) and handler.does_nothing() and not _is_meant(handler):
            yield Span(handler.node.lineno, last_line(handler.first))


def _is_meant(handler: h.Handler) -> bool:
    code, block = handler.code, handler.block
    return (
        handler.has_reason()
        or handler.is_answered()
        or handler.is_told_by_the_try()
        or handler.is_explained_at_length()
        or handler.tries_one_plain_call()
        or handler.tries_to_end_something()
        or handler.tries_the_next()
        or h.is_in_cleanup(code, block)
        or h.is_in_ending_function(code, block, ("log", "debug", "trace"))
        or h.is_promised(code, block)
    )


RULE = UnitRule(
    "swallowed-exception",
    "edge-case",
    Severity.WARNING,
    "Every failure in this block disappears without a trace, the ones nobody thought of too. "
    "Catch the exception you expect, or log this one with `logger.exception`.",
    ("except",),
    _find,
    references=("CWE-390",),
    elsewhere=(*TESTS, "*analytics*", "*telemetry*"),
    cases='''
class Handle:
    def close(self):
        try:
            self.flush()
        # ok: swallowed-exception
        except Exception:
            pass

    def __del__(self):
        try:
            self.close()
        # ok: swallowed-exception
        except Exception:
            pass


def expected(path, queue):
    try:
        path.unlink()
    # ok: swallowed-exception
    except FileNotFoundError:
        pass
    try:
        queue.get()
    # ok: swallowed-exception
    except Exception:
        logger.exception("the queue failed")


def one_call_in_sight(lines, text):
    for line in lines:
        try:
            entry = json.loads(line)
        # ok: swallowed-exception
        except Exception:
            continue
        yield entry


def first_that_fits(kinds, text):
    for kind in kinds:
        try:
            return kind(text)
        # ok: swallowed-exception
        except Exception:
            continue
    return text


def debug_log(text):
    try:
        LOG.write(text)
    # ok: swallowed-exception
    except Exception:
        pass


def promised(work):
    """Best effort: never raises."""
    try:
        work()
    # ok: swallowed-exception
    except Exception:
        pass


def explained(work):
    try:
        work()
    # ok: swallowed-exception
    except Exception:
        # What was kept may be gone or from an older version;
        # it is computed anew below.
        pass
    try:
        work()
    # ok: swallowed-exception
    except Exception:
        # An older version may have written it.
        pass
    try:
        work()
    # ok: swallowed-exception
    except Exception:  # noqa: BLE001 - the cache is only for speed
        pass
    try:
        work()
    # ok: swallowed-exception
    except Exception:
        pass  # Interpreter teardown
    try:
        work()
    except ValueError:
        try:
            work.note()
        # ok: swallowed-exception
        except Exception:
            pass
        raise
    try:
        # Not all of them are usable: some are switched off.
        work()
    # ok: swallowed-exception
    except Exception:
        pass
    # Best effort: the next run does it again.
    try:
        work()
    # ok: swallowed-exception
    except Exception:
        pass
    # Best effort: the next run does it again.
    work.begin()
    try:
        work()
    # ok: swallowed-exception
    except Exception:
        pass
    try:
        work.connection.close()
        work.process.kill()
    # ok: swallowed-exception
    except Exception:
        pass
    try:
        work()
    # ok: swallowed-exception
    except Exception:  # noqa: BLE001, S110
        # Ignore errors
        pass


def shown_code():
    # ok: swallowed-exception
    return """
    try:
        work()
    except:
        pass
    """


def swallowed(work, items):
    try:
        work()
    except BlockingIOError:
        # The other one does the work.
        return
    # ruleid: swallowed-exception
    except Exception:  # pylint: disable=broad-except
        # TODO: log this somehow
        pass
    try:
        work()
    # ruleid: swallowed-exception
    except Exception as error:
        pass
    try:
        work()
    # ruleid: swallowed-exception
    except:
        pass
    try:
        work()
    # ruleid: swallowed-exception
    except (ValueError, Exception):
        pass
    try:
        work()
    # ruleid: swallowed-exception
    except Exception:
        pass
    else:
        work()
    finally:
        work.end()
    for item in items:
        try:
            work(item)
        # ruleid: swallowed-exception
        except Exception:
            continue
    try:
        work()
    # ruleid: swallowed-exception
    except Exception: ...
    try:
        work()
    # ruleid: swallowed-exception
    except* Exception:
        pass
''',
)
