import logging
import os
import time

logger = logging.getLogger(__name__)


class AppError(Exception):
    """ok: the base itself."""


# ok: error-without-house-base
class NotFound(AppError):
    pass


# ruleid: error-without-house-base
class Broken(Exception):
    pass


# ok: handler-without-permission
@router.get("/users")
@requires("admin")
def users():
    return []


# ok: handler-without-permission
def helper():
    return []


# ruleid: handler-without-permission
@router.get("/orders")
def orders():
    return []


# ok: boolean-without-question-name
def is_ready() -> bool:
    return True


# ruleid: boolean-without-question-name
def ready() -> bool:
    return True


def work(logger, settings):
    # ok: print-instead-of-logger
    logger.info("working")
    # ruleid: print-instead-of-logger
    print("working")
    # ok: setting-read-in-place
    size = settings.size
    # ruleid: setting-read-in-place
    return size, os.environ["SIZE"]


# ok: clock-read-in-place
NOW = time.time()


def stamp():
    # ruleid: clock-read-in-place
    return time.time()


# ok: positional-flag
def send(text, *, urgent: bool = False):
    return text


# ruleid: positional-flag
def post(text, urgent: bool = False):
    return text


def report(count):
    # ok: emoji-in-log
    logger.info("done: %d", count)
    # ok: emoji-in-log
    logger.info("größer als erwartet: %d", count)
    # ruleid: emoji-in-log
    logger.info("✅ done: %d", count)
    # ruleid: emoji-in-log
    logger.info(f"🚀 started {count}")


# ok: suppression-without-reason
from os import path  # noqa: F401

# ok: suppression-without-reason
NUMBER: int = "1"  # type: ignore[assignment]
# ruleid: suppression-without-reason
OTHER: int = "1"  # type: ignore
# ruleid: suppression-without-reason
third = lambda: 1  # noqa
