"""Names for NumPy arrays, and the one sum that everything here is made of."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

FloatArray: TypeAlias = NDArray[np.float64]
IntArray: TypeAlias = NDArray[np.int64]
BoolArray: TypeAlias = NDArray[np.bool_]


def sums(group: IntArray, values: FloatArray | BoolArray, groups: int = 0) -> FloatArray:
    """Sums of values by group code, shape (groups or the largest code + 1,)."""
    return np.bincount(group, values, minlength=groups).astype(np.float64, copy=False)


def counts(group: IntArray, groups: int = 0) -> FloatArray:
    """How often each group code occurs, shape (groups or the largest code + 1,)."""
    return np.bincount(group, minlength=groups).astype(np.float64)


def codes(values: IntArray) -> IntArray:
    """Codes from 0 without gaps, in the order of the values."""
    return np.unique(values, return_inverse=True)[1].astype(np.int64)
