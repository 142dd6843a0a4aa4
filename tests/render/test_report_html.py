"""The page: what it must never do, and that it says what the report holds."""

from __future__ import annotations

import base64
import hashlib
import itertools
import re
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from fixtures.repository import RepositoryBuilder
from scanner.base.model import Place, Span
from scanner.render.report_formats import REPORT_FORMATS
from scanner.render.tallies import fixes
from scanner.report.build import Asked, Report
from tests.clones.sources import PARSE, RENAMED, REPORT
from tests.render.pages import Element, Page
from tests.render.report_samples import (
    AUTHORS,
    MARKUP,
    copies_report,
    empty_report,
    hostile_report,
    kinds_report,
    many,
    quiet_report,
    report_of,
)
from tests.render.samples import DEVIATION

REPORTS = {
    "quiet": quiet_report,
    "hostile": hostile_report,
    "empty": empty_report,
    "copies": copies_report,
    "kinds": kinds_report,
}
#: All that the page itself is made of.
_NAMES = """
    html head meta title link style body main header nav section article footer script form a
    h1 h2 h3 p ul ol li dl dt dd div span b i strong small code pre figure figcaption details
    summary table caption thead tbody tr th td label input select option optgroup datalist
    button output wbr mark svg defs pattern g rect line circle path text desc
"""
TAGS = set(_NAMES.split())


@cache
def source_of(name: str) -> str:
    return REPORT_FORMATS["html"].render(REPORTS[name]())


@cache
def page_of(name: str) -> Page:
    return Page(source_of(name))


@pytest.fixture(params=REPORTS)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


# ------------------------------------------------------------------- what it must never do


def test_every_element_closes_and_is_one_of_ours(name: str) -> None:
    assert {element.tag for element in page_of(name).elements} <= TAGS


def test_nothing_comes_from_outside(name: str) -> None:
    for element in page_of(name).elements:
        for attribute in ("src", "href", "action", "data", "poster", "srcset", "xlink:href"):
            target = element.attributes.get(attribute, "#")
            assert target.startswith(("#", "data:image/svg+xml,")), (element.tag, target)
    (style,) = page_of(name).all("style")
    assert "@import" not in style.text
    assert "url(" not in style.text


def test_no_code_but_the_one_script(name: str) -> None:
    assert len(page_of(name).all("script")) == 1
    for element in page_of(name).elements:
        assert not [key for key in element.attributes if key.startswith("on") or key == "style"]


def test_the_policy_allows_this_script_and_this_style_alone(name: str) -> None:
    policy = page_of(name).all("meta")[1].attributes["content"]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    for rule, tag in (("script-src", "script"), ("style-src", "style")):
        (element,) = page_of(name).all(tag)
        digest = base64.b64encode(hashlib.sha256(element.text.encode()).digest()).decode()
        assert rules[rule] == f"'sha256-{digest}'"
    assert rules["default-src"] == "'none'"
    assert rules.keys() == {
        "default-src", "style-src", "script-src", "img-src", "base-uri", "form-action",
    }  # fmt: skip


def test_the_script_builds_no_markup_and_asks_for_nothing() -> None:
    (script,) = page_of("quiet").all("script")
    banned = (
        r"innerHTML|outerHTML|insertAdjacent|document\.write|eval|Function\(|fetch|XMLHttp|import\("
    )
    assert not re.search(banned, script.text)


def test_hostile_text_stays_text() -> None:
    source = source_of("hostile")
    assert MARKUP not in source
    titles = [element.text for element in page_of("hostile").elements if element.tag == "span"]
    assert any(MARKUP in title and "{{ 7*7 }}" in title for title in titles)
    assert "\u202e" not in source
    assert "\u2066" not in source
    assert "\\u202e" in source
    assert "odd\\n&lt;b&gt;name\\xff.py" in source
    source.encode("utf-8")  # raises for what is not Unicode


def test_nobody_is_named(name: str) -> None:
    everything = [REPORT_FORMATS[kind].render(REPORTS[name]()) for kind in REPORT_FORMATS]
    for text in everything:
        assert "people.example" not in text
        for author in (*AUTHORS, "Mallory <"):
            assert author.partition(" <")[0] not in text
        assert "@grace" not in text


def test_no_machine_is_named(name: str) -> None:
    for kind in REPORT_FORMATS:
        text = REPORT_FORMATS[kind].render(REPORTS[name]())
        assert "/tmp/" not in text  # noqa: S108  the fixtures live there
        assert "/home/" not in text


def test_equal_input_gives_equal_bytes(name: str) -> None:
    for kind in REPORT_FORMATS:
        assert REPORT_FORMATS[kind].render(REPORTS[name]()) == REPORT_FORMATS[kind].render(
            REPORTS[name]()
        )


# ------------------------------------------------------------------- that it can be used


def test_ids_are_unique_and_every_reference_has_its_target(name: str) -> None:
    ids = [
        element.attributes["id"] for element in page_of(name).elements if "id" in element.attributes
    ]
    assert len(ids) == len(set(ids))
    for element in page_of(name).elements:
        if element.tag == "a":
            assert element.attributes["href"][1:].split(":")[0] in ids
        for key in ("aria-labelledby", "aria-describedby"):
            assert set(element.attributes.get(key, "").split()) <= set(ids)


