"""What a change asks of its reviewer, told by the change alone. Pure.

Spread and entropy after Hassan, "Predicting faults using the complexity of code changes" (2009):
a change of many lines in one place is easier to follow than few lines in many.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from scanner.base.model import FileChange
from scanner.roles.paths import is_test_path


@dataclass(frozen=True, slots=True)
class Burden:
    """Static review burden.

    `entropy` is Shannon's, in bits, of how the changed lines are spread over the files, and
    `normalised_entropy` the same by its largest value for so many files (0 to 1; 0 for one file).
    `to_understand` is the sum of the cognitive complexity of all units the change touches, as they
    stand after it. `test_share` is the share, 0 to 1, of added lines that are tests'; None if the
    change adds none.
    """

    files: int
    directories: int
    changed_lines: int
    entropy: float
    normalised_entropy: float
    new_units: int
    to_understand: int
    test_share: float | None


@dataclass(frozen=True, slots=True)
class BurdenedUnit:
    """A unit that the change touches: whether it is new, and its cognitive complexity after."""

    is_new: bool
    cognitive: int


def burden(files: Sequence[FileChange], units: Iterable[BurdenedUnit]) -> Burden:
    """The burden of one change; `units` are those that stand after it."""
    touched = tuple(units)
    lines = [file.added_lines + file.deleted_lines for file in files]
    entropy = change_entropy(lines)
    changed = sum(1 for count in lines if count)
    added = sum(file.added_lines for file in files)
    tests = sum(file.added_lines for file in files if is_test_path(file.path))
    return Burden(
        len(files),
        len({PurePosixPath(file.path).parent for file in files}),
        sum(lines),
        entropy,
        entropy / math.log2(changed) if changed > 1 else 0.0,
        sum(unit.is_new for unit in touched),
        sum(unit.cognitive for unit in touched),
        tests / added if added else None,
    )


def change_entropy(lines: Sequence[int]) -> float:
    """Shannon's entropy, in bits, of changed lines over files; 0 for one file or none."""
    total = sum(lines)
    shares = [count / total for count in lines if count] if total else []
    return abs(sum(share * math.log2(share) for share in shares))
