"""What could be called instead of a copy, and what stands in the way."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Sequence
from pathlib import PurePosixPath

from scanner.analysis.clones.clone_alignment import CloneType, leaf_pairs
from scanner.analysis.clones.fingerprints import TokenRole
from scanner.base.model import UnitKind
from scanner.clones.index import CloneIndex, CloneUnit, is_function
from scanner.clones.matches import Match
from scanner.roles.paths import is_example_path, is_test_path
from scanner.scoring.copies import Call

#: A copy is most of its unit from this share of its statements on ...
MOST_OF_COPY = 0.7
#: ... and its original can be called for it if the copy has this share of the original's.
ENOUGH_OF_ORIGINAL = 0.5
#: Calling the original does for a copy that has at most this share of other statements ...
MOST_EXTRA = 0.1
#: ... if the original has at most this share that the copy has not: what does more is no stand-in.
MOST_MISSING = 0.1
#: Decorators that leave a function to be called as it is written.
PLAIN_DECORATORS = frozenset(
    {"staticmethod", "classmethod", "cache", "lru_cache", "override", "final", "wraps"}
    | {"contextmanager", "asynccontextmanager", "deprecated", "no_type_check"}
)
#: Bases that tell nothing of what a class is.
COMMON_BASES = frozenset({"object", "ABC", "Generic", "Protocol"})


def how_to_use(index: CloneIndex, match: Match) -> Call:
    """How the original could be used in place of the copy."""
    original = match.original.unit
    if not is_whole(match) or not _does_the_same(match) or _is_wrapped(match.original):
        return Call()
    obstacle = _naming_obstacle(index, match.original)
    if obstacle is not None:
        return Call(obstacle=obstacle)
    if _class_of(original.name):
        return _method(match)
    return _function(index, match)


def how_to_reach(index: CloneIndex, original: CloneUnit, importer: str | None) -> Call:
    """How a function could be called from a file, or from any place where none is named.

    A method is reached by its class, of which an instance may be needed.
    """
    obstacle = _naming_obstacle(index, original)
    module = index.imports.module(original.path)
    if obstacle is None and module is None:
        obstacle = f"{original.path} cannot be imported by its name"
    if obstacle is None and importer != original.path:
        obstacle = _import_obstacle(index, original.path, importer)
    if obstacle is not None:
        return Call(obstacle=obstacle)
    name = original.unit.name
    return Call(f"{module}.{name}", is_private=_short(name).startswith("_"))


def _naming_obstacle(index: CloneIndex, original: CloneUnit) -> str | None:
    """Why a function is not for others to call, whoever they are."""
    name = original.unit.name.split("#")[0]
    if is_example_path(original.path):
        return f"{original.path} is an example"
    if is_test_path(original.path) and _short(name).startswith("test"):
        return f"`{name}` is a test"
    if any(m.unit.name == f"{name}#2" for m in index.files()[original.path]):
        return f"`{name}` is defined more than once"
    return None


def _import_obstacle(index: CloneIndex, original: str, importer: str | None) -> str | None:
    """Why a file cannot, or should not, import another one."""
    if not index.imports.is_packaged(original):
        return f"{original} is in no package"
    is_for_tests = importer is not None and is_test_path(importer)
    if is_test_path(original) and (not is_for_tests or _is_test_module(original)):
        return f"{original} is a test"
    if PurePosixPath(original).stem == "__main__":
        return f"{original} is a script"
    if importer is not None and index.imports.would_be_circular(importer, original):
        return f"{original} imports {importer}, so importing it would close an import cycle"
    return None


def is_whole(match: Match) -> bool:
    """Whether a copied function, or most of one, is what another function does."""
    copied = len(match.alignment.pairs)
    return (
        is_function(match.copy.unit)
        and is_function(match.original.unit)
        and copied >= MOST_OF_COPY * len(match.copy.fingerprint.shape)
        and copied >= ENOUGH_OF_ORIGINAL * len(match.original.fingerprint.shape)
    )


def _is_wrapped(original: CloneUnit) -> bool:
    """Whether a decorator may make something else of a function: a route, a fixture, a property."""
    return not PLAIN_DECORATORS.issuperset(
        name.rpartition(".")[2] for name in original.fingerprint.decorators
    )


def _does_the_same(match: Match) -> bool:
    """Whether a copy calls what the original calls, and little that one of them has is missing."""
    copy, original = match.copy.fingerprint, match.original.fingerprint
    pairs = match.alignment.pairs
    extra, missing = len(copy.named) - len(pairs), len(original.named) - len(pairs)
    return (
        copy.is_async is original.is_async
        and all(copy.named[i] == original.named[j] for i, j in pairs)
        and extra <= MOST_EXTRA * len(copy.named)
        and missing <= MOST_MISSING * len(original.named)
    )


def _differs(match: Match) -> bool:
    """Whether more than the names of variables differs between a copy and its original."""
    copy, original = match.copy.fingerprint, match.original.fingerprint
    return len(copy.named) > len(match.alignment.pairs) or any(
        copy.names[a][0] != TokenRole.LOCAL and copy.names[a][1:] != original.names[b][1:]
        for pair in match.alignment.pairs
        for a, b in leaf_pairs(copy, original, pair)
    )


def is_override(index: CloneIndex, match: Match) -> bool:
    """Whether two methods of one name belong to different classes that have a base in common.

    The base has to be live code that has the method: what no base asks for is written twice.
    """
    a, b = match.copy, match.original
    if _short(a.unit.name) != _short(b.unit.name) or not _class_of(a.unit.name):
        return False
    if (a.path, _class_of(a.unit.name)) == (b.path, _class_of(b.unit.name)):
        return False
    common = _bases(index, a) & _bases(index, b) - COMMON_BASES
    return any(index.names.asks_for(base, _short(a.unit.name)) for base in common)


#: What names say of which of two twins it is.
_TWIN_WORDS = re.compile(r"_?(?:async|sync|aio)_?|^_+")


def is_async_twin(match: Match) -> bool:
    """Whether a coroutine and a plain function do the same by the same name.

    The name may say which of them it is: `fetch` and `afetch`, `Client.get` and `AsyncClient.get`.
    """
    copy, original = match.copy, match.original
    if copy.fingerprint.is_async is original.fingerprint.is_async:
        return False
    plain, waiting = (original, copy) if copy.fingerprint.is_async else (copy, original)
    if not (is_function(plain.unit) and is_function(waiting.unit)):
        return False
    names = [(_class_of(one.unit.name), _short(one.unit.name)) for one in (plain, waiting)]
    (owner, name), (other_owner, other) = (
        [_TWIN_WORDS.sub("", part.lower()) for part in parts] for parts in names
    )
    return owner == other_owner and other in (name, f"a{name}")


def _method(match: Match) -> Call:
    a, b = match.copy, match.original
    if a.path == b.path and _class_of(a.unit.name) == _class_of(b.unit.name):
        if match.alignment.type is not CloneType.EXACT and not _any_private(a, b):
            return Call()  # what a class offers, or is asked for by its framework, stays apart
        return Call(f"self.{_short(b.unit.name)}", needs_parameter=_differs(match))
    return Call(obstacle=f"`{b.unit.name}` is a method of another class")


def _function(index: CloneIndex, match: Match) -> Call:
    copy, original = match.copy.path, match.original.path
    module = index.imports.module(original)
    if module is None:
        return Call(obstacle=f"{original} cannot be imported by its name")
    target = f"{module}.{match.original.unit.name}"
    needs_parameter = _differs(match)
    if copy == original:
        return Call(target, needs_parameter=needs_parameter)
    if _means_another(index, match):
        return Call()
    obstacle = _import_obstacle(index, original, copy)
    if obstacle is not None:
        return Call(obstacle=obstacle)
    is_private = match.original.unit.name.startswith("_")
    return Call(target, needs_parameter=needs_parameter, is_private=is_private)


def _is_test_module(path: str) -> bool:
    """Whether a file holds tests, and not what tests share."""
    stem = PurePosixPath(path).stem
    return stem.startswith("test_") or stem.endswith(("_test", "_tests"))


def _any_private(*members: CloneUnit) -> bool:
    return any(_short(member.unit.name).startswith("_") for member in members)


def _means_another(index: CloneIndex, match: Match) -> bool:
    """Whether a name in the copy is one of its own module, or comes from another module than it
    does where the original stands: equal text then does not do the same."""
    here, there = match.copy, match.original
    names = {name[1:] for name in here.fingerprint.names if name[0] != TokenRole.LOCAL}
    ours, theirs = (index.imports.sources(member.path) for member in (here, there))
    if any(ours[name] != theirs[name] for name in names & ours.keys() & theirs.keys()):
        return True
    own = _defined(index, here.path, names - {here.unit.name, there.unit.name})
    return bool(own) and own != _defined(index, there.path, own.keys())


def _defined(
    index: CloneIndex, path: str, names: Collection[str]
) -> dict[str, list[tuple[str, tuple[int, ...]]]]:
    """What of the names a module defines itself, with all that stands in it."""
    found: dict[str, list[tuple[str, tuple[int, ...]]]] = defaultdict(list)
    for member in index.files().get(path, ()):
        name, _, rest = member.unit.name.partition(".")
        if name in names:
            found[name].append((rest, member.fingerprint.exact))
    return found


def _bases(index: CloneIndex, member: CloneUnit) -> frozenset[str]:
    owner = _class_of(member.unit.name)
    units: Sequence[CloneUnit] = index.files().get(member.path, ())
    return frozenset(
        base
        for unit in units
        if unit.unit.kind is UnitKind.CLASS and unit.unit.name == owner
        for base in unit.fingerprint.bases
    )


def _class_of(name: str) -> str:
    return name.rpartition(".")[0]


def _short(name: str) -> str:
    return name.rpartition(".")[2].split("#")[0]
