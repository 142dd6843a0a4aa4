"""What a unit says, statement by statement, in hashes that copies of it share.

Each statement has three hashes of its tokens (white space, comments, docstrings, annotations of
functions and trailing commas aside), from strict to lenient:

- `exact`: all tokens;
- `named`: names and literals abstracted but for what is called, attributes and keyword arguments;
- `shape`: every name and literal abstracted.

Names and literals that were abstracted are kept beside the hashes, so that it can be seen whether
they were renamed consistently, and what differs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from hashlib import blake2b
from itertools import accumulate, pairwise, takewhile
from typing import NamedTuple

from scanner.analysis.analysis import Analysis
from scanner.analysis.clones.clone_names import (
    bound_names,
    definition_at,
    parameters_of,
    without_annotations,
)
from scanner.analysis.clones.clone_tokens import (
    Statement,
    TokenKind,
    plain_string,
    statements,
    token_kind,
)
from scanner.analysis.clones.declarations import declared, is_long_head
from scanner.analysis.parsing.source import UnitSource
from scanner.base.model import Problem
from scanner.roles.generators import generator_of, is_migration


class TokenRole(StrEnum):
    """The part a name or literal plays; stored names start with it."""

    LOCAL = "-"
    GLOBAL = "+"
    CALLED = "("
    ATTRIBUTE = "."
    ARGUMENT = "="
    LITERAL = "'"


#: The roles of names that the `named` hash keeps. They do not change with the rest of the unit.
NAMED = frozenset({TokenRole.CALLED, TokenRole.ATTRIBUTE, TokenRole.ARGUMENT})
#: The roles of names that code elsewhere has to agree on.
VOCABULARY = NAMED | {TokenRole.GLOBAL}

#: Literals are kept to this many characters and a hash of the whole.
LITERAL_CHARACTERS = 40
#: A bracketed display is a table from this many tokens and this share of literals on.
TABLE_TOKENS = 12
TABLE_LITERALS = 0.6

_LEFT_OUT = frozenset({"import", "from", "pass", "..."})
_CLOSING = frozenset(")]}")
_CONSTANTS = frozenset({"None", "True", "False"})
#: Calls of these only say what kind of table it is.
_CONTAINERS = frozenset(
    {"frozenset", "set", "tuple", "list", "dict", "MappingProxyType", "OrderedDict"}
)


class UnitImport(NamedTuple):
    """An import that runs with its unit. `module` keeps the dots of a relative one."""

    module: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """The statements of one unit, as columns of equal length; import statements are left out.

    `first` and `last` are lines of the unit's text, from 0. `is_table` tells statements that only
    list literals, and long heads of functions; `is_declared` those that only declare something
    (`declarations`). `leaves` are positions in `names`, all statements' in a row, and `leaf_ends`
    where each statement's end; a stored name is its `TokenRole` and its text. `parameters` are
    those of a function, `self` and `cls` left out; `import_lines` are the lines of imports.
    `is_generated` tells skeletons of files that say so, `is_step` those of steps of a schema.
    """

    exact: tuple[int, ...]
    named: tuple[int, ...]
    shape: tuple[int, ...]
    first: tuple[int, ...]
    last: tuple[int, ...]
    code_lines: tuple[int, ...]
    tokens: tuple[int, ...]
    is_table: tuple[bool, ...]
    is_declared: tuple[bool, ...]
    leaf_ends: tuple[int, ...]
    leaves: tuple[int, ...]
    names: tuple[str, ...]
    bases: tuple[str, ...] = ()
    imports: tuple[UnitImport, ...] = ()
    is_generated: bool = False
    is_step: bool = False
    is_async: bool = False
    decorators: tuple[str, ...] = ()
    parameters: int = 0
    import_lines: tuple[int, ...] = ()


class _Row(NamedTuple):
    """One statement of a fingerprint; `leaves` are stored names, with their roles."""

    exact: int
    named: int
    shape: int
    first: int
    last: int
    code_lines: int
    tokens: int
    is_table: bool
    leaves: list[str]


def fingerprint(source: UnitSource) -> Fingerprint | Problem:
    """The fingerprint of a unit. It depends on the text alone, and any text has one."""
    everything = list(statements(source.text))
    kept = [statement for statement in everything if not _is_left_out(statement.tokens)]
    is_function = _is_function(kept)
    bound = bound_names(s.tokens for s in kept) if is_function else frozenset()
    rows = [_row(statement, bound, is_function=is_function) for statement in kept]
    positions = _positions(leaf for row in rows for leaf in row.leaves)
    return Fingerprint(
        exact=tuple(row.exact for row in rows),
        named=tuple(row.named for row in rows),
        shape=tuple(row.shape for row in rows),
        first=tuple(row.first for row in rows),
        last=tuple(row.last for row in rows),
        code_lines=tuple(row.code_lines for row in rows),
        tokens=tuple(row.tokens for row in rows),
        is_table=tuple(row.is_table for row in rows),
        is_declared=tuple(declared(source.kind, [s.tokens for s in kept])),
        leaf_ends=tuple(accumulate(len(row.leaves) for row in rows)),
        leaves=tuple(positions[leaf] for row in rows for leaf in row.leaves),
        names=tuple(positions),
        bases=_bases(kept),
        imports=_imports(everything, source.text) if "import" in source.text else (),
        is_generated=not is_function and generator_of(source.text) is not None,
        is_step=not is_function and is_migration(source.text),
        is_async=is_function and "async" in _head(kept)[:1],
        decorators=tuple(_decorators(kept)) if is_function else (),
        parameters=len(parameters_of(_head(kept))) if is_function else 0,
        import_lines=tuple(_import_lines(everything)),
    )


def _is_left_out(tokens: Sequence[str]) -> bool:
    """Imports, and what stands where a body would: it says nothing that could be copied."""
    return tokens[0] in _LEFT_OUT or tokens[:2] == ("raise", "NotImplementedError")


ANALYSIS = Analysis("fingerprint", 9, Fingerprint, fingerprint)


def _import_lines(everything: Iterable[Statement]) -> Iterator[int]:
    for statement in everything:
        if statement.tokens[0] in ("import", "from"):
            yield from range(statement.first, statement.last + 1)


def _is_function(kept: Sequence[Statement]) -> bool:
    """Whether a text is a function's. Names bound outside of functions are for others to use."""
    return "def" in _head(kept)[:2]


