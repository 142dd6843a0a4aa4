"""Do the scores earn their keep? What followed changes of high and of low debt.

Nothing here looks at who wrote a change. A score that has no relation to what followed is said to
have none shown, and no threshold is suggested from it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from scanner.compare.arrays import BoolArray, FloatArray
from scanner.compare.estimates import Estimate, estimate, with_q_values
from scanner.compare.evidence import Measured, NotApplicable, State
from scanner.compare.inference import Resampling
from scanner.compare.readings import Reading
from scanner.compare.strata import Arms
from scanner.compare.table import OutcomeSpec, Table

_CANDIDATES = (0.5, 0.6, 0.7, 0.75, 0.8, 0.9, 0.95)


@dataclass(frozen=True, slots=True)
class SuggestedThreshold:
    """A limit on a score, found on the older half of the changes and tried on the newer half.

    `found` and `tried` compare the changes above the limit with the rest in what followed;
    `above` is the share, 0 to 1, of all changes that a gate with this limit would have stopped.
    """

    limit: float
    above: float
    found: Estimate
    tried: Estimate

    @property
    def is_confirmed(self) -> bool:
        """Whether the newer half shows the same relation by itself."""
        tried = self.tried.adjusted
        return isinstance(tried, Measured) and tried.value.reading is Reading.HIGHER


@dataclass(frozen=True, slots=True)
class Validity:
    """One score: what followed its top quarter against its bottom quarter, and a limit from that.

    Changes at or below `lower_quartile` are compared with those from `upper_quartile` up.
    """

    score: OutcomeSpec
    lower_quartile: float
    upper_quartile: float
    followed: tuple[Estimate, ...]
    threshold: State[SuggestedThreshold]


def validity(
    table: Table,
    score: OutcomeSpec,
    followed: Sequence[OutcomeSpec],
    resampling: Resampling | None = None,
) -> State[Validity]:
    """Compares what followed high and low scores, within the same strata as everything else."""
    resampling = resampling or Resampling()
    scores = table.values(score)
    known = scores[~np.isnan(scores)]
    if not len(known):
        return NotApplicable(f"no change has a score for {score.title}")
    low, high = (float(value) for value in np.quantile(known, (0.25, 0.75)))
    if high <= low:
        return NotApplicable(f"half of all changes score {low:g} for {score.title}: no quarters")
    arms = Arms(
        np.where(scores >= high, 1.0, np.where(scores <= low, 0.0, np.nan)),
        "high-score",
        "low-score",
    )
    found = with_q_values([estimate(table, arms, one, resampling) for one in followed])
    limit = _threshold(table, score, scores, found, resampling)
    return Measured(Validity(score, low, high, found, limit))


def _threshold(
    table: Table,
    score: OutcomeSpec,
    scores: FloatArray,
    followed: tuple[Estimate, ...],
    resampling: Resampling,
) -> State[SuggestedThreshold]:
    """The lowest limit that separates, judged by the first outcome that a high score raises."""
    raised = next((one.outcome for one in followed if _is_higher(one)), None)
    if raised is None:
        return NotApplicable(f"no relation of {score.title} to what followed was shown")
    older = _older_half(table)
    known = scores[~np.isnan(scores)]
    limits = sorted({float(value) for value in np.quantile(known, _CANDIDATES)})
    for limit in limits:
        found = estimate(table, _split(scores, limit, older), raised, resampling)
        if _is_higher(found):
            tried = estimate(table, _split(scores, limit, ~older), raised, resampling)
            return Measured(SuggestedThreshold(limit, float(np.mean(known > limit)), found, tried))
    return NotApplicable("no single limit separates changes in the older half of the history")


def _is_higher(one: Estimate) -> bool:
    if not isinstance(one.adjusted, Measured):
        return False
    adjusted = one.adjusted.value
    return adjusted.reading is Reading.HIGHER and not adjusted.may_be_chance


def _split(scores: FloatArray, limit: float, chosen: BoolArray) -> Arms:
    side = np.where(np.isnan(scores) | ~chosen, np.nan, (scores > limit).astype(np.float64))
    return Arms(side, f"above-{limit:g}", f"up-to-{limit:g}")


def _older_half(table: Table) -> BoolArray:
    times = np.array([row.time.timestamp() for row in table.rows])
    return np.asarray(times <= np.median(times), dtype=np.bool_)
