"""Branches that collide, and branches that do not, in real repositories."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import msgspec
import pytest

from fixtures.repository import RepositoryBuilder
from scanner.cli.main import run
from scanner.render.json.radar_documents import JsonPair, JsonRadar

Edit = Mapping[str, str | bytes | None]

LIBRARY = """\
def load(path, encoding="utf-8"):
    with open(path, encoding=encoding) as stream:
        text = stream.read()
    lines = text.splitlines()
    kept = []
    for line in lines:
        kept.append(line)
    return kept


def save(path, lines):
    with open(path, "w") as stream:
        for line in lines:
            stream.write(line)


class Shelf:
    def __init__(self, name):
        self.name = name

    def put(self, book):
        return book
"""
APP = "from library import Shelf, load, save\n\n\ndef main():\n    return None\n"
FILES: dict[str, str | bytes | None] = {
    "library.py": LIBRARY,
    "app.py": APP,
    "notes.txt": "a\nb\nc\n",
}


@pytest.fixture
def builder(tmp_path: Path) -> RepositoryBuilder:
    builder = RepositoryBuilder(tmp_path / "repo")
    builder.commit("first", dict(FILES))
    return builder


def branch(builder: RepositoryBuilder, name: str, files: Edit, start: str = "main") -> str:
    builder.branch(name, start)
    return builder.commit(name, dict(files))


def radar(
    builder: RepositoryBuilder, capsys: pytest.CaptureFixture[str], *arguments: str
) -> JsonRadar:
    options = ["--repo", str(builder.path), "--base", "main", "--code", "--format", "json"]
    assert run(["radar", *options, *arguments]) == 0
    return msgspec.json.decode(capsys.readouterr().out, type=JsonRadar)


def told(pair: JsonPair) -> list[tuple[str, str, str | None]]:
    return [(one.kind.value, one.path, one.function) for one in pair.collisions]


def calling(text: str) -> Edit:
    return {"app.py": APP.replace("return None", text)}


def changed(old: str, new: str) -> Edit:
    assert old in LIBRARY
    return {"library.py": LIBRARY.replace(old, new)}


#: Two branches by what they change, which get along.
APART: list[tuple[Edit, Edit]] = [
    (changed("kept.append(line)", "kept += [line]"), changed('"w"', '"wb"')),
    (changed("kept.append(line)", "kept += [line]"), {"notes.txt": "a\n"}),
    (changed('path, encoding="utf-8"', 'path, encoding="utf-8", size=1'), calling("load('a')")),
    (changed('path, encoding="utf-8"', 'path, mode, encoding="utf-8"'), calling("load(*main())")),
    (changed('path, encoding="utf-8"', 'path, mode, encoding="utf-8"'), calling("load()")),
    (changed('path, encoding="utf-8"', 'path, mode, encoding="utf-8"'), calling("save('a', [])")),
    (changed('path, encoding="utf-8"', 'path, mode, encoding="utf-8"'), calling("x.load('a')")),
    (
        changed('path, encoding="utf-8"', 'path, mode, encoding="utf-8"'),
        {"other.py": "def load(path):\n    return path\n\n\nload('a')\n"},
    ),
    (
        changed('def load(path, encoding="utf-8")', 'def read(path, encoding="utf-8")'),
        {"other.py": "from elsewhere import load\n\nload('a')\n"},
    ),
]
#: Two branches that collide, and in what.
TOGETHER: list[tuple[Edit, Edit, tuple[str, str, str | None]]] = [
    ({"notes.txt": "a\nx\nc\n"}, {"notes.txt": "a\ny\nc\n"}, ("conflict", "notes.txt", None)),
    (
        changed("kept.append(line)", "kept += [line]"),
        changed("kept.append(line)", "kept.append(line.strip())"),
        ("conflict", "library.py", None),
    ),
    (
        changed('encoding="utf-8"', 'encoding="ascii"'),
        changed("return kept", "return kept[1:]"),
        ("function", "library.py", "load"),
    ),
    (
        changed('path, encoding="utf-8"', 'path, mode, encoding="utf-8"'),
        calling("load('a')"),
        ("call", "library.py", "load"),
    ),
    (
        changed("def save(path, lines)", "def write(path, lines)"),
        calling("save('a', [])"),
        ("call", "library.py", "save"),
    ),
    (
        changed("path, lines", "path, *, lines"),
        {"other.py": "import library\n\nlibrary.save('a', [])\n"},
        ("call", "library.py", "save"),
    ),
    (
        changed("self, name", "self, name, size"),
        calling("Shelf('a')"),
        ("call", "library.py", "Shelf.__init__"),
    ),
]


@pytest.mark.parametrize(("one", "other"), APART)
def test_branches_that_get_along(
    builder: RepositoryBuilder, capsys: pytest.CaptureFixture[str], one: Edit, other: Edit
) -> None:
    branch(builder, "one", one)
    branch(builder, "other", other)
    found = radar(builder, capsys)
    assert [one.name for one in found.branches] == ["one", "other"]
    assert found.pairs == ()


@pytest.mark.parametrize(("one", "other", "expected"), TOGETHER)
def test_branches_that_collide(
    builder: RepositoryBuilder,
    capsys: pytest.CaptureFixture[str],
    one: Edit,
    other: Edit,
    expected: tuple[str, str, str | None],
) -> None:
    branch(builder, "one", one)
    branch(builder, "other", other)
    (pair,) = radar(builder, capsys).pairs
    assert pair.branches == ("one", "other")
    assert told(pair) == [expected]


def test_branches_that_are_one_or_built_on_each_other(
    builder: RepositoryBuilder, capsys: pytest.CaptureFixture[str]
) -> None:
    tip = branch(builder, "below", changed("return kept", "return kept[1:]"))
    branch(builder, "above", changed("return kept", "return kept[2:]"), "below")
    builder.git("update-ref", "refs/remotes/origin/below", "main")
    builder.git("update-ref", "refs/pull/7/head", tip)
    builder.git("update-ref", "refs/remotes/origin/HEAD", "main")
    found = radar(builder, capsys)
    assert [(one.name, one.own) for one in found.branches] == [("above", 2), ("below", 1)]
    assert found.pairs == ()


def test_what_is_in_is_left_out(
    builder: RepositoryBuilder, capsys: pytest.CaptureFixture[str]
) -> None:
    branch(builder, "merged", {"a.txt": "1\n"})
    branch(builder, "squashed", {"b.txt": "1\n"})
    branch(builder, "open", {"a.txt": "2\n"})
    builder.switch("main")
    builder.merge("merged")
    builder.commit("squashed (#2)", {"b.txt": "1\n"})
    found = radar(builder, capsys)
    assert [(one.name, one.behind, one.base_conflicts) for one in found.branches] == [
        ("open", 3, ("a.txt",))
    ]
    assert found.landed == 3  # and the base itself


def test_requests_are_open_where_the_forge_keeps_a_merge_of_them(
    builder: RepositoryBuilder, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in "12":
        tip = branch(builder, f"b{number}", {"notes.txt": f"{number}\n"})
        builder.git("update-ref", f"refs/pull/{number}/head", tip)
        builder.switch("main")
        builder.git("branch", "-D", f"b{number}")
    assert [one.name for one in radar(builder, capsys).branches] == ["pull/1", "pull/2"]
    builder.git("update-ref", "refs/pull/2/merge", "main")
    assert [one.name for one in radar(builder, capsys).branches] == ["pull/2"]


def test_old_branches_and_many_pairs_are_counted(
    builder: RepositoryBuilder, capsys: pytest.CaptureFixture[str]
) -> None:
    branch(builder, "old", {"notes.txt": "0\n"})
    builder.switch("main")
    builder.commit("later", {"c.txt": "1\n"}, days_later=100)
    for name in ("x", "y", "z"):
        branch(builder, name, {"notes.txt": f"{name}\n"})
    found = radar(builder, capsys, "--pairs", "1")
    assert (len(found.branches), found.old, found.merged, len(found.pairs)) == (3, 1, 1, 1)
    (problem,) = found.problems
    assert problem.reason.startswith("3 pairs of branches change the same file")
    assert len(radar(builder, capsys, "--days", "1000").branches) == 4


def test_unrelated_branches_are_a_problem(
    builder: RepositoryBuilder, capsys: pytest.CaptureFixture[str]
) -> None:
    builder.git("switch", "-q", "--orphan", "island")
    builder.commit("alone", {"d.txt": "1\n"})
    found = radar(builder, capsys)
    assert found.branches == ()
    assert [one.reason for one in found.problems] == [
        "island has no common ancestor with the base here"
    ]


def test_a_branch_that_is_not_all_here_is_a_problem(
    builder: RepositoryBuilder, capsys: pytest.CaptureFixture[str]
) -> None:
    branch(builder, "broken", {"notes.txt": "gone\n"})
    lost = builder.git("rev-parse", "broken:notes.txt")
    branch(builder, "one", {"notes.txt": "a\nx\nc\n"})
    branch(builder, "other", {"notes.txt": "a\ny\nc\n"})
    (builder.path / ".git" / "objects" / lost[:2] / lost[2:]).unlink()
    found = radar(builder, capsys)
    assert [pair.branches for pair in found.pairs] == [("one", "other")]
    assert any("cannot be merged: fatal: " in one.reason for one in found.problems)


def test_nothing_is_written_to_the_repository(
    builder: RepositoryBuilder, capsys: pytest.CaptureFixture[str]
) -> None:
    marker = builder.path / "ran"
    builder.git("config", "merge.mine.driver", f"touch {marker}; true")
    (builder.path / ".git" / "info" / "attributes").write_text("* merge=mine\n")
    branch(builder, "one", {"notes.txt": "a\nx\nc\n"})
    branch(builder, "other", {"notes.txt": "a\ny\nc\n"})
    before = _files(builder.path)
    found = radar(builder, capsys, "--no-cache")
    assert len(found.pairs) == 1
    assert _files(builder.path) == before


def _files(folder: Path) -> dict[Path, bytes]:
    return {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()}


@pytest.fixture
def colliding(builder: RepositoryBuilder) -> RepositoryBuilder:
    branch(builder, "one|1", changed('path, encoding="utf-8"', 'path, mode, encoding="utf-8"'))
    branch(builder, "other", {**calling("load('a')"), "notes.txt": "a\n"})
    branch(builder, "third", {**changed("return kept", "return kept[1:]"), "notes.txt": "b\n"})
    return builder


def test_the_terminal_says_where(
    colliding: RepositoryBuilder, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["radar", "--repo", str(colliding.path), "--base", "main"]
    assert run(options) == 0
    plain = capsys.readouterr().out
    assert plain.startswith("3 open branches of main: 1 pair collides.")
    assert "silently" not in plain
    assert run([*options, "--code"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("3 open branches of main: 3 pairs collide.")
    words = " ".join(out.split())
    assert "notes.txt: git cannot merge it: both change the same lines" in words
    assert (
        "app.py:5: other adds a call of load that no longer fits once one|1 has changed it "
        "(library.py:1)" in words
    )
    assert "library.py:1: both edit load (line 1 in third), and git merges that silently" in words
    assert "2 0 1 1970" not in words


def test_markdown_holds_what_branches_are_called(
    colliding: RepositoryBuilder, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["--repo", str(colliding.path), "--base", "main", "--code", "--format", "markdown"]
    assert run(["radar", *options]) == 0
    out = capsys.readouterr().out
    rows = [line for line in out.splitlines() if line.startswith("|")]
    assert len(rows) == 2 + 3
    assert all(len(row.replace(r"\|", "").split("|")) == 4 for row in rows)


def test_a_base_that_is_not_there_is_said(
    builder: RepositoryBuilder, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["radar", "--repo", str(builder.path), "--base", "nope"]) == 2
    assert "nope" in capsys.readouterr().err


def test_the_document_is_json(
    builder: RepositoryBuilder, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["radar", "--repo", str(builder.path), "--base", "main", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["pairs"] == []
