"""A team's own conventions: what is left alone, what is found, and what is wrong with a file."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from fixtures.repository import RepositoryBuilder
from scanner.analysis.choices.matching import choices_in, compiled
from scanner.analysis.choices.team import ConventionError, TeamChoices, TeamConvention, written
from scanner.cli.main import run

DOCS = Path(__file__).parents[2] / "docs" / "rules.md"
RULE = "deviation/http-through-client"
CONFIG = '[tool.tallystick]\nrules = ["team/rules"]\ndefault_rules = false\n'


def documented() -> str:
    """The example of the documentation, as a reader would copy it."""
    text = DOCS.read_text(encoding="utf-8")
    (example,) = re.findall(r"```toml\n(# team/rules/http\.toml\n.*?)```", text, re.DOTALL)
    assert isinstance(example, str)
    return example


def convention(match: str, other: str = '{ node = "Pass" }') -> TeamConvention:
    """One whose first alternative, `one`, has this matcher."""
    ways = [
        f'[[alternatives]]\nid = "{name}"\nlabel = "{name}"\ninstead = "{name}"\nmatch = {spec}'
        for name, spec in (("one", match), ("two", other))
    ]
    return TeamConvention("x.toml", "\n".join(['id = "own"', 'noun = "things"', *ways]))


def chosen(source: TeamConvention, code: str) -> list[tuple[str, int]]:
    found = choices_in(code, [source])
    assert isinstance(found, TeamChoices)
    return [(point.alternative, point.line) for point in found.points]


CALL = '{ node = "Call", func = { node = "Name", value = "f" } }'


@pytest.mark.parametrize(
    ("match", "code"),
    [
        (CALL, "g()"),
        (CALL, "a.f()"),
        (CALL, "f"),
        ('{ node = "Call", args = ["?"] }', "f(1, 2)"),
        ('{ node = "Call", func = { not = { node = "Name" } } }', "f()"),
        ('{ node = "Name", value = { like = "get_*" } }', "got_it"),
        ('{ node = "Name", value = { not = "f" } }', "f"),
        ('{ node = "FunctionDef", returns = { absent = true } }', "def f() -> int: ..."),
        ('{ all_of = [{ node = "Name" }, { node = "Name", value = "f" }] }', "g"),
    ],
)
def test_left_alone(match: str, code: str) -> None:
    assert chosen(convention(match), code) == []


@pytest.mark.parametrize(
    ("match", "code", "lines"),
    [
        (CALL, "f()\n\nx = f(f(2))", [0, 2, 2]),
        ('{ node = "Call", args = ["?"] }', "f(1)", [0]),
        ('{ node = "Call", args = [{ node = "Arg", star = "*" }, "*"] }', "f(*a, b, c=1)", [0]),
        ('{ node = "Call", func = { not = { node = "Name" } } }', "a.f()", [0]),
        ('{ node = "Name", value = { like = "get_*" } }', "def f():\n    return get_it", [1]),
        ('{ node = "Name", value = { one_of = ["f", "g"] } }', "f\ng\nh", [0, 1]),
        ('{ node = "FunctionDef", returns = { absent = true } }', "\ndef f(): ...", [1]),
        ('{ one_of = [{ node = "Raise" }, { node = "Return" }] }', "def f():\n    raise\n", [1]),
    ],
)
def test_found(match: str, code: str, lines: list[int]) -> None:
    assert chosen(convention(match), code) == [("one", line) for line in lines]


def test_the_first_alternative_that_matches_a_node_is_its_choice() -> None:
    both = convention(CALL, '{ node = "Call" }')
    assert chosen(both, "f()\ng()") == [("one", 0), ("two", 1)]


@pytest.mark.parametrize(
    ("match", "said"),
    [
        ('{ node = "Cal" }', "there is no node Cal; did you mean Call?"),
        ('{ node = "Call", function = "f" }', "no attribute of Call function; did you mean func?"),
        ('{ node = "Call", func = "f" }', "Call.func: a matcher is a table with `node`"),
        ('{ node = "Name", value = 3 }', "Name.value is a text"),
        ('{ node = "Call", args = { node = "Arg" } }', "Call.args is a list"),
        ('{ node = "Call", func = { absent = true } }', "Call.func is never absent"),
        ('{ one_of = [{ node = "Call" }] }', "one_of is a list of two matchers or more"),
        ('{ not = { node = "Call" } }', "nearly everything"),
        ('{ node = "MatchIfTrue" }', "there is no node MatchIfTrue"),
        ('{ node = "Module", code = "x" }', "there is no attribute of Module code"),
        (f"{'{ not = ' * 50}{{ node = 'Call' }}{' }' * 50}", "nested deeper than 40"),
    ],
)
def test_what_is_wrong_is_said(match: str, said: str) -> None:
    with pytest.raises(ConventionError, match=re.escape(said)):
        compiled(convention(match))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("id =", "it is not valid TOML"),
        ('id = "Own"', "id: Own is no id"),
        (
            'id = "import-origin"\nnoun = "x"',
            "import-origin is the name of a convention of Tallystick",
        ),
        ('id = "own"\nnoun = "x"', "a choice has two at least"),
        ('id = "own"\nrun = "x"', "there is no key run"),
    ],
)
def test_a_file_that_says_too_little(text: str, said: str) -> None:
    with pytest.raises(ConventionError, match=re.escape(said)):
        written(TeamConvention("x.toml", text))


def test_the_documented_example_tells_of_its_cases() -> None:
    source = TeamConvention("http.toml", documented())
    assert len(written(source).cases) == 3
    for case in written(source).cases:
        assert tuple(name for name, _ in chosen(source, case.code)) == case.chooses


@pytest.fixture
def builder(tmp_path: Path) -> RepositoryBuilder:
    """A codebase where HTTP goes through a client, and that says so in a file."""
    builder = RepositoryBuilder(tmp_path / "repo")
    builder.commit("rules", {"pyproject.toml": CONFIG, "team/rules/http.toml": documented()})
    for i in range(14):
        calls = "".join(
            f"def load_{i}_{n}(url):\n    return client.fetch(url)\n\n\n" for n in range(8)
        )
        builder.commit(f"part {i}", {f"app/m{i}.py": f"from app import client\n\n\n{calls}"})
    return builder


ODD = "import requests\n\n\ndef load(url):\n    return requests.get(url)\n"


def departures(
    builder: RepositoryBuilder, capsys: pytest.CaptureFixture[str], *arguments: str
) -> list[dict[str, Any]]:
    run(["gate", "--base", "HEAD~1", "--repo", str(builder.path), "--format", "json", *arguments])
    findings = json.loads(capsys.readouterr().out)["findings"]
    return [one for one in findings if one["rule"] == RULE]


def test_the_documented_example_in_a_gate(
    builder: RepositoryBuilder, capsys: pytest.CaptureFixture[str]
) -> None:
    builder.commit("usual", {"app/usual.py": ODD.replace("requests.get", "client.fetch")})
    assert departures(builder, capsys) == []
    builder.commit("odd", {"app/odd.py": ODD})
    (found,) = departures(builder, capsys)
    assert (found["path"], found["first_line"]) == ("app/odd.py", 5)
    said = "113 of 113 HTTP requests are made through `client.fetch`"
    assert said in found["message"]
    assert found["hint"] == "Call `client.fetch`, which retries and logs."
    # The same with what is in the cache by now.
    assert departures(builder, capsys) == [found]
    assert departures(builder, capsys, "--no-cache") == [found]


def test_a_branch_is_judged_by_the_conventions_of_its_base(
    builder: RepositoryBuilder, capsys: pytest.CaptureFixture[str]
) -> None:
    tamed = documented().replace('"get", ', "")
    builder.commit("odd, and excused", {"app/odd.py": ODD, "team/rules/http.toml": tamed})
    assert len(departures(builder, capsys)) == 1


def test_a_broken_file_is_an_error_with_its_path(
    builder: RepositoryBuilder, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = documented().replace('node = "Call"', 'node = "Cal"', 1)
    builder.commit("broken", {"team/rules/http.toml": broken})
    builder.commit("next", {"app/m0.py": ODD})
    assert run(["gate", "--base", "HEAD~1", "--repo", str(builder.path)]) == 2
    said = " ".join(capsys.readouterr().err.split())
    assert "team/rules/http.toml: alternative client: there is no node Cal" in said


def test_the_cases_of_a_file_are_run(
    builder: RepositoryBuilder, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["rules", "test", "--repo", str(builder.path)]) == 0
    assert "1 rule passed, 0 failures" in capsys.readouterr().out
    wrong = documented().replace('chooses = ["requests"]', "chooses = []")
    builder.write("team/rules/http.toml", wrong)
    assert run(["rules", "test", "--repo", str(builder.path)]) == 1
    line = wrong.split("\n").index("[[cases]]", wrong.split("\n").index("[[cases]]") + 1) + 1
    where = f"team/rules/http.toml:{line}: http-through-client"
    assert f"{where} found requests here and should find nothing" in capsys.readouterr().out


def test_conventions_and_list_show_it(
    builder: RepositoryBuilder, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["conventions", "--repo", str(builder.path)]) == 0
    assert "made through `client.fetch`" in " ".join(capsys.readouterr().out.split())
    assert run(["rules", "list", "--repo", str(builder.path)]) == 0
    assert "http-through-client  convention, tested" in capsys.readouterr().out
