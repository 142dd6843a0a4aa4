"""Which changes fix something, and which changes wrote what they fixed.

SZZ (Śliwerski, Zimmermann & Zeller 2005) with the corrections that later work found necessary (Kim
et al. 2006; da Costa et al. 2017): lines that are blank, comments or docstrings, that moved, or of
which only the layout or the file's name changed, are never blamed; a change that comes after the
report of the defect is not to blame; and neither is a change for lines it moved. It stays a proxy:
whoever wrote the line that a fix replaced did not thereby write the defect, and a fix that only
adds lines blames nobody.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from scanner.durability.fates import FollowedLines


class FixEvidence(StrEnum):
    """The convention by which a message says that it fixes something."""

    LABEL = "linked issue or pull request is labelled as a bug"
    CONVENTIONAL = "conventional commit type"
    KEYWORD = "keyword in the title"
    EMOJI = "gitmoji"
    ISSUE = "fixes an issue"


#: Longer numbers name nothing.
_MOST_DIGITS = 16
_CONVENTIONAL = re.compile(r"^[^\w:]*(?P<type>[a-z]+)(?:\([^)]*\))?!?:\s", re.IGNORECASE)
_FIX_TYPES = frozenset({"fix", "bugfix", "hotfix", "bug"})
_OTHER_TYPES = frozenset(
    {
        "feat", "feature", "docs", "doc", "test", "tests", "style", "refactor", "perf", "chore",
        "ci", "build", "release", "deps", "bump", "revert",
    }
)  # fmt: skip
_KEYWORD = re.compile(
    r"\b(?:fix(?:e[sd]|ing)?|bug(?:s|fix(?:es)?)?|hot-?fix|defects?|regressions?|crash(?:es|ed)?)\b",
    re.IGNORECASE,
)
_EMOJI = re.compile("🐛|🚑|🩹|:bug:|:ambulance:|:adhesive_bandage:")
_ISSUE = re.compile(
    r"\b(?:fix(?:e[sd])?|resolve[sd]?)\b:?\s+(?:[\w.-]+/[\w.-]+)?(?:#|gh-|https?://\S+/issues/)(\d+)\b",
    re.IGNORECASE,
)
_CLOSES = re.compile(
    r"\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?)\b:?\s+(?:[\w.-]+/[\w.-]+)?(?:#|gh-|https?://\S+/issues/)(\d+)\b",
    re.IGNORECASE,
)
#: What people also say they fix, and that is no defect of the program.
_NO_DEFECT = re.compile(
    r"\b(?:typos?|spelling|grammar|wording|docs?|docstrings?|documentation|readme|changelog|"
    r"comments?|lint(?:ing|er)?|flake8|ruff|pylint|black|isort|format(?:ting)?|style|whitespace|"
    r"indentation|imports? order|mypy|pyright|type ?hints?|annotations?|typing|static analysis|"
    r"tests?|flaky|test ?suite|ci|builds?|workflows?|deps|dependenc(?:y|ies)|pre-commit|coverage|"
    r"merge conflicts?|links?|badges?)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class LaterFix:
    """That a change fixes something, how that is known, and the issues it names."""

    evidence: FixEvidence
    issues: tuple[int, ...]


def fix_of(title: str, message: str, *, is_labelled_bug: bool = False) -> LaterFix | None:
    """The fix that a change says it is, by its title and whole message, or None.

    A conventional type decides where there is one. `is_labelled_bug` comes from the forge.
    """
    evidence = FixEvidence.LABEL if is_labelled_bug else _evidence(title, message)
    if evidence is None:
        return None
    issues = dict.fromkeys(int(n) for n in _CLOSES.findall(message) if len(n) < _MOST_DIGITS)
    return LaterFix(evidence, tuple(issues))


def _evidence(title: str, message: str) -> FixEvidence | None:
    typed = _CONVENTIONAL.match(title)
    kind = typed["type"].lower() if typed else None
    if kind in _OTHER_TYPES or _NO_DEFECT.search(title):
        return None
    if kind in _FIX_TYPES:
        return FixEvidence.CONVENTIONAL
    if _EMOJI.search(title):
        return FixEvidence.EMOJI
    if _KEYWORD.search(title):
        return FixEvidence.KEYWORD
    return FixEvidence.ISSUE if _ISSUE.search(message) else None


@dataclass(frozen=True, slots=True)
class Induced:
    """A fix (by the index of its change) that replaced lines of an earlier change."""

    fix: int
    change: int
    lines: int
    days: float


def fix_inducing(
    followed: FollowedLines,
    fixes: Mapping[int, LaterFix],
    landed: Sequence[float],
    reported: Mapping[int, float] | None = None,
) -> tuple[Induced, ...]:
    """All pairs of a fix and an earlier change whose code lines it replaced, fixes in order.

    `fixes` are by index of the change; leave out those that only took something back. `landed` is
    when each change was integrated and `reported` when each issue was opened (by number), both in
    seconds since 1970: a change that landed after every issue the fix names is not blamed.
    """
    mine = np.isin(followed.ended_by, np.fromiter(fixes, np.int64, len(fixes))) & followed.ended
    pairs, first, lines = np.unique(
        np.stack((followed.ended_by[mine], followed.change[mine])),
        axis=1,
        return_index=True,
        return_counts=True,
    )
    days = followed.days[mine][first]
    found = []
    for fix, change, count, age in zip(*pairs.tolist(), lines.tolist(), days.tolist(), strict=True):
        opened = [reported[n] for n in fixes[fix].issues if n in reported] if reported else []
        if not opened or landed[change] < max(opened):
            found.append(Induced(fix, change, count, age))
    return tuple(found)


def fixed_after(induced: Sequence[Induced], changes: int) -> tuple[float | None, ...]:
    """For each change, the days until the first fix that replaced its lines, or None."""
    days: list[float | None] = [None] * changes
    for one in induced:
        known = days[one.change]
        days[one.change] = one.days if known is None else min(known, one.days)
    return tuple(days)
