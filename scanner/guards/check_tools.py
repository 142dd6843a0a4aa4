"""The tools that check code, by name; which do the same work, and what runs them. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from pathlib import PurePosixPath

#: Tools of one trade: where one goes and another of the same comes, nothing is lost.
FAMILIES = {
    "style": (
        "ruff format", "ruff", "flake8", "pylint", "pycodestyle", "pydocstyle", "pyflakes",
        "pyupgrade", "autoflake", "prospector", "pylama", "refurb", "black", "isort", "yapf",
        "autopep8", "docformatter", "usort", "ufmt", "blue", "flynt", "reorder-python-imports",
    ),
    "types": ("basedpyright", "pyright", "dmypy", "mypy", "pyrefly", "pytype", "pyre", "ty"),
    "tests": (
        "pytest", "py.test", "unittest", "nose2", "nosetests", "manage.py test", "setup.py test",
        "stestr", "behave", "hatch test",
    ),
    "security": (
        "bandit", "semgrep", "codeql", "pip-audit", "safety", "osv-scanner", "trivy", "grype",
        "snyk", "gitleaks", "trufflehog", "detect-secrets",
    ),
    "coverage": ("fail-under", "fail_under", "diff-cover", "diff-quality"),
    "documentation": ("interrogate", "docsig", "darglint"),
    "spelling": ("codespell", "typos"),
    "complexity": ("xenon", "radon", "complexipy", "tallystick"),
    "dead code": ("vulture", "deptry"),
    "workflows": ("zizmor", "actionlint", "hadolint", "shellcheck", "yamllint"),
    "other languages": (
        "eslint", "prettier", "tsc", "vitest", "jest", "cargo test", "cargo clippy", "go test",
        "go vet", "golangci-lint",
    ),
}  # fmt: skip
#: One tool by another name.
_ALIASES = {"fail_under": "fail-under", "dmypy": "mypy", "py.test": "pytest"}
_FAMILY = {tool: family for family, tools in FAMILIES.items() for tool in tools}
#: Those that rewrite files unless they are told to check.
FORMATTERS = frozenset({"ruff format", "black", "isort", "yapf", "autopep8", "docformatter",
                        "usort", "ufmt", "blue", "prettier"})  # fmt: skip
#: What ruff does the work of, whether it came with the change or was there.
_RUFF_DOES = frozenset(FAMILIES["style"]) - {"pylint", "prospector", "ruff", "ruff format"}

_NAMES = "|".join(
    re.escape(tool).replace(r"\ ", r"[ \t]+") for tool in sorted(_FAMILY, key=len, reverse=True)
)
_TOOL = re.compile(
    rf"(?<![\w-])(?:--cov-|--)?({_NAMES})(?!\w|-(?!action)|/|\.(?:toml|ini|cfg|txt|json|ya?ml)\b)",
    re.IGNORECASE,
)
#: Lines that name a tool and run none: what is installed, what things are called, where they are.
_RUNS_NOTHING = re.compile(
    r"\binstall\b|\badd\b|\buninstall\b|additional_dependencies|:$|"
    r"^(?:name|description|deps|repo|rev|needs|key|restore-keys|path|image|title|summary|echo)\b"
)

#: In Python: the beginning of a command, and what prints or explains.
_COMMAND = re.compile(rf"(?<!\w=)(?<!\w)['\"]((?:{_NAMES})(?=['\"\s])[^'\"]*)", re.IGNORECASE)
_FOR_PEOPLE = re.compile(
    r"\b(?:print|secho|echo|help|warn|warning|info|debug|error|raise)\b|^['\"]{3}"
)

#: Programs that run what a file of the repository says, and that file.
_RUNNERS = {
    "tox": ("tox.ini", "tox.toml", "pyproject.toml", "setup.cfg"),
    "nox": ("noxfile.py",),
    "hatch": ("pyproject.toml", "hatch.toml"),
    "make": ("Makefile", "makefile", "GNUmakefile"),
    "just": ("justfile", "Justfile", ".justfile"),
    "task": ("Taskfile.yml", "Taskfile.yaml"),
    "poe": ("pyproject.toml", "poe_tasks.toml"),
    "pdm": ("pyproject.toml",),
    "pixi": ("pixi.toml", "pyproject.toml"),
    "rye": ("pyproject.toml",),
    "mise": ("mise.toml", ".mise.toml"),
    "taskipy": ("pyproject.toml",),
    "invoke": ("tasks.py",),
    "inv": ("tasks.py",),
    "doit": ("dodo.py",),
    "duty": ("duties.py",),
    "pre-commit": (".pre-commit-config.yaml", "prek.toml"),
    "prek": (".pre-commit-config.yaml", "prek.toml"),
    "lefthook": ("lefthook.yml",),
    "npm": ("package.json",),
    "yarn": ("package.json",),
    "pnpm": ("package.json",),
}
#: The files of runners, which are asked for when a runner is met.
RUNNER_FILES = tuple(dict.fromkeys(file for files in _RUNNERS.values() for file in files))
_RUNNER = re.compile(rf"(?<![\w.-])({'|'.join(map(re.escape, _RUNNERS))})(?![\w.]|-(?!action))")
_SCRIPT = re.compile(r"(?<![\w@:/.-])(?:\./)?((?:[\w.-]+/)*[\w-]+(?:\.(?:sh|bash|py|mk))|"
                     r"(?:[\w.-]+/)+[\w.-]+)(?![\w/@-])")  # fmt: skip
_MODULE = re.compile(r"(?<![\w-])-m[ \t]+([A-Za-z_]\w*(?:\.\w+)*)")
#: What a document says of tools runs none of them.
_RUNNABLE = ("", ".sh", ".bash", ".py", ".mk")
#: Names by which a script or a target that cannot be read still says that it checks.
_SAYS_CHECK = re.compile(
    r"(?<![a-z])(?:tests?|lint|check|typecheck|verify)(?![a-z])", re.IGNORECASE
)
#: They hand on what was measured; whether that fails says nothing of the code.
UPLOADS = re.compile(r"(?<![\w-])(?:codecov|coveralls|sonar\w*|upload-\w+)", re.IGNORECASE)


def tools_in(text: str) -> frozenset[str]:
    """The tools that a line of a script or of a configuration runs."""
    if _RUNS_NOTHING.search(text):
        return frozenset()
    return frozenset(_named(match[1]) for match in _TOOL.finditer(text))


def tools_in_python(text: str) -> frozenset[str]:
    """The tools that a line of a Python script runs: those that a text in quotes begins with, if
    it is no text for people, and all that stand beside a word for running.
    """
    if "run" in text:
        return tools_in(text)
    if _FOR_PEOPLE.search(text):
        return frozenset()
    return frozenset().union(*(tools_in(match[1]) for match in _COMMAND.finditer(text)))


def tools_of_hook(name: str) -> frozenset[str]:
    """The tool that a hook is, by its id: `ruff-check` is ruff; one that is unknown is itself."""
    lowered = name.lower()
    if lowered == "ruff-format":
        return frozenset({"ruff format"})
    known = (tool for tool in _FAMILY if lowered == tool or lowered.startswith(f"{tool}-"))
    return frozenset(list(known)[:1]) or frozenset({f"hook {name}"})


def runs(text: str) -> tuple[str, ...]:
    """The files of the repository whose commands a line runs: of runners, and scripts."""
    if _RUNS_NOTHING.search(text):
        return ()
    files = [file for match in _RUNNER.finditer(text) for file in _RUNNERS[match[1]]]
    found = (match[1] for match in _SCRIPT.finditer(text))
    modules = (match[1].replace(".", "/") for match in _MODULE.finditer(text))
    return (
        *files,
        *(path for path in found if PurePosixPath(path).suffix in _RUNNABLE),
        *(path for module in modules for path in (f"{module}.py", f"{module}/__main__.py")),
    )


def says_check(text: str) -> bool:
    """Whether a line runs something that is called after checking: `./ci/lint`, `make test`."""
    is_command = bool(_RUNNER.search(text) or _SCRIPT.search(text))
    return is_command and not _RUNS_NOTHING.search(text) and bool(_SAYS_CHECK.search(text))


def is_replaced(tool: str, before: Collection[str], after: Collection[str]) -> bool:
    """Whether another tool does the work of one that is gone."""
    family = _FAMILY.get(tool)
    if family is None:
        kept = tool.removeprefix("hook ")
        others = (other.removeprefix("hook ") for other in after)
        return any(other.startswith(kept) or kept.startswith(other) for other in others)
    if tool in _RUFF_DOES and {"ruff", "ruff format"} & set(after):
        return True
    return any(_FAMILY.get(other) == family for other in set(after) - set(before))


def runs_tests(tools: Iterable[str]) -> bool:
    """Whether one of some tools runs tests."""
    return any(_FAMILY.get(tool) == "tests" for tool in tools)


def _named(found: str) -> str:
    name = " ".join(found.lower().split())
    return _ALIASES.get(name, name)
