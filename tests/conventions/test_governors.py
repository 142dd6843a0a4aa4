"""Which families configured tools silence."""

from __future__ import annotations

import pytest

from scanner.analysis.choices import FAMILIES
from scanner.conventions.linter_config import silenced_families

NOT_SILENCED = [
    ({}, "string-formatting"),
    ({"pyproject.toml": "[tool.poetry]\nname = 'x'"}, "quotes"),
    ({"pyproject.toml": "[tool.ruff.lint]\nselect = ['E', 'F']"}, "string-formatting"),
    ({"pyproject.toml": "[tool.ruff]\nline-length = 100"}, "docstring-function"),
    (
        {"pyproject.toml": "[tool.ruff.lint]\nselect = ['ALL']\nignore = ['UP032', 'UP031']"},
        "string-formatting",
    ),
    ({"pyproject.toml": "[tool.black]\nskip-string-normalization = true"}, "quotes"),
    ({"ruff.toml": "[format]\nquote-style = 'preserve'"}, "quotes"),
    ({"setup.cfg": "[metadata]\nname = x"}, "class-name"),
    ({"pyproject.toml": "[tool.pylint.main]\ndisable = ['raise-missing-from']"}, "raise-chaining"),
    ({".pylintrc": "[MESSAGES CONTROL]\ndisable=all\nenable=E"}, "raise-chaining"),
    ({"pyproject.toml": "not toml ["}, "quotes"),
    ({"setup.cfg": "not = an\nini file"}, "quotes"),
    ({"ruff.toml": "select = ['ALL']"}, "output-channel-none"),
]

SILENCED = [
    ({"pyproject.toml": "[tool.black]\nline-length = 99"}, "quotes"),
    ({"ruff.toml": "[format]\nindent-style = 'space'"}, "quotes"),
    ({"pyproject.toml": "[tool.ruff.lint]\nselect = ['UP']"}, "string-formatting"),
    ({"pyproject.toml": "[tool.ruff]\nselect = ['UP032']"}, "string-formatting"),
    ({"pyproject.toml": "[tool.ruff.lint]\nextend-select = ['T20']"}, "output-channel"),
    ({"pyproject.toml": "[tool.ruff.lint]\nselect = ['ALL']"}, "path-handling"),
    ({".ruff.toml": "[lint]\nselect = ['PTH']"}, "path-handling"),
    ({"pyproject.toml": "[tool.ruff]"}, "import-star"),
    ({"pyproject.toml": "[tool.isort]\nprofile = 'black'"}, "import-lines"),
    ({"setup.cfg": "[isort]\nforce_single_line = true"}, "import-lines"),
    ({".flake8": "[flake8]\nextend-select = N802, B"}, "function-name"),
    ({"tox.ini": "[flake8]\nselect =\n    N  # names\n    E"}, "class-name"),
    ({"pyproject.toml": "[tool.pylint.main]\njobs = 2"}, "raise-chaining"),
    ({".pylintrc": "[MASTER]\njobs=2\n[MESSAGES CONTROL]\ndisable=C0111"}, "raise-chaining"),
    ({"setup.cfg": "[pylint.messages]\ndisable = missing-docstring"}, "else-after-return"),
]


@pytest.mark.parametrize(("files", "family"), NOT_SILENCED)
def test_leaves_a_family_alone(files: dict[str, str], family: str) -> None:
    assert family not in silenced_families(files)


@pytest.mark.parametrize(("files", "family"), SILENCED)
def test_silences_a_family(files: dict[str, str], family: str) -> None:
    assert family in silenced_families(files)


def test_every_governor_is_of_a_known_tool() -> None:
    tools = {rule.partition(":")[0] for family in FAMILIES for rule in family.governed_by}
    assert tools <= {"ruff", "flake8", "pylint", "formatter"}
