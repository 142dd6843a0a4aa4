"""What semgrep gets to see of its surroundings, and which of its words reach the user."""

from __future__ import annotations

from pathlib import Path

import pytest

from scanner.rulepacks.command import (
    NEWEST_TESTED,
    OLDEST_TESTED,
    Printed,
    environment,
    requirement_of_tested,
)

BACKTRACE = """Fatal error: exception Failure("ca-certs: no trust anchors found")
Raised at Stdlib.failwith in file "stdlib.ml", line 29, characters 17-33
Called from CamlinternalLazy.do_force_block in file "camlinternalLazy.ml", line 49
Re-raised at Dune__exe__Main in file "OSS/src/main/Main.ml", lines 105-127, characters 2-24
"""


@pytest.mark.parametrize(
    ("printed", "words"),
    [
        ("", "it ended with code 2"),
        ("no such thing\n", "no such thing"),
        ("first\nlast\n\n", "last"),
        ("Called by nobody\n", "Called by nobody"),
        (BACKTRACE, 'Failure("ca-certs: no trust anchors found")'),
        (f"a warning\n{BACKTRACE}", 'Failure("ca-certs: no trust anchors found")'),
        ("semgrep-core: Fatal error: exception Not_found\n", "Not_found"),
        ("Called from Dune__exe__Main in file\n", "it ended with code 2"),
    ],
)
def test_last_words(printed: str, words: str) -> None:
    assert Printed(2, b"", printed.encode()).last_words() == words


def test_certificates_are_its_own(tmp_path: Path) -> None:
    names = ("SSL_CERT_DIR", "NIX_SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
    given = environment(tmp_path, {name: "/nowhere" for name in (*names, "SSL_CERT_FILE")})
    assert not given.keys() & set(names)
    assert Path(given["SSL_CERT_FILE"]).is_file()


def test_the_hint_on_versions_is_one_that_pip_takes() -> None:
    from packaging.requirements import Requirement

    requirement = Requirement(requirement_of_tested().strip("'"))
    (major, minor), (_, last) = OLDEST_TESTED, NEWEST_TESTED
    assert requirement.specifier.contains(f"{major}.{minor}.0")
    assert requirement.specifier.contains(f"{major}.{last}.9")
    assert not requirement.specifier.contains(f"{major}.{last + 1}.0")
