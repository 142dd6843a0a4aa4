"""Terminal text of `attribute`: labels and agents with their coverage, or a file line by line."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from scanner.attribution.shares import LineCounts
from scanner.base.model import Granularity, Label, Level
from scanner.render import attribution_words, wording
from scanner.render.paths import printable, sentence
from scanner.render.terminal.text import problem_lines, wrapped

if TYPE_CHECKING:
    from scanner.attribution.lines import LineLabel
    from scanner.history.attribution import AttributedRange

_COLOURS = {
    Label.AI: "magenta",
    Label.MIXED: "magenta",
    Label.ASSISTED: "blue",
    Label.HUMAN: "green",
    Label.AUTOMATION: "cyan",
    Label.UNMARKED: None,
}


#: So much of an agent's name stands beside a line.
_WIDEST_AGENT = 12

#: Of what looked like a mark and was not believed, so many reasons are shown.
_MOST_REASONS = 10


def render(found: AttributedRange, *, colour: bool = False, detailed: bool = False) -> str:
    """The tables for people, with a line end; `detailed` adds what the rules did not find."""
    parts = [_labels(found), _written(found), _notes(found)]
    if detailed:
        parts += [_not_believed(found), _silent(found)]
    parts += [_settings(found), problem_lines(found.problems) if found.problems else iter(())]
    blocks = ["\n".join(lines) for part in parts if (lines := list(part))]
    text = "\n\n".join(blocks) + "\n"
    return text if colour else click.unstyle(text)


def _labels(found: AttributedRange) -> Iterator[str]:
    counts = found.by_label
    every = counts.total()
    yield f"{'label':<12}{'agents':<43}{'commits':>12}{'share':>10}"
    for (label, agents), count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        first, *others = textwrap.wrap(sentence(", ".join(agents)) or "-", 41)
        name = click.style(f"{label:<12}", fg=_COLOURS[label])
        yield f"{name}{first:<43}{count:>12,}{count / every:>10.1%}"
        yield from (f"{'':<12}{other}" for other in others)
    unmarked = sum(count for (label, _), count in counts.items() if label is Label.UNMARKED)
    if every:
        yield ""
        yield from wrapped(
            f"{every - unmarked:,} of {wording.counted(every, 'commit')} "
            f"({1 - unmarked / every:.1%}) carry evidence; the others are unmarked, which is not "
            f"the same as written by a person.{_left_out(len(found.clean_merges))}",
            "",
            "",
        )


def _left_out(merges: int) -> str:
    if not merges:
        return ""
    verb = "is" if merges == 1 else "are"
    return f" {wording.counted(merges, 'merge')} wrote nothing and {verb} left out."


def _written(found: AttributedRange) -> Iterator[str]:
    if not found.written:
        return
    yield f"{'lines of Python':<17}{'label of':<19}{'written':>12}{'alive':>14}{'gone':>14}"
    for row in found.written:
        name = click.style(f"{row.label:<17}", fg=_COLOURS[row.label])
        known = "the line" if row.granularity is Granularity.LINE else "its commit"
        known += "" if row.ai_share is None else f", {row.ai_share:.0%} AI"
        yield f"{name}{known:<19}{row.born:>12,}{row.alive:>14,}{row.dead:>14,}"
    born, alive, dead = (
        sum(getattr(row, name) for row in found.written) for name in ("born", "alive", "dead")
    )
    yield f"{'all':<36}{born:>12,}{alive:>14,}{dead:>14,}"
    if born > alive + dead:
        lost = wording.counted(born - alive - dead, "line")
        yield f"{lost} could not be followed to the end; the problems say why."


def _notes(found: AttributedRange) -> Iterator[str]:
    if found.attributed.notes.notes:
        yield from wrapped(attribution_words.notes(found.attributed.notes), "", "")
    totals = LineCounts()
    for counts in found.lines.values():
        totals = totals.plus(counts)
    if found.lines:
        yield from wrapped(
            f"Attested lines added by {wording.counted(len(found.lines), 'commit')}: "
            f"{totals.ai:,} AI, {totals.mixed:,} mixed, {totals.human:,} human, "
            f"{totals.unknown:,} unknown.",
            "",
            "",
        )


def _not_believed(found: AttributedRange) -> Iterator[str]:
    reasons = Counter(
        claim.note or claim.rule
        for commit in found.changes
        for claim in found.attribution(commit).outweighed
        if claim.level is Level.NEAR_MISS
    )
    if not reasons:
        return
    yield "Looked like a mark and was not believed:"
    for reason, count in reasons.most_common(_MOST_REASONS):
        yield from wrapped(f"{count:>6,}  {sentence(reason)}", "", " " * 8)
    left = len(reasons) - _MOST_REASONS
    if left > 0:
        yield f"        and {wording.counted(left, 'more reason')}; explain COMMIT tells each"


def _silent(found: AttributedRange) -> Iterator[str]:
    silent = found.attributed.silent
    yield from wrapped(
        f"{wording.counted(len(silent), 'rule')} of registry {found.attributed.registry_version} "
        "matched nothing. Where you know that an agent was used and its rule is among them, the "
        f"rule is broken or the marks were removed: {', '.join(silent) or 'none'}.",
        "",
        "",
    )


def _settings(found: AttributedRange) -> Iterator[str]:
    for said in attribution_words.unknown_apps(found.attributed):
        yield from wrapped(said, "", "")
    for said in attribution_words.settings(found.attributed):
        yield from wrapped(said, "")


def render_lines(lines: Sequence[LineLabel], texts: Sequence[str], *, colour: bool = False) -> str:
    """A file like `git blame` shows it, with labels for people; `texts` are its lines.

    A label that was not attested of the line itself, but is its commit's, has a `~` before it.
    """
    agents = [sentence(line.agent or "")[:_WIDEST_AGENT] for line in lines]
    place = max((len(agent) for agent in agents), default=0)
    label_width = max((len(line.label) for line in lines), default=0)
    number_width = len(str(len(lines)))
    rows = []
    for number, (line, agent, text) in enumerate(zip(lines, agents, texts, strict=True), 1):
        sign = "~" if line.granularity is Granularity.INHERITED else " "
        label = click.style(f"{sign}{line.label:<{label_width}}", fg=_COLOURS[line.label])
        by = f" {agent:<{place}}" if place else ""
        where = f"{number:>{number_width}}"
        rows.append(f"{line.commit[:10]:<10} {label}{by} {where}) {printable(text)}".rstrip())
    counts = Counter(line.label for line in lines)
    sums = ", ".join(f"{count:,} {label}" for label, count in counts.most_common())
    rows.append(f"{wording.counted(len(lines), 'line')}: {sums}; ~ is the label of the commit")
    text = "\n".join(rows) + "\n"
    return text if colour else click.unstyle(text)
