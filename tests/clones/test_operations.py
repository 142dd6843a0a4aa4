"""Line operations: what is moved, replaced and copied, and that all sums are git's own."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from fixtures.repository import RepositoryBuilder
from scanner.base.model import LineOperations
from scanner.scoring.change import ChangedFile, added_code_lines
from scanner.scoring.moves import Moves
from scanner.scoring.operations import line_operations, moved_lines
from tests.clones.changes import Tree, change_between, two_commits

LOAD = """\
def load(path, encoding):
    with open(path, encoding=encoding) as stream:
        rows = [line.split() for line in stream]
    # empty rows tell nothing
    return [row for row in rows if row]
"""
SAVE = """\
def save(path, rows):
    text = "\\n".join(" ".join(row) for row in rows)
    with open(path, "w") as stream:
        stream.write(text)
"""
INDENTED = "class Store:\n" + "".join(
    f"    {line}\n" if line else "\n" for line in SAVE.split("\n")
)


#: The body of `save`, and a head for it; what goes between them is one level deep.
BODY = "\n".join(line[4:] for line in SAVE.split("\n")[1:])
ASYNC = "async def save(path, rows):\n    {}\n"

TWO = "first = compute_one(1)\nsecond = compute_two(2)\n"
LONG = "    entry = bank.open_entry(order.customer, clock.now(), currency=order.currency)\n"
WRAPPED = """\
        entry = bank.open_entry(
            order.customer,
            clock.now(),
            currency=order.currency,
        )
"""


def deeper(text: str, head: str) -> str:
    """The text as the body of a block."""
    return head + "".join(f"    {line}\n" if line else "\n" for line in text.split("\n")[:-1])


def changed(folder: Path, before: Tree, after: Tree) -> list[ChangedFile]:
    return two_commits(folder, before, after)[0]


NOT_MOVED: dict[str, tuple[Tree, Tree]] = {
    "a line that says little, elsewhere": (
        {"a.py": "def f(x):\n    return x\n", "b.py": "x = 1\n"},
        {"a.py": "def f(x):\n    pass\n", "b.py": "x = 1\ndef g(x):\n    return x\n"},
    ),
    "two lines that stand twice where they were removed": (
        {"a.py": "x = 1\n" + TWO + "y = 1\n" + TWO, "b.py": "x = 1\n"},
        {"a.py": "x = 1\ny = 1\n", "b.py": "x = 1\n" + TWO},
    ),
    "two lines that stand twice where they were added": (
        {"a.py": "x = 1\n" + TWO, "b.py": "x = 1\n"},
        {"a.py": "x = 1\n", "b.py": "x = 1\n" + TWO, "c.py": "y = 1\n" + TWO},
    ),
    "another body of one shape in place": (
        {"a.py": "def f(a):\n    b = one(a)\n    c = two(b)\n    d = three(c)\n"},
        {"a.py": "def f(a):\n    e = four(a)\n    g = five(e)\n    h = six(g)\n"},
    ),
    "the tokens of one statement in another order": (
        {"a.py": "total = first_price + second_price\n"},
        {"a.py": "total = (\n    second_price\n    + first_price\n)\n"},
    ),
    "a string whose white space is another": (
        {"a.py": "text = call('one two')\n"},
        {"a.py": "text = call(\n    'one  two',\n)\n"},
    ),
    "brackets are no block": (
        {"a.py": "a = [\n  [\n    [\n      1\n]\n]\n]\n", "b.py": "b = 2\n"},
        {"a.py": "a = 1\n", "b.py": "b = [\n [\n  [\n   2\n]\n]\n]\n"},
    ),
    "a copy whose original stays": ({"a.py": LOAD}, {"a.py": LOAD, "b.py": LOAD}),
    "docstring lines": (
        {"a.py": '"""\none line of many words\nanother line of words\nthird of them\n"""\nx = 1\n'},
        {
            "a.py": "x = 1\n",
            "b.py": 'def f():\n    """Says.\n\n    one line of many words\n'
            '    another line of words\n    third of them\n    """\n',
        },
    ),
    "a renamed file": ({"a.py": LOAD}, {"a.py": None, "b.py": LOAD}),
}

