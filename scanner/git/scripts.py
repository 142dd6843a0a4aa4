"""Which files without a suffix are Python scripts: asked of git by content, each content once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from scanner.base.model import FileChange, FileMode, FileStatus, FileVersion, Hunk
from scanner.git.blobs import BlobReader
from scanner.git.process import Repository, object_store, run
from scanner.roles.languages import (
    LONGEST_SCRIPT,
    is_python_path,
    is_python_script,
    may_be_script,
)

#: By object id: the lines of a script, None of any other content. Ids name contents for good, and a
#: run that lists several trees asks about the same ones.
_KNOWN: dict[str, int | None] = {}


@dataclass(frozen=True, slots=True)
class Scripts:
    """The scripts among some contents, with their lines, and the contents that are not here."""

    lines: Mapping[str, int]
    missing: frozenset[str]

    def holds(self, version: FileVersion | None) -> bool:
        """Whether a version is Python, by its suffix or its content.

        A file that is run and is not here may be, so that it is told of.
        """
        if version is None:
            return False
        if is_python_path(version.path):
            return True
        if not (version.mode.is_text_file and may_be_script(version.path)):
            return False
        may_be = version.mode is FileMode.EXECUTABLE and version.blob in self.missing
        return version.blob in self.lines or may_be


def read_scripts(repo: Repository, versions: Iterable[FileVersion | None]) -> Scripts:
    """Looks into those versions that only their content tells about."""
    asked = {one.blob for one in versions if one is not None and _is_open(one)}
    sizes = _sizes(repo, sorted(asked - _KNOWN.keys()))
    missing = frozenset(oid for oid, size in sizes.items() if size is None)
    _KNOWN.update((oid, None) for oid, size in sizes.items() if size and size > LONGEST_SCRIPT)
    fresh = [oid for oid in sizes if oid not in missing and oid not in _KNOWN]
    with BlobReader(repo) as blobs:
        for oid, content in blobs.read_many(fresh):
            if isinstance(content, bytes):
                _KNOWN[oid] = count_lines(content) if is_python_script(content) else None
    found = ((oid, _KNOWN.get(oid)) for oid in asked)
    return Scripts({oid: lines for oid, lines in found if lines is not None}, missing)


def python_part(repo: Repository, change: FileChange, scripts: Scripts) -> FileChange | None:
    """A change as one of Python code; a side that is none was not there. None if neither is."""
    before, after = change.before, change.after
    is_before, is_after = scripts.holds(before), scripts.holds(after)
    if change.status is FileStatus.UNMERGED:
        return change if is_before or is_after else None
    if (is_before and is_after) or (is_before and after is None) or (is_after and before is None):
        return change
    if not (is_before or is_after):
        return None
    kept = after if is_after else before
    assert kept is not None
    count = _lines_of(repo, kept, scripts) if change.problem is None else 0
    hunk = Hunk(0, 0, 0, count) if is_after else Hunk(0, count, 0, 0)
    return replace(
        change,
        status=FileStatus.ADDED if is_after else FileStatus.DELETED,
        before=before if is_before else None,
        after=after if is_after else None,
        hunks=(hunk,) if count else (),
    )


def count_lines(content: bytes) -> int:
    """The lines of a content as git counts them."""
    return content.count(b"\n") + (not content.endswith(b"\n") if content else 0)


def _is_open(version: FileVersion) -> bool:
    return (
        version.mode.is_text_file and may_be_script(version.path) and bool(version.blob.strip("0"))
    )


def _lines_of(repo: Repository, version: FileVersion, scripts: Scripts) -> int:
    known = scripts.lines.get(version.blob)
    if known is not None or not version.mode.is_text_file:
        return known or 0
    with BlobReader(repo) as blobs:
        content = blobs.read(version.blob)
    return count_lines(content) if isinstance(content, bytes) else 0


def _sizes(repo: Repository, oids: list[str]) -> dict[str, int | None]:
    """The size of each object in bytes; None of one that is not here."""
    if not oids:
        return {}
    request = "".join(f"{oid}\n" for oid in oids).encode()
    with object_store(repo) as store:
        answers = run(store, "cat-file", "--batch-check=%(objectsize)", stdin=request).decode()
    return {
        oid: int(answer) if answer.isdigit() else None
        for oid, answer in zip(oids, answers.splitlines(), strict=True)
    }
