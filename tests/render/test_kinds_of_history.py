"""Every format says something sensible of every kind of history, from an empty one on.

The sentences are read for what no reader should be told: a span from a time to itself, a count of
nothing followed by what it means, numbers that are none, two halves that contradict each other.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path

import pytest

from fixtures.repository import RepositoryBuilder
from scanner.compare.evidence import Measured
from scanner.render.html import section_comparison
from scanner.render.html.section import ReportContext
from scanner.render.report_formats import REPORT_FORMATS
from scanner.render.report_privacy import veil_over
from scanner.render.report_words import answer
from scanner.render.terminal.report_text import render as render_text
from scanner.report.build import Report
from tests.render.report_samples import AUTHORS, SUMMER_2025, TRAILER, nested, report_of

Build = Callable[[RepositoryBuilder], None]
BOT = "dependabot[bot] <49699333+dependabot[bot]@users.noreply.github.com>"


def _arms(ai: int, other: int, *, authors: int = 2, days: int = 3, depth: int = 2) -> Build:
    """So many changes of either kind, in turns."""

    def build(builder: RepositoryBuilder) -> None:
        builder.commit("Begin", {"pkg/__init__.py": ""}, author=AUTHORS[0])
        kinds = [True] * ai + [False] * other
        for number, is_ai in enumerate(kinds[::2] + kinds[1::2]):
            builder.commit(
                f"Add step {number}{TRAILER if is_ai else ''}",
                {f"pkg/step_{number}.py": nested(f"step_{number}", depth + number % 6)},
                author=AUTHORS[number % authors],
                days_later=days,
            )

    return build


def _empty(builder: RepositoryBuilder) -> None:
    builder.commit("Begin", {})


def _one_commit(builder: RepositoryBuilder) -> None:
    builder.commit("Begin", {"a.py": "x = 1\n"})


def _no_python(builder: RepositoryBuilder) -> None:
    builder.commit("Begin", {"README": "hello\n"})
    builder.commit("More", {"README": "hello again\n"})


def _broken(builder: RepositoryBuilder) -> None:
    builder.commit("Begin", {"pkg/a.py": "x = 1\n"}, author=AUTHORS[0])
    builder.commit(f"Break{TRAILER}", {"pkg/b.py": "def (:\n"}, author=AUTHORS[0])


def _gone(builder: RepositoryBuilder) -> None:
    _arms(3, 3, depth=6)(builder)
    builder.git("rm", "-q", *(f"pkg/step_{number}.py" for number in range(6)))
    builder.commit("Delete it all", {"pkg/last.py": "x = 1\n"}, author=AUTHORS[0])


def _renamed(builder: RepositoryBuilder) -> None:
    _arms(3, 3, depth=6)(builder)
    builder.git("mv", "pkg", "shop")
    builder.commit("Move it all", {"shop/last.py": "x = 1\n"}, author=AUTHORS[0])


def _bots(builder: RepositoryBuilder) -> None:
    builder.commit("Begin", {"pkg/a.py": "x = 1\n"}, author=AUTHORS[0])
    builder.commit("Bump", {"pkg/a.py": "x = 2\n"}, author=BOT)


def _merges_only(builder: RepositoryBuilder) -> None:
    builder.commit("Begin", {"pkg/__init__.py": ""}, author=AUTHORS[0])
    for number in range(6):
        builder.branch(f"side-{number}")
        builder.commit(
            f"Add step {number}{TRAILER if number % 2 else ''}",
            {f"pkg/step_{number}.py": nested(f"step_{number}", 3 + number)},
            author=AUTHORS[number % 2],
        )
        builder.switch("main")
        builder.merge(f"side-{number}")


def _shallow(builder: RepositoryBuilder) -> None:
    _arms(4, 4)(builder)
    (builder.path / ".git/shallow").write_text(builder.git("rev-parse", "HEAD~3") + "\n")


KINDS: dict[str, Build] = {
    "merges only": _merges_only,
    "shallow": _shallow,
    "empty": _empty,
    "no Python": _no_python,
    "one commit": _one_commit,
    "does not parse": _broken,
    "bots only": _bots,
    "everything deleted": _gone,
    "everything renamed": _renamed,
    "all AI": _arms(8, 0),
    "no AI": _arms(0, 8),
    "one against one": _arms(1, 1),
    "one against few": _arms(1, 4),
    "few against one": _arms(4, 1),
    "four against many": _arms(4, 12),
    "five against five": _arms(5, 5),
    "one author": _arms(6, 6, authors=1),
    "one day": _arms(6, 6, days=0),
    "one week": _arms(6, 6, days=1, depth=6),
    "two years": _arms(6, 6, days=60),
    "nothing to find": _arms(6, 6, depth=0),
    "much to find": _arms(8, 8, depth=7),
}

#: What no reader should be told.
BAD = (
    re.compile(r"\b(nan|inf|None|NaN)\b"),
    re.compile(r"[Ff]rom (\S+) to \1\b"),
    re.compile(r"\b0 of them\b"),
    re.compile(r"up to 0%"),
    re.compile(r"\b1 (changes|findings|authors|problems)\b"),
    re.compile(r"\.\.|;;|, ,|  \."),
    re.compile(r"insufficient|too little evidence", re.IGNORECASE),
)


@pytest.fixture(scope="module", params=KINDS)
def told(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Report:
    folder: Path = tmp_path_factory.mktemp("kind")
    builder = RepositoryBuilder(folder / "repo", clock=SUMMER_2025)
    KINDS[request.param](builder)
    return report_of(builder)


def sentences(report: Report) -> Iterator[str]:
    found = answer(report)
    yield from (found.headline, found.basis, found.hidden, *found.next_steps)
    yield " ".join(render_text(report).split())
    yield REPORT_FORMATS["markdown"].render(report)
    page = REPORT_FORMATS["html"].render(report)
    body = re.sub(r"<(style|script|svg|pre).*?</\1>", " ", page, flags=re.DOTALL)
    lead = re.findall(r"<(?:p|h1|h2|li)[^>]*>(.*?)</(?:p|h1|h2|li)>", body, flags=re.DOTALL)
    yield from (unescape(re.sub(r"<[^>]+>", " ", one)) for one in lead)


def test_every_sentence_can_be_read(told: Report) -> None:
    for sentence in sentences(told):
        for bad in BAD:
            assert not bad.search(sentence), (bad.pattern, sentence[:400])


def test_every_format_is_made_and_every_estimate_shown(told: Report) -> None:
    for name, made in REPORT_FORMATS.items():
        assert made.render(told), name
    for one in told.estimates:
        if one.treated is not None and one.others is not None:
            assert isinstance(one.raw, Measured), one.outcome.key


def test_no_interval_says_otherwise_than_its_word(told: Report) -> None:
    for one in told.estimates:
        for state in (one.raw, one.adjusted):
            if not isinstance(state, Measured):
                continue
            effect = state.value.effect
            outside = effect.difference_interval.excludes(0.0)
            if effect.ratio_interval is not None:
                assert effect.ratio_interval.excludes(1.0) == outside, one.outcome.key
            assert outside or not effect.reading.is_difference, one.outcome.key


def test_no_row_of_the_comparison_is_of_nothing(told: Report) -> None:
    section = section_comparison.build(ReportContext(told, veil_over(told), None))
    view = section.data
    assert isinstance(view, section_comparison.ComparisonView)
    shown = {row.key for theme in view.themes for row in theme.rows}
    listed = {key for one in view.absent for key in one.keys}
    assert shown | listed == {one.outcome.key for one in told.estimates}
    assert not shown & listed
    for one in told.estimates:
        if one.outcome.key in shown and isinstance(one.raw, Measured):
            effect = one.raw.value.effect
            assert effect.treated_mean or effect.others_mean, one.outcome.key


def test_the_answer_has_no_figures_and_one_sentence(told: Report) -> None:
    headline = answer(told).headline
    assert not re.search(r"\d", headline)
    assert headline.endswith(".")
    assert headline.count(". ") == 0
