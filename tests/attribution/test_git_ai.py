"""git-ai's notes: the layout, every kind of key, and what is wrong with some of them."""

from __future__ import annotations

import json
import resource
from pathlib import Path
from typing import ClassVar

import pytest

from fixtures.repository import RepositoryBuilder
from scanner.attribution.git_ai import GitAiNote, parse_note, problems_of, read_git_ai
from scanner.attribution.share_notes import parse_share
from scanner.attribution.shares import AddedLines, LineCounts, git_ai_counts
from scanner.base.model import Claim, Label, Level, LineAttestation, Problem, Span
from scanner.git.process import open_repository

SESSION = {
    "s_0123456789abcd": {"agent_id": {"tool": "codex", "id": "x", "model": "gpt-5"}},
    "s_aaaaaaaaaaaaaa": {"agent_id": {"tool": "claude", "id": "y", "model": "opus"}},
}
PROMPTS = {
    "0123456789abcdef": {"agent_id": {"tool": "cursor", "id": "z", "model": "m"}, "messages": [1]},
    "e61c0a4": {"agent_id": {"tool": "Github-Copilot", "id": "z", "model": "m"}},
}


def note(attestations: str, version: str = "3.0.0", **more: object) -> bytes:
    metadata = {"schema_version": f"authorship/{version}", "base_commit_sha": "", **more}
    return f"{attestations}---\n{json.dumps(metadata, indent=2)}".encode()


def lines(
    path: str, *spans: tuple[int, int], label: Label, agent: str | None
) -> list[LineAttestation]:
    return [LineAttestation(path, Span(*span), label, agent) for span in spans]


def ai(path: str, *spans: tuple[int, int], agent: str | None) -> list[LineAttestation]:
    return lines(path, *spans, label=Label.AI, agent=agent)


READ = {
    "nothing attested": (note("", prompts={}), []),
    "a session": (
        note("a.py\n  s_0123456789abcd::t_00000000000000 1-3,7\n", sessions=SESSION),
        ai("a.py", (1, 3), (7, 7), agent="codex"),
    ),
    "a session without a trace": (
        note("a.py\n  s_0123456789abcd 1\n", sessions=SESSION),
        ai("a.py", (1, 1), agent="codex"),
    ),
    "a person": (
        note("a.py\n  h_0123456789abcd 2-4\n", humans={"h_0123456789abcd": {"author": "A"}}),
        lines("a.py", (2, 4), label=Label.HUMAN, agent=None),
    ),
    "a legacy key": (
        note("a.py\n  0123456789abcdef 5\n", prompts=PROMPTS),
        ai("a.py", (5, 5), agent="cursor"),
    ),
    "an old short key": (
        note("a.py\n  e61c0a4 5\n", prompts=PROMPTS),
        ai("a.py", (5, 5), agent="copilot"),
    ),
    "a key of another length": (
        note("a.py\n  638f41ac-1dd9-49eb-b090-a4abfe235a97 1\n  ai_agent 2\n", prompts={}),
        ai("a.py", (1, 1), (2, 2), agent=None),
    ),
    "a key with no session": (
        note("a.py\n  s_ffffffffffffff::t_00000000000000 9\n", sessions={}),
        ai("a.py", (9, 9), agent=None),
    ),
    "the word human is not a person": (note("a.py\n  human 1-9\n", prompts={}), []),
    "a path with a space": (
        note('"my file.py"\n  e61c0a4 1\n', prompts=PROMPTS),
        ai("my file.py", (1, 1), agent="copilot"),
    ),
    "a path with dashes": (
        note("---a.py\n  e61c0a4 1\n", prompts=PROMPTS),
        ai("---a.py", (1, 1), agent="copilot"),
    ),
    "several files and kinds": (
        note(
            "a.py\n  s_0123456789abcd::t_1 1\n  h_0123456789abcd 2\nb.py\n"
            "  s_aaaaaaaaaaaaaa::t_2 3\n",
            sessions=SESSION,
        ),
        [
            *ai("a.py", (1, 1), agent="codex"),
            *lines("a.py", (2, 2), label=Label.HUMAN, agent=None),
            *ai("b.py", (3, 3), agent="claude"),
        ],
    ),
    "a later version of the same shape": (
        note("a.py\n  s_0123456789abcd::t_1 1\n", version="4.0.0", sessions=SESSION, deletions={}),
        ai("a.py", (1, 1), agent="codex"),
    ),
    "a later version of another shape": (
        note("a.py\n  s_0123456789abcd::t_1 1\n", version="4.0.0", sessions=[1, 2], prompts=3),
        ai("a.py", (1, 1), agent=None),
    ),
}


