"""Imports of modules that are neither in the tree nor declared: forgotten, or made up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from scanner.analysis.import_guards import NeededImport, needed_imports
from scanner.analysis.parsing.outline import ReadFile
from scanner.analysis.parsing.syntax import parse
from scanner.base.model import Problem, Stage
from scanner.codebase.declarations import Declarations
from scanner.dependencies.manifests import script_block
from scanner.dependencies.names import brought_by_runner, imports_of
from scanner.roles.paths import is_example_path, is_test_path
from scanner.rulepacks.hits import CodedHits, RuleHit
from scanner.rulepacks.tree_rules import UNDECLARED_IMPORT

#: Folders of files that something else reads: what they import, nobody imports.
_DATA_FOLDERS = frozenset(
    {
        "cassettes", "corpus", "data", "fixtures", "golden", "resources", "samples", "snapshots",
        "snippets", "templates", "test_data", "test_examples", "test_files", "testdata",
    }
)  # fmt: skip


def undeclared_imports(
    files: Mapping[str, ReadFile],
    wanted: Iterable[str],
    declarations: Declarations,
    imported: frozenset[str],
) -> CodedHits:
    """A hit for each wanted module that files need and nothing declares, at the first of them.

    `imported` are all modules that the tree imports, in lower case.
    """
    missing = frozenset(
        name
        for name in wanted
        if not declarations.covers(name) and not declarations.may_cover(name, imported)
    )
    problems: dict[Problem, None] = {}
    places: defaultdict[str, list[_Place]] = defaultdict(list)
    for path in sorted(files) if missing else ():
        for found in _places(path, files[path], missing, declarations):
            if isinstance(found, Problem):
                problems[found] = None
            else:
                places[found.one.module].append(found)
    hits: defaultdict[str, list[RuleHit]] = defaultdict(list)
    for module in sorted(places):
        first = places[module][0]
        hits[first.path].append(_hit(first, places[module], declarations))
    by_line = {
        path: tuple(sorted(some, key=lambda hit: hit.span.first)) for path, some in hits.items()
    }
    return CodedHits(by_line, tuple(problems))


@dataclass(frozen=True, slots=True)
class _Place:
    """An import, and the manifest that it would be declared in."""

    path: str
    one: NeededImport
    home: str
    lines: tuple[str, ...]


def _places(
    path: str, file: ReadFile, missing: frozenset[str], declarations: Declarations
) -> Iterator[_Place | Problem]:
    """The imports of missing modules that a file cannot do without, or why that cannot be told."""
    if _is_data(path):
        return
    asked = missing - brought_by_runner(path)
    needed = [one for one in needed_imports(parse(file.text)) if one.module in asked]
    own = _own_declarations(path, file, declarations) if needed else None
    if isinstance(own, Problem):
        yield own
    elif own is not None:
        home, declared = own
        for one in needed:
            if one.module.lower() not in declared:
                yield _Place(path, one, home, file.lines)


def _own_declarations(
    path: str, file: ReadFile, declarations: Declarations
) -> tuple[str, frozenset[str]] | Problem | None:
    """Where a file's imports are declared, and the modules that it declares in itself.

    None where nobody declares them, and for what is only shown.
    """
    try:
        block = script_block(file.text)
    except ValueError as error:
        return Problem(Stage.MANIFEST, path, f"its inline metadata cannot be read: {error}")
    if block is None and _is_shown(path):
        return None
    home = path if block else declarations.home(path)
    if home is None:
        return None
    obstacle = declarations.obstacle(path)
    return obstacle or (home, imports_of(block.names) if block else frozenset[str]())


def _is_data(path: str) -> bool:
    """Whether a file is there to be read: by its folder, or as no package of the tests can be."""
    folders = _folders(path)
    is_no_package = not all(map(str.isidentifier, folders))
    return not _DATA_FOLDERS.isdisjoint(folders) or (is_test_path(path) and is_no_package)


def _is_shown(path: str) -> bool:
    return is_example_path(path) or "smoke_tests" in _folders(path)


def _folders(path: str) -> list[str]:
    return [folder.strip("_") for folder in PurePosixPath(path).parts[:-1]]


def _hit(first: _Place, places: list[_Place], declarations: Declarations) -> RuleHit:
    module = first.one.module
    others = len({place.path for place in places}) - 1
    more = f", here and in {others} more file{'s' if others > 1 else ''}" if others else ""
    near = declarations.near_miss(module)
    guess = f" Did you mean `{near}`?" if near else ""
    return UNDECLARED_IMPORT.hit(
        f"`{module}` is imported{more}, but this tree neither contains nor declares it: it is "
        "missing, there by accident, or possibly a made-up package that anybody could register. "
        f"Declare it in {first.home}, or import what is there.{guess}",
        first.one.span,
        first.lines,
        module,
    )
