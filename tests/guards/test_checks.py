"""Checks of CI and of hooks: first changes after which they check as much, then others."""

from __future__ import annotations

import pytest

from scanner.base.model import Finding, Severity
from scanner.config import GuardPoints
from scanner.guards.check_steps import ChangedText, TextsTree
from scanner.guards.checks import lost_checks

CI = ".github/workflows/ci.yml"
LAB = ".gitlab-ci.yml"
HOOKS = ".pre-commit-config.yaml"
Tree = dict[str, str]


def workflow(*steps: str, on: str = "[push]", job: str = "") -> str:
    lines = "".join(f"      - {step}\n" for step in steps)
    return f"on: {on}\njobs:\n  test:\n    runs-on: x\n{job}    steps:\n{lines}"


def hooks(*names: str) -> str:
    return "repos:\n  - repo: x\n    hooks:\n" + "".join(f"      - id: {name}\n" for name in names)


LINT = workflow("run: flake8 src", "run: black --check .", "run: isort -c .", "run: pytest")
BOTH = workflow("run: pytest -q", "run: mypy src")
UPLOAD = "uses: codecov/codecov-action@v5"
COMMENT = "run: gh pr comment 1 --body-file out.md"
JOBS = "test:\n  script:\n    - pytest\ndeploy:\n  script:\n    - ./deploy.sh\n"
NOX = 'import nox\n\n@nox.session\ndef t(session):\n    session.run("pytest")\n'

MADE = {CI: workflow("run: mypy ."), "Makefile": "lint:\n\tmypy .\n"}

