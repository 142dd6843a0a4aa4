from __future__ import annotations

import difflib

import pytest

from scanner.base.model import (
    Dimension,
    FileChange,
    FileMode,
    FileStatus,
    FileVersion,
    Hunk,
    Outline,
    RuleMatch,
    Severity,
    Span,
    Unit,
    UnitKind,
)
from scanner.rulepacks.hits import Replacement, RuleHit
from scanner.scoring.rule_findings import FileRules, introduced, split_message, standing


def hits(text: str) -> tuple[RuleHit, ...]:
    """A hit for each line with `bad`; `# nosemgrep` suppresses; the code is the line's own text."""
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        code = line.split("#")[0].strip()
        if code.startswith("bad"):
            found.append(hit(number, code, is_suppressed="nosemgrep" in line))
    return tuple(found)


def hit(line: int, code: str, *, is_suppressed: bool = False, fix: Replacement | None = None) -> RuleHit:
    return RuleHit(
        "no-bad", "edge-case", Severity.WARNING, 3.0, "It is bad. Be good.", ("CWE-1",),
        Span(line, line), code, code, is_suppressed, fix,
    )  # fmt: skip


def outline(text: str) -> Outline:
    """A module, and a function for each line `def`, up to the next."""
    starts = [n for n, line in enumerate(text.splitlines(), 1) if line.startswith("def ")]
    last = len(text.splitlines())
    units = [Unit("<module>", UnitKind.MODULE, Span(1, last + 1), "")]
    ends = [start - 1 for start in starts[1:]] + [last]
    for start, end in zip(starts, ends, strict=False):
        name = text.splitlines()[start - 1][4:].split("(")[0]
        units.append(Unit(name, UnitKind.FUNCTION, Span(start, end), ""))
    return Outline(tuple(units), last)


def file(before: str | None, after: str | None, path: str = "a.py") -> FileRules:
    old, new = (before or "").splitlines(), (after or "").splitlines()
    hunks = tuple(
        Hunk(a, b - a, c, d - c)
        for tag, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
        if tag != "equal"
    )
    sides = [
        None if text is None else FileVersion(path, FileMode.REGULAR, str(hash(text)))
        for text in (before, after)
    ]
    change = FileChange(FileStatus.MODIFIED, sides[0], sides[1], hunks)
    return FileRules(
        change, hits(before or ""), hits(after or ""), outline(before or ""), outline(after or "")
    )


def new_lines(*files: FileRules) -> list[tuple[str, int]]:
    found = introduced(files).findings
    return [(finding.place.path, finding.place.span.first) for finding in found]


OLD = "def f():\n    bad(1)\n    good()\n    bad(2)\n"

LEAVE_ALONE = {
    "nothing changed": (OLD, OLD),
    "something else changed": (OLD, OLD.replace("good", "better")),
    "a finding went away": (OLD, "def f():\n    good()\n    bad(2)\n"),
    "moved down": (OLD, "def f():\n    good()\n    bad(2)\n    bad(1)\n"),
    "indented": (OLD, OLD.replace("    bad(1)", "    if x:\n        bad(1)")),
    "the function was renamed": (OLD, OLD.replace("def f", "def g")),
    "edited in place": (OLD, OLD.replace("bad(1)", "bad(1, 2)")),
    "the file went away": (OLD, None),
    "suppressed from now on": (OLD, OLD.replace("bad(1)", "bad(1)  # nosemgrep")),
    "new but suppressed": (OLD, OLD + "    bad(3)  # nosemgrep\n"),
}


@pytest.mark.parametrize(("before", "after"), LEAVE_ALONE.values(), ids=LEAVE_ALONE)
def test_what_was_there_is_not_new(before: str, after: str | None) -> None:
    assert new_lines(file(before, after)) == []


