"""What could not be done, and why."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Stage(StrEnum):
    """Where in the road from git to the report something could not be done."""

    GIT = "git"
    READ = "read"
    PARSE = "parse"
    ANALYSE = "analyse"
    ATTRIBUTE = "attribute"
    RULES = "rules"
    MANIFEST = "manifest"
    STORE = "store"
    FORGE = "forge"
    BUDGET = "budget"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that could not be judged, and why. It is counted and shown in every output.

    `is_before` marks what concerns only the version before a change: it is said, but does not
    keep the change from being judged, or nobody could mend a file that is broken.
    """

    stage: Stage
    path: str | None
    reason: str
    revision: str | None = None
    is_before: bool = False
