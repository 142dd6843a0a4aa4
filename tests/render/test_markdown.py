"""Comments read back by a CommonMark parser with tables: hostile text stays text in its cell."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from scanner.base.model import Problem, Review, RuleMatch, Stage, Verdict
from scanner.render.ci import markdown
from scanner.render.paths import printable, sentence
from tests.render import samples

PARSER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
#: The only markup that a comment holds, and the only HTML.
INLINE = {
    "text",
    "code_inline",
    "strong_open",
    "strong_close",
    "em_open",
    "em_close",
    "html_inline",
}
HTML = {"<br>", "<sub>", "</sub>", "<code>", "</code>"}

#: Text of any characters, with those that mean something in Markdown more often.
hostile = st.text() | st.text(alphabet="`|\\*_[]()<>!#@~$&;=-+.1: \n\tabc\udc80\x1b")


def text_of(token: Token) -> str:
    """What a reader sees of an inline token; breaks that keep names from being called aside."""
    shown = (
        child.content for child in token.children or () if child.type in ("text", "code_inline")
    )
    return "".join(shown).replace("\u200b", "")


def inline_tokens(source: str) -> list[Token]:
    return [token for token in PARSER.parse(source) if token.type == "inline"]


@pytest.mark.parametrize("review", samples.EVERY_REVIEW.values(), ids=samples.EVERY_REVIEW)
def test_no_markup_but_our_own(review: Review) -> None:
    tokens = PARSER.parse(markdown.render(review))
    assert not {token.type for token in tokens} & {"html_block", "code_block", "hr"}
    fences = [token.info for token in tokens if token.type == "fence"]
    fixes = {(one.place.path, one.fix) for one in review.judgement.findings if one.fix}
    assert fences == ["suggestion"] * sum(len(fix.changes) for _, fix in fixes)
    assert sum(token.type == "heading_open" for token in tokens) == 1
    for token in tokens:
        for child in token.children or ():
            assert child.type in INLINE
            assert child.type != "html_inline" or child.content in HTML


def test_a_fix_of_two_findings_is_shown_once() -> None:
    review = next(
        one for one in samples.EVERY_REVIEW.values() if any(f.fix for f in one.judgement.findings)
    )
    findings = review.judgement.findings
    again = tuple(replace(one, rule="another") for one in findings)
    elsewhere = tuple(replace(one, place=replace(one.place, path="else.py")) for one in findings)
    counts = [
        markdown.render(replace(review, judgement=replace(review.judgement, findings=found))).count(
            "suggestion\n"
        )
        for found in (findings, (*findings, *again), (*findings, *elsewhere))
    ]
    assert counts == [counts[0], counts[0], 2 * counts[0]]


@pytest.mark.parametrize("review", samples.EVERY_REVIEW.values(), ids=samples.EVERY_REVIEW)
def test_every_finding_is_a_row_of_three_cells(review: Review) -> None:
    tokens = PARSER.parse(markdown.render(review))
    rows = "".join({"tr_open": "/", "td_open": "d"}.get(token.type, "") for token in tokens)
    counts = [len(row) for row in rows.split("/")]
    assert counts.count(3) == len(review.judgement.findings)
    assert counts.count(6) == 5


def test_text_of_findings_is_shown_as_it_is() -> None:
    shown = {text_of(token) for token in inline_tokens(markdown.render(samples.HOSTILE))}
    for finding in samples.HOSTILE.judgement.findings:
        assert any(sentence(finding.message) in text for text in shown)
        assert any(f"{printable(finding.place.path)}:" in text for text in shown)


@given(hostile)
def test_prose_shows_as_it_is(text: str) -> None:
    wanted = sentence(text)
    for frame in ("- x{}", "- {}", "| a |\n|---|\n| {} |"):
        tokens = inline_tokens(frame.format(markdown.prose(text, None)))
        shown = text_of(tokens[-1]) if tokens else ""
        assert shown == (f"x{wanted}" if "x" in frame else wanted)
        kinds = {child.type for token in tokens[-1:] for child in token.children or ()}
        assert kinds <= {"text"}


@given(hostile)
def test_code_shows_as_it_is(text: str) -> None:
    wanted = printable(text)[: markdown.LONGEST_SENTENCE - 3].rstrip()
    for frame in ("- {}", "| a |\n|---|\n| {} |"):
        token = inline_tokens(frame.format(markdown.code(text)))[-1]
        assert text_of(token).startswith(wanted) or not wanted.strip()
        kinds = {child.type for child in token.children or ()}
        assert kinds <= {"text", "code_inline", "html_inline"}


def test_nobody_is_called_and_no_issue_is_linked() -> None:
    source = markdown.prose("@octocat fixes #12 and org/repo#3")
    rendered = PARSER.renderInline(source)
    assert not re.search(r"@\w|#\d", rendered)


@pytest.mark.parametrize(("findings", "length"), [(0, 0), (40, 50_000), (3000, 200)])
def test_a_comment_fits(findings: int, length: int) -> None:
    review = samples.enormous(findings, length)
    reasons = tuple("| reason #@ " * 100 for _ in range(500))
    problems = tuple(Problem(Stage.PARSE, f"{n}/" + "`|" * 200, "<|#" * 500) for n in range(500))
    for judged in (
        review,
        replace(
            review,
            verdict=Verdict(review.verdict.outcome, reasons),
            judgement=replace(review.judgement, problems=problems),
        ),
    ):
        assert len(markdown.render(judged)) <= markdown.COMMENT_LIMIT


def test_what_was_cut_is_said() -> None:
    output = markdown.render(samples.enormous(3000, 500))
    shown = output.count("complexity.cognitive")
    left = re.search(r"Not shown here:\*\* ([\d,]+) findings with .* of complexity\)", output)
    assert left
    assert int(left[1].replace(",", "")) == 3000 - shown
    assert shown > 10


def test_one_row_that_is_too_long_does_not_hide_the_others() -> None:
    worst = samples.finding(RuleMatch("x", "#" * 500, ("#" * 9000,)), points=99, message="@#" * 900)
    output = markdown.compose(
        samples.review((worst, samples.GROWTH)), (worst, samples.GROWTH), limit=8000
    )
    assert "app/api.py:42" in output
    assert "Not shown here:** 1 finding with 99 points" in output
