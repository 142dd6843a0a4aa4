"""The first sentence of a report, by what the intervals of its outcomes say."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scanner.compare.estimates import Estimate
from scanner.compare.evidence import Measured, NotApplicable
from scanner.compare.inference import Interval
from scanner.render.comparison_words import answer_sentence, brief_effect, short_verdict
from tests.render.test_comparison import EFFECT, MEASURED

LOWER, HIGHER = (0.3, Interval(0.1, 0.8)), (2.0, Interval(1.2, 3.4))
ALIKE, UNCLEAR, LEANING = (
    (1.0, Interval(0.9, 1.1)),
    (1.05, Interval(0.5, 3.0)),
    (2.0, Interval(0.5, 3.0)),
)


def told(key: str, ratio: float, bounds: Interval, q: float | None = 0.01) -> Estimate:
    """An outcome of which the others have 1."""
    assert isinstance(MEASURED.adjusted, Measured)
    assert bounds.low is not None
    assert bounds.high is not None
    effect = replace(
        EFFECT,
        treated_mean=ratio,
        difference=ratio - 1,
        difference_interval=Interval(bounds.low - 1, bounds.high - 1),
        ratio=ratio,
        ratio_interval=bounds,
    )
    adjusted = Measured(replace(MEASURED.adjusted.value, effect=effect, q=q))
    return replace(MEASURED, outcome=replace(MEASURED.outcome, key=key), adjusted=adjusted)


@pytest.mark.parametrize(
    ("estimates", "sentence"),
    [
        (
            [replace(MEASURED, adjusted=NotApplicable("no stratum holds changes of both arms"))],
            "AI-attributed and other changes of this history could not be compared.",
        ),
        (
            [told("debt", *UNCLEAR), told("rework_14", *UNCLEAR)],
            (
                "Whether AI-attributed changes differ from comparable other changes cannot be "
                "told yet."
            ),
        ),
        (
            [told("any_finding", *LEANING), told("rework_14", *LOWER[:1], Interval(0.1, 1.2))],
            (
                "Whether AI-attributed changes differ from comparable other changes cannot be told "
                "yet; the estimates lean towards more findings and less rework within 14 days."
            ),
        ),
        (
            [told(key, *LEANING) for key in ("any_finding", "debt", "rework_14")]
            + [told("reverted", *LOWER[:1], Interval(0.1, 1.2))],
            (
                "Whether AI-attributed changes differ from comparable other changes cannot be told "
                "yet; the estimates lean both ways."
            ),
        ),
        (
            [told("debt", *ALIKE), told("reverted", *ALIKE)],
            (
                "AI-attributed and comparable other changes are about the same in debt per line "
                "and reverts."
            ),
        ),
        (
            [told("any_finding", *HIGHER), told("debt", *UNCLEAR)],
            (
                "AI-attributed changes clearly have findings more often than comparable other "
                "changes; nothing can be told yet of debt per line."
            ),
        ),
        (
            [
                told("any_finding", *LOWER, q=0.2),
                told("debt", *ALIKE),
                told("rework_14", *HIGHER),
                told("duplicated_share", *UNCLEAR),
                told("reverted", *UNCLEAR),
            ],
            (
                "AI-attributed changes are clearly reworked more within 14 days and perhaps have "
                "findings less often than comparable other changes; in debt per line they are "
                "about the same; the rest cannot be told yet."
            ),
        ),
        (
            [told("something_new", *HIGHER)],
            "AI-attributed changes are clearly higher in “Debt” than comparable other changes.",
        ),
    ],
)
def test_the_sentence_says_what_the_intervals_say(estimates: list[Estimate], sentence: str) -> None:
    assert answer_sentence(estimates) == sentence


def test_what_a_few_labels_would_end_is_not_probable() -> None:
    estimates = [told("any_finding", *LOWER), told("debt", *LOWER)]
    assert answer_sentence(estimates, ["any_finding"]) == (
        "AI-attributed changes clearly bring less debt per line and perhaps have findings less "
        "often than comparable other changes."
    )


@pytest.mark.parametrize(
    ("estimate", "word", "brief"),
    [
        (told("debt", *UNCLEAR), "cannot tell", "between 0.5 and 3 times as much"),
        (told("debt", *HIGHER), "clearly higher", "2.00 times (1.2–3.4)"),
        (told("debt", *LOWER, q=0.02), "probably lower", "0.30 times (0.1–0.8)"),
        (told("debt", *LOWER, q=None), "probably lower", "0.30 times (0.1–0.8)"),
        (told("debt", *LOWER, q=0.2), "perhaps lower", "0.30 times (0.1–0.8)"),
        (told("debt", *ALIKE), "about as much", "1.00 times (0.9–1.1)"),
    ],
)
def test_the_first_screen_has_a_word_and_what_it_rests_on(
    estimate: Estimate, word: str, brief: str
) -> None:
    assert isinstance(estimate.adjusted, Measured)
    assert short_verdict(estimate.adjusted.value) == word
    assert brief_effect(estimate.adjusted.value, estimate.outcome.scale) == brief
