"""What a forge knows, given to `attribute`, `explain`, `report` and `gate` in the same way."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from fixtures.repository import RepositoryBuilder
from scanner.cli.main import run
from tests.gate.hooks import tangled

NOW = 1_785_000_000  # July 2026
BOB = "Bob <bob@example.org>"
BOT = "x-helper[bot] <9+x-helper[bot]@users.noreply.github.com>"
CLAUDE = "Co-authored-by: Claude <noreply@anthropic.com>"
FOOTER = "🤖 Generated with [Claude Code](https://claude.com/claude-code)"
STRICT_FOR_AI = "[thresholds]\ndebt = 100\n[thresholds.ai]\ndebt = 1\n"


@pytest.fixture
def builder(tmp_path: Path) -> RepositoryBuilder:
    made = RepositoryBuilder(tmp_path / "repo", clock=NOW)
    made.commit("Base", {"a.py": "A = 1\n", "tallystick.toml": STRICT_FOR_AI})
    return made


def record(branch: str, number: int = 7, **said: Any) -> dict[str, Any]:
    """A pull request by a person, merged and without a word, as `gh pr list --json` prints it."""
    common = {"title": "Add", "state": "MERGED", "author": {"login": "ada"}, "body": ""}
    times = {"createdAt": "2026-07-20T00:00:00Z", "mergedAt": "2026-09-01T00:00:00Z"}
    return {"number": number, "headRefName": branch, **common, **times, **said}


def labels(
    builder: RepositoryBuilder, capsys: pytest.CaptureFixture[str], *records: dict[str, Any]
) -> list[str]:
    """Label by label, oldest first, without the base."""
    file = builder.path.parent / "pulls.json"
    file.write_text(json.dumps(records), encoding="utf-8")
    given = ["--pulls", str(file), "--format", "json", "--repo", str(builder.path), "--no-cache"]
    assert run(["attribute", *given]) == 0
    commits = json.loads(capsys.readouterr().out)["commits"]
    return [one["label"] for one in reversed(commits)][1:]


SQUASHES = [
    # what is said, and the label of the squash
    ({"branch": "fix"}, "unmarked"),
    ({"branch": "codex/fix", "number": 8}, "unmarked"),  # another one
    ({"branch": "codex/fix", "state": "CLOSED", "mergedAt": None}, "unmarked"),
    ({"branch": "fix", "body": "We do not use Claude Code"}, "unmarked"),
    ({"branch": "fix", "body": f"```\n{FOOTER}\n```"}, "unmarked"),
    ({"branch": "fix", "author": {"login": "claude"}}, "unmarked"),  # a person may be called so
    ({"branch": "codex/fix", "createdAt": "2026-12-01T00:00:00Z"}, "unmarked"),  # a later number 7
    ({"branch": "codex/fix"}, "ai"),
    ({"branch": "fix", "body": "Co-authored-by: Claude Meyer <c@example.org>"}, "unmarked"),
    ({"branch": "fix", "body": f"Adds b.\n\n{FOOTER}"}, "ai"),
    ({"branch": "fix", "body": "Co-authored-by: Claude <no-reply@anthropic.com>"}, "ai"),
    ({"branch": "fix", "author": {"login": "app/copilot-swe-agent", "is_bot": True}}, "ai"),
]


@pytest.mark.parametrize(("said", "label"), SQUASHES)
def test_a_squash(
    builder: RepositoryBuilder,
    capsys: pytest.CaptureFixture[str],
    said: dict[str, Any],
    label: str,
) -> None:
    builder.commit("Add b (#7)", {"b.py": "B = 1\n"})
    assert labels(builder, capsys, record(**said)) == [label]


def test_a_record_without_its_branch_leaves_the_words_of_the_merge(
    builder: RepositoryBuilder, capsys: pytest.CaptureFixture[str]
) -> None:
    builder.branch("side")
    builder.commit("One", {"b.py": "B = 1\n"})
    builder.switch("main")
    builder.merge("side", message="Merge pull request #7 from ada/codex/x")
    assert labels(builder, capsys, record(""))[0] == "ai"


def test_marks_of_a_commit_outweigh_its_pull_request(
    builder: RepositoryBuilder, capsys: pytest.CaptureFixture[str]
) -> None:
    builder.commit("Add b (#7)\n\nAssisted-by: Claude Code\n", {"b.py": "B = 1\n"})
    assert labels(builder, capsys, record("codex/fix")) == ["assisted"]


MERGES = [
    # branch, body, authors and messages of its commits, and their labels
    ("devin/1766430461-x", "", [(None, "One"), (None, "Two")], ["unmarked", "unmarked"]),
    ("devin/1766430461-x", "", [(BOT, "One"), (None, "Two")], ["ai", "unmarked"]),
    ("codex/x", "", [(None, "One"), (BOB, "Two"), (None, "Three")], ["ai", "unmarked", "ai"]),
    ("x", FOOTER, [(None, "One"), (BOB, "Two")], ["ai", "unmarked"]),
    ("x", FOOTER, [(None, "One"), (None, f"Two\n\n{CLAUDE}\n")], ["unmarked", "ai"]),
]


@pytest.mark.parametrize(("branch", "body", "commits", "expected"), MERGES)
@pytest.mark.parametrize("is_rebased", [False, True])
def test_commits_that_a_pull_request_brought(
    builder: RepositoryBuilder,
    capsys: pytest.CaptureFixture[str],
    branch: str,
    body: str,
    commits: list[tuple[str | None, str]],
    expected: list[str],
    is_rebased: bool,
) -> None:
    builder.branch("side")
    oids = [
        builder.commit(message, {f"b{place}.py": f"B = {place}\n"}, author=author)
        for place, (author, message) in enumerate(commits)
    ]
    builder.switch("main")
    said = record(branch, body=body)
    if is_rebased:
        builder.git("merge", "-q", "--ff-only", "side")
        said["commits"] = [commit_record(builder, oid) for oid in oids]
    else:
        said["mergeCommit"] = {"oid": builder.merge("side", message="Add x")}
    assert labels(builder, capsys, said)[: len(oids)] == expected


def commit_record(builder: RepositoryBuilder, oid: str) -> dict[str, Any]:
    title, authored = builder.git("log", "-1", "--format=%s%n%aI", oid).strip().split("\n")
    return {"oid": oid, "messageHeadline": title, "authoredDate": authored}


def test_every_command_says_the_same(
    builder: RepositoryBuilder, capsys: pytest.CaptureFixture[str]
) -> None:
    oid = builder.commit("Add b (#7)", {"b.py": "B = 1\n"})
    assert labels(builder, capsys, record("codex/fix")) == ["ai"]
    pulls = str(builder.path.parent / "pulls.json")
    place = ["--repo", str(builder.path), "--no-cache", "--pulls", pulls, "--format", "json"]
    assert run(["explain", oid, *place]) == 0
    assert json.loads(capsys.readouterr().out)["attribution"]["label"] == "ai"
    assert run(["attribute", "--lines", "b.py", *place]) == 0
    assert [one["label"] for one in json.loads(capsys.readouterr().out)["lines"]] == ["ai"]
    assert run(["report", *place, "--no-rules"]) == 0
    changes = json.loads(capsys.readouterr().out)["changes"]
    assert [one["label"] for one in changes if one["commit"] == oid] == ["ai"]


class TestGate:
    @pytest.fixture
    def tip(self, builder: RepositoryBuilder) -> str:
        builder.branch("change")
        return builder.commit("Add", {"b.py": tangled("messy", 9)})

    @staticmethod
    def gate(builder: RepositoryBuilder, text: str) -> int:
        file = builder.path.parent / "pulls.json"
        file.write_text(text, encoding="utf-8")
        place = ["--repo", str(builder.path), "--no-cache", "--base", "main"]
        return run(["gate", *place, "--pulls", str(file)])

    @pytest.mark.usefixtures("tip")
    def test_an_open_pull_request_of_another_branch(self, builder: RepositoryBuilder) -> None:
        other = record("codex/x", state="OPEN", mergedAt=None, headRefOid="1" * 40)
        assert self.gate(builder, json.dumps([other])) == 0

    @pytest.mark.parametrize("by", ["headRefOid", "commits"])
    def test_an_open_pull_request_of_an_agent_is_judged_as_one(
        self, builder: RepositoryBuilder, tip: str, by: str
    ) -> None:
        named: dict[str, Any] = {"headRefOid": tip, "commits": [commit_record(builder, tip)]}
        own = record("codex/x", state="OPEN", mergedAt=None, **{by: named[by]})
        assert self.gate(builder, json.dumps([own])) == 1

    def test_nothing_that_a_pull_request_says_makes_it_milder(
        self, builder: RepositoryBuilder
    ) -> None:
        builder.branch("marked")
        tip = builder.commit(f"Add\n\n{CLAUDE}\n", {"b.py": tangled("messy", 9)})
        own = record("chore/bump", state="OPEN", mergedAt=None, headRefOid=tip)
        dependabot = {"login": "app/dependabot", "is_bot": True}
        for said in (own, {**own, "author": dependabot}, {**own, "body": "Written by hand."}):
            assert self.gate(builder, json.dumps([said])) == 1

    @pytest.mark.usefixtures("tip")
    def test_broken_data_that_may_hold_this_branch(
        self, builder: RepositoryBuilder, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert self.gate(builder, '[{"number": 7, "headRefName": "codex/x"}]') == 3
        assert "createdAt" in capsys.readouterr().err
        assert self.gate(builder, "no JSON") == 3
