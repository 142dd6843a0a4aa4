from __future__ import annotations

import re
from dataclasses import replace

import click
import pytest

from scanner.base.model import Dimension, Growth, Outcome, Review, Verdict
from scanner.render.terminal import scan_text, text
from scanner.tree.scan import TreeScan
from tests.render import samples
from tests.render.scans import SCAN


@pytest.mark.parametrize(
    ("review", "line"),
    [
        (samples.CLEAN, "pass: nothing found in 120 added code lines"),
        (samples.CLEAN_STAGED, "pass: nothing found in 0 added code lines; 4 points repaid"),
        (
            samples.review(card=samples.scorecard(added=1)),
            "pass: nothing found in 1 added code line",
        ),
    ],
)
def test_quiet_when_clean(review: Review, line: str) -> None:
    assert text.render(review) == f"{line}\n"


@pytest.mark.parametrize("review", samples.EVERY_REVIEW.values(), ids=samples.EVERY_REVIEW)
def test_the_verdict_comes_last(review: Review) -> None:
    last = [line for line in text.render(review).splitlines() if not line.startswith(" ")][-1]
    assert last.split(":")[0] == review.verdict.outcome.value.replace("_", " ")


@pytest.mark.parametrize("review", samples.EVERY_REVIEW.values(), ids=samples.EVERY_REVIEW)
def test_no_line_is_broader_than_a_terminal(review: Review) -> None:
    for line in text.render(review).splitlines():
        is_place = re.match(r"\S.*:\d+  [\d.]+ points?, ", line)
        assert len(line) <= 80 or is_place or " " not in line.strip()


@pytest.mark.parametrize("review", samples.EVERY_REVIEW.values(), ids=samples.EVERY_REVIEW)
def test_no_line_gives_an_order_to_a_ci_system(review: Review) -> None:
    for line in text.render(review).splitlines():
        assert not line.lstrip().startswith("::")
        assert not re.search(r"##\w*\[", line)


def test_findings_stand_worst_first_each_with_a_place_that_editors_link() -> None:
    places = re.findall(r"^(\S+:\d+)  ", text.render(samples.FULL), re.MULTILINE)
    assert places[:3] == ["app/run.py:7", "app/export.py:5", "app/api.py:42"]
    assert len(places) == len(samples.EVERY_FINDING)


def test_colour_is_only_added() -> None:
    coloured = text.render(samples.FULL, colour=True)
    assert coloured != text.render(samples.FULL)
    assert click.unstyle(coloured) == text.render(samples.FULL)


def test_what_was_not_measured_is_no_zero() -> None:
    row = next(
        line
        for line in text.render(samples.PARTLY_MEASURED).splitlines()
        if line.startswith("deviation")
    )
    assert "0" not in row
    assert "not measured" in row


def test_very_long_sentences_are_cut() -> None:
    output = text.render(samples.enormous(findings=1, message_length=50_000))
    assert len(output) < 2_500


def test_a_review_that_could_not_judge_is_not_called_clean() -> None:
    review = replace(samples.CLEAN, verdict=Verdict(Outcome.COULD_NOT_JUDGE, ("git failed.",)))
    assert text.render(review).endswith(
        "git failed.\ncould not judge: nothing found in what could be judged\n"
    )


def test_findings_without_points_are_shown() -> None:
    finding = samples.finding(Growth("nesting", 1, 2, 4), points=0, dimension=Dimension.DEVIATION)
    assert "0 points" in text.render(samples.review((finding,)))


def test_a_scan_says_how_many_findings_it_leaves_out() -> None:
    assert "and 1 more finding (" in scan_text.render(SCAN, most=1)
    assert "more finding" not in scan_text.render(SCAN)


def test_a_clean_scan_is_two_lines() -> None:
    assert scan_text.render(TreeScan(samples.HEAD)).splitlines() == [
        "0 files, 0 units, 0 source lines, cyclomatic 0, cognitive 0",
        "nothing beyond the limits at 222222222222",
    ]
