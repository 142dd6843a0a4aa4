"""Pieces laid out in a temporary folder under their files' own paths, for semgrep to read."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from scanner.rulepacks.work import MatchedPiece

#: An empty one stands in for semgrep's default, which leaves out tests, vendored code and more.
IGNORE_FILE = ".semgrepignore"
#: Below more folders than so many a file is laid out below its first few.
_DEEPEST, _KEPT = 60, 20
_UNSAFE = re.compile(r"[\udc80-\udcff\x00\\]")


@dataclass
class FileLayout:
    """Roots `0`, `1`, … under a base folder, each laid out like the repository.

    Several pieces of one path, or a file and a folder of one name, go to different roots. Names
    that differ in upper and lower case only do too: not every file system tells them apart.
    """

    base: Path
    files: dict[str, MatchedPiece] = field(default_factory=dict)
    _roots: list[_Root] = field(default_factory=list)
    _taken: Counter[str] = field(default_factory=Counter)

    @property
    def roots(self) -> tuple[str, ...]:
        """The names of the roots."""
        return tuple(str(number) for number in range(len(self._roots)))

    def add(self, piece: MatchedPiece) -> None:
        """Writes a piece into the first root that has room for its path."""
        path = _safe_path(piece.version.path)
        number = self._root_for(path)
        target = self.base / str(number) / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(piece.text)
        self.files[f"{number}/{path}"] = piece

    def _root_for(self, path: str) -> int:
        folded = path.casefold()
        for number in count(self._taken[folded]):
            if number == len(self._roots):
                self._new_root()
            if self._roots[number].take(folded):
                self._taken[folded] = number + 1
                return number
        raise AssertionError("a new root has room")

    def _new_root(self) -> None:
        folder = self.base / str(len(self._roots))
        folder.mkdir(parents=True)
        (folder / IGNORE_FILE).touch()
        self._roots.append(_Root())


@dataclass
class _Root:
    files: set[str] = field(default_factory=set)
    folders: set[str] = field(default_factory=set)

    def take(self, path: str) -> bool:
        """Takes a path in, unless something that is there already stands against it."""
        parents = set(_parents(path))
        if path in self.files or path in self.folders or parents & self.files:
            return False
        self.files.add(path)
        self.folders |= parents
        return True


def _parents(path: str) -> Iterable[str]:
    parts = path.split("/")
    return ("/".join(parts[:length]) for length in range(1, len(parts)))


def _safe_path(path: str) -> str:
    """The path with `.py` at the end, which semgrep goes by, and without bytes that are no text."""
    if not path.endswith((".py", ".pyi")):
        path = f"{path.removesuffix('.pyw')}.py"
    parts = [part for part in _UNSAFE.sub("_", path).split("/") if part not in ("", ".", "..")]
    if len(parts) > _DEEPEST:
        digest = hashlib.sha256(path.encode("utf-8", "surrogatepass")).hexdigest()[:16]
        parts = [*parts[:_KEPT], digest, parts[-1]]
    # A folder of the name of semgrep's own file would stand in its place.
    return "/".join(f"_{part}" if part.casefold() == IGNORE_FILE else part for part in parts)
