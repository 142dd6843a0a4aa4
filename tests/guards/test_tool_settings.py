"""Settings of other tools: first changes by which they overlook no more, then others."""

from __future__ import annotations

import pytest

from scanner.config import GuardPoints
from scanner.guards.check_steps import ChangedText
from scanner.guards.exempt_files import ExemptFiles
from scanner.guards.tool_settings import milder_settings

PY = "pyproject.toml"
Files = dict[str, str]
RUFF = '[tool.ruff.lint]\nselect = ["E", "F", "S"]\nignore = ["E501"]\n'
MYPY = "[tool.mypy]\nstrict = true\n"
COVER = "[tool.coverage.report]\nfail_under = 90\n"

CODECOV = (
    "coverage:\n  status:\n    project:\n      default:\n"
    "        target: 90%\n        threshold: 1%\n    patch:\n      default:\n        target: 80%\n"
)
PYTEST = '[tool.pytest.ini_options]\ntestpaths = ["tests", "more"]\n'
HOOKS = ".pre-commit-config.yaml"
MYPY_HOOK = "repos:\n  - repo: x\n    hooks:\n      - id: mypy\n"

SAME: dict[str, tuple[Files, Files]] = {
    "nothing of it": ({PY: RUFF}, {PY: RUFF + "[project]\nname = 'x'\n"}),
    "a first configuration": ({PY: "[project]\nname = 'x'\n"}, {PY: RUFF + MYPY}),
    "less is left out": ({PY: RUFF}, {PY: RUFF.replace('"E501"', "")}),
    "more is asked": ({PY: RUFF}, {PY: RUFF.replace('"S"', '"S", "B"')}),
    "what nobody asked is left out": ({PY: RUFF}, {PY: RUFF.replace('"E501"', '"E501", "D100"')}),
    "what was left out already": (
        {PY: RUFF.replace("E501", "E5")}, {PY: RUFF.replace('"E501"', '"E5", "E501"')},
    ),
    "a wider selection of the same": ({PY: RUFF}, {PY: RUFF.replace('"E", "F", "S"', '"ALL"')}),
    "comments": ({PY: RUFF}, {PY: "# ignore = E1\n" + RUFF}),
    "from flake8 to ruff": (
        {".flake8": "[flake8]\nignore = E501\n"},
        {PY: '[tool.ruff.lint]\nselect = ["E", "F"]\nignore = ["E501", "E402"]\n'},
    ),
    "from one file to another": (
        {".coveragerc": "[report]\nfail_under = 90\n", PY: "[project]\nname = 'x'\n"},
        {PY: COVER},
    ),
    "to the newer name": (
        {PY: '[tool.ruff]\nselect = ["E"]\nignore = ["E501"]\n'},
        {PY: '[tool.ruff.lint]\nselect = ["E"]\nextend-ignore = ["E501"]\n'},
    ),
    "the bar goes up": ({PY: COVER}, {PY: COVER.replace("90", "95")}),
    "stricter": ({PY: "[tool.mypy]\nstrict = false\n"}, {PY: MYPY}),
    "a level up": ({PY: '[tool.pyright]\ntypeCheckingMode = "basic"\n'},
                   {PY: '[tool.pyright]\ntypeCheckingMode = "strict"\n'}),
    "lines that never run": ({".coveragerc": "[report]\nfail_under = 9\n"}, {
        ".coveragerc": "[report]\nfail_under = 9\nexclude_also =\n    ^\\s*if TYPE_CHECKING:\n"}),
    "an option of pytest": ({PY: '[tool.pytest.ini_options]\naddopts = "-q"\n'},
                            {PY: '[tool.pytest.ini_options]\naddopts = "-ra --strict-markers"\n'}),
    "codecov asks for more": (
        {"codecov.yml": CODECOV}, {"codecov.yml": CODECOV.replace("80", "85")},
    ),
    "codecov asks for what the base has": (
        {"codecov.yml": CODECOV}, {"codecov.yml": CODECOV.replace("90%", "auto")},
    ),
    "codecov lets less be missed": (
        {"codecov.yml": CODECOV}, {"codecov.yml": CODECOV.replace("1%", "0.5%")},
    ),
    "codecov says it otherwise": (
        {"codecov.yml": CODECOV}, {"codecov.yml": CODECOV.replace("90%", "90.0")},
    ),
    "codecov from one file to another": (
        {".codecov.yaml": CODECOV}, {".github/codecov.yml": CODECOV},
    ),
    "codecov's first file": ({}, {"codecov.yml": CODECOV}),
    "codecov's flags": ({"codecov.yml": CODECOV}, {"codecov.yml": CODECOV + "comment: false\n"}),
    "tests under another name": ({PY: PYTEST}, {PY: PYTEST.replace("more", "others")}),
    "tests wherever they are": ({PY: PYTEST}, {PY: PYTEST.replace('"tests", "more"', '"."')}),
    "folders without tests": ({PY: PYTEST}, {PY: PYTEST + 'norecursedirs = [".git", "build"]\n'}),
    "a hook that is new": ({HOOKS: "repos: []\n"}, {HOOKS: MYPY_HOOK + "        exclude: ^app/\n"}),
    "what no hook should read": ({HOOKS: MYPY_HOOK}, {HOOKS: f"exclude: ^docs/\n{MYPY_HOOK}"}),
    "a hook of other files": (
        {HOOKS: MYPY_HOOK.replace("mypy", "mdformat")},
        {HOOKS: MYPY_HOOK.replace("mypy", "mdformat") + "        exclude: ^app/\n"},
    ),
    "a package without types": ({"mypy.ini": "[mypy]\nstrict = True\n"}, {
        "mypy.ini": "[mypy]\nstrict = True\n[mypy-boto.*]\nignore_missing_imports = True\n"}),
}  # fmt: skip

