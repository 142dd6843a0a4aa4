"""What a unit uses: its n-grams of tokens, its names in their roles, its texture."""

from __future__ import annotations

import ast
import sys
from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple
from zlib import crc32

from scanner.analysis.analysis import Analysis
from scanner.analysis.choices.family import decorator_names, dotted, last_name
from scanner.analysis.parsing.source import UnitSource, split_lines
from scanner.analysis.parsing.syntax import CHILDREN, parse
from scanner.analysis.tokens import lex, words_of
from scanner.base.model import Problem, Stage

#: What is looked at of a unit's texture; each is a small number that grows with the logarithm.
TEXTURE = (
    "lines of code",
    "levels of nesting",
    "lines of comment",
    "lines of docstring",
    "handlers of exceptions",
    "checks for `None`",
    "string literals",
    "number literals",
    "calls of a logger",
    "returns",
    "blank lines",
    "longest line",
    "f-strings",
    "comprehensions",
)
_LOGGING = frozenset({"debug", "info", "warning", "warn", "error", "exception", "critical"})
_NESTING = frozenset(
    {
        ast.If,
        ast.For,
        ast.AsyncFor,
        ast.While,
        ast.With,
        ast.AsyncWith,
        ast.Try,
        ast.TryStar,
        ast.Match,
    }
)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
#: Which field of a node holds the name that it gives or mentions.
_NAMED = {
    ast.Attribute: "attr",
    ast.FunctionDef: "name",
    ast.AsyncFunctionDef: "name",
    ast.arg: "arg",
}
_Seen = Callable[[Any, Counter[str]], Iterable[str]]

#: Stand before the first token of a unit.
START, START_PAIR = 1, 2
_MULTIPLIER, _MIXER, _SALT = 0x9E3779B1, 0x85EBCA6B, 0x5BD1E995
_BITS = 0xFFFFFFFF


class Usage(NamedTuple):
    """What a unit uses.

    `grams` are the hashes of its n-grams: for each token that of the token, of the two and of the
    three that end in it. `names` has one `role name` to a line, each once: `call`, `use`, `catch`,
    `raise`, `decorator`, `type`, `keyword`, `base`, `import`, `signature`, `name`, `verb`, `ending`
    or `word`. Lines count from 0 in the unit's text. `texture` is as `TEXTURE` has it, each number
    as its length in bits. Numbers are little-endian `uint32`, as bytes.
    """

    grams: bytes
    gram_lines: bytes
    names: str
    name_lines: bytes
    texture: bytes


def read_usage(source: UnitSource) -> Usage | Problem:
    """What a unit uses. Depends on its text alone."""
    try:
        tree, first_line = _tree_of(source)
        found: dict[str, int] = {}
        counts = _walk(tree, first_line, found)
    except (SyntaxError, MemoryError) as error:
        return Problem(Stage.PARSE, None, f"unit does not parse by itself: {error}")
    except RecursionError:
        return Problem(Stage.ANALYSE, None, "nested too deep to read what it uses")
    tokens, lines = lex(source.text)
    return Usage(
        packed(_grams(tokens)),
        packed(lines),
        "\n".join(found),
        packed(max(line, 0) for line in found.values()),
        bytes(_texture(counts, tree, source.text)),
    )


def packed(numbers: Iterable[int]) -> bytes:
    """Numbers as little-endian `uint32`."""
    packed_numbers = array("I", numbers)
    if sys.byteorder == "big":
        packed_numbers.byteswap()
    return packed_numbers.tobytes()


def _grams(tokens: Iterable[str]) -> list[int]:
    """The hashes of n-grams. One loop without calls: it is half of what reading a unit takes."""
    found: list[int] = []
    add = found.extend
    one, two = START, START_PAIR
    for token in tokens:
        number = crc32(token.encode("utf-8", "surrogatepass"))
        three = ((two ^ _SALT) * _MULTIPLIER + number) & _BITS
        three = ((three ^ three >> 15) * _MIXER) & _BITS
        three ^= three >> 13
        two = ((one ^ _SALT) * _MULTIPLIER + number) & _BITS
        two = ((two ^ two >> 15) * _MIXER) & _BITS
        two ^= two >> 13
        one = number or START
        add((one, two, three))
    return found


