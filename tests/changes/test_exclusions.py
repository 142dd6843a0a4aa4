from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from scanner.base.model import (
    UNMARKED,
    Attribution,
    Commit,
    Exclusion,
    FileChange,
    FileMode,
    FileStatus,
    FileVersion,
    Hunk,
    Label,
    Person,
    Problem,
    Stage,
    TreeDiff,
)
from scanner.changes.exclusions import (
    Grounds,
    exclusion,
    joins_history,
    read_ignored_revisions,
)

NOBODY = Person("A", "a@example.org")
NOW = datetime(2025, 1, 1, tzinfo=UTC)
COMMIT = Commit("c" * 40, "t" * 40, ("p" * 40,), NOBODY, NOW, NOBODY, NOW, "Change")


def changed(path: str, hunks: int = 1) -> FileChange:
    version = FileVersion(path, FileMode.REGULAR, "b" * 40)
    return FileChange(FileStatus.MODIFIED, version, version, (Hunk(0, 1, 0, 1),) * hunks)


def diff(*paths: str) -> TreeDiff:
    return TreeDiff("p", "c", tuple(changed(path) for path in paths))


def found(
    commit: Commit = COMMIT,
    files: TreeDiff | None = None,
    attribution: Attribution = UNMARKED,
    grounds: Grounds | None = None,
) -> Exclusion | None:
    return exclusion(commit, files or diff("a.py"), attribution, grounds or Grounds())


def test_an_ordinary_change_stays() -> None:
    assert found() is None
    assert found(replace(COMMIT, parents=("p", "q"))) is None
    assert found(files=diff("_vendor/x.py", "a.py")) is None
    assert found(attribution=Attribution(Label.AI)) is None


def test_each_reason() -> None:
    merge = replace(COMMIT, parents=("p", "q"))
    nothing = exclusion(merge, diff("a.py"), UNMARKED, Grounds(), resolves_nothing=True)
    assert nothing is Exclusion.CLEAN_MERGE
    assert found(attribution=Attribution(Label.AUTOMATION)) is Exclusion.AUTOMATION
    assert found(replace(COMMIT, parents=())) is Exclusion.INITIAL_IMPORT
    assert found(files=diff()) is Exclusion.NO_PYTHON
    assert found(files=TreeDiff("p", "c", (changed("a.py", 0),))) is Exclusion.NO_PYTHON
    assert found(files=diff("_vendor/x.py", "b_pb2.py")) is Exclusion.GENERATED
    assert found(grounds=Grounds(is_generated=lambda _: True)) is Exclusion.GENERATED
    assert found(grounds=Grounds(is_format_only=lambda _: True)) is Exclusion.FORMAT_ONLY
    assert found(grounds=Grounds(ignored=frozenset({COMMIT.oid}))) is Exclusion.FORMAT_ONLY
    assert found(grounds=Grounds(is_revert=lambda _: True)) is Exclusion.REVERT
    problem = replace(changed("a.py", 0), problem=Problem(Stage.GIT, "a.py", "missing"))
    assert found(files=TreeDiff("p", "c", (problem,))) is Exclusion.COULD_NOT_MEASURE


NO_RELEASES = [
    "Change",
    "1.2.3 breaks on Windows",
    "Fix 2.0 regression",
    "Support Python 3.12",
    "Release the lock",
    "Bump ruff from 0.2.0 to 0.6.1 (#938)",
    "build(deps): bump requests to 2.32.3",
    "chore: bump bundled CLI version to 2.1.143",
    "Bump version from 1.0 to 1.1",  # two versions: of what, it does not say
    "Release 1.2 and 1.3",
    "v2",
    "Update to 3.2.1",  # of what is vendored, perhaps
    "fix: 1.2.3",
    "",
]
RELEASES = [
    "v2.18.4 (#866)",
    "2.0.0",
    "Release 1.2.3",
    "Release v1.2.3 (#12)",
    "release: Bump to 1.2.3-beta.4",
    "chore(release): 7.5.2",
    "🔖 Release version 0.22.0",
    "Bump version number to 4.1",
    "Prepare for 1.2.3 release!",
    "Set version to v1.2.3.dev1",
    "Version 2026.1.30",
]


@pytest.mark.parametrize("title", NO_RELEASES)
def test_a_change_that_says_more_than_a_version_stays(title: str) -> None:
    assert found(replace(COMMIT, message=title)) is None


@pytest.mark.parametrize("title", RELEASES)
def test_a_bump_or_a_drop_is_left_out_but_not_a_merge(title: str) -> None:
    release = replace(COMMIT, message=f"{title}\n\nNotes")
    assert found(release) is Exclusion.RELEASE
    assert found(replace(release, parents=("p", "q"))) is None


def test_ignored_revisions() -> None:
    text = f"# black\n{'A' * 40}\n\n{'b' * 40} # ruff\nabc\n{'c' * 64}\n"
    assert read_ignored_revisions(text) == {"a" * 40, "b" * 40, "c" * 64}


def test_a_merge_of_another_root_is_an_import() -> None:
    root = replace(COMMIT, oid="1", parents=())
    other = replace(COMMIT, oid="2", parents=())
    merge = replace(COMMIT, oid="3", parents=("1", "2"))
    after = replace(COMMIT, oid="4", parents=("3",))
    assert joins_history([root, other, merge, after]) == {"3"}


def test_what_a_subtree_pulls_joins_history() -> None:
    def commit(oid: str, *parents: str) -> Commit:
        return replace(COMMIT, oid=oid, parents=parents)

    own, added, pulled = commit("1"), commit("2"), commit("4", "2")
    branch = commit("6", "5")
    commits = [
        own, added, commit("3", "1", "2"), pulled, commit("5", "3", "4"), branch,
        commit("7", "5", "6"),
    ]  # fmt: skip
    assert joins_history(commits) == {"3", "5"}
    assert joins_history(commits, frozenset({"2"})) == frozenset()
    assert joins_history([]) == frozenset()
