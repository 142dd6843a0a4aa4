"""What this repository's people did not write: generated or vendored files, and what tells so.

`.gitattributes` decide where they speak (`linguist-generated`, `linguist-vendored`), then folders
whose names are kept for other people's code. What a file says of itself is read in `generators`.
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache, partial
from typing import NamedTuple

from scanner.roles.generators import generator_of


class Foreign(StrEnum):
    """Why a file is not this repository's own writing."""

    GENERATED = "generated"
    VENDORED = "vendored"


#: Where a repository says which of its files are generated; read at its top only.
ATTRIBUTES = ".gitattributes"
BY_ATTRIBUTES = ".gitattributes say so"
#: Names that nobody gives to code of their own. `vendor`, `extern` and `dependencies`, which
#: Linguist lists too, are not among them: an application has vendors, and a package has a module of
#: what is outside. The five such folders that were found in public histories hold own code by
#: their paths.
_VENDORED_FOLDERS = frozenset(
    {
        ".venv", "_vendor", "_vendored", "_vendoring", "bower_components", "node_modules",
        "site-packages", "vendored", "venv",
    }
)  # fmt: skip
_THIRD_PARTY = re.compile(r"_?(?:3rd|third)[-_]?part(?:y|ies)")
#: protoc alone gives these names.
_GENERATED_NAME = re.compile(r".+_pb2(?:_grpc)?\.pyi?")


@dataclass(frozen=True, slots=True)
class AttributeRule:
    """One pattern of a `.gitattributes` file: where it counts, and what it says of Linguist's.

    `says` None: that a file is neither.
    """

    matches: Glob
    says: Foreign | None


def read_attributes(files: Mapping[str, str]) -> tuple[AttributeRule, ...]:
    """The rules on `linguist-generated` and `linguist-vendored`, in git's order: the last decides.

    `files` maps the folder of each `.gitattributes` ("" for the root) to its text.
    """
    rules = []
    for folder in sorted(files, key=lambda name: (name.count("/") + bool(name), name)):
        for line in files[folder].splitlines():
            pattern, *attributes = line.split() or [""]
            told = {what: on for what, on in map(_linguist, attributes) if what is not None}
            if told and not pattern.startswith("#"):
                says = next((what for what, on in told.items() if on), None)
                rules.append(AttributeRule(_pattern(folder, pattern), says))
    return tuple(rules)


def foreign_by_path(path: str, rules: Sequence[AttributeRule] = ()) -> Foreign | None:
    """Whether a path is generated or vendored, by the attributes or else by its names."""
    for rule in reversed(rules):
        if rule.matches.fullmatch(path):
            return rule.says
    *folders, name = path.lower().split("/")
    if any(map(_is_vendored, folders)):
        return Foreign.VENDORED
    return Foreign.GENERATED if _GENERATED_NAME.fullmatch(name) else None


class ForeignOrigin(NamedTuple):
    """That a file was not written here, and what tells so.

    `is_certain` where the words or the place are nobody's own: not for a mere mark or name.
    """

    what: Foreign
    evidence: str
    is_certain: bool


def origin_of(path: str, source: str, rules: Sequence[AttributeRule] = ()) -> ForeignOrigin | None:
    """Who wrote a file, if not the people here: by the attributes, its folder, header or name."""
    for rule in reversed(rules):
        if rule.matches.fullmatch(path):
            return ForeignOrigin(rule.says, BY_ATTRIBUTES, is_certain=True) if rule.says else None
    by_path = foreign_by_path(path)
    if by_path is Foreign.VENDORED:
        return ForeignOrigin(by_path, "its folder is for other people's code", is_certain=True)
    header = generator_of(source)
    if header is not None:
        return ForeignOrigin(Foreign.GENERATED, f"header of {header.name}", header.is_certain)
    return (
        ForeignOrigin(by_path, "its name is one that protoc gives", is_certain=False)
        if by_path
        else None
    )


def is_foreign_path(path: str, rules: Sequence[AttributeRule] = ()) -> bool:
    """Whether a path is generated or vendored, by the attributes or else by its names."""
    return foreign_by_path(path, rules) is not None


def foreign_paths(attributes: str) -> Callable[[str], bool]:
    """A test for foreign paths, by the text of the top `.gitattributes` alone and by names."""
    return partial(is_foreign_path, rules=top_rules(attributes))


@lru_cache(maxsize=64)
def top_rules(attributes: str) -> tuple[AttributeRule, ...]:
    """The rules in the text of the `.gitattributes` at the top of a tree."""
    return read_attributes({"": attributes})


def _is_vendored(folder: str) -> bool:
    return folder in _VENDORED_FOLDERS or _THIRD_PARTY.fullmatch(folder) is not None


def _linguist(attribute: str) -> tuple[Foreign | None, bool]:
    """What one attribute says, and whether it says that it is so; (None, …) of other attributes."""
    name, _, value = attribute.partition("=")
    off = name.startswith(("-", "!")) or value in ("false", "0")
    what = {"linguist-generated": Foreign.GENERATED, "linguist-vendored": Foreign.VENDORED}
    return what.get(name.lstrip("-!")), not off


@dataclass(frozen=True, slots=True)
class Glob:
    """A pattern for paths, a part for each folder and the name; None stands for `**`.

    Walked through part by part: one expression would take any power of the length of a path.
    """

    parts: tuple[re.Pattern[str] | None, ...]

    def fullmatch(self, path: str) -> bool:
        """Whether a path is one that the pattern means."""
        reached = self._beyond({0})
        for name in path.split("/"):
            reached = self._beyond({after for at in reached for after in self._step(at, name)})
        return len(self.parts) in reached

    def _step(self, at: int, name: str) -> tuple[int, ...]:
        if at == len(self.parts):
            return ()
        part = self.parts[at]
        if part is None:
            return (at,)
        return (at + 1,) if part.match(name) else ()

    def _beyond(self, reached: set[int]) -> set[int]:
        """With the places that follow a `**`, which may stand for nothing."""
        for at in sorted(reached):
            while at < len(self.parts) and self.parts[at] is None:
                at += 1  # noqa: PLW2901
                reached.add(at)
        return reached


@lru_cache(maxsize=1024)
def _pattern(folder: str, pattern: str) -> Glob:
    """A pattern as gitattributes(5) has it; one without a slash matches in every folder below."""
    anywhere = "/" not in pattern.rstrip("/")
    names = [None if name == "**" else name for name in pattern.strip("/").split("/")]
    if names[-1] is None:  # what is in a folder, not the folder
        names.insert(-1, "*")
    parts = [*([None] if anywhere else []), *names, *([None] if pattern.endswith("/") else [])]
    above = [re.compile(re.escape(name) + r"\Z") for name in folder.split("/") if name]
    own = [None if name is None else re.compile(fnmatch.translate(name)) for name in parts]
    return Glob((*above, *own))
