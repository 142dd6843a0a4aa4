import asyncio
import concurrent.futures
import functools
import os
import subprocess
import threading
import time

import requests

_client = None
_lock = threading.Lock()


def wait():
    # ok: sleep-blocks-event-loop
    time.sleep(1)


async def wait_well(loop):
    # ok: sleep-blocks-event-loop
    await asyncio.sleep(1)

    def inner():
        # ok: sleep-blocks-event-loop
        time.sleep(1)

    await asyncio.to_thread(inner)


async def wait_badly():
    # ruleid: sleep-blocks-event-loop
    time.sleep(1)


# ok: request-blocks-event-loop
def fetch(url):
    return requests.get(url, timeout=5)


async def fetch_well(url, client):
    # ok: request-blocks-event-loop
    await client.get(url)
    # ok: request-blocks-event-loop
    return await asyncio.to_thread(requests.get, url, timeout=5)


@app.get("/users")
async def users():
    # ruleid: request-blocks-event-loop
    return requests.get("https://example.org", timeout=5)


async def fetch_badly(url):
    # ruleid: request-blocks-event-loop
    return requests.get(url, timeout=5)


async def build_well(command):
    # ok: process-blocks-event-loop
    process = await asyncio.create_subprocess_exec(*command)
    # ok: process-blocks-event-loop
    await asyncio.to_thread(subprocess.run, command, check=True)
    return process


async def build_badly(command):
    # ruleid: process-blocks-event-loop
    subprocess.run(command, check=True)
    # ruleid: process-blocks-event-loop
    return os.system("make")


async def start_well(work, tasks):
    # ok: task-without-reference
    task = asyncio.create_task(work())
    # ok: task-without-reference
    tasks.append(asyncio.create_task(work()))
    # ok: task-without-reference
    await asyncio.create_task(work())
    # ok: task-without-reference
    several = [asyncio.create_task(work()) for _ in range(3)]
    async with asyncio.TaskGroup() as group:
        # ok: task-without-reference
        group.create_task(work())
    # ok: task-without-reference
    await asyncio.wait({asyncio.create_task(work())})
    return task, several


async def start_badly(work):
    # ruleid: task-without-reference
    asyncio.create_task(work())
    # ruleid: task-without-reference
    asyncio.ensure_future(work())
    # ruleid: task-without-reference
    asyncio.get_running_loop().create_task(work())


async def notify(name):
    await asyncio.sleep(1)


class Service:
    async def stop(self):
        await asyncio.sleep(1)

    def close(self):
        # ok: coroutine-never-awaited
        self.shut()

    async def run(self):
        # ok: coroutine-never-awaited
        await self.stop()
        # ok: coroutine-never-awaited
        task = asyncio.create_task(self.stop())
        # ok: coroutine-never-awaited
        await asyncio.gather(
            self.stop(),
            asyncio.sleep(1),
        )
        # ruleid: coroutine-never-awaited
        self.stop()
        # ruleid: coroutine-never-awaited
        self.stop()  # in the background
        # ruleid: coroutine-never-awaited
        asyncio.sleep(1)
        return task


async def tell(name):
    # ok: coroutine-never-awaited
    await notify(name)
    # ok: coroutine-never-awaited
    asyncio.run_coroutine_threadsafe(notify(name), None)
    # ruleid: coroutine-never-awaited
    notify(name)


# ok: loop-started-inside-loop
asyncio.run(tell("x"))


async def nested():
    # ok: loop-started-inside-loop
    await tell("x")
    # ruleid: loop-started-inside-loop
    asyncio.run(tell("x"))


@functools.wraps(tell)
def started(*args):
    # ok: loop-started-inside-loop
    asyncio.run(tell("x"))


@retry(3)
async def decorated(
    name,
) -> None:
    # ruleid: loop-started-inside-loop
    asyncio.run(tell(name))


async def update(self, lock, client):
    # ok: lock-held-across-await
    async with lock:
        await client.update()
    # ok: lock-held-across-await
    with lock:
        client.count += 1
    # ok: lock-held-across-await
    with client.session:
        await client.update()
    # ruleid: lock-held-across-await
    with self._lock:
        await client.update()


def start(work, name):
    # ok: thread-target-called
    threading.Thread(target=work, args=(name,)).start()
    # ok: thread-target-called
    threading.Thread(target=functools.partial(work, name)).start()
    # ruleid: thread-target-called
    threading.Thread(target=work(name)).start()


def client_locked():
    global _client
    with _lock:
        # ok: lazy-global-without-lock
        if _client is None:
            _client = object()
    return _client


def switch(other):
    global _client
    # ok: lazy-global-without-lock
    if _client is None:
        _client = other.client


def client():
    global _client
    # ruleid: lazy-global-without-lock
    if _client is None:
        _client = object()
    return _client


def spin(self, queue, step):
    # ok: busy-wait
    while not self.done:
        time.sleep(0.1)
    # ok: busy-wait
    while step():
        pass
    # ruleid: busy-wait
    while not self.done:
        pass


@retry
async def here(work):
    # ok: event-loop-outside-coroutine
    return asyncio.get_event_loop().create_task(work())


class Watch:
    @staticmethod
    async def clock():
        # ok: event-loop-outside-coroutine
        return asyncio.get_event_loop().time()


def there(work):
    # ok: event-loop-outside-coroutine
    asyncio.run(work())
    # ok: event-loop-outside-coroutine
    keeper = Keeper(asyncio.get_event_loop())
    # ruleid: event-loop-outside-coroutine
    loop = asyncio.get_event_loop()
    loop.run_until_complete(work(keeper))
    # ok: event-loop-outside-coroutine
    return asyncio.get_event_loop().create_task(work(keeper))


@retry
def there_again(work):
    # ruleid: event-loop-outside-coroutine
    return asyncio.get_event_loop().run_until_complete(work())


def submit(work, items):
    with concurrent.futures.ThreadPoolExecutor() as pool:
        # ok: executor-result-ignored
        futures = [pool.submit(work, item) for item in items]
        for item in items:
            # ok: executor-result-ignored
            futures.append(pool.submit(work, item))
            # ruleid: executor-result-ignored
            pool.submit(work, item)
            # ruleid: executor-result-ignored
            pool.submit(work, item)  # in the background
    return futures


def consume(log_exceptions, work, queue):
    # ok: thread-target-called
    return threading.Thread(target=log_exceptions(work), args=(queue,))


def table():
    global _table
    # ok: lazy-global-without-lock
    if _table is None:
        _table = list(range(256))
    return _table
