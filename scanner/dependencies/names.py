"""From the name of a distribution to the names that it may be imported by, and back to PEP 503."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path

_SEPARATORS = re.compile(r"[-_.]+")
_REQUIREMENT = re.compile(r"\s*([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)")
_ARCHIVE = re.compile(r"(?<![A-Za-z0-9._])([A-Za-z0-9._]++)-\d[^/]*\.(?:whl|zip|tar\.\w+)$")
#: A shorter word in common says nothing.
_TELLING = 4
#: How like each other two names are that may be meant for one thing.
_ALIKE = 0.6
#: What an author puts round the name of a module to name its distribution.
_AFFIX = re.compile(r"^(?:python|py|lib)[23]?(?=[a-z])|(?:python|py|lib)$|(?<!\d)\d++$")


@dataclass(frozen=True, slots=True)
class _KnownNames:
    """The data file: names of imports by distribution, and what needs no declaration."""

    imports: Mapping[str, tuple[str, ...]]
    brings: Mapping[str, tuple[str, ...]]
    ambient: frozenset[str]
    runners: Mapping[str, tuple[str, ...]]


@cache
def _known() -> _KnownNames:
    text = Path(__file__).with_name("import_names.toml").read_text("utf-8")
    data = tomllib.loads(text)
    ambient = frozenset(name for names in data["ambient"].values() for name in names)
    return _KnownNames(
        _tuples(data["imports"]), _tuples(data["brings"]), ambient, _tuples(data["runners"])
    )


def _tuples(table: Mapping[str, list[str]]) -> dict[str, tuple[str, ...]]:
    return {name: tuple(names) for name, names in table.items()}


def normalised(name: str) -> str:
    """A distribution's name as PEP 503 has it: lower case, one `-` between parts."""
    return _SEPARATORS.sub("-", name).strip("-").lower()


def required_name(requirement: str) -> str | None:
    """The normalised name of the distribution that a requirement (PEP 508, or a URL) asks for."""
    text = requirement.strip().strip("\"'")
    url, _, fragment = text.partition("#")
    if "egg=" in fragment:
        text = fragment.split("egg=", 1)[1].split("&")[0]
    elif "://" in url.split("@")[0].split(";")[0]:
        path = url.split("://", 1)[1].split("@")[0].rstrip("/")
        archive = _ARCHIVE.search(path)
        text = archive[1] if archive else path.rpartition("/")[2].removesuffix(".git")
    match = _REQUIREMENT.match(text)
    return normalised(match[1]) if match else None


def is_ambient(module: str) -> bool:
    """Whether a module is there without being declared: Python or what runs the code brings it."""
    return module in _known().ambient


def brought_by_runner(path: str) -> frozenset[str]:
    """The modules that are there where a file is run, because what runs it brings them."""
    *folders, name = path.lower().split("/")
    return frozenset(
        module
        for pattern, modules in _known().runners.items()
        if (pattern[:-1] in folders if pattern.endswith("/") else fnmatchcase(name, pattern))
        for module in modules
    )


def imports_of(distributions: Iterable[str]) -> frozenset[str]:
    """The lower-case import names that distributions (normalised) may bring."""
    known, found = _known(), set[str]()
    waiting, seen = list(distributions), set[str]()
    while waiting:
        name = waiting.pop()
        if name in seen or _is_stubs(name):
            continue
        seen.add(name)
        found.update(map(str.lower, known.imports.get(name, ())))
        found.update(_variants(name))
        waiting += (normalised(other) for other in known.brings.get(name, ()))
        found.update(map(str.lower, known.brings.get(name, ())))
    return frozenset(found)


def may_bring(distribution: str, module: str, imported: frozenset[str]) -> bool:
    """Whether a distribution, of which it is not known what it brings, could bring a module.

    That can be where nothing imports it by its own name, and the two names share a word or are
    much alike.
    """
    is_known = distribution in _known().imports or _is_stubs(distribution)
    if is_known or not imported.isdisjoint(_variants(distribution)):
        return False
    name, asked = distribution.replace("-", "_"), module.lower()
    if any(word in asked for word in _words(name)) or any(word in name for word in _words(asked)):
        return True
    is_long = min(len(name), len(asked)) > _TELLING
    return is_long and SequenceMatcher(None, name, asked).ratio() >= _ALIKE


def _words(name: str) -> set[str]:
    words = {form for word in name.split("_") for form in (word, word.rstrip("0123456789"))}
    return {word for word in words if len(word) >= _TELLING and word != "python"}


def _is_stubs(name: str) -> bool:
    """Whether a distribution is for type checkers only."""
    return name.startswith("types-") or name.endswith("-stubs")


def _variants(name: str) -> Iterator[str]:
    """What the name itself allows: its parts in a row, one alone at either end, without affixes."""
    parts = name.split("-")
    size = len(parts)
    runs = [parts[start:end] for start in range(size) for end in range(start + 1, size + 1)]
    runs = [run for run in runs if len(run) > 1 or run in (parts[:1], parts[-1:])]
    for run in runs:
        for joined in ("_".join(run), "".join(run)):
            yield joined
            shorter = _AFFIX.sub("", joined).strip("_")
            if shorter:
                yield shorter
