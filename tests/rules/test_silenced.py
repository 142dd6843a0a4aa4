"""Which rules a `# nosemgrep` comment speaks for: first those it leaves alone."""

from __future__ import annotations

import pytest

from scanner.rulepacks.hits import is_silenced

LEAVES_ALONE = [
    "x = 1",
    "x = 1  # nosemgrepping",
    "x = 1  # noqa",
    "x = 1  # nosemgrep: log-and-raise",
    "x = 1  # nosemgrep: not-bare-except",
    "x = 1  # nosemgrep: bare-except-too, log-and-raise",
    "x = 1  # nosemgrep: bare-except.other",
]
SILENCES = [
    "x = 1  # nosemgrep",
    "x = 1  # nosem",
    "x = 1  #NOSEMGREP",
    "x = 1  # nosemgrep: bare-except",
    "x = 1  # nosemgrep: log-and-raise, bare-except",
    "x = 1  # nosemgrep:log-and-raise,bare-except",
    "x = 1  # nosemgrep: bare-except the reader is gone",
    "x = 1  # nosemgrep: team.rules.bare-except",
    "x = 1  # type: ignore  # nosemgrep: bare-except",
]


@pytest.mark.parametrize("line", LEAVES_ALONE)
def test_left_alone(line: str) -> None:
    assert not is_silenced(line, "bare-except")


@pytest.mark.parametrize("line", SILENCES)
def test_silenced(line: str) -> None:
    assert is_silenced(line, "bare-except")
