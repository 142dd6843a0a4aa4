"""A test that a guard speaks of is not charged by a rule about tests as well."""

from __future__ import annotations

from collections.abc import Iterable

from scanner.base.model import Finding, RuleMatch, SetAside, Tampering

#: The category of rules that look at what tests assert.
TESTING = "testing"


def charged_once(findings: Iterable[Finding]) -> tuple[tuple[Finding, ...], tuple[SetAside, ...]]:
    """The findings that count, and those of rules about tests where a guard charges that test.

    `assert True` in place of an assertion is one fault: the guard that says what the test asserted
    before stays. A guard without points charges nothing.
    """
    every = tuple(findings)
    guards = [found for found in every if _guards_a_test(found)]
    counted, aside = [], []
    for finding in every:
        guard = next((one for one in guards if _speaks_for(one, finding)), None)
        if guard is None:
            counted.append(finding)
        else:
            aside.append(SetAside(finding, f"{guard.rule} charges this test already"))
    return tuple(counted), tuple(aside)


def _guards_a_test(finding: Finding) -> bool:
    match finding.evidence:
        case Tampering(guard=name):
            return name.startswith("test-") and finding.points > 0
    return False


def _speaks_for(guard: Finding, finding: Finding) -> bool:
    match finding.evidence:
        case RuleMatch(category=category) if category == TESTING:
            one, other = guard.place, finding.place
            return one.path == other.path and other.span.first in one.span
    return False