#: A command that is put together before it is handed on.
LINT_SCRIPT = 'cmd = ["ruff", "check"] + sys.argv[1:]\nsys.exit(subprocess.call(cmd))\n'
SAME: dict[str, tuple[Tree, Tree]] = {
    "ruff by a script of Python": (
        {CI: workflow("run: ruff check .")},
        {CI: workflow("run: uv run --no-project scripts/lint.py"), "scripts/lint.py": LINT_SCRIPT}),
    "ruff by a module": (
        {CI: workflow("run: ruff check .")},
        {CI: workflow("run: python -m scripts.lint"), "scripts/lint.py": LINT_SCRIPT}),
    "the daemon of mypy": ({CI: workflow("run: dmypy run -- .", "run: pytest")},
                           {CI: workflow("run: mypy .", "run: pytest")}),
    "linters become ruff": (
        {CI: LINT}, {CI: workflow("run: ruff check .", "run: ruff format --check", "run: pytest")},
    ),
    "linters become ruff's action": (
        {CI: LINT}, {CI: workflow("uses: astral-sh/ruff-action@v3", "run: pytest")},
    ),
    "hooks become ruff": ({HOOKS: hooks("black", "isort", "flake8")},
                          {HOOKS: hooks("ruff-check", "ruff-format")}),
    "a hook goes to CI": ({HOOKS: hooks("mypy"), CI: workflow("run: pytest")},
                          {HOOKS: "repos: []\n", CI: BOTH}),
    "pytest by nox": ({CI: workflow("run: pytest"), "noxfile.py": NOX},
                      {CI: workflow("run: nox -s t"), "noxfile.py": NOX}),
    "pytest by tox": (
        {CI: workflow("run: pytest")},
        {CI: workflow("run: tox -e py"), "tox.ini": "[testenv]\ncommands = pytest {posargs}\n"},
    ),
    "pytest by hatch": (
        {CI: workflow("run: pytest")},
        {CI: workflow("run: hatch run all"),
         "pyproject.toml": '[tool.hatch.envs.default.scripts]\nall = "pytest tests"\n'},
    ),
    "pytest by pixi": (
        {CI: workflow("run: pytest")},
        {CI: workflow("run: pixi run -e py312 test"),
         "pixi.toml": '[feature.test.tasks]\ntest = "pytest -n auto"\n'}),
    "pytest by mise": (
        {CI: workflow("run: pytest")},
        {CI: workflow("run: mise run test"), "mise.toml": '[tasks.test]\nrun = "pytest"\n'}),
    "pytest by uv": ({CI: workflow("run: pytest")}, {CI: workflow("run: uv run pytest")}),
    "pytest by make": ({CI: workflow("run: pytest"), "Makefile": "test:\n\tpytest -q\n"},
                       {CI: workflow("run: make test"), "Makefile": "test:\n\tpytest -q\n"}),
    "pytest by a script": ({CI: workflow("run: pytest")},
                           {CI: workflow("run: ./ci/test.sh"), "ci/test.sh": "pytest -q\n"}),
    "tox gives way to pytest": (
        {CI: workflow("run: tox"), "tox.ini": "[testenv]\ncommands = pytest\n"},
        {CI: workflow("run: uv run pytest")},
    ),
    "a workflow of its own": ({CI: BOTH}, {
        CI: workflow("run: pytest -q"),
        ".github/workflows/types.yml": workflow("run: mypy src", on="[workflow_call]"),
    }),
    "a workflow of another repository": (
        {CI: BOTH},
        {CI: "on: [push]\njobs:\n  t:\n    uses: acme/ci/.github/workflows/py.yml@v1\n"},
    ),
    "one of two steps goes": ({CI: workflow("run: pytest a", "run: pytest b")},
                              {CI: workflow("run: pytest a b")}),
    "CI goes to another system": ({CI: BOTH}, {".forgejo/workflows/ci.yml": BOTH}),
    "mypy gives way to pyright": ({CI: BOTH}, {CI: BOTH.replace("mypy src", "pyright")}),
    "a deploy job waits for a person": ({LAB: JOBS}, {LAB: JOBS + "  when: manual\n"}),
    "a deploy job may fail": ({LAB: JOBS}, {LAB: JOBS + "  allow_failure: true\n"}),
    "a comment step may fail": (
        {CI: workflow("run: pytest", COMMENT)},
        {CI: workflow("run: pytest", COMMENT + "\n        continue-on-error: true")},
    ),
    "an upload may fail": (
        {CI: workflow("run: pytest", UPLOAD)},
        {CI: workflow("run: pytest", UPLOAD + "\n        with: {fail_ci_if_error: false}")},
    ),
    "an upload may fail otherwise": (
        {CI: workflow("run: pytest", UPLOAD)},
        {CI: workflow("run: pytest", UPLOAD + "\n        continue-on-error: true")},
    ),
    "a new check may fail": ({CI: workflow("run: pytest")},
                             {CI: workflow("run: pytest", "run: mypy src || true")}),
    "a new job may fail": ({CI: workflow("run: pytest")}, {CI: workflow(
        "run: pytest", "name: types\n        run: ty check\n        continue-on-error: true")}),
    "an experiment may fail": (
        {CI: BOTH},
        {CI: workflow("run: pytest -q", "run: mypy src",
                      job="    continue-on-error: ${{ matrix.experimental }}\n")},
    ),
    "an exit code is looked at by hand": (
        {CI: workflow("run: |\n          pytest")},
        {CI: workflow("run: |\n          set +e\n          pytest\n          exit $?")},
    ),
    "a clean-up may fail": ({CI: workflow("run: pytest", "run: docker rm x")},
                            {CI: workflow("run: pytest", "run: docker rm x || true")}),
    "a new partial run": ({CI: workflow("run: pytest")},
                          {CI: workflow("run: pytest", "run: pytest -k 'not slow' --twice")}),
    "a document is read no more": (
        {CI: workflow("run: pytest", "uses: x/notes@v1\n        with: {file: ./notes.md}"),
         "notes.md": "We run mypy and flake8 now.\n"},
        {CI: workflow("run: pytest"), "notes.md": "We run mypy and flake8 now.\n"},
    ),
    "a cache is renamed": (
        {CI: workflow("run: mypy .", "uses: c\n        with:\n          path: .mypy_cache")},
        {CI: workflow("run: mypy .", "uses: c\n        with:\n          path: cache")},
    ),
    "a bar goes to the settings": (
        {CI: workflow("run: pytest --cov-fail-under=90"), "pyproject.toml": "[project]\n"},
        {CI: workflow("run: pytest"),
         "pyproject.toml": "[project]\n[tool.coverage.report]\nfail_under = 90\n"},
    ),
    "a bar that the settings have too": (
        {CI: workflow("run: pytest --cov-fail-under=90"), ".coveragerc": "fail_under = 90\n"},
        {CI: workflow("run: pytest"), ".coveragerc": "fail_under = 90\n"},
    ),
    "a formatter, then a look at what it changed": (
        {CI: workflow("run: black --check .")},
        {CI: workflow("run: black .", "run: git diff --exit-code")},
    ),
    "a formatter that checks otherwise": ({CI: workflow("run: isort -c .")},
                                          {CI: workflow("run: isort --check-only .")}),
    "a bar goes up": ({CI: workflow("run: diff-cover x.xml --fail-under=80")},
                      {CI: workflow("run: diff-cover x.xml --fail-under 85")}),
    "two bars, and other options": (
        {CI: workflow("run: pytest --cov-fail-under=90", "run: diff-cover c --fail-under=50")},
        {CI: workflow("run: pytest -q --cov-fail-under=90", "run: diff-cover d --fail-under=50")},
    ),
    "settings of a tool that no CI runs": (
        {"pyproject.toml": "[tool.ruff.lint]\nignore = []\n", "Makefile": "t:\n\tpytest\n"},
        {"pyproject.toml": "", "Makefile": "t:\n\tpytest\n"},
    ),
    "the Makefile of a project with CI": ({CI: BOTH, "Makefile": "lint:\n\tmypy src\n"},
                                          {CI: BOTH, "Makefile": "all:\n\ttrue\n"}),
}  # fmt: skip

