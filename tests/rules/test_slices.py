"""Slices say what whole files say, whatever of a file was known before."""

from __future__ import annotations

import sysconfig
from pathlib import Path

import pytest

from benchmarks.rules.agreement import Cache, compare, halved, hits, read
from scanner.rulepacks.command import Mode
from scanner.rulepacks.packs import default_folder, load_default_packs, make_rule_set
from scanner.rulepacks.slices import cut, page
from scanner.rulepacks.testing import without_paths
from tests.rules.sources import REQUESTS, MemoryCache, Sources, rule_set

FILE = """import requests


class Client:
    @property
    def one(self):
        return requests.get(1)

    def two(self):
        return requests.get(2)


def three():
    return requests.get(3)
"""


@pytest.mark.parametrize("chosen", [[2], [1, 3], [0, 2], [0, 1, 2, 3]])
def test_a_page_holds_what_was_chosen_and_knows_its_lines(chosen: list[int]) -> None:
    slices = cut(FILE.encode())
    assert slices is not None
    shown = page(FILE.encode(), [slices[number] for number in chosen])
    compile(shown.text, "shown", "exec")
    lines = FILE.split("\n")
    for line, number in zip(shown.text.split("\n"), shown.lines, strict=False):
        assert line in (lines[number - 1], "    ...", "...")
    for number in (1, 2, 3):
        assert (f"requests.get({number})" in shown.text) is (number in chosen)
    assert ("class Client" in shown.text) is (chosen != [3])


def test_a_comment_above_a_function_speaks_for_it_whatever_else_is_shown() -> None:
    above = FILE.replace("    def two", "    # nosemgrep\n    def two")
    ordinary, spoken_for = cut(FILE.encode()), cut(above.encode())
    assert ordinary is not None
    assert spoken_for is not None
    assert "nosemgrep" in spoken_for[2].text
    assert "nosemgrep" in page(above.encode(), [spoken_for[2]]).text
    assert [one.text for one in ordinary[3:]] == [one.text for one in spoken_for[3:]]


def test_what_is_known_of_a_function_is_put_where_it_stands_now() -> None:
    rules = rule_set(f"# by-function\n{REQUESTS}")
    sources, cache = Sources(), MemoryCache()
    from scanner.rulepacks.run import match_rules

    match_rules([sources.add("a.py", FILE)], sources.read, rules, cache)
    moved = sources.add("a.py", FILE.replace("class Client", "X = 1\n\n\nclass Client"))
    found = match_rules([moved], sources.read, rules, cache).of(moved)
    assert [hit.span.first for hit in found.hits] == [10, 13, 17]


@pytest.mark.slow
def test_slices_and_modes_agree_on_real_code() -> None:
    library = Path(sysconfig.get_path("stdlib"))
    names = ("asyncio/tasks", "pickle")
    files = [library / f"{name}.py" for name in names if (library / f"{name}.py").is_file()]
    assert compare(read(files, library), make_rule_set(load_default_packs())) == []


@pytest.mark.slow
def test_slices_and_modes_agree_on_what_the_rules_are_tested_with() -> None:
    """Every rule hits there, so one that is kept from a text that it could hit is found out."""
    folder = default_folder()
    versions = read(sorted(folder.glob("[a-z]*.py")), folder)
    assert compare(versions, without_paths(make_rule_set(load_default_packs()))) == []


def test_a_function_is_judged_alike_with_and_without_the_others() -> None:
    library = Path(sysconfig.get_path("stdlib"))
    versions = read([library / "shutil.py"], library)
    rules, cache = make_rule_set(load_default_packs()), Cache()
    hits(halved(versions), rules, Mode.FAST, cache)
    assert hits(versions, rules, Mode.FAST, cache) == hits(versions, rules, Mode.FAST)
