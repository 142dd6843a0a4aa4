"""Under which path the rules look at what stood before: a new name brings nothing."""

from __future__ import annotations

import pytest

from scanner.base.model import FileChange, FileMode, FileStatus, FileVersion
from scanner.judge.renamed import before_in_place


def version(path: str | None) -> FileVersion | None:
    return None if path is None else FileVersion(path, FileMode.REGULAR, "1" * 40)


@pytest.mark.parametrize(
    ("before", "after", "asked"),
    [
        ("app/a.py", "app/a.py", "app/a.py"),
        ("app/a.py", "lib/b.py", "lib/b.py"),
        ("examples/test_data.py", "examples/testdata.py", "examples/testdata.py"),
        ("tests/test_a.py", "tests/unit/test_a.py", "tests/unit/test_a.py"),
        ("app/a.py", "tests/a.py", "tests/a.py"),
        ("tests/helpers.py", "app/helpers.py", "tests/helpers.py"),  # it comes into use
        (None, "app/a.py", None),
        ("app/a.py", None, "app/a.py"),
    ],
)
def test_where_what_stood_is_looked_at(
    before: str | None, after: str | None, asked: str | None
) -> None:
    change = FileChange(FileStatus.RENAMED, version(before), version(after))
    assert before_in_place(change) == version(asked)
