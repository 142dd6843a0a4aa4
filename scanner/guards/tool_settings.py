"""Settings of other tools that a change makes milder: in pyproject.toml, setup.cfg and their own.

All changed files count together, so that what moves from one to another is no change. A tool that
was not configured before is not judged by what its first configuration leaves out.
"""

from __future__ import annotations

import configparser
import json
import re
import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scanner.base.model import Finding, Place
from scanner.base.toml_text import read_toml
from scanner.config import GuardPoints
from scanner.guards.check_steps import ChangedText
from scanner.guards.finding import Loss, in_file, tampering

#: Pathspecs of the files that tools are set by.
TOOL_PATHS = (
    "pyproject.toml", "ruff.toml", ".ruff.toml", "setup.cfg", "tox.ini", ".flake8", "mypy.ini",
    ".mypy.ini", ".coveragerc", "pytest.ini", ".pytest.ini", ".pylintrc", "pylintrc",
    "pyrightconfig.json", ".bandit", "ty.toml", "pyrefly.toml",
)  # fmt: skip

#: Longer ones are not read: no hand wrote them.
_LONGEST = 1_000_000
#: How many entries a finding names.
_SHOWN = 6

Value = str | float | bool | frozenset[str]
Settings = Mapping[str, Value]

_EXCEPTIONS = re.compile(
    r"ruff\.(?:ignore|per-file-ignores\..+|exclude|format\.exclude)|"
    r"flake8\.(?:ignore|per-file-ignores\..+|exclude)|"
    r"mypy\.(?:overrides\.[^ ]+\.)?(?:disable-error-code|exclude)|"
    r"pylint\.(?:[^.]+\.)?(?:disable|ignore|ignore-paths|ignore-patterns)|"
    r"coverage\.(?:run|report)\.(?:omit|exclude-lines|exclude-also)|"
    r"pyright\.(?:ignore|exclude)|bandit\.(?:skips|exclude-dirs|exclude)|"
    r"isort\.(?:skip|skip-glob)|codespell\.(?:skip|ignore-words-list)|"
    r"pytest\.addopts\.(?:ignore|deselect|not)|pyrefly\.project-excludes"
)
_DEMANDS = re.compile(r"(?:ruff|flake8)\.select|mypy\.enable-error-code|pylint\.(?:[^.]+\.)?enable")
_BARS = re.compile(r"(?:coverage\.report|interrogate|pylint\.main|pylint|pytest\.addopts)\."
                   r"(?:cov-)?fail-under")  # fmt: skip
#: Limits above which something is told of: a higher one tells of less.
_LIMITS = re.compile(
    r"(?:flake8|ruff\.mccabe|pylint\.(?:design|format))\.(?:max-(?!line-length|doc)[\w-]+)|"
    r"ruff\.pylint\.max-[\w-]+"
)
_ON_IS_MILDER = re.compile(
    r"mypy\.(?:overrides\.[^ ]+\.)?(?:ignore-errors|allow-untyped-\w+)|mypy\.ignore-missing-imports"
)
_OFF_IS_MILDER = re.compile(
    r"mypy\.(?:overrides\.[^ ]+\.)?(?:strict|check-untyped-defs|strict-optional|strict-equality|"
    r"disallow-[\w-]+|warn-(?:return-any|unused-ignores|unreachable|redundant-casts|no-return))|"
    r"coverage\.run\.branch|pyright\.strict[\w-]*|pytest\.(?:xfail-strict|strict[\w-]*)"
)
_LEVELS = re.compile(r"pyright\.(?:report\w+|typecheckingmode)|ty\.rules\.[\w-]+")
_ORDER = {"off": 0, "none": 0, "false": 0, "ignore": 0, "information": 1, "basic": 1, "warn": 2,
          "warning": 2, "standard": 2, "true": 3, "error": 3, "strict": 3}  # fmt: skip
#: What ruff selects where nothing is said.
_RUFF_DEFAULT = frozenset({"E4", "E7", "E9", "F"})


@dataclass(frozen=True, slots=True)
class _Milder:
    """A setting that asks for less: its name, what it gained or was set to, and what was lost."""

    key: str
    message: str
    before: str | None
    after: str | None
    needle: str
    is_bar: bool


