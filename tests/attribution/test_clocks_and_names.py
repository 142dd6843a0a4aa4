"""What wrong clocks, several addresses, shallow clones and copied notes may not change."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from fixtures.repository import RepositoryBuilder
from scanner.base.model import Label, Person
from scanner.base.store import open_store
from scanner.cli.main import run
from scanner.config import Settings
from scanner.git.commits import resolve
from scanner.git.mailmap import people_at
from scanner.git.process import open_repository
from scanner.history.read import Selection, author_of, read_history
from scanner.judge.batch import JudgingContext
from tests.attribution.test_all_sources import note

CLAUDE = "Co-authored-by: Claude <noreply@anthropic.com>"
NOW = 1_785_000_000  # July 2026


@pytest.fixture
def builder(tmp_path: Path) -> RepositoryBuilder:
    made = RepositoryBuilder(tmp_path / "repo", clock=NOW)
    made.commit("First", {"a.py": "a = 1\n"})
    return made


def told(builder: RepositoryBuilder, capsys: pytest.CaptureFixture[str], *words: str) -> Any:
    where = ["--repo", str(builder.path), "--no-cache", "--quiet", "--format", "json"]
    assert run([*words, *where]) == 0
    return json.loads(capsys.readouterr().out)


def commit_at(builder: RepositoryBuilder, seconds: int, message: str, text: str) -> str:
    date = f"@{seconds} +0000"
    builder.environment |= {"GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date}
    made = builder.commit(message, {"a.py": text})
    del builder.environment["GIT_AUTHOR_DATE"], builder.environment["GIT_COMMITTER_DATE"]
    return made


def test_a_commit_from_the_future_does_not_make_others_old(
    builder: RepositoryBuilder, capsys: pytest.CaptureFixture[str]
) -> None:
    young = builder.commit("Young", {"a.py": "a = 1\nb = 2\n"}, days_later=5)
    commit_at(builder, 4_070_908_800, "From 2099", "a = 1\nb = 2\nc = 3\n")
    builder.commit("Later", {"b.py": "d = 4\n"}, days_later=2)
    document = told(builder, capsys, "explain", young)
    assert document["aftermath"]["followed_days"] == pytest.approx(2, abs=0.2)
    assert "a clock was wrong" in told(builder, capsys, "attribute")["problems"][0]["reason"]


def test_an_agents_commit_at_the_epoch_stays_the_agents(
    builder: RepositoryBuilder, capsys: pytest.CaptureFixture[str]
) -> None:
    made = commit_at(builder, 9, f"Made\n\n{CLAUDE}\n", "a = 1\nb = 2\n")
    (found,) = [
        one for one in told(builder, capsys, "attribute")["commits"] if one["commit"] == made
    ]
    assert (found["label"], found["agents"]) == ("ai", ["claude"])


MAILMAP = """
Ada Example <ada@example.org> <ada@old.example.org>
Ada Example <ada@example.org> Lovelace <work@example.com>
<ada@example.org> <ada@laptop.local>
"""
ADDRESSES = [
    "Ada Example <ada@example.org>",
    "A. <ada@old.example.org>",
    "Lovelace <work@example.com>",
    "Ada Example <ada@laptop.local>",
    "Ada Example <ADA@old.example.org>",
]


def test_several_addresses_of_one_person_are_one_author(builder: RepositoryBuilder) -> None:
    builder.commit("Map", {".mailmap": MAILMAP})
    for number, address in enumerate(ADDRESSES):
        builder.commit(f"Change {number}", {"a.py": f"a = {number + 2}\n"}, author=address)
    builder.commit("Other", {"b.py": "b = 1\n"}, author="Lovelace <bob@example.com>")
    repository = open_repository(builder.path)
    context = JudgingContext(repository, builder.path.parent / "facts.sqlite", Settings(), None)
    with open_store(context.store_path) as store:
        selection = Selection(resolve(repository, "HEAD"))
        history = read_history(context, store, selection, 1, lambda *_: None)
    authors = [author_of(one, history) for one in history.integrated]
    assert authors[1:] == ["ada@example.org"] * 6 + ["bob@example.com"]


def test_without_a_mailmap_everybody_is_who_they_are(builder: RepositoryBuilder) -> None:
    repository = open_repository(builder.path)
    strange = Person("A\nB", "x"), Person("", ""), Person("A <b>", "c>d")
    assert people_at(repository, builder.head, [Person("Ada", "a@x"), *strange]) == {}


def test_attribute_says_that_a_clone_is_shallow(
    builder: RepositoryBuilder, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    builder.commit("Second", {"a.py": "a = 2\n"})
    shallow = tmp_path / "shallow"
    source = builder.path.as_uri()
    subprocess.run(["git", "clone", "-q", "--depth=1", source, str(shallow)], check=True)
    document = told(RepositoryBuilder(shallow), capsys, "attribute")
    assert "shallow" in document["problems"][0]["reason"]


NOTES = [
    ("its own lines", {"a.py": "a = 1\nb = 2\n"}, ("a.py", "2-2"), Label.AI),
    ("lines of another kind of file", {"web.ts": "a\nb\n"}, ("web.ts", "1-2"), Label.AI),
    ("lines of another commit", {"README.md": "x\n"}, ("a.py", "1-1"), Label.UNMARKED),
    (
        "a document beside code",
        {"a.py": "a = 1\nb = 2\n", "README.md": "x\n"},
        ("README.md", "1-1"),
        Label.UNMARKED,
    ),
    ("a line of many", {"web.ts": "a\n" * 20}, ("web.ts", "3-3"), Label.UNMARKED),
    ("other lines of its file", {"a.py": "a = 1\nb = 2\n"}, ("a.py", "1-1"), Label.UNMARKED),
]


@pytest.mark.parametrize(("why", "files", "attested", "label"), NOTES)
def test_a_note_speaks_of_what_its_commit_wrote(
    builder: RepositoryBuilder,
    capsys: pytest.CaptureFixture[str],
    why: str,
    files: dict[str, str | bytes | None],
    attested: tuple[str, str],
    label: Label,
) -> None:
    made = builder.commit("Change", files)
    builder.note("ai", made, note(*attested))
    newest = told(builder, capsys, "attribute")["commits"][0]
    assert (newest["commit"], newest["label"]) == (made, label), why
