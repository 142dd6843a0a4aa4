"""Deep code whose measuring is interrupted at any moment ends as a value or an interruption.

In a process of its own: where this fails, Python itself ends it.
"""

from __future__ import annotations

import subprocess
import sys

_INTERRUPTED = """
from scanner.analysis.all_facts import FACTS
from scanner.analysis.parsing.outline import read_outline, unit_source
from scanner.base import budget

budget._AGAIN = 0.0005
ended = interrupted = 0
for tenths in range(1, 31):
    try:
        with budget.processor_seconds(tenths / 200):
            read = read_outline(b"f" + b"()" * 5_000 + b"\\n")
            for unit in read.outline.units:
                FACTS[0].compute(unit_source(read, unit))
        ended += 1
    except budget.OverBudget:
        interrupted += 1
print(ended + interrupted)
"""


def test_deep_code_may_be_interrupted_at_any_moment() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", _INTERRUPTED], capture_output=True, text=True, check=False
    )
    assert (ran.returncode, ran.stdout.strip()) == (0, "30"), ran.stderr[:2_000]
