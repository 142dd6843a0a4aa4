"""What a user sees who asks for what cannot be: one sentence, a hint, the documented exit code."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from fixtures.repository import RepositoryBuilder
from scanner.cli.main import run

PROJECT = Path(__file__).resolve().parents[2]
PLAIN = "def plain(x):\n    return x + 1\n"


@pytest.fixture
def builder(tmp_path: Path) -> RepositoryBuilder:
    builder = RepositoryBuilder(tmp_path / "repo")
    builder.commit("base", {"a.py": PLAIN})
    builder.commit("more", {"b.py": PLAIN})
    return builder


def said(capsys: pytest.CaptureFixture[str]) -> tuple[str, str]:
    captured = capsys.readouterr()
    assert "Traceback" not in captured.err + captured.out
    return captured.out, captured.err


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["gate", "--base", ""], "There is no revision '' in this repository."),
        (["gate", "--base", "nosuch"], "There is no revision 'nosuch' in this repository."),
        (["explain", "nosuch"], "There is no revision 'nosuch' in this repository."),
        (["report", "nosuch"], "There is no revision 'nosuch' in this repository."),
        (["scan", "nosuch"], "There is no revision 'nosuch' in this repository."),
        (["attribute", "--lines", "none.py"], "There is no Python file none.py in"),
        (["report", "HEAD~1...HEAD"], "'HEAD~1...HEAD' is a symmetric range."),
        (["report", "--since", "soon"], "'soon' is not a date"),
        (["frobnicate"], "No such command 'frobnicate'."),
        (["chekc"], "Did you mean check?"),
        (["schema", "nosuch"], "'nosuch' is not one of"),
        (["check", "--config", "nosuch.toml"], "nosuch.toml cannot be read: No such file"),
        (["check", "--output", "sarif"], "'sarif' names no file; write sarif=FILE."),
        (["check", "--output", "pdf=x"], "'pdf' is not one of"),
    ],
)
def test_wrong_usage(
    builder: RepositoryBuilder,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    sentence: str,
) -> None:
    where = (
        [] if arguments[0] in ("frobnicate", "chekc", "schema") else ["--repo", str(builder.path)]
    )
    assert run([*arguments, *where]) == 2
    out, err = said(capsys)
    assert out == ""
    assert sentence in " ".join(err.split())


def test_no_repository(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", "--repo", str(tmp_path)]) == 2
    assert "This is not a git repository." in said(capsys)[1]


def test_no_commit_yet(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    builder = RepositoryBuilder(tmp_path / "empty")
    assert run(["report", "--repo", str(builder.path)]) == 2
    assert "no commit yet" in said(capsys)[1]
    assert run(["check", "--repo", str(builder.path)]) == 0


@pytest.mark.parametrize(
    "content",
    [
        "limits = ",
        "[limits]\ncognitve = 1\n",
        "exclude = 'x'\n",
        "baseline = '../known.txt'\n",
        "baseline = '/etc/passwd'\n",
        "[thresholds]\ndebt = nan\n",
    ],
)
def test_malformed_configuration(
    builder: RepositoryBuilder, capsys: pytest.CaptureFixture[str], content: str
) -> None:
    builder.commit("configure", {"tallystick.toml": content})
    assert run(["check", "--repo", str(builder.path)]) == 2
    assert said(capsys)[1].startswith("tallystick: tallystick.toml")


@pytest.mark.parametrize("content", ["tool = 5\n", "[tool]\ntallystick = 5\n"])
def test_a_pyproject_of_odd_shape(
    builder: RepositoryBuilder, capsys: pytest.CaptureFixture[str], content: str
) -> None:
    builder.commit("configure", {"pyproject.toml": content})
    is_ours = "tallystick" in content
    assert run(["check", "--repo", str(builder.path)]) == (2 if is_ours else 0)
    assert ("pyproject.toml: " in said(capsys)[1]) is is_ours


def test_a_cache_folder_that_is_a_file(
    builder: RepositoryBuilder, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    cache = tmp_path / "file" / "cache"
    assert run(["check", "--repo", str(builder.path), "--cache", str(cache)]) == 2
    err = said(capsys)[1]
    assert "cannot be made" in err
    assert "--no-cache" in err


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (
            "x = [\n" + "    1234567890,\n" * 400_000 + "]\n",
            "more than the 1,500,000 of limits.file_bytes",
        ),
        ("x = 1\0\n", "NUL"),
        ("def f(:\n", "does not parse"),
    ],
    ids=["5 MB generated", "binary", "no Python"],
)
def test_a_file_that_cannot_be_judged(
    builder: RepositoryBuilder, capsys: pytest.CaptureFixture[str], content: str, reason: str
) -> None:
    builder.commit("odd", {"odd.py": content})
    assert run(["gate", "--base", "HEAD~1", "--repo", str(builder.path)]) == 3
    out, _ = said(capsys)
    assert "odd.py" in out
    assert reason in " ".join(out.split())
    assert "could not judge" in out


def test_an_expression_of_three_thousand_terms_is_measured_or_said(
    builder: RepositoryBuilder, capsys: pytest.CaptureFixture[str]
) -> None:
    expression = " + ".join(f"x{i}" for i in range(3000))
    builder.commit("deep", {"deep.py": f"def f():\n    return {expression}\n"})
    code = run(["gate", "--base", "HEAD~1", "--repo", str(builder.path)])
    out, _ = said(capsys)
    assert code == 0 or (code == 3 and "deep.py" in out)


def test_nothing_is_left_behind(builder: RepositoryBuilder, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    before = builder.git("status", "--porcelain", "--ignored")
    for command in (["check"], ["scan"], ["gate", "--base", "HEAD~1"], ["attribute"]):
        subprocess.run(
            [sys.executable, "-m", "scanner", *command, "--repo", str(builder.path)],
            env={"PATH": os.environ["PATH"], "HOME": str(home)},
            cwd=Path(__file__).parent.parent.parent,
            check=True,
            capture_output=True,
        )
    assert builder.git("status", "--porcelain", "--ignored") == before
    assert list(home.iterdir()) == []
    kept = {path.name for path in (builder.path / ".git" / "tallystick").iterdir()}
    assert kept <= {"facts.sqlite", "facts.sqlite-wal", "facts.sqlite-shm"}


def test_the_same_input_gives_the_same_bytes(
    builder: RepositoryBuilder, capsys: pytest.CaptureFixture[str]
) -> None:
    outputs = []
    for cache in (["--no-cache"], [], []):
        where = ["--repo", str(builder.path), "--format", "json", *cache]
        parts = []
        for command in (["scan"], ["gate", "--base", "HEAD~1"], ["report"], ["explain", "HEAD"]):
            assert run([*command, *where]) == 0
            parts.append(said(capsys)[0])
            json.loads(parts[-1])
        outputs.append(parts)
    assert outputs[0] == outputs[1] == outputs[2]


def test_an_interrupted_run_says_so_and_is_taken_up_again(tmp_path: Path) -> None:
    builder = RepositoryBuilder(tmp_path / "repo")
    for i in range(40):
        builder.commit(f"change {i}", {f"m{i}.py": PLAIN.replace("plain", f"plain{i}") * 20})
    command = [sys.executable, "-m", "scanner", "report", "--repo", str(builder.path), "-o", "-"]
    root = Path(__file__).parent.parent.parent
    started = subprocess.Popen(
        command, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    )
    store = builder.path / ".git" / "tallystick" / "facts.sqlite"
    while not store.exists() and started.poll() is None:
        time.sleep(0.01)
    os.killpg(started.pid, signal.SIGINT)
    _, err = started.communicate(timeout=60)
    assert b"Traceback" not in err
    assert started.returncode in (130, 0)
    again = subprocess.run(command, cwd=root, capture_output=True, check=False)
    assert again.returncode == 0
    assert again.stdout.startswith(b"<!doctype html>") or b"<html" in again.stdout[:500]


@pytest.mark.parametrize("arguments", [["doctor"], ["init"]])
def test_what_is_told_fits_a_terminal(
    builder: RepositoryBuilder, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    assert run([*arguments, "--repo", str(builder.path)]) == 0
    told = said(capsys)[0].partition("\n--- ")[0]
    # What has no space in it, a path say, stays whole.
    assert [line for line in told.splitlines() if len(line) > 80 and " " in line.strip()] == []


def test_one_of_a_thing_is_one(
    builder: RepositoryBuilder, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "page.html"
    where = ["--repo", str(builder.path), "--no-rules", "-o", str(page)]
    assert run(["report", *where, "HEAD~1..HEAD"]) == 0
    assert f"The report on 1 change is in {page}" in said(capsys)[0]


def _piped(builder: RepositoryBuilder, shell: str) -> subprocess.CompletedProcess[bytes]:
    root = Path(__file__).parent.parent.parent
    gate = f'"{sys.executable}" -m scanner gate --base HEAD~1 --no-cache --repo "{builder.path}"'
    script = shell.replace("GATE", gate)
    return subprocess.run(["bash", "-c", script], cwd=root, capture_output=True, check=False)


@pytest.mark.parametrize("shell", ["GATE >&-", "GATE --format json | :; exit ${PIPESTATUS[0]}"])
def test_a_gate_that_nobody_reads_still_answers(builder: RepositoryBuilder, shell: str) -> None:
    nested = "".join(f"{'    ' * i}if x > {i}:\n" for i in range(1, 9)) + "    " * 9 + "return 1\n"
    builder.commit("deep", {f"deep{i}.py": f"def deep(x):\n{nested}" for i in range(60)})
    done = _piped(builder, shell)
    assert (done.returncode, done.stderr) == (1, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full disk here")
def test_no_room_for_the_answer_is_no_pass(builder: RepositoryBuilder) -> None:
    done = _piped(builder, "GATE > /dev/full")
    assert done.returncode == 3
    assert b"A result cannot be written: No space left on device." in done.stderr


@pytest.mark.parametrize(
    "arguments", [["gate", "--base", "HEAD~1"], ["scan", "HEAD~1"], ["conventions"]]
)
def test_a_tree_that_is_not_here_cannot_be_judged(
    builder: RepositoryBuilder, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    tree = builder.git("rev-parse", "HEAD~1^{tree}")
    (builder.path / ".git" / "objects" / tree[:2] / tree[2:]).unlink()
    assert run([*arguments, "--repo", str(builder.path), "--no-cache"]) == 3
    err = said(capsys)[1]
    assert "is not in this clone." in err
    assert "Fetch what is missing, or run in a full clone." in err


@pytest.mark.parametrize("limit", ["-f 0", "-n 8"])
def test_a_system_that_gives_too_little_is_no_bug(builder: RepositoryBuilder, limit: str) -> None:
    """No file may grow, so that there is no folder for temporary files; few may be open."""
    command = f"{shlex.quote(sys.executable)} -m scanner gate --base HEAD --no-cache"
    done = subprocess.run(
        ["sh", "-c", f"ulimit {limit}; {command} --repo {shlex.quote(str(builder.path))}"],
        capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
    )  # fmt: skip
    assert done.returncode in (0, 3)
    assert "A bug in Tallystick" not in done.stderr
    assert "Traceback" not in done.stderr
