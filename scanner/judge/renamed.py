"""PURE: under which path the rules look at what stood before a change."""

from __future__ import annotations

from dataclasses import replace

from scanner.base.model import FileChange, FileVersion
from scanner.roles.paths import is_example_path, is_test_path


def before_in_place(change: FileChange) -> FileVersion | None:
    """What stood before, under the path that it has after: a new name brings no finding.

    What comes out of the tests into code that is used keeps its path: fewer rules looked at it
    there, so what the others find is new.
    """
    before, after = change.before, change.after
    if before is None or after is None:
        return before
    comes_into_use = is_test_path(before.path) and not (
        is_test_path(after.path) or is_example_path(after.path)
    )
    return before if comes_into_use else replace(before, path=after.path)
