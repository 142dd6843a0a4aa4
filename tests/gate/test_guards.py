"""What guards the code: first changes that leave it alone, then those that take some of it away."""

from __future__ import annotations

from pathlib import Path

import pytest

from fixtures.repository import RepositoryBuilder
from scanner.base.model import Dimension, DimensionScore, Scorecard
from scanner.config import Thresholds
from tests.gate.reviews import Files, evidence, gate, guards

CODE = "def add(a, b):\n    return a + b\n\n\ndef sub(a, b):\n    return a - b\n"
TESTS = """from pkg.code import add, sub


def test_add():
    assert add(1, 2) == 3
    assert add(0, 0) == 0


def test_sub():
    assert sub(2, 1) == 1
"""
CI = """on: [push, pull_request]
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: pip install pytest mypy
      - run: pytest -q
      - run: mypy src
"""
HOOKS = """repos:
  - repo: https://example.org/ruff
    rev: v1
    hooks:
      - id: ruff
      - id: ruff-format
"""
NOQA = "import os  # noqa: F401\n\n\nX = 1\n"
CONFTEST = (
    "import pytest\n\n\n@pytest.fixture\ndef summed():\n"
    "    def run(a, b, c):\n        assert a + b == c\n\n    return run\n"
)
BASE: Files = {
    "pkg/code.py": CODE,
    "pkg/names.py": NOQA,
    "pkg/wide.py": "import os  # noqa\n",
    "pkg/many.py": "import os  # noqa: F401, E402\n",
    "tests/test_code.py": TESTS,
    "pkg/deep.py": "def deep(a, down=0):\n    return a + down\n",
    "tests/test_deep.py": (
        "from pkg.deep import deep\n\n\ndef test_a():\n    assert deep(1)\n"
        "\n\ndef test_down():\n    assert deep(1, down=2) == 3\n"
    ),
    "tests/helping.py": "def sums(a, b, c):\n    assert a + b == c\n",
    "tests/conftest.py": CONFTEST,
    ".github/workflows/ci.yml": CI,
    ".pre-commit-config.yaml": HOOKS,
}
TEST_SUB = "\n\ndef test_sub():\n    assert sub(2, 1) == 1\n"

