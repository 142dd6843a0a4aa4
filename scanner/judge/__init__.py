"""One change against the codebase as it was → what it adds. Hook, gate and report share it.

`prepare` needs the change alone, so that many changes can be prepared at once; `complete` needs
the codebase as it was, so that it goes along a history in order.
"""

from scanner.judge.change import ReadChange, read_change
from scanner.judge.deviation import Deviation, DeviationJudge, Sources, profiles_along
from scanner.judge.growth import unit_pairs
from scanner.judge.verdict import Prepared, complete, prepare

__all__ = [
    "Deviation",
    "DeviationJudge",
    "Prepared",
    "ReadChange",
    "Sources",
    "complete",
    "prepare",
    "profiles_along",
    "read_change",
    "unit_pairs",
]
