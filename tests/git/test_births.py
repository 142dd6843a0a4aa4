"""Who wrote each line along first parents: git blame is the judge."""

from __future__ import annotations

import random
from pathlib import Path

from fixtures.repository import RepositoryBuilder
from scanner.base.model import Problem
from scanner.git.births import Births, WrittenFiles
from scanner.git.commits import first_parents
from scanner.git.process import open_repository


def births_at(builder: RepositoryBuilder, commit: str, births: Births | None = None) -> Births:
    repository = open_repository(builder.path)
    births = births or Births(repository, {})
    files = births.files_at(commit, first_parents(repository, [commit]))
    assert not isinstance(files, Problem)
    return births


def writers(births: Births, files: WrittenFiles, path: str) -> list[str]:
    return [births.commits[number] for number in files[path].writers.tolist()]


def blame(builder: RepositoryBuilder, commit: str, path: str) -> list[str]:
    text = builder.git("blame", "--first-parent", "-l", "-s", "--root", commit, "--", path)
    return [line.split()[0].lstrip("^") for line in text.splitlines()]


def files_of(builder: RepositoryBuilder, births: Births, commit: str) -> WrittenFiles:
    files = births.files_at(commit, first_parents(open_repository(builder.path), [commit]))
    assert not isinstance(files, Problem)
    return files


def test_agrees_with_blame_over_edits_renames_and_merges(tmp_path: Path) -> None:
    builder = RepositoryBuilder(tmp_path / "repo")
    chance = random.Random(3)  # noqa: S311 - a fixed history
    texts = {f"f{i}.py": [f"x{i}_{n} = {n}" for n in range(20)] for i in range(3)}
    builder.commit(files={path: "\n".join(lines) + "\n" for path, lines in texts.items()})
    for number in range(25):
        if number % 6 == 3:
            builder.branch(f"b{number}")
        path = chance.choice(sorted(texts))
        lines = texts[path]
        place = chance.randrange(len(lines))
        lines[place : place + chance.randrange(3)] = [f"new_{number}_{n} = 1" for n in range(2)]
        files: dict[str, str | bytes | None] = {path: "\n".join(lines) + "\n"}
        if number % 7 == 0:
            files = {path: None, f"r{number}.py": "\n".join(lines) + "\n"}
            texts[f"r{number}.py"] = texts.pop(path)
        builder.commit(files=files)
        if number % 6 == 5:
            builder.switch("main")
            builder.merge(f"b{number - 2}")
    births = births_at(builder, builder.head)
    files_found = files_of(builder, births, builder.head)
    assert files_found.keys() == texts.keys()
    for path in texts:
        assert writers(births, files_found, path) == blame(builder, "HEAD", path)


def test_a_branch_has_a_line_of_its_own(tmp_path: Path) -> None:
    builder = RepositoryBuilder(tmp_path / "repo")
    root = builder.commit(files={"a.py": "a = 1\nb = 2\n"})
    builder.branch("side")
    side = builder.commit(files={"a.py": "a = 1\nb = 3\n"})
    builder.switch("main")
    main = builder.commit(files={"a.py": "a = 2\nb = 2\n"})
    births = births_at(builder, main)
    assert writers(births, files_of(builder, births, side), "a.py") == [root, side]
    assert writers(births, files_of(builder, births, main), "a.py") == [main, root]


def test_an_empty_file_and_a_file_beyond_its_end_have_a_writer(tmp_path: Path) -> None:
    builder = RepositoryBuilder(tmp_path / "repo")
    root = builder.commit(files={"a.py": "", "b.py": "b = 1"})
    births = births_at(builder, root)
    files = files_of(builder, births, root)
    assert births.commits[files["a.py"].writer(1)] == root
    assert births.commits[files["b.py"].writer(9)] == root