def milder_settings(texts: Sequence[ChangedText], points: GuardPoints) -> tuple[Finding, ...]:
    """A finding for each setting by which a tool overlooks more than before."""
    read = [text for text in texts if _is_settings(text.path)]
    if not read:
        return ()
    before = _merged((text.path, text.before) for text in read)
    after = _merged((text.path, text.after) for text in read)
    return tuple(
        tampering(
            Loss("check-weakened", one.message, _HINT, one.before, one.after),
            _place(one, read),
            points.lost_check if one.is_bar else points.suppression,
        )
        for one in _milder(before, after)
    )


_HINT = "Fix what the check finds; if it is wrong here, say why in a change of its own."


def _milder(before: Settings, after: Settings) -> Iterator[_Milder]:
    configured = {key.partition(".")[0] for key in before}
    for key in sorted(before.keys() | after.keys()):
        tool = key.partition(".")[0]
        if tool in configured and before.get(key) != after.get(key):
            yield from _compared(key, before, after)


def _compared(key: str, before: Settings, after: Settings) -> Iterator[_Milder]:
    old, new = before.get(key), after.get(key)
    if _EXCEPTIONS.fullmatch(key):
        gained = [one for one in sorted(_entries(new) - _entries(old)) if _held(key, one, before)]
        if gained:
            yield _overlooked(key, gained)
    elif _DEMANDS.fullmatch(key):
        lost = [one for one in sorted(_entries(old) - _entries(new)) if not _among(one, new)]
        if lost:
            named = _named(lost)
            message = f"{_tool(key)} checks less: {_short(key)} loses {named}."
            yield _Milder(key, message, f"{key}: {named}", None, _last(key), is_bar=False)
    elif _is_lower(key, old, new):
        message = f"{_tool(key)} checks less: {_short(key)} is {_said(new)}, was {_said(old)}."
        yield _Milder(
            key, message, f"{key} = {_said(old)}", f"{key} = {_said(new)}", _last(key), is_bar=True
        )


def _is_lower(key: str, old: Value | None, new: Value | None) -> bool:
    if _BARS.fullmatch(key):
        return _number(old) > _number(new)
    if _LIMITS.fullmatch(key):
        return old is not None and new is not None and _number(new) > _number(old)
    if _ON_IS_MILDER.fullmatch(key):
        return _is_true(new) and not _is_true(old)
    if _OFF_IS_MILDER.fullmatch(key):
        return _is_true(old) and not _is_true(new)
    if _LEVELS.fullmatch(key):
        level = _level(new)
        return level is not None and level < (3 if (was := _level(old)) is None else was)
    return False


#: Lines that no test can or should run, as coverage's own handbook lists them.
_NEVER_RUN = re.compile(
    r"TYPE_CHECKING|NotImplemented|__main__|overload|abstract|pragma|\.\.\.|pytest|__repr__|assert"
)


def _held(key: str, entry: str, before: Settings) -> bool:
    """Whether an exception takes out something that was looked at."""
    if key.startswith("coverage.report.exclude") and _NEVER_RUN.search(entry):
        return False
    if any(entry.startswith(known) for known in _entries(before.get(key)) if _is_code(known)):
        return False
    if key.startswith("ruff.") and _is_code(entry):
        selected = _entries(before.get("ruff.select")) or _RUFF_DEFAULT
        return any(
            one == "ALL" or entry.startswith(one) or one.startswith(entry) for one in selected
        )
    return True


def _among(code: str, entries: Value | None) -> bool:
    return any(code.startswith(one) or one == "ALL" for one in _entries(entries))


def _is_code(entry: str) -> bool:
    return re.fullmatch(r"[A-Z]+\d*", entry) is not None


def _overlooked(key: str, gained: Sequence[str]) -> _Milder:
    named = _named(gained)
    message = f"{_tool(key)} ignores more: {_short(key)} gains {named}."
    return _Milder(key, message, None, f"{key}: {named}", gained[0], is_bar=False)


def _named(entries: Sequence[str]) -> str:
    more = f" and {len(entries) - _SHOWN} more" if len(entries) > _SHOWN else ""
    return ", ".join(entries[:_SHOWN]) + more


