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


def on_error(exc):
    # ok: exception-logged-outside-handler
    logger.exception("failed", exc_info=exc)


def check(count):
    if count < 0:
        # ruleid: exception-logged-outside-handler
        logger.exception("negative count")


def setup():
    # ok: logging-configured-on-import
    logging.basicConfig(level="INFO")


# ruleid: logging-configured-on-import
logging.basicConfig(level="DEBUG")


def stop(count):
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
