from __future__ import annotations

import pytest

from scanner.base.model import FileChange, FileMode, FileStatus, FileVersion, Hunk
from scanner.changes.review_burden import BurdenedUnit, burden, change_entropy


def changed(path: str, added: int, deleted: int = 0) -> FileChange:
    version = FileVersion(path, FileMode.REGULAR, "b" * 40)
    return FileChange(FileStatus.MODIFIED, version, version, (Hunk(0, deleted, 0, added),))


@pytest.mark.parametrize(
    ("lines", "bits"),
    [([], 0), ([0], 0), ([7], 0), ([5, 5], 1), ([5, 5, 0], 1), ([1, 1, 1, 1], 2), ([3, 1], 0.8113)],
)
def test_entropy_is_shannons(lines: list[int], bits: float) -> None:
    assert change_entropy(lines) == pytest.approx(bits, abs=1e-4)


def test_the_burden_of_a_change() -> None:
    files = [changed("src/a.py", 6, 2), changed("src/b.py", 0, 4), changed("tests/test_a.py", 4)]
    found = burden(files, [BurdenedUnit(is_new=True, cognitive=3), BurdenedUnit(False, 9)])
    assert (found.files, found.directories, found.changed_lines) == (3, 2, 16)
    assert (found.new_units, found.to_understand) == (1, 12)
    assert found.test_share == pytest.approx(0.4)
    assert found.entropy == pytest.approx(1.5)
    assert found.normalised_entropy == pytest.approx(1.5 / 1.585, abs=1e-3)


def test_a_deletion_adds_no_tests_and_one_file_has_no_entropy() -> None:
    found = burden([changed("a.py", 0, 3)], [])
    assert found.test_share is None
    assert (found.entropy, found.normalised_entropy) == (0, 0)
