"""Terminal text of `scan`: the worst of a tree, what could not be read, and the totals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from scanner.render import clone_words, wording
from scanner.render.fixes import apply_standing
from scanner.render.json.scan_documents import totals
from scanner.render.ordering import worst_first
from scanner.render.paths import sentence
from scanner.render.terminal.text import finding_lines, problem_lines, wrapped

if TYPE_CHECKING:
    from scanner.clones.groups import CloneGroup
    from scanner.tree.scan import TreeScan

#: A tree that was never looked after has thousands; the JSON document holds them all.
MOST_FINDINGS = 20
#: How many groups of copies are shown, and how many places of each.
MOST_GROUPS, MOST_PLACES = 8, 4


def render(
    scan: TreeScan,
    clones: Sequence[CloneGroup] | None = None,
    *,
    colour: bool = False,
    most: int = MOST_FINDINGS,
) -> str:
    """The scan for people, with a line end; `most` findings at most, and how many are left."""
    text = "\n".join(_lines(scan, clones, most)) + "\n"
    return text if colour else click.unstyle(text)


def _lines(scan: TreeScan, clones: Sequence[CloneGroup] | None, most: int) -> Iterator[str]:
    findings = worst_first(scan.findings)
    for finding in findings[:most]:
        yield from finding_lines(finding)
        if how := apply_standing(finding):
            yield from wrapped(f"Fix: {how}.", "  ")
        yield ""
    if left := findings[most:]:
        yield f"and {wording.counted(len(left), 'more finding')} (--format json holds them all)"
        yield ""
    yield from _clone_lines(clones or ())
    if scan.problems:
        yield from problem_lines(scan.problems)
        yield ""
    for words in wording.left_out_words(scan.left_out, "measured"):
        yield from wrapped(words, "")
    sums = totals(scan)
    lines = wording.counted(sums.sloc, "source line")
    yield (
        f"{wording.counted(sums.files, 'file')}, {wording.counted(sums.units, 'unit')}, {lines}, "
        f"cyclomatic {sums.cyclomatic:,}, cognitive {sums.cognitive:,}"
    )
    if clones is not None:
        yield _clone_sums(clones)
    found = wording.counted(sums.findings, "finding") if sums.findings else "nothing"
    worth = f", {wording.points(sums.points)}" if sums.findings else ""
    yield f"{found} beyond the limits{worth} at {scan.revision[:12]}"


def _clone_lines(clones: Sequence[CloneGroup]) -> Iterator[str]:
    """The groups that save most, those of tests alone left to the document and the totals."""
    groups = [group for group in clones if not group.is_test]
    if not groups:
        return
    yield click.style("Written more than once, largest saving first:", bold=True)
    for group in groups[:MOST_GROUPS]:
        yield ""
        yield from wrapped(clone_words.headline(group), "")
        for place in group.places[:MOST_PLACES]:
            yield f"  {wording.stretch(place)}  {sentence(place.unit)}"
        if left := len(group.places[MOST_PLACES:]):
            yield f"  and {wording.counted(left, 'more place')}"
        yield from wrapped(f"Hint: {clone_words.advice(group)}", "  ")
    yield ""
    if more := groups[MOST_GROUPS:]:
        yield f"and {wording.counted(len(more), 'more group')} (--format json holds them all)"
        yield ""


def _clone_sums(clones: Sequence[CloneGroup]) -> str:
    if not clones:
        return "nothing is written twice"
    tests = [group for group in clones if group.is_test]
    groups = wording.counted(len(clones), "group")
    lines = wording.counted(sum(group.saving for group in clones), "line")
    beside = f" ({len(tests):,} in tests alone)" if tests else ""
    return f"{groups} of copies{beside}, {lines} to save"
