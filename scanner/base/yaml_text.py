"""YAML from files that anybody may have written: what is too deep is an error, not a crash."""

from __future__ import annotations

import re
from itertools import accumulate
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ruamel.yaml import YAML

#: Deeper ones are read without libyaml's loader, which ends the process some thousands deep.
_DEPTH = 200
_STEPS = {"[": 1, "{": 1, "]": -1, "}": -1}
_BRACKET = re.compile(r"[\[\]{}]")
#: Lists, values and keys that are opened on one line, one in the other.
_NESTED = re.compile(r"(?:[-?:][ \t]++){50}")


def read_yaml(text: str) -> Any:
    """The document, None where there is none.

    Raises what ruamel.yaml does, ValueError for values that are none, RecursionError for depth.
    """
    return _reader(text).load(text)


def compose_yaml(text: str) -> Any:
    """The document as nodes that know their places. Raises what `read_yaml` raises."""
    return _reader(text).compose(text)


def _reader(text: str) -> YAML:
    from ruamel.yaml import YAML  # noqa: PLC0415  a tenth of a second

    depths = accumulate(_STEPS[bracket] for bracket in _BRACKET.findall(text))
    is_deep = max(depths, default=0) > _DEPTH or _NESTED.search(text) is not None
    return YAML(typ="safe", pure=is_deep)
