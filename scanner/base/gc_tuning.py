"""How often Python looks for garbage that refers to itself."""

from __future__ import annotations

import gc

#: Objects made before the next look; Python's own 700 fits programs that make few. Syntax trees are
#: made by the million and none refers to itself: a fifth of a history's time went into looking.
_OBJECTS = 50_000
_GENERATIONS = 20


def collect_seldom() -> None:
    """Looks for garbage less often, in this process and in those that it forks."""
    gc.set_threshold(_OBJECTS, _GENERATIONS, _GENERATIONS)
