"""Written more than once: groups of copies at the head, side by side, and what to call instead."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from scanner.base.model import Place
from scanner.clones.groups import CloneGroup
from scanner.render import clone_words
from scanner.render.html.code import differing, highlight
from scanner.render.html.finding import CodeBlock
from scanner.render.html.section import ReportContext, Section
from scanner.render.wording import stretch

MOST_PLACES = 8


@dataclass(frozen=True, slots=True)
class GroupView:
    """A group: what it would save, what to do, where else it stands, and two places of it."""

    saving: str
    headline: str
    advice: str
    others: tuple[str, ...]
    more: int
    codes: tuple[CodeBlock, ...]


@dataclass(frozen=True, slots=True)
class Clones:
    """The groups that are shown, and how many are not."""

    groups: tuple[GroupView, ...]
    more: int
    in_tests: int


def build(context: ReportContext) -> Section | None:
    """The groups outside of tests; None where there is no code to look at."""
    if not context.report.history.lifelines.alive:
        return None
    groups = [group for group in context.report.clones if not group.is_test]
    shown = [group for group in groups if group.example[0] in context.report.excerpts.clones]
    data = Clones(
        groups=tuple(_view(context, group) for group in shown),
        more=len(groups) - len(shown),
        in_tests=len(context.report.clones) - len(groups),
    )
    lead = (
        "What stands in the newest commit at several places, whoever wrote it, largest saving "
        "first. What differs between the two places shown is marked, word by word."
        if groups
        else "Outside of tests, nothing long enough to be a copy stands twice at the newest commit."
    )
    badge = f"{len(groups):,}"
    title = "Written more than once"
    return Section("copies", title, "clones.html.j2", data, lead, badge, short="Copies")


def _view(context: ReportContext, group: CloneGroup) -> GroupView:
    others = [place for place in group.places if place not in group.example]
    return GroupView(
        saving=f"{group.saving:,}",
        headline=clone_words.headline(group),
        advice=clone_words.advice(group),
        others=tuple(map(stretch, others[:MOST_PLACES])),
        more=max(0, len(others) - MOST_PLACES),
        codes=tuple(_codes(context, group.example)),
    )


def _codes(context: ReportContext, places: Sequence[Place]) -> Iterator[CodeBlock]:
    """The places side by side, what the other has not marked token by token."""
    known = context.report.excerpts.clones
    excerpts = [excerpt for place in places if (excerpt := known.get(place))]
    texts = [[context.anonymizer.over_code(line) for line in excerpt.lines] for excerpt in excerpts]
    for number, (place, excerpt) in enumerate(zip(places, excerpts, strict=False)):
        marked = differing(texts[number], texts[-1 - number])
        where = f"{stretch(place)} {clone_words.unit(place)}"
        link = context.lines_link(
            context.report.head.oid, excerpt.path, excerpt.first, excerpt.last
        )
        code = highlight(texts[number], excerpt.first, marked=marked)
        yield CodeBlock(where, "", link, code, excerpt.is_cut)
