"""File versions laid out in a temporary folder under their own paths, for semgrep to read."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from scanner.model import FileVersion

#: An empty one stands in for semgrep's default, which leaves out tests, vendored code and more.
IGNORE_FILE = ".semgrepignore"
UTF8_BOM = b"\xef\xbb\xbf"
_UNSAFE = re.compile(r"[\udc80-\udcff\x00\\]")


@dataclass(frozen=True, slots=True)
class LaidOut:
    """A file version as it lies in the folder.

    `content` is what semgrep reads: without a byte order mark, whose length is `removed`.
    """

    version: FileVersion
    content: bytes
    removed: int


@dataclass
class Tree:
    """Roots `0`, `1`, … under a base folder, each laid out like the repository.

    Several versions of one path, or a file and a folder of one name, go to different roots. Names
    that differ in upper and lower case only do too: not every file system tells them apart.
    """

    base: Path
    files: dict[str, LaidOut] = field(default_factory=dict)
    _roots: list[_Root] = field(default_factory=list)

    @property
    def roots(self) -> tuple[str, ...]:
        """The names of the roots."""
        return tuple(str(number) for number in range(len(self._roots)))

    def add(self, version: FileVersion, content: bytes) -> LaidOut:
        """Writes a file version into the first root that has room for its path."""
        path = _safe_path(version.path)
        number = self._root_for(path)
        has_mark = content.startswith(UTF8_BOM)
        removed = len(UTF8_BOM) if has_mark else 0
        laid_out = LaidOut(version, content[removed:], removed)
        target = self.base / str(number) / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(laid_out.content)
        self.files[f"{number}/{path}"] = laid_out
        return laid_out

    def _root_for(self, path: str) -> int:
        for number, root in enumerate(self._roots):
            if root.take(path):
                return number
        root = _Root()
        root.take(path)
        self._roots.append(root)
        folder = self.base / str(len(self._roots) - 1)
        folder.mkdir(parents=True)
        (folder / IGNORE_FILE).touch()
        return len(self._roots) - 1


@dataclass
class _Root:
    files: set[str] = field(default_factory=set)
    folders: set[str] = field(default_factory=set)

    def take(self, path: str) -> bool:
        """Takes a path in, unless something that is there already stands against it."""
        path = path.casefold()
        parents = set(_parents(path))
        if path in self.files or path in self.folders or parents & self.files:
            return False
        self.files.add(path)
        self.folders |= parents
        return True


def _parents(path: str) -> Iterable[str]:
    parts = path.split("/")
    return ("/".join(parts[:count]) for count in range(1, len(parts)))


def _safe_path(path: str) -> str:
    """The path with `.py` at the end, which semgrep goes by, and without bytes that are no text."""
    if not path.endswith((".py", ".pyi")):
        path = f"{path.removesuffix('.pyw')}.py"
    parts = [part for part in _UNSAFE.sub("_", path).split("/") if part not in ("", ".", "..")]
    return "/".join(parts)
