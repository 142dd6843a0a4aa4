"""What a configured formatter or linter decides is left to it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from scanner.analysis.choices import FAMILIES
from scanner.base.ini_text import read_ini
from scanner.base.toml_text import read_toml
from scanner.git.blobs import BlobReader
from scanner.git.process import Repository
from scanner.git.trees import blobs_at

#: The files that `silenced_families` reads, all at the root of the repository.
CONFIGURATION_FILES = (
    "pyproject.toml",
    "ruff.toml",
    ".ruff.toml",
    "setup.cfg",
    "tox.ini",
    ".flake8",
    ".isort.cfg",
    ".pylintrc",
    "pylintrc",
)
_RUFF_DEFAULT = ("E4", "E7", "E9", "F")
_FLAKE8_DEFAULT = ("E", "F", "W", "C90")
#: Rules that ruff leaves out of a selection by a shorter prefix unless `preview` or the like is on.
_EVERYTHING = "ALL"


@dataclass(frozen=True, slots=True)
class _Selection:
    """Which rules of one linter run: prefixes that are on and prefixes that are off."""

    on: tuple[str, ...]
    off: tuple[str, ...]

    def runs(self, rule: str) -> bool:
        """Whether a rule, or any rule of a prefix, is on: the longer prefix decides."""
        on = max((len(code) for code in self.on if _covers(code, rule)), default=-1)
        off = max((len(code) for code in self.off if rule.startswith(code)), default=-1)
        return on > off


def _covers(code: str, rule: str) -> bool:
    return code == _EVERYTHING or rule.startswith(code) or code.startswith(rule)


def silenced_families(files: Mapping[str, str]) -> frozenset[str]:
    """The ids of the families that tools configured in these files govern.

    `files` holds the texts of `CONFIGURATION_FILES` by name, as far as they exist. A file that does
    not parse configures nothing, as it would for its tool.
    """
    governed = frozenset(_formatters(files))
    selections = dict(_linters(files))
    return frozenset(
        family.id
        for family in FAMILIES
        if any(rule in governed or _is_run(rule, selections) for rule in family.governed_by)
    )


class LinterConfigs:
    """The families that the tools configured in the trees of some commits govern."""

    def __init__(
        self, repository: Repository, blobs: BlobReader, commits: Iterable[str | None]
    ) -> None:
        self._blobs = blobs
        wanted = [oid for oid in dict.fromkeys(commits) if oid is not None]
        places = ((oid, path) for oid in wanted for path in CONFIGURATION_FILES)
        self._files = blobs_at(repository, places)
        self._silenced: dict[tuple[str, ...], frozenset[str]] = {}

    def silenced_at(self, commit: str | None) -> frozenset[str]:
        """The ids of the families that are left to tools at one of the commits."""
        if commit is None:
            return frozenset()
        files = tuple(self._files.get((commit, path), "") for path in CONFIGURATION_FILES)
        if files not in self._silenced:
            self._silenced[files] = silenced_families(dict(self._texts(files)))
        return self._silenced[files]

    def _texts(self, files: tuple[str, ...]) -> Iterator[tuple[str, str]]:
        for path, blob in zip(CONFIGURATION_FILES, files, strict=True):
            source = self._blobs.read(blob) if blob else None
            if isinstance(source, bytes):
                yield path, source.decode("utf-8-sig", "replace")


def _is_run(rule: str, selections: Mapping[str, _Selection]) -> bool:
    linter, _, code = rule.partition(":")
    return linter in selections and selections[linter].runs(code)


def _formatters(files: Mapping[str, str]) -> Iterable[str]:
    tools = _tools(files)
    ruff = _ruff(files)
    formats = ruff is not None and "format" in ruff
    if "black" in tools and not _table(tools, "black").get("skip-string-normalization"):
        yield "formatter:quotes"
    if formats and ruff is not None and ruff["format"].get("quote-style") != "preserve":
        yield "formatter:quotes"
    if "isort" in tools or ".isort.cfg" in files or "isort" in _sections(files):
        yield "formatter:imports"


def _linters(files: Mapping[str, str]) -> Iterable[tuple[str, _Selection]]:
    ruff = _ruff(files)
    if ruff is not None:
        lint = {**ruff, **_table(ruff, "lint")}
        on = (*(_texts(lint, "select") or _RUFF_DEFAULT), *_texts(lint, "extend-select"))
        off = (*_texts(lint, "ignore"), *_texts(lint, "extend-ignore"))
        yield "ruff", _Selection(on, off)
    sections = _sections(files)
    flake8 = sections.get("flake8")
    if flake8 is not None:
        on = (*(_codes(flake8, "select") or _FLAKE8_DEFAULT), *_codes(flake8, "extend-select"))
        off = (*_codes(flake8, "ignore"), *_codes(flake8, "extend-ignore"))
        yield "flake8", _Selection(on, off)
    pylint = _pylint(files, sections)
    if pylint is not None:
        yield "pylint", pylint


def _pylint(
    files: Mapping[str, str], sections: Mapping[str, Mapping[str, str | None]]
) -> _Selection | None:
    """pylint runs everything that is not disabled, by code or by name."""
    tools = _tools(files)
    disabled: list[str] = []
    named = [name for name in sections if name.lower().startswith(("pylint", "messages control"))]
    if "pylint" not in tools and not named:
        return None
    for table in _tables(_table(tools, "pylint")):
        disabled.extend(_texts(table, "disable"))
    for name in named:
        disabled.extend(_codes(sections[name], "disable"))
    if "all" in disabled:
        return None
    return _Selection((_EVERYTHING,), tuple(_PYLINT_CODES.get(name, name) for name in disabled))


#: Names by which the rules in `governed_by` are switched off.
_PYLINT_CODES = {
    "bare-except": "W0702",
    "broad-except": "W0718",
    "broad-exception-caught": "W0718",
    "consider-using-dict-items": "C0206",
    "consider-using-enumerate": "C0200",
    "consider-using-f-string": "C0209",
    "consider-using-sys-exit": "R1722",
    "consider-using-with": "R1732",
    "import-outside-toplevel": "C0415",
    "invalid-name": "C0103",
    "logging-format-interpolation": "W1202",
    "logging-fstring-interpolation": "W1203",
    "logging-not-lazy": "W1201",
    "missing-class-docstring": "C0115",
    "missing-docstring": "C011",
    "missing-function-docstring": "C0116",
    "missing-module-docstring": "C0114",
    "no-else-raise": "R1720",
    "no-else-return": "R1705",
    "raise-missing-from": "W0707",
    "subprocess-run-check": "W1510",
    "super-with-arguments": "R1725",
    "try-except-raise": "W0706",
    "unidiomatic-typecheck": "C0123",
    "unspecified-encoding": "W1514",
    "unused-variable": "W0612",
    "use-dict-literal": "R1735",
    "use-implicit-booleaness-not-len": "C1802",
    "use-list-literal": "R1734",
    "useless-object-inheritance": "R0205",
    "wildcard-import": "W0401",
}


def _ruff(files: Mapping[str, str]) -> Mapping[str, Any] | None:
    for name in (".ruff.toml", "ruff.toml"):
        if name in files:
            return _toml(files[name])
    tools = _tools(files)
    return _table(tools, "ruff") if "ruff" in tools else None


def _tools(files: Mapping[str, str]) -> Mapping[str, Any]:
    return _table(_toml(files.get("pyproject.toml", "")), "tool")


def _toml(text: str) -> Mapping[str, Any]:
    try:
        return read_toml(text)
    except ValueError:
        return {}


def _table(parent: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = parent.get(name)
    return found if isinstance(found, dict) else {}


def _tables(root: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    yield root
    yield from (value for value in root.values() if isinstance(value, dict))


def _texts(table: Mapping[str, Any], name: str) -> tuple[str, ...]:
    found = table.get(name)
    if isinstance(found, str):
        return tuple(part.strip() for part in found.split(",") if part.strip())
    return tuple(map(str, found)) if isinstance(found, list) else ()


def _sections(files: Mapping[str, str]) -> dict[str, Mapping[str, str | None]]:
    """The sections of all INI files together; of two with one name the later file's."""
    sections: dict[str, Mapping[str, str | None]] = {}
    for name in ("setup.cfg", "tox.ini", ".flake8", ".isort.cfg", ".pylintrc", "pylintrc"):
        with contextlib.suppress(ValueError):
            sections.update(read_ini(files.get(name, "")))
    return sections


def _codes(section: Mapping[str, str | None], name: str) -> tuple[str, ...]:
    """A comma- or line-separated list, without comments."""
    value = section.get(name) or section.get(name.replace("-", "_")) or ""
    lines = (line.partition("#")[0] for line in value.splitlines())
    return tuple(code for line in lines for code in line.replace(",", " ").split())
