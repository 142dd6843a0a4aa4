"""Matchers written as data → `libcst.matchers`, and the choices that they find in a unit."""

from __future__ import annotations

import dataclasses
import fnmatch
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from functools import lru_cache
from typing import Any

import libcst
import libcst.matchers as m
from libcst.metadata import MetadataWrapper, PositionProvider

from scanner.analysis.choices.family import Choice
from scanner.analysis.choices.team import ConventionError, TeamChoices, TeamConvention, written
from scanner.base.model import Problem, Stage

#: A matcher that is nested deeper is a mistake.
DEEPEST = 40
_ANY, _MANY = "?", "*"


@dataclasses.dataclass(frozen=True, slots=True)
class Matcher:
    """A matcher of one alternative, and names that stand wherever it matches."""

    alternative: str
    matcher: Any
    words: frozenset[str]


@lru_cache(maxsize=256)
def compiled(source: TeamConvention) -> tuple[Matcher, ...]:
    """The matchers of a file, in its order; the first that matches a node counts.

    Raises:
        ConventionError: a node, an attribute or the kind of a value is not what LibCST has.
    """
    found = []
    for alternative, spec in written(source).matchers:
        where = f"alternative {alternative}"
        matcher = _node(spec, where, 0)
        if "not" in spec:
            raise ConventionError(f"{where}: what is not something is nearly everything")
        found.append(Matcher(alternative, matcher, frozenset(_words(spec))))
    return tuple(found)


def choices_in(text: str, sources: Sequence[TeamConvention]) -> TeamChoices | Problem:
    """The choices that a unit makes, by line. Its text is parsed where a matcher may match."""
    asked = [
        (written(source).key, matcher)
        for source in sources
        for matcher in compiled(source)
        if all(word in text for word in matcher.words)
    ]
    if not asked:
        return TeamChoices(())
    try:
        module = libcst.parse_module(text)
    except libcst.ParserSyntaxError as error:
        return Problem(Stage.PARSE, None, f"LibCST cannot parse it: {error.message}")
    found = list(_matches(module, asked))
    if not found:
        return TeamChoices(())
    places = MetadataWrapper(module, unsafe_skip_copy=True).resolve(PositionProvider)
    points = [
        Choice(key, "", alternative, places[node].start.line - 1)
        for node, key, alternative in found
    ]
    return TeamChoices(tuple(sorted(points, key=lambda point: point.line)))


def _matches(
    module: libcst.Module, asked: Sequence[tuple[str, Matcher]]
) -> Iterator[tuple[libcst.CSTNode, str, str]]:
    """Each node that matches, with the family's key and the alternative, as the text has them."""
    stack: list[libcst.CSTNode] = [module]
    while stack:
        node = stack.pop()
        chosen: set[str] = set()
        for key, one in asked:
            if key not in chosen and m.matches(node, one.matcher):
                chosen.add(key)
                yield node, key, one.alternative
        stack.extend(reversed(node.children))


# --------------------------------------------------------------------------- data → matchers


def _node(spec: Any, where: str, depth: int) -> Any:
    """A matcher of a node, or of one of several."""
    if depth > DEEPEST:
        raise ConventionError(f"{where}: nested deeper than {DEEPEST}")
    if not isinstance(spec, dict):
        raise ConventionError(f"{where}: a matcher is a table with `node`, not {spec!r}")
    for key in ("one_of", "all_of", "not"):
        if key in spec:
            return _joined(spec, key, where, depth)
    return _of_kind(spec, where, depth)


def _joined(spec: Mapping[str, Any], key: str, where: str, depth: int) -> Any:
    """A matcher made of others."""
    inner = f"{where}, {key}"
    if len(spec) > 1:
        raise ConventionError(f"{inner} stands alone")
    if key == "not":
        return m.DoesNotMatch(_node(spec[key], inner, depth + 1))
    if not isinstance(spec[key], list) or len(spec[key]) < 2:
        raise ConventionError(f"{inner} is a list of two matchers or more")
    make = m.OneOf if key == "one_of" else m.AllOf
    return make(*(_node(one, inner, depth + 1) for one in spec[key]))


def _of_kind(spec: Mapping[str, Any], where: str, depth: int) -> Any:
    """A matcher of one kind of node, with those of its attributes that the table names."""
    name = spec.get("node")
    kind = _kinds().get(name) if isinstance(name, str) else None
    if kind is None or not isinstance(name, str):
        raise ConventionError(f"{where}: {_no_such('node', str(name), _kinds())}")
    fields = {field.name: field for field in dataclasses.fields(kind)}
    given = {}
    for key, value in spec.items():
        if key == "node":
            continue
        if key not in fields:
            raise ConventionError(f"{where}: {_no_such(f'attribute of {name}', key, fields)}")
        given[key] = _value(fields[key], value, f"{where}, {name}.{key}", depth + 1)
    return getattr(m, name)(**given)


def _value(field: dataclasses.Field[Any], value: Any, where: str, depth: int) -> Any:
    kind = str(field.type)
    if field.type is str or "Literal[" in kind:
        accepts = _accepts(value, where)
        return value if isinstance(value, str) else m.MatchIfTrue(accepts)
    if value == {"absent": True}:
        if "Optional" not in kind:
            raise ConventionError(f"{where} is never absent")
        return None
    if "Sequence[" in kind:
        if not isinstance(value, list):
            raise ConventionError(f'{where} is a list: matchers, "?" for any one, "*" for any more')
        return [_element(one, where, depth) for one in value]
    return _node(value, where, depth)


def _element(value: Any, where: str, depth: int) -> Any:
    if value == _MANY:
        return m.ZeroOrMore()
    return m.DoNotCare() if value == _ANY else _node(value, where, depth)


def _accepts(value: Any, where: str) -> Callable[[str], bool]:
    """A test for a text: the same, one of several, like a pattern of a shell, or not so."""
    match value:
        case str():
            return lambda text: text == value
        case {"like": str(pattern), **rest} if not rest:
            matches = re.compile(fnmatch.translate(pattern)).match
            return lambda text: matches(text) is not None
        case {"one_of": [_, _, *_] as options, **rest} if not rest:
            tests = [_accepts(one, where) for one in options]
            return lambda text: any(test(text) for test in tests)
        case {"not": other, **rest} if not rest:
            test = _accepts(other, where)
            return lambda text: not test(text)
        case _:
            raise ConventionError(f"{where} is a text, or a table of `like`, `one_of` or `not`")


@lru_cache(maxsize=1)
def _kinds() -> Mapping[str, type[libcst.CSTNode]]:
    """The nodes that LibCST has matchers for."""
    return {
        name: kind
        for name, kind in vars(libcst).items()
        if isinstance(kind, type)
        and issubclass(kind, libcst.CSTNode)
        and dataclasses.is_dataclass(kind)
        and isinstance(matcher := getattr(m, name, None), type)
        and issubclass(matcher, m.BaseMatcherNode)
    }


def _no_such(what: str, name: str, known: Mapping[str, Any]) -> str:
    close = get_close_matches(name, known, n=1)
    return f"there is no {what} {name}" + (f"; did you mean {close[0]}?" if close else "")


def _words(spec: Any) -> Iterator[str]:
    """The literals without which nothing matches."""
    if isinstance(spec, list):
        for one in spec:
            if isinstance(one, dict):
                yield from _words(one)
    elif isinstance(spec, dict) and "node" in spec:
        for key, value in spec.items():
            if isinstance(value, str) and key != "node":
                yield value
            elif not isinstance(value, str):
                yield from _words(value)
