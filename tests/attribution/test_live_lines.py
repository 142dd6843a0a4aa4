"""Lines that add up: each stands under one label, through whatever was only moved or laid out."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings

from fixtures.repository import RepositoryBuilder
from scanner.attribution.lines import LabelledLines
from scanner.attribution.settings import AttributionSettings
from scanner.base.store import open_store
from scanner.cli.main import run
from scanner.git.process import open_repository
from scanner.history.attribution import attribute_range
from scanner.history.read import Selection, parse_range
from tests.git.test_lifelines_properties import Sketch, histories, made_real

CLAUDE = "Co-authored-by: Claude <noreply@anthropic.com>"
NOW = 1_785_000_000  # July 2026
AI = f"Made\n\n{CLAUDE}\n"

FUNCTION = [
    "def total(prices, discount):",
    '    """Adds up prices.',
    "",
    '    The discount is a share."""',
    "    # in cents",
    "    whole = sum(prices.values())",
    "",
    "    reduced = whole * (1 - discount)",
    "    return round(reduced)",
]
OTHER = [f"value_{n} = {n}" for n in range(12)]


def text(*lines: str, end: str = "\n") -> str:
    return "".join(f"{line}{end}" for line in lines)


def live(builder: RepositoryBuilder) -> dict[str, int]:
    """Live lines by label."""
    counts: dict[str, int] = {}
    for row in rows(builder):
        counts[row.label] = counts.get(row.label, 0) + row.alive
    return {label: count for label, count in counts.items() if count}


def rows(builder: RepositoryBuilder) -> tuple[LabelledLines, ...]:
    repository = open_repository(builder.path)
    base, tip = parse_range(repository, None)
    with open_store(None) as store:
        return attribute_range(
            repository, store, Selection(tip, base), AttributionSettings(), lambda *_: None
        ).written


def replaced(b: RepositoryBuilder) -> None:
    b.commit(AI, {"a.py": text(*FUNCTION, *OTHER)})
    b.commit("Other", {"a.py": text(*FUNCTION[:-1], "    return int(reduced)", *OTHER)})


def equal_short_lines(b: RepositoryBuilder) -> None:
    b.commit(AI, {"a.py": text("x = 1", "return_code = 0"), "b.py": text("y = 2")})
    b.commit("Other", {"a.py": text("return_code = 0"), "b.py": text("y = 2", "", "x = 1")})


def rewritten_in_one_hunk(b: RepositoryBuilder) -> None:
    b.commit(AI, {"a.py": text("def f():", "    return first(1, 2)", *OTHER)})
    b.commit("Other", {"a.py": text("def g():", "    return second(2, 1)", *OTHER)})


def copied(b: RepositoryBuilder) -> None:
    b.commit(AI, {"a.py": text(*FUNCTION)})
    b.commit("Copy", {"a.py": text(*FUNCTION, *FUNCTION)})


def cherry_pick_merged_back(b: RepositoryBuilder) -> None:
    b.commit("Base", {"a.py": text(*OTHER)})
    b.branch("side")
    b.commit(AI, {"a.py": text(*OTHER, *FUNCTION)})
    b.switch("main")
    b.commit("Beside", {"c.py": text("z = 1")})
    b.git("cherry-pick", "side")
    b.merge("side")


def both_wrote_the_file(b: RepositoryBuilder) -> None:
    b.commit("Base", {"a.py": text(*OTHER)})
    b.branch("side")
    b.commit("There", {"b.py": text(*FUNCTION)})
    b.switch("main")
    b.commit(AI, {"b.py": text(*FUNCTION)})
    b.merge("side")


def cut_up(b: RepositoryBuilder) -> None:
    b.commit(AI, {"a.py": text("x = call(first, second)", *OTHER)})
    lines = text("x = call(", "    first,", "    second,", ")", *OTHER)
    b.commit("Format", {"a.py": lines})


def made_one(b: RepositoryBuilder) -> None:
    b.commit(AI, {"a.py": text("x = call(", "    first,", "    second,", ")", *OTHER)})
    b.commit("Format", {"a.py": text("x = call(first, second)", *OTHER)})


def other_line_ends(b: RepositoryBuilder) -> None:
    b.commit(AI, {"a.py": text(*FUNCTION, *OTHER)})
    b.commit("Line ends", {"a.py": text(*FUNCTION, *OTHER, end="\r\n")})


def other_line_ends_and_a_line(b: RepositoryBuilder) -> None:
    b.commit(AI, {"a.py": text(*FUNCTION, *OTHER)})
    b.commit("Line ends", {"a.py": text(*FUNCTION, "more = 1", *OTHER, end="\r\n")})


def moved(b: RepositoryBuilder) -> None:
    b.commit(AI, {"a.py": text(*FUNCTION, *OTHER)})
    b.commit("Move", {"a.py": text(*OTHER), "b.py": text("import a", *FUNCTION)})


