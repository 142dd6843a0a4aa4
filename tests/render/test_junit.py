"""JUnit XML read back by junitparser and by the XML parser of the standard library."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from junitparser import Error, Failure, JUnitXml, Skipped, TestCase

from scanner.base.model import Outcome, Review, Verdict
from scanner.render.ci import junit
from tests.render import samples


def parsed(review: Review) -> ET.Element:
    return ET.fromstring(junit.render(review))  # noqa: S314  our own output


def cases_of(review: Review) -> list[TestCase]:
    document = JUnitXml.fromstring(junit.render(review).encode())
    return [case for suite in document for case in suite]


def outcomes(review: Review, kind: type) -> list[TestCase]:
    return [case for case in cases_of(review) if any(isinstance(r, kind) for r in case.result)]


@pytest.mark.parametrize("review", samples.EVERY_REVIEW.values(), ids=samples.EVERY_REVIEW)
def test_counts_are_those_of_the_cases(review: Review) -> None:
    root = parsed(review)
    for element in (root, *root.iter("testsuite")):
        assert int(element.get("tests", "")) == len(list(element.iter("testcase")))
        assert int(element.get("failures", "")) == len(list(element.iter("failure")))
        assert int(element.get("errors", "")) == len(list(element.iter("error")))
    for element in root.iter("testsuite"):
        assert int(element.get("skipped", "")) == len(list(element.iter("skipped")))


#: What junit-10.xsd of Jenkins' xUnit plugin lets an element have, of what a writer may want.
ALLOWED = {
    "testsuites": {"name", "time", "tests", "failures", "errors"},
    "testsuite": {"name", "time", "tests", "failures", "errors", "skipped", "timestamp", "file"},
    "testcase": {"name", "time", "classname", "group"},
    "failure": {"type", "message"},
    "error": {"type", "message"},
    "skipped": {"type", "message"},
    "system-out": set(),
}


@pytest.mark.parametrize("review", samples.EVERY_REVIEW.values(), ids=samples.EVERY_REVIEW)
def test_jenkins_takes_every_attribute(review: Review) -> None:
    for element in parsed(review).iter():
        assert element.attrib.keys() <= ALLOWED[element.tag]


@pytest.mark.parametrize("review", samples.EVERY_REVIEW.values(), ids=samples.EVERY_REVIEW)
def test_the_build_fails_exactly_when_the_gate_does(review: Review) -> None:
    assert bool(outcomes(review, Failure)) is (review.verdict.outcome is Outcome.FAIL)
    if review.verdict.outcome is Outcome.COULD_NOT_JUDGE:
        assert outcomes(review, Error)
    if review.verdict.outcome is Outcome.PASS:
        assert not outcomes(review, Error)


def test_every_finding_is_a_test_with_its_place() -> None:
    root = parsed(samples.FULL)
    texts = [" ".join(case.itertext()) for case in root.iter("testcase")]
    for finding in samples.EVERY_FINDING:
        place = f"{finding.place.path}:{finding.place.span.first}"
        assert any(place in text for text in texts)


def test_names_do_not_change_with_lines() -> None:
    moved = samples.finding(where=samples.place(first=142, last=180))
    names = [
        {case.name for case in cases_of(samples.review((finding,)))}
        for finding in (samples.GROWTH, moved)
    ]
    assert names[0] == names[1]


def test_what_was_not_measured_is_skipped() -> None:
    (case,) = outcomes(samples.PARTLY_MEASURED, Skipped)
    assert case.name == "deviation"


@given(st.text())
def test_any_text_can_be_parsed(text: str) -> None:
    finding = samples.finding(message=text, hint=text, where=samples.place(text, unit=text))
    review = samples.review((finding,), verdict=Verdict(Outcome.FAIL, (text,)))
    parsed(review)
