"""What a figure rests on: counted by us, or taken from what somebody says."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the outcomes bring NumPy along
    from scanner.compare.table import OutcomeSpec

#: Each basis, and what it means. Lines have labels of a third kind, see `attribution`.
BASES = {
    "measured": "measured: counted in the code and in the life of its lines",
    "declared": "declared: as messages, times or the forge say; not checked against anything else",
}
_DECLARED_THEMES = frozenset({"review", "integration latency"})
#: Outcomes of measured themes that rest on what messages say all the same.
_DECLARED_OUTCOMES = frozenset({"reverted", "fix_inducing"})


def basis_of(outcome: OutcomeSpec) -> str:
    """The basis of an outcome: a key of `BASES`."""
    is_declared = outcome.theme.value in _DECLARED_THEMES or outcome.key in _DECLARED_OUTCOMES
    return "declared" if is_declared else "measured"