LEFT_ALONE: dict[str, Files] = {
    "a suppression moves down its file": {"pkg/names.py": "import sys\n\n" + NOQA},
    "a suppression moves with its line": {
        "pkg/names.py": "X = 1\n",
        "pkg/other.py": "import os  # noqa: F401\n",
    },
    "a suppression is narrowed": {"pkg/wide.py": "import os  # noqa: F401\n"},
    "a suppression is narrowed to fewer codes": {"pkg/many.py": "import os  # noqa: F401\n"},
    "another tool of the trade takes over": {"pkg/wide.py": "import os  # ruff: ignore[F401]\n"},
    "noqa in a string": {"pkg/text.py": 'S = "x  # noqa"\n'},
    "a comment that speaks of it": {"pkg/text.py": "# we do not use that kind of marker\nS = 1\n"},
    "a test goes with its code": {
        "pkg/code.py": CODE.partition("\n\n\n")[0] + "\n",
        "tests/test_code.py": TESTS.replace(TEST_SUB, "").replace("add, sub", "add"),
    },
    "a test goes with the parameter that it names": {
        "pkg/deep.py": "def deep(a):\n    return a\n",
        "tests/test_deep.py": "from pkg.deep import deep\n\n\ndef test_a():\n    assert deep(1)\n",
    },
    "a test is renamed": {"tests/test_code.py": TESTS.replace("test_sub", "test_difference")},
    "a test file is renamed": {"tests/test_code.py": None, "tests/test_sums.py": TESTS},
    "tests are put into one": {
        "tests/test_code.py": "import pytest\nfrom pkg.code import add, sub\n\n\n"
        "@pytest.mark.parametrize('n', [1, 2])\ndef test_both(n):\n"
        "    assert add(n, 2) == 2 + n\n    assert sub(n, 1) == n - 1\n"
    },
    "a mark that is only defined": {
        "tests/test_code.py": TESTS.replace(
            "sub\n", "sub\nimport pytest\n\nslow = pytest.mark.skipif(True)\n", 1
        )
    },
    "a new test that is skipped": {
        "tests/test_new.py": "import pytest\n\n@pytest.mark.skip\ndef test_later():\n    assert 1\n"
    },
    "an assertion becomes a helper": {
        "tests/test_code.py": TESTS.replace("assert sub(2, 1) == 1", "check(sub(2, 1), 1)")
    },
    "assertions move into a helper of another name": {
        "tests/test_code.py": TESTS.replace(
            "def test_add():\n    assert add(1, 2) == 3\n    assert add(0, 0) == 0\n",
            "def test_add():\n    sums(1, 2, 3)\n\n\n"
            "def sums(a, b, c):\n    assert add(a, b) == c\n    assert add(b, a) == c\n",
        )
    },
    "assertions are left to a helper that did not change": {
        "tests/test_code.py": TESTS.replace(
            "    assert add(1, 2) == 3\n    assert add(0, 0) == 0\n", "    sums(1, 2, 3)\n"
        ).replace("add, sub\n", "add, sub\nfrom tests.helping import sums\n")
    },
    "assertions are left to a fixture that did not change": {
        "tests/test_code.py": TESTS.replace(
            "test_add():\n    assert add(1, 2) == 3\n    assert add(0, 0) == 0\n",
            "test_add(summed):\n    summed(1, 2, 3)\n",
        )
    },
    "an install may fail": {
        ".github/workflows/ci.yml": CI.replace(
            "      - run: pytest -q\n",
            "      - run: sudo apt-get install -y \\\n"
            "          --no-install-recommends graphviz || true\n      - run: pytest -q\n",
        )
    },
    "a step moves to another workflow": {
        ".github/workflows/ci.yml": CI.replace("      - run: mypy src\n", ""),
        ".github/workflows/types.yml": "on: [push, pull_request]\njobs:\n  t:\n    steps:\n"
        "      - run: mypy src\n",
    },
    "a command gets an option": {".github/workflows/ci.yml": CI.replace("-q", "-q --cov")},
    "an action is upgraded": {".github/workflows/ci.yml": CI.replace("@v4", "@v5")},
    "a hook gets a longer name": {
        ".pre-commit-config.yaml": HOOKS.replace("id: ruff\n", "id: ruff-check\n")
    },
    "a tool is asked for in another version": {
        ".github/workflows/ci.yml": CI.replace("mypy\n      - run: pytest", "\n      - run: pytest")
    },
    "what holds no tests is not collected": {
        "tests/conftest.py": 'collect_ignore = ["setup.py", "helping.py", "data"]\n' + CONFTEST,
    },
    "a new file of tests is not collected": {
        "tests/test_new.py": "from pkg.code import add\n",
        "tests/conftest.py": 'collect_ignore = ["test_new.py"]\n' + CONFTEST,
    },
    "a list of the like in another file": {"tests/data.py": 'collect_ignore = ["test_code.py"]\n'},
    "hooks are upgraded": {".pre-commit-config.yaml": HOOKS.replace("v1", "v2")},
}


@pytest.fixture
def builder(tmp_path: Path) -> RepositoryBuilder:
    made = RepositoryBuilder(tmp_path / "repo")
    made.commit("Base", BASE)
    return made


@pytest.mark.parametrize("files", LEFT_ALONE.values(), ids=LEFT_ALONE.keys())
def test_left_alone(builder: RepositoryBuilder, files: Files) -> None:
    builder.commit("Change", files)
    assert guards(gate(builder).judgement.findings) == []


