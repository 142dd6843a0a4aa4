"""New functions whose distinctive name another module of the distribution has given already."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import PurePosixPath

from scanner.analysis.parsing.outline import ReadFile
from scanner.analysis.parsing.syntax import parse
from scanner.base.model import Span, UnitKind
from scanner.clones.definitions import DefinitionIndex
from scanner.roles.paths import is_entry_point, is_test_path
from scanner.rulepacks.hits import RuleHit
from scanner.rulepacks.tree_rules import DUPLICATE_HELPER_NAME
from scanner.scoring.change import ChangedFile

#: How names begin and end by which frameworks call, or that every program has one of.
_BEGINNINGS = """
    add_arguments arg_parser as async_setup async_unload build_parser cli cmd command configure
    create_app do downgrade formfield_for from get_app get_client get_config get_logger get_parser
    get_queryset get_settings get_version handle init initialize lifespan load_config main make_app
    make_parser on parse_args pytest register render run setup teardown test to upgrade view visit
"""
_ENDINGS = "app args cli command handler logger logging main migration page parser route view"
_BEGUN = tuple(f"{words}_" for words in _BEGINNINGS.split())
_ENDED = tuple(f"_{word}" for word in _ENDINGS.split())
#: A shorter name says little.
_SHORTEST = 8
#: Two modules that share more names than this are two of a kind.
MOST_OF_A_PAIR = 2

Read = Callable[[str], ReadFile | None]


def namesakes(
    files: Sequence[ChangedFile],
    names: DefinitionIndex,
    is_own: Callable[[str], bool],
    home: Callable[[str], str | None],
    read: Read,
) -> dict[str, tuple[RuleHit, ...]]:
    """Hits by path. `names` are those of the tree before, `read` reads an unchanged file of it.

    `is_own` tells what is written here by hand; `home` names the manifest of a file, which tells
    one distribution from another.
    """
    pairs: defaultdict[tuple[str, str], list[RuleHit]] = defaultdict(list)
    for name, file, other in _second_definers(files, names):
        paths = file.path, other
        if _are_apart(*paths) or not all(map(is_own, paths)) or len(set(map(home, paths))) > 1:
            continue
        found = _compared(name, file, other, read)
        if found is not None:
            pairs[paths].append(found)
    hits: defaultdict[str, tuple[RuleHit, ...]] = defaultdict(tuple)
    for (path, _), some in pairs.items():
        if len(some) <= MOST_OF_A_PAIR:
            hits[path] += tuple(some)
    return hits


def _second_definers(
    files: Sequence[ChangedFile], names: DefinitionIndex
) -> Iterator[tuple[str, ChangedFile, str]]:
    """Distinctive names new in one changed file alone, and the one other file that has each."""
    touched = {path for file in files for path in (file.path, file.path_before)}
    before = {name for file in files for name in _functions(file.before)}
    after: defaultdict[str, list[ChangedFile]] = defaultdict(list)
    for file in files:
        for name in _functions(file.after):
            after[name].append(file)
    for name, definers in after.items():
        others = set(names.definers(name)) - touched
        is_second = len(definers) == len(others) == 1 and name not in before
        if is_second and is_distinctive(name):
            yield name, definers[0], others.pop()


def is_distinctive(name: str) -> bool:
    """Whether two modules hardly hit on a name by chance: words enough, and no convention."""
    plain = name.strip("_")
    is_custom = f"{plain}_".startswith(_BEGUN) or f"_{plain}".endswith(_ENDED)
    return "_" in plain and len(plain) >= _SHORTEST and not is_custom


def _functions(file: ReadFile | None) -> Iterable[str]:
    units = file.outline.units if file is not None else ()
    return (unit.name for unit in units if unit.kind is UnitKind.FUNCTION and "." not in unit.name)


def _are_apart(path: str, other: str) -> bool:
    """Whether two files are not meant to share: tests, scripts, and siblings, which are alike."""
    if any(is_test_path(one) or is_entry_point(one) for one in (path, other)):
        return True
    one, two = PurePosixPath(path), PurePosixPath(other)
    return one.name == two.name or one.parent == two.parent


def _compared(name: str, file: ChangedFile, other: str, read: Read) -> RuleHit | None:
    assert file.after is not None
    theirs = read(other)
    if theirs is None:
        return None
    new, old = _plain_function(file.after, name), _plain_function(theirs, name)
    if new is None or old is None or not _are_compatible(new, old):
        return None
    if _speaks_of(new, other) or _speaks_of(old, file.path):
        return None
    span = Span(new.lineno, new.end_lineno or new.lineno)
    return DUPLICATE_HELPER_NAME.hit(
        f"`{name}` is a new function, and {other}:{old.lineno} has one of the same name that takes "
        "the same: readers will confuse the two and fix only one. "
        "Call that one, or give this one a name that says how it differs.",
        span,
        file.after.lines,
        name,
    )


def _plain_function(file: ReadFile, name: str) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
    """The function of that name, if there is one, at the top of the file and without decorators."""
    found = [
        node
        for node in parse(file.text).body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == name
    ]
    return found[0] if len(found) == 1 and not found[0].decorator_list else None


_AnyFunction = ast.FunctionDef | ast.AsyncFunctionDef


def _are_compatible(new: _AnyFunction, old: _AnyFunction) -> bool:
    """Whether one could be called for the other: most parameters are shared, by name, and what
    they say that they return is the same.
    """
    if type(new) is not type(old) or _only_hands_out(new) or _only_hands_out(old):
        return False
    if new.returns and old.returns and ast.dump(new.returns) != ast.dump(old.returns):
        return False
    one, two = _parameters(new), _parameters(old)
    return one == two or 2 * len(one & two) > max(len(one), len(two))


def _only_hands_out(function: _AnyFunction) -> bool:
    """Whether all that a function does is to return something that its module has."""
    *_, last = function.body
    return (
        len(function.body) - bool(ast.get_docstring(function)) == 1
        and isinstance(last, ast.Return)
        and isinstance(last.value, ast.Name | ast.Attribute)
    )


def _parameters(function: _AnyFunction) -> frozenset[str]:
    given = function.args
    return frozenset(one.arg for one in (*given.posonlyargs, *given.args, *given.kwonlyargs))


def _speaks_of(function: _AnyFunction, other: str) -> bool:
    """Whether a function hands on to the other module."""
    module = PurePosixPath(other).stem
    words = {node.id for node in ast.walk(function) if isinstance(node, ast.Name)}
    imported = {
        (node.module or "").rpartition(".")[2]
        for node in ast.walk(function)
        if isinstance(node, ast.ImportFrom)
    }
    return module in words | imported
