"""Real commits through a real hook, with and without the variables that agents set."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from fixtures.repository import RepositoryBuilder
from scanner.attribution.environment import RunningAgent, VariableKind, detect_agent, variables
from scanner.attribution.registry import shipped
from scanner.attribution.settings import StampSettings
from scanner.attribution.stamp import (
    Situation,
    comment_prefix,
    stamp_file,
    stamp_message,
    trailer_of,
)
from scanner.attribution.tools import NamedTool, resolve_tools
from scanner.base.model import Label
from tests.attribution.commits_for_tests import attributed, commit

ROOT = Path(__file__).parents[2]
CLAUDE = {"CLAUDECODE": "1", "ANTHROPIC_MODEL": "claude-opus-4-6"}
TRAILER = "Assisted-by: Claude:claude-opus-4-6"
SETTINGS = StampSettings()


@pytest.fixture
def repo(tmp_path: Path) -> RepositoryBuilder:
    builder = RepositoryBuilder(tmp_path / "repo")
    builder.commit("First", {"a.txt": "1\n"})
    _install(builder, "prepare-commit-msg")
    return builder


def _install(builder: RepositoryBuilder, name: str, *options: str) -> None:
    hook = builder.path / ".git" / "hooks" / name
    hook.parent.mkdir(exist_ok=True)
    call = f'"{sys.executable}" -m scanner.attribution.stamp {" ".join(options)} "$@"'
    hook.write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec {call}\n')
    hook.chmod(0o755)


def _change(builder: RepositoryBuilder) -> None:
    builder.clock += 60
    (builder.path / "a.txt").write_text(f"{builder.clock}\n")
    builder.git("add", "-A")


def _message(builder: RepositoryBuilder) -> str:
    return builder.git("log", "-1", "--format=%B")


class TestCommits:
    def test_without_an_agent_nothing_happens(self, repo: RepositoryBuilder) -> None:
        _change(repo)
        repo.git("commit", "-q", "-m", "Fix it")
        assert _message(repo) == "Fix it"

    def test_dash_m(self, repo: RepositoryBuilder) -> None:
        repo.environment |= CLAUDE
        _change(repo)
        repo.git("commit", "-q", "-m", "Fix it", "-m", "Because.")
        assert _message(repo) == f"Fix it\n\nBecause.\n\n{TRAILER}"
        assert repo.git("log", "-1", "--format=%(trailers:key=Assisted-by)") == TRAILER

    def test_a_sign_off_keeps_its_block(self, repo: RepositoryBuilder) -> None:
        repo.environment |= CLAUDE
        _change(repo)
        repo.git("commit", "-q", "-s", "-m", "Fix it")
        block = f"Signed-off-by: Ada Example <ada@example.org>\n{TRAILER}"
        assert _message(repo) == f"Fix it\n\n{block}"

    def test_a_mark_is_not_doubled(self, repo: RepositoryBuilder) -> None:
        repo.environment |= CLAUDE
        _change(repo)
        message = "Fix it\n\nCo-authored-by: Claude <noreply@anthropic.com>"
        repo.git("commit", "-q", "-m", message)
        assert _message(repo) == message

    def test_amend_stamps_once(self, repo: RepositoryBuilder) -> None:
        repo.environment |= CLAUDE
        _change(repo)
        repo.git("commit", "-q", "-m", "Fix it")
        _change(repo)
        repo.git("commit", "-q", "--amend", "--no-edit")
        assert _message(repo) == f"Fix it\n\n{TRAILER}"

    def test_amending_a_persons_commit_stamps_it(self, repo: RepositoryBuilder) -> None:
        _change(repo)
        repo.git("commit", "-q", "-m", "Fix it")
        repo.environment |= CLAUDE
        _change(repo)
        repo.git("commit", "-q", "--amend", "--no-edit")
        assert _message(repo) == f"Fix it\n\n{TRAILER}"

    def test_a_merge_is_left_alone(self, repo: RepositoryBuilder) -> None:
        repo.branch("side")
        _change(repo)
        repo.git("commit", "-q", "-m", "Side")
        repo.switch("main")
        repo.environment |= CLAUDE
        repo.git("merge", "-q", "--no-ff", "-m", "Merge side", "side")
        assert _message(repo) == "Merge side"

    def test_a_squash_is_left_alone(self, repo: RepositoryBuilder) -> None:
        repo.branch("side")
        _change(repo)
        repo.git("commit", "-q", "-m", "Side")
        repo.switch("main")
        repo.environment |= CLAUDE | {"GIT_EDITOR": "true"}
        repo.git("merge", "-q", "--squash", "side")
        repo.git("commit", "-q")
        assert "Assisted-by" not in _message(repo)

    def test_fixup(self, repo: RepositoryBuilder) -> None:
        repo.environment |= CLAUDE
        _change(repo)
        repo.git("commit", "-q", "--fixup=HEAD")
        assert _message(repo) == f"fixup! First\n\n{TRAILER}"

    def test_a_rebase_of_a_persons_commits_marks_nothing(self, repo: RepositoryBuilder) -> None:
        repo.branch("side")
        _change(repo)
        repo.git("commit", "-q", "-m", "Side")
        repo.switch("main")
        repo.commit("Main", {"b.txt": "1\n"})
        repo.switch("side")
        repo.environment |= CLAUDE | {"GIT_EDITOR": "true", "GIT_SEQUENCE_EDITOR": "true"}
        repo.git("rebase", "-q", "-i", "--force-rebase", "main")
        assert _message(repo) == "Side"

    def test_a_picked_commit_stays_its_authors(self, repo: RepositoryBuilder) -> None:
        repo.branch("side")
        picked = repo.commit("Side", {"c.txt": "1\n"})
        repo.switch("main")
        repo.environment |= CLAUDE
        repo.git("cherry-pick", picked)
        assert _message(repo) == "Side"

    def test_a_template_is_stamped_above_its_comments(self, repo: RepositoryBuilder) -> None:
        repo.write(".git/template", "Area: change\n\n# Say why\n")
        repo.git("config", "commit.template", ".git/template")
        repo.environment |= CLAUDE | {"GIT_EDITOR": "sed -i '1s/.*/Fix it/'"}
        _change(repo)
        repo.git("commit", "-q")
        assert _message(repo) == f"Fix it\n\n{TRAILER}"

    def test_a_template_of_comments_alone_still_aborts(self, repo: RepositoryBuilder) -> None:
        repo.write(".git/template", "# Say why\n")
        repo.git("config", "commit.template", ".git/template")
        repo.environment |= CLAUDE | {"GIT_EDITOR": "true"}
        _change(repo)
        with pytest.raises(AssertionError, match="empty commit message"):
            repo.git("commit", "-q")

    def test_a_verbose_commit_keeps_its_diff_below(self, repo: RepositoryBuilder) -> None:
        _install(repo, "commit-msg")
        repo.git("config", "commit.verbose", "true")
        repo.environment |= CLAUDE | {"GIT_EDITOR": "sed -i '1s/.*/Fix it/'"}
        _change(repo)
        repo.git("commit", "-q")
        assert _message(repo) == f"Fix it\n\n{TRAILER}"

    @pytest.mark.parametrize("char", [";", "auto"])
    def test_another_comment_character(self, repo: RepositoryBuilder, char: str) -> None:
        _install(repo, "commit-msg")
        repo.git("config", "core.commentChar", char)
        editor = "sed -i '1s/.*/Fix it\\n\\n#12 is done/'"
        repo.environment |= CLAUDE | {"GIT_EDITOR": editor}
        _change(repo)
        repo.git("commit", "-q")
        kept = "#12 is done\n\n" if char == ";" else ""
        assert _message(repo) == f"Fix it\n\n{kept}{TRAILER}"

    def test_as_a_commit_msg_hook_it_catches_an_editors_message(
        self, repo: RepositoryBuilder
    ) -> None:
        _install(repo, "commit-msg")
        repo.environment |= CLAUDE | {"GIT_EDITOR": "sed -i '1s/.*/Fix it/'"}
        _change(repo)
        repo.git("commit", "-q")
        assert _message(repo) == f"Fix it\n\n{TRAILER}"

    def test_the_repository_may_prefer_a_coauthor(self, repo: RepositoryBuilder) -> None:
        _install(repo, "prepare-commit-msg", "--trailer=Co-authored-by")
        repo.environment |= CLAUDE
        _change(repo)
        repo.git("commit", "-q", "-m", "Fix it")
        line = "Co-authored-by: Claude (claude-opus-4-6) <noreply@anthropic.com>"
        assert _message(repo) == f"Fix it\n\n{line}"

    def test_in_a_linked_work_tree(self, repo: RepositoryBuilder) -> None:
        repo.git("worktree", "add", "-q", "../linked", "-b", "linked")
        repo.environment |= CLAUDE
        linked = repo.path.parent / "linked"
        (linked / "d.txt").write_text("1\n")
        repo.git("-C", "../linked", "add", "-A")
        repo.git("-C", "../linked", "commit", "-q", "-m", "Fix it")
        assert repo.git("-C", "../linked", "log", "-1", "--format=%B") == f"Fix it\n\n{TRAILER}"

    def test_a_message_of_any_bytes_survives(self, tmp_path: Path) -> None:
        file = tmp_path / "message"
        file.write_bytes(b"Fix \xff\r\n\r\nWhy.\r\n")
        assert stamp_file(file, "message", CLAUDE, SETTINGS)
        assert file.read_bytes() == b"Fix \xff\r\n\r\nWhy.\r\n\n" + TRAILER.encode() + b"\n"

    def test_a_stamp_that_fails_does_not_stop_the_commit(self, tmp_path: Path) -> None:
        command = [sys.executable, "-m", "scanner.attribution.stamp", str(tmp_path / "nothing")]
        done = subprocess.run(
            command, cwd=ROOT, env={**os.environ, **CLAUDE}, capture_output=True, check=False
        )
        assert done.returncode == 0
        assert b"not stamped" in done.stderr

    def test_a_full_disk_leaves_the_message_as_it_was(self, tmp_path: Path) -> None:
        file = tmp_path / "message"
        file.write_bytes(b"Fix it\n")
        program = f"{shlex.quote(sys.executable)} -m scanner.attribution.stamp {file}"
        done = subprocess.run(
            ["sh", "-c", f"ulimit -f 0; {program}"],
            cwd=ROOT, env={**os.environ, **CLAUDE}, capture_output=True, check=False,
        )  # fmt: skip
        assert (done.returncode, file.read_bytes()) == (0, b"Fix it\n")
        assert b"not stamped" in done.stderr
        assert list(tmp_path.iterdir()) == [file]


LEFT_ALONE = {
    "no agent": ("Fix\n", {}, Situation()),
    "an editor's terminal": ("Fix\n", {"CURSOR_TRACE_ID": "x"}, Situation()),
    "a setting": ("Fix\n", {"GOOSE_PROVIDER": "x", "AIDER_MODEL": "y"}, Situation()),
    "an empty variable": ("Fix\n", {"CLAUDECODE": ""}, Situation()),
    "an empty message": ("\n# nothing\n", CLAUDE, Situation()),
    "a revert": ('Revert "Fix"\n\nThis reverts commit 0123abcd0123.\n', CLAUDE, Situation()),
    "a merge": ("Merge\n", CLAUDE, Situation("merge")),
    "a squash": ("Squashed\n", CLAUDE, Situation("squash")),
    "a rebase": ("Fix\n", CLAUDE, Situation("message", is_replaying=True)),
    "a declared share": (
        "Fix\n\nEntire-Attribution: 40% agent (2/5 lines)\n",
        CLAUDE,
        Situation(),
    ),
    "another agent's mark": ("Fix\n\nAssisted-by: Codex:gpt-5\n", CLAUDE, Situation()),
    "the same trailer": (f"Fix\n\n{TRAILER}\n", CLAUDE, Situation()),
    "a footer": (
        "Fix\n\n🤖 Generated with [Claude Code](https://claude.com/claude-code)\n",
        CLAUDE,
        Situation(),
    ),
}


@pytest.mark.parametrize(
    ("message", "environment", "situation"), LEFT_ALONE.values(), ids=LEFT_ALONE.keys()
)
def test_leaves_alone(message: str, environment: dict[str, str], situation: Situation) -> None:
    assert stamp_message(message, environment, SETTINGS, situation) is None


def test_a_mark_in_a_comment_is_no_mark() -> None:
    message = "Fix\n\n# Co-authored-by: Claude <noreply@anthropic.com>\n"
    assert stamp_message(message, CLAUDE, SETTINGS) is not None


def test_it_never_signs_off() -> None:
    assert "Signed-off-by" not in str(stamp_message("Fix\n", CLAUDE, SETTINGS))


class TestEnvironment:
    @pytest.mark.parametrize("entry", variables(), ids=lambda entry: entry.variable)
    def test_every_entry_is_whole_and_its_trailer_is_read_back(self, entry) -> None:  # type: ignore[no-untyped-def]
        assert entry.source
        assert " " not in entry.name
        found = detect_agent({entry.variable: entry.value or "1"})
        if entry.kind is not VariableKind.AGENT:
            assert found is None
            return
        assert found is not None
        assert found.agent == entry.agent
        for settings in (SETTINGS, StampSettings("Co-authored-by")):
            one = attributed(commit(f"Fix\n\n{trailer_of(found, settings)}\n"))
            assert one.label in (Label.AI, Label.ASSISTED)
            assert one.agents == (entry.agent,)

    @pytest.mark.parametrize(
        ("environment", "agent"),
        [
            ({"AGENT": "amp", "CLAUDECODE": "1"}, "amp"),
            ({"AI_AGENT": "claude-code@2.1"}, "claude"),
            ({"AI_AGENT": "my-tool"}, "my-tool"),
            ({"CURSOR_TRACE_ID": "x", "CURSOR_AGENT": "1"}, "cursor"),
            ({"AGENT": "1"}, None),
            ({"AI_AGENT": "\n"}, None),
        ],
    )
    def test_which_agent(self, environment: dict[str, str], agent: str | None) -> None:
        found = detect_agent(environment)
        assert (found.agent if found else None) == agent

    def test_a_model_that_is_no_word_is_not_believed(self) -> None:
        found = detect_agent({"CLAUDECODE": "1", "ANTHROPIC_MODEL": "x\nSigned-off-by: y"})
        assert found is not None
        assert found.model is None

    def test_an_agent_without_an_address_is_named_as_help(self) -> None:
        agent = RunningAgent("goose", "Goose", "GOOSE_TERMINAL")
        assert trailer_of(agent, StampSettings("Co-authored-by")) == "Assisted-by: Goose:unknown"

    def test_an_agent_of_any_name_is_read_back_as_help(self) -> None:
        agent = detect_agent({"AI_AGENT": "my-tool"})
        assert agent is not None
        value = trailer_of(agent, SETTINGS).partition(": ")[2]
        assert resolve_tools(shipped(), value) == (NamedTool("my-tool", is_model_named=False),)


def test_the_comment_character_outside_a_repository(tmp_path: Path) -> None:
    assert comment_prefix(tmp_path, "Fix\n") == "#"