def _tree_of(source: UnitSource) -> tuple[ast.Module, int]:
    """The tree, and the number of its first line. That of a class in a file has its methods."""
    origin = source.origin
    if origin is None or isinstance(origin.node, ast.ClassDef):
        return parse(source.text), 1
    return ast.Module([origin.node], []), origin.first_line


def _walk(  # noqa: C901 - one loop over all nodes, for speed
    tree: ast.Module, first_line: int, found: dict[str, int]
) -> Counter[str]:
    """Puts names in their roles into `found`, with their lines, and counts what is texture."""
    counts: Counter[str] = Counter()
    bound: set[str] = set()
    loaded: dict[str, int] = {}
    named: dict[str, int] = {}
    stack: list[tuple[Any, int, int]] = [(tree, 0, first_line)]
    while stack:
        node, depth, line = stack.pop()
        kind = type(node)
        line = getattr(node, "lineno", line)
        if kind is ast.Name:
            named.setdefault(node.id, line)
            if type(node.ctx) is ast.Load:
                loaded.setdefault(node.id, line)
            else:
                bound.add(node.id)
            continue
        if kind in _NAMED:
            named.setdefault(getattr(node, _NAMED[kind]), line)
        if kind is ast.arg:
            bound.add(node.arg)
        if kind in _SEEN:
            for role_and_name in _SEEN[kind](node, counts):
                found.setdefault(role_and_name, line - first_line)
        if kind in _NESTING:
            depth += 1
            counts["levels of nesting"] = max(counts["levels of nesting"], depth)
        children = CHILDREN.get(kind)  # `case True` has a plain `True` for a child
        for child in children(node) if children is not None else ():
            if type(child) is list:
                stack += [(one, depth, line) for one in child if one is not None]
            elif child is not None:
                stack.append((child, depth, line))
    for name, line in named.items():
        for word in words_of(name):
            found.setdefault(f"word {word}", line - first_line)
    for name, line in loaded.items():
        if name not in bound:
            found.setdefault(f"name {name}", line - first_line)
    return counts


def _of_literal(node: ast.Constant, counts: Counter[str]) -> Iterable[str]:
    if isinstance(node.value, str | bytes):
        counts["string literals"] += 1
    elif type(node.value) in (int, float):
        counts["number literals"] += 1
    return ()


def _of_attribute(node: ast.Attribute, _counts: Counter[str]) -> Iterable[str]:
    owner = node.value
    if type(owner) is ast.Name and owner.id not in ("self", "cls"):
        return f"use {node.attr}", f"use {owner.id}.{node.attr}"
    return (f"use {node.attr}",)


def _of_comparison(node: ast.Compare, counts: Counter[str]) -> Iterable[str]:
    comparators = node.comparators
    counts["checks for `None`"] += any(
        type(one) is ast.Constant and one.value is None for one in comparators
    )
    return ()


def _of_handler(node: ast.ExceptHandler, counts: Counter[str]) -> Iterator[str]:
    counts["handlers of exceptions"] += 1
    for one in getattr(node.type, "elts", [node.type]):
        yield f"catch {last_name(one) if one is not None else 'everything'}"


def _of_raise(node: ast.Raise, _counts: Counter[str]) -> Iterable[str]:
    return (f"raise {(last_name(node.exc) or 'something') if node.exc else 'again'}",)


def _of_imports(node: ast.ImportFrom, _counts: Counter[str]) -> Iterator[str]:
    module = "." * node.level + (node.module or "")
    yield f"import {module}"
    yield from (f"import {module}.{alias.name}" for alias in node.names)


def _of_class(node: ast.ClassDef, _counts: Counter[str]) -> Iterator[str]:
    yield from (f"base {name}" for name in map(last_name, node.bases) if name)
    yield from (f"decorator {name}" for name in decorator_names(node))


