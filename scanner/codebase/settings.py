"""Settings as a tree holds them, so that a change is never judged by what it brings itself."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from scanner.base.errors import ExitCode, ScanError
from scanner.base.model import Problem
from scanner.config import CONFIG_FILES, Settings, parse_settings
from scanner.git.blobs import BlobReader
from scanner.git.process import Repository
from scanner.git.trees import list_tree


def settings_at(repository: Repository, tree: str | None, blobs: BlobReader) -> Settings:
    """The settings in the configuration file at the top of a tree; the defaults if it has none.

    Raises:
        ScanError: the file is there and is not valid.
    """
    found = _found(repository, tree, blobs)
    return found[1] if found else Settings()


def settings_source(repository: Repository, tree: str | None) -> str | None:
    """The name of the file at the top of a tree that holds settings, if there is one.

    Raises:
        ScanError: the file is there and is not valid.
    """
    with BlobReader(repository) as blobs:
        found = _found(repository, tree, blobs)
    return found[0] if found else None


def _found(
    repository: Repository, tree: str | None, blobs: BlobReader
) -> tuple[str, Settings] | None:
    versions = list_tree(repository, tree, CONFIG_FILES) if tree else ()
    by_path = {version.path: version.blob for version in versions}
    for name in CONFIG_FILES:
        source = blobs.read(by_path[name]) if name in by_path else None
        if isinstance(source, Problem):
            raise ScanError(
                f"{name} cannot be read: {source.reason}.", exit_code=ExitCode.COULD_NOT_JUDGE
            )
        settings = parse_settings(_text(source, name), name) if source is not None else None
        if settings is not None:
            return name, settings
    return None


def settings_of_texts(texts: Mapping[str, str]) -> tuple[str, Settings] | None:
    """The settings in the texts of configuration files by name, and the name of the one it is.

    Raises:
        ScanError: the file is not valid.
    """
    for name in CONFIG_FILES:
        settings = parse_settings(texts[name], name) if name in texts else None
        if settings is not None:
            return name, settings
    return None


def settings_of_file(path: Path) -> Settings:
    """The settings in a configuration file that the user names.

    Raises:
        ScanError: the file cannot be read, is not valid, or holds no settings.
    """
    try:
        source = path.read_bytes()
    except OSError as error:
        raise ScanError(f"{path} cannot be read: {error.strerror}.") from error
    settings = parse_settings(_text(source, str(path)), str(path))
    if settings is None:
        raise ScanError(f"{path} has no [tool.tallystick] table.")
    return settings


def _text(source: bytes, name: str) -> str:
    try:
        return source.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ScanError(f"{name} is not UTF-8 text: {error.reason}.") from error