MILDER: dict[str, tuple[Files, Files, str]] = {
    "ruff ignore": ({PY: RUFF}, {PY: RUFF.replace('"E501"', '"E501", "F401"')}, "F401"),
    "ruff extend-ignore": ({PY: RUFF}, {PY: RUFF + 'extend-ignore = ["S101"]\n'}, "S101"),
    "ruff per-file-ignores": (
        {PY: RUFF}, {PY: RUFF + '[tool.ruff.lint.per-file-ignores]\n"app/*" = ["S"]\n'}, "S",
    ),
    "ruff exclude": ({"ruff.toml": "line-length = 99\n"},
                     {"ruff.toml": 'line-length = 99\nexclude = ["app"]\n'}, "app"),
    "ruff select": ({PY: RUFF}, {PY: RUFF.replace(', "S"', "")}, "S"),
    "flake8 ignore": ({".flake8": "[flake8]\nignore = E501\n"},
                      {".flake8": "[flake8]\nignore = E501,F401\n"}, "F401"),
    "flake8 extend-ignore": ({"setup.cfg": "[flake8]\nmax-line-length = 99\n"}, {
        "setup.cfg": "[flake8]\nmax-line-length = 99\nextend-ignore =\n    E203\n"}, "E203"),
    "flake8 per-file-ignores": ({"tox.ini": "[flake8]\nignore = E501\n"}, {
        "tox.ini": "[flake8]\nignore = E501\nper-file-ignores =\n    a.py: F401\n"}, "F401"),
    "mypy ignore_errors": ({"mypy.ini": "[mypy]\nstrict = True\n"}, {
        "mypy.ini": "[mypy]\nstrict = True\n[mypy-app.*]\nignore_errors = True\n"},
        "ignore-errors"),
    "mypy ignore_errors in toml": ({PY: MYPY}, {
        PY: MYPY + '[[tool.mypy.overrides]]\nmodule = "app.*"\nignore_errors = true\n'},
        "ignore-errors"),
    "mypy disable_error_code": ({PY: MYPY}, {PY: MYPY + 'disable_error_code = ["misc"]\n'}, "misc"),
    "mypy exclude": ({PY: MYPY}, {PY: MYPY + 'exclude = "app/"\n'}, "app/"),
    "mypy strict": ({PY: MYPY}, {PY: "[tool.mypy]\npretty = true\n"}, "strict"),
    "pylint disable": ({".pylintrc": "[MESSAGES CONTROL]\ndisable=C0103\n"}, {
        ".pylintrc": "[MESSAGES CONTROL]\ndisable=C0103,W0611\n"}, "W0611"),
    "pylint disable in toml": ({PY: '[tool.pylint."messages control"]\ndisable = ["C0103"]\n'}, {
        PY: '[tool.pylint."messages control"]\ndisable = ["C0103", "W0611"]\n'}, "W0611"),
    "coverage fail_under": ({PY: COVER}, {PY: COVER.replace("90", "10")}, "fail-under is 10"),
    "coverage without a bar": ({".coveragerc": "[report]\nfail_under = 90\n"},
                               {".coveragerc": "[report]\nshow_missing = True\n"}, "not set"),
    "codecov project": (
        {"codecov.yml": CODECOV}, {"codecov.yml": CODECOV.replace("90%", "50%")}, "is 50%, was 90%",
    ),
    "codecov patch": (
        {"codecov.yaml": CODECOV}, {"codecov.yaml": CODECOV.replace("80%", "0.5")}, "patch.default",
    ),
    "codecov threshold": (
        {".github/codecov.yml": CODECOV}, {".github/codecov.yml": CODECOV.replace("1%", "20%")},
        "threshold is 20%",
    ),
    "codecov in a file that is moved": (
        {"codecov.yml": CODECOV}, {".codecov.yml": CODECOV.replace("90%", "50%")}, "is 50%",
    ),
    "codecov for information": (
        {"codecov.yml": CODECOV},
        {"codecov.yml": CODECOV.replace("target: 80%", "target: 80%\n        informational: true")},
        "informational is true",
    ),
    "codecov ignore": (
        {"codecov.yml": CODECOV}, {"codecov.yml": CODECOV + "ignore:\n  - app/**\n"}, "app/**",
    ),
    "any tool's bar": ({PY: "[tool.docs_cover]\nfail_under = 90\n"},
                       {PY: "[tool.docs_cover]\nfail_under = 9\n"}, "fail-under is 9"),
    "mypy follow_imports": ({PY: MYPY}, {PY: MYPY + "follow_imports = 'skip'\n"}, "skip"),
    "fewer folders of tests": ({PY: PYTEST}, {PY: PYTEST.replace(', "more"', "")}, "more"),
    "folders with tests": ({PY: PYTEST}, {PY: PYTEST + 'norecursedirs = ["tests/api"]\n'}, "api"),
    "warnings are no errors": ({"pytest.ini": "[pytest]\nfilterwarnings = error\n"},
                               {"pytest.ini": "[pytest]\nfilterwarnings = ignore\n"}, "error"),
    "pytest -m not": ({PY: '[tool.pytest.ini_options]\naddopts = "-q"\n'}, {
        PY: "[tool.pytest.ini_options]\naddopts = \"-q -m 'not slow'\"\n"}, "not slow"),
    "all hooks": ({HOOKS: MYPY_HOOK}, {HOOKS: f"exclude: ^app/\n{MYPY_HOOK}"}, "^app/"),
    "one hook": (
        {HOOKS: MYPY_HOOK}, {HOOKS: MYPY_HOOK + "        exclude: ^app/\n"}, "mypy.exclude",
    ),
    "bandit's own file": (
        {"bandit.yaml": "skips: []\n"}, {"bandit.yaml": "skips: [B602]\n"}, "B602",
    ),
    "coverage omit": ({PY: COVER}, {PY: COVER + '[tool.coverage.run]\nomit = ["app/*"]\n'},
                      "app/*"),
    "pytest --ignore": ({PY: '[tool.pytest.ini_options]\naddopts = "-q"\n'}, {
        PY: '[tool.pytest.ini_options]\naddopts = "-q --ignore=tests"\n'}, "tests"),
    "pytest --deselect": ({"pytest.ini": "[pytest]\naddopts = -q\n"}, {
        "pytest.ini": "[pytest]\naddopts = -q --deselect tests/test_a.py::test_b\n"}, "test_b"),
    "pytest -k not": ({"setup.cfg": "[tool:pytest]\naddopts = -q\n"}, {
        "setup.cfg": "[tool:pytest]\naddopts = -q -k 'not slow'\n"}, "not slow"),
    "pyright report": ({"pyrightconfig.json": '{"include": ["a"]}'}, {
        "pyrightconfig.json": '{"include": ["a"], "reportMissingImports": "none"}'}, "none"),
    "pyright mode": ({PY: '[tool.pyright]\ntypeCheckingMode = "strict"\n'},
                     {PY: '[tool.pyright]\ntypeCheckingMode = "basic"\n'}, "basic"),
    "bandit skips": ({PY: '[tool.bandit]\ntargets = ["a"]\n'},
                     {PY: '[tool.bandit]\ntargets = ["a"]\nskips = ["B101"]\n'}, "B101"),
    "ty rules": ({"ty.toml": "[environment]\npython = 'x'\n"}, {
        "ty.toml": "[environment]\npython = 'x'\n[rules]\nunresolved-import = 'ignore'\n"},
        "ignore"),
}  # fmt: skip


