"""The page in a real browser: no message, no overflow, no request, and usable by keyboard."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from scanner.render.report_formats import REPORT_FORMATS
from tests.browser.driver import IS_REQUIRED, IS_THERE, Browser, started
from tests.render.report_samples import (
    copies_report,
    empty_report,
    hostile_report,
    kinds_report,
    quiet_report,
)

pytestmark = pytest.mark.skipif(
    not IS_THERE and not IS_REQUIRED, reason="no Chromium with its chromedriver was found"
)
REPORTS = {
    "quiet": quiet_report,
    "hostile": hostile_report,
    "empty": empty_report,
    "copies": copies_report,
    "kinds": kinds_report,
}
WIDEST = 1440
SCREENS = [(WIDEST, 900), (1024, 768), (390, 844)]
#: Processor seconds that opening a page may take.
SOON = 2.0
#: Pages made before, to be looked at as well.
GIVEN = [Path(page) for page in os.environ.get("TALLYSTICK_PAGES", "").split(":") if page]
TAB, ENTER = "\ue004", "\ue007"

OVERFLOWING = """
const wide = document.documentElement.scrollWidth - window.innerWidth;
return wide > 0 ? [...document.querySelectorAll('body *')]
  .filter(e => e.getBoundingClientRect().right > window.innerWidth + 1)
  .slice(0, 5).map(e => e.tagName + '.' + e.getAttribute('class')) : [];
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    assert IS_THERE, "TALLYSTICK_BROWSER=required, but no Chromium with its chromedriver was found"
    with started() as one:
        yield one


@pytest.fixture(scope="module")
def urls(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("pages")
    return {name: _written(folder / f"{name}.html", name) for name in REPORTS}


def _written(file: Path, name: str) -> str:
    file.write_text(REPORT_FORMATS["html"].render(REPORTS[name]()), encoding="utf-8")
    return file.as_uri()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("width", "height"), SCREENS)
@pytest.mark.parametrize("name", REPORTS)
def test_it_fits_and_says_nothing_to_the_console(
    browser: Browser, urls: dict[str, str], name: str, width: int, height: int, scheme: str
) -> None:
    _fits_and_is_silent(browser, urls[name], width, height, scheme)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("width", "height"), SCREENS)
@pytest.mark.parametrize("page", GIVEN, ids=lambda page: page.name)
def test_a_given_page_fits_and_opens_soon(
    browser: Browser, page: Path, width: int, height: int, scheme: str
) -> None:
    assert page.stat().st_size < 3_000_000
    assert browser.busy_seconds(page.resolve().as_uri()) < SOON
    _fits_and_is_silent(browser, page.resolve().as_uri(), width, height, scheme)
    if width == WIDEST:
        end = "return document.querySelector('.first').getBoundingClientRect().bottom + scrollY"
        assert browser.script(end) <= 900


