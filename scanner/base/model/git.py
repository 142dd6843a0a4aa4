"""What git tells: commits, file versions, differences between trees."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from scanner.base.model.problems import Problem


@dataclass(frozen=True, slots=True)
class Person:
    """A name and address as a commit records them. Never shown unless the user asks for it."""

    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit. `message` is decoded, without the header; `parents` in git's order."""

    oid: str
    tree: str
    parents: tuple[str, ...]
    author: Person
    authored: datetime
    committer: Person
    committed: datetime
    message: str

    @property
    def subject(self) -> str:
        """The first line of the message that is not blank; empty if there is none."""
        return next((line.strip() for line in self.message.splitlines() if line.strip()), "")

    @property
    def against_first_parent(self) -> tuple[str | None, str]:
        """The two trees that show what the commit brought to its first parent's line."""
        return (self.parents[0] if self.parents else None, self.oid)

    @property
    def is_merge(self) -> bool:
        return len(self.parents) > 1


class Hunk(NamedTuple):
    """A replaced stretch. Offsets count the lines before it: `lines[offset:offset + count]`."""

    old_offset: int
    old_count: int
    new_offset: int
    new_count: int


class FileStatus(StrEnum):
    ADDED = "added"
    DELETED = "deleted"
    MODIFIED = "modified"
    RENAMED = "renamed"
    TYPE_CHANGED = "type-changed"
    UNMERGED = "unmerged"


class FileMode(StrEnum):
    """git's file modes, as it writes them in octal."""

    REGULAR = "100644"
    EXECUTABLE = "100755"
    SYMLINK = "120000"
    SUBMODULE = "160000"

    @property
    def is_text_file(self) -> bool:
        return self in (FileMode.REGULAR, FileMode.EXECUTABLE)


@dataclass(frozen=True, slots=True)
class FileVersion:
    """What stands at a path in one tree."""

    path: str
    mode: FileMode
    blob: str


@dataclass(frozen=True, slots=True)
class FileChange:
    """One file of a diff between two trees; `before` is None for a new file, `after` for one gone.

    `hunks` is empty for a pure rename, for a mode change, and where `problem` (a blob that is not
    there, say) kept git from comparing lines. `is_binary` says that the lines added or removed hold
    a NUL byte, which is what git goes by; they are compared all the same, so that lines can be
    followed, except in files of over 512 MB, which have no hunks either.
    """

    status: FileStatus
    before: FileVersion | None
    after: FileVersion | None
    hunks: tuple[Hunk, ...] = ()
    is_binary: bool = False
    problem: Problem | None = None

    @property
    def path(self) -> str:
        """The path after the change, or the one it had if it is gone."""
        version = self.after or self.before
        assert version is not None
        return version.path

    @property
    def added_lines(self) -> int:
        return sum(hunk.new_count for hunk in self.hunks)

    @property
    def deleted_lines(self) -> int:
        return sum(hunk.old_count for hunk in self.hunks)


@dataclass(frozen=True, slots=True)
class TreeDiff:
    """All file changes between two trees (`before` is None for the empty tree).

    `problem` says why git could not compare them at all (a tree that this clone lacks, say).
    `other_languages` are the paths of changed notebooks and Cython, which are not among `files`.
    """

    before: str | None
    after: str
    files: tuple[FileChange, ...]
    problem: Problem | None = None
    other_languages: tuple[str, ...] = ()