LOST: dict[str, tuple[Tree, Tree, str]] = {
    "a script that only speaks of ruff": (
        {CI: workflow("run: ruff check .")},
        {CI: workflow("run: python scripts/lint.py"),
         "scripts/lint.py": 'print("ruff is not called")\nHELP = dict(help="ruff")\n'},
        "check-removed"),
    "a step goes": ({CI: BOTH}, {CI: workflow("run: pytest -q")}, "check-removed"),
    "a workflow goes": ({CI: workflow("run: mypy src")}, {}, "check-removed"),
    "a workflow waits for a person": (
        {CI: BOTH}, {CI: BOTH.replace("[push]", "workflow_dispatch")}, "check-removed",
    ),
    "a linter goes and its formatter stays": (
        {CI: workflow("run: flake8", "run: black --check .")},
        {CI: workflow("run: black --check .")}, "check-removed",
    ),
    "ruff goes": ({CI: workflow("run: ruff check", "run: pytest")}, {CI: workflow("run: pytest")},
                  "check-removed"),
    "a runner that ran it goes": (
        {CI: workflow("run: nox"), "noxfile.py": NOX}, {CI: workflow("run: true"),
                                                       "noxfile.py": NOX}, "check-removed",
    ),
    "CI goes and what is run by hand stays": (MADE, {"Makefile": MADE["Makefile"]},
                                              "check-removed"),
    "make without CI": ({"Makefile": "test:\n\tpytest\nlint:\n\tmypy .\n"},
                        {"Makefile": "test:\n\tpytest\n"}, "check-removed"),
    "a hook goes": ({HOOKS: hooks("mypy", "ruff")}, {HOOKS: hooks("ruff")}, "hook-removed"),
    "an own hook goes": ({HOOKS: hooks("our-check", "ruff")}, {HOOKS: hooks("ruff")},
                         "hook-removed"),
    "a step may fail": ({CI: BOTH}, {CI: BOTH + "        continue-on-error: true\n"},
                        "check-weakened"),
    "a job may fail": (
        {CI: BOTH}, {CI: workflow("run: pytest -q", "run: mypy src",
                                  job="    continue-on-error: true\n")}, "check-weakened",
    ),
    "a test job waits for a person": (
        {LAB: JOBS}, {LAB: JOBS.replace("pytest\n", "pytest\n  when: manual\n")}, "check-weakened",
    ),
    "a job is never run": ({CI: BOTH}, {CI: workflow("run: pytest -q", "run: mypy src",
                                                     job="    if: false\n")}, "check-weakened"),
    "a command's failure is dropped": ({CI: BOTH}, {CI: BOTH.replace("-q", "-q || true")},
                                       "check-weakened"),
    "a script's failure is dropped": (
        {CI: workflow("run: ./ci/lint.sh")}, {CI: workflow("run: ./ci/lint.sh || true")},
        "check-weakened",
    ),
    "tests are left out": ({CI: BOTH}, {CI: BOTH.replace("-q", "-q --ignore=tests/slow")},
                           "check-weakened"),
    "tests are deselected": ({CI: BOTH}, {CI: BOTH.replace("-q", "-q -k 'not api'")},
                             "check-weakened"),
    "a step only says what it ran": (
        {CI: BOTH}, {CI: BOTH.replace("run: mypy src", 'run: echo "mypy src"')}, "check-weakened",
    ),
    "tests are only collected": ({CI: BOTH}, {CI: BOTH.replace("-q", "--collect-only")},
                                 "check-weakened"),
    "errors are switched off": (
        {CI: workflow("run: |\n          mypy src")},
        {CI: workflow("run: |\n          set +e\n          mypy src")}, "check-weakened",
    ),
    "a bar comes down on its way to the settings": (
        {CI: workflow("run: pytest --cov-fail-under=90")},
        {CI: workflow("run: pytest"),
         "pyproject.toml": "[tool.coverage.report]\nfail_under = 40\n"}, "check-weakened",
    ),
    "the bar of what is new comes down": (
        {CI: workflow("run: pytest --cov-fail-under=70", "run: diff-cover c --fail-under=90")},
        {CI: workflow("run: pytest --cov-fail-under=70", "run: diff-cover c --fail-under=10")},
        "check-weakened",
    ),
    "a formatter rewrites and passes": ({CI: workflow("run: black --check .", "run: pytest")},
                                        {CI: workflow("run: black .", "run: pytest")},
                                        "check-weakened"),
    "a bar goes": ({CI: workflow("run: coverage report --fail-under=90")},
                   {CI: workflow("run: coverage report")}, "check-removed"),
    "slow tests are left out": ({CI: BOTH}, {CI: BOTH.replace("-q", "-q -m 'not slow'")},
                                "check-weakened"),
    "a bar comes down": (
        {CI: workflow("run: pytest --cov-fail-under=90")},
        {CI: workflow("run: pytest --cov-fail-under=50")}, "check-weakened",
    ),
}  # fmt: skip