def _fits_and_is_silent(browser: Browser, url: str, width: int, height: int, scheme: str) -> None:
    browser.emulate(width, height, scheme)
    browser.open(url)
    assert browser.script(OVERFLOWING) == []
    browser.script("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    assert browser.script(OVERFLOWING) == []
    assert browser.script("return performance.getEntriesByType('resource').map(e => e.name)") == []
    assert browser.messages() == []


def test_the_answer_and_its_plot_fit_the_first_screen(
    browser: Browser, urls: dict[str, str]
) -> None:
    browser.emulate(1440, 900, "light")
    browser.open(urls["quiet"])
    end = browser.script("return document.querySelector('.first').getBoundingClientRect().bottom")
    assert end <= 900


def test_a_link_to_a_change_opens_it(browser: Browser, urls: dict[str, str]) -> None:
    browser.emulate(1440, 900, "light")
    browser.open(urls["quiet"])
    target = browser.script("return '#' + document.querySelector('#change-list > li').id")
    browser.open("about:blank")
    browser.open(urls["quiet"] + target)
    assert browser.script(
        "return document.querySelector(arguments[0]).firstElementChild.open", target
    )


def test_the_changes_can_be_filtered_and_sorted(browser: Browser, urls: dict[str, str]) -> None:
    browser.emulate(1440, 900, "light")
    browser.open(urls["quiet"])
    visible = (
        "return [...document.querySelectorAll('#change-list > li')].filter(e => !e.hidden).length"
    )
    assert browser.script(visible) == 81
    choose = (
        "const e = document.getElementById(arguments[0]); e.value = arguments[1];"
        "e.dispatchEvent(new Event('input', {bubbles: true}));"
        "e.dispatchEvent(new Event('change', {bubbles: true}));"
    )
    browser.script(choose, "f-label", "ai")
    assert browser.script(visible) == 40
    browser.script(choose, "f-text", "step 42")
    assert browser.script(visible) == 1
    assert (
        browser.script("return document.getElementById('f-count').textContent") == "1 of 81 shown"
    )
    browser.script(choose, "f-sort", "time")
    times = browser.script(
        "return [...document.querySelectorAll('#change-list > li')].map(e => +e.dataset.t)"
    )
    assert times == sorted(times, reverse=True)


def test_the_keyboard_alone_opens_a_change(browser: Browser, urls: dict[str, str]) -> None:
    browser.emulate(1440, 900, "light")
    for _ in range(3):  # a key that comes before the page has the focus goes nowhere
        browser.open(urls["quiet"])
        browser.keys(TAB)
        if browser.script("return document.activeElement.className") == "skip":
            break
    assert browser.script("return document.activeElement.className") == "skip"
    browser.script("document.getElementById('f-sort').focus()")
    browser.keys(TAB, TAB, ENTER)
    assert browser.script("return document.activeElement.tagName") == "SUMMARY"
    assert browser.script("return document.activeElement.parentElement.open")


CHOOSE = (
    "const e = document.getElementById(arguments[0]); e.value = arguments[1];"
    "e.dispatchEvent(new Event('input', {bubbles: true}));"
)
VISIBLE = "return [...document.querySelectorAll('#change-list > li')].filter(e => !e.hidden).length"


def test_filters_stand_in_the_fragment_and_come_back_from_it(
    browser: Browser, urls: dict[str, str]
) -> None:
    browser.open(urls["quiet"])
    browser.script(CHOOSE, "f-path", "pkg/part_3/")
    browser.script(CHOOSE, "f-label", "arm-other")
    shown = browser.script(VISIBLE)
    assert 0 < shown < 40
    address = browser.script("return location.href")
    assert address.endswith("#changes:path=pkg%2Fpart_3%2F&label=arm-other")
    browser.open("about:blank")
    browser.open(address)
    assert browser.script(VISIBLE) == shown
    assert browser.script("return document.getElementById('f-path').value") == "pkg/part_3/"
    browser.script("document.getElementById('f-clear').click()")
    assert browser.script(VISIBLE) == 81


def test_a_count_leads_to_the_changes_behind_it(browser: Browser, urls: dict[str, str]) -> None:
    browser.open(urls["quiet"])
    found = browser.script(
        "const link = document.querySelector('.scope a.chip'); link.click();"
        "return +link.textContent.split(' ')[0].replace(/,/g, '')"
    )
    assert browser.script("return document.getElementById('f-label').value").startswith("compared-")
    assert browser.script(VISIBLE) == found


def test_tables_sort_by_keyboard_and_say_so(browser: Browser, urls: dict[str, str]) -> None:
    browser.open(urls["quiet"])
    head = "document.querySelector('#hotspots thead').rows[0].cells[2]"
    column = (
        "return [...document.querySelectorAll('#hotspots tbody tr')]"
        ".map(row => +row.cells[2].textContent.replace(/,/g, ''))"
    )
    browser.script(f"{head}.querySelector('button').focus()")
    for direction, is_down in (("descending", True), ("ascending", False)):
        browser.keys(ENTER)
        assert browser.script(f"return {head}.getAttribute('aria-sort')") == direction
        values = browser.script(column)
        assert values == sorted(values, reverse=is_down)


def test_a_link_to_a_hidden_change_shows_it(browser: Browser, urls: dict[str, str]) -> None:
    browser.open(urls["quiet"])
    browser.script(CHOOSE, "f-text", "nothing is called this")
    assert browser.script(VISIBLE) == 0
    target = browser.script("return document.querySelector('#change-list > li').id")
    browser.script("location.hash = arguments[0]", target)
    assert browser.script("return !document.getElementById(arguments[0]).hidden", target)


def test_it_can_be_read_without_its_script(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> None:
    source = REPORT_FORMATS["html"].render(quiet_report())
    start, end = source.index("<script>"), source.index("</script>")
    file = tmp_path_factory.mktemp("still") / "page.html"
    file.write_text(source[:start] + source[end:], encoding="utf-8")
    browser.open(file.as_uri())
    assert browser.script("return document.querySelectorAll('#change-list > li').length") == 81
    assert browser.script("return document.querySelectorAll('svg[role=img]').length") >= 4
    assert browser.script("return document.querySelector('form.filters').hidden")
