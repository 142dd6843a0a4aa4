"""Where settings, labels and thresholds come from: the base, and nothing that a change brings."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fixtures.repository import RepositoryBuilder
from scanner.base.errors import ScanError
from scanner.base.model import Label, Outcome, Review
from scanner.base.store import open_store
from scanner.config import parse_settings
from scanner.gate.review import Judging, review_branch
from scanner.git.commits import resolve
from scanner.git.process import open_repository
from tests.gate.hooks import tangled
from tests.gate.reviews import Files

STRICT_FOR_AI = "[thresholds]\ndebt = 100\n[thresholds.ai]\ndebt = 1\n"
LABELS = '[attribution]\noverrides = "labels.txt"\n'
BY_AGENT = "Add\n\nCo-authored-by: Claude <noreply@anthropic.com>\n"
MESSY = tangled("messy", 9)


@pytest.fixture
def builder(tmp_path: Path) -> RepositoryBuilder:
    made = RepositoryBuilder(tmp_path / "repo")
    made.commit("Base", {"a.py": "A = 1\n", "tallystick.toml": STRICT_FOR_AI + LABELS})
    made.branch("change")
    return made


def gate(builder: RepositoryBuilder) -> Review:
    with open_store(None) as store:
        return review_branch(Judging(open_repository(builder.path), store), "main", "change")


def trace(commit: str, lines: int) -> str:
    human = {"type": "human"}
    ranges = [{"start_line": 1, "end_line": lines}]
    conversations = [{"contributor": human, "ranges": ranges}]
    files = [{"path": "b.py", "conversations": conversations}]
    record = {"version": "0.1.0", "id": "x", "timestamp": "2024-01-01T00:00:00Z", "files": files}
    return json.dumps(record | {"vcs": {"type": "git", "revision": commit}}) + "\n"


def test_by_what_the_change_says_of_itself_it_is_stricter(builder: RepositoryBuilder) -> None:
    builder.commit(BY_AGENT, {"b.py": MESSY}, days_later=900)
    assert gate(builder).verdict.outcome is Outcome.FAIL


def test_a_change_without_marks_is_judged_by_the_general(builder: RepositoryBuilder) -> None:
    builder.commit("Add", {"b.py": MESSY})
    assert gate(builder).verdict.outcome is Outcome.PASS


def test_an_untracked_trace_says_nothing(builder: RepositoryBuilder) -> None:
    tip = builder.commit(BY_AGENT, {"b.py": MESSY}, days_later=900)
    builder.write(".agent-trace/traces.jsonl", trace(tip, MESSY.count("\n")))
    review = gate(builder)
    assert review.attribution is not None
    assert (review.attribution.label, review.verdict.outcome) == (Label.AI, Outcome.FAIL)


def test_a_trace_of_the_change_leads_out_of_no_threshold(builder: RepositoryBuilder) -> None:
    first = builder.commit(BY_AGENT, {"b.py": MESSY}, days_later=900)
    files: Files = {".agent-trace/traces.jsonl": trace(first, MESSY.count("\n"))}
    builder.commit("Trace", files)
    assert gate(builder).verdict.outcome is Outcome.FAIL


def test_labels_of_the_change_or_the_work_tree_say_nothing(builder: RepositoryBuilder) -> None:
    tip = builder.commit(BY_AGENT, {"b.py": MESSY}, days_later=900)
    builder.commit("Label", {"labels.txt": f"{tip} human I say so\n"})
    builder.write("labels.txt", f"{tip} human I say so\n{builder.head} human I say so\n")
    assert gate(builder).verdict.outcome is Outcome.FAIL


def test_labels_of_the_base_are_the_last_word(builder: RepositoryBuilder) -> None:
    tip = builder.commit(BY_AGENT, {"b.py": MESSY}, days_later=900)
    builder.switch("main")
    builder.commit("Label", {"labels.txt": f"{tip} human the marks were a test\n"})
    assert gate(builder).verdict.outcome is Outcome.PASS


@pytest.mark.parametrize("place", ["/etc/passwd", "../labels.txt"])
def test_labels_from_outside_are_refused(place: str) -> None:
    with pytest.raises(ScanError, match="outside of the repository"):
        parse_settings(f'[attribution]\noverrides = "{place}"\n', "tallystick.toml")


def test_replaced_objects_stay_as_they_were(builder: RepositoryBuilder) -> None:
    builder.commit(BY_AGENT, {"b.py": MESSY}, days_later=900)
    harmless = builder.git("hash-object", "-w", "--stdin", stdin=b"B = 1\n")
    builder.git("replace", builder.git("rev-parse", "HEAD:b.py"), harmless)
    builder.git("config", "core.useReplaceRefs", "true")
    assert gate(builder).verdict.outcome is Outcome.FAIL


AMBIGUOUS = {
    "a tag of the base's name": ("tag", "main", "main", "refs/heads/main or refs/tags/main"),
    "a branch called after a remote's": (
        "branch", "origin/main", "origin/main",
        "refs/heads/origin/main or refs/remotes/origin/main",
    ),
    "with a suffix": ("tag", "main", "main~0", "refs/heads/main or refs/tags/main"),
}  # fmt: skip


@pytest.mark.parametrize(("command", "name", "asked", "names"), AMBIGUOUS.values(), ids=AMBIGUOUS)
def test_ambiguous_names_are_refused(
    builder: RepositoryBuilder, command: str, name: str, asked: str, names: str
) -> None:
    builder.git("update-ref", "refs/remotes/origin/main", "main")
    builder.commit("Add", {"b.py": MESSY})
    repository = open_repository(builder.path)
    assert resolve(repository, asked) == builder.git("rev-parse", "refs/heads/main")
    builder.git(command, name, "change")
    with pytest.raises(ScanError, match="several commits") as error:
        resolve(repository, asked)
    assert names in (error.value.hint or "")
    assert resolve(repository, "refs/heads/main") == builder.git("rev-parse", "refs/heads/main")


def test_a_branch_that_looks_like_an_id(builder: RepositoryBuilder) -> None:
    short = builder.head[:8]
    builder.commit("Add", {"b.py": MESSY})
    builder.git("branch", short, "change")
    with pytest.raises(ScanError, match="several commits"):
        resolve(open_repository(builder.path), short)