MOVED: dict[str, tuple[Tree, Tree, int]] = {
    "to another file": ({"a.py": LOAD + SAVE}, {"a.py": LOAD, "b.py": "x = 1\n" + SAVE}, 4),
    "within a file": (
        {"a.py": LOAD + "\n\n" + SAVE + "\nlast = load\n"},
        {"a.py": SAVE + "\n\n" + LOAD + "\nlast = load\n"},
        4,
    ),
    "a single line that says enough": (
        {"a.py": "x = 1\nreturned = compute_one(1)\n", "b.py": "y = 1\n"},
        {"a.py": "x = 1\n", "b.py": "y = 1\nreturned = compute_one(1)\n"},
        1,
    ),
    "under with, in place": ({"a.py": LOAD}, {"a.py": deeper(LOAD, "with lock:\n")}, 5),
    "under try, with a handler below": (
        {"a.py": LOAD},
        {"a.py": deeper(LOAD, "try:\n") + "except OSError:\n    raise Broken from None\n"},
        5,
    ),
    "under async with, made async": (
        {"a.py": SAVE},
        {"a.py": ASYNC.format("async with lock:") + deeper(deeper(BODY, ""), "")},
        3,
    ),
    "out of async with": (
        {"a.py": ASYNC.format("async with lock:") + deeper(deeper(BODY, ""), "")},
        {"a.py": ASYNC.format("").rstrip() + "\n" + deeper(BODY, "")},
        3,
    ),
    "under async for": (
        {"a.py": ASYNC.format("").rstrip() + "\n" + deeper(BODY, "")},
        {"a.py": ASYNC.format("async for path in paths:") + deeper(deeper(BODY, ""), "")},
        3,
    ),
    "under match and case": (
        {"a.py": SAVE},
        {
            "a.py": SAVE.split("\n", maxsplit=1)[0]
            + "\n    match path:\n        case str():\n"
            + deeper(deeper(deeper(BODY, ""), ""), "")
        },
        3,
    ),
    "under a condition, two lines only": (
        {"a.py": "def f(x):\n    go(x)\n    return x\n"},
        {"a.py": "def f(x):\n    if x:\n        go(x)\n        return x\n"},
        2,
    ),
    "into a factory": (
        {"a.py": SAVE},
        {"a.py": deeper(SAVE, "def factory(mode):\n") + "    return save\n"},
        4,
    ),
    "into a class in place, with self": (
        {"a.py": SAVE},
        {"a.py": deeper(SAVE.replace("save(path", "save(self, path"), "class Store:\n")},
        3,
    ),
    "out of a class, in place": ({"a.py": INDENTED}, {"a.py": SAVE}, 4),
    "out of a block that became a guard": (
        {"a.py": "def f(x):\n    if x:\n" + deeper(deeper(LOAD, ""), "")},
        {"a.py": "def f(x):\n    if not x:\n        return\n" + deeper(LOAD, "")},
        5,
    ),
    "a docstring indented with its function": (
        {"a.py": 'def f():\n    """Says.\n\n    More.\n    """\n    return one_thing\n'},
        {
            "a.py": "class A:\n    def f():\n"
            '        """Says.\n\n        More.\n        """\n        return one_thing\n'
        },
        5,
    ),
    "tabs made spaces": (
        {"a.py": "def f(x):\n\tgo_on(x)\n\treturn x\n"},
        {"a.py": "def f(x):\n    go_on(x)\n    return x\n"},
        2,
    ),
    "into a class": ({"a.py": LOAD + SAVE}, {"a.py": LOAD, "b.py": INDENTED}, 4),
    "with the comment inside": ({"a.py": LOAD + SAVE}, {"a.py": SAVE, "b.py": "x = 1\n" + LOAD}, 5),
    "with another comment inside": (
        {"a.py": LOAD + SAVE},
        {"a.py": SAVE, "b.py": "x = 1\n" + LOAD.replace("empty rows tell nothing", "no empty")},
        4,
    ),
    "once, though it stands twice now": (
        {"a.py": LOAD + SAVE},
        {"a.py": LOAD, "b.py": "x = 1\n" + SAVE, "c.py": "y = 1\n" + SAVE},
        4,
    ),
}


