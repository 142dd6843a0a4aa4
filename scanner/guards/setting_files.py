"""Settings of other tools, as they stand in their files → values by one name each. Pure."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from scanner.base.ini_text import read_ini
from scanner.base.toml_text import read_toml
from scanner.base.yaml_text import read_yaml

#: Where codecov looks for its settings.
_CODECOV = tuple(
    f"{folder}{dot}codecov.{suffix}"
    for folder in ("", ".github/", "dev/")
    for dot in ("", ".")
    for suffix in ("yml", "yaml")
)
_BANDIT = ("bandit.yaml", "bandit.yml", ".bandit.yaml", ".bandit.yml")
_PRE_COMMIT = ".pre-commit-config.yaml"
#: Pathspecs of the files that tools are set by.
TOOL_PATHS = (
    "pyproject.toml", "ruff.toml", ".ruff.toml", "setup.cfg", "tox.ini", ".flake8", "mypy.ini",
    ".mypy.ini", ".coveragerc", "pytest.ini", ".pytest.ini", ".pylintrc", "pylintrc",
    "pyrightconfig.json", ".bandit", "ty.toml", "pyrefly.toml", *_CODECOV, *_BANDIT, _PRE_COMMIT,
)  # fmt: skip

#: Longer ones are not read: no hand wrote them.
_LONGEST = 1_000_000
#: YAML is slower to read, and an alias can stand for much: so many characters and values of it.
_LONGEST_YAML = 50_000
_MOST_VALUES = 5_000

Value = str | float | bool | frozenset[str]
Settings = Mapping[str, Value]
#: Whether the text of an option of an ini file is a list, by the option's name.
IsList = Callable[[str], bool]


def merged_settings(texts: Iterable[tuple[str, str | None]], is_list: IsList) -> Settings:
    """The settings of all files together, by path and text; None is a file that is not there."""
    settings: dict[str, Value] = {}
    for path, text in texts:
        if text is None or len(text) > _LONGEST:
            continue
        for key, value in _read(path, text, is_list):
            known = settings.get(key)
            if isinstance(value, frozenset) and isinstance(known, frozenset):
                settings[key] = known | value
            else:
                settings[key] = value
    return settings


def _read(path: str, text: str, is_list: IsList) -> Iterator[tuple[str, Value]]:
    """The settings of a file by normalised name; of one that cannot be read, none.

    That a file is broken is said by the tool that reads it.
    """
    try:
        if path.endswith(".toml"):
            document = read_toml(text)
            tools = document.get("tool", {}) if path == "pyproject.toml" else {_own(path): document}
            yield from _flat_toml(tools)
        elif path.endswith(".json"):
            yield from _flat("pyright", json.loads(text))
        elif path.endswith((".yml", ".yaml")):
            yield from _flat_yaml(path, text)
        else:
            yield from _flat_ini(path, text, is_list)
    except (ValueError, RecursionError, AttributeError, TypeError):
        return


def _own(path: str) -> str:
    return path.removeprefix(".").removesuffix(".toml")


def _flat_toml(tools: Mapping[str, Any]) -> Iterator[tuple[str, Value]]:
    for tool, content in tools.items():
        if tool == "mypy" and isinstance(content, dict):
            for override in content.pop("overrides", []):
                modules = override.get("module", "")
                named = modules if isinstance(modules, list) else [modules]
                for module in named:
                    rest = {key: value for key, value in override.items() if key != "module"}
                    yield from _flat(f"mypy.overrides.{module}", rest)
        if tool == "pytest" and isinstance(content, dict):
            yield from _pytest(content.get("ini_options", {}))
        elif tool == "ruff" and isinstance(content, dict):
            yield from _ruff(content)
        else:
            yield from _flat(tool, content)


def _ruff(content: Mapping[str, Any]) -> Iterator[tuple[str, Value]]:
    """`lint.extend-ignore` and the older `ignore` are one list."""
    merged: dict[str, Value] = {}
    for key, value in _flat("ruff", content):
        name = key.replace("ruff.lint.", "ruff.", 1)
        name = re.sub(r"^ruff\.extend-", "ruff.", name)
        known = merged.get(name)
        both = isinstance(known, frozenset) and isinstance(value, frozenset)
        merged[name] = known | value if both else value  # type: ignore[operator]
    yield from merged.items()


def _pytest(options: Mapping[str, Any]) -> Iterator[tuple[str, Value]]:
    added = options.get("addopts", "")
    for name, value in _flat("pytest", options):
        if name != "pytest.addopts":
            yield name, _listed(name, value) if isinstance(value, str) else value
    yield from _pytest_options(added if isinstance(added, list) else _words(str(added)))


def _listed(name: str, text: str) -> Value:
    """An option of pytest as an ini file has it: some are lists."""
    if name in ("pytest.testpaths", "pytest.norecursedirs"):
        return frozenset(text.split())
    is_lines = name == "pytest.filterwarnings"
    return frozenset(map(str.strip, text.splitlines())) if is_lines else text


def _pytest_options(words: Sequence[str]) -> Iterator[tuple[str, Value]]:
    yield "pytest.addopts", frozenset(words)
    found: dict[str, set[str]] = {"ignore": set(), "deselect": set(), "not": set()}
    for word, following in zip(words, [*words[1:], ""], strict=True):
        name, equals, given = word.partition("=")
        value = given if equals else following
        if name in ("--ignore", "--ignore-glob"):
            found["ignore"].add(value)
        elif name == "--deselect":
            found["deselect"].add(value)
        elif name in ("-k", "-m") and value.startswith("not"):
            found["not"].add(value)
        elif name == "--cov-fail-under":
            yield "pytest.addopts.cov-fail-under", number_of(value)
    for name, values in found.items():
        if values:
            yield f"pytest.addopts.{name}", frozenset(values)


def _flat_yaml(path: str, text: str) -> Iterator[tuple[str, Value]]:
    # A tenth of a second to import, and needed where such a file changes.
    from ruamel.yaml.error import YAMLError  # noqa: PLC0415

    if len(text) > _LONGEST_YAML:
        return
    try:
        document = read_yaml(text)
    except YAMLError as error:
        raise ValueError(str(error)) from error
    if path == _PRE_COMMIT:
        yield from _hooks(document)
    else:
        yield from _flat_values("codecov" if path in _CODECOV else "bandit", document)


def _hooks(document: Any) -> Iterator[tuple[str, Value]]:
    """What pre-commit passes over, in all hooks and in each."""
    every = [("pre-commit", document)]
    for repository in document.get("repos", []):
        hooks = repository.get("hooks", [])
        every += [(f"pre-commit.{hook.get('id')}", hook) for hook in hooks]
    for name, options in every[:_MOST_VALUES]:
        yield f"{name}.exclude", str(options.get("exclude") or "")


def _flat_values(name: str, document: Any) -> Iterator[tuple[str, Value]]:
    """The first values of a document that may hold one thing in many places."""
    queue = [(name, document)]
    for key, value in queue:
        if len(queue) > _MOST_VALUES:
            return
        if isinstance(value, dict):
            queue += [
                (f"{key}.{str(one).replace('_', '-')}", inner) for one, inner in value.items()
            ]
        elif isinstance(value, list):
            yield key, frozenset(str(one) for one in value if isinstance(one, str | int | float))
        elif isinstance(value, str | int | float):
            yield key, value if isinstance(value, bool | str) else float(value)


def _words(text: str) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError:
        return text.split()


def _flat(prefix: str, content: Any) -> Iterator[tuple[str, Value]]:
    if isinstance(content, dict):
        for key, value in content.items():
            name = str(key) if prefix.endswith("per-file-ignores") else str(key).replace("_", "-")
            yield from _flat(f"{prefix}.{name}", value)
        return
    if prefix.startswith("pyright."):
        prefix = prefix.lower()
    if isinstance(content, list):
        yield prefix, frozenset(str(one) for one in content)
    elif isinstance(content, bool | str):
        yield prefix, content
    elif isinstance(content, int | float):
        yield prefix, float(content)


_INI_TOOLS = {"report": "coverage.report", "run": "coverage.run", "flake8": "flake8",
              "coverage:report": "coverage.report", "coverage:run": "coverage.run",
              "mypy": "mypy", "bandit": "bandit", "isort": "isort", "codespell": "codespell",
              "interrogate": "interrogate"}  # fmt: skip


def _flat_ini(path: str, text: str, is_list: IsList) -> Iterator[tuple[str, Value]]:
    for section, values in read_ini(text).items():
        options = {key: value or "" for key, value in values.items()}
        if section in ("tool:pytest", "pytest"):
            yield from _pytest(options)
        elif section.startswith("mypy-"):
            yield from _ini_values(f"mypy.overrides.{section[5:]}", options, is_list)
        elif "pylint" in path or section.startswith("pylint"):
            yield from _ini_values("pylint", options, is_list)
        elif section in _INI_TOOLS:
            yield from _ini_values(_INI_TOOLS[section], options, is_list)


def _ini_values(
    prefix: str, options: Mapping[str, str], is_list: IsList
) -> Iterator[tuple[str, Value]]:
    for option, text in options.items():
        key = f"{prefix}.{option.replace('_', '-')}"
        name = re.sub(r"^flake8\.extend-", "flake8.", key)
        if name == "flake8.per-file-ignores":
            for line in text.splitlines():
                where, _, codes = line.partition(":")
                if codes.strip():
                    yield f"{name}.{where.strip()}", _split(codes)
        elif name.startswith("coverage.report.exclude"):
            yield name, frozenset(filter(None, map(str.strip, text.splitlines())))
        elif is_list(name):
            yield name, _split(text)
        else:
            yield name, text.strip()


def _split(text: str) -> frozenset[str]:
    without = (re.sub(r"(?:^|\s)#.*", "", line) for line in text.splitlines())
    return frozenset(part for line in without for part in re.split(r"[,\s]+", line) if part)


def number_of(value: object) -> float:
    """A setting as a number, without its percent sign; 0 for what is none."""
    try:
        return float(str(value).strip().removesuffix("%"))
    except ValueError:
        return 0.0
