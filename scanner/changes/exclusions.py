"""Which changes the comparison leaves out, and why. Pure; every one is counted in the report."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import PurePosixPath

from scanner.base.model import Attribution, Commit, Exclusion, Label, TreeDiff

#: Directories that hold other people's code, after the list that GitHub Linguist uses.
_VENDORED_FOLDERS = frozenset(
    {
        ".venv", "_vendor", "_vendored", "bower_components", "extern", "externals",
        "node_modules", "site-packages", "third-party", "third_party", "thirdparty", "vendor",
        "vendored", "vendors", "venv",
    }
)  # fmt: skip
_GENERATED_NAMES = re.compile(
    r"(_pb2(_grpc)?\.pyi?|_pb2_grpc\.py|_version\.py|versioneer\.py|(parsetab|lextab)\.py|"
    r"_rc\.py|moc_.*\.py|.*\.generated\.py|.*_generated\.py)$"
)
_GENERATED_MARKS = re.compile(
    r"@generated\b|\bDO NOT EDIT\b|^#.*\b(auto-?generated|generated (automatically )?by)\b",
    re.IGNORECASE | re.MULTILINE,
)
#: A generator announces itself in the first lines of its file.
_HEAD_LENGTH = 1000


@dataclass(frozen=True, slots=True)
class AttributeRule:
    """One pattern of a `.gitattributes` file: where it counts, and what it says of Linguist's."""

    matches: re.Pattern[str]
    is_foreign: bool


def read_attributes(files: Mapping[str, str]) -> tuple[AttributeRule, ...]:
    """The rules on `linguist-generated` and `linguist-vendored`, in git's order: the last decides.

    `files` maps the folder of each `.gitattributes` ("" for the root) to its text.
    """
    rules = []
    for folder in sorted(files, key=lambda name: (name.count("/") + bool(name), name)):
        for line in files[folder].splitlines():
            pattern, *attributes = line.split() or [""]
            told = [value for value in map(_linguist, attributes) if value is not None]
            if told and not pattern.startswith("#"):
                rules.append(AttributeRule(_pattern(folder, pattern), any(told)))
    return tuple(rules)


def is_foreign_path(path: str, rules: Sequence[AttributeRule] = ()) -> bool:
    """Whether a path is generated or vendored, by the attributes or else by its name."""
    for rule in reversed(rules):
        if rule.matches.fullmatch(path):
            return rule.is_foreign
    pure = PurePosixPath(path)
    in_vendored = not _VENDORED_FOLDERS.isdisjoint(pure.parts[:-1])
    return in_vendored or _GENERATED_NAMES.search(pure.name) is not None


def foreign_paths(attributes: str) -> Callable[[str], bool]:
    """A test for foreign paths, by the text of the top `.gitattributes` alone and by names."""
    return partial(is_foreign_path, rules=_top_rules(attributes))


@lru_cache(maxsize=64)
def _top_rules(attributes: str) -> tuple[AttributeRule, ...]:
    return read_attributes({"": attributes})


def is_generated_source(source: str) -> bool:
    """Whether a file says in its first lines that a generator wrote it."""
    return _GENERATED_MARKS.search(source[:_HEAD_LENGTH]) is not None


def read_ignored_revisions(text: str) -> frozenset[str]:
    """The commits that a `.git-blame-ignore-revs` lists, as full ids."""
    lines = (line.partition("#")[0].strip().lower() for line in text.splitlines())
    return frozenset(line for line in lines if re.fullmatch(r"[0-9a-f]{40}|[0-9a-f]{64}", line))


@dataclass(frozen=True, slots=True)
class Grounds:
    """What deciding on an exclusion takes. Each predicate is asked only when it matters.

    `diff` is against the first parent, Python files alone. `is_format_only` is asked of the whole
    change, `is_revert` of the commit.
    """

    rules: tuple[AttributeRule, ...] = ()
    ignored: frozenset[str] = frozenset()
    is_format_only: Callable[[TreeDiff], bool] = lambda _: False
    is_revert: Callable[[Commit], bool] = lambda _: False
    is_generated: Callable[[str], bool] = lambda _: False


def exclusion(
    commit: Commit,
    diff: TreeDiff,
    attribution: Attribution,
    grounds: Grounds,
    *,
    resolves_nothing: bool = False,
) -> Exclusion | None:
    """Why a change is left out, or None.

    `resolves_nothing` is for the unit of commits: a merge that adds nothing of its own. (A merge on
    the first-parent chain stands for what it merges.) Vendored paths are told by `grounds.rules`
    and names; generated contents by `grounds.is_generated`, which is asked with blob ids.
    """
    if commit.is_merge and resolves_nothing:
        return Exclusion.CLEAN_MERGE
    if attribution.label is Label.AUTOMATION:
        return Exclusion.AUTOMATION
    if not commit.parents:
        return Exclusion.INITIAL_IMPORT
    if not any(file.hunks for file in diff.files):
        problem = any(file.problem or file.is_binary for file in diff.files)
        return Exclusion.COULD_NOT_MEASURE if problem else Exclusion.NO_PYTHON
    if _all_foreign(diff, grounds):
        return Exclusion.GENERATED
    if commit.oid in grounds.ignored or grounds.is_format_only(diff):
        return Exclusion.FORMAT_ONLY
    return Exclusion.REVERT if grounds.is_revert(commit) else None


def _all_foreign(diff: TreeDiff, grounds: Grounds) -> bool:
    touched = (file for file in diff.files if file.hunks)
    return all(
        is_foreign_path(file.path, grounds.rules)
        or (file.after is not None and grounds.is_generated(file.after.blob))
        for file in touched
    )


def joins_history(commits: Iterable[Commit]) -> frozenset[str]:
    """First-parent commits that bring in a root of their own: imports of another project."""
    by_oid = {commit.oid: commit for commit in commits}
    return frozenset(
        commit.oid
        for commit in by_oid.values()
        if any(p in by_oid and not by_oid[p].parents for p in commit.parents[1:])
    )


def _linguist(attribute: str) -> bool | None:
    """What one attribute says: foreign or not, or nothing of the kind."""
    name, _, value = attribute.partition("=")
    off = name.startswith(("-", "!")) or value in ("false", "0")
    if name.lstrip("-!") not in ("linguist-generated", "linguist-vendored"):
        return None
    return not off


@lru_cache(maxsize=1024)
def _pattern(folder: str, pattern: str) -> re.Pattern[str]:
    """A pattern as gitattributes(5) has it; one without a slash matches in every folder below."""
    base = re.escape(f"{folder}/") if folder else ""
    anywhere = "/" not in pattern.rstrip("/")
    body = _translate(pattern.strip("/"))
    below = "(?:/.*)?" if pattern.endswith("/") else ""
    return re.compile(base + ("(?:.*/)?" if anywhere else "") + body + below)


def _translate(pattern: str) -> str:
    parts = re.split(r"(\*\*/|/\*\*|\*|\?|\[[^\]]*\])", pattern)
    named = {"**/": "(?:.*/)?", "/**": "/.*", "*": "[^/]*", "?": "[^/]"}
    return "".join(
        named.get(part, part if part.startswith("[") else re.escape(part)) for part in parts
    )