@pytest.mark.parametrize("case", NOT_MOVED.values(), ids=NOT_MOVED)
def test_leaves_alone(case: tuple[Tree, Tree], tmp_path: Path) -> None:
    assert moved_lines(changed(tmp_path, *case)) == Moves()


@pytest.mark.parametrize("case", MOVED.values(), ids=MOVED)
def test_moved(case: tuple[Tree, Tree, int], tmp_path: Path) -> None:
    before, after, count = case
    files = changed(tmp_path, before, after)
    moves = moved_lines(files)
    assert sum(map(len, moves.added.values())) == sum(map(len, moves.deleted.values())) == count
    assert line_operations(files, moves, {}).moved == count
    for block in moves.blocks:
        old = next(f.before for f in files if f.path_before == block.source)
        new = next(f.after for f in files if f.path == block.target)
        assert old is not None
        assert new is not None
        pairs = zip(block.source_lines, block.target_lines, strict=True)
        assert all(old.lines[a - 1].split() == new.lines[b - 1].split() for a, b in pairs)


RELAID: dict[str, tuple[Tree, Tree, set[int]]] = {
    "wrapped, as it is indented": (
        {"a.py": "def f(order, bank, clock):\n    start(order)\n" + LONG},
        {
            "a.py": "def f(order, bank, clock):\n    with bank.lock:\n        start(order)\n"
            + WRAPPED
        },
        {2},
    ),
    "wrapped alone under a new head": (
        {"a.py": "def f(order, bank, clock):\n" + LONG},
        {"a.py": "def f(order, bank, clock):\n    with bank.lock:\n" + WRAPPED},
        {2},
    ),
    "joined, as it goes out of a block": (
        {"a.py": "def f(order, bank, clock):\n    with bank.lock:\n" + WRAPPED},
        {"a.py": "def f(order, bank, clock):\n" + LONG},
        set(),
    ),
    "wrapped, and one argument more": (
        {"a.py": "def f(order, bank, clock):\n    start(order)\n" + LONG},
        {
            "a.py": "def f(order, bank, clock):\n    with bank.lock:\n        start(order)\n"
            + WRAPPED.replace("clock.now(),", "clock.now(),\n            True,")
        },
        {2, 4, 5, 6, 7, 8, 9},
    ),
}


@pytest.mark.parametrize("case", RELAID.values(), ids=RELAID)
def test_statements_laid_out_anew_are_no_added_code(
    case: tuple[Tree, Tree, set[int]], tmp_path: Path
) -> None:
    before, after, new = case
    files = changed(tmp_path, before, after)
    moves = moved_lines(files)
    assert set(added_code_lines(files, moves.old_where_added).get("a.py", ())) == new
    line_operations(files, moves, {})


def test_moved_lines_are_no_added_code_lines(tmp_path: Path) -> None:
    files = changed(tmp_path, {"a.py": LOAD + SAVE}, {"a.py": LOAD, "b.py": "x = 1\n" + SAVE})
    assert added_code_lines(files, moved_lines(files).old_where_added) == {"b.py": frozenset({1})}


def test_blank_lines_comments_and_docstrings_are_no_code(tmp_path: Path) -> None:
    text = '"""Says what."""\n\n# why\nx = 1\n\n\ndef f():\n    """Says."""\n    return x\n'
    files = changed(tmp_path, {"z.py": "z = 1\n"}, {"a.py": text})
    assert added_code_lines(files, {}) == {"a.py": frozenset({4, 7, 9})}


