"""JSON: the documents of `docs/interface.md`, one function for each command that prints them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from scanner.base import model
from scanner.render.json import convert
from scanner.render.json.json_text import to_json

if TYPE_CHECKING:
    from scanner.history.attribution import AttributedRange
    from scanner.history.explain import Story
    from scanner.render.json.attribution_documents import AttributedLine


def render(review: model.Review) -> str:
    """What `check` and `gate` print."""
    return to_json(convert.review(review))


def render_attribution(found: AttributedRange) -> str:
    """What `attribute` prints."""
    from scanner.render.json.attribution_documents import attributed_range  # noqa: PLC0415

    return to_json(attributed_range(found))


def render_lines(path: str, revision: str, lines: Iterable[AttributedLine]) -> str:
    """What `attribute --lines PATH` prints."""
    from scanner.render.json.attribution_documents import attributed_file  # noqa: PLC0415

    return to_json(attributed_file(path, revision, lines))


def render_story(story: Story) -> str:
    """What `explain` prints."""
    from scanner.render.json.story_documents import explanation  # noqa: PLC0415

    return to_json(explanation(story))
