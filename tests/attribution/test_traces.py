"""Agent Trace records: from the work tree, a file and a ref, matched by content to commits."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fixtures.repository import RepositoryBuilder
from scanner.attribution.agent_trace import (
    TracedFile,
    content_matches,
    hash_text,
    murmur3,
    parse_traces,
)
from scanner.attribution.all_sources import attribute
from scanner.attribution.settings import AttributionSettings
from scanner.attribution.traces import gather_traces
from scanner.base.model import Claim, Label, Level, Problem, Span
from scanner.git.commits import read_commits
from scanner.git.process import open_repository

AGENTS = frozenset({"claude", "codex", "cursor"})


def record(revision: str, path: str, *ranges: object, kind: str = "ai", **more: object) -> bytes:
    conversation = {"contributor": {"type": kind, "model_id": "x/y"}, "ranges": list(ranges)}
    document = {
        "version": "0.1.0",
        "id": "00000000-0000-4000-8000-000000000000",
        "timestamp": "2026-08-01T12:00:00Z",
        "vcs": {"type": "git", "revision": revision},
        "tool": {"name": "claude-code"},
        "files": [{"path": path, "conversations": [conversation]}],
        **more,
    }
    return json.dumps(document).encode() + b"\n"


def lines(first: int, last: int, **more: object) -> dict[str, object]:
    return {"start_line": first, "end_line": last, **more}


OID = "a" * 40

BROKEN = {
    "no JSON": b"{\n",
    "no object": b"[]\n",
    "no files": b'{"version": "0.1.0"}\n',
    "no revision": record(OID, "a.py", lines(1, 2), vcs=None),
    "another system": record(OID, "a.py", lines(1, 2), vcs={"type": "jj", "revision": "kk"}),
    "an absolute path": record(OID, "/home/a.py", lines(1, 2)),
    "a drive": record(OID, "C:\\a.py", lines(1, 2)),
    "backslashes": record(OID, "src\\a.py", lines(1, 2)),
    "a path that leaves": record(OID, "../a.py", lines(1, 2)),
    "no path": record(OID, "", lines(1, 2)),
    "a range the wrong way round": record(OID, "a.py", lines(5, 2)),
    "line zero": record(OID, "a.py", lines(0, 2)),
    "a line that is no number": record(OID, "a.py", {"start_line": "1", "end_line": 2}),
    "half a range": record(OID, "a.py", {"start_line": 1}),
    "a contributor of no known type": record(OID, "a.py", lines(1, 2), kind="robot"),
    "bytes that are no text": b'{"files": [{"path": "\xff"}]}\n',
}


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN.keys())
def test_what_is_malformed_is_a_problem(content: bytes) -> None:
    (problem,) = parse_traces(content, "traces.jsonl", AGENTS)
    assert isinstance(problem, Problem)
    assert problem.reason.startswith("traces.jsonl:1: ")


def test_a_bad_range_does_not_spoil_the_good_ones() -> None:
    content = record(OID, "a.py", lines(5, 2), lines(3, 4), {"start_line": 7})
    found = list(parse_traces(content, "t", AGENTS))
    traced = [one for one in found if isinstance(one, TracedFile)]
    assert len(found) == 3
    assert [one.span for one in traced[0].ranges] == [Span(3, 4)]


def test_a_range_may_have_a_contributor_of_its_own() -> None:
    content = record(OID, "a.py", lines(1, 1), lines(2, 2, contributor={"type": "human"}))
    (traced,) = parse_traces(content, "t", AGENTS)
    assert isinstance(traced, TracedFile)
    assert [(one.label, one.agent) for one in traced.ranges] == [
        (Label.AI, "claude"),
        (Label.HUMAN, None),
    ]


def test_a_tool_that_no_agent_is_called_names_nobody() -> None:
    content = record(OID, "a.py", lines(1, 1), tool={"name": "Ada Example"})
    (traced,) = parse_traces(content, "t", AGENTS)
    assert isinstance(traced, TracedFile)
    assert traced.ranges[0].agent is None


def test_blank_lines_are_left_out() -> None:
    assert list(parse_traces(b"\n  \n", "t", AGENTS)) == []


class TestHashes:
    @pytest.mark.parametrize(
        ("data", "expected"),
        # Published test vectors of MurmurHash3_x86_32 with seed 0.
        [(b"", 0), (b"test", 0xBA6BD213), (b"Hello, world!", 0xC0363E43)],
    )
    def test_murmur3(self, data: bytes, expected: int) -> None:
        assert murmur3(data) == expected

    def test_a_span_matches_with_or_without_its_last_newline(self) -> None:
        rows = ("a", "b", "c")
        for text in ("b\nc", "b\nc\n"):
            digest = hash_text("sha256", text)
            assert content_matches(rows, Span(2, 3), f"sha256:{digest}") is True
        assert content_matches(rows, Span(1, 2), f"sha256:{digest}") is False
        assert content_matches(rows, Span(1, 2), "crc64:00") is None


class Written:
    """A repository whose second commit changes lines 3 and 4 of a file of six."""

    def __init__(self, path: Path) -> None:
        self.builder = RepositoryBuilder(path)
        self.first = self.builder.commit("First", {"a.py": "a\nb\nc\nd\ne\nf\n"})
        self.second = self.builder.commit(
            "Second", {"a.py": "a\nb\nC\nD\ne\nf\n", "n.py": "1\n2\n"}
        )
        self.third = self.builder.commit("Third", {"other.py": "x\n"})

    def claims(self, content: bytes, *sources: str) -> tuple[dict[str, Claim], tuple[Problem, ...]]:
        trace = self.builder.path / ".agent-trace" / "traces.jsonl"
        trace.parent.mkdir(exist_ok=True)
        trace.write_bytes(content)
        repo = open_repository(self.builder.path)
        commits = {commit.oid: commit for commit in read_commits(repo, ["HEAD"])}
        chosen = sources or (".agent-trace/traces.jsonl",)
        found, problems = gather_traces(repo, chosen, commits, AGENTS)
        return dict(found), problems


@pytest.fixture
def written(tmp_path: Path) -> Written:
    return Written(tmp_path / "repo")


class TestMatching:
    def test_the_revision_may_be_the_commit(self, written: Written) -> None:
        found, problems = written.claims(record(written.second, "a.py", lines(3, 4)))
        assert problems == ()
        (line,) = found[written.second].lines
        assert (line.path, line.span, line.label, line.agent) == (
            "a.py", Span(3, 4), Label.AI, "claude",
        )  # fmt: skip

    def test_the_revision_may_be_the_parent(self, written: Written) -> None:
        found, _ = written.claims(record(written.first, "a.py", lines(3, 4)))
        assert list(found) == [written.first]
        found, _ = written.claims(record(written.first, "n.py", lines(1, 2)))
        assert list(found) == [written.second]

    def test_a_revision_outside_the_history_is_nobodys_problem(self, written: Written) -> None:
        assert written.claims(record("f" * 40, "a.py", lines(1, 1))) == ({}, ())

    def test_a_path_that_did_not_change_is_a_problem(self, written: Written) -> None:
        found, problems = written.claims(record(written.third, "a.py", lines(1, 1)))
        assert found == {}
        assert "did not change" in problems[0].reason

    def test_a_range_beyond_the_file_is_a_problem(self, written: Written) -> None:
        found, problems = written.claims(record(written.second, "a.py", lines(3, 9)))
        assert found == {}
        assert "beyond the file's 6" in problems[0].reason

    def test_a_whole_edited_file_is_file_level(self, written: Written) -> None:
        found, _ = written.claims(record(written.second, "a.py", lines(1, 6)))
        claim = found[written.second]
        assert (claim.level, claim.label, claim.lines) == (Level.DECLARED_AUTHORSHIP, Label.AI, ())
        assert "file level" in str(claim.note)

    def test_lines_from_the_top_that_were_not_changed_are_file_level_too(
        self, written: Written
    ) -> None:
        found, _ = written.claims(record(written.second, "a.py", lines(1, 2)))
        assert found[written.second].lines == ()

    def test_a_whole_new_file_is_line_level(self, written: Written) -> None:
        found, _ = written.claims(record(written.second, "n.py", lines(1, 2)))
        assert found[written.second].level is Level.LINE_ATTESTATION

    def test_recorded_content_is_checked(self, written: Written) -> None:
        digest = hash_text("sha256", "C\nD")
        good = record(written.second, "a.py", lines(3, 4, content_hash=f"sha256:{digest}"))
        found, problems = written.claims(good)
        assert problems == ()
        assert found[written.second].lines[0].span == Span(3, 4)

    def test_recorded_content_is_found_where_it_moved(self, written: Written) -> None:
        digest = f"murmur3:{murmur3(b'C' + bytes([10]) + b'D'):08x}"
        found, problems = written.claims(
            record(written.second, "a.py", lines(4, 5, content_hash=digest))
        )
        assert problems == ()
        assert found[written.second].lines[0].span == Span(3, 4)

    def test_other_content_than_recorded_is_a_problem(self, written: Written) -> None:
        bad = record(written.second, "a.py", lines(3, 4, content_hash="sha256:00"))
        found, problems = written.claims(bad)
        assert found == {}
        assert "recorded content" in problems[0].reason

    def test_unknown_contributors_attest_nothing(self, written: Written) -> None:
        assert written.claims(record(written.second, "a.py", lines(3, 4), kind="unknown")) == (
            {},
            (),
        )

    def test_records_may_lie_in_a_ref_or_a_file(self, written: Written, tmp_path: Path) -> None:
        content = record(written.second, "a.py", lines(3, 4))
        blob = written.builder.git("hash-object", "-w", "--stdin", stdin=content)
        tree = written.builder.git("mktree", stdin=f"100644 blob {blob}\ttraces.jsonl\n".encode())
        written.builder.git("update-ref", "refs/traces/main", tree)
        found, _ = written.claims(b"", "refs/traces/main:traces.jsonl")
        assert list(found) == [written.second]
        elsewhere = tmp_path / "elsewhere.jsonl"
        elsewhere.write_bytes(content)
        found, _ = written.claims(b"", str(elsewhere), "refs/nowhere:traces.jsonl")
        assert list(found) == [written.second]


def test_a_traced_commit_is_labelled_by_its_lines(written: Written) -> None:
    written.claims(record(written.second, "a.py", lines(3, 4)))
    repo = open_repository(written.builder.path)
    found = attribute(read_commits(repo, ["HEAD"]), repo, AttributionSettings())
    attribution = found.attributions[written.second]
    assert (attribution.label, attribution.level) == (Label.MIXED, Level.LINE_ATTESTATION)
    assert (attribution.agents, attribution.ai_share) == (("claude",), 0.5)
