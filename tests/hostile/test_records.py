"""One bad record is one Problem: dates, numbers, notes, attributes, settings out of measure."""

from __future__ import annotations

import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from fixtures.repository import RepositoryBuilder
from scanner.attribution.forge_pulls import named_number
from scanner.attribution.notes import spans_of
from scanner.base.budget import Budget, run_limits
from scanner.base.errors import ScanError
from scanner.base.model import Problem
from scanner.cli.main import run
from scanner.config import parse_settings
from scanner.dependencies.manifests import script_block
from scanner.durability.fixes import fix_of
from scanner.git.commits import parse_commit
from scanner.roles.foreign import is_foreign_path, read_attributes
from scanner.rulepacks.catalogue import parse_pack
from scanner.rulepacks.packs import pack_of_bytes
from tests.attribution.commits_for_tests import commit
from tests.hostile.trees import BAD, begun, commit_tree, grown, write_object, write_tree

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

DATES = {
    "negative": b"A <a@x> -1 +0000",
    "far negative": b"A <a@x> -99999999999999 +0000",
    "beyond 9999": b"A <a@x> 253402300800 +0000",
    "last second": b"A <a@x> 253402300799 +1400",
    "first second": b"A <a@x> -62135596800 -1400",
    "5,000 digits": b"A <a@x> " + b"9" * 5_000 + b" +0000",
    "no date": b"A <a@x>",
    "no zone": b"A <a@x> 1700000000",
    "zone of 99 hours": b"A <a@x> 1700000000 +9999",
    "no name": b"<> 0 +0000",
    "nothing": b"",
    "brackets": b"<" * 20_000,
    "spaces": b"A" + b" " * 20_000 + b"<a@x> 1 +0000",
}


@pytest.mark.parametrize("kind", DATES)
def test_a_commit_of_any_date_is_read(kind: str) -> None:
    line = DATES[kind]
    content = b"tree " + b"1" * 40 + b"\nauthor " + line + b"\ncommitter " + line + b"\n\nTitle\n"
    commit = parse_commit("2" * 40, (), content)
    assert commit.authored.astimezone(UTC) >= datetime(1, 1, 1, tzinfo=UTC)
    assert sorted([commit.committed, EPOCH])


@pytest.mark.parametrize(
    "message",
    [b"\n" * 100_000, b"#" * 20_000, b"(#" + b"1" * 5_000 + b")", b"x\n\n" + b"a: b\n" * 20_000],
    ids=["line ends", "hashes", "number", "trailers"],
)
@pytest.mark.parametrize("encoding", [b"utf-8", b"punycode", b"idna", b"no-such", b"\xff"])
def test_a_commit_of_any_message_is_read(message: bytes, encoding: bytes) -> None:
    content = b"tree " + b"1" * 40 + b"\nencoding " + encoding + b"\n\n" + message
    assert parse_commit("2" * 40, (), content).message


def test_numbers_that_name_nothing() -> None:
    long = "1" * 5_000
    assert named_number(commit(f"Title (#{long})")) is None
    assert named_number(commit("Title (#12)")) == 12
    assert named_number(commit(f"Merge pull request #{long} from a/b")) is None
    fix_of("Fix it", f"Fix it\n\nFixes #{long}\nFixes #3\n")
    assert spans_of(f"1-{long}") is None
    assert spans_of(f"1-1{'0' * 30}") is None
    assert spans_of("1,2-4") == [(1, 1), (2, 4)]


ATTRIBUTES = {
    "stars": "**/" * 30 + "x.py linguist-generated",
    "stars and names": "**/a/" * 300 + "x.py linguist-generated",
    "stars in a name": "*a" * 300 + " linguist-generated",
    "range backwards": "[z-a].py linguist-generated",
    "open bracket": "*.py[ linguist-generated",
    "class": "[[:foo:]] linguist-generated",
    "brackets": "[" * 9_000 + " linguist-generated",
    "question marks": "?" * 9_000 + " linguist-generated",
    "backslash": "\\ linguist-generated",
    "slashes": "/" * 9_000 + " linguist-generated",
    "attributes": "x " + "-linguist-generated " * 9_000,
    "no text": "\udcff\0 linguist-generated",
}