def found(before: Files, after: Files) -> list[str]:
    texts = [
        ChangedText(path, before.get(path), after.get(path))
        for path in sorted(before.keys() | after.keys())
    ]
    return [finding.message for finding in milder_settings(texts, GuardPoints())]


@pytest.mark.parametrize(("before", "after"), SAME.values(), ids=SAME)
def test_asked_for_as_much(before: Files, after: Files) -> None:
    assert found(before, after) == []


@pytest.mark.parametrize(("before", "after", "says"), MILDER.values(), ids=MILDER)
def test_asked_for_less(before: Files, after: Files, says: str) -> None:
    (message,) = found(before, after)
    assert says in message


IGNORES = '[tool.ruff.lint.per-file-ignores]\n"{}" = ["S"]\n'
OMIT = '[tool.coverage.run]\nomit = ["{}"]\n'
OVERRIDE = '[[tool.mypy.overrides]]\nmodule = "{}"\nignore_errors = true\n'
EXCLUDE = "[tool.mypy]\nexclude = '{}'\n"
TREE = ("src/app/a.py", "src/app/b.py", "tests/unit/test_a.py", "tests/slow/test_b.py", "new.py")
FORMER = {"src/app/a.py": "app/a.py", "src/app/b.py": "app/b.py"}

#: A setting, the path it named, and the paths it names after the change.
AS_WIDE: dict[str, tuple[str, str, list[str]]] = {
    "the folder moved": (IGNORES, "app/*", ["src/app/*"]),
    "a file moved": (OMIT, "app/a.py", ["src/app/a.py"]),
    "the module is named otherwise": (OVERRIDE, "app.*", ["src.app.*"]),
    "one module of a package": (OVERRIDE, "app.*", ["app.a", "app.b"]),
    "split": (IGNORES, "tests/*", ["tests/unit/*", "tests/slow/*"]),
    "spelt otherwise": (IGNORES, "tests/*", ["tests/**"]),
    "spelt otherwise, by name": (IGNORES, "tests", ["**/tests/**/*.py"]),
    "the same files by another glob": (IGNORES, "tests/*", ["tests/*/test_*.py"]),
    "narrower": (OMIT, "app/*", ["src/app/a.py"]),
    "an expression": (EXCLUDE, "^app/", ["^src/app/"]),
    "another expression": (EXCLUDE, "app/.*\\.py$", ["^src/app/a\\.py$"]),
    "what is not there moved too": (OMIT, "app/gone.py", ["src/app/gone.py"]),
}

