"""What a guard is: something that has to hold, or stands by, whenever a statement is reached."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum


class GuardKind(StrEnum):
    """What a guard is about."""

    NONE = "check for None"
    EMPTY = "emptiness check"
    BOUNDS = "bounds check"
    TYPE = "type check"
    MEMBERSHIP = "membership check"
    VALUE = "value check"
    QUESTION = "condition"
    VALIDATION = "validation"
    ESCAPING = "escaping"
    DECORATOR = "decorator"
    CONTEXT = "context"
    HANDLER = "exception handler"
    REPORT = "report of failures"
    CLEANUP = "clean-up"
    LIMIT = "limit of time"


class Form(StrEnum):
    """How a guard keeps a statement from being reached, or what it does for it."""

    RAISES = "raises"
    LEAVES = "leaves"
    BRANCH = "branch"
    INLINE = "inline"
    DEFAULT = "default"
    AROUND = "around"
    UNTOLD = "untold"


#: Kinds that ask about a value, and hold no longer where the value is another.
ABOUT_VALUES = frozenset(
    (
        GuardKind.NONE,
        GuardKind.EMPTY,
        GuardKind.BOUNDS,
        GuardKind.TYPE,
        GuardKind.MEMBERSHIP,
        GuardKind.VALUE,
        GuardKind.QUESTION,
        GuardKind.VALIDATION,
    )
)
#: Kinds that one of the others can stand in for.
ROUND_CODE = frozenset(
    (
        GuardKind.DECORATOR,
        GuardKind.CONTEXT,
        GuardKind.HANDLER,
        GuardKind.REPORT,
        GuardKind.CLEANUP,
        GuardKind.LIMIT,
    )
)
#: Stands in a key between what is checked and the one part of a statement it is checked for.
OF = "\0"
_NAME = re.compile(r"[^\W\d]\w*")


@dataclass(frozen=True, slots=True)
class Guard:
    """A guard by what it says. Equal `key`: the same guard, whatever its form.

    `subjects` are the dotted paths that it asks about; `shown` is its code as it stands, at `line`
    of its function's text. `refusal` is the statement by which it refuses, where it raises.
    """

    key: str
    kind: GuardKind
    form: Form
    subjects: frozenset[str]
    shown: str
    line: int
    refusal: str = ""

    @property
    def said(self) -> str:
        """What has to hold, without the part of a statement for which it does."""
        return self.key.partition(OF)[0]

    def renamed(self, names: dict[str, str]) -> Guard:
        """The guard with other names for what it speaks of."""
        if not names:
            return self
        subjects = frozenset(renamed(one, names) for one in self.subjects)
        return replace(self, key=renamed(self.key, names), subjects=subjects)


def renamed(text: str, names: dict[str, str]) -> str:
    """A text of code with other names in it."""
    if not names:
        return text
    return _NAME.sub(lambda match: names.get(match[0], match[0]), text)


def covers(subject: str, path: str) -> bool:
    """Whether a path is that of a subject or leads on from it."""
    return path == subject or path.startswith(f"{subject}.")


def are_about_one(one: str, other: str) -> bool:
    """Whether two paths are of one thing, or one is a part of the other."""
    return covers(one, other) or covers(other, one)
