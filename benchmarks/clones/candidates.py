"""Ways to find which units may be copies of a unit, before any two are aligned: the choice.

    python -m benchmarks.clones.candidates TREE [--copies N] [--seed N]

Copies are injected as for `recall`. A way is as good as the share of copies whose original is among
their candidates, the number of candidates that a unit has (each costs an alignment), and its time.
"""

from __future__ import annotations

import argparse
import ast
import time
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from benchmarks.clones.injection import Injected, inject, source_files
from scanner.analysis.clones.clone_alignment import CloneType
from scanner.analysis.clones.fingerprints import Fingerprint, fingerprint
from scanner.analysis.parsing.outline import ReadFile, read_outline, unit_source
from scanner.clones.changes import fingerprinted
from scanner.clones.index import CloneIndex, CloneUnit, is_function, is_small

Key = tuple[str, str]
Candidates = Mapping[Key, set[Key]]
GRAM, WINDOW = 3, 4
SUBTREE_NODES = 25
#: What more units than this share tells nothing; the same for all ways.
COMMON = 40


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tree", type=Path)
    parser.add_argument("--copies", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    files, injected = inject(source_files(options.tree), options.copies, options.seed)
    lines = sum(text.count("\n") for text in files.values())
    index, texts = _indexed(files)
    members = [
        member
        for path in index.files()
        for member in index.files()[path]
        if is_function(member.unit) and not is_small(member.fingerprint, index.limits)
    ]
    keys = {copy: _keys(copy, members) for copy in injected}
    print(f"{len(members)} functions, {lines} lines, {len(injected)} copies")
    print(f"{'':18}{'exact':>8}{'renamed':>9}{'gapped':>8}{'candidates':>12}{'ms/1000 lines':>15}")
    for name, way in _ways(index, texts).items():
        began = time.process_time()
        found = way(members)
        seconds = time.process_time() - began
        hits = {copy: bool(_hit(found, *keys[copy])) for copy in injected}
        shares = [_share(hits, kind) for kind in CloneType]
        each = sum(map(len, found.values())) / len(members)
        cost = f"{each:12.2f}{seconds / lines * 1e6:15.2f}"
        print(f"{name:18}{shares[0]:8.3f}{shares[1]:9.3f}{shares[2]:8.3f}{cost}")


def _ways(
    index: CloneIndex, texts: Mapping[Key, str]
) -> dict[str, Callable[[Sequence[CloneUnit]], Candidates]]:
    def windows(members: Sequence[CloneUnit]) -> Candidates:
        return {_key(m): _live(index, index.seeds(m.fingerprint), m) for m in members}

    def prefix(members: Sequence[CloneUnit]) -> Candidates:
        return {_key(m): _live(index, index.sharing(m.fingerprint), m) for m in members}

    def both(members: Sequence[CloneUnit]) -> Candidates:
        return {
            _key(m): _live(index, {*index.seeds(m.fingerprint), *index.sharing(m.fingerprint)}, m)
            for m in members
        }

    return {
        "winnowing": lambda members: _sharing(members, lambda m: _winnowed(m.fingerprint)),
        "hashed subtrees": lambda members: _sharing(members, lambda m: _subtrees(texts[_key(m)])),
        "prefix filter": prefix,
        "token windows": windows,
        "windows + prefix": both,
    }


def _sharing(
    members: Sequence[CloneUnit], marks: Callable[[CloneUnit], Iterable[Hashable]]
) -> Candidates:
    """Units that share a mark that is not common."""
    own = {_key(member): set(marks(member)) for member in members}
    holders: dict[Hashable, set[Key]] = defaultdict(set)
    for key, some in own.items():
        for mark in some:
            holders[mark].add(key)
    rare = {mark: keys for mark, keys in holders.items() if len(keys) <= COMMON}
    return {
        key: set().union(*(rare.get(mark, set()) for mark in some)) - {key}
        for key, some in own.items()
    }


def _winnowed(text: Fingerprint) -> Iterator[int]:
    """The least hash of each few statement trigrams (Schleimer, Wilkerson and Aiken 2003)."""
    starts = range(len(text.shape) - GRAM + 1)
    grams = [hash(text.shape[i : i + GRAM]) for i in starts]
    for i in range(max(1, len(grams) - WINDOW + 1)):
        yield min(grams[i : i + WINDOW], default=0)


def _subtrees(text: str) -> Iterator[str]:
    """Syntax subtrees of some size with names and literals left out (Baxter and others 1998)."""
    marks: list[str] = []
    _subtree(ast.parse(text), marks)
    yield from marks


def _subtree(node: ast.AST, marks: list[str]) -> tuple[str, int]:
    parts, size = [type(node).__name__], 1
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.expr_context):
            part, nodes = _subtree(child, marks)
            parts.append(part)
            size += nodes
    mark = f"({' '.join(parts)})" if size < SUBTREE_NODES else str(hash(tuple(parts)))
    if size >= SUBTREE_NODES:
        marks.append(mark)
    return mark, size


def _indexed(files: Mapping[str, str]) -> tuple[CloneIndex, dict[Key, str]]:
    index = CloneIndex()
    texts: dict[Key, str] = {}
    for path, source in files.items():
        file = read_outline(source.encode())
        assert isinstance(file, ReadFile)
        sources = {unit: unit_source(file, unit) for unit in file.outline.units}
        facts = {unit.content: fingerprint(text) for unit, text in sources.items()}
        index.add(path, fingerprinted(file, facts))
        texts |= {(path, unit.name): text.text for unit, text in sources.items()}
    return index, texts


def _live(index: CloneIndex, contents: Iterable[str], member: CloneUnit) -> set[Key]:
    live = {_key(other) for content in contents for other in index.members(content)}
    twins = {_key(other) for other in index.members(member.unit.content)}
    return (live | twins) - {_key(member)}


def _key(member: CloneUnit) -> Key:
    return (member.path, member.unit.name)


def _keys(copy: Injected, members: Sequence[CloneUnit]) -> tuple[set[Key], set[Key]]:
    """The units at the place of a copy, and at that of its original."""

    def at(path: str, line: int) -> set[Key]:
        return {_key(m) for m in members if m.path == path and line in m.unit.span}

    return at(copy.path, copy.span.last), at(copy.original.path, copy.original.span.last)


def _hit(found: Candidates, copies: set[Key], originals: set[Key]) -> set[Key]:
    return {key for copy in copies for key in found.get(copy, ())} & originals


def _share(hits: Mapping[Injected, bool], kind: CloneType) -> float:
    chosen = [hit for copy, hit in hits.items() if copy.edit.type is kind]
    return sum(chosen) / max(1, len(chosen))


if __name__ == "__main__":
    main()