@pytest.mark.parametrize("kind", ATTRIBUTES)
def test_attributes_of_any_pattern_are_asked(kind: str) -> None:
    rules = read_attributes({"": ATTRIBUTES[kind] + "\n"})
    assert not is_foreign_path("a/" * 1_000 + "b.py", rules)
    assert not is_foreign_path("a" * 4_000 + "b", rules)


SETTINGS = {
    "deep lists": "a = " + "[" * 5_000 + "]" * 5_000,
    "deep tables": "a = " + "{a=" * 5_000 + "1" + "}" * 5_000,
    "dotted key": "a" + ".b" * 60_000 + " = 1",
    "digits": "baseline = " + "1" * 5_000,
    "date": "a = 2020-99-99",
    "no number": "[thresholds]\ndebt = nan",
    "infinite": "[thresholds]\ndebt = inf",
    "negative seconds": "[limits]\nrun_seconds = -1",
    "no seconds": "[limits]\nfile_seconds = 0",
    "little memory": "[limits]\nmemory_mb = 1",
    "twice": "exclude = []\nexclude = []",
    "quotes": '"' * 9_999,
}


@pytest.mark.parametrize("kind", SETTINGS)
def test_settings_that_cannot_be_are_said_to_be_so(kind: str) -> None:
    with pytest.raises(ScanError):
        parse_settings(SETTINGS[kind], "tallystick.toml")


PACKS = {
    "date": b"rules:\n- id: 2020-99-99\n",
    "digits": b"rules: " + b"1" * 5_000,
    "deep": b"rules: " + b"[" * 3_000,
    "unknown tag": b"rules: !!python/object/apply:os.system ['true']\n",
    "open quote": b"rules: '",
    "tab": b"rules:\n\t- id: x\n",
    "two documents": b"rules: []\n---\nrules: []\n",
    "alias of nothing": b"rules: *a\n",
}


@pytest.mark.parametrize("kind", PACKS)
def test_a_pack_that_cannot_be_read_is_a_problem(kind: str) -> None:
    assert isinstance(parse_pack(pack_of_bytes("a.yaml", PACKS[kind])), Problem)


def test_a_script_block_that_cannot_be_read_is_an_error() -> None:
    with pytest.raises(ValueError, match="deep"):
        script_block("# /// script\n# a = " + "[" * 5_000 + "]" * 5_000 + "\n# ///\n")


PATHS = (
    ".semgrepignore/a.py",
    "a/.SemgrepIgnore/b.py",
    "/".join(["a"] * 1_200) + "/b.py",
    ("a" * 200 + "/") * 15 + "b.py",
    "-rf/a.py",
    "a b/'\"$(touch canary).py",
    "a\nb.py",
    "\\a.py",
    "*.py",
    ":(exclude)a.py",
    "A.py",
    "CON/nul.py",
)


def test_a_gate_reads_files_of_any_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """All in one change; what the names say to a shell happens nowhere."""
    builder = begun(tmp_path / "r")
    blob = write_object(builder, "blob", BAD.encode())
    entries = "".join(f"100644 {blob}\t{path}\0" for path in PATHS)
    builder.git("update-index", "-z", "--index-info", stdin=entries.encode())
    builder.git("update-ref", "refs/heads/main", _commit(builder))
    monkeypatch.chdir(tmp_path)
    code = run(
        ["gate", "--base", "HEAD~1", "--no-cache", "--format", "json", "--repo", str(builder.path)]
    )
    told = capsys.readouterr()
    assert code in (1, 3), told.err
    assert "A bug in Tallystick" not in told.err
    assert not list(tmp_path.rglob("canary"))


def _commit(builder: RepositoryBuilder) -> str:
    return builder.git("commit-tree", builder.git("write-tree"), "-p", "HEAD", "-m", "Names")


def test_notes_of_any_content_stop_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    builder = begun(tmp_path / "r")
    notes = (
        b"a.py\n  x " + b"1" * 5_000 + b"\n---\n{}",
        b"a.py\n  x 1-1" + b"0" * 30 + b"\n---\n{}",
        b"a.py\n  x 1\n---\n" + b'{"a":' * 20_000,
        b"\xff\0" * 1_000,
        b'{"schema_version": "authorship/' + b"9" * 5_000 + b'"}',
        b"---\n" * 20_000,
    )
    for number, note in enumerate(notes):
        commit = builder.commit(f"Change {number}", {f"m{number}.py": f"x = {number}\n"})
        builder.note("ai", commit, note)
    base = f"HEAD~{len(notes)}"
    where = ["--no-cache", "--repo", str(builder.path)]
    assert run(["gate", "--base", base, *where]) == 0
    assert run(["attribute", *where]) == 0
    assert "A bug in Tallystick" not in capsys.readouterr().err