OPERATIONS: dict[str, tuple[Tree, Tree, LineOperations]] = {
    "only a mode, only a rename": ({"a.py": LOAD}, {"a.py": None, "b.py": LOAD}, LineOperations()),
    "added": ({"a.py": "x = 1\n"}, {"a.py": "x = 1\ny = 2\n"}, LineOperations(added=1)),
    "deleted": ({"a.py": "x = 1\ny = 2\n"}, {"a.py": "x = 1\n"}, LineOperations(deleted=1)),
    "updated and added": (
        {"a.py": "x = 1\nkeep = 0\n"},
        {"a.py": "x = 10\ny = 2\nkeep = 0\n"},
        LineOperations(updated=1, added=1),
    ),
    "replaced": (
        {"a.py": "a = old(1)\nkeep = 0\nb = old(2)\nkeep = 1\nc = old(x, old)\n"},
        {"a.py": "a = new(1)\nkeep = 0\nb = new(2)\nkeep = 1\nc = new(x, new)\n"},
        LineOperations(replaced=3),
    ),
    "the same substitution twice is an update": (
        {"a.py": "a = old(1)\nkeep = 0\nb = old(2)\n"},
        {"a.py": "a = new(1)\nkeep = 0\nb = new(2)\n"},
        LineOperations(updated=2),
    ),
    "different substitutions are updates": (
        {"a.py": "a = one(1)\nb = two(2)\nc = three(3)\n"},
        {"a.py": "a = uno(1)\nb = due(2)\nc = tre(3)\n"},
        LineOperations(updated=3),
    ),
}


@pytest.mark.parametrize("case", OPERATIONS.values(), ids=OPERATIONS)
def test_operations(case: tuple[Tree, Tree, LineOperations], tmp_path: Path) -> None:
    before, after, expected = case
    files = changed(tmp_path, before, after)
    assert line_operations(files, moved_lines(files), {}) == expected


def test_copied_lines_leave_the_added_ones(tmp_path: Path) -> None:
    files = changed(tmp_path, {"a.py": LOAD}, {"b.py": "x = 1\n" + LOAD})
    counted = line_operations(files, Moves(), {"b.py": frozenset({2, 3, 4, 6})})
    assert counted == LineOperations(added=2, copied=4)


def test_unreadable_files_keep_git_s_counts(tmp_path: Path) -> None:
    builder = RepositoryBuilder(tmp_path / "repo")
    first = builder.commit("Before", {"a.py": "x = 1\n"})
    second = builder.commit("After", {"a.py": "x = 2\ny = 1\n"})
    files = change_between(builder.path, first, second)
    unread = [ChangedFile(file.change, None, None) for file in files]
    assert line_operations(unread, moved_lines(unread), {}) == LineOperations(added=1, updated=1)


def _shuffled(chosen: random.Random, lines: list[str]) -> str:
    """Lines after a few random edits: blocks moved, lines dropped, changed and written twice."""
    for _ in range(chosen.randint(1, 5)):
        at, size = chosen.randrange(len(lines) + 1), chosen.randint(1, 8)
        block = lines[at : at + size]
        match chosen.randrange(4):
            case 0:
                del lines[at : at + size]
                to = chosen.randrange(len(lines) + 1)
                lines[to:to] = block
            case 1:
                del lines[at : at + size]
            case 2:
                lines[at : at + size] = [line.replace("name", "label") for line in block]
            case _:
                lines[at:at] = block
    return "".join(lines)


@pytest.mark.parametrize("seed", range(12))
def test_sums_are_git_s_own(seed: int, tmp_path: Path) -> None:
    chosen = random.Random(seed)  # noqa: S311
    lines = [
        chosen.choice((f"name_{n} = call(name, {n % 9})\n", "\n", "# a comment\n", "last = 1\n"))
        for n in range(60)
    ]
    builder = RepositoryBuilder(tmp_path / "repo")
    first = builder.commit("0", {"a.py": "".join(lines), "b.py": "".join(reversed(lines))})
    second = builder.commit("1", {p: _shuffled(chosen, [*lines]) for p in ("a.py", "b.py", "c.py")})
    files = change_between(builder.path, first, second)
    copied = {file.path: frozenset(chosen.sample(range(1, 60), 20)) for file in files if file.after}
    done = line_operations(files, moved_lines(files), copied)
    numbers = [row.split() for row in builder.git("diff", "--numstat", first, second).splitlines()]
    added = done.added + done.updated + done.moved + done.copied + done.replaced
    deleted = done.deleted + done.updated + done.moved + done.replaced
    assert added == sum(int(row[0]) for row in numbers)
    assert deleted == sum(int(row[1]) for row in numbers)
    assert min(done.added, done.deleted, done.updated, done.moved, done.copied) >= 0
