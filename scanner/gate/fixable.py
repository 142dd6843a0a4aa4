"""Which findings have a fix, of which class, and at which places. Imports no LibCST."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from scanner.base.model import CopyOf, Departure, Finding, Growth, RuleMatch, Span
from scanner.rulepacks.codemods.all_codemods import STEPS, safety_of
from scanner.rulepacks.codemods.codemod import Original, Safety, Wanted
from scanner.scoring.duplication import DIVERGING


def originals_of(findings: Iterable[Finding]) -> frozenset[str]:
    """The files in which the originals of copies stand that could call them."""
    return frozenset(
        one.evidence.original.path
        for one in findings
        if isinstance(one.evidence, CopyOf) and safety_for(one)
    )


def wanted_of(finding: Finding, originals: Mapping[str, bytes]) -> tuple[Wanted, ...]:
    """The places that a codemod is asked to mend for a finding; none where there is no fix.

    `originals` are the texts of the files that `originals_of` names.
    """
    if safety_for(finding) is None:
        return ()
    match finding.evidence:
        case Departure(usual=str(usual), lines=lines):
            return tuple(Wanted(finding.rule, Span(line, line), usual) for line in lines)
        case CopyOf(call=str(call), original=place):
            source = originals.get(place.path)
            if source is None:
                return ()
            original = Original(call, place.unit, source, place.path == finding.place.path)
            return (Wanted(finding.rule, finding.place.span, original=original),)
        case CopyOf(original=place):
            return (Wanted(finding.rule, finding.place.span, twin=place.span),)
    return (Wanted(finding.rule, finding.place.span),)


def safety_for(finding: Finding) -> Safety | None:
    """The class of the fix for a finding; None where it has none."""
    match finding.evidence:
        case RuleMatch():
            return safety_of(finding.rule)
        case Departure(usual=str(usual)):
            return safety_of(finding.rule, usual)
        case Growth() if finding.rule in STEPS and not finding.discriminator:
            return Safety.UNSAFE
        case CopyOf(call=str(), type="exact" | "renamed"):
            return Safety.UNSAFE
        case CopyOf(call=None, original=place) if finding.rule != DIVERGING:
            return Safety.UNSAFE if place.path == finding.place.path else None
    return None
