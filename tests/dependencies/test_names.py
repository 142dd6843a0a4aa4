"""From distributions to import names: what is there anyway, what a name allows, what is known."""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

import pytest

import scanner.dependencies.names as names
from scanner.dependencies.names import (
    imports_of,
    is_ambient,
    may_bring,
    normalised,
    required_name,
)
from scanner.dependencies.standard_library import STANDARD_LIBRARY, is_standard

DATA = tomllib.loads(Path(names.__file__).with_name("import_names.toml").read_text("utf-8"))

THERE_ANYWAY = [
    "os", "tomllib", "distutils", "imp", "asyncore", "lib2to3", "compression", "annotationlib",
    "urllib2", "ConfigParser", "setuptools", "pkg_resources", "pytest", "_cffi_backend", "bpy",
]  # fmt: skip


@pytest.mark.parametrize("module", THERE_ANYWAY)
def test_what_is_there_anyway_needs_no_declaration(module: str) -> None:
    assert is_standard(module) or is_ambient(module)


@pytest.mark.parametrize("module", ["requests", "yaml", "attr", "tomli", "simple_json_tools"])
def test_what_has_to_be_installed_needs_one(module: str) -> None:
    assert not is_standard(module)
    assert not is_ambient(module)


def test_the_running_python_has_no_module_that_is_unknown() -> None:
    ours = {name for name in sys.stdlib_module_names if not name.startswith("_")}
    assert ours <= STANDARD_LIBRARY


COVERED = {
    "its own name": ("requests", "requests"),
    "written otherwise": ("typing-extensions", "typing_extensions"),
    "known pair": ("pyyaml", "yaml"),
    "known pair in capitals": ("pillow", "pil"),
    "namespace": ("google-cloud-storage", "google"),
    "namespace of azure": ("azure-storage-blob", "azure"),
    "ruamel": ("ruamel-yaml", "ruamel"),
    "protobuf": ("protobuf", "google"),
    "python in front": ("python-frobnicate", "frobnicate"),
    "python behind": ("frobnicate-python", "frobnicate"),
    "py in front": ("pyfrobnicate", "frobnicate"),
    "a number behind": ("frobnicate4", "frobnicate"),
    "django in front": ("django-frobnicate", "frobnicate"),
    "two parts in the middle": ("py-key-value-aio", "key_value"),
    "what comes with it": ("fastapi", "starlette"),
    "what comes with what comes with it": ("wagtail", "asgiref"),
}


@pytest.mark.parametrize(("distribution", "module"), COVERED.values(), ids=COVERED.keys())
def test_a_distribution_brings(distribution: str, module: str) -> None:
    assert module in imports_of([distribution])


NOT_COVERED = {
    "stubs": ("types-requests", "requests"),
    "stubs, the other way": ("pandas-stubs", "pandas"),
    "one letter off": ("requests", "request"),
    "a longer name": ("requests", "requests_async"),
    "one part in the middle": ("opentelemetry-instrumentation-redis-client", "redis"),
}


@pytest.mark.parametrize(("distribution", "module"), NOT_COVERED.values(), ids=NOT_COVERED.keys())
def test_a_distribution_does_not_bring(distribution: str, module: str) -> None:
    assert module not in imports_of([distribution])


REQUIREMENTS = {
    "requests": "requests",
    "Flask_SQLAlchemy >= 3": "flask-sqlalchemy",
    "zope.interface[test]~=6.0; python_version < '3.12'": "zope-interface",
    "pip @ https://files.example.org/pip-1.0.zip": "pip",
    "git+https://example.org/team/tool.git@main#egg=the_tool": "the-tool",
    "git+https://example.org/team/tool.git@main": "tool",
    "https://example.org/wheels/the_tool-1.2-py3-none-any.whl": "the-tool",
    "^1.0": None,
    "": None,
}


@pytest.mark.parametrize(("requirement", "name"), REQUIREMENTS.items())
def test_the_name_in_a_requirement(requirement: str, name: str | None) -> None:
    assert required_name(requirement) == name


def test_an_unknown_distribution_may_bring_what_shares_a_word_with_it() -> None:
    assert may_bring("uuid-seven", "uuid_extras", frozenset({"os"}))
    assert not may_bring("uuid-seven", "frobnicate", frozenset({"os"}))
    assert not may_bring("uuid-seven", "uuid_extras", frozenset({"uuid_seven"}))  # brings itself
    assert not may_bring("pyyaml", "yaml_tools", frozenset())  # it is known what it brings


def test_the_data_says_nothing_that_follows_from_a_name_and_nothing_twice() -> None:
    for table in ("imports", "brings"):
        assert [name for name in DATA[table] if name != normalised(name)] == []
    for name, imports in DATA["imports"].items():
        assert not set(map(str.lower, imports)) <= set(names._variants(name)), name
    assert len(DATA["imports"]) >= 120
