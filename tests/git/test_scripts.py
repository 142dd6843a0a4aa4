"""Scripts without a suffix among what changed, as they come, go and turn into something else."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from fixtures.repository import RepositoryBuilder
from scanner.base.model import FileStatus, Hunk
from scanner.git.process import open_repository
from scanner.git.trees import diff_index, diff_trees, list_other_languages, list_tree

Files = dict[str, str | bytes | None]

PYTHON = "#!/usr/bin/env python3\nx = 1\ny = 2\nz = 3\n"
LONGER = PYTHON + "w = 4\n"
SHELL = PYTHON.replace("python3", "bash")

#: What was there, what the change does, and the changes that are seen: status, path, hunks.
CHANGES: dict[str, tuple[Files, Files, list[tuple[str, str, tuple[Hunk, ...]]]]] = {
    "a shell script changes": ({"run": SHELL}, {"run": SHELL + "w = 4\n"}, []),
    "texts change": ({"README": "a\n"}, {"README": "b\n", "Makefile": "c:\n"}, []),
    "an archive comes": ({"a": "1\n"}, {"app": PYTHON.encode() + b"PK\0"}, []),
    "a folder of a script's name comes": (
        {"run": PYTHON},
        {"run": None, "run/README": "x\n"},
        [("deleted", "run", (Hunk(0, 4, 0, 0),))],
    ),
    "a script comes": ({"a": "1\n"}, {"run": PYTHON}, [("added", "run", (Hunk(0, 0, 0, 4),))]),
    "a script goes": ({"run": PYTHON}, {"run": None}, [("deleted", "run", (Hunk(0, 4, 0, 0),))]),
    "a script grows": (
        {"run": PYTHON},
        {"run": LONGER},
        [("modified", "run", (Hunk(4, 0, 4, 1),))],
    ),
    "a script moves": (
        {"run": PYTHON},
        {"run": None, "bin/go": PYTHON},
        [("renamed", "bin/go", ())],
    ),
    "a script gets a suffix": (
        {"run": PYTHON},
        {"run": None, "run.py": LONGER},
        [("renamed", "run.py", (Hunk(4, 0, 4, 1),))],
    ),
    "a module becomes a script": (
        {"run.PY": PYTHON},
        {"run.PY": None, "run": PYTHON},
        [("renamed", "run", ())],
    ),
    "shell becomes Python": (
        {"run": SHELL},
        {"run": PYTHON},
        [("added", "run", (Hunk(0, 0, 0, 4),))],
    ),
    "Python becomes shell": (
        {"run": PYTHON},
        {"run": SHELL},
        [("deleted", "run", (Hunk(0, 4, 0, 0),))],
    ),
    "names that pathspecs read otherwise": (
        {"a": "1\n"},
        {":(x) *[y]": PYTHON, "a b/ы\t": PYTHON},
        [("added", ":(x) *[y]", (Hunk(0, 0, 0, 4),)), ("added", "a b/ы\t", (Hunk(0, 0, 0, 4),))],
    ),
}


@pytest.fixture
def builder(tmp_path: Path) -> RepositoryBuilder:
    return RepositoryBuilder(tmp_path / "repo")


@pytest.mark.parametrize("name", CHANGES)
def test_scripts_are_seen_in_commits_and_in_the_index(
    builder: RepositoryBuilder, name: str
) -> None:
    before, change, wanted = CHANGES[name]
    old = builder.commit("Before", before)
    new = builder.commit("After", change)
    repo = open_repository(builder.path)
    (diff,) = diff_trees(repo, [(old, new)])
    assert [(one.status.value, one.path, one.hunks) for one in diff.files] == wanted
    assert diff_index(repo, old).files == diff.files


def test_what_is_listed_is_what_changed_from_nothing(builder: RepositoryBuilder) -> None:
    """Every tree of a history lists what its comparisons led to, and all comparisons are alike."""
    steps = [
        {f"{number}/{path}": text for path, text in files.items()}
        for number, (before, change, _) in enumerate(CHANGES.values())
        for files in (before, change)
    ]
    commits = [builder.commit("Step", step) for step in steps]
    repo = open_repository(builder.path)
    pairs = [(None, commits[0]), *pairwise(commits), *((None, oid) for oid in commits)]
    diffs = list(diff_trees(repo, pairs))
    assert diffs == [next(diff_trees(repo, [pair])) for pair in pairs]
    here: dict[str, str] = {}
    for oid, step, whole in zip(commits, diffs, diffs[len(commits) :], strict=False):
        for one in step.files:
            if one.before is not None:
                del here[one.before.path]
        here |= {one.after.path: one.after.blob for one in step.files if one.after is not None}
        assert here == {version.path: version.blob for version in list_tree(repo, oid)}
        assert {one.path for one in whole.files} == here.keys()
        assert all(one.status is FileStatus.ADDED for one in whole.files)


def test_notebooks_and_cython_are_told_where_they_change(builder: RepositoryBuilder) -> None:
    old = builder.commit("One", {"a.py": "x = 1\n", "same.ipynb": "{}", "gone.pyx": "y\n"})
    new = builder.commit(
        "Two", {"b/n.v2.ipynb": "{}", "gone.pyx": None, "C.PXD": "z\n", "d.md": ""}
    )
    repo = open_repository(builder.path)
    (diff,) = diff_trees(repo, [(old, new)])
    assert (diff.files, diff.other_languages) == ((), ("C.PXD", "b/n.v2.ipynb"))
    assert diff_index(repo, old).other_languages == diff.other_languages
    assert list_other_languages(repo, new) == ("C.PXD", "b/n.v2.ipynb", "same.ipynb")
