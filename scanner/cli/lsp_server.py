"""The language server behind `tallystick lsp`, by pygls.

The editor is talked to in a thread of its own. Files are judged in the main thread, one after the
other, because limits of time and interruptions reach that thread alone.
"""

from __future__ import annotations

import asyncio
import logging
import os
from contextlib import suppress
from pathlib import Path
from threading import Condition, Event, Thread

from lsprotocol import types
from pygls.io_ import StdoutWriter, run_async
from pygls.lsp.server import LanguageServer
from pygls.uris import to_fs_path

from scanner import __version__
from scanner.base.budget import DEFAULT_BUDGET, run_limits
from scanner.base.errors import ScanError
from scanner.cli.protocol_streams import streams_of_its_own
from scanner.cli.review import below
from scanner.cli.session import Session
from scanner.gate.file_review import FileReview, review_file
from scanner.gate.review import Judging
from scanner.render import editor

_MOST_READ = 65_536


class _Waiting:
    """The addresses of files that are to be judged, each once and in order."""

    def __init__(self) -> None:
        self._addresses: dict[str, None] = {}
        self._is_open = True
        self._bell = Condition()

    def add(self, uri: str) -> None:
        with self._bell:
            self._addresses[uri] = None
            self._bell.notify()

    def close(self) -> None:
        with self._bell:
            self._is_open = False
            self._bell.notify()

    def next(self) -> str | None:
        """The next one, as soon as there is one; None when it is closed."""
        with self._bell:
            self._bell.wait_for(lambda: self._addresses or not self._is_open)
            if not self._is_open:
                return None
            uri = next(iter(self._addresses))
            del self._addresses[uri]
            return uri


def serve(session: Session) -> int:
    """Answers until the editor says to exit; 1 if it did not say so, as the protocol has it."""
    logging.getLogger("pygls").addHandler(logging.NullHandler())  # or it prints tracebacks
    reading, writing = streams_of_its_own()
    server = _Server(session)
    talk = Thread(target=server.talk, args=(reading, writing), daemon=True)
    talk.start()
    while (uri := server.waiting.next()) is not None:
        server.judge(uri)
    talk.join()
    return server.code


