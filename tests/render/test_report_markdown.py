"""The Markdown summary: the same answer, nothing that becomes markup."""

from __future__ import annotations

from markdown_it import MarkdownIt

from scanner.render.report_formats import REPORT_FORMATS
from scanner.render.report_words import answer
from tests.render.report_samples import MARKUP, empty_report, hostile_report, quiet_report


def html(report: str) -> str:
    return str(MarkdownIt("commonmark").enable("table").render(report))


def test_it_gives_the_answer_of_the_page() -> None:
    text = REPORT_FORMATS["markdown"].render(quiet_report())
    assert text.startswith("# Tallystick report\n")
    assert answer(quiet_report()).headline.partition(",")[0] in text
    assert "| unmarked | 40 |" in text
    assert "Again: `tallystick report" in text


def test_hostile_text_stays_text() -> None:
    shown = html(REPORT_FORMATS["markdown"].render(hostile_report()))
    assert MARKUP not in shown
    assert "<script" not in shown
    assert "<img" not in shown


def test_an_empty_history_is_said() -> None:
    text = REPORT_FORMATS["markdown"].render(empty_report())
    assert "No change of this history can be compared" in text
