"""What may be imported in one tree: its own modules, and what its manifests declare."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath
from posixpath import join, normpath

from scanner.base.model import FileVersion, Problem, Stage
from scanner.dependencies.manifests import (
    MAX_BYTES,
    REQUIREMENT_FOLDERS,
    Declared,
    Reader,
    read_requirements,
    reader_for,
)
from scanner.dependencies.names import imports_of, is_ambient, may_bring
from scanner.git.blobs import BlobReader
from scanner.git.process import Repository
from scanner.git.trees import INDEX, list_index, list_tree

#: What a module is in: source, what is compiled to one, or compiled already.
_MODULE_SUFFIXES = frozenset({".py", ".pyi", ".pyw", ".pyx", ".pxd", ".so", ".pyd", ".ipynb"})
#: A module that a generator makes of another file when the tree is built.
_GENERATED = ("_pb2", "_pb2_grpc")
#: Where a dependency is best declared, the best first.
_HOMES = ("pyproject.toml", "setup.cfg", "setup.py", "pipfile", "requirements.txt")
#: How like another name a name has to be for a slip of the pen.
_ALIKE = 0.8


@dataclass(frozen=True)
class Declarations:
    """What one tree declares. `files` are its manifests by path, read or the reason why not."""

    paths: tuple[str, ...]
    files: Mapping[str, Declared | Problem]

    @cached_property
    def modules(self) -> frozenset[str]:
        """The lower-case names that something in the tree could be imported by."""
        names: set[str] = set()
        for path in self.paths:
            pure = PurePosixPath(path)
            names.update(pure.parts if _is_module(path) else pure.parts[:-1])
        own = (name for one in self._read() for name in one.own)
        return frozenset(map(_module_name, names)) | imports_of(own)

    @cached_property
    def declared(self) -> frozenset[str]:
        """The lower-case import names that what is declared anywhere in the tree may bring."""
        return imports_of(name for one in self._read() for name in one.names)

    def covers(self, module: str) -> bool:
        """Whether a top-level module is in the tree, declared, made in a build, or there anyway."""
        name = module.lower()
        forms = {name, name.replace("_", "")}
        if is_ambient(module) or name.endswith(_GENERATED):
            return True
        return not (forms.isdisjoint(self.modules) and forms.isdisjoint(self.declared))

    def may_cover(self, module: str, imported: frozenset[str]) -> bool:
        """Whether something declared could be what brings a module, under a name of its own.

        `imported` are all modules that the tree imports, in lower case.
        """
        names = {name for one in self._read() for name in one.names}
        return any(may_bring(name, module, imported) for name in names)

    def home(self, path: str) -> str | None:
        """The manifest in which a dependency of a file would be declared: of the nearest folder."""
        for folder in _folders(path):
            homes = [name for name, one in self._read_at(folder) if one.is_home]
            if homes:
                return min(homes, key=lambda name: _rank(name, self.files[name]))
        return None

    def obstacle(self, path: str) -> Problem | None:
        """Why it cannot be told what a file may import, if so: a manifest of a folder it is in."""
        for folder in _folders(path):
            for name, one in self._at(folder):
                if isinstance(one, Problem):
                    return one
                if one.computed and not self._is_told_beside(name):
                    return Problem(Stage.MANIFEST, name, one.computed)
        return None

    def near_miss(self, module: str) -> str | None:
        """A declared import name, or a module at the top, that is nearly the same as a name."""
        asked = module.lower()
        at_top = {_module_name(path.split("/", 1)[0]) for path in self.paths if _is_module(path)}
        pool = sorted(name for name in self.declared | at_top if not _is_part(name, asked))
        close = difflib.get_close_matches(asked, pool, n=1, cutoff=_ALIKE)
        return close[0] if close else None

    def _is_told_beside(self, name: str) -> bool:
        """What a pyproject.toml leaves to be computed is said by the setup file beside it."""
        folder = name.rpartition("/")[0]
        beside = (join(folder, other) for other in ("setup.py", "setup.cfg"))
        return name.endswith("pyproject.toml") and any(other in self.files for other in beside)

    def _read(self) -> Iterator[Declared]:
        return (one for one in self.files.values() if isinstance(one, Declared))

    def _read_at(self, folder: str) -> Iterator[tuple[str, Declared]]:
        return ((name, one) for name, one in self._at(folder) if isinstance(one, Declared))

    def _at(self, folder: str) -> Sequence[tuple[str, Declared | Problem]]:
        return self._by_folder.get(folder, ())

    @cached_property
    def _by_folder(self) -> Mapping[str, list[tuple[str, Declared | Problem]]]:
        """The manifests of each folder; a folder of requirement files alone is the one above."""
        found: dict[str, list[tuple[str, Declared | Problem]]] = {}
        for path, one in self.files.items():
            folder = path.rpartition("/")[0]
            is_list = path.endswith((".txt", ".in"))
            if is_list and folder.rpartition("/")[2].lower() in REQUIREMENT_FOLDERS:
                folder = folder.rpartition("/")[0]
            found.setdefault(folder, []).append((path, one))
        return found


class DeclarationReader:
    """Reads the declarations of trees; a manifest of equal content is read once."""

    def __init__(self, repository: Repository, blobs: BlobReader) -> None:
        self._repository = repository
        self._blobs = blobs
        self._known: dict[tuple[str, Reader], Declared | str] = {}
        self._newest: tuple[str, Declarations] | None = None

    def at(self, tree: str) -> Declarations:
        """The declarations of a commit or tree, or of the index (`INDEX`)."""
        if self._newest is None or self._newest[0] != tree or tree == INDEX:
            self._newest = tree, self._read_tree(tree)
        return self._newest[1]

    def _read_tree(self, tree: str) -> Declarations:
        is_index = tree == INDEX
        entries = (
            list_index(self._repository, ()) if is_index else list_tree(self._repository, tree, ())
        )
        files = {entry.path: entry for entry in entries if entry.mode.is_text_file}
        found: dict[str, Declared | Problem] = {}
        wanted = [(path, reader) for path in files if (reader := reader_for(path)) is not None]
        while wanted:
            path, reader = wanted.pop()
            if path in found:
                continue
            found[path] = one = self._file(files[path], reader)
            if isinstance(one, Declared):
                wanted += [(other, read_requirements) for other in _included(path, one, files)]
        return Declarations(tuple(map(_entry_path, entries)), dict(sorted(found.items())))

    def _file(self, version: FileVersion, reader: Reader) -> Declared | Problem:
        key = version.blob, reader
        if key not in self._known:
            source = self._blobs.read(version.blob)
            if isinstance(source, Problem):
                # Of its stage, so that nothing that rests on this is kept; it holds nobody up.
                return Problem(source.stage, version.path, source.reason, is_before=True)
            self._known[key] = declared_in(source, reader)
        known = self._known[key]
        return Problem(Stage.MANIFEST, version.path, known) if isinstance(known, str) else known


def declared_in(source: bytes, reader: Reader) -> Declared | str:
    """What a manifest declares, or why it cannot be read."""
    if len(source) > MAX_BYTES:
        return f"larger than {MAX_BYTES:,} bytes"
    try:
        return reader(source.decode("utf-8-sig"))
    except (ValueError, SyntaxError, RecursionError, MemoryError) as error:
        return f"what it declares cannot be read: {' '.join(str(error).split())}"


def _included(path: str, one: Declared, files: Mapping[str, FileVersion]) -> Iterable[str]:
    folder = path.rpartition("/")[0]
    places = (normpath(join(folder, other)) for other in one.includes)
    return (place for place in places if place in files)


def _folders(path: str) -> Iterator[str]:
    """The folders that a file is in, the innermost first."""
    folder = path
    while folder:
        folder = folder.rpartition("/")[0]
        yield folder


def _entry_path(entry: FileVersion) -> str:
    """A submodule is a folder of something, and so may be a symbolic link."""
    return entry.path if entry.mode.is_text_file else f"{entry.path}/..."


def _is_module(path: str) -> bool:
    return PurePosixPath(path).suffix in _MODULE_SUFFIXES


def _is_part(name: str, asked: str) -> bool:
    """Whether one name is the other with a word more, which nobody writes by a slip."""
    short, long = sorted((name, asked), key=len)
    return f"_{short}_" in f"_{long}_"


def _module_name(part: str) -> str:
    return part.split(".", maxsplit=1)[0].lower().replace("-", "_")


def _rank(name: str, one: Declared | Problem) -> tuple[bool, int, str]:
    """Where to declare: in a file that declares something, of a kind that is meant for it."""
    base = name.rpartition("/")[2].lower()
    is_empty = not isinstance(one, Declared) or not one.names
    return is_empty, _HOMES.index(base) if base in _HOMES else len(_HOMES), name
