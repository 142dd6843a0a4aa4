"""The hooks under real `git commit`: what they let through first, then what they stop."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from fixtures.repository import RepositoryBuilder
from tests.gate.hooks import ROOT, TALLYSTICK, tangled, try_git, write_hook

PLAIN = "def plain(x):\n    return x + 1\n"


@pytest.fixture
def builder(tmp_path: Path) -> RepositoryBuilder:
    made = RepositoryBuilder(tmp_path / "repo")
    made.commit("First", {"a.py": PLAIN, "b.py": "B = 1\n"})
    write_hook(made, "pre-commit", f"{TALLYSTICK} check")
    return made


class TestCheck:
    def test_a_harmless_commit_goes_through(self, builder: RepositoryBuilder) -> None:
        builder.write("a.py", PLAIN + "\n\ndef other(x):\n    return x - 1\n")
        builder.git("add", "a.py")
        assert try_git(builder, "commit", "-qm", "Add") is None

    def test_what_is_not_staged_is_not_judged(self, builder: RepositoryBuilder) -> None:
        builder.write("a.py", PLAIN + "\n\nX = 1\n")
        builder.git("add", "a.py")
        builder.write("a.py", PLAIN + "\n\nX = 1\n" + tangled("later"))
        assert try_git(builder, "commit", "-qm", "Part of it") is None

    def test_what_is_staged_is_judged_though_the_work_tree_has_it_no_more(
        self, builder: RepositoryBuilder
    ) -> None:
        builder.write("a.py", PLAIN + "\n\n" + tangled("messy"))
        builder.git("add", "a.py")
        builder.write("a.py", PLAIN)
        complaint = try_git(builder, "commit", "-qm", "Messy")
        assert complaint is not None
        assert "a.py:5" in complaint

    def test_commit_of_a_path_judges_that_path_alone(self, builder: RepositoryBuilder) -> None:
        builder.write("a.py", PLAIN + "\n\n" + tangled("messy"))
        builder.git("add", "a.py")
        builder.write("b.py", "B = 2\n")
        assert try_git(builder, "commit", "-qm", "Only b", "--", "b.py") is None
        assert try_git(builder, "commit", "-qm", "Only a", "--", "a.py") is not None

    def test_an_amend_is_judged_by_what_it_adds(self, builder: RepositoryBuilder) -> None:
        builder.write("b.py", "B = 3\n")
        builder.git("add", "b.py")
        assert try_git(builder, "commit", "-q", "--amend", "--no-edit") is None
        builder.write("a.py", PLAIN + "\n\n" + tangled("messy"))
        builder.git("add", "a.py")
        assert try_git(builder, "commit", "-q", "--amend", "--no-edit") is not None

    def test_a_merge_with_a_resolved_conflict(self, builder: RepositoryBuilder) -> None:
        builder.branch("side")
        builder.commit("Side", {"b.py": "B = 10\n"})
        builder.switch("main")
        builder.commit("Main", {"b.py": "B = 20\n"})
        assert try_git(builder, "merge", "-q", "side") is not None
        builder.write("b.py", "B = 30\n")
        builder.git("add", "b.py")
        assert try_git(builder, "commit", "-q", "--no-edit") is None

    def test_conflict_markers_are_not_judged_as_code(self, builder: RepositoryBuilder) -> None:
        builder.write("b.py", "<<<<<<< ours\nB = 1\n=======\nB = 2\n>>>>>>> theirs\n")
        builder.git("add", "b.py")
        complaint = try_git(builder, "commit", "-qm", "Oops")
        assert complaint is not None
        assert "could not judge" in complaint

    def test_a_rebase_goes_through(self, builder: RepositoryBuilder) -> None:
        builder.branch("side")
        builder.commit("Side", {"c.py": "C = 1\n"})
        builder.switch("main")
        builder.commit("Main", {"b.py": "B = 20\n"})
        builder.switch("side")
        assert try_git(builder, "rebase", "-q", "main") is None

    def test_the_first_commit_of_all(self, tmp_path: Path) -> None:
        unborn = RepositoryBuilder(tmp_path / "unborn")
        write_hook(unborn, "pre-commit", f"{TALLYSTICK} check")
        unborn.write("a.py", PLAIN)
        unborn.git("add", "a.py")
        assert try_git(unborn, "commit", "-qm", "First") is None

    def test_a_linked_work_tree(self, builder: RepositoryBuilder, tmp_path: Path) -> None:
        builder.git("worktree", "add", "-q", "-b", "side", str(tmp_path / "linked"))
        (tmp_path / "linked" / "a.py").write_text(PLAIN + "\n\n" + tangled("messy"))
        builder.git("-C", str(tmp_path / "linked"), "add", "a.py")
        complaint = try_git(builder, "-C", str(tmp_path / "linked"), "commit", "-qm", "Messy")
        assert complaint is not None
        assert "a.py:5" in complaint


class TestStamp:
    def test_without_an_agent_the_message_stays(self, builder: RepositoryBuilder) -> None:
        write_hook(builder, "prepare-commit-msg", f"{TALLYSTICK} stamp")
        builder.commit("Alone", {"b.py": "B = 4\n"})
        assert builder.git("log", "-1", "--format=%B") == "Alone"

    def test_an_agent_is_named_as_the_configuration_of_head_wants(
        self, builder: RepositoryBuilder
    ) -> None:
        write_hook(builder, "prepare-commit-msg", f"{TALLYSTICK} stamp")
        wish = '[attribution.stamp]\ntrailer = "Co-authored-by"\n'
        builder.commit("Wish", {"tallystick.toml": wish})
        builder.environment = {"CLAUDECODE": "1"}
        builder.commit("Helped", {"b.py": "B = 4\n"})
        assert "Co-authored-by: Claude" in builder.git("log", "-1", "--format=%B")

    def test_a_broken_configuration_stops_no_commit(self, builder: RepositoryBuilder) -> None:
        builder.git("rm", "-q", "--cached", "a.py")  # so that the check hook is not in the way
        (builder.path / ".git" / "hooks" / "pre-commit").unlink()
        builder.commit("Broken", {"tallystick.toml": "nonsense = 1\n"})
        write_hook(builder, "prepare-commit-msg", f"{TALLYSTICK} stamp")
        builder.environment = {"CLAUDECODE": "1"}
        builder.commit("Helped", {"b.py": "B = 4\n"})
        assert builder.git("log", "-1", "--format=%s") == "Helped"


class TestPreCommitFramework:
    """Run by pre-commit itself; installing is left out by `language: system`."""

    def test_the_manifest_is_valid(self) -> None:
        done = self.pre_commit(ROOT, "validate-manifest", str(ROOT / ".pre-commit-hooks.yaml"))
        assert done.returncode == 0, done.stdout

    def test_both_hooks_run(self, tmp_path: Path) -> None:
        import yaml

        hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
        published = RepositoryBuilder(tmp_path / "hooks")
        entry = f"env PYTHONPATH={ROOT} {sys.executable} -m scanner"
        for hook in hooks:
            hook["language"] = "system"
            hook["entry"] = hook["entry"].replace("python -I -m scanner", entry, 1)
        published.commit("Hooks", {".pre-commit-hooks.yaml": yaml.safe_dump(hooks)})
        user = RepositoryBuilder(tmp_path / "user")
        wanted = [{"id": hook["id"]} for hook in hooks]
        repos = [{"repo": str(published.path), "rev": published.head, "hooks": wanted}]
        user.commit("First", {".pre-commit-config.yaml": yaml.safe_dump({"repos": repos})})
        user.write("a.py", tangled("messy"))
        user.git("add", "a.py")
        user.write("a.py", PLAIN)

        judged = self.pre_commit(user.path, "run")
        assert judged.returncode == 1
        assert "a.py:1" in judged.stdout

        user.write("a.py", PLAIN)
        user.git("add", "a.py")
        passed = self.pre_commit(user.path, "run")
        assert passed.returncode == 0, passed.stdout

        message = user.path / ".git" / "COMMIT_EDITMSG"
        message.write_text("Help\n")
        stage = ("--hook-stage", "prepare-commit-msg", "--commit-msg-filename", str(message))
        stamped = self.pre_commit(user.path, "run", *stage, CLAUDECODE="1")
        assert stamped.returncode == 0, stamped.stdout
        assert "Assisted-by: Claude" in message.read_text()

    def pre_commit(
        self, folder: Path, *arguments: str, **variables: str
    ) -> subprocess.CompletedProcess[str]:
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder.parent),
            "PRE_COMMIT_HOME": str(folder.parent / "pre-commit-home"),
            "GIT_CONFIG_GLOBAL": os.devnull,
            **variables,
        }
        command = [sys.executable, "-m", "pre_commit", *arguments]
        return subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, check=False
        )
