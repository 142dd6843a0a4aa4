"""PURE: syntax that semgrep does not read, rewritten for it line for line."""

from __future__ import annotations

import re

from scanner.analysis.parsing.lowering import lower
from scanner.analysis.parsing.source import decode
from scanner.base.model import Problem

#: Template strings (3.14), type parameters, which may have defaults (3.13), lazy imports (3.15).
_NEWER = re.compile(
    rb"""(?<!\w)(?:[tT][rR]?|[rR][tT])["']|\b(?:def|class|type)[ \t]+\w+[ \t]*\[|\blazy[ \t]+\w"""
)
#: What is left of a mapping that is matched, on whatever line of the pattern.
_CASE = re.compile(rb"^[ \t]*case\b[^\n{]*\{", re.MULTILINE)
#: The second of semgrep's parsers, which it needs for `match`, stumbles over raw f-strings written
#: so; `fr` says the same.
_MATCH = re.compile(rb"^[ \t]*(?:match|case)\b[^\n]*:", re.MULTILINE)
_RAW_F_STRING = re.compile(rb"""(?<![\w"'])([rR])([fF])(?=["'])""")
_TEMPLATE = re.compile(r"""(?:[tT][rR]?|[rR][tT])["']""")


def for_semgrep(source: bytes) -> bytes:
    """A file's bytes, or where it may hold syntax that semgrep 1.1 cannot read, an equal text.

    The text has the same lines and says the same; f-strings, which semgrep reads, stay.
    """
    if _RAW_F_STRING.search(source) and _MATCH.search(source):
        source = _RAW_F_STRING.sub(rb"\2\1", source)
    if not (_NEWER.search(source) or (b"**" in source and _CASE.search(source))):
        return source
    text = decode(source)
    if isinstance(text, Problem):
        return source
    try:
        lowered = lower(text, lambda literal: _TEMPLATE.match(literal) is None)
    except (SyntaxError, RecursionError):
        return source  # it does not parse, of which others tell
    return source if lowered == text else lowered.encode("utf-8", "surrogatepass")
