"""A clone that lacks the content of a file that the change does not touch."""

from __future__ import annotations

from pathlib import Path

from fixtures.repository import RepositoryBuilder
from scanner.base.model import Review
from scanner.base.store import open_store
from scanner.gate.review import Judging, review_branch
from scanner.git.process import open_repository
from tests.clones.sources import PARSE


def gate(builder: RepositoryBuilder) -> Review:
    with open_store(builder.path.parent / "facts.sqlite") as store:
        return review_branch(Judging(open_repository(builder.path), store), "HEAD~1", "HEAD")


def test_copies_of_what_is_not_here_are_said_to_go_unseen(tmp_path: Path) -> None:
    builder = RepositoryBuilder(tmp_path / "repo")
    builder.commit("Begin", {"app/__init__.py": "", "app/a.py": PARSE})
    builder.commit("Copy", {"app/b.py": PARSE})
    blob = builder.git("rev-parse", "HEAD:app/a.py")
    file = builder.path / ".git" / "objects" / blob[:2] / blob[2:]
    builder.commit("Copy again", {"app/c.py": "import os\n\n" + PARSE.replace("rows", "lines")})
    away = file.rename(tmp_path / "away")
    unseen = [note for note in gate(builder).notes if "not in this clone" in note]
    assert len(unseen) == 1
    assert unseen[0].startswith("app/a.py and 1 more are not in this clone")
    away.rename(file)
    whole = gate(builder)
    assert [note for note in whole.notes if "not in this clone" in note] == []
    assert [f.rule for f in whole.judgement.findings if f.rule.startswith("duplication.")]
