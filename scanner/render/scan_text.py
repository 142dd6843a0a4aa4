"""Terminal text of `scan`: the worst findings of a tree, what could not be read, and the totals."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from scanner.render import wording
from scanner.render.ordering import worst_first
from scanner.render.scan_documents import totals
from scanner.render.text import finding_lines, problem_lines

if TYPE_CHECKING:
    from scanner.scan import TreeScan

#: A tree that was never looked after has thousands; the JSON document holds them all.
MOST_FINDINGS = 20


def render(scan: TreeScan, *, colour: bool = False, most: int = MOST_FINDINGS) -> str:
    """The scan for people, with a line end; `most` findings at most, and how many are left."""
    text = "\n".join(_lines(scan, most)) + "\n"
    return text if colour else click.unstyle(text)


def _lines(scan: TreeScan, most: int) -> Iterator[str]:
    findings = worst_first(scan.findings)
    for finding in findings[:most]:
        yield from finding_lines(finding)
        yield ""
    if left := findings[most:]:
        yield f"and {wording.counted(len(left), 'more finding')} (--format json holds them all)"
        yield ""
    if scan.problems:
        yield from problem_lines(scan.problems)
        yield ""
    sums = totals(scan)
    lines = wording.counted(sums.sloc, "source line")
    yield (
        f"{wording.counted(sums.files, 'file')}, {wording.counted(sums.units, 'unit')}, {lines}, "
        f"cyclomatic {sums.cyclomatic:,}, cognitive {sums.cognitive:,}"
    )
    found = wording.counted(sums.findings, "finding") if sums.findings else "nothing"
    worth = f", {wording.points(sums.points)}" if sums.findings else ""
    yield f"{found} beyond the limits{worth} at {scan.revision[:12]}"
