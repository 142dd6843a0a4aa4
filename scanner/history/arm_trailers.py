"""The trailer by which a commit carries the arm of its branch in an experiment. Pure.

`Tallystick-Arm: heard; experiment=5f2c9e; block=3; branch=9be1f0a2c3d4`
"""

from __future__ import annotations

import re

from scanner.base.experiment import Assignment, ExperimentArm

NAME = "Tallystick-Arm"
_LINE = re.compile(
    rf"^[ \t]*{NAME}: (heard|silent); experiment=([0-9a-f]{{6}}); block=(\d{{1,9}});"
    r" branch=([0-9a-f]{12})\s*$",
    re.MULTILINE,
)


def trailer_of(one: Assignment) -> str:
    """The line, without its end."""
    rest = f"experiment={one.experiment}; block={one.block}; branch={one.branch}"
    return f"{NAME}: {one.arm}; {rest}"


def assignments_in(message: str) -> tuple[Assignment, ...]:
    """The arms that a message carries, each once; that of a squash may hold several."""
    return tuple(
        dict.fromkeys(
            Assignment(experiment, branch, int(block), ExperimentArm(arm))
            for arm, experiment, block, branch in _LINE.findall(message)
        )
    )
