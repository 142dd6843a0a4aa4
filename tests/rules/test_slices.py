"""Slices say what whole files say, whatever of a file was known before."""

from __future__ import annotations

import sysconfig
from pathlib import Path

import pytest

from benchmarks.rules.agreement import Cache, compare, halved, hits, read
from scanner.rulepacks.command import Mode
from scanner.rulepacks.packs import load_default_packs, make_rule_set
from scanner.rulepacks.slices import cut, sheet
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


def test_a_sheet_keeps_every_line_at_its_place() -> None:
    slices = cut(FILE.encode())
    assert slices is not None
    shown = sheet(FILE.encode(), [slices[0].lines, slices[2].lines])
    assert len(shown.split("\n")) == len(FILE.split("\n"))
    assert shown.split("\n")[8:10] == FILE.split("\n")[8:10]
    assert "requests.get(1)" not in shown
    assert "requests.get(3)" not in shown
    compile(shown, "shown", "exec")


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
    names = ("argparse", "asyncio/tasks", "http/client", "logging/config", "pickle", "zipfile")
    files = [library / f"{name}.py" for name in names if (library / f"{name}.py").is_file()]
    assert compare(read(files, library)) == []


def test_a_function_is_judged_alike_with_and_without_the_others() -> None:
    library = Path(sysconfig.get_path("stdlib"))
    versions = read([library / "shutil.py"], library)
    rules, cache = make_rule_set(load_default_packs()), Cache()
    hits(halved(versions), rules, Mode.FAST, cache)
    assert hits(versions, rules, Mode.FAST, cache) == hits(versions, rules, Mode.FAST)
