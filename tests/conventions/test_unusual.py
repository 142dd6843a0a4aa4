"""Counts of what a codebase uses, and how unusual functions are by them."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.analysis.parsing.source import UnitSource
from scanner.analysis.usage import TEXTURE, Usage, read_usage
from scanner.base.model import DeviationPart, UnitKind
from scanner.conventions.percentiles import FEWEST_COMPARED, LastChanges, Reference
from scanner.conventions.unusual import (
    Lines,
    MeasuredUnits,
    PartSum,
    names,
    naturalness,
    token_logs,
)
from scanner.conventions.usage_counts import UsageCounts

ALL = Lines(frozenset(range(100)), is_new=True)


def usage(text: str) -> Usage:
    read = read_usage(UnitSource(UnitKind.FUNCTION, text))
    assert isinstance(read, Usage)
    return read


SEEN = usage("def load(path):\n    with open(path) as file:\n        return json.load(file)\n")
STRANGE = usage("def melt(wax):\n    for drip in wax.candles:\n        yield drip << 3\n")
OTHER = usage("class Part(Base):\n    name: str = ''\n")

NAMES = [
    ("def f(): pass", {"verb f", "signature none", "word f"}),
    ("def get_all_rows(): pass", {"verb get", "ending rows", "word all"}),
    ("def f(): requests.get(url, timeout=3)", {"call get", "use requests.get", "keyword timeout"}),
    ("def f(self): self.go()", {"call go", "use go", "signature self, none"}),
    (
        "def f():\n    try:\n        g()\n    except (A, b.C):\n        raise",
        {"catch C", "catch A"},
    ),
    ("def f():\n    try:\n        g()\n    except:\n        raise D()", {"catch everything"}),
    ("@app.task(3)\ndef f(): pass", {"decorator app.task"}),
    ("class A(b.C): pass", {"base C"}),
    ("def f():\n    match x:\n        case True | None:\n            g()", {"call g", "name x"}),
    ("def f(x: list[Row]) -> Path: pass", {"type Row", "type Path"}),
    ("from a.b import c", {"import a.b", "import a.b.c"}),
]


@pytest.mark.parametrize(("text", "expected"), NAMES)
def test_names_in_their_roles(text: str, expected: set[str]) -> None:
    assert expected <= set(usage(text).names.split("\n"))


def test_bound_names_are_not_used_from_outside() -> None:
    found = usage("def f(a):\n    b = a\n    return b, c").names.split("\n")
    assert [one for one in found if one.startswith("name ")] == ["name c"]


def test_texture_has_a_size_for_each_thing() -> None:
    assert len(SEEN.texture) == len(TEXTURE)
    deep = usage(
        "def f():\n    if a:\n        for b in c:\n            if d is None:\n                e()"
    )
    assert dict(zip(TEXTURE, deep.texture, strict=True))["levels of nesting"] == 2
    assert dict(zip(TEXTURE, deep.texture, strict=True))["checks for `None`"] == 1


def test_no_order_changes_a_bit() -> None:
    tables = set()
    for order in permutations([("a.py", SEEN), ("b/c.py", STRANGE), ("b/c.py", OTHER)]):
        counts = UsageCounts()
        for path, one in order:
            counts.put(path, [one])
        tables.add(counts.stored().low)
    assert len(tables) == 1


@pytest.mark.parametrize("units", [[], [SEEN], [STRANGE, OTHER], [SEEN, SEEN, OTHER]], ids=len)
def test_taking_out_is_the_opposite_of_putting_in(units: list[Usage]) -> None:
    counts = UsageCounts()
    counts.put("a.py", [SEEN])
    before = counts.stored()
    counts.put("b.py", units)
    counts.take("b.py", units)
    assert counts.stored() == before


def test_a_table_that_was_kept_counts_on() -> None:
    counts = UsageCounts()
    counts.put("a.py", [SEEN] * 300)
    kept = UsageCounts(counts.stored())
    assert naturalness(kept, "a.py", SEEN, ALL) == naturalness(counts, "a.py", SEEN, ALL)
    assert kept.stored() == counts.stored()
    for one in (kept, counts):
        one.put("a.py", [STRANGE])
    assert kept.stored() == counts.stored()


def test_walking_and_looking_up_give_the_same_bits() -> None:
    walked = UsageCounts()
    bodies = (f"    rows[{i}] = key_{i % 7}.load(path, {i}) or none_{i}\n" for i in range(40))
    long = usage("def load_all(path, rows):\n" + "".join(bodies))
    walked.put("app/a.py", [SEEN, OTHER, SEEN])
    walked.put("app/b.py", [long, STRANGE])
    kept = UsageCounts(walked.stored())
    for one in (long, SEEN, STRANGE, OTHER):
        for path in ("app/a.py", "app/c.py", "tests/test_a.py"):
            logs = list(token_logs(walked, path, one))
            assert logs == list(token_logs(kept, path, one))
            assert names(walked, path, one, ALL) == names(kept, path, one, ALL)


def test_what_has_no_tokens_surprises_nobody() -> None:
    counts = UsageCounts()
    counts.put("a.py", [SEEN])
    assert list(token_logs(counts, "a.py", usage('"""Only words."""\n'))) == []


def test_what_was_seen_is_usual_and_nearer_is_more_so() -> None:
    counts = UsageCounts()
    for i in range(6):
        counts.put(f"app/m{i}.py", [SEEN])
    seen, strange = (naturalness(counts, "app/new.py", one, ALL) for one in (SEEN, STRANGE))
    assert seen.millibits / seen.things < strange.millibits / strange.things / 3
    far, near, here = (
        naturalness(counts, path, SEEN, ALL).millibits
        for path in ("lib/new.py", "app/new.py", "app/m0.py")
    )
    assert far > near > here


def test_only_added_lines_count() -> None:
    none = Lines(frozenset(), is_new=False)
    assert naturalness(UsageCounts(), "a.py", SEEN, none) == PartSum()
    lines = {line for line, _ in token_logs(UsageCounts(), "a.py", SEEN)}
    assert lines == {0, 1, 2}


def test_names_are_counted_with_their_units() -> None:
    counts = UsageCounts()
    counts.put("app/a.py", [SEEN, SEEN, OTHER])
    found = {(one.role, one.name): (one.seen, one.of) for one in names(counts, "b.py", SEEN, ALL)}
    assert found["call", "open"] == (2, 3)
    found = {
        (one.role, one.name): (one.seen, one.of) for one in names(counts, "b.py", STRANGE, ALL)
    }
    assert found["verb", "melt"] == (0, 3)


def test_tests_are_not_held_to_code() -> None:
    counts = UsageCounts()
    counts.put("app/a.py", [SEEN])
    (first, *_) = names(counts, "tests/test_a.py", SEEN, ALL)
    assert first.of == 0


def test_what_the_change_defines_is_not_strange_for_being_new() -> None:
    lines = Lines(ALL.added, True, frozenset({"open"}))
    found = {(one.role, one.name) for one in names(UsageCounts(), "a.py", SEEN, lines)}
    assert ("call", "open") not in found
    assert ("call", "load") in found


def function(bits: int) -> MeasuredUnits:
    sums = [PartSum(50, 50 * bits)] * len(DeviationPart)
    return MeasuredUnits("code", *sums)


def test_percentiles_among_the_reference() -> None:
    reference = Reference([function(1000 + 10 * i) for i in range(100)])
    assert reference.score(function(5000)).score == 100.0
    assert reference.score(function(10)).score == 0.0
    assert reference.score(function(1500)).score == pytest.approx(50, abs=1)
    assert {value for _, value in reference.score(function(5000)).parts} == {100.0}


def test_nothing_is_unusual_among_equals() -> None:
    assert Reference([function(1000)] * 50).score(function(1000)).score == 50.0


CHANGES = [[function(1000 + 10 * (7 * i % 100))] * (1 + i % 3) for i in range(100)]


def score_of(*bits: int) -> float:
    return LastChanges(CHANGES).score([function(one) for one in bits]).score


def test_a_change_is_compared_with_changes() -> None:
    known = LastChanges(CHANGES)
    scores = sorted(known.score(change).score for change in CHANGES)
    assert scores == pytest.approx([50 * (2 * i + 1) / 100 for i in range(100)], abs=1.5)


def test_more_strange_functions_are_stranger() -> None:
    assert score_of(1900) < score_of(1900, 1900) <= score_of(*[1900] * 4)
    assert score_of(1500) == pytest.approx(score_of(1500, 1500), abs=5)
    assert score_of(1100) > score_of(1100, 1100)


def test_an_edit_of_a_few_tokens_says_less_than_a_function() -> None:
    known = LastChanges(CHANGES)
    whole, sums = function(1900), [PartSum(5, 5 * 1900)] * len(DeviationPart)
    assert 50 < known.score([MeasuredUnits("code", *sums)]).score < known.score([whole]).score


def test_few_changes_are_compared_function_by_function() -> None:
    one = [function(1000 + 10 * i) for i in range(100)]
    assert LastChanges([one]).score([function(1850)]).score == pytest.approx(85, abs=2)


def test_a_kind_with_few_functions_is_no_reference() -> None:
    few = [function(1000)] * (FEWEST_COMPARED - 1)
    assert LastChanges([few]).functions == {}
    assert LastChanges([]).functions == {}


@given(st.lists(st.integers(0, 9000), min_size=1, max_size=9))
def test_a_score_is_a_percentile(bits: list[int]) -> None:
    assert 0 <= score_of(*bits) <= 100
