"""What is fuzzed: functions of bytes that may give a Problem or a documented error, no more."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from scanner.analysis.all_facts import FACTS
from scanner.analysis.parsing.outline import read_outline, unit_source
from scanner.attribution.git_ai import _metadata
from scanner.attribution.notes import spans_of
from scanner.base.errors import ScanError
from scanner.base.model import Problem
from scanner.config import parse_settings
from scanner.dependencies.manifests import script_block
from scanner.git.commits import parse_commit
from scanner.git.diffs import DiffFormatError, parse_raw_single, parse_single
from scanner.roles.foreign import is_foreign_path, read_attributes
from scanner.rulepacks.catalogue import parse_pack
from scanner.rulepacks.packs import pack_of_bytes

Target = Callable[[bytes], object]


def outline(data: bytes) -> object:
    """A file is cut into units, and every analysis has an answer for each."""
    file = read_outline(data)
    if isinstance(file, Problem):
        return file
    return [one.compute(unit_source(file, unit)) for unit in file.outline.units for one in FACTS]


def _text(function: Callable[[str], object], data: bytes) -> object:
    return function(data.decode("utf-8", "replace"))


def settings(data: bytes) -> object:
    """Settings are valid or a sentence says why not."""
    try:
        return _text(lambda text: parse_settings(text, "tallystick.toml"), data)
    except ScanError as error:
        return error.message


def diff(data: bytes) -> object:
    """A patch as git writes it; anything else is named as such."""
    try:
        return parse_single([data])
    except DiffFormatError as error:
        return error


def entries(data: bytes) -> object:
    """Raw entries as git writes them."""
    try:
        return parse_raw_single([data])
    except DiffFormatError as error:
        return error


def attributes(data: bytes) -> object:
    """`.gitattributes`, asked of a few paths."""
    rules = read_attributes({"": data.decode("utf-8", "replace")})
    return [is_foreign_path(path, rules) for path in ("a.py", "a/b/c.py", "gen/x_pb2.py")]


def script(data: bytes) -> object:
    """The inline metadata of a script."""
    try:
        return _text(script_block, data)
    except ValueError as error:
        return error


def pack(data: bytes) -> object:
    """A pack of rules is read, or a Problem says what is wrong."""
    try:
        return parse_pack(pack_of_bytes("pack.yaml", data))
    except ScanError as error:
        return error.message


TARGETS: dict[str, Target] = {
    "outline": outline,
    "settings": settings,
    "diff": diff,
    "entries": entries,
    "attributes": attributes,
    "script": script,
    "pack": pack,
    "commit": partial(parse_commit, "0" * 40, ()),
    "note-spans": partial(_text, spans_of),
    "note-metadata": _metadata,
}