TAMPERING: dict[str, tuple[Files, str, str, str | None, str | None]] = {
    "noqa on a line that was there": (
        {"pkg/names.py": NOQA.replace("X = 1", "X = 1  # noqa")},
        "guard.suppression", "pkg/names.py", "X = 1", "X = 1  # noqa",
    ),
    "noqa made wider": (
        {"pkg/names.py": NOQA.replace(": F401", "")},
        "guard.suppression", "pkg/names.py", "import os  # noqa: F401", "import os  # noqa",
    ),
    "type: ignore on a new line": (
        {"pkg/new.py": "Y: int = 'a'  # type: ignore[assignment]\n"},
        "guard.suppression", "pkg/new.py", None, "Y: int = 'a'  # type: ignore[assignment]",
    ),
    "no cover": (
        {"pkg/code.py": CODE.replace("def sub(a, b):", "def sub(a, b):  # pragma: no cover")},
        "guard.suppression", "pkg/code.py", "def sub(a, b):", "def sub(a, b):  # pragma: no cover",
    ),
    "nosec": (
        {"pkg/code.py": CODE.replace("return a - b", "return eval(a)  # nosec B307")},
        "guard.suppression", "pkg/code.py", None, "return eval(a)  # nosec B307",
    ),
    "nosemgrep": (
        {"pkg/new.py": "exec(x)  # nosemgrep: rules.exec\n"},
        "guard.suppression", "pkg/new.py", None, "exec(x)  # nosemgrep: rules.exec",
    ),
    "a whole file": (
        {"pkg/code.py": "# pylint: skip-file\n" + CODE},
        "guard.suppression", "pkg/code.py", None, "# pylint: skip-file",
    ),
    "a line's noqa made the file's": (
        {"pkg/names.py": "# ruff: noqa: F401\n" + NOQA.replace("  # noqa: F401", "")},
        "guard.suppression", "pkg/names.py", None, "# ruff: noqa: F401",
    ),
    "our own": (
        {"pkg/new.py": "exec(x)  # tallystick: ignore[exec] it is fine\n"},
        "guard.suppression", "pkg/new.py", None, "exec(x)  # tallystick: ignore[exec] it is fine",
    ),
    "a test deleted": (
        {"tests/test_code.py": TESTS.replace(TEST_SUB, "")},
        "guard.test-deleted", "tests/test_code.py",
        "tests/test_code.py: test_sub, 1 assertion", None,
    ),
    "a test skipped": (
        {"tests/test_code.py": TESTS.replace(
            "def test_sub", "@pytest.mark.skip(reason='slow')\ndef test_sub")},
        "guard.test-skipped", "tests/test_code.py", "always run", "skip",
    ),
    "all tests of a file skipped": (
        {"tests/test_code.py": TESTS.replace("sub\n", "sub\npytestmark = pytest.mark.skip\n", 1)},
        "guard.test-skipped", "tests/test_code.py", "always run", "skip",
    ),
    "a helper that asserts nothing": (
        {"tests/test_code.py": TESTS.replace("assert sub(2, 1) == 1", "sums(2, 1)")
            + "\n\ndef sums(a, b):\n    return sub(a, b)\n"},
        "guard.test-stripped", "tests/test_code.py", "1 assertion", "0 assertions",
    ),
    "a check over two lines that may fail": (
        {".github/workflows/ci.yml": CI.replace("mypy src", "mypy \\\n          src || true")},
        "guard.check-weakened", ".github/workflows/ci.yml",
        "run: mypy src", "run: mypy src || true",
    ),
    "assertions taken out": (
        {"tests/test_code.py": TESTS.replace("assert sub(2, 1) == 1", "sub(2, 1)")},
        "guard.test-stripped", "tests/test_code.py", "1 assertion", "0 assertions",
    ),
    "an assertion that always holds": (
        {"tests/test_code.py": TESTS.replace("assert sub(2, 1) == 1", "assert True")},
        "guard.test-stripped", "tests/test_code.py", "1 assertion", "0 assertions",
    ),
    "a test that is collected no more": (
        {"tests/test_code.py": TESTS.replace("def test_add", "def _test_add")},
        "guard.test-not-collected", "tests/test_code.py",
        "tests/test_code.py: test_add", "tests/test_code.py: _test_add",
    ),
    "a file of tests that is collected no more": (
        {"tests/conftest.py": 'collect_ignore = ["test_code.py"]\n' + CONFTEST},
        "guard.test-not-collected", "tests/conftest.py",
        "tests/test_code.py collected", "tests/test_code.py ignored",
    ),
    "files of tests that are collected no more": (
        {"tests/conftest.py": CONFTEST + '\n\ncollect_ignore_glob: list[str] = []\n'
            'if not pytest:\n    collect_ignore_glob.append("test_*.py")\n'},
        "guard.test-not-collected", "tests/conftest.py",
        "tests/test_*.py collected", "tests/test_*.py ignored",
    ),
    "a CI step deleted": (
        {".github/workflows/ci.yml": CI.replace("      - run: mypy src\n", "")},
        "guard.check-removed", ".github/workflows/ci.yml", "run: mypy src", None,
    ),
    "a CI step put in a comment": (
        {".github/workflows/ci.yml": CI.replace("- run: mypy src", "# - run: mypy src")},
        "guard.check-removed", ".github/workflows/ci.yml", "run: mypy src", None,
    ),
    "a CI step without teeth": (
        {".github/workflows/ci.yml": CI.replace("mypy src", "mypy src || true")},
        "guard.check-weakened", ".github/workflows/ci.yml",
        "run: mypy src", "run: mypy src || true",
    ),
    "continue on error": (
        {".github/workflows/ci.yml": CI + "        continue-on-error: true\n"},
        "guard.check-weakened", ".github/workflows/ci.yml", None, "continue-on-error: true",
    ),
    "a hook removed": (
        {".pre-commit-config.yaml": HOOKS.replace("      - id: ruff\n", "")},
        "guard.hook-removed", ".pre-commit-config.yaml", "id: ruff", None,
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    ("files", "rule", "path", "before", "after"), TAMPERING.values(), ids=TAMPERING.keys()
)
def test_tampering(
    builder: RepositoryBuilder,
    files: Files,
    rule: str,
    path: str,
    before: str | None,
    after: str | None,
) -> None:
    builder.commit("Change", files)
    review = gate(builder)
    (finding,) = guards(review.judgement.findings)
    assert (finding.rule, finding.place.path) == (rule, path)
    assert (evidence(finding).before, evidence(finding).after) == (before, after)
    assert 0 < finding.points <= 3
    assert review.judgement.scorecard.points >= finding.points
    by_itself = Scorecard(0, (DimensionScore(Dimension.RULES, finding.points),))
    assert by_itself.debt <= (Thresholds().debt or 0)  # it is said, it does not stop


def test_all_tests_of_code_that_stays(builder: RepositoryBuilder) -> None:
    builder.commit("Change", {"tests/test_code.py": None})
    found = guards(gate(builder).judgement.findings)
    assert [finding.rule for finding in found] == ["guard.test-deleted"]
    assert "The same goes for test_sub." in found[0].message


def test_a_whole_workflow(builder: RepositoryBuilder) -> None:
    builder.commit("Change", {".github/workflows/ci.yml": None})
    found = guards(gate(builder).judgement.findings)
    assert {finding.rule for finding in found} == {"guard.check-removed"}
    assert len(found) == 2


def test_many_of_one_kind_are_told_once(builder: RepositoryBuilder) -> None:
    text = "".join(f"import m{n}  # noqa: F401\n" for n in range(24))
    builder.commit("Change", {"pkg/all.py": text, "pkg/more.py": "import sys  # noqa: E402\n"})
    (finding,) = guards(gate(builder).judgement.findings)
    assert finding.message == "25 new `noqa` keep the linter from looking for F401, E402."
    assert finding.points == 3
    others = evidence(finding).others
    assert [(one.path, one.span.first) for one in others[-2:]] == [
        ("pkg/all.py", 24), ("pkg/more.py", 1),
    ]  # fmt: skip


def test_a_line_that_speaks_to_several_tools_is_charged_once(builder: RepositoryBuilder) -> None:
    both = "import os  # pylint: disable=unused-import  # noqa: F401\n"
    builder.commit("Change", {"pkg/new.py": both, "pkg/newer.py": "import os  # noqa: F401\n"})
    found = guards(gate(builder).judgement.findings)
    assert sorted(finding.points for finding in found) == [1.0, 1.0]