def indented(b: RepositoryBuilder) -> None:
    b.commit(AI, {"a.py": text(*FUNCTION)})
    b.commit("In a class", {"a.py": text("class A:", *(f"    {one}" for one in FUNCTION))})


def formatted_on_a_branch(b: RepositoryBuilder) -> None:
    b.commit(AI, {"a.py": text("x = call(first, second)", *OTHER)})
    b.branch("side")
    b.commit("Format", {"a.py": text("x = call(", "    first,", "    second,", ")", *OTHER)})
    b.switch("main")
    b.commit("Beside", {"c.py": text("z = 1")})
    b.merge("side")


def formatted_on_both(b: RepositoryBuilder) -> None:
    b.commit(AI, {"a.py": text("x = call(first, second)", *OTHER)})
    b.branch("side")
    cut = text("x = call(", "    first,", "    second,", ")", *OTHER)
    b.commit("Format there", {"a.py": cut})
    b.switch("main")
    b.commit("Format here", {"a.py": cut})
    b.merge("side")


def ignored(b: RepositoryBuilder) -> None:
    b.commit(AI, {"a.py": text("x = 1", "y = 2", *OTHER)})
    listed = b.commit("Annotate", {"a.py": text("x: int = 1", "y: int = 2", *OTHER)})
    b.commit("List it", {".git-blame-ignore-revs": f"# types\n{listed}\n"})


def part_of_a_cut_line_removed(b: RepositoryBuilder) -> None:
    cut_up(b)
    b.commit("Less", {"a.py": text("x = call(", "    first,", ")", *OTHER)})


def taken_apart_after_it_was_made_one(b: RepositoryBuilder) -> None:
    made_one(b)
    b.commit("Gone", {"a.py": text(*OTHER)})


def added_then_reverted(b: RepositoryBuilder, how: str) -> str:
    """An agent's function that a person takes back; the id of the revert."""
    b.commit("Base", {"a.py": text(*OTHER)})
    added = b.commit(f"Add total (#7)\n\n{CLAUDE}\n", {"a.py": text(*FUNCTION, *OTHER)})
    return b.commit(how.format(added), {"a.py": text(*OTHER)})


def written_again_without_a_word(b: RepositoryBuilder) -> None:
    added_then_reverted(b, 'Revert "Add total (#7)"')
    b.commit("Total, anew", {"a.py": text(*FUNCTION, *OTHER)})


def spoken_of_alone(b: RepositoryBuilder) -> None:
    reverted = added_then_reverted(b, 'Revert "Add total (#7)"')
    b.commit(f"Bump x\n\nupstream reverts {reverted}", {"b.py": text("x = 1", "y = 2")})


def reapplied(title: str) -> Callable[[RepositoryBuilder], None]:
    def build(b: RepositoryBuilder) -> None:
        reverted = added_then_reverted(b, 'Revert "Add total (#7)"\n\nThis reverts commit {}.')
        b.commit(title.format(reverted), {"a.py": text(*FUNCTION, *OTHER)})

    return build


def reapplied_with_more(b: RepositoryBuilder) -> None:
    added_then_reverted(b, "Back out {}")
    more = [*FUNCTION[:-1], "    return int(reduced)"]
    b.commit('Reland "Add total"', {"a.py": text(*more, *OTHER)})


def reapplied_elsewhere(b: RepositoryBuilder) -> None:
    added_then_reverted(b, "Revert #7")
    b.commit("Reland #7", {"a.py": text(*OTHER), "b.py": text(*FUNCTION)})


def removal_reverted(b: RepositoryBuilder) -> None:
    b.commit(AI, {"a.py": text(*FUNCTION, *OTHER)})
    b.commit("Remove total", {"a.py": text(*OTHER)})
    b.commit('Revert "Remove total"', {"a.py": text(*FUNCTION, *OTHER)})


