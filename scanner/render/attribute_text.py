"""Terminal text of `attribute`: labels and agents with their coverage, or a file line by line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from scanner.model import Granularity, Label
from scanner.render import wording
from scanner.render.paths import printable, sentence
from scanner.render.text import problem_lines, wrapped

if TYPE_CHECKING:
    from scanner.attributing import AttributedRange
    from scanner.attribution.lines import LineLabel

_COLOURS = {
    Label.AI: "magenta",
    Label.MIXED: "magenta",
    Label.ASSISTED: "blue",
    Label.HUMAN: "green",
    Label.AUTOMATION: "cyan",
    Label.UNMARKED: None,
}


def render(found: AttributedRange, *, colour: bool = False) -> str:
    """The table for people, with a line end."""
    text = "\n".join(_table(found)) + "\n"
    return text if colour else click.unstyle(text)


def _table(found: AttributedRange) -> Iterator[str]:
    counts = found.by_label
    every = sum(counts.values())
    yield f"{'label':<12}{'agents':<34}{'commits':>9}{'share':>8}"
    for (label, agents), count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        names = sentence(", ".join(agents)) or "-"
        name = click.style(f"{label:<12}", fg=_COLOURS[label])
        yield f"{name}{names:<34}{count:>9,}{count / every:>8.1%}"
    unmarked = sum(count for (label, _), count in counts.items() if label is Label.UNMARKED)
    yield ""
    if every:
        yield from wrapped(
            f"{every - unmarked:,} of {wording.counted(every, 'commit')} "
            f"({1 - unmarked / every:.1%}) carry evidence; the others are unmarked, which is not "
            "the same as written by a person.",
            "",
            "",
        )
    yield from _notes(found)
    if found.attributed.problems:
        yield ""
        yield from problem_lines(found.attributed.problems)


def _notes(found: AttributedRange) -> Iterator[str]:
    notes = found.attributed.notes
    if notes.notes:
        yield from wrapped(
            f"git-ai notes: {notes.notes:,}; {notes.reached:,} on commits of this history, "
            f"{notes.carried:,} matched to the change that took their commit in, "
            f"{notes.unreached:,} out of reach, {notes.empty:,} empty.",
            "",
            "",
        )
    totals: Counter[str] = Counter()
    for counts in found.lines.values():
        totals.update(counts._asdict())
    if found.lines:
        yield from wrapped(
            f"Attested lines added by {wording.counted(len(found.lines), 'commit')}: "
            f"{totals['ai']:,} AI, {totals['mixed']:,} mixed, {totals['human']:,} human, "
            f"{totals['unknown']:,} unknown.",
            "",
            "",
        )
    for setting in found.attributed.settings:
        yield from wrapped(f"Setting: {sentence(setting)}", "")
    for override in found.attributed.unused_overrides:
        yield from wrapped(f"Override of a commit that is not here: {override.commit}", "")


def render_lines(lines: Sequence[LineLabel], texts: Sequence[str], *, colour: bool = False) -> str:
    """A file like `git blame` shows it, with labels for people; `texts` are its lines.

    A label that was not attested of the line itself, but is its commit's, has a `~` before it.
    """
    width = len(str(len(lines)))
    rows = []
    for number, (line, text) in enumerate(zip(lines, texts, strict=True), 1):
        sign = "~" if line.granularity is Granularity.INHERITED else " "
        label = click.style(f"{sign}{line.label:<10}", fg=_COLOURS[line.label])
        agent = sentence(line.agent or "")[:12]
        rows.append(
            f"{line.commit[:10]:<10} {label} {agent:<12} {number:>{width}}) {printable(text)}"
        )
    counts = Counter(line.label for line in lines)
    sums = ", ".join(f"{count:,} {label}" for label, count in counts.most_common())
    rows.append(f"{wording.counted(len(lines), 'line')}: {sums}; ~ is the label of the commit")
    text = "\n".join(rows) + "\n"
    return text if colour else click.unstyle(text)
