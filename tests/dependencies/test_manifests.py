"""Manifests of every kind, read as text: what each declares, and what it leaves to be computed."""

from __future__ import annotations

import tomllib

import pytest

from scanner.dependencies.manifests import Declared, reader_for, script_block

NO_MANIFEST = [
    "app.py", "README.md", "notes.txt", "docs/index.txt", "config.toml", "data/values.yaml",
    "src/environment.py", "package.json", "Cargo.lock",
]  # fmt: skip


@pytest.mark.parametrize("path", NO_MANIFEST)
def test_what_is_no_manifest(path: str) -> None:
    assert reader_for(path) is None


def read(path: str, text: str) -> Declared:
    reader = reader_for(path)
    assert reader is not None
    return reader(text)


PYPROJECT = """
[build-system]
requires = ["hatchling>=1"]
[project]
name = "my-tool"
requires-python = ">=3.11"
dependencies = ["requests>=2", "uvicorn[standard]"]
[project.optional-dependencies]
s3 = ["boto3"]
[dependency-groups]
dev = ["ruff", {include-group = "docs"}]
docs = ["sphinx"]
[tool.hatch.envs.test]
dependencies = ["pytest-httpserver"]
[tool.pdm.dev-dependencies]
lint = ["pylint"]
[tool.uv]
dev-dependencies = ["mypy"]
[tool.ruff]
select = ["numpy"]
"""
POETRY = """
[tool.poetry]
name = "my-tool"
[tool.poetry.dependencies]
python = "^3.11"
httpx = "^0.27"
redis = {version = "^5", optional = true}
[tool.poetry.group.dev.dependencies]
black = "*"
[tool.poetry.dev-dependencies]
isort = "*"
"""
SETUP_CFG = """
[metadata]
name = my-tool
[options]
install_requires =
    requests>=2
    flask ; python_version > "3"
tests_require = nose
[options.extras_require]
s3 = boto3
"""
SETUP_PY = """
from setuptools import setup
REQUIRED = ["requests"] + ["flask>=2"]
setup(name="my-tool", install_requires=REQUIRED, extras_require={"s3": ["boto3"]},
      setup_requires=("cffi",), tests_require=["nose"])
"""
REQUIREMENTS = """
# not-this
requests==2.0 \\
    --hash=sha256:00
-r base.txt
-c limits.txt
-e git+https://example.org/team/tool.git#egg=my-other-tool
--index-url https://example.org/simple
flask  # a comment
"""
ENVIRONMENT = """
name: work
channels:
  - conda-forge
dependencies:
  - python=3.11
  - conda-forge::numpy>=1
  - pip:
    - requests==2
"""
TOX = """
[testenv]
deps =
    requests
    py38: flask
    -r test.txt
"""
NOX = """
import nox
@nox.session
def tests(session):
    session.install("-e", ".", "requests>=2")
    session.run("pip", "install", "flask")
"""
HOOKS = """
repos:
  - repo: https://example.org/mypy
    hooks:
      - id: mypy
        additional_dependencies: [types-requests, pydantic==2]
      - id: other
        additional_dependencies:
          - attrs>=22
"""

DECLARES = {
    "pyproject": ("pyproject.toml", PYPROJECT, {
        "hatchling", "requests", "uvicorn", "standard", "boto3", "ruff", "sphinx",
        "pytest-httpserver", "pylint", "mypy",
    }),
    "poetry": ("pyproject.toml", POETRY, {"httpx", "redis", "black", "isort"}),
    "setup.cfg": ("setup.cfg", SETUP_CFG, {"requests", "flask", "nose", "boto3"}),
    "setup.py": ("setup.py", SETUP_PY, {"requests", "flask", "boto3", "cffi", "nose"}),
    "requirements": ("requirements.txt", REQUIREMENTS, {"requests", "flask", "my-other-tool"}),
    "requirements in a folder": ("requirements/dev.in", "ruff\n", {"ruff"}),
    "requirements of a name of their own": ("dev-requirements.txt", "ruff\n", {"ruff"}),
    "constraints": ("constraints.txt", "ruff==1\n", {"ruff"}),
    "Pipfile": (
        "Pipfile", '[packages]\nrequests = "*"\n[dev-packages]\nruff = "*"\n', {"requests", "ruff"},
    ),
    "environment": ("environment.yml", ENVIRONMENT, {"numpy", "requests"}),
    "tox": ("tox.ini", TOX, {"requests", "flask"}),
    "nox": ("noxfile.py", NOX, {"requests", "flask"}),
    "uv.lock": ("uv.lock", '[[package]]\nname = "idna"\nversion = "3"\n', {"idna"}),
    "poetry.lock": ("poetry.lock", '[[package]]\nname = "idna"\n', {"idna"}),
    "pylock": ("pylock.toml", "[[packages]]\nname = 'idna'\n", {"idna"}),
    "Pipfile.lock": (
        "Pipfile.lock", '{"default": {"idna": {}}, "develop": {"ruff": {}}}', {"idna", "ruff"},
    ),
    "Dockerfile": (
        "Dockerfile", "FROM x\nRUN pip install -U flask \\\n  redis\n", {"flask", "redis"},
    ),
    "a workflow": (".github/workflows/ci.yml", "- run: uv pip install flask\n", {"flask"}),
    "hooks": (".pre-commit-config.yaml", HOOKS, {"types-requests", "pydantic", "attrs"}),
}  # fmt: skip


