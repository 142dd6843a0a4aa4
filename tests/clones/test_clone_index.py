"""The index: what it gives does not depend on how its state came about."""

from __future__ import annotations

import random

import pytest

from scanner.clones.changes import fingerprinted
from scanner.clones.groups import clone_groups, copied_pairs
from scanner.clones.index import CloneIndex, Postings
from tests.clones.changes import facts_of, index_of, read
from tests.clones.sources import GAPPED, PARSE, RENAMED, REPORT, method_of

SOURCES = (
    PARSE,
    RENAMED,
    GAPPED,
    REPORT,
    PARSE + "\n\n" + REPORT,
    method_of("A", PARSE, REPORT),
    method_of("B", RENAMED, PARSE.replace("parse", "load")),
    "x = 1\n",
    "",
    "import os\n\n\ndef f():\n    return os.sep\n",
)


def add(index: CloneIndex, path: str, source: str) -> None:
    file = read(source)
    index.add(path, fingerprinted(file, facts_of([file])))


@pytest.mark.parametrize("seed", range(8))
def test_any_order_of_steps_gives_the_same(seed: int) -> None:
    chosen = random.Random(seed)  # noqa: S311
    index, tree = CloneIndex(), dict[str, str]()
    for _ in range(40):
        path = f"{chosen.choice('abcdef')}.py"
        if chosen.random() < 0.3:
            index.remove(path)
            tree.pop(path, None)
        else:
            tree[path] = chosen.choice(SOURCES)
            add(index, path, tree[path])
    fresh = index_of(dict(sorted(tree.items())))
    assert set(clone_pairs_of(index)) == set(clone_pairs_of(fresh))
    assert {group.places for group in clone_groups(index)} == {
        group.places for group in clone_groups(fresh)
    }


def clone_pairs_of(index: CloneIndex) -> set[frozenset[object]]:
    return {frozenset((pair.one, pair.other)) for pair in copied_pairs(index)}


def test_nothing_is_left_behind() -> None:
    index = CloneIndex()
    for number, source in enumerate(SOURCES):
        add(index, f"{number}.py", source)
    for number in range(len(SOURCES)):
        index.remove(f"{number}.py")
    index.remove("never.py")
    assert len(index) == 0
    kept = (index._shapes, index._exacts, index._statements, index._wholes)
    assert all(not postings._contents for postings in kept)
    assert not index._contents


def test_postings() -> None:
    postings = Postings()
    for content in ("a", "b", "b", "c"):
        postings.add(1, content)
    assert (postings.count(1), set(postings.get(1))) == (3, {"a", "b", "c"})
    for content in ("a", "c", "never"):
        postings.remove(1, content)
    assert list(postings.get(1)) == ["b"]
    postings.remove(1, "b")
    assert postings.count(1) == 0
    assert list(postings.get(2)) == []


# --------------------------------------------------------------------------- groups


def test_groups_come_by_saving() -> None:
    tree = {"a.py": PARSE, "b.py": RENAMED, "c.py": PARSE, "d.py": REPORT, "e.py": REPORT}
    groups = clone_groups(index_of(tree))
    assert [[place.path for place in group.places] for group in groups] == [
        ["a.py", "b.py", "c.py"],
        ["d.py", "e.py"],
    ]
    assert [(group.type, group.saving) for group in groups] == [("renamed", 20), ("exact", 9)]


def test_no_groups() -> None:
    assert clone_groups(index_of({"a.py": PARSE, "b.py": REPORT, "c.py": ""})) == ()


def test_a_gapped_copy_joins_its_group() -> None:
    (group,) = clone_groups(index_of({"a.py": PARSE, "b.py": PARSE, "c.py": GAPPED}))
    assert [place.path for place in group.places] == ["a.py", "b.py", "c.py"]
    assert group.type == "gapped"
