"""Whole repositories: all sources together, squashes that dropped marks, the labelled history."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest

from benchmarks.attribution_accuracy import score_rules, wilson
from fixtures.attribution import build, cases
from fixtures.repository import DAY, RepositoryBuilder
from scanner.attribution.all_sources import SOURCES, Attributed, attribute
from scanner.attribution.lines import Birth, label_lines
from scanner.attribution.overrides import parse_overrides
from scanner.attribution.registry import shipped
from scanner.attribution.resolve import ChangeFacts
from scanner.attribution.settings import AttributionSettings, HumanPolicy
from scanner.attribution.tables import coverage, silent_rules
from scanner.base.errors import ScanError
from scanner.base.model import Granularity, Label, Level, Span
from scanner.git.commits import read_commits
from scanner.git.process import open_repository

CLAUDE = "Co-authored-by: Claude <noreply@anthropic.com>"
CLAUDE_BOT = "claude[bot] <209825114+claude[bot]@users.noreply.github.com>"
ACTIONS = "github-actions[bot] <41898282+github-actions[bot]@users.noreply.github.com>"
MARVIN = (
    "marvin-context-protocol[bot] <225465937+marvin-context-protocol[bot]@users.noreply.github.com>"
)
DEPENDABOT = "dependabot[bot] <49699333+dependabot[bot]@users.noreply.github.com>"
NOTE = """{path}
  s_0123456789abcd::t_1 {lines}
---
{{"schema_version": "authorship/3.0.0",
 "sessions": {{"s_0123456789abcd": {{"agent_id": {{"tool": "codex", "model": "m"}}}}}}}}
"""

#: Commits of a pull request that a machine opened, leave-alone first: author, mark, file, lines.
OPENED = [
    ("a formatter's own", [(ACTIONS, "", "b.py", 1)], Label.AUTOMATION),
    (
        "a bump that a person helped along",
        [(ACTIONS, "", "b.toml", 1), (None, "", "c.md", 9)],
        Label.AUTOMATION,
    ),
    ("a bump with a mark", [(ACTIONS, CLAUDE, "setup.py", 1)], Label.AUTOMATION),
    (
        "mostly a machine's code",
        [(ACTIONS, "", "b.py", 9), (None, "", "c.py", 2)],
        Label.AUTOMATION,
    ),
    ("mostly a person's code", [(ACTIONS, "", "b.toml", 9), (None, "", "c.py", 2)], Label.UNMARKED),
    ("a person's code", [(None, "", "b.py", 1)], Label.UNMARKED),
    ("a person's document", [(None, "", "b.md", 1)], Label.UNMARKED),
    ("an agent's code", [(None, CLAUDE, "b.py", 1)], Label.AI),
    ("an agent's document", [(None, CLAUDE, "b.md", 1)], Label.AI),
]

#: Commits of a pull request, each with its mark and files, leave-alone first.
SHARED: list[tuple[str, list[tuple[str, dict[str, str | bytes | None]]], Label]] = [
    (
        "what a formatter wrote is nobody's",
        [(ACTIONS, {"b.py": "1\n" * 20}), ("", {"c.py": "1\n" * 9}), (CLAUDE, {"d.py": "1\n2\n"})],
        Label.MIXED,
    ),
    (
        "Python decides where there is any",
        [("", {"b.py": "1\n" * 20}), (CLAUDE, {"b.md": "1\n" * 99})],
        Label.UNMARKED,
    ),
    (
        "what was taken away again does not count",
        [("", {"b.md": "1\n" * 20}), (CLAUDE, {"c.md": "1\n" * 99}), ("", {"c.md": None})],
        Label.UNMARKED,
    ),
    (
        "a lock is nobody's",
        [("", {"b.md": "1\n" * 20}), (CLAUDE, {"poetry.lock": "1\n" * 99})],
        Label.UNMARKED,
    ),
    (
        "documents",
        [("", {"b.md": "1\n"}), ("", {"c.md": "1\n"}), (CLAUDE, {"d.md": "1\n" * 99})],
        Label.AI,
    ),
    (
        "another language, in equal parts",
        [("", {"b.ts": "1\n" * 9}), (CLAUDE, {"c.ts": "1\n" * 9}), (CLAUDE, {"c.ts": "2\n" * 9})],
        Label.MIXED,
    ),
    (
        "no lines at all: by commits",
        [("", {"b.bin": b"\0\1"}), (CLAUDE, {"c.bin": b"\0\2"})],
        Label.MIXED,
    ),
]


@pytest.fixture
def builder(tmp_path: Path) -> RepositoryBuilder:
    made = RepositoryBuilder(tmp_path / "repo")
    made.clock = 1_785_000_000  # July 2026
    made.commit("First", {"a.py": "a\nb\nc\n"})
    return made


def note(path: str, lines: str) -> bytes:
    return NOTE.format(path=path, lines=lines).encode()


def run(
    builder: RepositoryBuilder,
    settings: AttributionSettings | None = None,
    facts: dict[str, ChangeFacts] | None = None,
) -> Attributed:
    repo = open_repository(builder.path)
    return attribute(read_commits(repo, ["HEAD"]), repo, settings, facts)


def as_author(builder: RepositoryBuilder, author: str) -> str:
    """The last commit, made by somebody else."""
    builder.git("commit", "-q", "--amend", "--no-edit", f"--author={author}")
    return builder.head


def squash(builder: RepositoryBuilder, branch: str, message: str) -> str:
    """What a forge does: one commit with the branch's changes; its head stays under a ref."""
    builder.switch("main")
    builder.git("merge", "-q", "--squash", branch)
    return builder.commit(message)


