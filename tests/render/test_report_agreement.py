"""Page, JSON and `scan` at the head say the same, of a small history; `benchmarks.report_rows`
asks it of real ones.
"""

from __future__ import annotations

from pathlib import Path

from benchmarks.report_agreement import agreements
from benchmarks.report_rows import make
from fixtures.repository import RepositoryBuilder
from tests.render.report_samples import AUTHORS, SUMMER_2025, TRAILER, nested


def test_a_page_its_json_and_the_scan_of_its_head_agree(tmp_path: Path) -> None:
    builder = RepositoryBuilder(tmp_path / "repo", clock=SUMMER_2025)
    builder.commit("Begin", {"pkg/__init__.py": ""}, author=AUTHORS[0])
    for number in range(12):
        builder.commit(
            f"Add step {number}{TRAILER if number % 2 else ''}",
            {f"pkg/step_{number}.py": nested(f"step_{number}", 2 + number % 7)},
            author=AUTHORS[number // 2 % 2],
            days_later=3,
        )
    found = agreements(*make(builder.path, "", tmp_path, has_rules=False))
    assert [one.unlike for one in found if one.unlike] == []
    assert [one.name for one in found if not one.of] == []


def test_a_figure_that_differs_is_named() -> None:
    page = (
        '</header><section id="codebase"></section>'
        '<tr id="o-debt"><td>1.25\N{MULTIPLICATION SIGN}</td></tr>'
    )
    measured = {"state": "measured", "ratio": 1.5, "treated_mean": 3, "others_mean": 2}
    debt = {
        "outcome": "debt", "unit": "points", "verdict_words": "higher",
        "raw": {"state": "measured", "ratio": 1.25}, "adjusted": measured,
    }  # fmt: skip
    document = {
        "comparison": [debt],
        "coverage": {"changes": {"ai": 1}},
        "standing": {"ends": []},
        "tallies": {"hotspots": {"files": [{"path": "a.py", "points": 5}]}},
    }
    found = {one.name: one for one in agreements(page, document, {"findings": []})}
    assert found["comparison"].of == 3
    assert found["comparison"].unlike == (
        "debt adjusted: False and True",
        "debt reading: False and True",
    )
    assert len(found["counts and the lists they lead to"].unlike) == 2
    assert found["hotspots"].unlike == ("a.py: False and True",)
