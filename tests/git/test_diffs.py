"""The stream parser: bytes in, values out; and what it reads of real git is what git counts."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.base.model import FileMode, FileStatus, Hunk
from scanner.git.diffs import DiffFormatError, parse_pairs, parse_raw_pairs, parse_single

OLD, NEW, ZERO = "a" * 40, "b" * 40, "0" * 40
TREES = f"{'1' * 40} {'2' * 40}\n".encode()
OTHER_TREES = f"{'2' * 40} {'3' * 40}\n".encode()


def raw(
    status: str, *paths: str, modes: str = "100644 100644", oids: str = f"{OLD} {NEW}"
) -> bytes:
    names = "".join(f"{path}\0" for path in paths)
    return f":{modes} {oids} {status}\0{names}".encode("utf-8", "surrogateescape")


def patch(*body: str) -> bytes:
    lines = ("diff --git a/x.py b/x.py", f"index {OLD}..{NEW} 100644", "--- a/x.py", "+++ b/x.py")
    return "".join(f"{line}\n" for line in (*lines, *body)).encode()


MODIFIED = raw("M", "x.py") + b"\0" + patch("@@ -3,2 +3 @@ def f():", "-a", "-b", "+c")
MODIFIED_HUNKS = (Hunk(2, 2, 2, 1),)


def one(stream: bytes) -> tuple[object, ...]:
    (change,) = parse_single([stream])
    return change.status, change.path, change.hunks, change.is_binary, change.problem


HUNK_HEADERS = [
    ("@@ -1 +1 @@", Hunk(0, 1, 0, 1)),
    ("@@ -0,0 +1,3 @@", Hunk(0, 0, 0, 3)),
    ("@@ -1,3 +0,0 @@", Hunk(0, 3, 0, 0)),
    ("@@ -5,0 +6,2 @@ class A:", Hunk(5, 0, 5, 2)),
    ("@@ -5,2 +4,0 @@ @@ -9,9 +9,9 @@", Hunk(4, 2, 4, 0)),
    ("@@ -12345678,1 +2 @@", Hunk(12345677, 1, 1, 1)),
]


@pytest.mark.parametrize(("header", "hunk"), HUNK_HEADERS)
def test_a_hunk_counts_the_lines_before_it(header: str, hunk: Hunk) -> None:
    (change,) = parse_single([raw("M", "x.py") + b"\0" + patch(header, "-x", "+y")])
    assert change.hunks == (hunk,)


CONTENT_THAT_LOOKS_LIKE_HEADERS = [
    "-@@ -1 +1 @@",
    "+@@ -1,7 +1,7 @@",
    "-diff --git a/x b/x",
    "--- a/x.py",
    "+++ b/x.py",
    "-- @@ -1 +1 @@",
    "+" + TREES.decode().strip(),
    "+Binary files a and b differ",
    "\\ No newline at end of file",
    "+carriage return\r@@ -9 +9 @@",
    "+form feed\x0c@@ -9 +9 @@",
    "+next line\x85@@ -9 +9 @@",
]


@pytest.mark.parametrize("line", CONTENT_THAT_LOOKS_LIKE_HEADERS)
def test_content_is_left_alone(line: str) -> None:
    pair = raw("M", "x.py") + b"\0" + patch("@@ -3,2 +3 @@", line)
    first, second = parse_pairs([TREES + pair + OTHER_TREES + MODIFIED], [TREES, OTHER_TREES])
    assert [change.hunks for change in first] == [MODIFIED_HUNKS]
    assert [change.hunks for change in second] == [MODIFIED_HUNKS]


CHANGES = [
    ("nothing", b"", ()),
    (
        "added, empty",
        raw("A", "x.py", modes="000000 100644", oids=f"{ZERO} {NEW}") + b"\0" + patch(),
        (FileStatus.ADDED, "x.py", (), False, None),
    ),
    (
        "pure rename",
        raw("R100", "old.py", "new.py") + b"\0" + patch("similarity index 100%"),
        (FileStatus.RENAMED, "new.py", (), False, None),
    ),
    (
        "binary content",
        raw("M", "x.py") + b"\0" + patch("@@ -1 +1 @@", "-\0", "+\0"),
        (FileStatus.MODIFIED, "x.py", (Hunk(0, 1, 0, 1),), True, None),
    ),
    (
        "too large to compare",
        raw("M", "x.py") + b"\0" + patch("Binary files a/x.py and b/x.py differ"),
        (FileStatus.MODIFIED, "x.py", (), True, None),
    ),
    (
        "link to file",
        raw("T", "x.py", modes="120000 100644")
        + b"\0"
        + patch("@@ -1 +0,0 @@", "-target")
        + patch("@@ -0,0 +1,2 @@", "+a", "+b"),
        (FileStatus.TYPE_CHANGED, "x.py", (Hunk(0, 1, 0, 2),), False, None),
    ),
    (
        "any bytes in a path",
        raw("M", 'a\n"\udcff\t.py') + b"\0" + patch("@@ -3,2 +3 @@", "-a"),
        (FileStatus.MODIFIED, 'a\n"\udcff\t.py', MODIFIED_HUNKS, False, None),
    ),
]


@pytest.mark.parametrize(("stream", "expected"), [case[1:] for case in CHANGES], ids=lambda _: "")
def test_changes(stream: bytes, expected: tuple[object, ...]) -> None:
    assert (one(stream) if stream else parse_single([b""])) == expected


def test_a_conflict_is_a_problem_and_has_no_object() -> None:
    stream = (
        raw("U", "x.py", modes="100644 000000", oids=f"{OLD} {ZERO}")
        + raw("U", "y.py", modes="000000 000000", oids=f"{ZERO} {ZERO}")
        + raw("M", "z.py")
        + b"\0* Unmerged path x.py\n* Unmerged path y.py\n"
        + patch("@@ -3,2 +3 @@", "-a", "-b", "+c")
    )
    known, unknown, modified = parse_single([stream])
    assert (known.before.blob if known.before else None, unknown.before) == (OLD, None)
    assert [change.after.blob for change in (known, unknown) if change.after] == [ZERO, ZERO]
    assert known.problem is not None
    assert "conflict" in known.problem.reason
    assert modified.hunks == MODIFIED_HUNKS


def test_modes_and_objects_are_kept() -> None:
    stream = raw("M", "x.py", modes="100644 100755", oids=f"{OLD} {OLD}") + b"\0" + patch()
    (change,) = parse_single([stream])
    assert change.before is not None
    assert change.after is not None
    assert (change.before.mode, change.after.mode) == (FileMode.REGULAR, FileMode.EXECUTABLE)
    assert change.before.blob == change.after.blob == OLD


def test_entries_without_patches() -> None:
    blocks = [TREES + raw("M", "x.py") + raw("R090", "a.py", "b.py") + OTHER_TREES]
    first, second = parse_raw_pairs(blocks, [TREES, OTHER_TREES])
    assert [change.path for change in first] == ["x.py", "b.py"]
    assert second == ()


BROKEN = [
    ("another pair", OTHER_TREES + MODIFIED),
    ("no end of entries", TREES + raw("M", "x.py") + patch()),
    ("unknown status", TREES + raw("X", "x.py") + b"\0" + patch()),
    ("unknown mode", TREES + raw("M", "x.py").replace(b"100644", b"100645") + b"\0" + patch()),
    ("5,000 digits", TREES + raw("M", "x.py") + b"\0" + patch("@@ -" + "9" * 5_000 + " +1 @@")),
    ("half an entry", TREES + raw("M", "x.py")[:-3]),
    ("ends in a patch", TREES + raw("M", "x.py") + raw("M", "y.py") + b"\0" + patch()),
]


@pytest.mark.parametrize("stream", [case[1] for case in BROKEN], ids=[case[0] for case in BROKEN])
def test_what_git_does_not_write_is_refused(stream: bytes) -> None:
    with pytest.raises(DiffFormatError):
        list(parse_pairs([stream], [TREES]))


def test_a_pair_that_git_fails_on_is_not_given_out() -> None:
    def failing() -> Iterator[bytes]:
        yield TREES + MODIFIED + OTHER_TREES + MODIFIED
        raise RuntimeError("git died")

    flow = parse_pairs(failing(), [TREES, OTHER_TREES])
    assert next(flow)[0].hunks == MODIFIED_HUNKS
    with pytest.raises(RuntimeError):
        next(flow)


@given(st.randoms(use_true_random=False), st.integers(1, 40))
def test_any_cut_into_blocks_reads_the_same(source: random.Random, size: int) -> None:
    stream = b"".join(
        [
            TREES,
            raw("M", "x.py")
            + raw("T", "l.py", modes="120000 100644")
            + raw("R080", "a.py", "b.py"),
            b"\0" + patch("@@ -3,2 +3 @@", "-diff --git ", "-@@ -1 +1 @@", "+" + "c" * 90),
            patch("@@ -1 +0,0 @@", "-t") + patch("@@ -0,0 +1,2 @@", "+a", "+\0"),
            patch("@@ -7,0 +8 @@", "+x", "@@ -70,0 +72,5 @@ def", *["+y"] * 5),
            OTHER_TREES,
            MODIFIED,
        ]
    )
    blocks = []
    position = 0
    while position < len(stream):
        step = source.randint(1, size)
        blocks.append(stream[position : position + step])
        position += step
    headers = [TREES, OTHER_TREES]
    assert list(parse_pairs(blocks, headers)) == list(parse_pairs([stream], headers))
