"""Annotations read back as GitHub's runner reads them (ActionCommand.TryParseV2 and TryParse)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

import pytest

from scanner.base.model import Problem, Review, Stage
from scanner.render.ci import github, markdown
from scanner.render.paths import printable, unicode_text
from tests.render import samples

#: The commands that a runner knows; what carries none of them is an ordinary line.
KNOWN = [
    "error",
    "warning",
    "notice",
    "debug",
    "group",
    "endgroup",
    "add-mask",
    "add-matcher",
    "remove-matcher",
    "save-state",
    "set-env",
    "add-path",
    "set-output",
    "stop-commands",
    "echo",
]


@dataclass(frozen=True)
class Command:
    name: str
    properties: dict[str, str]
    message: str


def unescaped(text: str, *, is_property: bool) -> str:
    pairs = [("\r", "%0D"), ("\n", "%0A")]
    pairs += [(":", "%3A"), (",", "%2C")] if is_property else []
    for char, code in (*pairs, ("%", "%25")):
        text = text.replace(code, char)
    return text


def read_line(line: str) -> Command | None:
    """A line of a log as the runner takes it; None for an ordinary line."""
    trimmed = line.lstrip()
    if not trimmed.startswith("::"):
        known = (f"##[{name}" for name in KNOWN)
        assert not any(start in line for start in known), "an order in the old form"
        return None
    head, separator, message = trimmed[2:].partition("::")
    name, _, rest = head.partition(" ")
    if not separator or name not in KNOWN:
        return None
    properties = dict(part.split("=", 1) for part in rest.split(",") if part)
    return Command(
        name,
        {key: unescaped(value, is_property=True) for key, value in properties.items()},
        unescaped(message, is_property=False),
    )


def commands(review: Review) -> list[Command]:
    lines = github.render(review).splitlines()
    return [command for line in lines if (command := read_line(line))]


def test_a_clean_review_is_one_ordinary_line() -> None:
    assert github.render(samples.CLEAN) == "pass: nothing found in 120 added code lines\n"


@pytest.mark.parametrize("review", samples.EVERY_REVIEW.values(), ids=samples.EVERY_REVIEW)
def test_what_the_runner_reads_is_what_was_meant(review: Review) -> None:
    read = commands(review)
    assert {command.name for command in read} <= {"error", "warning", "notice"}
    shown = {command.properties.get("file") for command in read} - {None}
    meant = {f.place.path for f in review.judgement.findings}
    meant |= {p.path for p in review.judgement.problems if p.path}
    assert shown <= {path if path.isprintable() else printable(path) for path in meant}
    for command in read:
        assert command.properties.keys() <= {"file", "line", "endLine", "title"}
        assert command.message


def test_annotations_hold_the_place_the_points_and_what_to_do() -> None:
    first = next(command for command in commands(samples.FULL) if "line" in command.properties
                 and command.properties["file"] == "app/export.py")  # fmt: skip
    assert first.properties["line"] == "5"
    assert first.properties["endLine"] == "26"
    assert first.properties["title"] == "duplication.renamed (21 points)"
    assert first.message.splitlines()[0] == samples.COPY.message
    assert first.message.splitlines()[-1] == samples.COPY.hint


def test_ten_of_each_level_the_most_relevant_first_and_the_rest_counted() -> None:
    review = samples.enormous(findings=90, message_length=50)
    problem = Problem(Stage.PARSE, "x.py", "unreadable")
    review = replace(review, judgement=replace(review.judgement, problems=(problem,)))
    read = commands(review)
    assert Counter(command.name for command in read) == {"error": 10, "warning": 10, "notice": 10}
    assert read[0].message == "unreadable"
    worth = [c.properties["title"].split("(")[1] for c in read if c.name == "warning"]
    assert worth[0].startswith("49 ")
    assert "61 more annotations: see the job summary." in github.render(review)


def test_a_path_of_other_bytes_is_named_as_everywhere() -> None:
    assert unicode_text("caf\udce9.py") == printable("caf\udce9.py")


def test_the_summary_has_room_for_more_than_a_comment() -> None:
    review = samples.enormous(findings=150, message_length=400)
    comment, summary = markdown.render(review), github.summary(review)
    assert "Not shown here" in comment
    assert "Not shown here" not in summary
    assert len(summary.encode()) <= 1024 * 1024