def _tool(key: str) -> str:
    return key.partition(".")[0]


def _short(key: str) -> str:
    return key.partition(".")[2]


def _last(key: str) -> str:
    return key.rpartition(".")[2]


def _said(value: Value | None) -> str:
    if value is None:
        return "not set"
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, float) else str(value)


def _place(one: _Milder, texts: Sequence[ChangedText]) -> Place:
    """The first line that names what is new, or the tool's setting; else the file's first."""
    needle = one.needle.replace("-", "[-_]?") if one.is_bar else re.escape(one.needle)
    pattern = re.compile(needle, re.IGNORECASE)
    for text in texts:
        old = set((text.before or "").splitlines())
        for number, line in enumerate((text.after or "").splitlines(), 1):
            if line not in old and pattern.search(line):
                return in_file(text.path, number)
    return in_file(texts[0].path)


# --------------------------------------------------------------------------- reading


def _is_settings(path: str) -> bool:
    return path in TOOL_PATHS


def _merged(texts: Iterable[tuple[str, str | None]]) -> dict[str, Value]:
    settings: dict[str, Value] = {}
    for path, text in texts:
        if text is None or len(text) > _LONGEST:
            continue
        for key, value in _read(path, text):
            known = settings.get(key)
            if isinstance(value, frozenset) and isinstance(known, frozenset):
                settings[key] = known | value
            else:
                settings[key] = value
    return settings


def _read(path: str, text: str) -> Iterator[tuple[str, Value]]:
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
        else:
            yield from _flat_ini(path, text)
    except (ValueError, configparser.Error, RecursionError, AttributeError, TypeError):
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
    words = added if isinstance(added, list) else _words(str(added))
    for name, value in _flat("pytest", options):
        if name != "pytest.addopts":
            yield name, value
    yield "pytest.addopts", frozenset(words)
    found: dict[str, set[str]] = {"ignore": set(), "deselect": set(), "not": set()}
    for word, following in zip(words, [*words[1:], ""], strict=True):
        name, equals, given = word.partition("=")
        value = given if equals else following
        if name in ("--ignore", "--ignore-glob"):
            found["ignore"].add(value)
        elif name == "--deselect":
            found["deselect"].add(value)
        elif name == "-k" and value.startswith("not"):
            found["not"].add(value)
        elif name == "--cov-fail-under":
            yield "pytest.addopts.cov-fail-under", _number(value)
    for name, values in found.items():
        if values:
            yield f"pytest.addopts.{name}", frozenset(values)


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


def _flat_ini(path: str, text: str) -> Iterator[tuple[str, Value]]:
    parser = configparser.RawConfigParser(strict=False, allow_no_value=True)
    parser.read_string(text)
    for section in parser.sections():
        options = {key: value or "" for key, value in parser.items(section)}
        if section in ("tool:pytest", "pytest"):
            yield from _pytest(options)
        elif section.startswith("mypy-"):
            yield from _ini_values(f"mypy.overrides.{section[5:]}", options)
        elif "pylint" in path or section.startswith("pylint"):
            yield from _ini_values("pylint", options)
        elif section in _INI_TOOLS:
            yield from _ini_values(_INI_TOOLS[section], options)


def _ini_values(prefix: str, options: Mapping[str, str]) -> Iterator[tuple[str, Value]]:
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
        elif _EXCEPTIONS.fullmatch(name) or _DEMANDS.fullmatch(name):
            yield name, _split(text)
        else:
            yield name, text.strip()


def _split(text: str) -> frozenset[str]:
    without = (re.sub(r"(?:^|\s)#.*", "", line) for line in text.splitlines())
    return frozenset(part for line in without for part in re.split(r"[,\s]+", line) if part)


def _entries(value: Value | None) -> frozenset[str]:
    if isinstance(value, frozenset):
        return value
    return frozenset({value}) if isinstance(value, str) and value else frozenset()


def _number(value: object) -> float:
    try:
        return float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return 0.0


def _is_true(value: Value | None) -> bool:
    return str(value).lower() in ("true", "1", "yes", "on")


def _level(value: Value | None) -> int | None:
    return None if value is None else _ORDER.get(str(value).lower())
