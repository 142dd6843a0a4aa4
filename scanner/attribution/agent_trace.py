"""PURE: Agent Trace records (version 0.1.0) → ranges of files, each checked before it is believed.

Source: the specification's README, section 6. Records stand one to a line; what is malformed is a
Problem with its line, and the rest of the record counts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import msgspec

from scanner.attribution.git_ai import agent_name
from scanner.base.model import Label, Problem, Span, Stage

#: The registry entry that these claims carry.
RULE = "agent-trace.file"

_LABELS = {
    "ai": Label.AI,
    "human": Label.HUMAN,
    "mixed": Label.MIXED,
    "unknown": Label.UNMARKED,
}


class TraceRange(NamedTuple):
    """Lines that a record speaks of, at its revision. `content_hash` as written, if it is."""

    span: Span
    label: Label
    agent: str | None
    content_hash: str | None


@dataclass(frozen=True, slots=True)
class TracedFile:
    """What one record says of one file; `revision` is the commit or its parent."""

    revision: str
    path: str
    ranges: tuple[TraceRange, ...]
    place: str


class _Contributor(msgspec.Struct):
    type: str = "unknown"
    model_id: str | None = None


class _Range(msgspec.Struct):
    start_line: int
    end_line: int
    content_hash: str | None = None
    contributor: _Contributor | None = None


class _Conversation(msgspec.Struct):
    ranges: list[msgspec.Raw] = []
    contributor: _Contributor | None = None


class _TraceFile(msgspec.Struct):
    path: str
    conversations: list[_Conversation] = []


class _Vcs(msgspec.Struct):
    type: str = "git"
    revision: str = ""


class _Tool(msgspec.Struct):
    name: str | None = None


class _Record(msgspec.Struct):
    files: list[_TraceFile]
    vcs: _Vcs | None = None
    tool: _Tool | None = None


_RECORD = msgspec.json.Decoder(_Record)
_RANGE = msgspec.json.Decoder(_Range)


def parse_traces(
    content: bytes, source: str, known_agents: frozenset[str]
) -> Iterator[TracedFile | Problem]:
    """The files that the records of `source` speak of, and a Problem for each part that is not one.

    `known_agents` are the registry's names: a tool field may hold anything, even a person.
    """
    for number, line in enumerate(content.splitlines(), start=1):
        if line.strip():
            yield from _record(line, f"{source}:{number}", known_agents)


def _record(
    line: bytes, place: str, known_agents: frozenset[str]
) -> Iterator[TracedFile | Problem]:
    try:
        record = _RECORD.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        yield _problem(place, None, f"not a trace record: {error}")
        return
    if record.vcs is None or not record.vcs.revision:
        yield _problem(place, None, "the record names no revision")
        return
    if record.vcs.type != "git":
        yield _problem(
            place, None, f"the record's revision is one of {record.vcs.type}, not of git"
        )
        return
    name = agent_name(record.tool.name) if record.tool and record.tool.name else None
    agent = name if name in known_agents else None
    for file in record.files:
        yield from _file(file, record.vcs.revision.lower(), place, agent)


def _file(
    file: _TraceFile, revision: str, place: str, agent: str | None
) -> Iterator[TracedFile | Problem]:
    reason = _bad_path(file.path)
    if reason:
        yield _problem(place, file.path, reason)
        return
    ranges: list[TraceRange] = []
    for conversation in file.conversations:
        for raw in conversation.ranges:
            found = _range(raw, conversation.contributor, agent)
            if isinstance(found, str):
                yield _problem(place, file.path, found)
            else:
                ranges.append(found)
    if ranges:
        yield TracedFile(revision, file.path, tuple(ranges), place)


def _range(
    raw: msgspec.Raw, contributor: _Contributor | None, agent: str | None
) -> TraceRange | str:
    try:
        found = _RANGE.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return f"not a range: {error}"
    if not 1 <= found.start_line <= found.end_line:
        return f"not a range of lines: {found.start_line} to {found.end_line}"
    who = found.contributor or contributor or _Contributor()
    label = _LABELS.get(who.type)
    if label is None:
        return f"not a contributor type: {who.type}"
    writer = agent if label in (Label.AI, Label.MIXED) else None
    return TraceRange(Span(found.start_line, found.end_line), label, writer, found.content_hash)


def _bad_path(path: str) -> str | None:
    if not path:
        return "the record names no path"
    if path.startswith("/") or path[1:3] in (":\\", ":/"):
        return "the path is absolute, so it names no file of the repository"
    if "\\" in path:
        return "the path has backslashes, so it names no file of the repository"
    return "the path leaves the repository" if ".." in path.split("/") else None


def _problem(place: str, path: str | None, reason: str) -> Problem:
    return Problem(Stage.ATTRIBUTE, path, f"{place}: {reason}")


def content_matches(lines: Sequence[str], span: Span, content_hash: str) -> bool | None:
    """Whether the lines of a span have this hash; None for a kind of hash that is not known.

    The specification leaves the text that is hashed open: lines joined by newlines, with and
    without a last one, are tried.
    """
    kind, _, digest = content_hash.lower().rpartition(":")
    text = "\n".join(lines[span.first - 1 : span.last])
    results = [hash_text(kind or "sha256", one) for one in (text, text + "\n")]
    return None if results[0] is None else digest in results


def hash_text(kind: str, text: str) -> str | None:
    """The hex digest of a text under `sha256`, `sha1`, `md5` or `murmur3` (32 bit, seed 0)."""
    data = text.encode("utf-8", "surrogateescape")
    if kind == "murmur3":
        return f"{murmur3(data):08x}"
    if kind not in ("sha256", "sha1", "md5"):
        return None
    return hashlib.new(kind, data, usedforsecurity=False).hexdigest()


def murmur3(data: bytes) -> int:
    """MurmurHash3_x86_32 with seed 0. Source: Austin Appleby, SMHasher (public domain)."""
    value = 0
    for start in range(0, len(data) - len(data) % 4, 4):
        value ^= _scramble(int.from_bytes(data[start : start + 4], "little"))
        value = (_rotated(value, 13) * 5 + 0xE6546B64) & _WORD
    tail = data[len(data) - len(data) % 4 :]
    if tail:
        value ^= _scramble(int.from_bytes(tail, "little"))
    value ^= len(data)
    for shift, factor in ((16, 0x85EBCA6B), (13, 0xC2B2AE35), (16, 1)):
        value = ((value ^ (value >> shift)) * factor) & _WORD
    return value


_WORD = 0xFFFFFFFF


def _scramble(block: int) -> int:
    return (_rotated((block * 0xCC9E2D51) & _WORD, 15) * 0x1B873593) & _WORD


def _rotated(value: int, by: int) -> int:
    return ((value << by) | (value >> (32 - by))) & _WORD
