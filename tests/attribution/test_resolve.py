"""The ladder: the highest believed evidence decides, and the rest is kept."""

from __future__ import annotations

import itertools

import pytest

from scanner.attribution.resolve import ChangeFacts, Part, attribute_change, is_code, resolve
from scanner.attribution.shares import (
    LineCounts,
    count_lines,
    label_of_counts,
    label_of_declared_share,
)
from scanner.base.model import Attribution, Claim, Label, Level, LineAttestation, Span


def claim(
    level: Level, label: Label, share: float | None = None, agent: str | None = None
) -> Claim:
    return Claim(level, f"rule.{level}", "test", "text", label, agent, share)


def attested(*items: tuple[int, int, Label]) -> Claim:
    lines = tuple(LineAttestation("a.py", Span(one, two), label, None) for one, two, label in items)
    return Claim(Level.LINE_ATTESTATION, "git-ai.note", "test", "text", Label.AI, lines=lines)


LADDER = (
    claim(Level.OVERRIDE, Label.HUMAN),
    attested((1, 10, Label.AI)),
    claim(Level.DECLARED_SHARE, Label.MIXED, 0.5),
    claim(Level.AUTHOR_IDENTITY, Label.AI),
    claim(Level.DECLARED_AUTHORSHIP, Label.AI),
    claim(Level.ASSISTED_BY, Label.ASSISTED),
    claim(Level.FORGE, Label.AI),
    claim(Level.POLICY, Label.HUMAN),
)
FACTS = ChangeFacts(added={"a.py": (Span(1, 10),)})


@pytest.mark.parametrize("start", range(len(LADDER)))
def test_the_highest_rung_decides_whatever_the_order(start: int) -> None:
    rungs = LADDER[start:]
    for order in (rungs, rungs[::-1]):
        attribution = resolve(order, FACTS)
        assert attribution.decided_by == (rungs[0],)
        assert attribution.level is rungs[0].level
        assert set(attribution.outweighed) == set(rungs[1:])


@pytest.mark.parametrize(("high", "low"), list(itertools.pairwise(LADDER)))
def test_no_evidence_is_lost(high: Claim, low: Claim) -> None:
    assert set(resolve((low, high), FACTS).evidence) == {high, low}


@pytest.mark.parametrize("level", [Level.NEAR_MISS, Level.REVIEW_SUGGESTION])
def test_what_is_not_believed_decides_nothing(level: Level) -> None:
    attribution = resolve((claim(level, Label.UNMARKED),), ChangeFacts())
    assert attribution.label is Label.UNMARKED
    assert attribution.level is None
    assert len(attribution.outweighed) == 1


@pytest.mark.parametrize(
    ("items", "label", "share"),
    [
        (((1, 10, Label.AI),), Label.AI, 1.0),
        (((1, 9, Label.AI), (10, 10, Label.HUMAN)), Label.AI, 0.9),
        (((1, 8, Label.AI), (9, 10, Label.HUMAN)), Label.MIXED, 0.8),
        (((1, 5, Label.AI),), Label.MIXED, 0.5),
        (((1, 1, Label.AI), (2, 10, Label.HUMAN)), Label.MIXED, 0.1),
        (((1, 10, Label.HUMAN),), Label.HUMAN, 0.0),
        (((1, 10, Label.MIXED),), Label.MIXED, 0.5),
        (((11, 20, Label.AI),), Label.ASSISTED, None),
        (((1, 4, Label.HUMAN),), Label.ASSISTED, None),
    ],
    ids=str,
)
def test_attested_lines_over_a_trailer(
    items: tuple[tuple[int, int, Label], ...], label: Label, share: float | None
) -> None:
    trailer = claim(Level.ASSISTED_BY, Label.ASSISTED)
    attribution = resolve((attested(*items), trailer), FACTS)
    assert (attribution.label, attribution.ai_share) == (label, share)


def test_without_a_diff_the_attested_lines_stand_alone() -> None:
    attribution = resolve((attested((1, 5, Label.AI), (6, 10, Label.HUMAN)),), ChangeFacts())
    assert (attribution.label, attribution.ai_share) == (Label.MIXED, 0.5)


