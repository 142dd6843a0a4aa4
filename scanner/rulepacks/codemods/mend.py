"""Codemods asked for the findings of one file, and their edits made in one pass over its tree."""

from __future__ import annotations

import ast
import warnings
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import libcst as cst

from scanner.base.model import Span
from scanner.rulepacks.codemods.all_codemods import codemod_of
from scanner.rulepacks.codemods.code import Code
from scanner.rulepacks.codemods.codemod import CodeEdit, Refusal, Safety

UNKNOWN_FORM = "the code is not written in a form that the fix knows"
UNREADABLE = "LibCST cannot read the file"
OVERLAPS = "another fix changes the same code"
AMBIGUOUS = "two places on these lines could be meant"
INVALID = "the fixed text would not be valid Python"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A finding to be mended: its rule, which has a codemod, and its lines."""

    rule: str
    span: Span


@dataclass(frozen=True, slots=True)
class EditAnswer:
    """What became of one that was wanted; `reason` says why it was not applied."""

    wanted: Wanted
    reason: str | None = None

    @property
    def is_applied(self) -> bool:
        return self.reason is None


@dataclass(frozen=True, slots=True)
class Mended:
    """The content with what could be applied, and an answer for each that was wanted."""

    content: bytes
    answers: tuple[EditAnswer, ...]


def mend(content: bytes, wanted: Sequence[Wanted], level: Safety) -> Mended:
    """Applies the codemods of a level to a file. One that cannot be applied stops no other."""
    module = _read(content) if wanted else None
    if module is None:
        return Mended(content, tuple(EditAnswer(one, UNREADABLE) for one in wanted))
    code = Code(module)
    answers: dict[int, str] = {}
    edits: dict[int, CodeEdit] = {}
    for number, found in _asked(code, wanted).items():
        if isinstance(found, Refusal):
            answers[number] = found.reason
        elif not level.allows(found.safety):
            answers[number] = f"{found.doubt}; `--fix=unsafe` applies it anyway"
        else:
            edits[number] = found
    kept, refused = _compatible(code, content, edits)
    answers.update(refused)
    after = content if not kept else _applied(module, kept.values())
    return Mended(
        after, tuple(EditAnswer(one, answers.get(number)) for number, one in enumerate(wanted))
    )


def _read(content: bytes) -> cst.Module | None:
    """The tree of a file, which gives back each of its bytes; None if LibCST has none."""
    try:
        module = cst.parse_module(content)
        gives_back = module.bytes == content
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException:  # noqa: BLE001 - errors of many kinds, and panics of its Rust
        return None
    return module if gives_back else None


def _asked(code: Code, wanted: Sequence[Wanted]) -> dict[int, CodeEdit | Refusal]:
    """What each finding's codemod gives; several findings on equal lines take one place each."""
    many = Counter(wanted)
    places = {one: list(codemod_of(one.rule).edits(code, one.span)) for one in many}
    taken: Counter[Wanted] = Counter()
    found: dict[int, CodeEdit | Refusal] = {}
    for number, one in enumerate(wanted):
        here = places[one]
        if len(here) > many[one]:
            found[number] = Refusal(AMBIGUOUS)
        elif taken[one] < len(here):
            found[number] = here[taken[one]]
            taken[one] += 1
        else:
            found[number] = Refusal(UNKNOWN_FORM)
    return found


def _compatible(
    code: Code, content: bytes, edits: Mapping[int, CodeEdit]
) -> tuple[dict[int, CodeEdit], dict[int, str]]:
    """The edits that can be made together, and why the others cannot."""
    refused: dict[int, str] = {}
    apart: dict[int, CodeEdit] = {}
    olds: set[cst.CSTNode] = set()
    for number, edit in edits.items():
        if edit.old in olds or _overlaps(code, edit.old, olds):
            refused[number] = OVERLAPS
        else:
            apart[number] = edit
            olds.add(edit.old)
    if _is_valid(code.module, content, apart.values()):
        return apart, refused
    kept: dict[int, CodeEdit] = {}
    for number, edit in apart.items():
        if _is_valid(code.module, content, [*kept.values(), edit]):
            kept[number] = edit
        else:
            refused[number] = INVALID
    return kept, refused


def _overlaps(code: Code, node: cst.CSTNode, olds: Collection[cst.CSTNode]) -> bool:
    if any(up in olds for up in code.above(node)):
        return True
    return any(node in code.above(old) for old in olds)


def _is_valid(module: cst.Module, content: bytes, edits: Iterable[CodeEdit]) -> bool:
    """Whether LibCST reads the new text as the tree that was meant, and Python what it could."""
    try:
        after = _applied(module, edits)
    except cst.CSTValidationError:
        return False
    return _read(after) is not None and (parses(after) or not parses(content))


def parses(content: bytes) -> bool:
    """Whether the Python that runs here can parse a file."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(content)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _applied(module: cst.Module, edits: Iterable[CodeEdit]) -> bytes:
    changed = module.visit(_Replacer({edit.old: edit.new for edit in edits}))
    return changed.bytes


class _Replacer(cst.CSTTransformer):
    def __init__(self, new: Mapping[cst.CSTNode, cst.CSTNode | None]) -> None:
        super().__init__()
        self._new = new

    def on_leave(  # type: ignore[override]
        self, original_node: cst.CSTNode, updated_node: cst.CSTNode
    ) -> cst.CSTNode | cst.RemovalSentinel:
        if original_node not in self._new:
            return updated_node
        new = self._new[original_node]
        return cst.RemovalSentinel.REMOVE if new is None else new