def _counted(what: str) -> _Seen:
    def count(_node: Any, counts: Counter[str]) -> Iterable[str]:
        counts[what] += 1
        return ()

    return count


def _of_call(node: ast.Call, counts: Counter[str]) -> Iterator[str]:
    name = last_name(node.func)
    if name:
        yield f"call {name}"
    if name in _LOGGING and "log" in dotted(node.func).lower():
        counts["calls of a logger"] += 1
    yield from (f"keyword {one.arg}" for one in node.keywords if one.arg)


def _of_function(node: Any, _counts: Counter[str]) -> Iterator[str]:
    yield from (f"decorator {name}" for name in decorator_names(node))
    words = words_of(node.name)
    yield f"verb {words[0]}"
    if len(words) > 1:
        yield f"ending {words[-1]}"
    arguments = node.args
    plain = [*arguments.posonlyargs, *arguments.args]
    first = plain[0].arg if plain and plain[0].arg in ("self", "cls") else ""
    given = [*(plain[1:] if first else plain), *arguments.kwonlyargs]
    annotated = sum(one.annotation is not None for one in given)
    shape = (
        "async" if isinstance(node, ast.AsyncFunctionDef) else "",
        first,
        "none" if not given else "few" if len(given) < 4 else "many",
        "typed" if given and annotated == len(given) else "partly typed" if annotated else "",
        "keyword-only" if arguments.kwonlyargs else "",
        "*" if arguments.vararg else "",
        "**" if arguments.kwarg else "",
        "defaults" if arguments.defaults else "",
        "-> typed" if node.returns is not None else "",
    )
    yield f"signature {', '.join(filter(None, shape))}"
    hints = [one.annotation for one in given if one.annotation is not None]
    for hint in [*hints, *([node.returns] if node.returns is not None else [])]:
        yield from (f"type {name}" for name in _type_names(hint))


def _type_names(hint: ast.AST) -> Iterator[str]:
    for node in ast.walk(hint):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr


#: What each kind of node uses, each name after its role; what of it is texture is counted.
_SEEN: Mapping[type[ast.AST], _Seen] = {
    ast.AnnAssign: lambda node, _: [f"type {name}" for name in _type_names(node.annotation)],
    ast.AsyncFunctionDef: _of_function,
    ast.Attribute: _of_attribute,
    ast.Call: _of_call,
    ast.ClassDef: _of_class,
    ast.Compare: _of_comparison,
    ast.Constant: _of_literal,
    ast.DictComp: _counted("comprehensions"),
    ast.ExceptHandler: _of_handler,
    ast.FunctionDef: _of_function,
    ast.GeneratorExp: _counted("comprehensions"),
    ast.Import: lambda node, _: [f"import {alias.name}" for alias in node.names],
    ast.ImportFrom: _of_imports,
    ast.JoinedStr: _counted("f-strings"),
    ast.ListComp: _counted("comprehensions"),
    ast.Raise: _of_raise,
    ast.Return: _counted("returns"),
    ast.SetComp: _counted("comprehensions"),
}


def _texture(counts: Counter[str], tree: ast.Module, text: str) -> tuple[int, ...]:
    lines = split_lines(text)
    stripped = [line.strip() for line in lines]
    counts["lines of code"] = sum(bool(line) and line[0] != "#" for line in stripped)
    counts["blank lines"] = stripped.count("")
    counts["lines of comment"] = sum(line[:1] == "#" for line in stripped)
    counts["longest line"] = max(map(len, lines), default=0) // 8
    only = tree.body[0] if tree.body else None
    if isinstance(only, (*_FUNCTIONS, ast.ClassDef)):
        docstring = ast.get_docstring(only, clean=False)
        counts["lines of docstring"] = 0 if docstring is None else 1 + docstring.count("\n")
    return tuple(min(counts[name].bit_length(), 15) for name in TEXTURE)


ANALYSIS = Analysis("usage", 2, Usage, read_usage)
