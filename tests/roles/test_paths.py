"""The one table of what role a path plays."""

from __future__ import annotations

import pytest

from scanner.roles.paths import Role, is_entry_point, roles_of

T, E, S = Role.TEST, Role.EXAMPLE, Role.SCRIPT

ROLES: list[tuple[str, set[Role]]] = [
    # The code itself, however its name begins.
    ("src/contest.py", set()),
    ("src/testimony/a.py", set()),
    ("attest_a.py", set()),
    ("testing.py", set()),
    ("pkg/latest/core.py", set()),
    ("app/tasks.py", set()),
    ("src/app/tools/run.py", set()),
    ("shop/vendor/models.py", set()),
    ("app/migrations/helpers.py", set()),
    ("app/versions/__init__.py", set()),
    ("app/migrations/__init__.py", set()),
    ("main.py", set()),
    ("ab_test/assign.py", set()),
    ("app/samples_of.py", set()),
    # What is not Python has no test's name, but may stand among them.
    ("latest_test_data.json", set()),
    ("tests/data/a.json", {T}),
    # Tests, by what pytest, unittest and Django look for.
    ("test_a.py", {T}),
    ("test_generated.py", {T}),
    ("pkg/a_test.py", {T}),
    ("pkg/a_tests.py", {T}),
    ("pkg/conftest.py", {T}),
    ("app/tests.py", {T}),
    ("app/Tests/x.py", {T}),
    ("pkg/test/a.py", {T}),
    ("pkg/testing/plugin.py", {T}),
    ("e2e/x.py", {T}),
    ("unit_tests/x.py", {T}),
    ("integration-tests/x.py", {T}),
    ("tests/test_a.pyi", {T, Role.STUB}),
    ("examples/test_a.py", {T, E}),
    # The others.
    ("examples/a.py", {E}),
    ("docs_src/a.py", {E}),
    ("pkg/_examples/a.py", {E}),
    ("benchmarks/a.py", {E}),
    ("setup.py", {S}),
    ("tools/release.py", {S}),
    ("scripts/deploy.py", {S}),
    ("bin/deploy", {S}),
    ("deploy", {S}),
    ("pkg/a.pyi", {Role.STUB}),
    ("shop/migrations/0001_initial.py", {Role.MIGRATION}),
    ("alembic/versions/1a2b3c4d5e6f_add_users.py", {Role.MIGRATION}),
]


@pytest.mark.parametrize(("path", "roles"), ROLES)
def test_the_roles_of_a_path(path: str, roles: set[Role]) -> None:
    assert roles_of(path) == roles


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("pkg/core.py", False),
        ("pkg/cli_words.py", False),
        ("pkg/cli.py", True),
        ("pkg/__main__.py", True),
        ("manage.py", True),
        ("scripts/a.py", True),
        ("examples/a.py", True),
    ],
)
def test_modules_that_use_others(path: str, expected: bool) -> None:
    assert is_entry_point(path) is expected
