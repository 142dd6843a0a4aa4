"""The summary on a terminal: the page's story in 80 columns, with every state told apart."""

from __future__ import annotations

import pytest

from scanner.compare.evidence import Measured
from scanner.compare.readings import Reading
from scanner.render.comparison_words import headline, short_effect, state_words
from scanner.render.report_words import answer, codebase_words, percentages
from scanner.render.terminal.report_text import render
from tests.render.report_samples import AUTHORS, empty_report, hostile_report, quiet_report

REPORTS = {"quiet": quiet_report, "hostile": hostile_report, "empty": empty_report}


@pytest.mark.parametrize("name", REPORTS)
def test_it_says_what_the_page_says_in_eighty_columns(name: str) -> None:
    report = REPORTS[name]()
    text = render(report)
    assert all(len(line) <= 80 for line in text.splitlines())
    found = answer(report)
    folded = " ".join(text.split())
    for said in (found.headline, found.basis, codebase_words(report), *found.next_steps):
        assert " ".join(said.split()) in folded
    assert "\x1b" not in text
    assert not [one for one in AUTHORS if one.partition(" <")[0] in text]


def test_each_outcome_has_its_state() -> None:
    report = quiet_report()
    folded = " ".join(render(report).split())
    for one in headline(report.estimates):
        line = folded.split(f" {one.outcome.title} ", 1)[1]
        if isinstance(one.adjusted, Measured):
            adjusted = one.adjusted.value
            said = f"{short_effect(adjusted.effect, one.outcome.scale)}, "
            is_none = adjusted.reading is Reading.NONE
            assert line.startswith(Reading.NONE if is_none else said)
        else:
            assert line.startswith(f"{state_words(one.adjusted)}: ")


def test_nothing_to_compare_has_no_table() -> None:
    text = render(empty_report())
    assert text.startswith("No change of this history can be compared")
    assert "Debt " not in text


def test_colour_only_where_asked() -> None:
    assert "\x1b[1m" in render(quiet_report(), colour=True)


@pytest.mark.parametrize(
    ("counts", "shares"),
    [
        ((), ()),
        ((0, 0), ("0%", "0%")),
        ((5,), ("100%",)),
        ((1, 1, 1), ("34%", "33%", "33%")),
        ((170, 218, 20), ("42%", "53%", "5%")),
        ((1, 999), ("under 1%", "100%")),
    ],
)
def test_shares_of_a_whole_add_up(counts: tuple[int, ...], shares: tuple[str, ...]) -> None:
    assert percentages(counts) == shares
