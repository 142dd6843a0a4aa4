"""The order in which findings are shown: worst first."""

from __future__ import annotations

from collections.abc import Iterable

from scanner.base.model import Dimension, Finding, Severity, Tampering

_SEVERITY_RANK = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}
_DIMENSION_RANK = {dimension: rank for rank, dimension in enumerate(Dimension)}


def worst_first(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Findings in one order for every output: errors, then by points, then by place.

    Errors come first whatever their points, because an error can block by itself. The order is
    total over what is shown, so that it never depends on the order of the analyses.
    """
    return tuple(sorted(findings, key=_key))


def softening_first(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """As agents are told: what loosens the checks before all others, then worst first."""
    return tuple(sorted(worst_first(findings), key=lambda one: not softens(one)))


def softens(finding: Finding) -> bool:
    """Whether a finding is that a change takes away or loosens what guards the code."""
    return isinstance(finding.evidence, Tampering)


def _key(finding: Finding) -> tuple[bool, float, int, str, int, int, int, str, str]:
    place = finding.place
    return (
        finding.severity is not Severity.ERROR,
        -finding.points,
        _SEVERITY_RANK[finding.severity],
        place.path,
        place.span.first,
        place.span.last,
        _DIMENSION_RANK[finding.dimension],
        finding.rule,
        finding.discriminator,
    )
