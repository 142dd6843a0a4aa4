import logging
import pdb

# ok: logger-named-by-hand
logger = logging.getLogger(__name__)
# ruleid: logger-named-by-hand
other = logging.getLogger(__name__)


def log(count, error):
    # ok: root-logger-used, logger-warn
    logger.warning("%d items", count)
    # ruleid: root-logger-used
    logging.info("%d items", count)
    # ruleid: logger-warn
    logger.warning("%d items", count)


def handle(work):
    try:
        work()
    except ValueError:
        # ok: exception-logged-outside-handler
        logger.exception("bad value")


def handle_with_end(work, done):
    try:
        work()
    except (OSError, ValueError):
        if done:
            # ok: exception-logged-outside-handler
            logger.exception("failed after the end")
        # ok: exception-logged-outside-handler
        logger.exception("failed")
    else:
        # ruleid: exception-logged-outside-handler
        logger.exception("done")
    finally:
        done()


def on_error(exc):
    # ok: exception-logged-outside-handler
    logger.exception("failed", exc_info=exc)


def log_unexpected_error(task):
    # ok: exception-logged-outside-handler
    logger.exception("failed: %s", task)


def check(count):
    if count < 0:
        # ruleid: exception-logged-outside-handler
        logger.exception("negative count")


def setup():
    # ok: logging-configured-on-import
    logging.basicConfig(level="INFO")


# ruleid: logging-configured-on-import
logging.basicConfig(level="DEBUG")


class TestBreakpoint:
    def test_hook(self, hook):
        # ok: debugger-left-in
        breakpoint()
        hook.assert_called_once_with()


def stops_here(func):
    # ok: debugger-left-in
    breakpoint()  # pylint: disable=forgotten-debug-statement
    return func()


def stop(count):
    if LOG_PDB:
        # ok: debugger-left-in
        pdb.set_trace()
    # ok: debugger-left-in
    logger.debug("breakpoint()")
    # ok: debug-print-left-in
    print("debugging is off")
    # ok: debug-print-left-in
    print(f"{count} items")
    # ruleid: debugger-left-in
    breakpoint()
    # ruleid: debugger-left-in
    pdb.set_trace()
    # ruleid: debug-print-left-in
    print("DEBUG", count)
    # ruleid: debug-print-left-in
    print(f"DEBUG: {count}")


def log_places(count, extra):
    # ok: log-argument-without-place
    logger.info("%d items", count)
    # ok: log-argument-without-place
    logger.info("done")
    # ok: log-argument-without-place
    logger.info("done", exc_info=True)
    # ok: log-argument-without-place
    logger.info("done {}", count)
    # ruleid: log-argument-without-place
    logger.info("items: ", count)


def set_trace():
    # ok: debugger-left-in
    pdb.set_trace()
