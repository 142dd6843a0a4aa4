"""Trailers are appended as `git interpret-trailers` does it; git is the oracle."""

from __future__ import annotations

import os
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.attribution.trailers import append_trailer, text_of

TRAILER = "Assisted-by: Claude:unknown"
SCISSORS = "# ------------------------ >8 ------------------------\n"

MESSAGES = {
    "subject": "Fix it\n",
    "subject and body": "Fix it\n\nBecause.\n",
    "body ends in a blank line": "Fix it\n\nBecause.\n\n",
    "a block": "Fix it\n\nBecause.\n\nSigned-off-by: A <a@example.org>\n",
    "a block of two": "Fix it\n\nFixes: #1\nSigned-off-by: A <a@example.org>\n",
    "a block that is not one": "Fix it\n\nBecause: it\nwas broken\n",
    "a mixed block with git's own": "Fix it\n\none\ntwo\nthree\nSigned-off-by: A <a@b>\n",
    "a mixed block with too few": "Fix it\n\none\ntwo\nthree\nfour\nSigned-off-by: A <a@b>\n",
    "a title like a trailer": "Fix: it\n",
    "two lines of title": "Fix: it\nMore: of it\n",
    "a continued trailer": "Fix it\n\nNote: long\n and longer\n",
    "a picked commit": "Fix it\n\n(cherry picked from commit 0123)\n",
    "comments at the end": "Fix it\n\nBecause.\n\n# Please enter\n# a message\n",
    "comments after a block": "Fix it\n\nFixes: #1\n# Please enter\n",
    "comments in the middle": "Fix it\n\n# a comment\n\nBecause.\n",
    "scissors": f"Fix it\n\nBecause.\n{SCISSORS}# Do not touch\ndiff --git a/a b/a\n+Fixes: #1\n",
    "conflicts": "Fix it\n\nBecause.\n\nConflicts:\n\ta.py\n\tb.py\n",
    "a dashed line": "Fix it\n\nBecause.\n\n---\nnot a patch\n",
    "white space lines": "Fix it\n   \nFixes: #1\n",
    "strange separators": "Fix it\n\nBecause\u2028of\x0bthis\x1cand\n",
}


def by_git(message: str) -> str:
    done = subprocess.run(
        ["git", "interpret-trailers", "--no-divider", "--if-exists=add", f"--trailer={TRAILER}"],
        input=message.encode("utf-8", "surrogateescape"),
        capture_output=True,
        check=True,
        env={
            "PATH": os.environ["PATH"],
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_NOSYSTEM": "1",
            "HOME": os.devnull,
        },
    )
    return done.stdout.decode("utf-8", "surrogateescape")


@pytest.mark.parametrize("message", MESSAGES.values(), ids=MESSAGES.keys())
def test_appends_as_git_does(message: str) -> None:
    assert append_trailer(message, TRAILER) == by_git(message)


LINES = st.sampled_from(
    ["Fix it", "Because.", "", "", "Fixes: #1", "Signed-off-by: A <a@b>", "# comment", " more",
     "\t", "Conflicts:", "\ta.py", "x y: z", "---", "#", "a-b: c"]
)  # fmt: skip


@settings(max_examples=120)
@given(st.lists(LINES, min_size=1, max_size=9))
def test_appends_as_git_does_to_anything(lines: list[str]) -> None:
    message = "Subject\n" + "".join(f"{line}\n" for line in lines)
    ours, gits = append_trailer(message, TRAILER), by_git(message)
    # git rewrites the block that it appends to: it drops comments, unfolds and spaces trailers.
    # Here no line is ever changed, so words are compared, and whether a new block was begun.
    assert ours == gits or (words(ours), begins_block(ours)) == (words(gits), begins_block(gits))


def words(message: str) -> list[str]:
    lines = (line for line in message.split("\n") if not line.startswith("#"))
    return " ".join(lines).split()


def begins_block(message: str) -> bool:
    return f"\n\n{TRAILER}\n" in message


REWRITTEN_BY_GIT = {
    "a comment inside a block": "Fix it\n\nFixes: #1\n# why\nSee: #2\n",
    "a space before the colon": "Fix it\n\nFixes : #1\n",
    "a key without a space": "Fix it\n\nFixes:#1\n",
}


@pytest.mark.parametrize("message", REWRITTEN_BY_GIT.values(), ids=REWRITTEN_BY_GIT.keys())
def test_lines_that_are_there_stay_as_they_are(message: str) -> None:
    assert append_trailer(message, TRAILER) == f"{message}{TRAILER}\n"


def test_a_last_line_without_a_newline_gets_one() -> None:
    assert append_trailer("Fix it", TRAILER) == f"Fix it\n\n{TRAILER}\n"


def test_another_comment_character() -> None:
    message = "Fix it\n\n#1 is fixed\n\n; Please enter\n"
    stamped = append_trailer(message, TRAILER, ";")
    assert stamped == f"Fix it\n\n#1 is fixed\n\n{TRAILER}\n\n; Please enter\n"


def test_the_text_is_what_git_will_keep() -> None:
    assert text_of(f"Fix\n# no\n{SCISSORS}diff\n") == "Fix\n"
    assert text_of("\n# nothing\n").strip() == ""