@pytest.mark.parametrize(("path", "text", "names"), DECLARES.values(), ids=DECLARES.keys())
def test_what_a_manifest_declares(path: str, text: str, names: set[str]) -> None:
    found = read(path, text)
    assert names <= found.names
    assert found.computed is None
    assert "numpy" not in found.names - names


def test_a_manifest_names_what_it_is_of_and_what_it_includes() -> None:
    assert read("pyproject.toml", PYPROJECT).own == {"my-tool"}
    assert read("setup.cfg", SETUP_CFG).own == {"my-tool"}
    assert read("setup.py", SETUP_PY).own == {"my-tool"}
    assert read("requirements.txt", REQUIREMENTS).includes == ("base.txt", "limits.txt")
    assert read("tox.ini", TOX).includes == ("test.txt",)
    table = '[tool.setuptools.dynamic]\ndependencies = {file = "a.txt"}\n'
    dynamic = read("pyproject.toml", f'[project]\ndynamic = ["dependencies"]\n{table}')
    assert dynamic.includes == ("a.txt",)
    opened = read("setup.py", "setup(install_requires=open('a.txt').read())")
    assert opened.includes == ("a.txt",)


COMPUTED = {
    "a call": "setup(install_requires=read_them())",
    "a name from elsewhere": "setup(install_requires=NEEDS)",
    "all from a mapping": "setup(**settings)",
    "a name made of itself": "A = A\nsetup(install_requires=A)",
}


@pytest.mark.parametrize("text", COMPUTED.values(), ids=COMPUTED.keys())
def test_what_only_running_setup_could_tell_is_said(text: str) -> None:
    assert read("setup.py", text).computed


def test_dependencies_that_a_backend_computes_are_said() -> None:
    found = read("pyproject.toml", '[project]\nname = "a"\ndynamic = ["dependencies"]\n')
    assert found.computed
    hook = '[tool.hatch.metadata.hooks.x]\ndependencies = ["requests"]\n'
    told = read("pyproject.toml", f'[project]\ndynamic = ["dependencies"]\n{hook}')
    assert told.computed is None
    assert told.names == {"requests"}


def test_only_what_dependencies_belong_in_is_a_home() -> None:
    assert read("pyproject.toml", PYPROJECT).is_home
    assert read("pyproject.toml", POETRY).is_home
    assert not read("pyproject.toml", "[tool.ruff]\nline-length = 99\n").is_home
    assert not read("uv.lock", "").is_home
    assert not read("Dockerfile", "").is_home


def test_the_metadata_of_a_script() -> None:
    block = '#!/usr/bin/env python\n# /// script\n# dependencies = [\n#   "requests",\n# ]\n# ///\n'
    found = script_block(block + "import requests\n")
    assert found is not None
    assert found.names == {"requests"}
    assert script_block("# a script\nimport requests\n") is None
    with pytest.raises(tomllib.TOMLDecodeError):
        script_block("# /// script\n# dependencies = [\n# ///\n")


ODD = {
    "a Pipfile of a number": ("Pipfile", "packages = 3\n"),
    "dependencies that are a number": ("pyproject.toml", "[project]\ndynamic = 3\n"),
    "a lock that is a list": ("Pipfile.lock", "[]"),
    "an empty setup": ("setup.py", ""),
}


@pytest.mark.parametrize(("path", "text"), ODD.values(), ids=ODD.keys())
def test_what_says_nothing_of_the_kind_declares_nothing(path: str, text: str) -> None:
    assert read(path, text).names == frozenset()
