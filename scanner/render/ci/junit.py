"""JUnit XML, for every CI system that shows test results.

Each dimension is a suite, each finding a test. A finding is a *failed* test only where the verdict
is "fail", so that the build and the exit code say the same; otherwise it is a passed test that says
what was found. A dimension that was not measured is a skipped test, a problem an error.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from xml.etree import ElementTree as ET

from scanner.base import model
from scanner.gate.policy import keeps_from_judging
from scanner.render import wording
from scanner.render.json.json_text import INVISIBLE
from scanner.render.ordering import worst_first
from scanner.render.paths import printable, sentence
from scanner.render.scores import parts

#: What XML 1.0 cannot hold even as a reference.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(review: model.Review) -> str:
    """The review as one document with a line end."""
    root = ET.Element("testsuites", name="tallystick")
    suites = [_verdict_suite(review), *_dimension_suites(review)]
    root.extend(suites)
    for count in ("tests", "failures", "errors"):  # the schemas have no more here
        root.set(count, str(sum(int(suite.get(count, "0")) for suite in suites)))
    ET.indent(root)
    text = INVISIBLE.sub(lambda match: f"&#{ord(match[0])};", ET.tostring(root, encoding="unicode"))
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def _verdict_suite(review: model.Review) -> ET.Element:
    case = _case("tallystick", "verdict")
    outcome = review.verdict.outcome
    text = "\n".join(map(sentence, review.verdict.reasons))
    if outcome is model.Outcome.FAIL:
        _child(case, "failure", wording.summary(review), text)
    elif outcome is model.Outcome.COULD_NOT_JUDGE:
        _child(case, "error", wording.summary(review), text)
    return _suite("verdict", [case, *map(_problem_case, review.judgement.problems)])


def _problem_case(problem: model.Problem) -> ET.Element:
    case = _case(wording.problem_place(problem), f"problem in {problem.stage}")
    if keeps_from_judging(problem):
        _child(case, "error", sentence(problem.reason), "")
    else:
        _child(case, "system-out", None, sentence(problem.reason))
    return case


def _dimension_suites(review: model.Review) -> Iterator[ET.Element]:
    findings = worst_first(review.judgement.findings)
    fails = review.verdict.outcome is model.Outcome.FAIL
    for part in parts(review.judgement.scorecard):
        cases = [
            _finding_case(finding, fails=fails)
            for finding in findings
            if finding.dimension is part.dimension
        ]
        if part.unmeasured is not None:
            skipped = _case("tallystick", part.dimension)
            _child(skipped, "skipped", f"not measured: {sentence(part.unmeasured)}", "")
            cases.append(skipped)
        yield _suite(part.dimension, cases or [_case("tallystick", part.dimension)])


def _finding_case(finding: model.Finding, *, fails: bool) -> ET.Element:
    unit = sentence(finding.place.unit)
    name = f"{sentence(finding.rule)} in {unit} [{finding.fingerprint}]"
    case = _case(printable(finding.place.path), name)
    details = [detail.line for detail in wording.details(finding.evidence)]
    lines = [f"{wording.where(finding.place)}: {wording.points(finding.points)}", *details]
    text = "\n".join((*lines, sentence(finding.hint)))
    if fails:
        _child(case, "failure", sentence(finding.message), text, finding.severity)
    else:
        _child(case, "system-out", None, f"{sentence(finding.message)}\n{text}")
    return case


def _suite(name: str, cases: Sequence[ET.Element]) -> ET.Element:
    suite = ET.Element("testsuite", name=f"tallystick.{name}", tests=str(len(cases)))
    for count, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(count, str(sum(case.find(tag) is not None for case in cases)))
    suite.extend(cases)
    return suite


def _case(classname: str, name: str) -> ET.Element:
    return ET.Element("testcase", classname=_xml(classname), name=_xml(name))


def _child(
    case: ET.Element, tag: str, message: str | None, text: str, kind: str | None = None
) -> None:
    child = ET.SubElement(case, tag)
    if message is not None:
        child.set("message", _xml(message))
    if kind is not None:
        child.set("type", kind)
    child.text = _xml(text)


def _xml(text: str) -> str:
    return _NOT_XML.sub("", text)
