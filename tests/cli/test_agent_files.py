"""`init --agents` and `conventions --agents`: what agents read is measured, and shown first."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fixtures.repository import RepositoryBuilder
from scanner.recipes.agents import entries
from scanner.recipes.instructions import MeasuredHabit, section, stale, with_section
from scanner.recipes.proposals import Proposal
from scanner.recipes.stated_rules import contradictions, stated_rules
from scanner.roles.agent_files import BEGIN, END
from tests.gate.hooks import tallystick, tangled

COUNTS = {
    "import-origin": {"absolute": 120, "relative": 520},
    "string-formatting": {"f-string": 90, "percent": 10},
    "import-star": {"names": 99, "star": 1},
    "quotes": {"double": 4, "single": 1},
    "output-channel": {"print": 30, "logging": 5},
    "path-handling": {"pathlib": 50, "os.path": 50},
}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "We talked about absolute imports.",  # states nothing
        "Use relative imports.",  # and so it is
        "Never use absolute imports.",
        "Prefer relative imports over absolute imports.",
        "Use f-strings.",
        "Avoid star imports.",
        "Use single quotes.",  # five choices say nothing
        "Use pathlib.",  # half do
        "Absolute imports may be used.",
        "Use absolute imports only for tests.",
        "```\nUse absolute imports.\n```",
        "Use absolutely important things.",
        "Use `logger`, not `print`, unless it is a command.",
        "Each example must print a line with its cost.",
        "Use `debug.print` to inspect values.",
        "Do NOT warn about print statements in tests, they are OK!",
        "Don't use f-strings for lines where there are no variables.",
        "Don't skip absolute imports of what is optional if it is heavy.",
        "A failure never rolls back what was written, so that all that is read is an f-string.",
    ],
)
def test_nothing_is_told_where_nothing_is_contradicted(text: str) -> None:
    assert list(contradictions("AGENTS.md", text, lambda name: COUNTS.get(name, {}))) == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "Always use absolute imports.",
            "AGENTS.md:1 says absolute imports; 81 % of 640 imports of the project's own modules",
        ),
        ("# Style\n\n- Imports: use absolute imports only", "AGENTS.md:3 says absolute imports"),
        ("Never use relative imports.", "AGENTS.md:1 forbids relative imports; 81 % of 640"),
        ("Don't use f-strings.", "forbids f-strings; 90 % of 100 strings with data in them are"),
        ("Use logging instead of print.", "forbids print; 86 % of 35 reports of functions are"),
        ("MUST write absolute imports!", "says absolute imports"),
    ],
)
def test_a_rule_that_most_of_the_code_does_not_keep_is_told(text: str, told: str) -> None:
    (sentence,) = contradictions("AGENTS.md", text, lambda name: COUNTS.get(name, {}))
    assert told in sentence


def test_a_rule_is_told_once() -> None:
    text = "Use absolute imports.\nAlways use absolute imports."
    assert [rule.line for rule in stated_rules(text)] == [1]


HABITS = [MeasuredHabit(f"things {i} are so, in this repository", 100 - i, 100) for i in range(20)]
WRITTEN = section(HABITS, ["a.py", "b.py"])


class TestSection:
    @pytest.mark.parametrize(
        ("habits", "hottest"),
        [
            (HABITS, ["a.py", "b.py"]),
            ([MeasuredHabit(one.sentence, 7, 9) for one in HABITS], ["b.py", "c.py", "a.py"]),
            (HABITS[::-1], ["a.py", "b.py"]),
        ],
    )
    def test_counts_and_order_may_move(
        self, habits: list[MeasuredHabit], hottest: list[str]
    ) -> None:
        assert list(stale("AGENTS.md", WRITTEN, habits, hottest)) == []

    @pytest.mark.parametrize(
        ("written", "habits", "hottest", "told"),
        [
            (WRITTEN, HABITS[1:], ["a.py", "b.py"], "no longer holds that things 0 are so"),
            (WRITTEN, HABITS, ["a.py"], "b.py is no longer among"),
            (WRITTEN.replace("Do not", "You may"), HABITS, ["a.py", "b.py"], "changed by hand"),
            (section(HABITS[:4], ["a.py"]), HABITS, ["a.py"], "11 of the 15 strongest habits"),
        ],
    )
    def test_it_is_stale(
        self, written: str, habits: list[MeasuredHabit], hottest: list[str], told: str
    ) -> None:
        (reason,) = stale("AGENTS.md", written, habits, hottest)
        assert told in reason

    @pytest.mark.parametrize("text", ["", "# Mine\n", "# Mine\n\nnot ended", f"# Half {BEGIN}\n"])
    def test_what_others_wrote_stays(self, text: str) -> None:
        once = with_section(text, WRITTEN)
        assert once.startswith(text.rstrip())
        assert with_section(once, WRITTEN).count(END) == 1

    @pytest.mark.parametrize("half", [BEGIN, END, f"{END}\n{BEGIN}", f"{BEGIN}\r\n{BEGIN}"])
    def test_half_a_section_swallows_nothing(self, half: str) -> None:
        once = with_section(f"{half}\n\nmine\n", WRITTEN)
        again = with_section(once, section(HABITS[:1], []))
        assert "mine" in again
        assert with_section(again, WRITTEN).replace("\r", "") == once.replace("\r", "")

    def test_it_is_put_in_the_place_of_the_old_one(self) -> None:
        text = with_section("# Mine\n", section(HABITS[:2], [])) + "\n# After\n"
        assert with_section(text, WRITTEN) == f"# Mine\n\n{WRITTEN}\n# After\n"

    def test_line_ends_are_those_of_the_file(self) -> None:
        text = with_section("# Mine\r\n", WRITTEN)
        assert text.count("\n") == text.count("\r\n")


ALL = ("claude-code", "cline", "codex", "copilot", "cursor", "gemini", "opencode")


class TestEntries:
    def test_a_second_time_there_is_nothing_to_write(self) -> None:
        first = [one for one in entries(ALL, {}) if isinstance(one, Proposal)]
        assert len(first) == 11
        texts = {one.path: one.after for one in first}
        assert [one for one in entries(ALL, texts) if isinstance(one, Proposal)] == []

    @pytest.mark.parametrize(
        "text",
        ["{", "[]", "// comments\n{}", '{"hooks": []}', '{"hooks": {"stop": {}}}', "[" * 9999],
    )
    def test_what_is_not_understood_is_left_alone(self, text: str) -> None:
        (_, remark) = entries(["cursor"], {".cursor/hooks.json": text, ".cursor/mcp.json": text})
        assert isinstance(remark, str) or json.loads(text) == {"hooks": []} or '"stop"' in text
        first = next(iter(entries(["cursor"], {".cursor/hooks.json": text})))
        assert isinstance(first, str)

    def test_what_is_there_stays(self) -> None:
        mine = {
            "permissions": {"allow": ["Bash"]},
            "hooks": {"Stop": [{"hooks": [{"type": "command", "command": "mine"}]}]},
        }
        (one, _) = entries(["claude-code"], {".claude/settings.json": json.dumps(mine)})
        assert isinstance(one, Proposal)
        after = json.loads(one.after)
        assert after["permissions"] == mine["permissions"]
        assert [entry["hooks"][0]["command"] for entry in after["hooks"]["Stop"]] == [
            "mine", "tallystick hook claude-code"
        ]  # fmt: skip

    def test_somebody_else_s_hook_is_not_written_over(self) -> None:
        texts = {".clinerules/hooks/PostToolUse": "#!/bin/sh\nmine\n"}
        (remark,) = entries(["cline"], texts)
        assert "left alone" in str(remark)


@pytest.fixture(scope="module")
def builder(tmp_path_factory: pytest.TempPathFactory) -> RepositoryBuilder:
    made = RepositoryBuilder(tmp_path_factory.mktemp("agents") / "repo")
    for name in ("orders", "parcels", "meters"):
        function = f'    """Says {name}."""\n    return f"{name}: {{value}}"\n'
        code = "\n\n".join(f"def {name}_{i}(value):\n{function}" for i in range(6))
        made.commit(f"Add {name}", {f"app/{name}.py": code, "app/__init__.py": ""})
    made.commit("Tangle", {"app/core.py": tangled("f")})
    made.commit("Rules", {"CLAUDE.md": "# Rules\n\nNever use f-strings.\n"})
    return made


def test_it_shows_first_and_writes_what_was_agreed(builder: RepositoryBuilder) -> None:
    shown = tallystick(builder.path, "init", "--agents")
    assert shown.returncode == 0, shown.stderr
    assert "CLAUDE.md:3 forbids f-strings; 100 % of 18" in " ".join(shown.stdout.split())
    assert "tallystick init --agents --yes" in shown.stdout
    assert builder.git("status", "--porcelain") == ""

    assert tallystick(builder.path, "conventions", "--agents", "--check").returncode == 1
    written = tallystick(builder.path, "init", "--agents", "--yes")
    assert written.returncode == 0, written.stderr
    files = {".claude/settings.json", ".mcp.json", "AGENTS.md", "CLAUDE.md"}
    edited = builder.git("status", "--porcelain", "-uall").split("\n")
    assert files == {line.split()[-1] for line in edited}
    text = (builder.path / "CLAUDE.md").read_text()
    assert text.startswith("# Rules\n\nNever use f-strings.\n\n" + BEGIN)
    assert "- strings with data in them are f-strings, in this repository (18 of 18)" in text
    assert "`app/core.py`" in text

    checked = tallystick(builder.path, "conventions", "--agents", "--check")
    assert (checked.returncode, checked.stdout.splitlines()[-1]) == (0, "Up to date.")
    printed = tallystick(builder.path, "conventions", "--agents")
    assert printed.stdout in text + "\n"


def test_check_is_for_agents(builder: RepositoryBuilder) -> None:
    done = tallystick(builder.path, "conventions", "--check")
    assert done.returncode == 2
    assert "Add --agents" in done.stderr


def test_without_a_commit_there_is_nothing_to_measure(tmp_path: Path) -> None:
    empty = RepositoryBuilder(tmp_path / "empty")
    done = tallystick(empty.path, "init", "--agents")
    assert done.returncode == 2
    assert "no commit yet" in done.stderr