#: A history, and its live lines by label.
LEAVE_ALONE: list[tuple[Callable[[RepositoryBuilder], None], dict[str, int]]] = [
    (replaced, {"ai": 20, "unmarked": 1}),
    (equal_short_lines, {"ai": 2, "unmarked": 2}),
    (rewritten_in_one_hunk, {"ai": 12, "unmarked": 2}),
    (copied, {"ai": 9, "unmarked": 9}),
    (written_again_without_a_word, {"unmarked": 21}),
    (spoken_of_alone, {"unmarked": 14}),
]
CASES = [
    (cherry_pick_merged_back, {"ai": 9, "unmarked": 13}),
    (both_wrote_the_file, {"ai": 9, "unmarked": 12}),
    (cut_up, {"ai": 16}),
    (made_one, {"ai": 13}),
    (other_line_ends, {"ai": 21}),
    (other_line_ends_and_a_line, {"ai": 21, "unmarked": 1}),
    (moved, {"ai": 21, "unmarked": 1}),
    (indented, {"ai": 9, "unmarked": 1}),
    (formatted_on_a_branch, {"ai": 16, "unmarked": 1}),
    (formatted_on_both, {"ai": 16}),
    (ignored, {"ai": 14}),
    (part_of_a_cut_line_removed, {"ai": 15}),
    (taken_apart_after_it_was_made_one, {"ai": 12}),
    (reapplied('Reapply "Add total (#7)"'), {"ai": 9, "unmarked": 12}),
    (reapplied('Revert "Revert "Add total (#7)""'), {"ai": 9, "unmarked": 12}),
    (reapplied('Revert^2 "Add total"'), {"ai": 9, "unmarked": 12}),
    (reapplied("Unrevert #7"), {"ai": 9, "unmarked": 12}),
    (reapplied("Undo {}"), {"ai": 9, "unmarked": 12}),
    (
        reapplied('Several things\n\n* Fix\n* Revert "Revert "Add total""'),
        {"ai": 9, "unmarked": 12},
    ),
    (reapplied_with_more, {"ai": 8, "unmarked": 13}),
    (reapplied_elsewhere, {"ai": 9, "unmarked": 12}),
    (removal_reverted, {"ai": 21}),
]


@pytest.mark.parametrize(("build", "expected"), [*LEAVE_ALONE, *CASES])
def test_live_lines(
    tmp_path: Path, build: Callable[[RepositoryBuilder], None], expected: dict[str, int]
) -> None:
    builder = RepositoryBuilder(tmp_path / "repo", clock=NOW)
    build(builder)
    assert live(builder) == expected


def test_what_a_formatter_made_one_dies_line_by_line(tmp_path: Path) -> None:
    builder = RepositoryBuilder(tmp_path / "repo", clock=NOW)
    taken_apart_after_it_was_made_one(builder)
    (row,) = rows(builder)
    assert (row.born, row.alive, row.dead, row.lost) == (16, 12, 4, 0)


@settings(max_examples=25)
@given(histories(paths=("a.py", "b.py")))
def test_live_lines_are_those_of_the_head(sketches: tuple[Sketch, ...]) -> None:
    with made_real(sketches) as builder:
        found = rows(builder)
    assert sum(row.alive for row in found) == sum(map(len, sketches[-1].files.values()))
    assert all(row.lost == 0 for row in found)


def test_the_report_and_attribute_say_the_same(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    builder = RepositoryBuilder(tmp_path / "repo", clock=NOW)
    cherry_pick_merged_back(builder)
    where = ["--repo", str(builder.path), "--no-cache", "--quiet"]
    assert run(["attribute", "--format", "json", *where]) == 0
    attributed = json.loads(capsys.readouterr().out)
    assert run(["report", "--no-rules", "--format", "json", *where]) == 0
    reported = json.loads(capsys.readouterr().out)
    assert reported["attribution"]["lines"] == attributed["lines"]
    assert sum(row["alive"] for row in attributed["lines"]) == 22


#: The change that comes last, and whether it takes `Add total` back, and whether that stands.
TAKEN_BACK = [
    ("Tidy\n\nupstream reverts {}", [*FUNCTION[:-1], "    return 0"], []),
    ('Revert "Add total" in part', FUNCTION[:-1], []),
    ("Revert {} in part", FUNCTION[:-1], []),
    ("Revert {}", [], [True]),
    ("Revert {}, but for its name", FUNCTION[:1], [True]),
    ('Many things\n\n* Rename\n* Revert "Add total (#7)"', [], [True]),
    ("No words at all", [], [True]),
]


@pytest.mark.parametrize(("message", "left", "expected"), TAKEN_BACK)
def test_lines_decide_what_is_a_revert(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    message: str,
    left: list[str],
    expected: list[bool],
) -> None:
    builder = RepositoryBuilder(tmp_path / "repo", clock=NOW)
    builder.commit("Base", {"a.py": text(*OTHER)})
    added = builder.commit("Add total (#7)", {"a.py": text(*FUNCTION, *OTHER)})
    builder.commit(message.format(added), {"a.py": text(*left, *OTHER)})
    assert stands(builder, added, capsys) == expected


def test_what_was_brought_in_again_is_not_reverted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    builder = RepositoryBuilder(tmp_path / "repo", clock=NOW)
    reapplied('Reland "Add total"')(builder)
    added = builder.git("rev-parse", "HEAD~2").strip()
    assert stands(builder, added, capsys) == [False]
    assert stands(builder, builder.git("rev-parse", "HEAD~1").strip(), capsys) == [True]


def stands(
    builder: RepositoryBuilder, commit: str, capsys: pytest.CaptureFixture[str]
) -> list[bool]:
    """For each change that took a commit back, whether that stands."""
    where = ["--repo", str(builder.path), "--no-cache", "--quiet", "--format", "json"]
    assert run(["explain", commit, *where]) == 0
    document = json.loads(capsys.readouterr().out)
    return [one["stands"] for one in document["aftermath"]["reverted_by"]]