def test_every_picture_is_named_or_hidden(name: str) -> None:
    for picture in page_of(name).all("svg"):
        if picture.attributes.get("aria-hidden") == "true":
            continue
        assert picture.attributes["role"] == "img"
        kinds = [child.tag for child in picture.children[:2]]
        assert kinds == ["title", "desc"]
        assert all(child.text.strip() for child in picture.children[:2])


def test_every_field_has_a_label_and_every_scrolling_region_a_name(name: str) -> None:
    labelled = [child for label in page_of(name).all("label") for child in label.children]
    for field in [*page_of(name).all("input"), *page_of(name).all("select")]:
        assert field in labelled
    for element in page_of(name).elements:
        if element.attributes.get("role") == "region":
            assert element.attributes["aria-label"]
            assert element.attributes["tabindex"] == "0"


def test_headings_skip_no_level(name: str) -> None:
    levels = [int(e.tag[1]) for e in page_of(name).elements if re.fullmatch("h[1-6]", e.tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))


# ------------------------------------------------------------------- that it says what is so


def test_the_answer_comes_first_with_its_evidence() -> None:
    (heading,) = page_of("quiet").all("h1")
    assert heading.text.startswith(
        "AI-attributed and comparable other changes are about the same in"
    )
    top = next(e for e in page_of("quiet").all("header"))
    assert "80 changes: 40 AI-attributed (50%) and 40 other (50%, all unmarked)." in top.text
    assert "Unmarked does not mean human" in top.text
    assert "initial import" in top.text


def test_nothing_to_compare_is_said_and_never_zero() -> None:
    (heading,) = page_of("empty").all("h1")
    assert heading.text == (
        "No change of this history can be compared, so this page is about the codebase."
    )
    assert "0 changes compared" in next(e for e in page_of("empty").all("header")).text


def test_each_change_opens_to_its_evidence_and_findings() -> None:
    (changes,) = (e for e in page_of("quiet").all("ol") if e.attributes.get("id") == "change-list")
    assert len(changes.children) == 81
    assert "decides declared-authorship, from trailer" in changes.text or "decides" in changes.text
    assert "cognitive complexity of" in changes.text
    assert len(page_of("quiet").all("figure")) > 0


def test_each_change_says_how_unusual_it_is_and_what_makes_it_so() -> None:
    report = quiet_report()
    unusual = replace(DEVIATION.functions[0], place=Place("pkg/<b>.py", Span(2, 6), MARKUP))
    deviation = replace(DEVIATION, functions=(unusual,))
    costliest, *others = sorted(report.changes, key=lambda c: -c.judgement.scorecard.points)
    told = replace(costliest, judgement=replace(costliest.judgement, deviation=deviation))
    source = REPORT_FORMATS["html"].render(replace(report, changes=(told, *others)))
    assert MARKUP not in source
    page = Page(source)
    (changes,) = (e for e in page.all("ol") if e.attributes.get("id") == "change-list")
    first = changes.children[0]
    assert first.attributes["data-u"] == "97.0"
    assert first.children[0].children[0].children[-1].text == "97"
    for said in (
        "97: more than 97% of what was last added to this codebase (500 functions)",
        "By part: naturalness",
        "Deviates most: pkg/<b>.py:2-6 in",
        "It calls burn, as none of 1,412 units here does. (line 3)",
        "Usual: app/m1.py:4 in load",
        "Most like it among what was there: app/m0.py:6-9 in load",
    ):
        assert said in " ".join(first.text.split()), said
    assert "no score: " in changes.text


def test_too_little_evidence_looks_unlike_could_not_measure() -> None:
    classes = " ".join(e.attributes.get("class", "") for e in page_of("quiet").elements).split()
    assert {"measured", "blind"} <= set(classes)
    shown = " ".join(e.attributes.get("class", "") for e in page_of("hostile").elements).split()
    assert {"scarce", "blind"} & set(shown)


def test_a_problem_is_shown_with_what_it_means() -> None:
    text = next(
        e for e in page_of("hostile").all("section") if e.attributes["id"] == "problems"
    ).text
    assert "pkg/broken.py" in text
    assert "not judged" in text


def test_fix_first_shows_five_that_stand_at_the_head() -> None:
    repairs = [
        e for e in page_of("quiet").all("li") if "repair" in e.attributes.get("class", "").split()
    ]
    assert len(repairs) == 5
    assert all("points" in repair.text for repair in repairs)
    standing = {finding.place.path for finding in quiet_report().at_head}
    assert all(any(path in repair.text for path in standing) for repair in repairs)


def test_of_costly_findings_those_in_files_that_are_often_changed_come_first() -> None:
    report = quiet_report()
    found = fixes(report, 1_000)
    paid = [fix.finding.points * fix.changes for fix in found]
    assert paid == sorted(paid, reverse=True)
    assert {fix.finding for fix in found} <= set(report.at_head)
    units = [(fix.finding.place.path, fix.finding.place.unit) for fix in found]
    assert len(set(units)) == len(units)


