"""The typed answer where there is no figure.

A renderer never sees a bare number where there may be none: every estimate is a `State`, and each
kind of absence says in words why. Little evidence is no absence: the figure is there, its interval
is wide, and the words say so.
"""

from __future__ import annotations

from typing import Generic, TypeAlias, TypeVar

from msgspec import Struct

T = TypeVar("T")


# Structs with a tag, and not dataclasses, so that a stored comparison is read back as what it was.


class Measured(Struct, Generic[T], frozen=True, tag=True):
    """A figure."""

    value: T


class NotApplicable(Struct, frozen=True, tag=True):
    """The question has no answer here, and never will with this history."""

    reason: str


class CouldNotMeasure(Struct, frozen=True, tag=True):
    """The question has an answer, but its data are missing; `reason` says which."""

    reason: str


Absent: TypeAlias = NotApplicable | CouldNotMeasure
State: TypeAlias = Measured[T] | NotApplicable | CouldNotMeasure
