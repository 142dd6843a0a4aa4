"""What a change is for, told by its paths and its message. Pure.

Strata of the comparison hold this fixed, so it need not be perfect, but it must not depend on who
wrote the change. What the change touches comes first, then a conventional-commit type
(conventionalcommits.org), then the first verb of the subject, as commit conventions have it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePosixPath

from scanner.base.model import ChangeType, Commit
from scanner.roles.paths import is_test_path

_CONVENTIONAL = re.compile(r"^\W*([a-z]+)(?:\([^)]*\))?!?:\s", re.IGNORECASE)
_MERGE = re.compile(
    r"^Merge (?:pull request #\d+ from \S+|branch '([^']+)'|pull request #\d+\b|"
    r"remote-tracking branch '([^']+)')"
)
_TAG = re.compile(r"^\s*(?:\[[^\]]*\]\s*|[A-Z]+-\d+:?\s+)+")
_WORD = re.compile(r"[A-Za-z]+")

_CONVENTIONAL_TYPES = {
    "feat": ChangeType.FEATURE,
    "feature": ChangeType.FEATURE,
    "fix": ChangeType.FIX,
    "bugfix": ChangeType.FIX,
    "hotfix": ChangeType.FIX,
    "refactor": ChangeType.REFACTOR,
    "perf": ChangeType.REFACTOR,
    "test": ChangeType.TEST,
    "tests": ChangeType.TEST,
    "doc": ChangeType.DOCS,
    "docs": ChangeType.DOCS,
    "build": ChangeType.OTHER,
    "bump": ChangeType.OTHER,
    "chore": ChangeType.OTHER,
    "ci": ChangeType.OTHER,
    "deps": ChangeType.OTHER,
    "release": ChangeType.OTHER,
    "style": ChangeType.OTHER,
}

_VERBS = {
    ChangeType.FEATURE: "add adds added adding allow allows allowed enable enables enabled "
    "implement implements implemented introduce introduces introduced support supports supported "
    "expose exposes exposed create creates created provide provides provided feature accept",
    ChangeType.FIX: "fix fixes fixed fixing bugfix hotfix correct corrects corrected repair "
    "resolve resolves resolved prevent prevents prevented avoid avoids avoided handle handles "
    "handled bug workaround ensure",
    ChangeType.REFACTOR: "refactor refactors refactored refactoring clean cleanup cleaned simplify "
    "simplifies simplified rename renames renamed move moves moved extract extracts extracted "
    "reorganize reorganise restructure rewrite inline split dedupe deduplicate replace replaces "
    "replaced drop drops dropped remove removes removed delete deletes deleted unify modernize "
    "optimize optimise speed migrate",
    ChangeType.TEST: "test tests tested testing",
    ChangeType.DOCS: "doc docs document documents documented docstring docstrings readme typo "
    "typos changelog",
    ChangeType.OTHER: "bump release update upgrade prepare pin unpin merge version wip",
}
_TYPE_OF_VERB = {verb: kind for kind, verbs in _VERBS.items() for verb in verbs.split()}
#: "Add tests" is tests and "Fix typo" is docs: such an object outranks the verb before it.
_OBJECTS = {
    "test": ChangeType.TEST,
    "tests": ChangeType.TEST,
    "doc": ChangeType.DOCS,
    "docs": ChangeType.DOCS,
    "docstring": ChangeType.DOCS,
    "docstrings": ChangeType.DOCS,
    "documentation": ChangeType.DOCS,
    "typo": ChangeType.DOCS,
    "typos": ChangeType.DOCS,
    "readme": ChangeType.DOCS,
    "changelog": ChangeType.DOCS,
}

_DOC_SUFFIXES = {".md", ".rst", ".mdx", ".txt", ".adoc", ".png", ".svg", ".jpg", ".gif"}


def change_type(message: str, paths: Sequence[str]) -> ChangeType:
    """The type of a change by its commit message and all paths it touches."""
    if paths and all(is_test_path(path) for path in paths):
        return ChangeType.TEST
    if paths and all(is_documentation_path(path) for path in paths):
        return ChangeType.DOCS
    title = change_title(message)
    return _by_convention(title) or _by_verb(title) or ChangeType.OTHER


def type_of_commit(commit: Commit, paths: Sequence[str]) -> ChangeType:
    """The type of a commit by its message and the paths it touches."""
    return change_type(commit.message, paths)


def change_title(message: str) -> str:
    """What a change calls itself: the subject, or what a merge commit says it merges."""
    lines = [line.strip() for line in message.splitlines() if line.strip()]
    if not lines:
        return ""
    merge = _MERGE.match(lines[0])
    if merge is None:
        return lines[0]
    branch = merge[1] or merge[2]
    if branch is None and len(lines) > 1:
        return lines[1]
    return re.sub(r"[-_/]", " ", branch or lines[0])


def is_documentation_path(path: str) -> bool:
    """Whether a path is documentation: a prose or picture file, or anything under `docs`."""
    pure = PurePosixPath(path)
    in_docs = bool({"doc", "docs"}.intersection(pure.parts[:-1]))
    return in_docs or pure.suffix.lower() in _DOC_SUFFIXES


def _by_convention(title: str) -> ChangeType | None:
    found = _CONVENTIONAL.match(title)
    return _CONVENTIONAL_TYPES.get(found[1].lower()) if found else None


def _by_verb(title: str) -> ChangeType | None:
    """By the first word that is a known verb among the first two, or its object if that tells."""
    words = [word.lower() for word in _WORD.findall(_TAG.sub("", title))]
    verb = next((word for word in words[:2] if word in _TYPE_OF_VERB), None)
    if verb is None:
        return next((ChangeType.FIX for word in words if word in ("fix", "bug", "bugfix")), None)
    kind = _TYPE_OF_VERB[verb]
    nearby = words[words.index(verb) + 1 :][:3]
    objects = (_OBJECTS[word] for word in nearby if word in _OBJECTS)
    return kind if kind is ChangeType.OTHER else next(objects, kind)
