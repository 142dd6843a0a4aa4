"""Which module imports which, so that nobody is told to import what imports him."""

from __future__ import annotations

import keyword
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import PurePosixPath

from scanner.analysis.clones.fingerprints import UnitImport

#: Directories that hold packages and are none themselves.
SOURCE_ROOTS = frozenset({"src", "lib", "python"})


class ImportGraph:
    """The imports of the live modules. `put` and `drop` follow the files."""

    def __init__(self) -> None:
        self._imports: dict[str, tuple[UnitImport, ...]] = {}

    def put(self, path: str, imports: tuple[UnitImport, ...]) -> None:
        """Takes in what a module imports when it is imported, replacing what was known of it."""
        if path not in self._imports:
            self.__dict__.pop("_paths", None)
        self._imports[path] = imports

    def drop(self, path: str) -> None:
        """Takes a module out."""
        if self._imports.pop(path, None) is not None:
            self.__dict__.pop("_paths", None)

    def module(self, path: str) -> str | None:
        """The dotted name a file is imported by; None if its path gives no valid one."""
        pure = PurePosixPath(path)
        parts = [*pure.parts[:-1]] if pure.stem == "__init__" else [*pure.parts[:-1], pure.stem]
        parts = parts[self._root(pure.parts[:-1]) :]
        valid = all(part.isidentifier() and not keyword.iskeyword(part) for part in parts)
        return ".".join(parts) if parts and valid else None

    def is_packaged(self, path: str) -> bool:
        """Whether a file is in a package, or in a folder that packages are looked for in.

        What is in a folder of scripts is run, each file by itself, and in no package.
        """
        folders = PurePosixPath(path).parts[:-1]
        has_init = "/".join([*folders, "__init__.py"]) in self._imports
        is_below_root = not SOURCE_ROOTS.isdisjoint(folders) and "scripts" not in folders
        return has_init or not folders or is_below_root

    def would_be_circular(self, importer: str, imported: str) -> bool:
        """Whether importing one file's module from another's would close a circle.

        The packages that the importer stands in are being imported already when it is, so a way
        that leads through them closes none.
        """
        running = {path for path in self._packages(importer) if path in self._imports}
        seen, waiting = {imported, *running}, [imported]
        while waiting:
            for path in self._imported(waiting.pop()):
                if path == importer:
                    return True
                if path not in seen:
                    seen.add(path)
                    waiting.append(path)
        return False

    def sources(self, path: str) -> dict[str, str]:
        """By name that a module imports from another, the absolute name of that."""
        return {
            name: self._absolute(path, entry.module)
            for entry in self._imports.get(path, ())
            for name in entry.names
        }

    def _root(self, folders: Sequence[str]) -> int:
        """How many leading folders are not part of the module's name."""
        packages = [
            depth
            for depth in range(1, len(folders) + 1)
            if "/".join([*folders[:depth], "__init__.py"]) in self._imports
        ]
        top = packages[0] if packages else len(folders) + 1
        roots = [i for i, folder in enumerate(folders, start=1) if folder in SOURCE_ROOTS]
        before = [depth for depth in roots if depth < top]
        if before:  # folders without an __init__.py below it are packages too
            return before[-1]
        return top - 1 if packages else 0

    @cached_property
    def _paths(self) -> dict[str, str]:
        names = ((self.module(path), path) for path in self._imports)
        return {name: path for name, path in names if name is not None}

    def _packages(self, path: str) -> Iterator[str]:
        for folder in PurePosixPath(path).parents:
            yield str(folder / "__init__.py")

    def _imported(self, path: str) -> Iterator[str]:
        for name in self._names(path):
            parts = name.split(".")
            for length in range(1, len(parts) + 1):
                found = self._paths.get(".".join(parts[:length]))
                if found is not None:
                    yield found

    def _names(self, path: str) -> Iterator[str]:
        for entry in self._imports.get(path, ()):
            module = self._absolute(path, entry.module)
            yield module
            yield from (f"{module}.{name}" for name in entry.names)

    def _absolute(self, path: str, module: str) -> str:
        """A relative import's module as an absolute name."""
        name = module.lstrip(".")
        dots = len(module) - len(name)
        if not dots:
            return module
        own = (self.module(path) or "").split(".")
        up = dots - 1 if path.endswith("__init__.py") else dots
        return ".".join(filter(None, [*own[: len(own) - up], name]))