@pytest.mark.parametrize(("content", "expected"), READ.values(), ids=READ.keys())
def test_reads(content: bytes, expected: list[LineAttestation]) -> None:
    found = parse_note(content)
    assert list(found.lines) == expected
    assert found.problems == ()


BROKEN = {
    "no divider": (b"a.py\n  e61c0a4 1\n", 0),
    "JSON that ends early": (b'a.py\n  e61c0a4 1\n---\n{"schema_version": "authorship/3.0.0"', 1),
    "no JSON": (b"a.py\n  e61c0a4 1\n---\n", 1),
    "an entry without a path": (note("  e61c0a4 1\n"), 0),
    "a range the wrong way round": (note("a.py\n  e61c0a4 9-3\n  e61c0a4 4\n"), 1),
    "line zero": (note("a.py\n  e61c0a4 0-3\n"), 0),
    "no range": (note("a.py\n  e61c0a4\n"), 0),
    "ranges with spaces": (note("a.py\n  e61c0a4 1, 2\n"), 0),
    "a huge number that is none": (note("a.py\n  e61c0a4 1e9\n"), 0),
    "an agent that is no text": (
        note("a.py\n  e61c0a4 1\n", prompts=PROMPTS).replace(b"Github", b"\xff\xfe"),
        1,
    ),
}


@pytest.mark.parametrize(("content", "count"), BROKEN.values(), ids=BROKEN.keys())
def test_what_cannot_be_read_is_a_problem_and_the_rest_counts(content: bytes, count: int) -> None:
    found = parse_note(content)
    assert len(found.lines) == count
    (problem,) = problems_of("a" * 40, found)
    assert problem.revision == "a" * 40
    assert problem.reason


def test_an_empty_note_claims_nothing() -> None:
    assert parse_note(b"") == GitAiNote(())
    assert parse_note(note("")).claim is None


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("a.py\n  e61c0a4 1\n", Label.AI),
        ("a.py\n  h_0123456789abcd 1\n", Label.HUMAN),
        ("a.py\n  e61c0a4 1\n  h_0123456789abcd 2\n", Label.MIXED),
    ],
)
def test_the_claim_of_a_note(text: str, label: Label) -> None:
    claim = parse_note(note(text)).claim
    assert claim is not None
    assert (claim.level, claim.label) == (Level.LINE_ATTESTATION, label)


class TestCountsOfGitAi:
    """`ai_additions`, `human_additions`, `unknown_additions` as that tool defines them."""

    ADDED: ClassVar[AddedLines] = {"a.py": (Span(1, 10),), "b.py": (Span(5, 5), Span(8, 9))}
    NOTE = parse_note(
        note(
            "a.py\n  e61c0a4 1-3,11-20\n  h_0123456789abcd 4-5\n"
            "b.py\n  e61c0a4 1-8\nc.py\n  e61c0a4 1\n"
        )
    )

    def test_only_added_lines_count(self) -> None:
        counts = git_ai_counts(self.ADDED, self.NOTE.lines)
        assert counts == LineCounts(ai=3 + 2, human=2, unknown=13 - 7)

    def test_a_merge_counts_nothing(self) -> None:
        assert git_ai_counts(self.ADDED, self.NOTE.lines, is_merge=True) == LineCounts()

    def test_without_a_note_all_is_unknown(self) -> None:
        assert git_ai_counts(self.ADDED, ()) == LineCounts(unknown=13)


