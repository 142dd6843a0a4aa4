"""What `attribute` answers: commits, the lines they wrote and what became of them, and notes."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.attribution_git_ai import counted, expected
from fixtures.repository import RepositoryBuilder
from scanner.attribution.lines import LabelledLines
from scanner.attribution.settings import AttributionSettings
from scanner.base.model import (
    UNMARKED,
    Attribution,
    Claim,
    Granularity,
    Label,
    Level,
    LineAttestation,
    Span,
)
from scanner.base.store import open_store
from scanner.cli.main import run
from scanner.git.lifelines import trace
from scanner.git.process import open_repository
from scanner.history.attribution import AttributedRange, attribute_range, lines_by_label
from scanner.history.read import Selection, parse_range
from tests.attribution.test_all_sources import note, squash
from tests.git.test_lifelines_properties import Sketch, histories, made_real, traced

CLAUDE = "Co-authored-by: Claude <noreply@anthropic.com>"
DEPENDABOT = "dependabot[bot] <49699333+dependabot[bot]@users.noreply.github.com>"
NOW = 1_785_000_000  # July 2026


@pytest.fixture
def builder(tmp_path: Path) -> RepositoryBuilder:
    made = RepositoryBuilder(tmp_path / "repo", clock=NOW)
    made.commit("First", {"a.py": "a\nb\nc\n"})
    return made


def found(builder: RepositoryBuilder, text: str | None = None) -> AttributedRange:
    repository = open_repository(builder.path)
    base, tip = parse_range(repository, text)
    with open_store(None) as store:
        return attribute_range(
            repository, store, Selection(tip, base), AttributionSettings(), lambda *_: None
        )


def printed(builder: RepositoryBuilder, capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    code = run(["attribute", *arguments, "--repo", str(builder.path), "--no-cache"])
    out, err = capsys.readouterr()
    assert (code, err) == (0, "")
    assert "json" in arguments or all(len(line) <= 80 for line in out.splitlines())
    return out


def document(
    builder: RepositoryBuilder, capsys: pytest.CaptureFixture[str], *arguments: str
) -> Any:
    return json.loads(printed(builder, capsys, "--format", "json", *arguments))


class TestLines:
    def test_dead_lines_keep_their_label_and_how_it_is_known(
        self, builder: RepositoryBuilder
    ) -> None:
        noted = builder.commit("Noted", {"b.py": "1\n2\n3\n4\n"})
        builder.note("ai", noted, note("b.py", "1-3"))
        builder.commit(f"Marked\n\n{CLAUDE}\n", {"c.py": "x\ny\n"})
        builder.commit("Rewrite", {"b.py": "1\n2\n", "c.py": None, "a.py": "a\nB\nc\n"})
        assert found(builder).written == (
            LabelledLines(Label.AI, Granularity.LINE, 3, 2, 1),
            LabelledLines(Label.AI, Granularity.INHERITED, 2, 0, 2),
            # Three of the four lines of the noted commit are attested: it is mixed.
            LabelledLines(Label.MIXED, Granularity.INHERITED, 1, 0, 1),
            LabelledLines(Label.UNMARKED, Granularity.INHERITED, 4, 3, 1),
        )

    def test_mixed_lines_have_the_share_of_their_commits(
        self, builder: RepositoryBuilder, capsys: pytest.CaptureFixture[str]
    ) -> None:
        builder.commit("One\n\nEntire-Attribution: 25% agent (1/4 lines)\n", {"b.py": "1\n2\n3\n"})
        builder.commit("Two\n\nEntire-Attribution: 75% agent (3/4 lines)\n", {"c.py": "1\n"})
        (row,) = [row for row in found(builder).written if row.label is Label.MIXED]
        assert (row.born, row.ai_share) == (4, (3 * 0.25 + 0.75) / 4)
        assert "its commit, 38% AI" in printed(builder, capsys)
        shares = [one["ai_share"] for one in document(builder, capsys)["lines"]]
        assert shares == [row.ai_share, None]

    def test_only_what_the_range_wrote_counts(self, builder: RepositoryBuilder) -> None:
        builder.commit(f"Marked\n\n{CLAUDE}\n", {"a.py": "a\nB\nc\nd\n"})
        (row,) = found(builder, "HEAD~1..HEAD").written
        assert row == LabelledLines(Label.AI, Granularity.INHERITED, 2, 2, 0)

    def test_nothing_written_has_no_table(
        self, builder: RepositoryBuilder, capsys: pytest.CaptureFixture[str]
    ) -> None:
        builder.commit("Words", {"README.md": "x\n"})
        assert "lines of Python" not in printed(builder, capsys, "HEAD~1..HEAD")

    def test_the_tables_and_the_document_say_the_same(
        self, builder: RepositoryBuilder, capsys: pytest.CaptureFixture[str]
    ) -> None:
        builder.commit(f"Marked\n\n{CLAUDE}\n", {"b.py": "x\ny\n"})
        builder.commit("Less", {"b.py": "x\n"})
        text = printed(builder, capsys)
        assert (
            "ai               its commit                    2             1             1" in text
        )
        assert (
            "all                                            5             4             1" in text
        )
        assert document(builder, capsys)["lines"] == [
            {"label": label, "granularity": "inherited", "born": born, "alive": alive,
             "dead": dead, "lost": 0, "ai_share": None,
             "ai_share_reason": "only lines that are mixed by their commit have a share"}
            for label, born, alive, dead in (("ai", 2, 1, 1), ("unmarked", 3, 3, 0))
        ]  # fmt: skip


class TestMerges:
    def test_a_merge_that_wrote_nothing_is_no_change(
        self, builder: RepositoryBuilder, capsys: pytest.CaptureFixture[str]
    ) -> None:
        builder.branch("side")
        builder.commit(f"Side\n\n{CLAUDE}\n", {"b.py": "x\n"})
        builder.switch("main")
        builder.commit("Main", {"c.py": "x\n"})
        builder.merge("side")
        text = printed(builder, capsys)
        assert "1 of 3 commits (33.3%) carry evidence" in text
        assert "1 merge wrote nothing and is left out." in " ".join(text.split())
        coverage = document(builder, capsys)["coverage"]
        assert (coverage["commits"], coverage["clean_merges"]) == (3, 1)

    def test_a_merge_that_resolves_is_labelled_as_in_the_report(
        self, builder: RepositoryBuilder
    ) -> None:
        builder.branch("side")
        builder.commit("Side", {"a.py": "a\nside\nc\n"})
        builder.switch("main")
        builder.commit("Main", {"a.py": "a\nmain\nc\n"})
        builder.git("merge", "-q", "-s", "ours", "-m", "x", "side")
        builder.write("a.py", "a\nboth\nc\n")
        builder.git("add", "-A")
        builder.git("commit", "-q", "--amend", "-m", f"Merge side\n\n{CLAUDE}")
        attributed = found(builder)
        assert attributed.clean_merges == frozenset()
        assert attributed.attributed.attributions[builder.head].label is Label.AI


class TestNotes:
    def test_notes_that_were_carried_and_those_that_could_not_be_are_said(
        self, builder: RepositoryBuilder, capsys: pytest.CaptureFixture[str]
    ) -> None:
        builder.branch("side")
        first = builder.commit("One", {"b.py": "1\n2\n"})
        builder.note("ai", first, note("b.py", "1-2"))
        builder.git("update-ref", "refs/pull/7/head", first)
        builder.switch("main")
        builder.branch("other")
        lost = builder.commit("Other", {"d.py": "1\n"})
        builder.note("ai", lost, note("d.py", "1"))
        squash(builder, "side", "Add b (#7)")
        text = " ".join(printed(builder, capsys).split())
        assert (
            "git-ai notes: 2; 0 on commits of this history, 1 matched to the change that took "
            "their commit in, 1 out of reach, 0 empty." in text
        )
        assert document(builder, capsys)["notes"] == {
            "notes": 2, "reached": 0, "carried": 1, "unreached": 1, "empty": 0
        }  # fmt: skip

    def test_counts_agree_with_the_definitions_of_git_ai(self, builder: RepositoryBuilder) -> None:
        builder.branch("side")
        human = b"b c.py\n  h_0123456789abcd 2-3\n  0123456789abcdef 4\n---\n{}"
        first = builder.commit("One", {"b c.py": "1\n2\n3\n4\n5\n", "d.bin": b"\0\n\0\n"})
        builder.note("ai", first, human.replace(b"b c.py", b'"b c.py"'))
        builder.git("mv", "b c.py", "e.py")
        renamed = builder.commit("Rename", {"e.py": "1\n2\n3\n4\n5\n6\n"})
        builder.note("ai", renamed, note("e.py", "5-6"))
        builder.switch("main")
        builder.note("ai", builder.merge("side"), note("e.py", "1-6"))
        ours = counted(builder.path)
        assert len(ours) == 3
        assert ours == {oid: expected(builder.path, oid)[0] for oid in ours}
        assert ours[first] == (1, 2, 2)
        assert ours[renamed] == (1, 0, 0)


class TestCanary:
    def test_rules_that_matched_nothing_are_named_when_asked(
        self, builder: RepositoryBuilder, capsys: pytest.CaptureFixture[str]
    ) -> None:
        builder.commit(f"Marked\n\n{CLAUDE}\n", {"b.py": "x\n"})
        builder.commit("Meet", {"c.py": "x\n"}, author="Claude Meyer <c@example.org>")
        assert "matched nothing" not in printed(builder, capsys)
        text = printed(builder, capsys, "-v")
        silent = text.partition("matched nothing")[2]
        assert "sweep.login" in silent
        assert "claude.address" not in re.split(r"[\s,]+", silent)
        assert "     1  name 'Claude' is not an address we know" in text
        rules = document(builder, capsys)["silent_rules"]
        assert "sweep.login" in rules
        assert "claude.address" not in rules


ATTRIBUTIONS = st.sampled_from(
    [
        UNMARKED,
        Attribution(Label.AI, Level.AUTHOR_IDENTITY, ("claude",)),
        Attribution(
            Label.MIXED,
            Level.LINE_ATTESTATION,
            decided_by=(
                Claim(
                    Level.LINE_ATTESTATION,
                    "git-ai.note",
                    "test",
                    "text",
                    Label.MIXED,
                    lines=(
                        LineAttestation("a.py", Span(1, 2), Label.AI, "codex"),
                        LineAttestation("a.py", Span(4, 9), Label.HUMAN, None),
                        LineAttestation("b.py", Span(1, 1), Label.AI, None),
                    ),
                ),
            ),
        ),
    ]
)


@settings(max_examples=25)
@given(histories(paths=("a.py", "b.py")), st.lists(ATTRIBUTIONS, min_size=10, max_size=10))
def test_every_line_has_a_label_and_one_end(
    sketches: Sequence[Sketch], drawn: list[Attribution]
) -> None:
    with made_real(tuple(sketches)) as builder:
        commits, diffs = traced(builder)
    lives = trace(commits, lambda before, after: diffs[before, after])
    oids = [commit.oid for commit in commits]
    labels = dict(zip(oids, drawn, strict=False))
    rows = lines_by_label(lives, labels, frozenset(oids))
    assert sum(row.alive for row in rows) == sum(map(len, sketches[-1].files.values()))
    assert sum(row.dead for row in rows) == np.count_nonzero((lives.death != -1) & ~lives.is_twin)
    assert all((row.lost, row.born) == (0, row.alive + row.dead) for row in rows)
    assert len({(row.label, row.granularity) for row in rows}) == len(rows)
    parts = [lines_by_label(lives, labels, {oid}) for oid in oids]
    assert sum(row.born for part in parts for row in part) == sum(row.born for row in rows)


CONFIGURATION = """
[attribution]
overrides = "labels.txt"
off = ["sweep.login"]
pre_agent_before = 2022-01-01

