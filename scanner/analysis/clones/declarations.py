"""Which statements only declare something: fields, options, routes, registrations. Pure.

Told by how they are built, not by whose names they call. A declaration hands literals and names to
something; it computes nothing and nothing that follows takes its result from a variable. Two of one
shape say the same only if their literals and names are the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from scanner.analysis.clones.clone_names import definition_at
from scanner.analysis.clones.clone_tokens import KEYWORDS, TokenKind, token_kind
from scanner.base.model import UnitKind

#: Calls of one name, or on one object that each is given a text, are a row from so many on.
ROW = 3

#: What makes a statement compute, wait or branch.
_COMPUTING = frozenset({"for", "await", "yield", ":="})
#: Keywords that stand in expressions; a statement that begins with another is none that declares.
_VALUES = frozenset({"None", "True", "False", "not", "lambda"})

Tokens = Sequence[str]


def declared(kind: UnitKind, statements: Sequence[Tokens]) -> list[bool]:
    """For each statement of a unit, whether it only declares.

    Decorators always do. In a class, so does everything that is no block of its own; in a module,
    what assigns or calls with a literal; there and in functions the calls of a row, as those that
    add arguments to a parser are.
    """
    rows = _in_rows(statements)
    is_plain = {UnitKind.CLASS: _is_plain, UnitKind.MODULE: _is_set_up}.get(kind)
    return [
        tokens[0] == "@" or in_row or (is_plain is not None and is_plain(tokens))
        for tokens, in_row in zip(statements, rows, strict=True)
    ]


def _is_plain(tokens: Tokens) -> bool:
    """Whether a statement of a class is a field, a call, or the head of a class."""
    if _COMPUTING.intersection(tokens):
        return False
    return tokens[0] == "class" or tokens[0] not in KEYWORDS or tokens[0] in _VALUES


def _is_set_up(tokens: Tokens) -> bool:
    """Whether a statement of a module assigns, or calls something with, what holds a literal."""
    if tokens[0] in KEYWORDS or _COMPUTING.intersection(tokens):
        return False
    is_shaped = "=" in tokens or _callee(tokens) is not None
    return is_shaped and any(_is_literal(lexeme) for lexeme in tokens)


def _in_rows(statements: Sequence[Tokens]) -> list[bool]:
    callees = [_callee(tokens) for tokens in statements]
    same_name = _rows([callee and callee[1] for callee in callees])
    given_text = [
        callee and any(token_kind(t) is TokenKind.STRING for t in tokens) and callee[0]
        for callee, tokens in zip(callees, statements, strict=True)
    ]
    rows = zip(same_name, _rows(given_text), _in_refrains(statements), strict=True)
    return [any(ways) for ways in rows]


def _in_refrains(statements: Sequence[Tokens]) -> list[bool]:
    """Which statements stand in a run of calls that come again and again, not one after the other.

    `a = sub.add_parser("a")`, `a.add_argument("--x")`, `a.set_defaults(run=a)`, then `b` alike.
    """
    names = [callee[1] if (callee := _callee(_set(tokens))) else "" for tokens in statements]
    again = _recurring(names, _stretches([bool(name) for name in names]))
    found = _recurring(names, _stretches(again))
    whole = (part for part in _stretches(again) if all(found[i] for i in part))
    refrains = {i for part in whole if len(part) >= 2 * ROW for i in part}
    return [i in refrains for i in range(len(names))]


def _recurring(names: Sequence[str], stretches: Iterable[range]) -> list[bool]:
    """Which names come often enough in their stretch to be a row."""
    found = [False] * len(names)
    for stretch in stretches:
        counts = Counter(names[i] for i in stretch)
        for i in stretch:
            found[i] = counts[names[i]] >= ROW
    return found


def _stretches(flags: Sequence[bool]) -> Iterator[range]:
    """The positions of each run of true flags."""
    start = 0
    for is_in, run in groupby(flags):
        end = start + len(list(run))
        if is_in:
            yield range(start, end)
        start = end


def _set(tokens: Tokens) -> Tokens:
    """What a name is set to."""
    return tokens[2:] if tokens[1:2] == ("=",) and len(tokens) > 2 else tokens


def _rows(keys: Sequence[object]) -> list[bool]:
    """Whether each key stands in a run of equal ones that is long enough; false keys do not."""
    runs = [(bool(key), len(list(same))) for key, same in groupby(keys)]
    return [is_key and length >= ROW for is_key, length in runs for _ in range(length)]


def _callee(tokens: Tokens) -> tuple[str, str] | None:
    """What a statement calls on which object, if it is one call and nothing else: root, name."""
    if tokens[-1] != ")" or "(" not in tokens or _COMPUTING.intersection(tokens):
        return None
    opening = tokens.index("(")
    path = tokens[:opening]
    names = path[::2]
    if not path or len(path) % 2 == 0 or any(dot != "." for dot in path[1::2]):
        return None
    if any(token_kind(name) is not TokenKind.NAME for name in names):
        return None
    root = ".".join(names[:2]) if names[0] in ("self", "cls") and len(names) > 2 else names[0]
    return root, names[-1]


def _is_literal(lexeme: str) -> bool:
    return token_kind(lexeme) in (TokenKind.STRING, TokenKind.NUMBER) or lexeme in _VALUES


def is_long_head(tokens: Tokens, code_lines: int) -> bool:
    """Whether a statement is the head of a function, written over several lines."""
    return code_lines > 1 and definition_at(tokens) is not None and tokens[0] != "class"
