"""The default branch of the upstream, as clones of different kinds know it."""

from __future__ import annotations

from pathlib import Path

import pytest

from fixtures.repository import RepositoryBuilder
from scanner.base.errors import ScanError
from scanner.git.process import open_repository
from scanner.git.upstream import default_branch


@pytest.mark.parametrize(
    ("refs", "told", "expected"),
    [
        (["origin/main"], {}, "origin/main"),
        (["origin/master"], {}, "origin/master"),
        (["origin/main", "origin/develop"], {"origin": "develop"}, "origin/develop"),
        (["origin/release", "origin/main"], {"origin": "release"}, "origin/release"),
        (["origin/team/next"], {"origin": "team/next"}, "origin/team/next"),
        (["origin/main"], {"origin": "gone"}, "origin/main"),
        (["origin/main", "upstream/main"], {"origin": "main"}, "upstream/main"),
        (["company/trunk"], {}, "company/trunk"),
        ([], {}, "main"),
    ],
)
def test_default_branch(
    tmp_path: Path, refs: list[str], told: dict[str, str], expected: str
) -> None:
    built = RepositoryBuilder(tmp_path / "repo")
    built.commit("First", {"a.py": "A = 1\n"})
    for remote in {ref.partition("/")[0] for ref in refs}:
        built.git("remote", "add", remote, "https://host.example/x")
    for ref in refs:
        built.git("update-ref", f"refs/remotes/{ref}", "HEAD")
    for remote, branch in told.items():
        target = f"refs/remotes/{remote}/{branch}"
        built.git("symbolic-ref", f"refs/remotes/{remote}/HEAD", target)
    assert default_branch(open_repository(built.path)) == expected


def test_an_unknown_one_is_said(tmp_path: Path) -> None:
    built = RepositoryBuilder(tmp_path / "repo")
    built.commit("First", {"a.py": "A = 1\n"})
    built.git("remote", "add", "origin", "https://host.example/x")
    built.git("update-ref", "refs/remotes/origin/feature", "HEAD")
    with pytest.raises(ScanError) as raised:
        default_branch(open_repository(built.path))
    assert "--base" in (raised.value.hint or "")
    assert "git remote set-head origin --auto" in (raised.value.hint or "")


@pytest.mark.parametrize("way", ["--bare", "--mirror"])
def test_a_bare_clone_has_its_own(tmp_path: Path, way: str) -> None:
    built = RepositoryBuilder(tmp_path / "repo")
    built.commit("First", {"a.py": "A = 1\n"})
    built.git("branch", "-m", "next")
    built.branch("feature")
    built.git("symbolic-ref", "HEAD", "refs/heads/next")
    built.git("clone", "-q", way, str(built.path), str(tmp_path / "bare"))
    assert default_branch(open_repository(tmp_path / "bare")) == "next"