WIDER: dict[str, tuple[str, str, list[str]]] = {
    "a further file": (IGNORES, "app/a.py", ["src/app/*"]),
    "a further folder": (OMIT, "tests/unit/*", ["tests/*"]),
    "a further module": (OVERRIDE, "app.a", ["app.*"]),
    "a file that is new": (IGNORES, "app/*", ["new.py"]),
    "another file": (EXCLUDE, "^app/a", ["^src/app/b"]),
    "everything": (EXCLUDE, "^app/", ["(a|s|n)"]),
    "what is not there": (OMIT, "app/gone.py", ["app/other.py"]),
}


def weakened(setting: str, old: str, new: list[str]) -> list[str]:
    name, _, _ = setting.partition("\n")
    joined = {
        OMIT: f"{name}\nomit = {new}\n",
        IGNORES: name + "".join(f'\n"{one}" = ["S"]' for one in new),
    }.get(setting, "".join(setting.format(one) for one in new))
    texts = [ChangedText(PY, RUFF + setting.format(old), RUFF + joined)]
    files = ExemptFiles(lambda: TREE, FORMER)
    return [one.message for one in milder_settings(texts, GuardPoints(), files)]


@pytest.mark.parametrize(("setting", "old", "new"), AS_WIDE.values(), ids=AS_WIDE)
def test_paths_of_the_same_files(setting: str, old: str, new: list[str]) -> None:
    assert weakened(setting, old, new) == []


@pytest.mark.parametrize(("setting", "old", "new"), WIDER.values(), ids=WIDER)
def test_paths_of_more_files(setting: str, old: str, new: list[str]) -> None:
    assert len(weakened(setting, old, new)) == 1


def test_many_of_one_kind_are_told_once() -> None:
    codes = ", ".join(f'"F4{n:02}"' for n in range(24))
    (message,) = found({PY: RUFF}, {PY: RUFF.replace('"E501"', f'"E501", {codes}')})
    assert message.endswith("and 18 more.")


@pytest.mark.parametrize(
    "text", ["[tool", "tool = 1\n", "&a [*a]", "[tool]\nmypy = 3\nruff = []\npytest = 1\n"]
)
def test_broken_files_say_nothing(text: str) -> None:
    assert (
        found({PY: RUFF}, {PY: text, "setup.cfg": "x", "codecov.yml": text, HOOKS: text})
        is not None
    )


def test_yaml_that_stands_for_much_is_read_in_a_moment() -> None:
    rows = "".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 30))
    names = "".join(
        f"b{i}: &b{i} {{x: *b{i - 1}, y: *b{i - 1}, z: *b{i - 1}}}\n" for i in range(1, 30)
    )
    bombs = f"a0: &a0 [x]\n{rows}b0: &b0 {{}}\n{names}"
    assert found({"codecov.yml": CODECOV}, {"codecov.yml": bombs}) is not None
    assert found({"codecov.yml": CODECOV}, {"codecov.yml": "[" * 40_000}) is not None
