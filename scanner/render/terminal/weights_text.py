"""What the deviation score is made of, for `rules show deviation`."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.base import model
from scanner.conventions.percentiles import ORDINARY, WEIGHTS

_THINGS = {
    model.DeviationPart.NATURALNESS: "tokens",
    model.DeviationPart.CHOICES: "choices",
    model.DeviationPart.STRUCTURE: "names in their roles",
    model.DeviationPart.VOCABULARY: "words",
    model.DeviationPart.TEXTURE: "sizes",
}


def weight_lines() -> Iterator[str]:
    """The parts of the deviation score with their fixed weights."""
    yield "deviation  no points; a percentile among the changes that this codebase took in last"
    for part, weight in WEIGHTS.items():
        yield f"  {part:<12} {weight:>5.2f}  beside {ORDINARY[part]:g} ordinary {_THINGS[part]}"
