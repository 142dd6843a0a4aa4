"""Addresses on forges: unknown hosts get none, known ones the right one, and no secret passes."""

from __future__ import annotations

import pytest

from scanner.render.forge import Style, forge_of

OID = "0123456789abcdef0123456789abcdef01234567"


@pytest.mark.parametrize(
    "address",
    [
        None,
        "",
        "/srv/git/shop.git",
        "../shop",
        "file:///srv/git/shop.git",
        "C:\\work\\shop",
        "https://git.example.org/team/shop.git",
        "git@example.org:team/shop.git",
        "https://notgithub.com/team/shop",
        "https://github.com.evil.example/../shop",
        "https://github.com/team",
        "https://github.com/team/shop/extra",
        "https://github.com/team/<script>",
        "javascript://github.com/team/shop",
        "https://github.com/team/sh op",
    ],
)
def test_what_is_not_known_gets_no_link(address: str | None) -> None:
    assert forge_of(address) is None


@pytest.mark.parametrize(
    ("address", "base"),
    [
        ("https://github.com/team/shop.git", "https://github.com/team/shop"),
        ("https://github.com/team/shop/", "https://github.com/team/shop"),
        ("https://robot:s3cret@github.com/team/shop", "https://github.com/team/shop"),
        ("git@github.com:team/shop.git", "https://github.com/team/shop"),
        ("ssh://git@GitHub.com:22/team/shop.git", "https://github.com/team/shop"),
        ("git://github.com/team/shop", "https://github.com/team/shop"),
        ("https://github.corp.example/team/shop", "https://github.corp.example/team/shop"),
        ("git@gitlab.com:group/sub/shop.git", "https://gitlab.com/group/sub/shop"),
        ("ssh://git@gitlab.corp.example:2222/group/shop", "https://gitlab.corp.example/group/shop"),
        ("git@bitbucket.org:team/shop.git", "https://bitbucket.org/team/shop"),
        ("https://codeberg.org/team/shop.git", "https://codeberg.org/team/shop"),
        ("https://gitea.corp.example/team/shop.git", "https://gitea.corp.example/team/shop"),
    ],
)
def test_known_forges_by_any_protocol(address: str, base: str) -> None:
    found = forge_of(address)
    assert found is not None
    assert found.base == base
    assert "s3cret" not in found.commit(OID)


@pytest.mark.parametrize(
    ("address", "style", "commit", "lines"),
    [
        ("https://github.com/t/s", Style.GITHUB, "/commit/", "/blob/{}/a%20b/c%23.py#L3-L9"),
        ("https://gitlab.com/t/s", Style.GITLAB, "/-/commit/", "/-/blob/{}/a%20b/c%23.py#L3-9"),
        ("https://bitbucket.org/t/s", Style.BITBUCKET, "/commits/",
         "/src/{}/a%20b/c%23.py#lines-3:9"),
        ("https://codeberg.org/t/s", Style.GITEA, "/commit/", "/src/commit/{}/a%20b/c%23.py#L3-L9"),
    ],
)  # fmt: skip
def test_each_forge_in_its_own_way(address: str, style: Style, commit: str, lines: str) -> None:
    found = forge_of(address)
    assert found is not None
    assert found.style is style
    assert found.commit(OID) == f"{address}{commit}{OID}"
    assert found.lines(OID, "a b/c#.py", 3, 9) == address + lines.format(OID)


def test_a_path_of_any_bytes_is_spelt_out() -> None:
    found = forge_of("https://github.com/t/s")
    assert found is not None
    assert found.lines(OID, 'x\udcff"<\n.py', 1, 1).endswith("/x%FF%22%3C%0A.py#L1-L1")