def test_all_sources_are_registered() -> None:
    assert [source.__name__ for source in SOURCES] == [
        "git_ai_notes",
        "agent_traces",
        "declared_shares",
        "commit_records",
        "branches",
        "user_overrides",
        "policies",
    ]


class TestNotes:
    def test_a_note_decides_over_a_trailer(self, builder: RepositoryBuilder) -> None:
        oid = builder.commit(f"Fix\n\n{CLAUDE}\n", {"b.py": "1\n2\n3\n4\n"})
        builder.note("ai", oid, note("b.py", "1-2"))
        facts = {oid: ChangeFacts(paths=("b.py",), added={"b.py": (Span(1, 4),)})}
        attribution = run(builder, facts=facts).attributions[oid]
        assert (attribution.label, attribution.level) == (Label.MIXED, Level.LINE_ATTESTATION)
        assert attribution.agents == ("codex",)
        assert attribution.ai_share == 0.5

    def test_an_empty_note_says_nothing(self, builder: RepositoryBuilder) -> None:
        oid = builder.commit("Fix", {"b.py": "1\n"})
        builder.note("ai", oid, b'---\n{"schema_version": "authorship/3.0.0"}')
        found = run(builder)
        assert found.attributions[oid].label is Label.UNMARKED
        assert (found.notes.reached, found.notes.empty) == (1, 1)

    def test_a_squashed_commits_note_is_carried_to_where_its_lines_went(
        self, builder: RepositoryBuilder
    ) -> None:
        builder.branch("side")
        one = builder.commit("One", {"b.py": "1\n2\n3\n"})
        builder.note("ai", one, note("b.py", "1-3"))
        head = builder.commit("Two", {"b.py": "0\n1\nx\n3\n"})
        builder.git("update-ref", "refs/pull/7/head", head)
        oid = squash(builder, "side", "Add b (#7)")
        found = run(builder)
        (claim,) = found.attributions[oid].decided_by
        assert [line.span for line in claim.lines] == [Span(2, 2), Span(4, 4)]
        assert "pull request #7" in str(claim.note)
        assert found.notes.carried == 1

    def test_of_two_counts_of_numbers_the_change_is_not_older_than_its_pull_request(
        self, builder: RepositoryBuilder
    ) -> None:
        builder.commit("Of the repository before it was moved (#7)", {"c.py": "1\n"})
        builder.clock += 90 * DAY
        builder.branch("side")
        head = builder.commit("One", {"b.py": "1\n2\n3\n"})
        builder.note("ai", head, note("b.py", "1-3"))
        builder.git("update-ref", "refs/pull/7/head", head)
        oid = squash(builder, "side", "Add b (#7)")
        assert run(builder).attributions[oid].label is Label.AI

    def test_a_rebased_commits_note_is_found_by_its_patch(self, builder: RepositoryBuilder) -> None:
        builder.branch("side")
        one = builder.commit("One", {"b.py": "1\n2\n"})
        builder.note("ai", one, note("b.py", "1-2"))
        builder.switch("main")
        builder.commit("Between", {"c.py": "x\n"})
        builder.git("cherry-pick", one)
        found = run(builder)
        (claim,) = found.attributions[builder.head].decided_by
        assert "equal patch" in str(claim.note)
        assert found.attributions[builder.head].label is Label.AI

    def test_a_note_that_leads_nowhere_is_counted(self, builder: RepositoryBuilder) -> None:
        builder.branch("side")
        one = builder.commit("One", {"b.py": "1\n"})
        builder.note("ai", one, note("b.py", "1"))
        builder.switch("main")
        found = run(builder)
        assert (found.notes.notes, found.notes.unreached) == (1, 1)

    def test_a_broken_note_is_a_problem_of_its_commit(self, builder: RepositoryBuilder) -> None:
        oid = builder.commit("Fix", {"b.py": "1\n"})
        builder.note("ai", oid, b"b.py\n  e61c0a4 1\n")
        (problem,) = run(builder).problems
        assert problem.revision == oid

    def test_a_declared_share_in_a_note(self, builder: RepositoryBuilder) -> None:
        oid = builder.commit("Fix", {"b.py": "1\n"})
        builder.note("ai-attribution", oid, b'{"summary": {"aiPercent": 60}, "files": {}}')
        attribution = run(builder).attributions[oid]
        assert (attribution.label, attribution.level) == (Label.MIXED, Level.DECLARED_SHARE)


