"""A copy in a change, as found in the live code: what duplication is scored from."""

from __future__ import annotations

from dataclasses import dataclass

from scanner.analysis.clones.clone_alignment import CloneType
from scanner.base.model import Place


@dataclass(frozen=True, slots=True)
class Call:
    """How the original could be used instead: what to call, or why that cannot be.

    `target` is a dotted name, `package.module.function` or `self.method`. Neither is given where
    only parts of two units are alike, or where they do not call the same. `needs_parameter` tells
    that more than the names of variables differs, `is_private` that the target's name asks not to
    be used elsewhere.
    """

    target: str | None = None
    obstacle: str | None = None
    needs_parameter: bool = False
    is_private: bool = False


@dataclass(frozen=True, slots=True)
class Copy:
    """Code that a change adds and that stands elsewhere in the tree after it.

    `lines` are the added code lines that are copies, `copied_lines` the code lines of the whole
    copy with those that were there before, tables of literals left out. `extra` counts the copy's
    statements that the original does not have, `missing` the reverse. `places` is how many other
    places say the same. `is_new` tells that the same change brings the original, `is_async_twin`
    that one of the two does for callers that await what the other does for those that do not.
    `saved_lines` is what using the original would delete.
    """

    type: CloneType
    copy: Place
    original: Place
    lines: frozenset[int]
    copied_lines: int
    tokens: int
    similarity: float
    substitutions: tuple[tuple[str, str], ...]
    extra: int
    missing: int
    places: int
    is_new: bool
    is_override: bool
    is_async_twin: bool
    is_generated: bool
    saved_lines: int
    call: Call


@dataclass(frozen=True, slots=True)
class Divergence:
    """An edit to one of two copies that were there before, where the other did not get it.

    `edit` is where the edit stands after the change, `other` where the untouched copy does.
    `edited_lines` counts the code lines of statements that were the same in both and no longer are.
    `others` is how many untouched copies there are in all.
    """

    type: CloneType
    edit: Place
    other: Place
    copied_lines: int
    edited_lines: int
    similarity: float
    others: int
