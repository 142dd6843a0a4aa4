"""`tallystick rules`, and what `scan` and `doctor` say of rules."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fixtures.repository import RepositoryBuilder
from scanner.cli.main import run

PACK = """rules:
  - id: team-no-shout
    languages: [python]
    severity: WARNING
    message: Shouting helps nobody. Call `say`.
    metadata: {points: 4, category: convention}
    pattern: shout(...)
"""
GOOD = "# ok: team-no-shout\nsay(1)\n# ruleid: team-no-shout\nshout(1)\n"
CODE = "import sys\n\n\ndef greet(name):\n    shout(name)\n    shout(name)\n"
SETTINGS = 'rules = ["team/rules"]\ndefault_rules = false\n'


@pytest.fixture
def builder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RepositoryBuilder:
    builder = RepositoryBuilder(tmp_path / "repo")
    builder.commit(
        "base", {"a.py": "import sys\n\n\ndef greet(name):\n    shout(name)\n    shout(name)\n"}
    )
    builder.write("tallystick.toml", SETTINGS)
    builder.write("team/rules/a.yaml", PACK)
    builder.write("team/rules/a.py", GOOD)
    monkeypatch.chdir(builder.path)
    return builder


def test_the_list_shows_points_and_source(
    builder: RepositoryBuilder, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["rules", "list"]) == 0
    line, total = capsys.readouterr().out.splitlines()
    assert line.split() == [
        "team-no-shout", "4", "warning", "convention", "test", "team/rules/a.yaml:2",
    ]  # fmt: skip
    assert total == "1 rule in force, 0 off"
    builder.write("tallystick.toml", f'{SETTINGS}rules_off = ["team-no-shout", "no-such"]\n')
    assert run(["rules", "list"]) == 0
    said = capsys.readouterr()
    assert said.out.split()[1] == "off"
    assert "the settings name no-such, but there is no such rule" in said.err


def test_a_rule_is_shown_with_its_cases(
    builder: RepositoryBuilder, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["rules", "show", "team-no-shout"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "team-no-shout  4 points, warning, convention",
        "  Shouting helps nobody. Call `say`.",
        "  From: team/rules/a.yaml:2",
        "  Reported:",
        "    say(1)",
        "  > shout(1)",
        "  Not reported:",
        "  > say(1)",
        "    shout(1)",
    ]
    builder.write("tallystick.toml", f'{SETTINGS}rules_off = ["team-no-shout"]\n')
    assert run(["rules", "show", "team-no-shout"]) == 0
    assert "off: rules_off names it" in capsys.readouterr().out
    assert run(["rules", "show", "team-no-shot"]) == 2
    assert "Did you mean team-no-shout?" in capsys.readouterr().err


@pytest.mark.usefixtures("builder")
def test_tests_that_pass(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["rules", "test"]) == 0
    assert "1 rule passed, 0 failures" in capsys.readouterr().out
    assert run(["rules", "test", "team/rules/a.yaml"]) == 0


def test_a_failing_test_is_named_with_file_and_line(
    builder: RepositoryBuilder, capsys: pytest.CaptureFixture[str]
) -> None:
    builder.write("team/rules/a.py", GOOD.replace("say(1)", "shout(1)"))
    assert run(["rules", "test"]) == 1
    out = capsys.readouterr().out
    assert "team/rules/a.py:2: team-no-shout matched here and should not" in out


def test_a_broken_rule_is_named_with_file_and_line(
    builder: RepositoryBuilder, capsys: pytest.CaptureFixture[str]
) -> None:
    builder.write("team/rules/a.yaml", PACK.replace("shout(...)", "shout((("))
    assert run(["rules", "test"]) == 3
    assert "team/rules/a.yaml: line " in capsys.readouterr().err
    builder.write("team/rules/a.yaml", PACK.replace("    severity: WARNING\n", ""))
    assert run(["rules", "list"]) == 2
    assert "team/rules/a.yaml: line 2: rule team-no-shout has no severity" in (
        capsys.readouterr().err
    )


@pytest.mark.parametrize("arguments", [["rules", "list"], ["rules", "test"]])
def test_a_place_without_rules_is_wrong_usage(
    builder: RepositoryBuilder, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    builder.write("tallystick.toml", SETTINGS.replace("team", "none"))
    assert run(arguments) == 2
    assert "There are no rules at none/rules." in capsys.readouterr().err


@pytest.mark.parametrize("place", ["../outside", "/etc", "team/../../outside"])
@pytest.mark.parametrize("arguments", [["rules", "list"], ["rules", "test"], ["check"], ["scan"]])
def test_packs_outside_of_the_repository_are_refused(
    builder: RepositoryBuilder,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    place: str,
) -> None:
    builder.commit("configure", {"tallystick.toml": f'rules = ["{place}"]\n'})
    assert run(arguments) == 2
    assert f"'rules': {place} is outside of the repository." in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["rules", "list"], ["rules", "test"], ["check"]])
def test_a_pack_behind_a_symbolic_link_is_not_read(
    builder: RepositoryBuilder, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    outside = builder.path.parent / "outside"
    (builder.path / "team" / "rules").rename(outside)
    (builder.path / "team" / "rules").symlink_to(outside)
    builder.commit("link")
    assert run(arguments) == 2
    assert "There are no rules at team/rules" in capsys.readouterr().err


def test_a_rule_that_is_refused_never_passes_however_often_it_is_asked(
    builder: RepositoryBuilder, capsys: pytest.CaptureFixture[str]
) -> None:
    builder.write("team/rules/a.yaml", PACK.replace("shout(...)", "shout((("))
    builder.commit("rules")
    builder.write("b.py", CODE)
    builder.git("add", "-A")
    for _ in range(2):
        assert run(["check"]) == 3
        assert "team/rules/a.yaml could not be judged" in capsys.readouterr().out


def test_scan_shows_all_that_stands(
    builder: RepositoryBuilder, capsys: pytest.CaptureFixture[str]
) -> None:
    builder.commit("rules")
    assert run(["scan", "--format", "json", "-q"]) == 0
    found = json.loads(capsys.readouterr().out)["findings"]
    places = [(f["rule"], f["path"], f["first_line"], f["unit"]) for f in found]
    assert places == [
        ("team-no-shout", "a.py", 5, "greet"), ("team-no-shout", "a.py", 6, "greet"),
    ]  # fmt: skip
    assert len({f["fingerprint"] for f in found}) == 2


def test_doctor_says_how_many_rules_are_in_force(
    builder: RepositoryBuilder, capsys: pytest.CaptureFixture[str]
) -> None:
    builder.commit("rules")
    assert run(["doctor"]) == 0
    assert "Rules: 1 rule of 1 pack in force" in capsys.readouterr().out


def test_doctor_tells_of_a_broken_configuration_once(
    builder: RepositoryBuilder, capsys: pytest.CaptureFixture[str]
) -> None:
    builder.write("tallystick.toml", "rulez = 1\n")
    builder.commit("rules")
    assert run(["doctor"]) == 3
    assert capsys.readouterr().out.count("unknown key 'rulez'") == 1


def test_the_rules_in_code_are_listed_and_shown_with_their_place(
    builder: RepositoryBuilder, capsys: pytest.CaptureFixture[str]
) -> None:
    builder.write("tallystick.toml", 'rules_off = ["undeclared-import"]\n')
    assert run(["rules", "list"]) == 0
    said = capsys.readouterr()
    assert said.err == ""
    listed = {line.split()[0]: line for line in said.out.splitlines()}
    path, line = listed["undeclared-import"].split()[-1].split(":")
    assert "off" in listed["undeclared-import"]
    text = (Path(__file__).parents[2] / path).read_text().split("\n")[int(line) - 1]
    assert text.strip() == '"undeclared-import",'
    assert run(["rules", "show", "undeclared-import"]) == 0
    assert "Declare it, or import what is there." in capsys.readouterr().out
