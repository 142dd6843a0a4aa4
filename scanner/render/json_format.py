"""JSON: the documents of `docs/interface.md` as bytes that are equal for equal input."""

from __future__ import annotations

from typing import Any

import msgspec

from scanner import model
from scanner.render import convert
from scanner.render.paths import unicode_text


def render(review: model.Review) -> str:
    """The object of `check` and `gate`, with a line end."""
    return encode(convert.review(review))


def encode(document: msgspec.Struct) -> str:
    """A document as indented JSON with a line end.

    Keys stand in the order of the types. Text that is not Unicode (a path of any bytes) is made so
    as `paths.unicode_text` says.
    """
    try:
        packed = msgspec.json.encode(document)
    except UnicodeEncodeError:
        packed = msgspec.json.encode(_all_unicode(msgspec.to_builtins(document)))
    return msgspec.json.format(packed, indent=2).decode() + "\n"


def _all_unicode(value: Any) -> Any:
    if isinstance(value, str):
        return unicode_text(value)
    if isinstance(value, dict):
        return {key: _all_unicode(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_all_unicode(item) for item in value]
    return value
