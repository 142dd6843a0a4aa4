import asyncio
import contextlib
import json
import logging
import sys
import traceback
from contextlib import suppress

logger = logging.getLogger(__name__)


class Handle:
    def close(self):
        try:
            self.flush()
            # ok: swallowed-exception
        except Exception:
            pass
        # ok: suppress-everything
        with suppress(Exception):
            self.flush()

    def __del__(self):
        try:
            self.close()
            # ok: swallowed-exception
        except Exception:
            pass


def expected(path, queue):
    try:
        path.unlink()
        # ok: swallowed-exception, bare-except
    except FileNotFoundError:
        pass
    try:
        queue.get()
        # ok: swallowed-exception, bare-except
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


def one_call_in_sight(lines, text):
    for line in lines:
        try:
            entry = json.loads(line)
            # ok: swallowed-exception
        except Exception:
            continue
        yield entry
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
        return metadata.version(name)
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
    # ok: suppress-everything
    with suppress(Exception):
        work()


def swallowed(work, items):
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
    try:
        work()
    # the lock was taken by another
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
    except Exception:
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


def shown_code():
    # ok: swallowed-exception, bare-except, failure-becomes-default
    return """
    try:
        work()
    except:
        pass
    """


def unstoppable(work):
    try:
        work()
        # ruleid: bare-except
    except:
        logger.info("failed")


def explained(load):
    try:
        return load()
        # ok: failure-becomes-default
    except Exception:
        # What cannot be loaded counts as absent.
        return None


def explained_above(load):
    try:
        return load()
        # ok: failure-becomes-default
    # What cannot be loaded counts as absent.
    except Exception:
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


def reported(work, report):
    # ok: printed-exception
    try:
        work()
    except ValueError as error:
        print(error)
    # ok: printed-exception
    try:
        work()
    except Exception as error:
        print(error)
        raise


def printed_and_explained(work):
    # ok: printed-exception
    try:
        work()
    except Exception as error:
        # The next page is worth more than this one.
        print(f"Error: {error}")


def printed(work):
    # ruleid: printed-exception
    try:
        work()
    except Exception as error:
        print(f"Error: {error}")


def adds_context(work):
    # ok: log-and-raise
    try:
        work()
    except ValueError as error:
        raise RuntimeError("work failed") from error
    # ok: log-and-raise
    try:
        work()
    except ValueError:
        logger.exception("work failed")


def log_whole(work):
    try:
        work()
    except ValueError as error:
        # ok: logged-exception-without-traceback
        logger.error("bad value: %s", error)
    try:
        work()
    except Exception as error:
        # ok: logged-exception-without-traceback
        logger.error("failed: %s", error, exc_info=True)
    try:
        work()
    except Exception as error:
        # The text of such an error says it all.
        # ok: logged-exception-without-traceback
        logger.error("failed: %s", error)
    try:
        work()
    except Exception as error:
        # ok: logged-exception-without-traceback
        logger.error("failed: %s", error)
        raise error
    try:
        work()
    except Exception as error:
        if isinstance(error, ValueError):
            # ok: logged-exception-without-traceback
            logger.error("bad value: %s", error)
        raise
    try:
        work()
    except Exception as error:
        if isinstance(error, ValueError):
            # ok: logged-exception-without-traceback
            logger.error("bad value: %s", error)
        else:
            logger.exception("failed")
    try:
        work.close()
    except Exception as error:
        # ok: logged-exception-without-traceback
        logger.error("not closed: %s", error)
    try:
        work()
    except Exception as error:
        # ok: logged-exception-without-traceback
        logger.error(f"failed: {error}")
        traceback.print_exc()
    # ruleid: log-and-raise
    try:
        work()
    except Exception as error:
        # ok: logged-exception-without-traceback
        logger.error(f"failed: {error}")
        raise


def log_half(work):
    try:
        work()
    except Exception as error:
        work.failures += 1
        # ruleid: logged-exception-without-traceback
        logger.error(f"failed: {error}")
    try:
        work()
    except Exception as error:
        work.failures += 1
        # ruleid: logged-exception-without-traceback
        logger.error("failed: %s", error)
    finally:
        work.end()


def logs_twice(work):
    # ruleid: log-and-raise
    try:
        work()
    except ValueError as error:
        logger.error("work failed: %s", error)
        raise
    # ruleid: log-and-raise
    try:
        work()
    except ValueError:
        logger.exception("work failed")
        raise


