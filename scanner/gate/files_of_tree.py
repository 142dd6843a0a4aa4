"""The files of one tree that say what is run: a commit's, or the index."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from scanner.base.model import Problem
from scanner.git.blobs import BlobReader
from scanner.git.process import Repository
from scanner.git.trees import list_index, list_tree
from scanner.guards.check_steps import CI_PATHS, HOOK_PATHS

#: Larger files say nothing about checks.
_LONGEST = 1_000_000


@dataclass(frozen=True, slots=True)
class FilesOfTree:
    """The files of a commit or tree; `tree` None is the index, or where `is_empty` nothing."""

    repository: Repository
    tree: str | None
    blobs: BlobReader
    is_empty: bool = False
    _read: dict[str, str | None] = field(default_factory=dict)

    def checks(self) -> Mapping[str, str]:
        """The texts of the files of CI and of hooks."""
        found = {path: self.read(path) for path in self._paths((*CI_PATHS, *HOOK_PATHS))}
        return {path: text for path, text in found.items() if text is not None}

    def read(self, path: str) -> str | None:
        """The text of one file; None where there is none, or it cannot be read."""
        if path not in self._read:
            self._read[path] = self._text(path)
        return self._read[path]

    def python_files(self) -> Sequence[str]:
        """The paths of the Python files, by their suffix."""
        return self._paths(("*.py", "*.pyi"))

    def _paths(self, pathspecs: tuple[str, ...]) -> list[str]:
        if self.is_empty:
            return []
        if self.tree is None:
            versions = list_index(self.repository, pathspecs)
        else:
            versions = list_tree(self.repository, self.tree, pathspecs)
        return [version.path for version in versions if version.mode.is_text_file]

    def _text(self, path: str) -> str | None:
        if self.is_empty or ".." in path or "\n" in path:
            return None
        if self.tree is None:
            found = list_index(self.repository, (f":(literal){path}",))
            name = next((one.blob for one in found if one.path == path), None)
        else:
            name = f"{self.tree}:{path}"
        content = self.blobs.read(name) if name else None
        if content is None or isinstance(content, Problem) or len(content) > _LONGEST:
            return None
        return content.decode("utf-8-sig", "replace")
