"""What a change silences as it asks for more: what costs all the same, then what is only told."""

from __future__ import annotations

from pathlib import Path

import pytest

from fixtures.repository import RepositoryBuilder
from scanner.base.model import Severity
from tests.gate.reviews import Files, gate, guards

HOOKS = """repos:
  - repo: https://github.com/astral-sh/ruff-pre-commit
    rev: v0.15.2
    hooks:
      - id: ruff-check
"""
PY = """[project]
name = "shop"

[dependency-groups]
dev = ["mypy==1.15.0"]

[tool.ruff.lint]
select = ["E", "F"]
ignore = ["E501"]

[tool.mypy]
warn_unreachable = false

[[tool.mypy.overrides]]
module = "shop.*"
ignore_errors = true
"""
CI = "on: [push]\njobs:\n  test:\n    steps:\n      - run: pytest -q\n"
CODE = "import os\n\nX = os.sep\nY = 1\n"
BASE: Files = {
    ".pre-commit-config.yaml": HOOKS,
    "pyproject.toml": PY,
    "requirements-dev.txt": "mypy==1.15.0\n",
    ".github/workflows/ci.yml": CI,
    "shop/a.py": CODE,
}
NOQA = CODE.replace("X = os.sep", "X = os.sep  # noqa: B018")
TYPES = CODE.replace("Y = 1", "Y = 1  # type: ignore[misc]")
NEWER_RUFF: Files = {".pre-commit-config.yaml": HOOKS.replace("0.15.2", "0.16.0")}

CHARGED: dict[str, Files] = {
    "alone": {"shop/a.py": NOQA},
    "an older version": {
        ".pre-commit-config.yaml": HOOKS.replace("0.15.2", "0.14"), "shop/a.py": NOQA,
    },
    "a comment on a version": {
        "pyproject.toml": PY.replace("[tool.ruff.lint]", "# mypy==2.1.0\n[tool.ruff.lint]"),
        "shop/a.py": TYPES,
    },
    "new code": {**NEWER_RUFF, "shop/a.py": CODE + "Z = os  # noqa: B018\n"},
    "code that is edited": {
        **NEWER_RUFF, "shop/a.py": CODE.replace("X = os.sep", "X = os.sep + 'x'  # noqa: B018"),
    },
    "a new file": {**NEWER_RUFF, "shop/b.py": "# ruff: noqa: F401\n" + CODE},
    "another trade": {**NEWER_RUFF, "shop/a.py": TYPES},
    "less is asked too": {
        "pyproject.toml": PY.replace('"E", "F"', '"E", "B"'), "shop/a.py": NOQA,
    },
    "a formatter": {
        ".pre-commit-config.yaml": HOOKS + "  - repo: https://github.com/psf/black\n"
        "    rev: 24.1.0\n    hooks:\n      - id: black\n",
        "shop/a.py": NOQA,
    },
}  # fmt: skip

TOLD: dict[str, Files] = {
    "a newer hook": {**NEWER_RUFF, "shop/a.py": NOQA},
    "of a whole file": {**NEWER_RUFF, "shop/a.py": "# ruff: file-ignore[non-empty]\n" + CODE},
    "above a line": {
        **NEWER_RUFF, "shop/a.py": CODE.replace("Y = 1", "# pylint: disable-next=C0103\nY = 1"),
    },
    "a newer version": {"pyproject.toml": PY.replace("1.15.0", "2.1.0"), "shop/a.py": TYPES},
    "a newer requirement": {"requirements-dev.txt": "mypy==2.1.0\n", "shop/a.py": TYPES},
    "more is selected": {
        "pyproject.toml": PY.replace('"E", "F"', '"E", "F", "B"'), "shop/a.py": NOQA,
    },
    "less is left out": {"pyproject.toml": PY.replace('"E501"', ""), "shop/a.py": NOQA},
    "a preview": {
        "pyproject.toml": PY.replace("ignore =", "preview = true\nignore ="), "shop/a.py": NOQA,
    },
    "a stricter option": {
        "pyproject.toml": PY.replace("unreachable = false", "unreachable = true"),
        "shop/a.py": TYPES,
    },
    "a module that is checked now": {
        "pyproject.toml": PY.partition("[[tool.mypy")[0], "shop/a.py": TYPES,
    },
    "a new type checker": {
        ".github/workflows/ci.yml": CI + "      - run: ty check\n", "shop/a.py": TYPES,
    },
}  # fmt: skip


@pytest.fixture
def builder(tmp_path: Path) -> RepositoryBuilder:
    builder = RepositoryBuilder(tmp_path / "repo")
    builder.commit("base", BASE)
    return builder


@pytest.mark.parametrize("files", CHARGED.values(), ids=CHARGED)
def test_charged(builder: RepositoryBuilder, files: Files) -> None:
    builder.commit("Change", files)
    found = guards(gate(builder).judgement.findings)
    assert [f.points > 0 for f in found if f.rule == "guard.suppression"] == [True]


@pytest.mark.parametrize("files", TOLD.values(), ids=TOLD)
def test_told(builder: RepositoryBuilder, files: Files) -> None:
    builder.commit("Change", files)
    (finding,) = guards(gate(builder).judgement.findings)
    assert (finding.points, finding.severity) == (0, Severity.INFO)