def _head(kept: Sequence[Statement]) -> Sequence[str]:
    """The first statement after decorators."""
    return next((s.tokens for s in kept if s.tokens[0] != "@"), ())


def _decorators(kept: Iterable[Statement]) -> Iterator[str]:
    """The dotted names of the decorators of a function, without what they are called with."""
    for statement in takewhile(lambda s: s.tokens[0] == "@", kept):
        yield "".join(takewhile(lambda lexeme: lexeme != "(", statement.tokens[1:]))


def _positions(leaves: Iterable[str]) -> dict[str, int]:
    return {leaf: i for i, leaf in enumerate(dict.fromkeys(leaves))}


# --------------------------------------------------------------------------- one statement


def _row(statement: Statement, bound: frozenset[str], *, is_function: bool) -> _Row:
    tokens = without_annotations(statement.tokens) if is_function else statement.tokens
    shape = [_sign(lexeme) for lexeme in tokens]
    named, leaves = _names_and_leaves(tokens, shape, bound)
    return _Row(
        exact=_hash(_exact(statement.tokens)),
        named=_hash(named),
        shape=_hash(shape),
        first=statement.first,
        last=statement.last,
        code_lines=statement.code_lines,
        tokens=len(statement.tokens),
        is_table=is_long_head(statement.tokens, statement.code_lines)
        or _is_table(tokens, leaves, is_function=is_function),
        leaves=leaves,
    )


_SIGNS = {TokenKind.NAME: "n", TokenKind.STRING: "s", TokenKind.NUMBER: "0"}
_ABSTRACTED = frozenset(_SIGNS.values())


@lru_cache(maxsize=1 << 15)
def _sign(lexeme: str) -> str:
    """What stands for a token in a shape."""
    return _SIGNS.get(token_kind(lexeme), lexeme)


def _exact(tokens: Sequence[str]) -> list[str]:
    """All tokens but the name of what is defined: a function under another name is a copy still."""
    exact = [plain_string(t) if t[-1] in "\"'" else t for t in tokens]
    own_name = definition_at(tokens)
    if own_name is not None:
        exact[own_name] = "n"
    return exact


def _names_and_leaves(
    tokens: Sequence[str], shape: Sequence[str], bound: frozenset[str]
) -> tuple[list[str], list[str]]:
    """A shape with the names of `NAMED` roles put in again, and all names and literals in order."""
    named = list(shape)
    leaves: list[str] = []
    own_name = definition_at(tokens)
    last = len(tokens) - 1
    depth = 0
    for i, sign in enumerate(shape):
        if sign not in _ABSTRACTED:
            depth += _DEPTH.get(sign, 0)
            continue
        lexeme = tokens[i]
        if sign != "n":
            leaves.append(_literal(lexeme))
            continue
        before, after = tokens[i - 1] if i else "", tokens[i + 1] if i < last else ""
        role = _role(lexeme, before, after, bound)
        if i == own_name or (role is TokenRole.ARGUMENT and (own_name is not None or not depth)):
            role = TokenRole.LOCAL
        leaf = _ROLE_SIGNS[role] + lexeme
        leaves.append(leaf)
        if role in NAMED:
            named[i] = leaf
    return named, leaves


