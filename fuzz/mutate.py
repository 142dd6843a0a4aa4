"""How an input becomes another: bits and bytes, and the words, lines and numbers it is made of."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence

_WORD = re.compile(rb"[A-Za-z_][A-Za-z0-9_.-]*|[0-9]+|[^\sA-Za-z0-9]{1,3}")
_NUMBER = re.compile(rb"[0-9]+")
_NUMBERS = (b"-1", b"0", b"1", b"2147483648", b"9" * 19, b"9" * 30, b"9" * 5000, b"1e400", b"nan")
_ODD = (
    b"([{", b"\"'", b"'''", b'"""', b"\\", b"\n", b"\r", b"\r\n", b"\t", b"\f", b"#", b"\0",
    b"\xff", b"\xed\xa0\x80", b"\xe2\x80\xae", b"\xef\xbb\xbf", b"\xc2\x85", b"\xe2\x80\xa8",
    b"${{", b"<script>", b"]]>", b"::", b"../", b"/", b"null", b"true", b"[]", b"{}",
)  # fmt: skip


class Mutator:
    """Mutates inputs of one target by what its seeds hold, up to `longest` bytes."""

    def __init__(self, seeds: Sequence[bytes], longest: int) -> None:
        self.seeds = seeds
        self.longest = longest
        self.words = sorted({word for seed in seeds for word in _WORD.findall(seed)})

    def mutate(self, data: bytes, draw: random.Random) -> bytes:
        """The input with one to five things done to it."""
        for _ in range(draw.randrange(1, 6)):
            data = draw.choice(_WAYS)(data, draw, self.words, self.seeds)[: self.longest]
        return data


def _bit(data: bytes, draw: random.Random, *_: object) -> bytes:
    if not data:
        return b"\n"
    at = draw.randrange(len(data))
    return data[:at] + bytes([data[at] ^ (1 << draw.randrange(8))]) + data[at + 1 :]


def _cut(data: bytes, draw: random.Random, *_: object) -> bytes:
    at = draw.randrange(len(data) + 1)
    return data[:at] + data[at + draw.randrange(1, 40) :]


def _repeat(data: bytes, draw: random.Random, *_: object) -> bytes:
    at = draw.randrange(len(data) + 1)
    part = data[at : at + draw.randrange(1, 40)]
    return data[:at] + part * draw.randrange(1, 200) + data[at:]


def _odd(data: bytes, draw: random.Random, *_: object) -> bytes:
    at = draw.randrange(len(data) + 1)
    return data[:at] + draw.choice(_ODD) + data[at:]


def _number(data: bytes, draw: random.Random, *_: object) -> bytes:
    found = list(_NUMBER.finditer(data))
    if not found:
        return _odd(data, draw)
    one = draw.choice(found)
    return data[: one.start()] + draw.choice(_NUMBERS) + data[one.end() :]


def _word(data: bytes, draw: random.Random, words: Sequence[bytes], *_: object) -> bytes:
    found = list(_WORD.finditer(data))
    if not found or draw.random() < 0.3:
        at = draw.randrange(len(data) + 1)
        return data[:at] + draw.choice(words) + data[at:]
    one = draw.choice(found)
    return data[: one.start()] + draw.choice(words) + data[one.end() :]


def _lines(data: bytes, draw: random.Random, _: object, seeds: Sequence[bytes]) -> bytes:
    """A line goes, is doubled, changes place, is indented, or comes from another seed."""
    lines = data.split(b"\n")
    at, other = draw.randrange(len(lines)), draw.randrange(len(lines))
    match draw.randrange(5):
        case 0:
            del lines[at]
        case 1:
            lines.insert(at, lines[other])
        case 2:
            lines[at], lines[other] = lines[other], lines[at]
        case 3:
            lines[at] = draw.choice((b" ", b"    ", b"\t")) + lines[at]
        case _:
            lines.insert(at, draw.choice(draw.choice(seeds).split(b"\n")))
    return b"\n".join(lines)


def _block(data: bytes, draw: random.Random, _: object, seeds: Sequence[bytes]) -> bytes:
    """A stretch of lines of another seed stands at some line."""
    lines, from_ = data.split(b"\n"), draw.choice(seeds).split(b"\n")
    at, start = draw.randrange(len(lines) + 1), draw.randrange(len(from_))
    return b"\n".join([*lines[:at], *from_[start : start + draw.randrange(1, 12)], *lines[at:]])


_Way = Callable[[bytes, random.Random, Sequence[bytes], Sequence[bytes]], bytes]
_WAYS: tuple[_Way, ...] = (_bit, _cut, _repeat, _odd, _number, _word, _word, _lines, _lines, _block)
