"""Which findings have a fix, of which class, and at which places. Imports no LibCST."""

from __future__ import annotations

from scanner.base.model import Departure, Finding, RuleMatch, Span
from scanner.rulepacks.codemods.all_codemods import safety_of
from scanner.rulepacks.codemods.codemod import Safety, Wanted


def wanted_of(finding: Finding) -> tuple[Wanted, ...]:
    """The places that a codemod is asked to mend for a finding; none where there is no fix."""
    if safety_for(finding) is None:
        return ()
    match finding.evidence:
        case Departure(usual=str(usual), lines=lines):
            return tuple(Wanted(finding.rule, Span(line, line), usual) for line in lines)
    return (Wanted(finding.rule, finding.place.span),)


def safety_for(finding: Finding) -> Safety | None:
    """The class of the fix for a finding; None where it has none."""
    match finding.evidence:
        case RuleMatch():
            return safety_of(finding.rule)
        case Departure(usual=str(usual)):
            return safety_of(finding.rule, usual)
    return None
