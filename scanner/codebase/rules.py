"""The rules that are in force, as a tree holds them: a change is never judged by its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from posixpath import normpath

from scanner.analysis.choices.team import TeamConvention
from scanner.base.errors import ExitCode, ScanError
from scanner.base.model import FileVersion, Problem
from scanner.base.store import Store
from scanner.codebase.paths import path_filter
from scanner.codebase.rule_hits import with_contents
from scanner.config import Settings
from scanner.git.blobs import BlobReader
from scanner.git.process import Repository
from scanner.git.trees import list_tree
from scanner.rulepacks.packs import (
    Pack,
    RuleSet,
    convention_of_bytes,
    distinct,
    in_force,
    is_convention_name,
    is_pack_name,
    load_default_packs,
    pack_of_bytes,
)


def rules_at(
    repository: Repository, tree: str | None, blobs: BlobReader, settings: Settings, store: Store
) -> RuleSet:
    """The packs that come with Tallystick, and those of the tree that the settings name; without
    the opt-in rules that the settings do not name. And the conventions at the same places.

    Raises:
        ScanError: there are no rules at a place that the settings name, or they are not UTF-8, or a
            convention is broken.
    """
    own = load_default_packs() if settings.default_rules else ()
    versions = _versions_at(repository, tree, settings.rules)
    team = tuple(packs_of(versions, blobs))
    conventions = tuple(_conventions_of(versions, blobs))
    for place in settings.rules:
        names = [*(pack.name for pack in team), *(one.name for one in conventions)]
        if not any(_is_at(name, place) for name in names):
            where = f"the tree of {tree[:12]}" if tree else "the empty tree"
            raise ScanError(
                f"There are no rules at {place} in {where}.",
                "Look at `rules` in the configuration: files or folders of .yaml packs and .toml "
                "conventions.",
            )
    rules = in_force(with_contents((*own, *team), store), settings.rules_on)
    return replace(rules, conventions=distinct(conventions))


def outside_rules(settings: Settings) -> Callable[[str], bool]:
    """A test for paths that no rule is asked about: those left out anyway, and what lies beside
    the team's packs, which is code that the rules are there to find.
    """
    beside = (f"/{normpath(place)}" for place in settings.rules)
    return path_filter((*settings.exclude, *beside))


def _versions_at(
    repository: Repository, tree: str | None, places: Sequence[str]
) -> tuple[FileVersion, ...]:
    if tree is None or not places:
        return ()
    literal = [f":(literal){normpath(place)}" for place in places]
    return tuple(list_tree(repository, tree, literal))


def packs_of(versions: Iterable[FileVersion], blobs: BlobReader) -> Iterator[Pack]:
    """The packs among files, each read.

    Raises:
        ScanError: one is not UTF-8, or cannot be read.
    """
    for version in versions:
        if not is_pack_name(version.path) or not version.mode.is_text_file:
            continue
        yield pack_of_bytes(version.path, _read(version, blobs))


def _conventions_of(versions: Iterable[FileVersion], blobs: BlobReader) -> Iterator[TeamConvention]:
    for version in versions:
        if is_convention_name(version.path) and version.mode.is_text_file:
            yield convention_of_bytes(version.path, _read(version, blobs))


def _read(version: FileVersion, blobs: BlobReader) -> bytes:
    source = blobs.read(version.blob)
    if isinstance(source, Problem):
        raise ScanError(
            f"{version.path} cannot be read: {source.reason}.",
            exit_code=ExitCode.COULD_NOT_JUDGE,
        )
    return source


def _is_at(path: str, place: str) -> bool:
    return path == normpath(place) or path.startswith(f"{normpath(place)}/")