class TestShareNotes:
    @pytest.mark.parametrize(
        ("document", "share"),
        [
            ({"summary": {"aiPercent": 73}, "files": {}}, 0.73),
            ({"files": {"a": {"aiChars": 30, "humanChars": 10, "percent": 75}}}, 0.75),
            ({"summary": {"aiPercent": 250}}, 1.0),
        ],
    )
    def test_the_share(self, document: dict[str, object], share: float) -> None:
        claim = parse_share(json.dumps(document).encode(), "a" * 40)
        assert isinstance(claim, Claim)
        assert claim.share == share

    def test_no_share_is_no_claim(self) -> None:
        assert parse_share(b'{"files": {}}', "a" * 40) is None

    @pytest.mark.parametrize("content", [b"", b"[]", b"{", b"\xff"])
    def test_what_is_no_note_is_a_problem(self, content: bytes) -> None:
        assert isinstance(parse_share(content, "a" * 40), Problem)


def _repository_with_notes(path: Path, notes: list[bytes]) -> RepositoryBuilder:
    """Commits and notes in one `git fast-import`, with the fan-out of a large notes tree."""
    builder = RepositoryBuilder(path)
    commits = "".join(
        f"commit refs/heads/main\nmark :{n}\ncommitter A <a@example.org> {n} +0000\ndata 1\nx\n"
        for n in range(1, len(notes) + 1)
    ).encode()
    head = b"commit refs/notes/ai\ncommitter A <a@example.org> 1 +0000\ndata 0\n"
    body = b"".join(
        b"N inline :%d\ndata %d\n%s\n" % (n, len(content), content)
        for n, content in enumerate(notes, start=1)
    )
    builder.git("fast-import", "--quiet", stdin=commits + head + body)
    return builder


def test_reads_the_notes_of_a_repository_through_their_fan_out(tmp_path: Path) -> None:
    notes = [note(f"a.py\n  e61c0a4 {n}\n", prompts=PROMPTS) for n in range(1, 600)]
    builder = _repository_with_notes(tmp_path / "repo", notes)
    assert "/" in builder.git("ls-tree", "-r", "--name-only", "refs/notes/ai").split()[0]
    repo = open_repository(builder.path)
    found = dict(read_git_ai(repo, "refs/notes/ai"))
    assert set(found) == set(builder.git("rev-list", "main").split())
    one = next(iter(found))
    assert list(dict(read_git_ai(repo, "refs/notes/ai", {one}))) == [one]


def test_a_ref_that_is_not_there_has_no_notes(tmp_path: Path) -> None:
    builder = RepositoryBuilder(tmp_path / "repo")
    builder.commit()
    assert list(read_git_ai(open_repository(builder.path), "refs/notes/ai")) == []


def test_a_note_in_a_sha256_repository(tmp_path: Path) -> None:
    builder = RepositoryBuilder(tmp_path / "repo", object_format="sha256")
    oid = builder.commit()
    builder.note("ai", oid, note("a.py\n  e61c0a4 1\n", prompts=PROMPTS))
    assert list(dict(read_git_ai(open_repository(builder.path), "refs/notes/ai"))) == [oid]


@pytest.mark.slow
def test_ten_thousand_notes_stream(tmp_path: Path) -> None:
    huge = note("a.py\n  e61c0a4 1-9\n", prompts={"e61c0a4": {"messages": ["x" * 2_700_000]}})
    small = note("a.py\n  s_0123456789abcd::t_1 1-3,7,9-20\n", sessions=SESSION)
    builder = _repository_with_notes(tmp_path / "repo", [huge, *[small] * 9_999])
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    count = sum(1 for _ in read_git_ai(open_repository(builder.path), "refs/notes/ai"))
    assert count == 10_000
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024 < 150
