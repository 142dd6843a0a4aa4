"""git's diff stream → file changes. Pure: bytes in, values out.

The format is that of `diff-tree --stdin -r -z --raw -p -U0 --text --full-index`, per pair of trees:

    <tree> <tree>\\n                                   not where one command compares one pair
    :<mode> <mode> <oid> <oid> <status>\\0<path>\\0     one per file; renames have two paths
    \\0                                                only if there are files
    diff --git … @@ -a,b +c,d @@ …                     one per file; a type change has two

Every line of content starts with a space, `+`, `-` or `\\`, so `@@ ` and `diff --git ` at the start
of a line are headers whatever the files hold, and so is the next pair's line. The stream is
searched for just these, which is faster than git writes it. Nothing of the content is kept.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import starmap
from typing import NamedTuple

from scanner.base.model import FileChange, FileMode, FileStatus, FileVersion, Hunk, Problem, Stage

_RAW = re.compile(rb":(\d+) (\d+) ([0-9a-f]+) ([0-9a-f]+) ([A-Z])\d*\0([^\0]+)\0")
_SECOND_PATH = re.compile(rb"([^\0]+)\0")
_HUNK = re.compile(rb"\n@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
_NEXT_FILE = b"\ndiff --git "
#: git writes the modes it knows (a tree's own odd ones are made regular before they are shown).
_MODES = {mode.value.encode(): mode for mode in FileMode}

_STATUSES = {
    b"A": FileStatus.ADDED,
    b"D": FileStatus.DELETED,
    b"M": FileStatus.MODIFIED,
    b"R": FileStatus.RENAMED,
    b"T": FileStatus.TYPE_CHANGED,
    b"U": FileStatus.UNMERGED,
}


Changes = tuple[FileChange, ...]


class DiffFormatError(ValueError):
    """The stream is not what git is known to write."""


def parse_pairs(blocks: Iterable[bytes], headers: Iterable[bytes]) -> Iterator[Changes]:
    """The changes of each pair, in order; `headers` are the lines that git starts the pairs with.

    A pair is given out when the next one has begun or the blocks have ended, so if drawing the last
    block raises, the pair that git failed on has not been given out. Raises DiffFormatError.
    """
    return _pairs(blocks, headers, _read_pair)


def parse_raw_pairs(blocks: Iterable[bytes], headers: Iterable[bytes]) -> Iterator[Changes]:
    """The same of a stream without patches (no `-p`): changes without hunks."""
    return _pairs(blocks, headers, _read_raw_pair)


def parse_single(blocks: Iterable[bytes]) -> Changes:
    """The changes of a stream that holds one pair and no header line."""
    return _read_pair(_DiffSource(blocks), None)


def parse_raw_single(blocks: Iterable[bytes]) -> Changes:
    """The same of a stream without patches: changes without hunks."""
    return _read_raw_pair(_DiffSource(blocks), None)


def _pairs(
    blocks: Iterable[bytes],
    headers: Iterable[bytes],
    read: Callable[[_DiffSource, bytes | None], Changes],
) -> Iterator[Changes]:
    source = _DiffSource(blocks)
    expected = list(headers)
    for header, following in zip(expected, [*expected[1:], None], strict=False):
        source.take(header)
        yield read(source, following)


class _DiffSource:
    """A window on the stream: `data[position:]` is what has come and has not been used."""

    __slots__ = ("_blocks", "data", "position")

    def __init__(self, blocks: Iterable[bytes]) -> None:
        self._blocks = iter(blocks)
        self.data = b""
        self.position = 0

    def more(self) -> bool:
        """Draws one block; False at the end of the stream."""
        block = next(self._blocks, b"")
        self.data = self.data[self.position :] + block
        self.position = 0
        return bool(block)

    def take(self, literal: bytes) -> None:
        while len(self.data) - self.position < len(literal) and self.more():
            pass
        if not self.data.startswith(literal, self.position):
            found = self.data[self.position : self.position + 60]
            raise DiffFormatError(f"expected {literal!r}, found {found!r}")
        self.position += len(literal)

    def peek(self) -> bytes:
        """The next byte, or nothing at the end."""
        while self.position == len(self.data):
            if not self.more():
                return b""
        return self.data[self.position : self.position + 1]

    def match(self, pattern: re.Pattern[bytes]) -> re.Match[bytes]:
        while (found := pattern.match(self.data, self.position)) is None:
            if not self.more():
                raise DiffFormatError(f"no {pattern.pattern!r} in {self.data[:60]!r}")
        self.position = found.end()
        return found


def _read_raw_pair(source: _DiffSource, following: bytes | None) -> Changes:
    del following  # Entries tell their own end.
    entries = []
    while source.peek() == b":":
        entries.append(_read_entry(source))
    return tuple(entries)


def _read_pair(source: _DiffSource, following: bytes | None) -> Changes:
    entries = _read_raw_pair(source, following)
    if not entries:
        return ()
    source.take(b"\0")
    ends = [b"\n" + _start_of_patch(entry) for entry in entries[1:]]
    last = None if following is None else b"\n" + following
    return tuple(
        _read_patch(source, entry, end) for entry, end in zip(entries, [*ends, last], strict=True)
    )


def _read_entry(source: _DiffSource) -> FileChange:
    old_mode, new_mode, old_oid, new_oid, letter, path = source.match(_RAW).groups()
    status = _STATUSES.get(letter)
    if status is None:
        raise DiffFormatError(f"unknown status {letter!r}")
    if status is FileStatus.UNMERGED:
        return _unmerged(path, old_mode, old_oid)
    new_path = source.match(_SECOND_PATH)[1] if status is FileStatus.RENAMED else path
    return FileChange(
        status, _version(path, old_mode, old_oid), _version(new_path, new_mode, new_oid)
    )


def _unmerged(path: bytes, mode: bytes, oid: bytes) -> FileChange:
    """A conflict: the index holds up to three versions, so `after` is of no object (all zeros)."""
    name = path.decode("utf-8", "surrogateescape")
    return FileChange(
        FileStatus.UNMERGED,
        before=_version(path, mode, oid),
        after=FileVersion(name, FileMode.REGULAR, "0" * len(oid)),
        problem=Problem(Stage.GIT, name, "the merge conflict in this file is not resolved"),
    )


def _version(path: bytes, mode: bytes, oid: bytes) -> FileVersion | None:
    if mode == b"000000":
        return None
    if mode not in _MODES:
        raise DiffFormatError(f"unknown mode {mode!r}")
    return FileVersion(path.decode("utf-8", "surrogateescape"), _MODES[mode], oid.decode())


def _start_of_patch(entry: FileChange) -> bytes:
    return b"* Unmerged path " if entry.status is FileStatus.UNMERGED else b"diff --git "


def _read_patch(source: _DiffSource, entry: FileChange, end: bytes | None) -> FileChange:
    """Adds to an entry what its patch says; `end` is what follows, None the end of the stream."""
    source.take(_start_of_patch(entry))
    if entry.status is FileStatus.TYPE_CHANGED:
        # git writes a deletion and an addition.
        removed = _read_hunks(source, _NEXT_FILE)
        source.take(b"diff --git ")
        added = _read_hunks(source, end)
        old_count = 0 if _is_submodule(entry.before) else sum(h.old_count for h in removed.hunks)
        new_count = 0 if _is_submodule(entry.after) else sum(h.new_count for h in added.hunks)
        hunks = (Hunk(0, old_count, 0, new_count),) if old_count or new_count else ()
        return replace(entry, hunks=hunks, is_binary=removed.is_binary or added.is_binary)
    body = _read_hunks(source, end)
    if _is_submodule(entry.after or entry.before) or not (body.hunks or body.is_binary):
        return entry
    return replace(entry, hunks=tuple(body.hunks), is_binary=body.is_binary)


def _is_submodule(version: FileVersion | None) -> bool:
    """Whether it has no lines, though git writes "Subproject commit …" as if it had."""
    return version is not None and version.mode is FileMode.SUBMODULE


class _Body(NamedTuple):
    hunks: list[Hunk]
    is_binary: bool


def _read_hunks(source: _DiffSource, end: bytes | None) -> _Body:
    """Reads on to `end`, however many blocks that takes, and stands at it, after its newline."""
    hunks: list[Hunk] = []
    is_binary = False
    while True:
        data, start = source.data, source.position
        stop = -1 if end is None else data.find(end, start)
        # What follows the last newline may be half a header.
        cut = stop if stop >= 0 else data.rfind(b"\n", start)
        if cut > start:
            hunks += starmap(_hunk, _HUNK.findall(data, start, cut))
            is_binary = is_binary or _is_binary(data, start, cut, bool(hunks))
            source.position = cut
        if stop >= 0:
            source.position = stop + 1
            return _Body(hunks, is_binary)
        if not source.more():
            if end is not None:
                raise DiffFormatError(f"the stream ends before {end!r}")
            return _Body(hunks, is_binary)


def _is_binary(data: bytes, start: int, stop: int, has_hunks: bool) -> bool:
    if data.find(b"\0", start, stop) >= 0:
        return True
    return not has_hunks and data.find(b"\nBinary files ", start, stop) >= 0


def _hunk(old_start: bytes, old_size: bytes, new_start: bytes, new_size: bytes) -> Hunk:
    """A hunk header's numbers as offsets: an empty side names the line before it."""
    try:
        old_first, old_count = int(old_start), int(old_size or b"1")
        new_first, new_count = int(new_start), int(new_size or b"1")
    except ValueError as error:  # thousands of digits
        raise DiffFormatError(f"no number of a line: {error}") from error
    old_offset = old_first - 1 if old_count else old_first
    new_offset = new_first - 1 if new_count else new_first
    return Hunk(old_offset, old_count, new_offset, new_count)
