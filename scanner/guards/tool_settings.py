"""Settings of other tools that a change makes milder: in pyproject.toml, setup.cfg and their own.

All changed files count together, so that what moves from one to another is no change. A tool that
was not configured before is not judged by what its first configuration leaves out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from scanner.base.model import Finding, Place
from scanner.config import GuardPoints
from scanner.guards.check_steps import ChangedText
from scanner.guards.check_tools import tools_of_hook
from scanner.guards.exempt_files import ExemptFiles, covers_no_more
from scanner.guards.finding import Loss, in_file, tampering
from scanner.guards.setting_files import (
    TOOL_PATHS,
    Settings,
    Value,
    merged_settings,
    number_of,
)

#: Where it is not known which there are.
NO_FILES = ExemptFiles()
#: How many entries a finding names.
_SHOWN = 6

_EXCEPTIONS = re.compile(
    r"ruff\.(?:ignore|per-file-ignores\..+|exclude|format\.exclude)|"
    r"flake8\.(?:ignore|per-file-ignores\..+|exclude)|"
    r"mypy\.(?:overrides\.[^ ]+\.)?(?:disable-error-code|exclude)|"
    r"pylint\.(?:[^.]+\.)?(?:disable|ignore|ignore-paths|ignore-patterns)|"
    r"coverage\.(?:run|report)\.(?:omit|exclude-lines|exclude-also)|"
    r"pyright\.(?:ignore|exclude)|bandit\.(?:skips|exclude-dirs|exclude)|"
    r"isort\.(?:skip|skip-glob)|codespell\.(?:skip|ignore-words-list)|"
    r"pytest\.(?:addopts\.(?:ignore|deselect|not)|norecursedirs)|pyrefly\.project-excludes|"
    r"codecov\.ignore|pre-commit\.(?:[^.]+\.)?exclude"
)
_DEMANDS = re.compile(
    r"(?:ruff|flake8)\.select|mypy\.enable-error-code|pylint\.(?:[^.]+\.)?enable|"
    r"pytest\.(?:testpaths|filterwarnings)"
)
_CODECOV_STATUS = r"codecov\.coverage\.status(?:\.(?:project|patch|changes))?"
_BARS = re.compile(rf"[\w-]+\.(?:[^ ]+\.)?(?:cov-)?fail-under|{_CODECOV_STATUS}\.[^ ]+\.target")
#: Limits above which something is told of: a higher one tells of less.
_LIMITS = re.compile(
    r"(?:flake8|ruff\.mccabe|pylint\.(?:design|format))\.(?:max-(?!line-length|doc)[\w-]+)|"
    r"ruff\.pylint\.max-[\w-]+|vulture\.min-confidence|complexipy\.max-complexity[\w-]*"
)
#: How far a bar may be missed.
_SLACK = re.compile(rf"{_CODECOV_STATUS}\.[^ ]+\.threshold")
_ON_IS_MILDER = re.compile(
    r"mypy\.(?:overrides\.[^ ]+\.)?(?:ignore-errors|allow-untyped-\w+)|"
    rf"mypy\.ignore-missing-imports|{_CODECOV_STATUS}\.[^ ]+\.informational"
)
_OFF_IS_MILDER = re.compile(
    r"mypy\.(?:overrides\.[^ ]+\.)?(?:strict|check-untyped-defs|strict-optional|strict-equality|"
    r"disallow-[\w-]+|warn-(?:return-any|unused-ignores|unreachable|redundant-casts|no-return))|"
    r"coverage\.run\.branch|pyright\.strict[\w-]*|pytest\.(?:xfail-strict|strict[\w-]*)"
)
_LEVELS = re.compile(
    r"pyright\.(?:report\w+|typecheckingmode)|ty\.rules\.[\w-]+|"
    rf"mypy\.(?:overrides\.[^ ]+\.)?follow-imports|{_CODECOV_STATUS}"
)
_ORDER = {"off": 0, "no": 0, "skip": 0, "silent": 2, "normal": 3,
          "none": 0, "false": 0, "ignore": 0, "information": 1, "basic": 1, "warn": 2,
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


def milder_settings(
    texts: Sequence[ChangedText], points: GuardPoints, files: ExemptFiles = NO_FILES
) -> tuple[Finding, ...]:
    """A finding for each setting by which a tool overlooks more than before.

    `files` are what exceptions of paths are for.
    """
    read = [text for text in texts if text.path in TOOL_PATHS]
    if not read:
        return ()
    before, after = _both(read)
    return tuple(
        tampering(
            Loss("check-weakened", one.message, _HINT, one.before, one.after),
            _place(one, read),
            points.lost_check if one.is_bar else points.suppression,
        )
        for one in _milder(before, after, files)
    )


def stricter_tools(texts: Sequence[ChangedText]) -> frozenset[str]:
    """The tools that a change asks for more, and for nothing less."""
    before, after = _both([text for text in texts if text.path in TOOL_PATHS])
    milder = {_tool(one.key) for one in _milder(before, after, NO_FILES)}
    more = {_tool(one.key) for one in _milder(after, before, NO_FILES)}
    if _is_true(after.get("ruff.preview")) and not _is_true(before.get("ruff.preview")):
        more.add("ruff")
    return frozenset(more - milder)


def _both(texts: Sequence[ChangedText]) -> tuple[Settings, Settings]:
    """The settings before and after a change."""
    return (
        merged_settings(((text.path, text.before) for text in texts), _is_list),
        merged_settings(((text.path, text.after) for text in texts), _is_list),
    )


_HINT = "Fix what the check finds; if it is wrong here, say why in a change of its own."


def _milder(before: Settings, after: Settings, files: ExemptFiles) -> Iterator[_Milder]:
    configured = {key.partition(".")[0] for key in before}
    for key in sorted(before.keys() | after.keys()):
        tool = key.partition(".")[0]
        if tool in configured and before.get(key) != after.get(key):
            yield from _compared(key, before, after, files)


def _compared(key: str, before: Settings, after: Settings, files: ExemptFiles) -> Iterator[_Milder]:
    old, new = before.get(key), after.get(key)
    if _EXCEPTIONS.fullmatch(key):
        gained = [
            one
            for one in sorted(_entries(new) - _entries(old))
            if _held(key, one, before) and not covers_no_more(key, one, before, files)
        ]
        if gained:
            yield _overlooked(key, gained)
    elif _DEMANDS.fullmatch(key):
        lost = [
            one
            for one in sorted(_entries(old) - _entries(new))
            if _is_missed(key, one, before, new)
        ]
        if lost:
            named = _named(lost)
            message = f"{_tool(key)} checks less: {_short(key)} loses {named}."
            yield _Milder(key, message, f"{key}: {named}", None, _last(key), is_bar=False)
    elif _is_lower(key, before, new) and not covers_no_more(key, _said(new), before, files):
        message = f"{_tool(key)} checks less: {_short(key)} is {_said(new)}, was {_said(old)}."
        yield _Milder(
            key, message, f"{key} = {_said(old)}", f"{key} = {_said(new)}", _last(key), is_bar=True
        )


def _is_lower(key: str, before: Settings, new: Value | None) -> bool:
    old = before.get(key)
    if _BARS.fullmatch(key):
        return number_of(old) > number_of(new) and new != "auto"  # no lower than the base has
    if _SLACK.fullmatch(key):
        return key.replace(".threshold", ".target") in before and number_of(new) > number_of(old)
    if _LIMITS.fullmatch(key):
        return old is not None and new is not None and number_of(new) > number_of(old)
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


#: Folders and suffixes that hold no code of a project, or no tests.
_NO_CODE = re.compile(
    r"md|rst|txt|svg|png|css|js|html|json|ya?ml|lock|snap\w*|docs?|locale|fixtures|data|static|"
    r"vendor\w*|third_party|node_modules|generated|build|dist|egg|\w*venv|git|CVS|_darcs|arch"
)


def _held(key: str, entry: str, before: Settings) -> bool:
    """Whether an exception takes out something that was looked at."""
    if key == "pytest.norecursedirs" or key.startswith("pre-commit."):
        old = _words(before.get(key))
        more = {word for word in _words(entry) - old if not _NO_CODE.fullmatch(word)}
        return bool(more) and old <= _words(entry) and _was_run(key, before)
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


def _words(value: Value | None) -> set[str]:
    return set(re.findall(r"\w+", " ".join(_entries(value))))


def _was_run(key: str, before: Settings) -> bool:
    """Whether a hook that passes something over is one that was there, and checks code."""
    if not key.startswith("pre-commit."):
        return True
    hook = key.removeprefix("pre-commit.").rpartition("exclude")[0].rstrip(".")
    checks = not hook or not any(tool.startswith("hook ") for tool in tools_of_hook(hook))
    return key in before and checks


def _is_missed(key: str, entry: str, before: Settings, new: Value | None) -> bool:
    """Whether a demand that went is not met by another that is there."""
    if key == "pytest.testpaths":
        return _entries(new) < _entries(before.get(key)) and bool(_entries(new) - {"."})
    if key == "pytest.filterwarnings":
        return entry == "error"
    return not _among(entry, new)


def _is_list(key: str) -> bool:
    return bool(_EXCEPTIONS.fullmatch(key) or _DEMANDS.fullmatch(key))


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


def _entries(value: Value | None) -> frozenset[str]:
    if isinstance(value, frozenset):
        return value
    return frozenset({value}) if isinstance(value, str) and value else frozenset()


def _is_true(value: Value | None) -> bool:
    return str(value).lower() in ("true", "1", "yes", "on")


def _level(value: Value | None) -> int | None:
    return None if value is None else _ORDER.get(str(value).lower())
