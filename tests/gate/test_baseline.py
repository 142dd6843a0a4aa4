"""A baseline knows its findings again after files, folders and functions got other names."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scanner.base.model import CopyOf, Dimension, Finding, Growth, Place, Severity, Span
from scanner.gate.baseline import (
    baseline_of,
    compare,
    content_digest,
    grown,
    read_baseline,
    set_known_aside,
    write_baseline,
)


def finding(path: str, unit: str, after: int = 20) -> Finding:
    return Finding(
        dimension=Dimension.COMPLEXITY,
        rule="complexity.cognitive",
        place=Place(path, Span(1, 9), unit),
        points=5,
        severity=Severity.WARNING,
        message="",
        hint="",
        evidence=Growth("cognitive", None, after, 15),
    )


def copy(path: str, unit: str, original: str) -> Finding:
    evidence = CopyOf("exact", Place(original, Span(1, 9), "load"), 1.0, 9, 8, False)
    return replace(
        finding(path, unit), rule="duplication.exact", evidence=evidence,
        discriminator=f"{original}:load",
    )  # fmt: skip


CODE = {"load": "one", "save": "two", "read": "one"}


def content_of(one: Finding) -> str:
    return CODE.get(one.place.unit, "")


OLD = (finding("a.py", "load"), finding("a.py", "save"), copy("b.py", "load", "a.py"))

#: What the tree has now, how many of it are new, and how many entries are gone.
TREES: dict[str, tuple[tuple[Finding, ...], int, int]] = {
    "nothing changed": (OLD, 0, 0),
    "one more": ((*OLD, finding("c.py", "other")), 1, 0),
    "one fewer": (OLD[1:], 0, 1),
    "grown": ((finding("a.py", "load", 30), *OLD[1:]), 1, 0),
    "the file renamed": (
        (finding("z.py", "load"), finding("z.py", "save"), copy("b.py", "load", "z.py")), 0, 0,
    ),
    "the folder renamed": (
        (finding("p/a.py", "load"), finding("p/a.py", "save"), copy("p/b.py", "load", "p/a.py")),
        0, 0,
    ),
    "the function renamed": ((finding("a.py", "read"), *OLD[1:]), 0, 0),
    "the function renamed, and worse": ((finding("a.py", "read", 30), *OLD[1:]), 1, 1),
    "another in place of one": ((finding("a.py", "other"), *OLD[1:]), 1, 1),
    "one there, and its like elsewhere": ((*OLD, finding("z.py", "load")), 1, 0),
}  # fmt: skip


@pytest.mark.parametrize("case", TREES.values(), ids=TREES)
def test_a_tree_against_its_baseline(case: tuple[tuple[Finding, ...], int, int]) -> None:
    now, new, gone = case
    known = read_baseline(write_baseline(baseline_of(OLD, content_of).values()), "baseline")
    found = compare(now, known, content_of)
    assert (len(found.new), len(found.gone)) == (new, gone)
    again = compare(now, {entry.fingerprint: entry for entry in found.kept}, content_of)
    assert (again.new, again.gone) == (found.new, ())


def test_an_older_baseline_is_read_and_follows_files() -> None:
    old = write_baseline(baseline_of(OLD).values())
    assert all(line.count("\t") == 5 for line in old.splitlines()[1:])
    moved = (finding("z.py", "load"), finding("z.py", "save"), copy("b.py", "load", "z.py"))
    found = compare(moved, read_baseline(old, "baseline"), content_of)
    assert (found.new, found.gone) == ((), ())


def test_an_older_baseline_that_took_the_module_for_its_only_function() -> None:
    old = baseline_of([finding("a.py", "<module>")])
    found = compare([finding("a.py", "load")], old, content_of)
    assert (found.new, found.gone) == ((), ())
    assert [entry.unit for entry in found.kept] == ["load"]


def test_a_change_that_renames_brings_nothing_new() -> None:
    known = baseline_of(OLD)
    new, aside = set_known_aside(
        [finding("z.py", "read")], known, lambda _path, _unit: ("a.py", "load")
    )
    assert (new, len(aside)) == ((), 1)
    assert set_known_aside([finding("z.py", "load")], known)[1] == ()


def test_a_baseline_that_follows_a_rename_lets_no_more_pass() -> None:
    before, after = baseline_of([finding("a.py", "load")]), baseline_of([finding("z.py", "load")])
    assert grown(before, after, lambda _path, unit: ("a.py", unit)) == ()
    assert len(grown(before, after)) == 1
    worse = baseline_of([finding("z.py", "load", 30)])
    assert len(grown(before, worse, lambda _path, unit: ("a.py", unit))) == 1


def test_content_is_the_code_less_its_name_and_layout() -> None:
    digest = content_digest(["def load(x):", "    return load(x - 1)"], "A.load")
    assert digest == content_digest(["  def read(x):", "      return read(x - 1)"], "B.read#2")
    assert digest != content_digest(["def load(x):", "    return load(x - 2)"], "A.load")
