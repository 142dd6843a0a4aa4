"""Codemods asked for the findings of one file, and their edits made in one pass over its tree."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import libcst as cst

from scanner.analysis.parsing.lowering import MAX_LIBCST_DEPTH
from scanner.analysis.parsing.reading import read_tree
from scanner.analysis.parsing.source import decode
from scanner.analysis.parsing.syntax import depth_of
from scanner.base.model import Problem, Span
from scanner.rulepacks.codemods import call_original, extract_common, first_step
from scanner.rulepacks.codemods.all_codemods import STEPS, edits_of
from scanner.rulepacks.codemods.code import Code, nodes_of
from scanner.rulepacks.codemods.codemod import CodeEdit, EditAnswer, Edits, Refusal, Safety, Wanted

UNKNOWN_FORM = "the code is not written in a form that the fix knows"
UNREADABLE = "LibCST cannot read the file"
OVERLAPS = "another fix changes the same code"
AMBIGUOUS = "two places on these lines could be meant"
INVALID = "the fixed text would not be valid Python, or mean something else"


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
    spoken_for = _spoken_for(wanted)
    for number, found in _asked(code, wanted).items():
        if spoken_for[number] != number:
            continue
        if isinstance(found, Refusal):
            answers[number] = found.reason
        elif not level.allows(found.safety):
            answers[number] = f"{found.doubt}; `--fix=unsafe` applies it anyway"
        else:
            edits[number] = found
    after, refused = _compatible(code, content, edits)
    answers.update(refused)
    return Mended(
        after,
        tuple(EditAnswer(one, answers.get(of)) for one, of in zip(wanted, spoken_for, strict=True)),
    )


def _spoken_for(wanted: Sequence[Wanted]) -> list[int]:
    """For each finding the number of the first that asks for the same: a function has one first
    step, whichever measures ask for it.
    """
    firsts: dict[Span, int] = {}
    return [
        firsts.setdefault(one.span, number) if one.rule in STEPS else number
        for number, one in enumerate(wanted)
    ]


def propose(
    content: bytes, groups: Sequence[Sequence[Wanted]]
) -> list[tuple[bytes, str | None] | None]:
    """For each group of places its own text of the file, with what makes it unsafe; None where a
    place of the group cannot be mended.
    """
    module = _read(content) if groups else None
    if module is None:
        return [None for _ in groups]
    code = Code(module)
    return [_proposed(code, content, group) for group in groups]


def _proposed(
    code: Code, content: bytes, group: Sequence[Wanted]
) -> tuple[bytes, str | None] | None:
    edits = [one for one in _asked(code, group).values() if isinstance(one, CodeEdit)]
    if len(edits) < len(group):
        return None
    after, refused = _compatible(code, content, dict(enumerate(edits)))
    doubt = next((one.doubt for one in edits if one.doubt), None)
    return None if refused or after == content else (after, doubt)


def _read(content: bytes) -> cst.Module | None:
    """The tree of a file, which gives back each of its bytes; None if LibCST has none.

    LibCST is not asked of what is no Python or is deep: it may take for ever over that.
    """
    text = decode(content)
    parsed = text if isinstance(text, Problem) else read_tree(text)
    if isinstance(parsed, Problem) or depth_of(parsed.tree) > MAX_LIBCST_DEPTH:
        return None
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
    places = {one: list(_edits_for(one)(code, one.span)) for one in many}
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


def _edits_for(wanted: Wanted) -> Edits:
    if wanted.original is not None:
        return call_original.towards(wanted.original)
    if wanted.twin is not None:
        return extract_common.towards(wanted.twin)
    if wanted.rule in STEPS:
        return first_step.edits
    return edits_of(wanted.rule, wanted.usual)


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
    taken = _Taken(code)
    for number, edit in edits.items():
        if any(map(taken.meets, edit.parts)):
            refused[number] = OVERLAPS
        else:
            apart[number] = edit
            taken.add(edit.parts)
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


class _Taken:
    """The nodes that edits change so far, and those above them."""

    def __init__(self, code: Code) -> None:
        self._code = code
        self._changed: set[cst.CSTNode] = set()
        self._replaced: set[cst.CSTNode] = set()
        self._above: set[cst.CSTNode] = set()

    def meets(self, edit: CodeEdit) -> bool:
        """Whether an edit replaces what others change, or they replace what it changes."""
        if edit.old in self._changed or (edit.change is None and edit.old in self._above):
            return True
        return any(up in self._replaced for up in self._code.above(edit.old))

    def add(self, edits: Iterable[CodeEdit]) -> None:
        for edit in edits:
            self._changed.add(edit.old)
            self._above.update(self._code.above(edit.old))
            if edit.change is None:
                self._replaced.add(edit.old)


def _valid(module: cst.Module, content: bytes, edits: Collection[CodeEdit]) -> bytes | None:
    """The new text, where LibCST reads the tree that was meant from it and Python compiles it.

    Python need not where it could not before.
    """
    if not edits:
        return content
    try:
        meant = _applied(module, edits)
    except cst.CSTValidationError:
        return None
    after = meant.bytes
    read = _read(after)
    if read is None or _shape(read) != _shape(meant):
        return None  # such as the braces of a dict in an f-string
    return after if parses(after) or not parses(content) else None


def _shape(module: cst.Module) -> list[str]:
    """The kinds of a tree's statements and expressions in order, which layout does not change."""
    return [type(node).__name__ for node in nodes_of(module) if isinstance(node, _SAID)]


_SAID = (cst.BaseExpression, cst.BaseSmallStatement, cst.BaseCompoundStatement)


def parses(content: bytes) -> bool:
    """Whether the Python that runs here can compile a file, which it does not run."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(content, "fixed", "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _applied(module: cst.Module, edits: Iterable[CodeEdit]) -> cst.Module:
    made = [*edits]
    changed = module.visit(_Replacer({one.old: one for edit in made for one in edit.parts}))
    imports = sorted(frozenset[str]().union(*(one.imports for one in made)))
    return _with_imports(changed, imports) if imports else changed


def _with_imports(module: cst.Module, names: Iterable[str]) -> cst.Module:
    # These helpers take 0.1 s to import, and few fixes need them.
    from libcst.codemod import CodemodContext  # noqa: PLC0415
    from libcst.codemod.visitors import AddImportsVisitor, ImportItem  # noqa: PLC0415

    parts = (name.partition(":") for name in names)
    wanted = [ImportItem(module, name or None) for module, _, name in parts]
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
