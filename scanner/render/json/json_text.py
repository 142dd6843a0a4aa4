"""Structs → JSON text, the one way in which every JSON output is written."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from scanner.render.paths import unicode_text

#: What a terminal obeys or hides and neither JSON nor XML escapes by itself.
INVISIBLE = re.compile("[\x7f-\x9f\xad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")


def to_json(value: Any) -> str:
    r"""Indented JSON with a line end; keys in the order of the types, equal bytes for equal input.

    Text that is not Unicode (a path of any bytes) is made so as `paths.unicode_text` says. What a
    terminal would obey or hide is written as `\uHHHH`, which changes nothing for a reader of JSON.
    """
    try:
        packed = msgspec.json.encode(value)
    except UnicodeEncodeError:
        packed = msgspec.json.encode(to_plain(value))
    text = msgspec.json.format(packed, indent=2).decode()
    return INVISIBLE.sub(lambda match: f"\\u{ord(match[0]):04x}", text) + "\n"


def to_plain(value: Any) -> Any:
    """What a struct holds as dicts, lists and texts that are Unicode."""
    return _all_unicode(msgspec.to_builtins(value))


def _all_unicode(value: Any) -> Any:
    if isinstance(value, str):
        return unicode_text(value)
    if isinstance(value, dict):
        return {key: _all_unicode(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_all_unicode(item) for item in value]
    return value
