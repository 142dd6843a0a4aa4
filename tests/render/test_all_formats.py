"""What holds for every format, whatever it looks like."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

import scanner.render
from scanner.base.model import Dimension, Outcome, Review
from scanner.render.all_formats import BY_NAME, FORMATS, Format
from tests.render import samples

#: Control characters that no output may hold: all but the line end, and those that turn text round.
FORBIDDEN = {chr(code) for code in (*range(0x20), *range(0x7F, 0xA0)) if code != 0x0A} | {
    "\u202e",
    "\u2066",
    "\u200b",
}

every_format = pytest.mark.parametrize("entry", FORMATS, ids=lambda entry: entry.name)
every_review = pytest.mark.parametrize(
    "review", samples.EVERY_REVIEW.values(), ids=samples.EVERY_REVIEW
)


def test_every_renderer_is_registered() -> None:
    folder = Path(next(iter(scanner.render.__path__)))
    renderers = {
        ".".join(("scanner.render", *file.relative_to(folder).with_suffix("").parts))
        for file in folder.rglob("*.py")
        if re.search(r"^def render\(review: (?:model\.)?Review\b", file.read_text(), re.MULTILINE)
    }
    assert renderers == {entry.module for entry in FORMATS}
    assert len(BY_NAME) == len(FORMATS)


@every_format
@every_review
def test_output_is_utf_8_without_control_characters(entry: Format, review: Review) -> None:
    output = entry.render(review)
    assert output.encode().decode() == output
    assert output.endswith("\n")
    # Code that replaces other code is given as it is to be written.
    assert not (FORBIDDEN - {"\t"} if entry.shows_fixes else FORBIDDEN) & set(output)


@every_format
def test_output_does_not_depend_on_the_order_of_findings(entry: Format) -> None:
    judgement = samples.FULL.judgement
    turned = replace(judgement, findings=judgement.findings[::-1])
    assert entry.render(replace(samples.FULL, judgement=turned)) == entry.render(samples.FULL)


@every_format
@pytest.mark.parametrize("review", [samples.CLEAN, samples.PASSING], ids=["clean", "passing"])
def test_problems_are_always_shown(entry: Format, review: Review) -> None:
    problems = (samples.COLD_CACHE, samples.BROKEN_BEFORE, samples.UNREADABLE)
    output = entry.render(replace(review, judgement=replace(review.judgement, problems=problems)))
    for problem in problems:
        assert problem.reason.replace("'", "") in output.replace("'", "").replace("&apos;", "")


@pytest.mark.parametrize("name", ["text", "json", "markdown", "sarif", "github", "junit", "agent"])
@pytest.mark.parametrize("review", [samples.CLEAN, samples.PASSING], ids=["clean", "passing"])
def test_what_was_not_measured_is_said(name: str, review: Review) -> None:
    card = samples.scorecard(
        review.judgement.findings, unmeasured={Dimension.RULES: "semgrep is not installed"}
    )
    output = BY_NAME[name].render(
        replace(review, judgement=replace(review.judgement, scorecard=card))
    )
    assert "semgrep is not installed" in " ".join(output.split())


@pytest.mark.parametrize("name", ["text", "markdown", "github", "agent"])
@pytest.mark.parametrize("outcome", Outcome)
def test_the_verdict_is_said(name: str, outcome: Outcome) -> None:
    review = replace(samples.PASSING, verdict=replace(samples.PASSING.verdict, outcome=outcome))
    assert outcome.value.replace("_", " ") in BY_NAME[name].render(review)


@every_format
def test_enormous_reviews_are_rendered(entry: Format) -> None:
    assert entry.render(samples.enormous(findings=300))


def test_text_is_rendered_without_heavy_imports() -> None:
    program = (
        "import sys, click, scanner.base.model, scanner.gate.policy\n"
        "before = set(sys.modules)\n"
        "import scanner.render.terminal.text, scanner.render.all_formats\n"
        "print(*sorted(set(sys.modules) - before))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    added = {name for name in done.stdout.split() if not name.startswith("scanner")}
    assert added <= {"textwrap", "bisect", "_bisect"}, "the hook would pay for these"
