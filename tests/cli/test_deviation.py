"""Departures from habits as check, gate and report tell them, and where they tell none."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from fixtures.repository import RepositoryBuilder
from scanner.cli.main import run

LOGGED = "import logging\n\nlogger = logging.getLogger(__name__)\n\n\n"
FUNCTION = "def load_{i}_{n}(path):\n    logger.info('%s', path)\n    return path\n\n\n"
ODD = "def show(path):\n    print(path)\n    return path\n"


def parts(builder: RepositoryBuilder, count: int = 14) -> None:
    for i in range(count):
        text = LOGGED + "".join(FUNCTION.format(i=i, n=n) for n in range(8))
        builder.commit(f"part {i}", {f"app/m{i}.py": text})


@pytest.fixture
def builder(tmp_path: Path) -> RepositoryBuilder:
    builder = RepositoryBuilder(tmp_path / "repo")
    parts(builder)
    return builder


def told(capsys: pytest.CaptureFixture[str], folder: Path, *arguments: str) -> dict[str, Any]:
    run([*arguments, "--repo", str(folder), "--format", "json"])
    document = json.loads(capsys.readouterr().out)
    assert isinstance(document, dict)
    return document


def departures(document: dict[str, Any]) -> list[str]:
    return [one["rule"] for one in document["findings"] if one["dimension"] == "deviation"]


def test_more_of_the_same_is_no_departure(
    builder: RepositoryBuilder, capsys: pytest.CaptureFixture[str]
) -> None:
    builder.write("app/new.py", LOGGED + FUNCTION.format(i=99, n=1))
    builder.git("add", "-A")
    document = told(capsys, builder.path, "check")
    assert departures(document) == []
    assert document["points"]["deviation"] == 0


def test_a_generated_file_departs_from_nothing(
    builder: RepositoryBuilder, capsys: pytest.CaptureFixture[str]
) -> None:
    builder.commit("protocol", {"app/wire_pb2.py": ODD})
    assert departures(told(capsys, builder.path, "gate", "--base", "HEAD~1")) == []


def test_what_a_linter_of_the_base_governs_is_left_to_it(
    builder: RepositoryBuilder, capsys: pytest.CaptureFixture[str]
) -> None:
    builder.branch("late")
    linted = {"pyproject.toml": '[tool.ruff.lint]\nselect = ["T20"]\n'}
    builder.commit("print, and the linter", {"app/new.py": ODD, **linted})
    gate = ("gate", "--base", "main")
    assert "deviation/output-channel" in departures(told(capsys, builder.path, *gate))
    builder.switch("main")
    builder.commit("linter", {**linted})
    builder.branch("early")
    builder.commit("print", {"app/new.py": ODD})
    assert "deviation/output-channel" not in departures(told(capsys, builder.path, *gate))


def test_a_shallow_clone_says_why_nothing_is_told(
    builder: RepositoryBuilder, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    builder.commit("print", {"app/new.py": ODD})
    shallow = tmp_path / "shallow"
    source = f"file://{builder.path}"
    subprocess.run(["git", "clone", "-q", "--depth=3", source, str(shallow)], check=True)
    document = told(capsys, shallow, "gate", "--base", "HEAD~1")
    assert document["verdict"] == "pass"
    assert document["scores"]["deviation"] is None
    (reason,) = [o["reason"] for o in document["unmeasured"] if o["dimension"] == "deviation"]
    assert "this clone is shallow" in reason


def test_check_gate_and_report_tell_the_same(
    builder: RepositoryBuilder, capsys: pytest.CaptureFixture[str]
) -> None:
    builder.write("app/new.py", ODD)
    builder.git("add", "-A")
    checked = departures(told(capsys, builder.path, "check"))
    assert "deviation/output-channel" in checked
    head = builder.commit("print", {})
    assert departures(told(capsys, builder.path, "gate", "--base", "HEAD~1")) == checked
    for range_of in ([], ["HEAD~1..HEAD"], ["--unit", "commit"]):
        for cache in ([], ["--no-cache"]):
            report = told(capsys, builder.path, "report", *range_of, *cache)
            (found,) = [one for one in report["findings"] if one["commit"] == head]
            assert departures(found) == checked


def test_one_more_change_is_judged_as_if_all_were(
    builder: RepositoryBuilder, capsys: pytest.CaptureFixture[str]
) -> None:
    told(capsys, builder.path, "report")
    builder.commit("log", {"app/m3.py": None, "app/m30.py": LOGGED + FUNCTION.format(i=3, n=1)})
    builder.commit("print", {"app/other.py": ODD})
    going_on = told(capsys, builder.path, "report")
    assert going_on == told(capsys, builder.path, "report", "--no-cache")
    assert any("deviation/output-channel" in departures(one) for one in going_on["findings"])


def test_the_page_shows_what_was_departed_from_and_what_is_usual(
    builder: RepositoryBuilder, tmp_path: Path
) -> None:
    builder.commit("print", {"app/new.py": ODD})
    page = tmp_path / "page.html"
    assert run(["report", "--repo", str(builder.path), "-o", str(page), "-q"]) == 0
    text = page.read_text()
    section = text[text.index('id="conventions"') :]
    assert "Reports of functions are made through a logger" in section
    assert "112 of 112" in section
    assert "Strongest today, one for each topic" in section


STRANGE = """
def melt(candles):
    for drip in candles.drips():
        wax = drip ^ candles.wick.length << 3, lambda flame: flame.burn(until=drip.dawn)
        yield wax, [spark >> 5 for spark in drip.sparks if spark.glow @ drip.heat]
        candles.wick.trim(by=drip.height // 7)
"""


def test_a_change_is_scored_alike_by_check_gate_explain_and_report(
    builder: RepositoryBuilder, capsys: pytest.CaptureFixture[str]
) -> None:
    builder.write("app/m0.py", STRANGE)
    builder.git("add", "-A")
    checked = told(capsys, builder.path, "check")["deviation"]
    assert checked["score"] == 100.0
    assert checked["reference"] == 104  # those of the first commit met no code
    (melt,) = checked["functions"]
    assert melt["place"] == {"path": "app/m0.py", "first_line": 2, "last_line": 6, "unit": "melt"}
    none = ", as none of 126 units here does."
    assert [reason["sentence"] for reason in melt["reasons"]] == [
        f"It uses the attributes `length`, `sparks`, `height` and 7 more{none}",
        f"It uses the words `candles`, `flame`, `spark` and 3 more in names{none}",
        f"It passes `until=` and `by=`{none}",
    ]
    builder.commit("wax")
    for cache in ([], ["--no-cache"]):
        assert (
            told(capsys, builder.path, "gate", "--base", "HEAD~1", *cache)["deviation"] == checked
        )
        assert told(capsys, builder.path, "explain", "HEAD", *cache)["deviation"] == checked
    assert run(["explain", "HEAD", "--repo", str(builder.path)]) == 0
    assert "Deviation 100: more than 100%" in capsys.readouterr().out


def test_more_of_the_same_is_usual(
    builder: RepositoryBuilder, capsys: pytest.CaptureFixture[str]
) -> None:
    builder.commit("more", {"app/new.py": LOGGED + FUNCTION.format(i=5, n=3)})
    document = told(capsys, builder.path, "gate", "--base", "HEAD~1")
    assert document["scores"]["deviation"] == document["deviation"]["score"] < 80


NOT_SCORED: list[tuple[str, dict[str, str | bytes | None], str]] = [
    ("no function", {"app/m0.py": "x = 1\n"}, "it adds no code to functions"),
    ("tests", {"tests/test_a.py": STRANGE}, "no reference yet"),
    ("a new package", {"new/wax.py": STRANGE}, "no reference yet: the package new/ is new"),
    ("generated", {"app/wire_pb2.py": STRANGE}, "it adds no code to functions"),
]


@pytest.mark.parametrize(("name", "files", "reason"), NOT_SCORED, ids=lambda one: str(one)[:12])
def test_where_there_is_no_reference_it_is_said(
    builder: RepositoryBuilder,
    capsys: pytest.CaptureFixture[str],
    name: str,
    files: dict[str, str | bytes | None],
    reason: str,
) -> None:
    builder.commit(name, files)
    document = told(capsys, builder.path, "gate", "--base", "HEAD~1")
    assert document["scores"]["deviation"] is None
    assert document["deviation"]["score_reason"].startswith(reason)


def test_a_threshold_may_ask_for_the_score(
    builder: RepositoryBuilder, capsys: pytest.CaptureFixture[str]
) -> None:
    builder.commit("limit", {"tallystick.toml": "[thresholds]\ndeviation = 95\n"})
    builder.commit("wax", {"app/m0.py": STRANGE})
    failed = told(capsys, builder.path, "gate", "--base", "HEAD~1")
    assert "The deviation score is 100.0, above the threshold of 95." in failed["reasons"]
    builder.commit("new", {"new/wax.py": STRANGE})
    unknown = told(capsys, builder.path, "gate", "--base", "HEAD~1")
    assert unknown["verdict"] == "could_not_judge"
    builder.commit("value", {"app/m1.py": "x = 1\n"})
    assert told(capsys, builder.path, "gate", "--base", "HEAD~1")["verdict"] == "pass"


def test_paths_that_are_left_out_get_no_score(
    builder: RepositoryBuilder, capsys: pytest.CaptureFixture[str]
) -> None:
    builder.commit("leave out", {"tallystick.toml": '[deviation]\nexclude = ["app/wax*"]\n'})
    builder.commit("wax", {"app/wax.py": STRANGE})
    document = told(capsys, builder.path, "gate", "--base", "HEAD~1")
    assert document["deviation"]["score_reason"].startswith("`deviation.exclude` leaves out")


def test_a_departure_is_mended_where_nothing_else_changes(
    builder: RepositoryBuilder,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    text = LOGGED + "".join(FUNCTION.format(i=99, n=n) for n in range(3))
    builder.write("app/new.py", text.replace("'", '"'))
    builder.git("add", "-A")
    monkeypatch.chdir(builder.path)
    run(["check", "--fix"])
    assert "app/new.py:7: deviation/quotes: fixed" in capsys.readouterr().err
    assert (builder.path / "app/new.py").read_text() == text