class TestPullRequests:
    def test_marks_that_a_squash_dropped_come_back_as_forge_evidence(
        self, builder: RepositoryBuilder
    ) -> None:
        builder.branch("side")
        head = builder.commit(f"One\n\n{CLAUDE}\n", {"b.py": "1\n"})
        builder.git("update-ref", "refs/pull/7/head", head)
        oid = squash(builder, "side", "Add b (#7)")
        attribution = run(builder).attributions[oid]
        assert (attribution.label, attribution.level) == (Label.AI, Level.FORGE)
        assert attribution.agents == ("claude",)

    def test_unmarked_commits_bring_nothing_back(self, builder: RepositoryBuilder) -> None:
        builder.branch("side")
        head = builder.commit("One", {"b.py": "1\n"})
        builder.git("update-ref", "refs/pull/7/head", head)
        oid = squash(builder, "side", "Add b (#7)")
        assert run(builder).attributions[oid].label is Label.UNMARKED

    def test_generated_documents_on_a_persons_branch_bring_nothing_back(
        self, builder: RepositoryBuilder
    ) -> None:
        builder.branch("topic")
        builder.commit("One", {"b.py": "1\n"})
        builder.git("update-ref", "refs/pull/5/head", builder.commit(
            "Update the documents", {"docs/api.md": "b\n"}, author=MARVIN))  # fmt: skip
        oid = squash(builder, "topic", f"One (#5)\n\nCo-authored-by: {MARVIN}\n")
        assert run(builder).attributions[oid].label is Label.UNMARKED

    def test_code_of_an_app_that_also_publishes_comes_back(
        self, builder: RepositoryBuilder
    ) -> None:
        builder.branch("topic")
        builder.commit("One", {"b.py": "1\n"}, author=MARVIN)
        builder.git("update-ref", "refs/pull/5/head", builder.commit(
            "Update the documents", {"docs/api.md": "b\n"}, author=MARVIN))  # fmt: skip
        oid = squash(builder, "topic", f"One (#5)\n\nCo-authored-by: {MARVIN}\n")
        found = run(builder).attributions[oid]
        assert (found.label, found.level, found.agents) == (Label.AI, Level.FORGE, ("claude",))
        (claim,) = found.decided_by
        text = "1 of 1 commits of pull request #5 carry a mark, 1 of 1 of its lines"
        assert claim.text == text

    def test_one_marked_commit_of_many_does_not_make_a_squash_an_agents(
        self, builder: RepositoryBuilder
    ) -> None:
        builder.branch("side")
        builder.commit("One", {"b.py": "".join(f"{n}\n" for n in range(30))})
        head = builder.commit(f"Update b.py\n\n{CLAUDE}\n", {"c.py": "x\n"})
        builder.git("update-ref", "refs/pull/7/head", head)
        oid = squash(builder, "side", f"Add b (#7)\n\n{CLAUDE}\n")
        found = run(builder).attributions[oid]
        assert (found.label, found.level) == (Label.UNMARKED, Level.DECLARED_SHARE)
        assert found.ai_share == 1 / 31

    def test_a_squash_has_the_share_of_its_commits_lines(self, builder: RepositoryBuilder) -> None:
        builder.branch("side")
        builder.commit("One", {"b.py": "1\n2\n3\n"})
        head = builder.commit(f"Two\n\n{CLAUDE}\n", {"b.py": "0\n1\nx\n3\n"})
        builder.git("update-ref", "refs/pull/7/head", head)
        oid = squash(builder, "side", f"Add b (#7)\n\n* One\n\n* Two\n\n{CLAUDE}\n")
        found = run(builder).attributions[oid]
        assert (found.label, found.ai_share, found.agents) == (Label.MIXED, 0.5, ("claude",))
        births = [Birth(oid, "b.py", line) for line in range(1, 5)]
        labels = label_lines(births, {oid: found})
        expected = [Label.AI, Label.UNMARKED, Label.AI, Label.UNMARKED]
        assert [line.label for line in labels] == expected
        assert {line.granularity for line in labels} == {Granularity.INHERITED}

    def test_a_declaration_on_the_whole_pull_request_is_not_shared_out(
        self, builder: RepositoryBuilder
    ) -> None:
        builder.branch("side")
        builder.commit("One", {"b.py": "1\n2\n3\n"})
        builder.git("update-ref", "refs/pull/7/head", builder.commit(
            f"Two\n\n{CLAUDE}\n", {"c.py": "x\n"}))  # fmt: skip
        footer = "🤖 Generated with [Claude Code](https://claude.com/claude-code)"
        oid = squash(builder, "side", f"Add b (#7)\n\n{footer}\n")
        assert run(builder).attributions[oid].label is Label.AI

    def test_help_that_a_squash_dropped_counts(self, builder: RepositoryBuilder) -> None:
        builder.branch("side")
        head = builder.commit("One\n\nAssisted-by: OpenAI Codex\n", {"b.py": "1\n"})
        builder.git("update-ref", "refs/pull/7/head", head)
        oid = squash(builder, "side", "Add b (#7)")
        found = run(builder).attributions[oid]
        assert (found.label, found.agents) == (Label.ASSISTED, ("codex",))

    @pytest.mark.parametrize(
        "opener", [ACTIONS, "x-helper[bot] <x-helper[bot]@users.noreply.github.com>"]
    )
    @pytest.mark.parametrize(("why", "parts", "label"), OPENED)
    def test_a_squash_is_whose_its_commits_are_and_not_of_the_app_that_opened_it(
        self,
        builder: RepositoryBuilder,
        opener: str,
        why: str,
        parts: Sequence[tuple[str | None, str, str, int]],
        label: Label,
    ) -> None:
        builder.branch("side")
        for number, (author, mark, path, lines) in enumerate(parts):
            content = "".join(f"{number} {line}\n" for line in range(lines))
            builder.commit(f"One\n\n{mark}\n", {path: content}, author=author)
        builder.git("update-ref", "refs/pull/7/head", builder.head)
        squash(builder, "side", "Fix (#7)")
        oid = as_author(builder, opener)
        assert run(builder).attributions[oid].label is label, why

    @pytest.mark.parametrize(("why", "parts", "label"), SHARED)
    def test_a_share_is_one_of_lines(
        self,
        builder: RepositoryBuilder,
        why: str,
        parts: Sequence[tuple[str, dict[str, str | bytes | None]]],
        label: Label,
    ) -> None:
        builder.branch("side")
        for mark, files in parts:
            author = mark if mark == ACTIONS else None
            builder.commit(f"One\n\n{mark}\n", files, author=author)
        builder.git("update-ref", "refs/pull/7/head", builder.head)
        oid = squash(builder, "side", f"Add b (#7)\n\n{CLAUDE}\n")
        assert run(builder).attributions[oid].label is label, why

    def test_a_number_of_another_repository_is_not_believed(
        self, builder: RepositoryBuilder
    ) -> None:
        oid = builder.commit("Imported (#7)", {"c.py": "1\n"})
        builder.branch("side")
        head = builder.commit(f"Later\n\n{CLAUDE}\n", {"b.py": "1\n"}, days_later=9)
        builder.git("update-ref", "refs/pull/7/head", head)
        builder.switch("main")
        assert run(builder).attributions[oid].label is Label.UNMARKED

    def test_a_branch_tells_whose_a_bots_commits_are(self, builder: RepositoryBuilder) -> None:
        builder.branch("side")
        bots = builder.commit("Fix", {"b.py": "1\n"}, author=ACTIONS)
        persons = builder.commit("Delete", {"b.py": "2\n"})
        builder.switch("main")
        message = "Merge pull request #9 from octo/claude/issue-8-20260801-1200"
        builder.merge("side", message=message)
        found = run(builder).attributions
        assert (found[bots].label, found[bots].level) == (Label.AI, Level.FORGE)
        assert found[persons].label is Label.UNMARKED
        notes = [str(claim.note) for claim in found[persons].outweighed]
        assert any("a person committed" in one for one in notes)

    def test_a_branch_speaks_only_of_what_it_brought(self, builder: RepositoryBuilder) -> None:
        before = builder.commit("Before", {"x.py": "1\n"}, author=ACTIONS)
        builder.branch("side")
        builder.commit("Fix", {"b.py": "1\n"}, author=ACTIONS)
        builder.switch("main")
        builder.commit("Main", {"c.py": "1\n"})
        builder.merge("side", message="Merge pull request #9 from o/devin/1766430461-x")
        assert run(builder).attributions[before].label is Label.AUTOMATION


