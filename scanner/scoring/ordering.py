"""The order in which findings are kept."""

from __future__ import annotations

from collections.abc import Iterable

from scanner.base.model import Finding


def costliest_first(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """By points, then by place and rule, so that equal input gives equal bytes."""
    return tuple(
        sorted(findings, key=lambda f: (-f.points, f.place.path, f.place.span.first, f.rule))
    )
