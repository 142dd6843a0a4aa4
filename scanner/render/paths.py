"""Text of any bytes made fit to show: for data formats and for terminals.

Paths come from git as UTF-8 with `surrogateescape`, messages hold names from the code under review.
Neither may break a format, drive a terminal, or give orders to the machine that reads the log.
"""

from __future__ import annotations

import re

_FIRST_ESCAPED_BYTE = 0xDC80
_LAST_ESCAPED_BYTE = 0xDCFF
_SHORT_ESCAPES = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}

_SURROGATE = re.compile("[\ud800-\udfff]")

#: What CI systems take for an order wherever it stands in a log: `::command` where a line begins
#: (we wrap lines at white space, so any word may begin one), `##[command]`, `##vso[command]`.
_ORDER_IN_LOG = re.compile(r"(?:(?<=\s)|^):(?=:)|#(?=#\w*\[)")


def unicode_text(text: str) -> str:
    r"""The text as valid Unicode: each byte that was not UTF-8 becomes `\xHH`."""
    if text.isascii():
        return text
    return _SURROGATE.sub(lambda match: _escape(match[0]), text)


def printable(text: str) -> str:
    r"""One line that is safe on a terminal and in a CI log.

    Control characters, line ends, bidirectional overrides and other invisible characters become
    `\n`, `\xHH` or `\uHHHH`; what a CI system would take for an order loses its first character to
    such an escape.
    """
    if not text.isprintable():
        text = "".join(char if char.isprintable() else _escape(char) for char in text)
    return _ORDER_IN_LOG.sub(lambda match: _escape(match[0]), text)


def sentence(text: str, longest: int | None = None) -> str:
    """Prose made printable: white space folded, and cut with an ellipsis beyond `longest`."""
    folded = printable(" ".join(text.split()))
    return folded if longest is None else shortened(folded, longest)


def shortened(text: str, longest: int) -> str:
    """The text, cut with an ellipsis beyond `longest` characters."""
    return text if len(text) <= longest else text[: longest - 3].rstrip() + "..."


def _escape(char: str) -> str:
    if char in _SHORT_ESCAPES:
        return _SHORT_ESCAPES[char]
    code = ord(char)
    if _FIRST_ESCAPED_BYTE <= code <= _LAST_ESCAPED_BYTE:
        return f"\\x{code - 0xDC00:02x}"
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