class TestBots:
    def test_the_paths_of_a_contested_bump_are_looked_up(self, builder: RepositoryBuilder) -> None:
        bump = builder.commit(f"Bump\n\n{CLAUDE}\n", {"uv.lock": "1\n"}, author=DEPENDABOT)
        code = builder.commit(
            f"Bump\n\n{CLAUDE}\n", {"uv.lock": "2\n", "a.py": "z\n"}, author=DEPENDABOT
        )
        found = run(builder).attributions
        assert found[bump].label is Label.AUTOMATION
        assert found[code].label is Label.AI

    def test_an_agent_that_merges_wrote_nothing(self, builder: RepositoryBuilder) -> None:
        builder.branch("side")
        builder.commit("Side", {"b.py": "1\n"})
        builder.switch("main")
        builder.environment |= {
            "GIT_AUTHOR_NAME": "claude[bot]",
            "GIT_AUTHOR_EMAIL": "209825114+claude[bot]@users.noreply.github.com",
        }
        oid = builder.merge("side")
        found = run(builder).attributions[oid]
        assert found.label is Label.UNMARKED
        assert [claim.rule for claim in found.outweighed] == ["claude.login"]


class TestSettings:
    def test_an_override_holds_and_says_why(self, builder: RepositoryBuilder) -> None:
        oid = builder.commit(f"Fix\n\n{CLAUDE}\n")
        builder.write("labels.txt", f"# ours\n{oid[:10]} human typed by hand on stage\n")
        found = run(builder, AttributionSettings(overrides="labels.txt"))
        (claim,) = found.attributions[oid].decided_by
        assert (claim.label, claim.text) == (Label.HUMAN, "typed by hand on stage")
        assert claim.source == "labels.txt:2"
        assert found.settings == ("Labels are overridden by labels.txt.",)

    def test_an_override_of_no_commit_is_named(self, builder: RepositoryBuilder) -> None:
        builder.write("labels.txt", f"{'0' * 40} ai gone\n")
        found = run(builder, AttributionSettings(overrides="labels.txt"))
        assert [one.line for one in found.unused_overrides] == [1]

    @pytest.mark.parametrize(
        "text", ["abc ai why", "0123456 robot why", "0123456 ai", "0123456", "hello ai why"]
    )
    def test_an_override_that_cannot_be_is_an_error(self, text: str) -> None:
        with pytest.raises(ScanError, match=r"labels\.txt:1"):
            parse_overrides(text, "labels.txt")

    def test_a_missing_file_is_an_error(self, builder: RepositoryBuilder) -> None:
        with pytest.raises(ScanError, match=r"nothing\.txt"):
            run(builder, AttributionSettings(overrides="nothing.txt"))

    def test_unmarked_means_human_where_the_user_says_so(self, builder: RepositoryBuilder) -> None:
        oid = builder.commit("Fix")
        marked = builder.commit(f"Fix\n\n{CLAUDE}\n")
        policy = HumanPolicy(date(2026, 1, 1), "everyone marks since then")
        found = run(builder, AttributionSettings(unmarked_means_human=(policy,)))
        assert found.attributions[oid].label is Label.HUMAN
        assert found.attributions[oid].level is Level.POLICY
        assert found.attributions[marked].label is Label.AI
        assert "everyone marks since then" in found.settings[0]

    def test_before_the_first_agent_a_commit_is_human(self, builder: RepositoryBuilder) -> None:
        builder.clock = 1_500_000_000
        oid = builder.commit("Fix")
        assert run(builder).attributions[oid].label is Label.HUMAN
        never = AttributionSettings(pre_agent_before=date(1970, 1, 1))
        assert run(builder, never).attributions[oid].label is Label.UNMARKED