[[attribution.unmarked_means_human]]
since = 2023-01-01
until = 2025-01-01
reason = "nobody used an agent then"

[[attribution.signals]]
id = "house"
channel = "subject"
match = ["Robot: .*"]
label = "ai"
reason = "our robot begins so"

[[attribution.void]]
signal = "claude.address"
first = 2026-07-01
last = 2026-07-02
reason = "a bulk import"
"""
SAID = (
    "Commits before 2022-01-01 count as human.",
    "Unmarked means human since 2023-01-01 until 2025-01-01: nobody used an agent then.",
    "Labels are overridden by labels.txt.",
    "Extra signal house (subject: Robot: .*) means ai: our robot begins so.",
    "Signal sweep.login is switched off.",
    "Signal claude.address is void from 2026-07-01 to 2026-07-02: a bulk import.",
    "Override of a commit that is not here: deadbeef",
)


@pytest.mark.parametrize(
    "command", ["attribute", "report --format html", "report --format markdown"]
)
def test_everything_that_is_configured_is_printed(
    builder: RepositoryBuilder, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    builder.commit("Robot: add b", {"b.py": "x = 1\n"})
    builder.write(
        "labels.txt", f"{builder.head} mixed We wrote it together\ndeadbeef ai Not here\n"
    )
    builder.commit("Settle", {"tallystick.toml": CONFIGURATION})
    arguments = [*command.split(), "--repo", str(builder.path), "--no-cache", "-q"]
    assert run([*arguments, *(["-o", "-"] if "html" in command else [])]) == 0
    text = html.unescape(capsys.readouterr().out).replace("\\", "")
    found = " ".join(text.split())
    assert [said for said in SAID if said not in found] == []


class TestUnknownApps:
    HELPER = "x-helper[bot] <9+x-helper[bot]@users.noreply.github.com>"

    def test_they_are_named_with_the_line_that_says_what_they_are(
        self, builder: RepositoryBuilder, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert "unknown:" not in printed(builder, capsys)
        builder.commit("One", {"b.py": "1\n"}, author=self.HELPER)
        builder.commit(f"Two\n\n{CLAUDE}\n", {"c.py": "1\n"}, author=self.HELPER)
        builder.commit("Bump", {"d.py": "1\n"}, author=DEPENDABOT)
        text = " ".join(printed(builder, capsys).split())
        assert "Automation, unknown: x-helper[bot] (1 commit)." in text
        assert 'bots = { "x-helper[bot]" = "ai" }' in text
        assert document(builder, capsys)["unknown_apps"] == [
            {"login": "x-helper[bot]", "commits": 1}
        ]

    def test_the_line_does_what_it_says(
        self, builder: RepositoryBuilder, capsys: pytest.CaptureFixture[str]
    ) -> None:
        said = 'bots = {"x-helper[bot]" = "ai", "dependabot[bot]" = "ai", "Y[bot]" = "automation"}'
        builder.commit("Set", {"tallystick.toml": f"[attribution]\n{said}\n"})
        builder.commit("One", {"b.py": "1\n"}, author=self.HELPER)
        builder.commit("Bump", {"d.py": "1\n"}, author=DEPENDABOT)
        builder.commit("Y", {"e.py": "1\n"}, author="y[bot] <y[bot]@users.noreply.github.com>")
        found = document(builder, capsys)
        assert found["unknown_apps"] == []
        labels = [(one["label"], one["agents"]) for one in found["commits"][:3]]
        assert labels == [("automation", ["y"]), ("ai", ["dependabot"]), ("ai", ["x-helper"])]
        assert "Commits by x-helper[bot] count as ai." in found["settings"]


def test_the_records_of_agentdiff_are_read_from_their_ref(builder: RepositoryBuilder) -> None:
    oid = builder.commit("Traced", {"b.py": "1\n2\n3\n"})
    ranges = [{"start_line": 1, "end_line": 2}]
    conversations = [{"contributor": {"type": "ai", "model_id": "unknown"}, "ranges": ranges}]
    files = [{"path": "b.py", "conversations": conversations}]
    record = {"version": "0.1.0", "vcs": {"type": "git", "revision": oid}, "files": files}
    text = json.dumps(record | {"tool": {"name": "claude-code"}}).encode()
    blob = builder.git("hash-object", "-w", "--stdin", stdin=text).strip()
    tree = builder.git("mktree", stdin=f"100644 blob {blob}\ttraces.jsonl\n".encode()).strip()
    builder.git("update-ref", "refs/agentdiff/meta", builder.git("commit-tree", tree, "-m", "x"))
    attribution = found(builder).attributed.attributions[oid]
    assert (attribution.level, attribution.agents) == (Level.LINE_ATTESTATION, ("claude",))
    assert found(builder).written[0] == LabelledLines(Label.AI, Granularity.LINE, 2, 2, 0)