_NO_VALUE = "[flake8]\nselect\n    E1\n"
_DEEP = "[tool.ruff]\nselect = " + "[" * 5_000 + "]" * 5_000 + "\n"

OTHER_TOOLS = {
    "a line goes on with what has no value": {"setup.cfg": _NO_VALUE, "tox.ini": _NO_VALUE},
    "deep TOML": {"ruff.toml": _DEEP.replace("[tool.ruff]\n", ""), "pixi.toml": _DEEP},
    "a table that is a number": {"pyproject.toml": "tool = 5\n"},
    "no sections": {"setup.cfg": "x\n", ".pylintrc": "\0", ".flake8": "[" * 5_000},
    "numbers for lists": {
        "pyproject.toml": "[tool]\nruff = 1\nmypy = [1]\npylint = 1\nisort = 1\n"
    },
}


@pytest.mark.parametrize("kind", OTHER_TOOLS)
def test_settings_of_other_tools_stop_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    """Neither where the base holds them nor where a change brings them."""
    builder = RepositoryBuilder(tmp_path / "r")
    where = ["--no-cache", "--repo", str(builder.path)]
    code = {"app/a.py": "import requests\n\n\ndef load(x):\n    return requests.get(x)\n"}
    builder.commit("Begin", {"app/a.py": "x = 1\n"})
    builder.commit("Settings", {**OTHER_TOOLS[kind], **code})
    builder.commit("More", {"app/b.py": code["app/a.py"], "app/c.py": "from attr import x\n"})
    for base in ("HEAD~2", "HEAD~1"):
        assert run(["gate", "--base", base, *where]) in (0, 1)
    assert run(["init", "--repo", str(builder.path)]) in (0, 2)
    assert "A bug in Tallystick" not in capsys.readouterr().err


def test_an_encoding_of_logs_changes_no_answer(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    builder = grown(tmp_path / "r")
    where = ["--no-cache", "--repo", str(builder.path)]
    assert run(["gate", "--base", "HEAD~1", *where]) == 1
    told = capsys.readouterr()
    builder.git("config", "i18n.logOutputEncoding", "UTF-16")
    assert run(["gate", "--base", "HEAD~1", *where]) == 1
    assert capsys.readouterr() == told


def test_an_entry_of_an_empty_tree_and_of_many(tmp_path: Path) -> None:
    builder = begun(tmp_path / "r")
    commit_tree(builder, write_tree(builder))
    assert run(["gate", "--base", "HEAD~1", "--no-cache", "--repo", str(builder.path)]) == 0


def test_git_is_kept_from_patterns_that_it_takes_for_ever_over(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    builder = begun(tmp_path / "r")
    deep = "/".join(["a"] * 30) + "/b.py"
    for path, text in ((deep, b"x = 1\n"), (".gitattributes", b"**/" * 30 + b"x.py diff=x\n")):
        entry = f"100644 {write_object(builder, 'blob', text)}\t{path}\n"
        builder.git("update-index", "--index-info", stdin=entry.encode())
    builder.git("update-ref", "refs/heads/main", _commit(builder))
    with run_limits(Budget(run_seconds=60)):
        assert run(["gate", "--base", "HEAD~1", "--no-cache", "--repo", str(builder.path)]) == 0
    assert "pass" in capsys.readouterr().out


def test_a_run_ends_when_its_time_is_up(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A git that hangs is ended with the run, which says so."""
    builder = begun(tmp_path / "r")
    builder.commit("More", {"tallystick.toml": "[limits]\nrun_seconds = 0.5\n"})
    programs = tmp_path / "bin"
    programs.mkdir()
    real = shutil.which("git")
    hanging = programs / "git"
    hanging.write_text(
        f'#!/bin/sh\ncase "$*" in *diff-index*) exec sleep 600;; esac\nexec {real} "$@"\n'
    )
    hanging.chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")
    monkeypatch.setattr("scanner.cli.review.DEFAULT_BUDGET", Budget(run_seconds=1.0))
    assert run(["check", "--no-cache", "--repo", str(builder.path)]) == 3
    assert "This run took more than 1 seconds and was ended." in capsys.readouterr().err
