"""Scores of past changes → thresholds that would have stopped few of them. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from scanner.config import Thresholds

#: Of fewer changes nothing is concluded, and the default stays.
FEWEST_CHANGES = 30
#: The share of past changes that the threshold lets pass.
LETS_PASS = 0.95
#: Thresholds are proposed in these steps, and not outside these bounds.
STEP = 5.0
LOWEST, HIGHEST = 10.0, 50.0
#: Likewise for deviation, a percentile, in steps of 1.
LEAST_UNUSUAL, MOST_UNUSUAL = 90.0, 99.0


@dataclass(frozen=True, slots=True)
class Calibration:
    """Debt scores of changes with added code, sorted, and the threshold that they speak for.

    `deviations` are the deviation scores of those that have one, sorted.
    """

    scores: tuple[float, ...]
    threshold: float
    deviations: tuple[float, ...] = ()

    @property
    def is_calibrated(self) -> bool:
        return len(self.scores) >= FEWEST_CHANGES

    @property
    def deviation(self) -> float | None:
        """The percentile that 95% of past changes keep, 90 to 99; None if too few have a score."""
        if len(self.deviations) < FEWEST_CHANGES:
            return None
        usual = ceil(self.deviations[_index(len(self.deviations), LETS_PASS)])
        return min(MOST_UNUSUAL, max(LEAST_UNUSUAL, usual))

    def deviation_in_words(self) -> str:
        """What `thresholds.deviation`, which is off by default, would have done here."""
        count, limit = len(self.deviations), self.deviation
        if limit is None:
            return (
                f"thresholds.deviation stays off: {count} of these changes have a deviation score, "
                f"and it takes {FEWEST_CHANGES} to propose a value."
            )
        stopped = sum(score > limit for score in self.deviations)
        return (
            f"thresholds.deviation is off by default; {limit:g} would have stopped {stopped} of "
            f"the {count} changes with a deviation score ({stopped / count:.0%})."
        )

    def percentile(self, share: float) -> float:
        """The least score that this share of the changes does not exceed."""
        return self.scores[max(0, _index(len(self.scores), share))]

    def stopped_by(self, threshold: float) -> int:
        """How many of the changes a threshold would have stopped."""
        return sum(score > threshold for score in self.scores)

    def in_words(self) -> tuple[str, ...]:
        """What a reader needs to agree or to choose otherwise."""
        default = Thresholds().debt or HIGHEST
        count, limit = len(self.scores), self.threshold
        if not self.is_calibrated:
            few = {
                0: "No past change that adds Python code was",
                1: "Only 1 past change that adds Python code was",
            }.get(count, f"Only {count} past changes that add Python code were")
            needed = f"it takes {FEWEST_CHANGES} to know what is usual here"
            return (f"{few} judged; {needed}. The default threshold of {limit:g} stays.",)
        half, nine, five = (self.percentile(share) for share in (0.5, 0.9, 0.95))
        scores = f"half are at most {half:.1f}, 90% at most {nine:.1f}, 95% at most {five:.1f}"
        stopped = f"A threshold of {limit:g} would have stopped {self._share(limit)}"
        by_default = f"the default of {default:g} would have stopped {self._share(default)}"
        return (
            f"Debt scores of the last {count} changes that add Python code: {scores}.",
            f"{stopped}; {by_default}.",
        )

    def _share(self, threshold: float) -> str:
        stopped = self.stopped_by(threshold)
        return f"{stopped} of them ({stopped / len(self.scores):.0%})"


def calibrate(scores: Sequence[float], deviations: Sequence[float] = ()) -> Calibration:
    """A threshold that 95% of past changes keep, in steps of 5 between 10 and 50."""
    ordered, unusual = tuple(sorted(scores)), tuple(sorted(deviations))
    default = Thresholds().debt or HIGHEST
    if len(ordered) < FEWEST_CHANGES:
        return Calibration(ordered, default, unusual)
    usual = ordered[_index(len(ordered), LETS_PASS)]
    rounded = STEP * -(-usual // STEP)
    return Calibration(ordered, min(HIGHEST, max(LOWEST, rounded)), unusual)


def _index(count: int, share: float) -> int:
    """Where in a sorted list of `count` values the given share ends (the nearest-rank method)."""
    return int(-(-share * count // 1)) - 1
