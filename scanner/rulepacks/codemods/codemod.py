"""What a codemod is: a rule's fix as new nodes of a LibCST tree, and how far it can be trusted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from scanner.base.model import Span

if TYPE_CHECKING:
    import libcst as cst

    from scanner.rulepacks.codemods.code import Code


class Safety(StrEnum):
    """`SAFE`: the code does what it did. `UNSAFE`: it may do something else, which is meant."""

    SAFE = "safe"
    UNSAFE = "unsafe"

    def allows(self, other: Safety) -> bool:
        """Whether a fix of another class is applied where this one is asked for."""
        return self is Safety.UNSAFE or other is Safety.SAFE


@dataclass(frozen=True, slots=True)
class CodeEdit:
    """`old` gives way to `new`, which may be several statements, or goes where that is None.

    `doubt` says what the new code could do otherwise: such an edit is unsafe. `also` are further
    changes that are made with it or not at all, and `imports` modules that it needs, or names of
    modules as `module:name`. One that
    only has a `change` is made of the node as edits in it leave it.
    """

    old: cst.CSTNode
    new: cst.CSTNode | cst.FlattenSentinel[cst.BaseStatement] | None
    doubt: str | None = None
    also: tuple[CodeEdit, ...] = ()
    imports: frozenset[str] = frozenset()
    change: Change | None = None

    @property
    def parts(self) -> tuple[CodeEdit, ...]:
        """The edit and those that are made with it."""
        return (self, *self.also)

    @property
    def safety(self) -> Safety:
        return Safety.UNSAFE if self.doubt else Safety.SAFE


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a place is left as it is, to be read after "not fixed: "."""

    reason: str


Edits = Callable[["Code", Span], Iterator[CodeEdit | Refusal]]
Change = Callable[["cst.CSTNode"], "cst.CSTNode | cst.FlattenSentinel[cst.BaseStatement]"]


@dataclass(frozen=True, slots=True)
class Codemod:
    """The fix of a rule.

    `edits` is asked with the lines of a finding, and gives an edit or a refusal for each place on
    exactly those lines that has the form it knows, in the order of the text.
    """

    rule: str
    edits: Edits


@dataclass(frozen=True, slots=True)
class ConventionCodemod:
    """The fix of departures from a convention.

    `towards` gives, for what is usual, a function that is asked with the line of a departure, and
    gives an edit or a refusal for each place that begins on it. `usual` names the alternatives of
    the family of choices that it knows; `*` is any name.
    """

    family: str
    usual: tuple[str, ...]
    towards: Callable[[str], Edits]


@dataclass(frozen=True, slots=True)
class Original:
    """A function that a copy could call: by which dotted name, and where it stands in which text.

    `target` is `package.module.function` or `self.method`, `unit` its name in its file.
    """

    target: str
    unit: str
    source: bytes
    is_same_file: bool


@dataclass(frozen=True, slots=True)
class Wanted:
    """A finding to be mended: its rule, which has a codemod, and its lines.

    For a departure from a convention, `usual` is the alternative that is asked for; for a copy,
    `original` is what it could call, or `twin` the lines of the same file that say the same.
    """

    rule: str
    span: Span
    usual: str | None = None
    original: Original | None = None
    twin: Span | None = None


@dataclass(frozen=True, slots=True)
class EditAnswer:
    """What became of one that was wanted; `reason` says why it was not applied."""

    wanted: Wanted
    reason: str | None = None

    @property
    def is_applied(self) -> bool:
        return self.reason is None
