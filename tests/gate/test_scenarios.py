"""What a change can be, with verdict and exit code: the table of `docs/thresholds.md`, run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from fixtures.repository import RepositoryBuilder
from tests.gate.hooks import ROOT, tallystick, tangled

PLAIN = "def plain(x):\n    return x + 1\n"
CHECK = ("check",)
GATE = ("gate", "--base", "HEAD~1")
PAGE = (ROOT / "docs" / "thresholds.md").read_text(encoding="utf-8")

#: Builds the scenario in a folder and gives the folder to run in.
Build = Callable[[RepositoryBuilder], Path]


def staged(files: dict[str, str | bytes], after: dict[str, str] | None = None) -> Build:
    def build(builder: RepositoryBuilder) -> Path:
        builder.commit("Base", {"a.py": PLAIN, "b.py": "B = 1\n"})
        for path, content in files.items():
            builder.write(path, content)
        builder.git("add", "-A")
        for path, content in (after or {}).items():
            builder.write(path, content)
        return builder.path

    return build


def rename(builder: RepositoryBuilder) -> Path:
    builder.commit("Base", {"a.py": tangled("messy")})
    builder.git("mv", "a.py", "z.py")
    return builder.path


def delete(builder: RepositoryBuilder) -> Path:
    builder.commit("Base", {"a.py": tangled("messy"), "b.py": "B = 1\n"})
    builder.git("rm", "-q", "a.py")
    return builder.path


def conflict(builder: RepositoryBuilder) -> Path:
    builder.commit("Base", {"a.py": PLAIN})
    builder.branch("side")
    builder.commit("Side", {"a.py": PLAIN.replace("1", "2")})
    builder.switch("main")
    builder.commit("Main", {"a.py": PLAIN.replace("1", "3")})
    with pytest.raises(AssertionError):
        builder.git("merge", "-q", "side")
    return builder.path


def mended(builder: RepositoryBuilder) -> Path:
    builder.commit("Base", {"a.py": "def f(:\n"})
    builder.write("a.py", PLAIN)
    builder.git("add", "-A")
    return builder.path


def submodule(builder: RepositoryBuilder) -> Path:
    builder.commit("Base", {"a.py": PLAIN})
    entry = f"160000,{builder.head},lib.py"
    builder.git("update-index", "--add", "--cacheinfo", entry)
    return builder.path


def symlink(builder: RepositoryBuilder) -> Path:
    builder.commit("Base", {"a.py": PLAIN})
    (builder.path / "link.py").symlink_to("a.py")
    builder.git("add", "-A")
    return builder.path


def unborn(builder: RepositoryBuilder) -> Path:
    builder.write("a.py", PLAIN)
    builder.git("add", "-A")
    return builder.path


def nothing_staged(builder: RepositoryBuilder) -> Path:
    builder.commit("Base", {"a.py": PLAIN})
    builder.write("a.py", tangled("messy"))
    return builder.path


def branch(code: str) -> Build:
    def build(builder: RepositoryBuilder) -> Path:
        builder.commit("Base", {"a.py": PLAIN})
        builder.commit("Change", {"b.py": code})
        return builder.path

    return build


def bare(builder: RepositoryBuilder) -> Path:
    branch(tangled("messy"))(builder)
    builder.git("clone", "-q", "--bare", ".", str(builder.path.parent / "bare"))
    return builder.path.parent / "bare"


def shallow(builder: RepositoryBuilder) -> Path:
    branch(PLAIN)(builder)
    target = builder.path.parent / "shallow"
    builder.git("clone", "-q", "--depth=1", f"file://{builder.path}", str(target))
    return target


def detached(builder: RepositoryBuilder) -> Path:
    branch(PLAIN)(builder)
    builder.git("checkout", "-q", "--detach")
    return builder.path


def unrelated(builder: RepositoryBuilder) -> Path:
    branch(PLAIN)(builder)
    builder.git("checkout", "-q", "--orphan", "other")
    builder.commit("Other", {"c.py": "C = 1\n"})
    return builder.path


def subfolder(builder: RepositoryBuilder) -> Path:
    builder.commit("Base", {"pkg/a.py": PLAIN})
    builder.write("top.py", tangled("messy"))
    builder.git("add", "-A")
    return builder.path / "pkg"


SCENARIOS: dict[str, tuple[Build, tuple[str, ...], int, str]] = {
    "nothing staged": (nothing_staged, CHECK, 0, "pass"),
    "no Python staged": (staged({"README.md": "# hello\n"}), CHECK, 0, "pass"),
    "part of a file staged, the rest is a mess": (
        staged({"a.py": PLAIN + "\nX = 1\n"}, {"a.py": tangled("messy")}), CHECK, 0, "pass"),
    "a mess staged, the work tree is clean again": (
        staged({"a.py": tangled("messy")}, {"a.py": PLAIN}), CHECK, 1, "fail"),
    "a new file": (staged({"c.py": PLAIN}), CHECK, 0, "pass"),
    "a file renamed": (rename, CHECK, 0, "pass"),
    "a file deleted": (delete, CHECK, 0, "pass"),
    "a file that does not parse": (staged({"a.py": "def f(:\n"}), CHECK, 3, "could not judge"),
    "a file that did not parse, mended": (mended, CHECK, 0, "pass"),
    "conflict markers staged": (
        staged({"a.py": "<<<<<<< ours\nA = 1\n=======\nA = 2\n>>>>>>> theirs\n"}),
        CHECK, 3, "could not judge"),
    "a conflict that is not resolved": (conflict, CHECK, 3, "could not judge"),
    "a file of NUL bytes": (staged({"a.py": b"\0" * 100}), CHECK, 3, "could not judge"),
    "a file of 20 MB": (staged({"a.py": "A = 1\n" * 3_500_000}), CHECK, 3, "could not judge"),
    "a submodule": (submodule, CHECK, 0, "pass"),
    "a symbolic link": (symlink, CHECK, 0, "pass"),
    "a branch without commits": (unborn, CHECK, 0, "pass"),
    "from a folder inside": (subfolder, CHECK, 1, "fail"),
    "a branch that is fine": (branch(PLAIN), GATE, 0, "pass"),
    "a branch that is a mess": (branch(tangled("messy")), GATE, 1, "fail"),
    "a bare clone": (bare, GATE, 1, "fail"),
    "a detached HEAD": (detached, GATE, 0, "pass"),
    "a shallow clone": (shallow, GATE, 2, "There is no revision 'HEAD~1'"),
    "unrelated histories": (unrelated, ("gate", "--base", "main"), 2, "no common ancestor"),
    "no such base": (branch(PLAIN), ("gate", "--base", "mian"), 2, "Did you mean main"),
}  # fmt: skip


@pytest.mark.parametrize("name", SCENARIOS)
def test_scenario(tmp_path: Path, name: str) -> None:
    build, arguments, code, said = SCENARIOS[name]
    folder = build(RepositoryBuilder(tmp_path / "repo"))
    done = tallystick(folder, *arguments)
    assert done.returncode == code, done.stdout + done.stderr
    assert said in done.stdout + done.stderr


@pytest.mark.parametrize("name", SCENARIOS)
def test_the_page_tells_it(name: str) -> None:
    _, arguments, code, said = SCENARIOS[name]
    verdict = said if code != 2 else "usage"
    assert f"| {name} | `{arguments[0]}` | {verdict} | {code} |" in PAGE
