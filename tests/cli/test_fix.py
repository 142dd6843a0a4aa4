"""`check --fix`: first what it must not touch, then what it mends."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fixtures.repository import RepositoryBuilder
from scanner.cli.main import run

HEAD = "import logging\n\nlogger = logging.getLogger(__name__)\n"
WARN = f'{HEAD}\n\ndef tell(name):\n    logger.warn("no %s", name)\n'
MENDED = WARN.replace(".warn(", ".warning(")


@pytest.fixture
def builder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RepositoryBuilder:
    builder = RepositoryBuilder(tmp_path / "repo")
    builder.commit("base", {"old.py": WARN.replace("tell", "say"), "a.py": HEAD})
    monkeypatch.chdir(builder.path)
    return builder


def text(builder: RepositoryBuilder, path: str) -> str:
    return (builder.path / path).read_text()


def test_what_is_not_staged_or_differs_is_left_alone(
    builder: RepositoryBuilder, capsys: pytest.CaptureFixture[str]
) -> None:
    builder.write("a.py", WARN)
    builder.git("add", "a.py")
    builder.write("a.py", WARN + "# more\n")
    builder.write("untracked.py", WARN)
    run(["check", "--fix"])
    assert text(builder, "a.py") == WARN + "# more\n"
    assert text(builder, "untracked.py") == WARN
    assert text(builder, "old.py") == WARN.replace("tell", "say")
    assert "a.py:7: logger-warn: not fixed: the work tree has changes that are not staged" in (
        capsys.readouterr().err
    )


def test_of_the_work_tree_what_is_edited_is_mended(builder: RepositoryBuilder) -> None:
    builder.write("a.py", WARN)
    builder.git("add", "a.py")
    builder.write("a.py", WARN + "# more\n")
    builder.write("untracked.py", WARN)
    builder.write("other.py", WARN)
    run(["check", "--worktree", "a.py", "untracked.py", "--fix"])
    assert text(builder, "a.py") == MENDED + "# more\n"
    assert text(builder, "untracked.py") == MENDED
    assert text(builder, "other.py") == WARN


def test_what_stood_before_is_not_mended_and_without_the_option_nothing_is(
    builder: RepositoryBuilder,
) -> None:
    before = text(builder, "old.py")
    after = before.replace("no %s", "none of %s") + "\n\nX = 1\n"
    builder.write("old.py", after)
    builder.write("a.py", WARN)
    builder.git("add", "-A")
    run(["check"])
    assert text(builder, "a.py") == WARN
    run(["check", "--fix"])
    assert text(builder, "old.py") == after
    assert text(builder, "a.py") == MENDED


def test_a_fix_is_shown_and_written_to_the_work_tree(
    builder: RepositoryBuilder, capsys: pytest.CaptureFixture[str]
) -> None:
    builder.write("a.py", WARN)
    builder.git("add", "a.py")
    run(["check", "--fix"])
    said = capsys.readouterr().err
    assert '-    logger.warn("no %s", name)\n+    logger.warning("no %s", name)\n' in said
    assert "a.py:7: logger-warn: fixed\nFixed 1 finding in 1 file of the work tree" in said
    assert text(builder, "a.py") == MENDED
    assert builder.git("show", ":a.py") == WARN.rstrip("\n")
    builder.git("add", "a.py")
    run(["check", "--fix"])
    assert "There is nothing to fix." in capsys.readouterr().err


SHOWN = [
    (["--diff"], "a.py:7: logger-warn: would be fixed"),
    (["--diff", "--fix"], "1 finding in 1 file would be fixed; nothing was written."),
    (["--diff", "--fix=unsafe"], "+    logger.warning("),
]


@pytest.mark.parametrize(("options", "said"), SHOWN)
def test_a_difference_is_shown_and_nothing_is_written(
    builder: RepositoryBuilder, capsys: pytest.CaptureFixture[str], options: list[str], said: str
) -> None:
    builder.write("a.py", WARN)
    builder.git("add", "a.py")
    run(["check", *options])
    assert said in capsys.readouterr().err
    assert text(builder, "a.py") == WARN


def test_one_fix_that_is_refused_stops_no_other_and_the_reason_is_given(
    builder: RepositoryBuilder, capsys: pytest.CaptureFixture[str]
) -> None:
    unsafe = "\n\ndef make(path):\n    if not path.exists():\n        path.mkdir()\n"
    builder.write("a.py", WARN + unsafe)
    builder.git("add", "a.py")
    run(["check", "--fix"])
    said = capsys.readouterr().err
    assert "a.py:11: exists-then-mkdir: not fixed: where there is a file of that name" in said
    assert text(builder, "a.py") == MENDED + unsafe
    builder.git("add", "a.py")
    run(["check", "--fix"])
    said = capsys.readouterr().err
    assert "Nothing was fixed." in said
    assert "There is nothing to fix." not in said
    run(["check", "--fix=unsafe"])
    assert text(builder, "a.py") == (
        MENDED + "\n\ndef make(path):\n    path.mkdir(exist_ok=True)\n"
    )


def test_a_fix_is_shown_beside_its_finding(
    builder: RepositoryBuilder, capsys: pytest.CaptureFixture[str]
) -> None:
    builder.commit("warn", {"a.py": WARN})
    run(["gate", "--base", "HEAD~1", "--format", "json"])
    (found,) = json.loads(capsys.readouterr().out)["findings"]
    change = {"first_line": 7, "last_line": 7, "text": '    logger.warning("no %s", name)\n'}
    assert found["fix"] == {"safety": "safe", "changes": [change]}
    run(["gate", "--base", "HEAD~1", "--format", "markdown"])
    assert '```suggestion\n    logger.warning("no %s", name)\n```' in capsys.readouterr().out


def test_where_there_are_too_many_fixes_to_show_it_is_said(
    builder: RepositoryBuilder,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("scanner.gate.proposals.MOST_LINES", 5)
    builder.commit("warn", {"a.py": WARN})
    run(["gate", "--base", "HEAD~1", "--format", "json"])
    document = json.loads(capsys.readouterr().out)
    assert "fix" not in document["findings"][0]
    assert "The fix of 1 more finding is not shown, to save time" in document["notes"][-1]


def test_the_text_says_how_a_staged_finding_is_mended(
    builder: RepositoryBuilder, capsys: pytest.CaptureFixture[str]
) -> None:
    builder.write("a.py", WARN)
    builder.git("add", "a.py")
    run(["check"])
    assert "  Fix: `tallystick check --fix`.\n" in capsys.readouterr().out
    run(["check", "--worktree", "--format", "agent"])
    assert "| Fix: `tallystick check --fix --worktree`\n" in capsys.readouterr().out


SUMS = """\
def total(rows, least):
    found = 0
    for row in rows:
        if row.price > least:
            found += row.price
        elif row.price < 0:
            raise ValueError(row)
        else:
            found += least * row.share
    if found > 1000:
        found = found - found * 0.1
    return round(found, 2)
