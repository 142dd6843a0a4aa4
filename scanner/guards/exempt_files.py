"""Which files the exceptions in settings are for: one renamed, moved or split covers no more. Pure.

An exception is for paths or, in an override of mypy, for modules. A file that the change moves is
asked for where it was.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from scanner.guards.setting_files import Settings, Value

_PER_FILE = re.compile(r"((?:ruff|flake8)\.per-file-ignores)\.(.+)")
_PER_MODULE = re.compile(r"(mypy\.overrides)\.([^ ]+)\.([\w-]+)")
_OF_GLOBS = re.compile(
    r"(?:ruff\.(?:format\.)?|flake8\.|pyright\.|bandit\.)exclude|flake8\.extend-exclude|"
    r"coverage\.(?:run|report)\.omit|pylint\.(?:[^.]+\.)?ignore|pyright\.ignore|"
    r"bandit\.exclude-dirs|isort\.(?:skip|skip-glob)|codespell\.skip|pytest\.addopts\.ignore|"
    r"pyrefly\.project-excludes|codecov\.ignore"
)
_OF_EXPRESSIONS = re.compile(r"mypy\.exclude|pylint\.(?:[^.]+\.)?ignore-(?:paths|patterns)")
_SAID = {"true": "on", "yes": "on", "1": "on"}
#: What no glob says as a regular expression says it.
_NO_GLOB = re.compile(r"[\\()|{}+^$]|\]\?")


@dataclass(frozen=True, slots=True)
class ExemptFiles:
    """The Python files after a change, asked for where needed, and where those moved stood."""

    paths: Callable[[], Sequence[str]] = tuple
    former: Mapping[str, str] | None = None

    def before(self, path: str) -> str:
        """Where a file stood before the change."""
        return (self.former or {}).get(path, path)


@dataclass(frozen=True, slots=True)
class _Exception:
    """What is not looked for (`code`; empty: nothing is) in the files at some globs."""

    group: str
    code: str
    name: str
    globs: tuple[str, ...]

    def holds(self, path: str) -> bool:
        return any(fnmatchcase(f"/{path}", glob) for glob in self.globs)


def covers_no_more(key: str, entry: str, before: Settings, files: ExemptFiles) -> bool:
    """Whether an exception that came is for files alone that were excepted from as much before."""
    new = _exception(key, entry)
    if new is None:
        return False
    known = [
        one
        for one in _exceptions(before)
        if one.group == new.group and new.code.startswith(one.code)
    ]
    if not known:
        return False
    held = [path for path in files.paths() if new.holds(path)]
    if not held:
        return any(_is_moved(one.name, new.name) for one in known)
    return all(any(one.holds(files.before(path)) for one in known) for path in held)


def _exceptions(settings: Settings) -> Iterator[_Exception]:
    for key, value in settings.items():
        for entry in _entries(value):
            found = _exception(key, entry)
            if found is not None:
                yield found


def _entries(value: Value) -> Sequence[str]:
    if isinstance(value, frozenset):
        return sorted(value)
    return [str(value)]


def _exception(key: str, entry: str) -> _Exception | None:
    if match := _PER_FILE.fullmatch(key):
        return _Exception(match[1], entry, match[2], _globs(match[2]))
    if match := _PER_MODULE.fullmatch(key):
        code = f"{match[3]} {_SAID.get(entry.lower(), entry)}"
        return _Exception(match[1], code, match[2].replace(".", "/"), _of_module(match[2]))
    if _OF_GLOBS.fullmatch(key):
        return _Exception(key, "", entry, _globs(entry))
    if _OF_EXPRESSIONS.fullmatch(key):
        globs = _of_expression(entry)
        return _Exception(key, "", entry.replace("\\.", "."), globs) if globs else None
    return None


def _globs(pattern: str) -> tuple[str, ...]:
    """One with a slash is of the repository's top, another of any name in a path."""
    glob = pattern.removeprefix("./").strip("/").removeprefix("**/").replace("/**/", "/*")
    is_name = "/" not in glob or pattern.startswith(("**/", "*/"))
    glob = f"*/{glob}" if is_name else f"/{glob}"
    return glob, f"{glob}/*"


def _of_module(pattern: str) -> tuple[str, ...]:
    path = pattern.removesuffix(".*").replace(".", "/")
    itself = (f"*/{path}.py", f"*/{path}/__init__.py")
    return (*itself, f"*/{path}/*") if pattern.endswith(".*") else itself


def _of_expression(pattern: str) -> tuple[str, ...]:
    """A simple regular expression as a glob; none for what is not simple."""
    text = pattern.replace("\\.", ".").replace("\\/", "/")
    start, end = text.startswith("^"), text.endswith("$")
    text = text.removeprefix("^").removesuffix("$").replace(".*", "*")
    if _NO_GLOB.search(text):
        return ()
    return (f"{'/' if start else '*'}{text}{'' if end else '*'}",)


def _is_moved(old: str, new: str) -> bool:
    """Whether one name is the other in a further folder: `app/a.py` and `src/app/a.py`."""
    one, two = (name.lstrip("^").strip("/") for name in (old, new))
    return one == two or one.endswith(f"/{two}") or two.endswith(f"/{one}")