class _Server(LanguageServer):
    """What is known of the files that are open in the editor."""

    def __init__(self, session: Session) -> None:
        # Whole texts: pygls counts lines otherwise than the protocol does where it applies edits.
        super().__init__("tallystick", __version__, types.TextDocumentSyncKind.Full)
        self.waiting = _Waiting()
        self.code = 1
        self._session = session
        self._known: dict[str, FileReview] = {}
        self._loop = asyncio.new_event_loop()
        _add_features(self)

    # ------------------------------------------------------------- in the thread that talks

    def talk(self, reading: int, writing: int) -> None:
        """Reads and answers until the editor is gone."""
        try:
            with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
                runner.run(self._talk(reading, writing))
        except SystemExit as end:  # how pygls exits
            self.code = int(end.code or 0)
        except OSError:
            pass  # the editor closed its end
        finally:
            self.waiting.close()

    async def _talk(self, reading: int, writing: int) -> None:
        stream = asyncio.StreamReader()
        # A thread that nobody waits for: editors may leave the pipe open when they say to exit.
        Thread(target=_feed, args=(self._loop, stream, reading), daemon=True).start()
        self.protocol.set_writer(StdoutWriter(os.fdopen(writing, "wb")))
        await run_async(Event(), stream, self.protocol, None, self.report_server_error)

    def known(self, uri: str) -> FileReview | None:
        return self._known.get(uri)

    def lines(self, uri: str) -> list[str]:
        """The lines of a document as the editor has them, saved or not."""
        return self.workspace.get_text_document(uri).source.replace("\r\n", "\n").split("\n")

    def forget(self, uri: str) -> None:
        self._known.pop(uri, None)
        self._publish(uri, [])

    def _tell(self, uri: str, file: FileReview | None, shown: list[types.Diagnostic]) -> None:
        if uri not in self.workspace.text_documents:
            return  # closed in the meantime
        if file is None:
            self._known.pop(uri, None)
        else:
            self._known[uri] = file
        self._publish(uri, shown)
        asked = self.client_capabilities.workspace
        if asked and asked.code_lens and asked.code_lens.refresh_support:
            self.workspace_code_lens_refresh(None)

    def _publish(self, uri: str, shown: list[types.Diagnostic]) -> None:
        self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, shown))

    # ------------------------------------------------------------- in the main thread

    def judge(self, uri: str) -> None:
        """Judges a file and shows what is found; that it could not be judged is shown too."""
        top, place = self._session.repository.work_tree, to_fs_path(uri)
        if top is None or place is None:
            return
        file, shown = None, []
        try:
            path = below(top, Path(place))
        except ScanError:
            return  # of no concern: it is not in this repository
        try:
            file = self._review(path)
            shown = editor.diagnostics(file, lambda other: (top / other).as_uri())
        except ScanError as error:
            shown = [editor.not_judged(f"{error.message} {error.hint or ''}".strip())]
        except MemoryError:
            shown = [editor.not_judged("It needs more memory than it is allowed.")]
        except Exception as error:  # noqa: BLE001  a defect is told, and the server goes on
            said = f"A bug in Tallystick: {type(error).__name__}: {error}"
            shown = [editor.not_judged(said)]
        with suppress(RuntimeError):  # the editor is gone
            self._loop.call_soon_threadsafe(self._tell, uri, file, shown)

    def _review(self, path: str) -> FileReview:
        session = self._session
        with run_limits(DEFAULT_BUDGET), session.open_store() as store:
            judging = Judging(session.repository, store, session.settings, environment=os.environ)
            return review_file(judging, path)


def _feed(loop: asyncio.AbstractEventLoop, stream: asyncio.StreamReader, reading: int) -> None:
    with suppress(RuntimeError, OSError):  # the loop is closed
        while data := os.read(reading, _MOST_READ):
            loop.call_soon_threadsafe(stream.feed_data, data)
        loop.call_soon_threadsafe(stream.feed_eof)


def _add_features(server: _Server) -> None:
    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    def opened(params: types.DidOpenTextDocumentParams) -> None:
        server.waiting.add(params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_SAVE)
    def saved(params: types.DidSaveTextDocumentParams) -> None:
        server.waiting.add(params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    def closed(params: types.DidCloseTextDocumentParams) -> None:
        server.forget(params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_HOVER)
    def hovered(params: types.HoverParams) -> types.Hover | None:
        uri = params.text_document.uri
        file = server.known(uri)
        return editor.hover(file, server.lines(uri), params.position.line) if file else None

    @server.feature(types.TEXT_DOCUMENT_CODE_LENS)
    def lenses(params: types.CodeLensParams) -> list[types.CodeLens]:
        uri = params.text_document.uri
        file = server.known(uri)
        return editor.lenses(file, server.lines(uri)) if file else []

    kinds = types.CodeActionOptions(code_action_kinds=[types.CodeActionKind.QuickFix])

    @server.feature(types.TEXT_DOCUMENT_CODE_ACTION, kinds)
    def actions(params: types.CodeActionParams) -> list[types.CodeAction]:
        """None where the document is not as it was judged: the edits would go elsewhere."""
        uri = params.text_document.uri
        file = server.known(uri)
        only = params.context.only
        is_asked = only is None or any(_covers(kind) for kind in only)
        if file is None or not is_asked or tuple(server.lines(uri)) != file.lines:
            return []
        version = server.workspace.get_text_document(uri).version
        document = types.OptionalVersionedTextDocumentIdentifier(uri, version)
        return editor.actions(file, document, params.range)


def _covers(kind: types.CodeActionKind | str) -> bool:
    return kind in ("", types.CodeActionKind.QuickFix)
