from __future__ import annotations

from dataclasses import replace

import pytest

from scanner.base.model import Review
from scanner.render.ci import agent
from tests.render import samples


def items(review: Review) -> list[str]:
    return [line for line in agent.render(review).splitlines() if line[0].isdigit()]


def test_a_clean_review_asks_for_nothing() -> None:
    assert agent.render(samples.CLEAN) == "verdict: pass: nothing found in 120 added code lines\n"


@pytest.mark.parametrize("review", samples.EVERY_REVIEW.values(), ids=samples.EVERY_REVIEW)
def test_one_item_a_line(review: Review) -> None:
    assert [line.split(".")[0] for line in items(review)] == [
        str(number) for number in range(1, len(review.judgement.findings) + 1)
    ]


def test_a_copy_names_the_original_and_the_call() -> None:
    (line,) = items(samples.review((samples.COPY,)))
    assert "Original: app/store.py:10-31 in save" in line
    assert "Call app.store.save" in line


def test_a_departure_names_the_convention_and_examples() -> None:
    (line,) = items(samples.review((samples.DEPARTURE,)))
    assert "Convention in app/: logs with logging.getLogger(__name__)" in line
    assert "app/a.py:12, app/b.py:40" in line


@pytest.mark.parametrize(
    ("review", "command"),
    [
        (samples.PASSING, f"tallystick gate --base {samples.BASE} --format agent"),
        (replace(samples.PASSING, head=None), "tallystick check --format agent"),
    ],
)
def test_how_to_check_again(review: Review, command: str) -> None:
    assert agent.render(review).endswith(f"check again: {command}\n")
