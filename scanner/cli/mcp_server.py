"""The server behind `tallystick mcp`, by the official library.

The library talks in a thread of its own. What is asked is done in the main thread, one after the
other, because limits of time and interruptions reach that thread alone.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from queue import SimpleQueue
from typing import Any

import anyio
import msgspec
from anyio.from_thread import BlockingPortal, start_blocking_portal
from mcp import types
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server

from scanner import __version__
from scanner.base.errors import ScanError
from scanner.base.interruption import INTERRUPTED, interrupt_by_exception
from scanner.cli.agent_tools import TOOLS, Asking, Tool
from scanner.cli.protocol_streams import streams_of_its_own
from scanner.cli.session import Session
from scanner.render.json.json_text import to_plain
from scanner.render.json.schemas import object_schema

_INSTRUCTIONS = (
    "Tallystick judges Python code by what this repository's own history shows. Before writing a "
    "helper, call find_existing; before writing in a folder, conventions_for; after editing, "
    "check_changes. All tools only read. Do not change settings, rules, waivers or hooks to make a "
    "finding go away."
)
#: Progress is told this often at most, in seconds.
_SELDOM = 0.25
_LONGEST_NAME = 40

Tell = Callable[[float, str], None]


class _NotAnsweredError(Exception):
    """Why there is no answer, in a sentence that the agent reads."""


@dataclass
class _Job:
    """A call that waits for the main thread, or is done there."""

    tool: Tool[Any, Any]
    question: msgspec.Struct
    tell: Tell
    agent: str
    answer: Future[msgspec.Struct] = field(default_factory=Future)
    told: int = 0
    told_at: float = 0.0

    def progress(self, what: str, done: int, total: int) -> None:
        """Tells the client, seldom. The number grows with each telling, whatever is being done."""
        now = time.monotonic()
        if now - self.told_at >= _SELDOM:
            self.told, self.told_at = self.told + 1, now
            self.tell(self.told, f"{what}, {done:,} of {total:,}" if total > 1 else what)


class _Desk:
    """Hands jobs to the main thread, and interrupts the one that is no longer wanted."""

    def __init__(self, *, is_logged: bool) -> None:
        self._is_logged = is_logged
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._main = threading.main_thread().ident
        self._lock = threading.Lock()
        self._current: _Job | None = None
        self._is_cancelled = False

    def hand_in(self, job: _Job) -> None:
        self._jobs.put(job)

    def close(self) -> None:
        self._jobs.put(None)

    def cancel(self, job: _Job) -> None:
        """Ends a job wherever it is. Not by SIGINT, after which runs go on with what is there."""
        with self._lock:
            if job is self._current and self._main is not None:
                self._is_cancelled = True
                if sys.platform == "win32":
                    signal.raise_signal(signal.SIGTERM)
                else:
                    signal.pthread_kill(self._main, signal.SIGTERM)

    def work(self, session: Session) -> None:
        """Does the jobs until it is closed.

        Raises:
            KeyboardInterrupt: a person, or the system, ends the server.
        """
        while True:
            job: _Job | None = None
            try:
                job = self._jobs.get()
                if job is None:
                    return
                if job.answer.set_running_or_notify_cancel():
                    self._do(session, job)
            except KeyboardInterrupt:
                if not self._is_cancelled:
                    raise
                self._is_cancelled = False
                interrupt_by_exception()
                if job is not None and not job.answer.done():
                    job.answer.set_exception(_NotAnsweredError("It was cancelled."))

    def _do(self, session: Session, job: _Job) -> None:
        with self._lock:
            self._current = job
        try:
            asking = Asking(session, job.agent if self._is_logged else None)
            answer = job.tool.run(asking, job.question, job.progress)
        except ScanError as error:
            job.answer.set_exception(
                _NotAnsweredError(f"{error.message} {error.hint or ''}".strip())
            )
        except MemoryError:
            job.answer.set_exception(_NotAnsweredError("It needs more memory than it is allowed."))
        except Exception as error:  # noqa: BLE001  a defect is told, and the server goes on
            said = f"A bug in Tallystick: {type(error).__name__}: {error}"
            job.answer.set_exception(_NotAnsweredError(said))
        else:
            job.answer.set_result(answer)
        finally:
            with self._lock:
                self._current = None


def serve(session: Session, *, is_logged: bool) -> int:
    """Answers until stdin ends. `is_logged`: what an agent is told to fix is kept."""
    desk = _Desk(is_logged=is_logged)
    reading, writing = streams_of_its_own()
    with start_blocking_portal() as portal:
        talk = portal.start_task_soon(_talk, desk, portal, reading, writing)
        talk.add_done_callback(lambda _: desk.close())
        try:
            desk.work(session)
        except KeyboardInterrupt:
            os._exit(INTERRUPTED)  # the thread that waits for stdin would wait on
        talk.result()
    return 0


async def _talk(desk: _Desk, portal: BlockingPortal, reading: int, writing: int) -> None:
    server = _server(desk, portal)
    source = anyio.wrap_file(os.fdopen(reading, encoding="utf-8", errors="replace"))
    target = anyio.wrap_file(os.fdopen(writing, "w", encoding="utf-8", newline="\n"))
    async with stdio_server(source, target) as (incoming, outgoing):
        await server.run(incoming, outgoing, server.create_initialization_options())


def _server(desk: _Desk, portal: BlockingPortal) -> Server[Any, Any]:
    server: Server[Any, Any] = Server("tallystick", __version__, _INSTRUCTIONS)
    tools = {tool.name: tool for tool in TOOLS}

    @server.list_tools()  # type: ignore[no-untyped-call, untyped-decorator]
    async def listed() -> list[types.Tool]:
        return [_described(tool) for tool in TOOLS]

    @server.call_tool()  # type: ignore[untyped-decorator]
    async def called(name: str, arguments: dict[str, Any]) -> Answer:
        if name not in tools:
            raise _NotAnsweredError(f"There is no tool {name}. There are {', '.join(tools)}.")
        tool = tools[name]
        question = msgspec.convert(arguments, tool.question)
        job = _Job(tool, question, _teller(server, portal), _client(server))
        desk.hand_in(job)
        try:
            answer = await asyncio.wrap_future(job.answer)
        except asyncio.CancelledError:
            desk.cancel(job)
            raise
        plain = to_plain(answer)
        text = msgspec.json.encode(plain).decode()
        return [types.TextContent(type="text", text=text)], plain

    return server


Answer = tuple[list[types.TextContent], dict[str, Any]]


def _described(tool: Tool[Any, Any]) -> types.Tool:
    return types.Tool(
        name=tool.name,
        description=tool.does,
        inputSchema=object_schema(tool.question),
        outputSchema=object_schema(tool.answer),
        annotations=types.ToolAnnotations(readOnlyHint=True, openWorldHint=False),
    )


def _client(server: Server[Any, Any]) -> str:
    """What the agent calls itself, such as `claude-code`."""
    told = server.request_context.session.client_params
    return told.clientInfo.name[:_LONGEST_NAME] if told is not None else "mcp"


def _teller(server: Server[Any, Any], portal: BlockingPortal) -> Tell:
    """How the main thread tells this request's client of progress; silent where none is wanted."""
    context = server.request_context
    token = context.meta.progressToken if context.meta else None
    if token is None:
        return lambda _done, _what: None
    send, request = context.session.send_progress_notification, str(context.request_id)

    def tell(done: float, what: str) -> None:
        portal.start_task_soon(send, token, done, None, what, request)

    return tell
