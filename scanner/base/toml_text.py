"""TOML from files that anybody may have written: what is too deep or takes too long is an error."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from typing import Any

from scanner.base.budget import OverBudget, processor_seconds

#: A file of settings takes a thousandth of this. Python's parser takes the square of a long key.
_SECONDS = 2.0


def read_toml(text: str, parse_float: Callable[[str], Any] = float) -> dict[str, Any]:
    """The document. Raises ValueError for whatever is wrong with it."""
    try:
        with processor_seconds(_SECONDS):
            return tomllib.loads(text, parse_float=parse_float)
    except RecursionError as error:
        raise ValueError("it is nested too deep") from error
    except OverBudget as error:
        raise ValueError(f"reading it takes more than {_SECONDS:g} seconds") from error
