"""Every way to commit, under each kind of agent, through the hook: one trailer, in its place."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from fixtures.repository import RepositoryBuilder

ROOT = Path(__file__).parents[2]
#: What the agents set in the shells that they open, and how the trailer names them.
AGENTS = {
    "claude": ({"CLAUDECODE": "1", "CLAUDE_CODE_ENTRYPOINT": "cli"}, "Claude:unknown"),
    "codex": (
        {"CODEX_THREAD_ID": "t", "CODEX_CI": "1", "CODEX_SANDBOX_NETWORK_DISABLED": "1"},
        "Codex:unknown",
    ),
    "cursor": ({"CURSOR_AGENT": "1", "CURSOR_TRACE_ID": "t"}, "Cursor:unknown"),
}
COAUTHORS = {
    "claude": "Claude <noreply@anthropic.com>",
    "codex": "Codex <codex@openai.com>",
    "cursor": "Cursor <cursoragent@cursor.com>",
}
EDITOR = {"GIT_EDITOR": "sed -i '1s/.*/Edited/'"}
KEEPING = {"GIT_EDITOR": "true", "GIT_SEQUENCE_EDITOR": "true"}


#: Which agent it is decides about the trailer's words alone, not about how a commit is made.
EVERY_AGENT = pytest.mark.parametrize("agent", AGENTS)
ONE_AGENT = pytest.mark.parametrize("agent", ["claude"])


@pytest.fixture
def repo(tmp_path: Path) -> RepositoryBuilder:
    builder = RepositoryBuilder(tmp_path / "repo")
    builder.commit("First", {"a.txt": "1\n"})
    for name in ("prepare-commit-msg", "commit-msg"):
        install(builder, name)
    return builder


def install(builder: RepositoryBuilder, name: str) -> None:
    """The command as `init` installs it, both hooks at once: neither may double the other."""
    hook = builder.path / ".git" / "hooks" / name
    hook.parent.mkdir(exist_ok=True)
    call = f'"{sys.executable}" -m scanner stamp "$@"'
    hook.write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec {call}\n')
    hook.chmod(0o755)


def change(builder: RepositoryBuilder, name: str = "a.txt") -> None:
    builder.clock += 60
    builder.write(name, f"{builder.clock}\n")
    builder.git("add", "-A")


def trailers(builder: RepositoryBuilder, revision: str = "HEAD") -> list[str]:
    """What git itself takes for trailers of a commit."""
    found = builder.git("log", "-1", "--format=%(trailers:only,unfold)", revision)
    return [line for line in found.splitlines() if line]


def message(builder: RepositoryBuilder) -> str:
    return builder.git("log", "-1", "--format=%B")


WAYS = {
    "-m": (["-m", "Fix it"], {}),
    "-F": (["-F", ".git/text"], {}),
    "-F and an editor": (["-F", ".git/text", "-e"], EDITOR),
    "an editor": ([], EDITOR),
    "an editor and the diff": (["-v"], EDITOR),
    "the diff twice": (["-v", "-v"], EDITOR),
    "scissors": (["--cleanup=scissors"], EDITOR),
    "scissors and the diff": (["--cleanup=scissors", "-v"], EDITOR),
    "whitespace": (["--cleanup=whitespace", "-m", "Fix it"], {}),
    "verbatim": (["--cleanup=verbatim", "-m", "Fix it"], {}),
    "a template": (["-t", ".git/text"], EDITOR),
    "fixup": (["--fixup=HEAD"], {}),
    "squash": (["--squash=HEAD", "-m", "More"], {}),
    "a sign-off": (["-s", "-m", "Fix it"], {}),
    "a trailer": (["-m", "Fix it", "--trailer", "Reviewed-by: Bo <b@example.org>"], {}),
}


@pytest.mark.parametrize(("arguments", "editor"), WAYS.values(), ids=WAYS.keys())
@ONE_AGENT
def test_one_trailer_whatever_the_way(
    repo: RepositoryBuilder, agent: str, arguments: list[str], editor: dict[str, str]
) -> None:
    variables, name = AGENTS[agent]
    repo.write(".git/text", "Read from a file\n\nWhy.\n")
    repo.environment |= {**variables, **editor}
    change(repo)
    repo.git("commit", "-q", *arguments)
    assert trailers(repo).count(f"Assisted-by: {name}") == 1
    text = message(repo)
    assert text.count("Assisted-by") == 1
    assert "diff --git" not in text
    assert ">8" not in text


@EVERY_AGENT
def test_every_agent_is_named(repo: RepositoryBuilder, agent: str) -> None:
    variables, name = AGENTS[agent]
    repo.environment |= variables
    change(repo)
    repo.git("commit", "-q", "-m", "Fix it")
    assert message(repo) == f"Fix it\n\nAssisted-by: {name}"


@pytest.mark.parametrize("times", [1, 2])
@ONE_AGENT
def test_amending_doubles_nothing(repo: RepositoryBuilder, agent: str, times: int) -> None:
    variables, name = AGENTS[agent]
    repo.environment |= variables
    change(repo)
    repo.git("commit", "-q", "-m", "Fix it")
    for _ in range(times):
        change(repo)
        repo.git("commit", "-q", "--amend", "--no-edit")
    repo.git("commit", "-q", "--amend", "-m", "Fix it again", "--allow-empty")
    assert trailers(repo) == [f"Assisted-by: {name}"]


def test_another_agent_that_amends_adds_no_second_mark(repo: RepositoryBuilder) -> None:
    repo.environment |= AGENTS["claude"][0]
    change(repo)
    repo.git("commit", "-q", "-m", "Fix it")
    for variable in AGENTS["claude"][0]:
        repo.environment.pop(variable)
    repo.environment |= AGENTS["codex"][0]
    change(repo)
    repo.git("commit", "-q", "--amend", "--no-edit")
    assert trailers(repo) == ["Assisted-by: Claude:unknown"]


@ONE_AGENT
def test_what_was_merged_squashed_picked_or_rebased_is_not_the_agents(
    repo: RepositoryBuilder, agent: str
) -> None:
    repo.branch("side")
    change(repo, "b.txt")
    repo.git("commit", "-q", "-m", "Side")
    picked = repo.head
    repo.switch("main")
    change(repo, "c.txt")
    repo.git("commit", "-q", "-m", "Main")
    repo.environment |= {**AGENTS[agent][0], **KEEPING}
    repo.git("merge", "-q", "--no-ff", "--no-edit", "side")
    assert trailers(repo) == []
    repo.git("reset", "-q", "--hard", "HEAD~1")
    repo.git("cherry-pick", "-x", picked)
    assert "Assisted-by" not in message(repo)
    repo.git("reset", "-q", "--hard", "HEAD~1")
    repo.git("merge", "-q", "--squash", "side")
    repo.git("commit", "-q")
    assert "Assisted-by" not in message(repo)
    repo.git("reset", "-q", "--hard", "HEAD~1")
    repo.switch("side")
    repo.git("rebase", "-q", "main")
    assert message(repo) == "Side"


@ONE_AGENT
def test_an_autosquash_keeps_one_trailer(repo: RepositoryBuilder, agent: str) -> None:
    variables, name = AGENTS[agent]
    repo.environment |= {**variables, **KEEPING}
    change(repo)
    repo.git("commit", "-q", "-m", "Fix it")
    change(repo)
    repo.git("commit", "-q", "--fixup=HEAD")
    repo.git("rebase", "-q", "-i", "--autosquash", "HEAD~2")
    assert message(repo) == f"Fix it\n\nAssisted-by: {name}"


@pytest.mark.parametrize("stop", ["edit", "break"])
@ONE_AGENT
def test_a_new_commit_in_a_stopped_rebase_is_the_agents(
    repo: RepositoryBuilder, agent: str, stop: str
) -> None:
    repo.branch("side")
    for name in ("One", "Two"):
        repo.commit(name, {f"{name}.txt": "1\n"})
    variables, name = AGENTS[agent]
    todo = {"edit": "sed -i 1s/^pick/edit/", "break": "sed -i 1abreak"}[stop]
    repo.environment |= {**variables, "GIT_EDITOR": "true", "GIT_SEQUENCE_EDITOR": todo}
    repo.git("rebase", "-q", "-i", "--force-rebase", "main")
    change(repo)
    repo.git("commit", "-q", "-m", "Between")
    repo.git("rebase", "--continue")
    subjects = repo.git("log", "-3", "--format=%s|%(trailers:separator=)").split("\n")[:3]
    assert subjects == ["Two|", f"Between|Assisted-by: {name}", "One|"]


@ONE_AGENT
def test_a_conflict_of_a_rebase_that_is_resolved_stays_whose_it_was(
    repo: RepositoryBuilder, agent: str
) -> None:
    repo.branch("side")
    repo.commit("Side", {"a.txt": "side\n"})
    repo.switch("main")
    repo.commit("Main", {"a.txt": "main\n"})
    repo.switch("side")
    repo.environment |= {**AGENTS[agent][0], **KEEPING}
    with pytest.raises(AssertionError):
        repo.git("rebase", "-q", "main")
    repo.write("a.txt", "both\n")
    repo.git("add", "-A")
    repo.git("rebase", "--continue")
    assert message(repo) == "Side"


@pytest.mark.parametrize("prefix", [";", "//"])
@ONE_AGENT
def test_another_comment_prefix(repo: RepositoryBuilder, agent: str, prefix: str) -> None:
    variables, name = AGENTS[agent]
    key = "core.commentChar" if len(prefix) == 1 else "core.commentString"
    repo.git("config", key, prefix)
    try:
        repo.git("stripspace", "--comment-lines", stdin=b"x")
        works = repo.git("stripspace", "--comment-lines", stdin=b"x").startswith(prefix)
    except AssertionError:
        works = False
    if not works:
        pytest.skip("this git knows no comment prefix of several letters")
    editor = {"GIT_EDITOR": "sed -i '1s/.*/Edited\\n\\n#12 is done/'"}
    repo.environment |= {**variables, **editor}
    change(repo)
    repo.git("commit", "-q", "-v")
    assert message(repo) == f"Edited\n\n#12 is done\n\nAssisted-by: {name}"


@EVERY_AGENT
def test_the_repository_may_ask_for_a_coauthor(repo: RepositoryBuilder, agent: str) -> None:
    settings = '[attribution.stamp]\ntrailer = "Co-authored-by"\n'
    repo.commit("Settle", {"tallystick.toml": settings})
    repo.environment |= AGENTS[agent][0]
    change(repo)
    repo.git("commit", "-q", "-m", "Fix it")
    change(repo)
    repo.git("commit", "-q", "--amend", "--no-edit")
    assert trailers(repo) == [f"Co-authored-by: {COAUTHORS[agent]}"]


def test_an_agents_own_trailer_is_enough(repo: RepositoryBuilder) -> None:
    repo.environment |= AGENTS["claude"][0]
    change(repo)
    text = (
        "Fix it\n\n🤖 Generated with [Claude Code](https://claude.com/claude-code)\n\n"
        "Co-Authored-By: Claude <noreply@anthropic.com>"
    )
    repo.git("commit", "-q", "-m", text)
    assert message(repo) == text
