from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.render.paths import printable, sentence, shortened, unicode_text

LEFT_ALONE = (
    "app/api.py",
    "caf\u00e9/\u4e2d\u6587.py",
    "a b/c'd\"e.py",
    "C::D is C++, a::b too",
    "std::string",
    "# a comment",
    "## a heading",
    "list[#1]",
    "50 % :",
    "",
)


@pytest.mark.parametrize("text", LEFT_ALONE)
def test_leave_alone(text: str) -> None:
    assert printable(text) == text
    assert unicode_text(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\nb", r"a\nb"),
        ("a\tb\r", r"a\tb\r"),
        ("\x1b[31m", r"\x1b[31m"),
        ("\x7f\x9b", r"\x7f\x9b"),
        ("caf\udce9.py", r"caf\xe9.py"),
        ("\ud800", r"\ud800"),
        ("\u202egnp.py", r"\u202egnp.py"),
        ("\u2028", r"\u2028"),
        ("\U000e0041", r"\U000e0041"),
        ("::error::x", r"\x3a:error::x"),
        ("x ::error::x", r"x \x3a:error::x"),
        ("##[error]x", r"\x23#[error]x"),
        ("a##vso[task.complete]", r"a\x23#vso[task.complete]"),
        ("##teamcity[message]", r"\x23#teamcity[message]"),
    ],
)
def test_made_printable(text: str, shown: str) -> None:
    assert printable(text) == shown


@given(st.text() | st.text(alphabet=":# \n[]abc\x1b\udc80"))
def test_printable_text_gives_no_orders(text: str) -> None:
    shown = printable(text)
    assert shown.isprintable()
    assert not re.search(r"(^|\s)::", shown)
    assert not re.search(r"##\w*\[", shown)


@given(st.binary())
def test_any_bytes_become_unicode(content: bytes) -> None:
    text = content.decode("utf-8", "surrogateescape")
    assert unicode_text(text).encode() or not content
    try:
        assert unicode_text(text) == content.decode()
    except UnicodeDecodeError:
        assert "\\x" in unicode_text(text)


def test_sentences_are_folded_and_cut() -> None:
    assert sentence("  a\n  b\t c ") == "a b c"
    assert sentence("abcdefgh", 6) == "abc..."
    assert shortened("abcdef", 6) == "abcdef"