_ROLE_SIGNS = {role: role.value for role in TokenRole}
_DEPTH = {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}
_BEFORE_ARGUMENT = frozenset({"(", ","})


def _role(lexeme: str, before: str, after: str, bound: frozenset[str]) -> TokenRole:
    if before == ".":
        return TokenRole.ATTRIBUTE
    if after == "=" and before in _BEFORE_ARGUMENT:
        return TokenRole.ARGUMENT
    if lexeme in bound:
        return TokenRole.LOCAL
    return TokenRole.CALLED if after == "(" else TokenRole.GLOBAL


@lru_cache(maxsize=1 << 12)
def _literal(lexeme: str) -> str:
    if len(lexeme) <= LITERAL_CHARACTERS:
        return TokenRole.LITERAL + plain_string(lexeme)
    rest = blake2b(lexeme.encode("utf-8", "surrogatepass"), digest_size=4).hexdigest()
    return f"{TokenRole.LITERAL}{lexeme[:LITERAL_CHARACTERS]}…{rest}"


def _is_table(tokens: Sequence[str], leaves: Sequence[str], *, is_function: bool) -> bool:
    """Whether a statement only lists literals: a table, or a constant outside of functions."""
    if not is_function and tokens[-2:-1] == ("=",) and tokens[-1] in _CONSTANTS:
        return True
    if is_function and (len(tokens) < TABLE_TOKENS or tokens[-1] not in _CLOSING):
        return False
    literals = sum(leaf[0] == "'" for leaf in leaves)
    if not literals or ("(" in tokens and _calls(tokens)):
        return False
    if not is_function and "=" in tokens and literals >= len(leaves) - tokens.index("="):
        return True
    return (
        len(tokens) >= TABLE_TOKENS
        and tokens[-1] in _CLOSING
        and literals >= TABLE_LITERALS * len(leaves)
    )


def _calls(tokens: Sequence[str]) -> bool:
    return any(
        after == "(" and (lexeme[-1] in ")]" or _may_compute(lexeme))
        for lexeme, after in pairwise(tokens)
    )


def _may_compute(lexeme: str) -> bool:
    return token_kind(lexeme) is TokenKind.NAME and lexeme not in _CONTAINERS


def _hash(tokens: Iterable[str]) -> int:
    """48 bits, so that the number is exact in JSON too; the same on every machine."""
    text = " ".join(tokens).encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(text, digest_size=6).digest(), "big")


# --------------------------------------------------------------------------- the whole unit


def _bases(kept: Sequence[Statement]) -> tuple[str, ...]:
    """The base classes of a class skeleton, each as its last name, keyword arguments left out."""
    head = next((s.tokens for s in kept if s.tokens[0] == "class"), ())
    if "(" not in head:
        return ()
    inside = head[head.index("(") :]
    return tuple(
        lexeme
        for before, lexeme, after in zip(inside, inside[1:], inside[2:], strict=False)
        if before in ("(", ",", ".") and after in (",", ")", "[")
        if token_kind(lexeme) is TokenKind.NAME
    )


def _imports(everything: Sequence[Statement], text: str) -> tuple[UnitImport, ...]:
    """The imports that run with a unit: none under `if TYPE_CHECKING`."""
    lines = text.split("\n")
    guard: int | None = None
    found: list[UnitImport] = []
    for statement in everything:
        line = lines[statement.first]
        indentation = len(line) - len(line.lstrip())
        if guard is not None and indentation <= guard:
            guard = None
        if guard is None and statement.tokens[0] == "if" and "TYPE_CHECKING" in statement.tokens:
            guard = indentation
        elif guard is None and statement.tokens[0] in ("import", "from"):
            found += _imported(statement.tokens)
    return tuple(found)


def _imported(tokens: Sequence[str]) -> Iterator[UnitImport]:
    if tokens[0] == "from" and "import" in tokens:
        at = tokens.index("import")
        yield UnitImport("".join(tokens[1:at]), tuple(_listed(tokens[at + 1 :])))
        return
    for name in "".join(f" {t} " if t == "as" else t for t in tokens[1:]).split(","):
        yield UnitImport(name.split(" as ")[0], ())


def _listed(tokens: Sequence[str]) -> Iterator[str]:
    before = ","
    for lexeme in tokens:
        if before in (",", "(") and lexeme not in ("(", ")"):
            yield lexeme
        before = lexeme