def test_copies_stand_side_by_side_with_what_to_call(tmp_path: Path) -> None:
    builder = RepositoryBuilder(tmp_path / "repo")
    tree = {"app/__init__.py": "", "app/a.py": PARSE, "app/b.py": PARSE, "app/c.py": RENAMED}
    builder.commit("Begin", {**tree, "tests/test_a.py": REPORT * 2, "tests/test_b.py": REPORT * 2})
    page = Page(REPORT_FORMATS["html"].render(report_of(builder)))
    (group,) = (e for e in page.all("li") if "clone" in e.attributes.get("class", "").split())
    assert "10 code lines in 3 places, with other names, 20 lines to save" in group.text
    assert "Merge them into one function, with a parameter for what differs." in group.text
    assert "Also at app/c.py:1-11" in group.text
    shown = [one.text for one in page.all("figcaption")]
    assert [f"app/{name}.py:1-11 parse_prices" in shown for name in "abc"] == [True, True, False]


def test_no_copies_is_said_and_no_code_has_no_section() -> None:
    assert "nothing long enough to be a copy stands twice" in source_of("quiet")
    assert 'id="copies"' not in source_of("empty")


def test_what_moved_the_code_base_adds_up_from_tree_to_tree() -> None:
    (section,) = (e for e in page_of("quiet").all("section") if e.attributes["id"] == "codebase")
    rows = [e for e in _within(section) if e.tag == "tr" and e.children[0].tag == "th"]
    moved = [row for row in rows if row.children[0].attributes.get("scope") == "row"]
    first, *sums, last = moved[-5:]
    assert first.children[0].text == "stood before the first change"
    count = [int(row.children[2].text.replace(",", "")) for row in (first, *sums, last)]
    assert sum(count[:-1]) == count[-1] > 0
    assert "together they come out even" in section.text
    assert 'id="codebase"' not in source_of("empty")


def test_no_grade_can_contradict_a_finding() -> None:
    (changes,) = (e for e in page_of("quiet").all("ol") if e.attributes.get("id") == "change-list")
    summaries = [row.children[0].children[0] for row in changes.children]
    assert not [one.text for one in summaries if re.search(r"\b[A-E]\s*$", one.text)]


def asked(report: Report, **given: Any) -> Page:
    """The page of a report that was asked for otherwise."""
    return Page(REPORT_FORMATS["html"].render(replace(report, asked=Asked(**given))))


def test_only_a_known_forge_is_linked_and_by_nothing_but_links() -> None:
    for origin in (None, "git@example.org:team/shop.git"):
        links = [e.attributes["href"] for e in asked(quiet_report(), origin=origin).all("a")]
        assert all(link.startswith("#") for link in links)
    page = asked(hostile_report(), origin="https://robot:s3cret@github.com/team/shop.git")
    out = [e.attributes["href"] for e in page.all("a") if e.attributes["href"][0] != "#"]
    assert out
    assert all(link.startswith("https://github.com/team/shop") for link in out)
    assert not [link for link in out if re.search(r"s3cret|[\s<>\"]", link)]
    assert any("/blob/" in link and "odd%0A%3Cb%3Ename%FF.py#L1-L" in link for link in out)
    assert any("/commit/" in link for link in out)
    assert "team/shop" in page.all("title")[0].text


def test_a_copy_shows_both_places() -> None:
    (section,) = (e for e in page_of("copies").all("section") if e.attributes["id"] == "changes")
    codes = [e for e in _within(section) if e.tag == "figure"]
    assert [code.children[0].text.strip() for code in codes[:2]] == [
        "the copy pkg/b.py",
        "already there pkg/a.py",
    ]
    assert all("total" in code.text for code in codes[:2])


def test_people_are_named_only_where_asked() -> None:
    page = asked(quiet_report(), names_people=True)
    (changes,) = (e for e in page.all("ol") if e.attributes.get("id") == "change-list")
    assert "by Ada Lovelace" in changes.text
    assert "Authors are named, because it was asked for" in page.all("main")[0].text
    assert "people.example" not in changes.text


def test_the_command_is_whole() -> None:
    given = {
        "pulls": ("/home/ada/exports/pulls of may.json",),
        "fetches_pulls": True,
        "leaves_rules_out": True,
        "config": "strict.toml",
        "names_people": True,
    }
    (command,) = (
        e
        for e in asked(quiet_report(), **given).all("pre")
        if e.attributes.get("class") == "command"
    )
    assert command.text.endswith(
        " --pulls 'pulls of may.json' --fetch-pulls --no-rules --config strict.toml --show-authors"
    )


def _within(element: Element) -> list[Element]:
    return [element, *(one for child in element.children for one in _within(child))]


def test_what_has_no_room_is_counted_and_left_to_the_json() -> None:
    report = many(quiet_report(), 25)
    source = REPORT_FORMATS["html"].render(report)
    assert "525 changes that cost less" in source
    assert len(source.encode()) < 3_000_000


@pytest.mark.slow
def test_thirteen_thousand_changes_fit() -> None:
    source = REPORT_FORMATS["html"].render(many(quiet_report(), 161))
    assert len(source.encode()) < 8_000_000