NEW = {
    "a new file": (None, OLD, [2, 4]),
    "a new line": (OLD, OLD + "    bad(3)\n", [5]),
    "the same code once more": (OLD, OLD + "    bad(1)\n", [5]),
    "the same code before the old": (OLD, OLD.replace("def f():", "def f():\n    bad(1)"), [2]),
    "one of two mended, another added": (
        OLD, "def f():\n    good()\n    good()\n    bad(2)\n    good()\n    x()\n    bad(9)\n", [7],
    ),
    "no longer suppressed": (OLD + "    bad(3)  # nosemgrep\n", OLD + "    bad(3)\n", [5]),
}  # fmt: skip


@pytest.mark.parametrize(("before", "after", "lines"), NEW.values(), ids=NEW)
def test_what_came_is_new(before: str | None, after: str, lines: list[int]) -> None:
    assert [line for _, line in new_lines(file(before, after))] == lines


def test_a_function_that_moves_to_another_file_brings_nothing_new() -> None:
    here = file(OLD, "")
    there = file("", OLD, "b.py")
    assert new_lines(here, there) == []
    assert introduced([here, there]).repaid == 0


def test_code_that_only_looks_the_same_in_another_file_is_new() -> None:
    here = file(OLD, "")
    there = file("", OLD.replace("def f", "def other"), "b.py")
    assert new_lines(here, there) == [("b.py", 2), ("b.py", 4)]


def test_what_goes_away_is_repaid_and_what_is_silenced_is_not() -> None:
    assert introduced([file(OLD, "def f():\n    good()\n    bad(2)\n")]).repaid == 3
    silenced = introduced([file(OLD, OLD.replace("bad(1)", "bad(1)  # nosemgrep"))])
    assert (silenced.repaid, silenced.suppressed) == (0, 1)
    assert introduced([file(OLD + "    bad(3)  # nosemgrep\n", OLD)]).repaid == 0


def test_a_finding_says_what_the_rule_says() -> None:
    (first, _) = introduced([file(None, OLD)]).findings
    assert first.dimension is Dimension.RULES
    assert (first.rule, first.points, first.severity) == ("no-bad", 3.0, Severity.WARNING)
    assert (first.message, first.hint) == ("It is bad.", "Be good.")
    assert first.evidence == RuleMatch("edge-case", "bad(1)", ("CWE-1",))
    assert first.place.unit == "f"


def test_points_can_be_set() -> None:
    findings = introduced([file(None, OLD)], {"no-bad": 0.5}).findings
    assert [finding.points for finding in findings] == [0.5, 0.5]


def test_equal_findings_have_fingerprints_of_their_own_that_no_line_changes() -> None:
    twice = "def f():\n    bad(1)\n    bad(1)\n"
    prints = [finding.fingerprint for finding in introduced([file(None, twice)]).findings]
    assert len(set(prints)) == 2
    below = [f.fingerprint for f in introduced([file(None, "\n\n\n" + twice)]).findings]
    assert below == prints


def test_only_what_is_new_can_be_fixed() -> None:
    fix = Replacement(0, 3, "good")
    before = FileRules(
        file(OLD, OLD + "    bad(3)\n").change, hits(OLD),
        (*hits(OLD), hit(5, "bad(3)", fix=fix)),
    )  # fmt: skip
    assert [one.fix for one in introduced([before]).fixable["a.py"]] == [fix]


def test_a_tree_has_a_finding_for_each_hit_that_is_not_suppressed() -> None:
    text = OLD + "    bad(3)  # nosemgrep\n"
    findings = standing("a.py", hits(text), outline(text))
    assert [finding.place.span.first for finding in findings] == [2, 4]
    assert standing("a.py", hits(text), None)[0].place.unit == "<module>"


MESSAGES = [
    ("One sentence.", ("One sentence.", "")),
    ("No full stop", ("No full stop", "")),
    ("Why, e.g. this one. Do that. And that.", ("Why, e.g. this one.", "Do that. And that.")),
    ("It is 1.5 s long. `wait()` instead.", ("It is 1.5 s long.", "`wait()` instead.")),
]


@pytest.mark.parametrize(("message", "parts"), MESSAGES)
def test_a_message_is_a_reason_and_a_hint(message: str, parts: tuple[str, str]) -> None:
    assert split_message(message) == parts