@pytest.mark.parametrize(
    ("share", "label"),
    [(0.0, Label.UNMARKED), (0.1, Label.UNMARKED), (0.11, Label.MIXED), (0.9, Label.AI)],
)
def test_the_bounds_of_a_declared_share(share: float, label: Label) -> None:
    assert label_of_declared_share(share) is label


def test_a_small_declared_share_outweighs_a_coauthor_line() -> None:
    small = claim(Level.DECLARED_SHARE, Label.UNMARKED, 0.02)
    marked = claim(Level.DECLARED_AUTHORSHIP, Label.AI)
    attribution = resolve((small, marked), ChangeFacts())
    assert attribution.label is Label.UNMARKED
    assert attribution.level is Level.DECLARED_SHARE


def test_agents_are_those_that_decided() -> None:
    one = claim(Level.DECLARED_AUTHORSHIP, Label.AI, agent="claude")
    two = claim(Level.DECLARED_AUTHORSHIP, Label.AI, agent="codex")
    other = claim(Level.ASSISTED_BY, Label.ASSISTED, agent="cursor")
    assert resolve((one, other, two, one), ChangeFacts()).agents == ("claude", "codex")


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("app/a.py", True),
        ("stubs/a.pyi", True),
        ("setup.py", False),
        ("src/x/_version.py", False),
        ("pyproject.toml", False),
        ("docs/a.md", False),
    ],
)
def test_what_is_code_beyond_manifests(path: str, code: bool) -> None:
    assert is_code(path) is code


class TestIntegratedChange:
    AI = Attribution(Label.AI, Level.DECLARED_AUTHORSHIP, ("claude",), (LADDER[4],))
    OTHER = Attribution(Label.UNMARKED)
    ASSISTED = Attribution(Label.ASSISTED, Level.ASSISTED_BY, ("codex",), (LADDER[5],))
    MERGE = Attribution(Label.UNMARKED)

    @pytest.mark.parametrize(
        ("ai", "other", "label"),
        [
            (90, 10, Label.AI),
            (89, 11, Label.MIXED),
            (10, 90, Label.MIXED),
            (9, 91, Label.UNMARKED),
            (0, 10, Label.UNMARKED),
        ],
    )
    def test_takes_its_label_from_its_lines(self, ai: int, other: int, label: Label) -> None:
        found = attribute_change(self.MERGE, (Part(self.AI, ai), Part(self.OTHER, other)))
        assert found.label is label
        assert found.ai_share == ai / (ai + other)
        assert LADDER[4] in found.evidence

    def test_the_rest_decides_below_ten_percent(self) -> None:
        parts = (Part(self.AI, 5), Part(self.ASSISTED, 60), Part(self.OTHER, 35))
        found = attribute_change(self.MERGE, parts)
        assert (found.label, found.agents) == (Label.ASSISTED, ("codex",))

    def test_a_mixed_commit_counts_by_its_share(self) -> None:
        mixed = Attribution(Label.MIXED, Level.LINE_ATTESTATION, ai_share=0.2)
        assert attribute_change(self.MERGE, (Part(mixed, 100),)).ai_share == 0.2

    def test_without_added_code_commits_count_alike(self) -> None:
        found = attribute_change(self.MERGE, (Part(self.AI, 0), Part(self.OTHER, 0)))
        assert (found.label, found.ai_share) == (Label.MIXED, 0.5)

    def test_without_parts_the_change_speaks_for_itself(self) -> None:
        assert attribute_change(self.AI, ()) == self.AI

    def test_an_override_of_the_change_holds(self) -> None:
        own = resolve((LADDER[0],), ChangeFacts())
        assert attribute_change(own, (Part(self.AI, 100),)).label is Label.HUMAN


def test_counts_add_up() -> None:
    one = count_lines({"a.py": (Span(1, 10),)}, attested((1, 4, Label.AI)).lines)
    assert one == LineCounts(ai=4, unknown=6)
    assert one.plus(one).total == 20
    assert LineCounts().ai_share is None
    assert label_of_counts(LineCounts()) is None


def test_a_line_attested_twice_counts_once() -> None:
    both = attested((1, 4, Label.HUMAN), (3, 6, Label.AI)).lines
    assert count_lines({"a.py": (Span(1, 10),)}, both) == LineCounts(ai=4, human=2, unknown=4)
