"""Codemods asked for the findings of one file, and their edits made in one pass over its tree."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import libcst as cst

from scanner.base.model import Span
from scanner.rulepacks.codemods.all_codemods import edits_of
from scanner.rulepacks.codemods.code import Code
from scanner.rulepacks.codemods.codemod import CodeEdit, Refusal, Safety

UNKNOWN_FORM = "the code is not written in a form that the fix knows"
UNREADABLE = "LibCST cannot read the file"
OVERLAPS = "another fix changes the same code"
AMBIGUOUS = "two places on these lines could be meant"
INVALID = "the fixed text would not be valid Python"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A finding to be mended: its rule, which has a codemod, and its lines.

    For a departure from a convention, `usual` is the alternative that is asked for.
    """

    rule: str
    span: Span
    usual: str | None = None


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
    after, refused = _compatible(code, content, edits)
    answers.update(refused)
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
    """What each finding's codemod gives; several findings on equal lines take one place each.

    A departure from a convention takes all places on its line: what was asked for is the line.
    """
    many = Counter(wanted)
    places = {one: list(edits_of(one.rule, one.usual)(code, one.span)) for one in many}
    taken: Counter[Wanted] = Counter()
    found: dict[int, CodeEdit | Refusal] = {}
    for number, one in enumerate(wanted):
        here = places[one]
        if one.usual is not None and len(here) > 1:
            found[number] = _together(here)
        elif len(here) > many[one]:
            found[number] = Refusal(AMBIGUOUS)
        elif taken[one] < len(here):
            found[number] = here[taken[one]]
            taken[one] += 1
        else:
            found[number] = Refusal(UNKNOWN_FORM)
    return found


def _together(found: Sequence[CodeEdit | Refusal]) -> CodeEdit | Refusal:
    """All edits of a line as one; the first refusal if there is any."""
    edits: list[CodeEdit] = []
    for one in found:
        if isinstance(one, Refusal):
            return one
        edits += one.parts
    first, *rest = edits
    doubt = next((one.doubt for one in edits if one.doubt), None)
    imports = frozenset[str]().union(*(one.imports for one in edits))
    return CodeEdit(first.old, first.new, doubt, tuple(rest), imports)


def _compatible(
    code: Code, content: bytes, edits: Mapping[int, CodeEdit]
) -> tuple[bytes, dict[int, str]]:
    """The content with the edits that can be made together, and why the others cannot."""
    refused: dict[int, str] = {}
    apart: dict[int, CodeEdit] = {}
    made: list[CodeEdit] = []
    for number, edit in edits.items():
        if any(_overlap(code, one, other) for one in edit.parts for other in made):
            refused[number] = OVERLAPS
        else:
            apart[number] = edit
            made += edit.parts
    after = _valid(code.module, content, apart.values())
    if after is not None:
        return after, refused
    after, kept = content, list[CodeEdit]()
    for number, edit in apart.items():
        further = _valid(code.module, content, [*kept, edit])
        if further is None:
            refused[number] = INVALID
        else:
            after, kept = further, [*kept, edit]
    return after, refused


def _overlap(code: Code, one: CodeEdit, other: CodeEdit) -> bool:
    """Whether one of two edits replaces what the other changes."""
    if one.old is other.old:
        return True
    return (one.change is None and one.old in code.above(other.old)) or (
        other.change is None and other.old in code.above(one.old)
    )


def _valid(module: cst.Module, content: bytes, edits: Collection[CodeEdit]) -> bytes | None:
    """The new text, where LibCST reads it back and Python compiles it or could not before."""
    if not edits:
        return content
    try:
        after = _applied(module, edits)
    except cst.CSTValidationError:
        return None
    is_valid = _read(after) is not None and (parses(after) or not parses(content))
    return after if is_valid else None


def parses(content: bytes) -> bool:
    """Whether the Python that runs here can compile a file, which it does not run."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(content, "fixed", "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _applied(module: cst.Module, edits: Iterable[CodeEdit]) -> bytes:
    made = [*edits]
    changed = module.visit(_Replacer({one.old: one for edit in made for one in edit.parts}))
    imports = sorted(frozenset[str]().union(*(one.imports for one in made)))
    return _with_imports(changed, imports).bytes if imports else changed.bytes


def _with_imports(module: cst.Module, names: Iterable[str]) -> cst.Module:
    # These helpers take 0.1 s to import, and few fixes need them.
    from libcst.codemod import CodemodContext  # noqa: PLC0415
    from libcst.codemod.visitors import AddImportsVisitor, ImportItem  # noqa: PLC0415

    wanted = [ImportItem(name) for name in names]
    return AddImportsVisitor(CodemodContext(), wanted).transform_module(module)


class _Replacer(cst.CSTTransformer):
    def __init__(self, edits: Mapping[cst.CSTNode, CodeEdit]) -> None:
        super().__init__()
        self._edits = edits

    def on_leave(  # type: ignore[override]
        self, original_node: cst.CSTNode, updated_node: cst.CSTNode
    ) -> cst.CSTNode | cst.RemovalSentinel | cst.FlattenSentinel[cst.BaseStatement]:
        edit = self._edits.get(original_node)
        if edit is None:
            return updated_node
        if edit.change is not None:
            return edit.change(updated_node)
        return cst.RemovalSentinel.REMOVE if edit.new is None else edit.new
