"""What a branch does to functions: which it edits, whose signature it changes, what it calls."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from scanner.analysis.parsing.functions import function_of
from scanner.analysis.parsing.outline import ReadFile
from scanner.base.model import Hunk, UnitKind
from scanner.judge import unit_pairs
from scanner.radar.signatures import (
    CallShape,
    Signature,
    fits,
    shape_of,
    signature_of,
)
from scanner.scoring.change import ChangedFile
from scanner.scoring.matching import PlacedUnit, UnitPair

_CALLABLE = (UnitKind.FUNCTION, UnitKind.METHOD)
_INIT = "__init__"


@dataclass(frozen=True, slots=True)
class Edited:
    """A function by where it stood, and what it says now (nothing where it is gone)."""

    path: str
    name: str
    content: str
    line: int


@dataclass(frozen=True, slots=True)
class SignatureChange:
    """A function that takes something else; `after` is None where it is gone."""

    path: str
    name: str
    line: int
    before: Signature
    after: Signature | None


@dataclass(frozen=True, slots=True)
class NewCall:
    """A call in added lines: of `name` in the file `path`, or in the module `module`."""

    name: str
    path: str
    module: str | None
    line: int
    shape: CallShape


@dataclass(frozen=True, slots=True)
class Edits:
    """All that a branch does, as far as others could be in its way."""

    functions: tuple[Edited, ...]
    signatures: tuple[SignatureChange, ...]
    calls: tuple[NewCall, ...]


def edits_of(files: Sequence[ChangedFile]) -> Edits:
    """What a change does to functions. Files that cannot be read take no part."""
    pairs = unit_pairs(files)
    read = {file.path: file.after for file in files if file.after is not None}
    old = {file.path_before: file.before for file in files if file.before is not None}
    return Edits(
        tuple(_functions(pairs)),
        tuple(_signatures(pairs, old, read)),
        tuple(call for file in files if file.after for call in _calls(file, file.after)),
    )


def breaks(change: SignatureChange, call: NewCall) -> bool:
    """Whether a call means a function, fits it as it was, and does not fit it as it will be."""
    if called_as(change) != call.name or not _is_there(change, call):
        return False
    is_fit = fits(call.shape, change.before)
    return is_fit and (change.after is None or not fits(call.shape, change.after))


def called_as(change: SignatureChange) -> str:
    """The name that calls bear: `self.name` of a method, that of its class for an `__init__`."""
    owner, _, last = change.name.rpartition(".")
    if last == _INIT:
        return owner
    return f"self.{last}" if owner else last


def _is_there(change: SignatureChange, call: NewCall) -> bool:
    if call.module is None:
        return call.path == change.path
    path = PurePosixPath(change.path).with_suffix("")
    parts = path.parts[:-1] if path.name == "__init__" else path.parts
    asked = tuple(part for part in call.module.split(".") if part)
    return bool(asked) and parts[-len(asked) :] == asked


def _functions(pairs: Sequence[UnitPair]) -> Iterator[Edited]:
    for pair in pairs:
        old, new = pair.before, pair.after
        if old is None or old.unit.kind not in _CALLABLE:
            continue
        if new is None:
            yield Edited(old.path, old.unit.name, "", old.unit.span.first)
        elif new.unit.content != old.unit.content:
            yield Edited(old.path, old.unit.name, new.unit.content, new.unit.span.first)


def _signatures(
    pairs: Sequence[UnitPair], before: dict[str, ReadFile], after: dict[str, ReadFile]
) -> Iterator[SignatureChange]:
    for pair in pairs:
        if pair.before is None or pair.before.unit.kind not in _CALLABLE:
            continue
        old = _signature(pair.before, before)
        if old is not None and _is_unmistakable(pair.before, before[pair.before.path]):
            yield from _signature_change(pair.before, old, pair.after, after)


def _signature_change(
    was: PlacedUnit, old: Signature, now: PlacedUnit | None, after: dict[str, ReadFile]
) -> Iterator[SignatureChange]:
    name, path = was.unit.name, was.path
    line = (now or was).unit.span.first
    if now is not None and (now.path, now.unit.name) == (path, name):
        new = _signature(now, after)
        if new is not None and new != old:
            yield SignatureChange(path, name, line, old, new)
    elif not _still_has(after.get(path), name):
        yield SignatureChange(path, name, line, old, None)


def _is_unmistakable(unit: PlacedUnit, file: ReadFile) -> bool:
    """Whether no other class of its file has a method of that name, which `self.name` could be."""
    last = unit.unit.name.rpartition(".")[2]
    alike = (one.name.rpartition(".")[2] == last for one in file.outline.units)
    return last == _INIT or sum(alike) == 1


def _still_has(file: ReadFile | None, name: str) -> bool:
    """Whether a file speaks of a name still: it may import it, or make it in another way."""
    last = name.removesuffix(f".{_INIT}").rpartition(".")[2]
    return file is not None and last in file.text


def _signature(unit: PlacedUnit, files: dict[str, ReadFile]) -> Signature | None:
    file = files.get(unit.path)
    function = function_of(file, unit.unit) if file is not None else None
    if function is None:
        return None
    return signature_of(function, is_method=unit.unit.kind is UnitKind.METHOD)


def _calls(file: ChangedFile, read: ReadFile) -> Iterator[NewCall]:
    added = _added(file.change.hunks)
    if not added:
        return
    tree = read.tree()
    own, modules = _imports(tree)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or node.lineno not in added:
            continue
        shape = shape_of(node)
        if shape is None:
            continue
        match node.func:
            case ast.Name(name) if name in own:
                yield NewCall(own[name][1], file.path, own[name][0], node.lineno, shape)
            case ast.Name(name):
                yield NewCall(name, file.path, None, node.lineno, shape)
            case ast.Attribute(ast.Name("self" | "cls"), name):
                yield NewCall(f"self.{name}", file.path, None, node.lineno, shape)
            case ast.Attribute(value, name) if (said := ast.unparse(value)) in modules:
                yield NewCall(name, file.path, modules[said], node.lineno, shape)


def _added(hunks: Sequence[Hunk]) -> frozenset[int]:
    return frozenset(
        line
        for hunk in hunks
        for line in range(hunk.new_offset + 1, hunk.new_offset + hunk.new_count + 1)
    )


def _imports(tree: ast.Module) -> tuple[dict[str, tuple[str, str]], dict[str, str]]:
    """Names → (module, name) that they are imported from, and what stands for which module."""
    names: dict[str, tuple[str, str]] = {}
    modules: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            for one in node.names:
                names[one.asname or one.name] = (node.module or "", one.name)
                modules[one.asname or one.name] = f"{node.module or ''}.{one.name}".strip(".")
        elif isinstance(node, ast.Import):
            for one in node.names:
                modules[one.asname or one.name] = one.name
    return names, modules