"""
RENAMED = SUMS.replace("total", "add_up").replace("rows", "lines").replace("found", "amount")


def test_a_copy_becomes_a_call_where_unsafe_fixes_are_asked_for(
    builder: RepositoryBuilder, capsys: pytest.CaptureFixture[str]
) -> None:
    builder.commit("sums", {"shop/__init__.py": "", "shop/sums.py": SUMS})
    builder.write("shop/new.py", RENAMED)
    builder.git("add", "-A")
    run(["check"])
    assert "Fix: `tallystick check --fix=unsafe`, which may change" in capsys.readouterr().out
    run(["check", "--fix=unsafe"])
    assert "shop/new.py:1: duplication.renamed: fixed" in capsys.readouterr().err
    assert text(builder, "shop/new.py") == (
        "from shop.sums import total\n\ndef add_up(lines, least):\n    return total(lines, least)\n"
    )


TWICE = """\
def first(names, known):
    found = []
    for name in names:
        if name in known:
            continue
        size = len(name)
        if size > 2:
            found.append((name, size))
        else:
            known.add(name)
    return found


def second(rows, known):
    print(rows)
    found = []
    for row in rows:
        if row in known:
            continue
        size = len(row)
        if size > 2:
            found.append((row, size))
        else:
            known.add(row)
    return known, found
"""


def test_what_stands_in_a_tree_is_mended_by_a_patch(
    builder: RepositoryBuilder, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    crlf = WARN.replace("\n", "\r\n").encode() + b"    last = '\x0c'"
    odd = [f"{path}.py" for path in ("with space", 'a"b', "a\tb", "a\\b", "a\nb", "ü")]
    builder.commit("warn", {"a.py": crlf, "twice.py": TWICE, **dict.fromkeys(odd, WARN)})
    for level in ("safe", "unsafe"):
        run(["scan", f"--patch={level}"])
        found = capfdbinary.readouterr()
        assert builder.git("status", "--porcelain") == ""
        (builder.path.parent / f"{level}.patch").write_bytes(found.out)
        builder.git("apply", "--check", str(builder.path.parent / f"{level}.patch"))
    assert b"9 findings in 9 files would be fixed; nothing was written." in found.err
    builder.git("apply", str(builder.path.parent / "unsafe.patch"))
    assert (builder.path / "a.py").read_bytes() == crlf.replace(b".warn(", b".warning(")
    assert text(builder, "twice.py").count("_make_found(") == 3
    assert {text(builder, path) for path in odd} == {MENDED}


def test_explain_shows_what_would_mend_a_finding(
    builder: RepositoryBuilder, capsys: pytest.CaptureFixture[str]
) -> None:
    builder.commit("warn", {"a.py": WARN})
    run(["explain", "HEAD"])
    said = capsys.readouterr().out
    assert "  A safe fix: the code does what it did.\n    line 7:\n" in said
    assert '          logger.warning("no %s", name)\n' in said
    run(["explain", "HEAD", "--format", "json"])
    (finding,) = json.loads(capsys.readouterr().out)["findings"]
    assert finding["fix"]["safety"] == "safe"