ONE = workflow("run: pytest")
MAKE = {CI: workflow("run: make test lint"), "Makefile": "test:\n\tpytest\nlint:\n\truff check\n"}

#: Changes that are told and after which tests still can fail CI or a hook, or could not before.
TESTS_STAY: dict[str, tuple[Tree, Tree]] = {
    "another check goes": ({CI: BOTH}, {CI: ONE}),
    "one of two steps may fail": (
        {CI: workflow("run: pytest a", "run: pytest b")},
        {CI: workflow("run: pytest a", "run: pytest b || true")},
    ),
    "a step goes and a hook stays": ({CI: workflow("run: pytest", "run: mypy ."),
                                      HOOKS: hooks("pytest")}, {HOOKS: hooks("pytest")}),
    "some tests are left out": ({CI: ONE}, {CI: ONE.replace("pytest", "pytest -k 'not slow'")}),
    "they could not fail before": ({CI: workflow("run: pytest || true", "run: mypy .")},
                                   {CI: workflow("run: echo")}),
    "they were run by hand": ({"Makefile": "test:\n\tpytest\n"}, {"Makefile": "test:\n\ttrue\n"}),
}  # fmt: skip

TESTS_STOP: dict[str, tuple[Tree, Tree]] = {
    "the workflow goes": ({CI: ONE}, {}),
    "the workflow goes and the Makefile stays": (MAKE, {"Makefile": MAKE["Makefile"]}),
    "the step goes": ({CI: BOTH}, {CI: workflow("run: mypy src")}),
    "their failure is dropped": ({CI: ONE}, {CI: workflow("run: pytest || true")}),
    "the step may fail": ({CI: ONE}, {CI: ONE + "        continue-on-error: true\n"}),
    "the job may fail": (
        {CI: ONE}, {CI: workflow("run: pytest", job="    continue-on-error: true\n")},
    ),
    "the job is never run": ({CI: ONE}, {CI: workflow("run: pytest", job="    if: false\n")}),
    "the workflow waits for a person": ({CI: ONE},
                                        {CI: ONE.replace("[push]", "workflow_dispatch")}),
    "what make runs does nothing": (
        MAKE, {**MAKE, "Makefile": MAKE["Makefile"].replace("pytest", "true")},
    ),
    "the Jenkinsfile goes": ({"Jenkinsfile": "sh 'pytest -q'\n"}, {}),
    "another system's file does other things": (
        {CI: ONE}, {".forgejo/workflows/ci.yml": workflow("run: ruff check")},
    ),
}  # fmt: skip


def found(before: Tree, after: Tree) -> list[str]:
    return [finding.rule for finding in findings(before, after)]


def findings(before: Tree, after: Tree) -> tuple[Finding, ...]:
    texts = [
        ChangedText(path, before.get(path), after.get(path))
        for path in sorted(before.keys() | after.keys())
        if before.get(path) != after.get(path)
    ]
    return lost_checks(texts, GuardPoints(), TextsTree(before), TextsTree(after))


@pytest.mark.parametrize(("before", "after"), SAME.values(), ids=SAME)
def test_checks_as_much(before: Tree, after: Tree) -> None:
    assert found(before, after) == []


@pytest.mark.parametrize(("before", "after", "guard"), LOST.values(), ids=LOST)
def test_checks_less(before: Tree, after: Tree, guard: str) -> None:
    assert set(found(before, after)) == {f"guard.{guard}"}


@pytest.mark.parametrize(("before", "after"), TESTS_STAY.values(), ids=TESTS_STAY)
def test_tests_can_still_fail(before: Tree, after: Tree) -> None:
    assert {one.severity for one in findings(before, after)} == {Severity.WARNING}


@pytest.mark.parametrize(("before", "after"), TESTS_STOP.values(), ids=TESTS_STOP)
def test_tests_cannot_fail_any_more(before: Tree, after: Tree) -> None:
    assert {one.severity for one in findings(before, after)} == {Severity.ERROR}
