"""The file that names a fleet."""

from __future__ import annotations

from datetime import date

import pytest

from scanner.base.errors import ScanError
from scanner.fleet.listing import Entry, read_listing, without_credentials


@pytest.mark.parametrize(
    ("text", "is_toml"),
    [
        ("", False),
        ("# nothing\n\n", False),
        ("a\nb/a.git\n", False),
        ("a\nA\n", False),
        ("", True),
        ("x = 1", True),
        ("repository = 3", True),
        ("[[repository]]\nname = 'x'", True),
        ("[[repository]]\nrepository = ''", True),
        ("[[repository]]\nrepository = 'a'\nadopted = 'soon'", True),
        ("[[repository]]\nrepository = 'a'\nadopted = 2025-01-01T00:00:00Z", True),
        ("[[repository]]\nrepository = 'a'\nadoption = 2025-01-01", True),
        ("[[repository", True),
    ],
)
def test_what_is_no_list_is_refused(text: str, is_toml: bool) -> None:
    with pytest.raises(ScanError) as caught:
        read_listing(text, is_toml=is_toml)
    assert caught.value.hint


@pytest.mark.parametrize(
    ("line", "name", "is_address"),
    [
        ("shop", "shop", False),
        ("../shop/", "shop", False),
        ("/srv/shop.git", "shop", False),
        ("/srv/shop/.git", "shop", False),
        (r"C:\code\shop", "shop", False),
        ("https://example.org/a/shop.git", "shop", True),
        ("ssh://git@example.org/a/shop", "shop", True),
        ("git@example.org:a/shop.git", "shop", True),
        ("file:///srv/shop.git", "shop", True),
        ("a b;c", "a-b-c", False),
        ("..", "repository", False),
    ],
)
def test_a_line_is_a_repository(line: str, name: str, is_address: bool) -> None:
    (entry,) = read_listing(f"# all of them\n\n {line} \n", is_toml=False)
    assert (entry.repository, entry.name, entry.is_address) == (line, name, is_address)


def test_a_table_may_say_more() -> None:
    text = """
[[repository]]
repository = "a"
[[repository]]
repository = "https://example.org/b"
name = "../bee"
range = "v1..v2"
group = "payments"
adopted = 2025-03-01
"""
    assert read_listing(text, is_toml=True) == (
        Entry("a", "a"),
        Entry("https://example.org/b", "bee", "v1..v2", "payments", date(2025, 3, 1)),
    )


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("git@example.org:a/b", "git@example.org:a/b"),
        ("/srv/a@b", "/srv/a@b"),
        ("https://example.org/a@b", "https://example.org/a@b"),
        ("https://me:secret@example.org/a", "https://example.org/a"),
        ("fatal: unable to access 'https://tok@h/x'", "fatal: unable to access 'https://h/x'"),
    ],
)
def test_credentials_are_not_shown(text: str, shown: str) -> None:
    assert without_credentials(text) == shown