def chained(text):
    try:
        return int(text)
    except ValueError as error:
        # ok: raise-without-cause
        raise RuntimeError(f"not a number: {error}") from error


def unrelated(text):
    try:
        return int(text)
    except ValueError as error:
        # ok: raise-without-cause
        raise SystemExit(2)


def retried(self, text):
    try:
        return int(text)
    except ValueError as error:
        # ok: raise-without-cause
        raise self.retry(exc=error)
    except OSError as error:
        # ok: raise-without-cause
        raise LoadError(text, error)


def unchained_with_an_end(text):
    try:
        return int(text)
    except ValueError as error:
        # ruleid: raise-without-cause
        raise RuntimeError(f"not a number: {error}")
    finally:
        text.close()


def unchained(text):
    try:
        return int(text)
    except ValueError as error:
        # ruleid: raise-without-cause
        raise RuntimeError(f"not a number: {error}")
    except OSError as error:
        # ruleid: raise-without-cause
        raise LoadError(error)


def specific(flag):
    if flag:
        # ok: raise-generic-exception
        raise ValueError("flag")
    try:
        if not flag:
            # ok: raise-generic-exception
            raise Exception("no flag")
    except Exception:
        logger.exception("read as no flag")
    try:
        flag()
    except ValueError as error:
        # ruleid: raise-generic-exception
        raise Exception("not a flag") from error
    # ruleid: raise-generic-exception
    raise Exception("flag")


def abstract(self):
    # ok: raise-not-implemented-constant
    raise NotImplementedError


def operator(self, other):
    # ok: raise-not-implemented-constant
    return NotImplemented


def mistaken(self):
    # ruleid: raise-not-implemented-constant
    raise NotImplemented


def cleaned(work, close):
    # ok: return-in-finally
    try:
        return work()
    finally:
        close()


def later(work):
    # ok: return-in-finally
    try:
        work()
    finally:

        def close():
            return work.close()

        work.later(close)


def dropped_on_purpose(work, stopped):
    # ok: return-in-finally
    try:
        work()
    finally:
        if stopped():
            return  # The interrupt was seen to already.


def dropped(work):
    # ruleid: return-in-finally
    try:
        work()
    finally:
        return True


def ordered(work):
    # ok: handler-never-reached
    try:
        work()
    except ValueError:
        return 1
    except Exception:
        return 2
    try:
        work()
    # ok: handler-never-reached
    except Exception:
        return 2
    except KeyboardInterrupt:
        return 130
    try:
        work()
    # ok: handler-never-reached
    except Exception:
        return 2
    except WorkerShutdown:
        return 0


def shown():
    # ok: handler-never-reached
    return """
    try:
        work()
    except Exception as error:
        pass
    except ValueError:
        pass
    """


def disordered(work):
    try:
        work()
    # ruleid: handler-never-reached
    except Exception:
        logger.exception("failed")
    except ValueError:
        logger.exception("bad value")


async def stop(self, task):
    task.cancel()
    # ok: cancellation-swallowed
    try:
        await task
    except asyncio.CancelledError:
        pass


async def clean_up(self, work):
    # ok: cancellation-swallowed
    try:
        await work()
    except asyncio.CancelledError:
        await self.close()
        raise


async def run_until_cancelled(self, work):
    # ok: cancellation-swallowed
    try:
        while True:
            await work()
    except asyncio.CancelledError:
        pass
    await self.close()


async def uncancellable(self, work):
    while True:
        # ruleid: cancellation-swallowed
        try:
            await self.queue.get()
            await work()
        except asyncio.CancelledError:
            pass


def removed(path, connection, work):
    # ok: suppress-everything
    with suppress(FileNotFoundError):
        path.unlink()
    # ok: suppress-everything
    with suppress(Exception):
        connection.close()
    # ok: suppress-everything
    with suppress(Exception):  # the other side may be gone
        connection.tell()
    # Suppress what an old version raises.
    # ok: suppress-everything
    with suppress(Exception):
        connection.tell()
    try:
        work()
    finally:
        # ok: suppress-everything
        with suppress(Exception):
            connection.tell()
    # ruleid: suppress-everything
    with contextlib.suppress(Exception):
        path.unlink()