class TestTables:
    def test_coverage_rows_and_evidence(self, builder: RepositoryBuilder) -> None:
        builder.commit(f"One\n\n{CLAUDE}\n")
        builder.commit("Two", author=CLAUDE_BOT)
        person = builder.commit("Three", author="Claude Meyer <c@example.org>")
        found = run(builder).attributions
        known = coverage(found.values())
        assert (known.commits, known.known, known.near_misses) == (4, 2, 1)
        assert known.share == 0.5
        (claim,) = found[person].evidence
        assert claim.level is Level.NEAR_MISS
        assert claim.note == "name 'Claude' is not an address we know"
        assert claim.registry == shipped().version
        assert "claude.address" not in silent_rules(shipped(), found.values())
        assert "sweep.login" in silent_rules(shipped(), found.values())

    def test_nothing_has_no_share(self) -> None:
        assert coverage(()).share is None


def test_the_labelled_history_is_labelled_right(tmp_path: Path) -> None:
    truth = build(RepositoryBuilder(tmp_path / "labelled"), cases(shipped()))
    repo = open_repository(tmp_path / "labelled")
    found = dict(attribute(read_commits(repo, ["main"]), repo).attributions)
    # What a near one is called is another rule's matter; that its own does not fire is scored.
    labels = {
        case.name: (case.label, found[oid].label)
        for oid, case in truth.items()
        if case.never is None
    }
    assert {name: pair for name, pair in labels.items() if pair[0] is not pair[1]} == {}
    scores, _ = score_rules(truth, found)
    assert all(score.wrong == score.missed == 0 for score in scores.values())
    assert sum(score.near for score in scores.values()) > 80


def test_wilson_agrees_with_a_published_interval() -> None:
    # Newcombe, Statistics in Medicine 17 (1998), table I: 81 of 263.
    share, low, high = wilson(81, 263)
    assert (round(share, 3), round(low, 4), round(high, 4)) == (0.308, 0.2553, 0.3662)


def test_without_a_repository_commits_speak_for_themselves(builder: RepositoryBuilder) -> None:
    oid = builder.commit(f"One\n\n{CLAUDE}\n")
    commits = read_commits(open_repository(builder.path), ["HEAD"])
    assert attribute(commits).attributions[oid].label is Label.AI


def test_an_empty_history_has_no_attributions() -> None:
    assert attribute(()).attributions == {}
