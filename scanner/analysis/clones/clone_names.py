"""Which names a function binds itself: those are what a renamed copy renames."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from scanner.analysis.clones.clone_tokens import KEYWORDS, TokenKind, token_kind

_OPENING = frozenset("([{")
_CLOSING = frozenset(")]}")
_BEFORE_PARAMETER = frozenset({"(", ",", "*", "**", "lambda"})
_TARGET_ENDS = frozenset({",", "=", ")", "]", ":"})
_AUGMENTED = frozenset(
    {"+=", "-=", "*=", "/=", "//=", "%=", "@=", "&=", "|=", "^=", ">>=", "<<=", "**="}
)
#: Statements that have a colon which starts no annotation.
_HEADERS = KEYWORDS | {"match", "case"}

Tokens = Sequence[str]


def bound_names(statements: Iterable[Tokens]) -> frozenset[str]:
    """The names that the statements of a function bind, its parameters and inner names included.

    Names bound by an import are not among them: what they name stands elsewhere.
    """
    return frozenset(
        name
        for tokens in statements
        for name in _bound(tokens)
        if token_kind(name) is TokenKind.NAME
    )


def _bound(tokens: Tokens) -> Iterator[str]:
    definition = definition_at(tokens)
    if definition is not None:
        yield tokens[definition]
        yield from _parameters(tokens)
    if "for" in tokens:
        yield from _loop_targets(tokens)
    if "as" in tokens:
        yield from (tokens[i + 1] for i, t in enumerate(tokens[:-1]) if t == "as")
    if ":=" in tokens:
        yield from (tokens[i - 1] for i, t in enumerate(tokens) if t == ":=")
    if "lambda" in tokens:
        yield from _lambda_parameters(tokens)
    if "=" in tokens:
        yield from _assignment_targets(tokens)
    elif len(tokens) > 1 and (tokens[1] == ":" or tokens[1] in _AUGMENTED):
        yield tokens[0]


def definition_at(tokens: Tokens) -> int | None:
    """Where the name of the function or class stands that a statement defines, if it does."""
    head = 1 if tokens[0] == "async" and len(tokens) > 1 else 0
    if tokens[head] in ("def", "class") and head + 1 < len(tokens):
        return head + 1
    return None


def parameters_of(tokens: Tokens) -> list[str]:
    """The parameters of the function whose head this is, `self` and `cls` left out."""
    names = [name for name in _parameters(tokens) if token_kind(name) is TokenKind.NAME]
    return [name for i, name in enumerate(names) if i or name not in ("self", "cls")]


def _parameters(tokens: Tokens) -> Iterator[str]:
    depth = 0
    for i, lexeme in enumerate(tokens):
        if lexeme in _OPENING:
            depth += 1
        elif lexeme in _CLOSING:
            depth -= 1
            if depth == 0:
                return
        elif depth == 1 and tokens[i - 1] in _BEFORE_PARAMETER:
            yield lexeme


def _loop_targets(tokens: Tokens) -> Iterator[str]:
    inside = False
    for i, lexeme in enumerate(tokens):
        if lexeme == "for":
            inside = True
        elif lexeme == "in":
            inside = False
        elif inside and tokens[i - 1] != "." and tokens[i + 1 : i + 2] != (".",):
            yield lexeme


def _lambda_parameters(tokens: Tokens) -> Iterator[str]:
    inside = False
    for i, lexeme in enumerate(tokens):
        if lexeme == "lambda":
            inside = True
        elif lexeme == ":":
            inside = False
        elif inside and tokens[i - 1] in _BEFORE_PARAMETER:
            yield lexeme


def _assignment_targets(tokens: Tokens) -> Iterator[str]:
    """Names left of the last `=` outside of brackets that stand neither before nor after a dot."""
    last, depth = 0, 0
    for i, lexeme in enumerate(tokens):
        if lexeme in _OPENING:
            depth += 1
        elif lexeme in _CLOSING:
            depth -= 1
        elif lexeme == "=" and depth == 0:
            last = i
    for i in range(last):
        if tokens[i + 1] in _TARGET_ENDS and (i == 0 or tokens[i - 1] not in (".", "[")):
            yield tokens[i]


def without_annotations(tokens: Tokens) -> Tokens:
    """A statement of a function less the annotations of parameters, results and variables."""
    if ":" not in tokens:
        return tokens
    if definition_at(tokens) is not None:
        return tokens if "class" in tokens[:1] else _plain_definition(tokens)
    if tokens[0] in _HEADERS or "=" not in tokens:
        return tokens
    colon = _outside_brackets(tokens, ":")
    equals = _outside_brackets(tokens, "=")
    if 0 < colon < equals and "lambda" not in tokens[:colon]:
        return [*tokens[:colon], *tokens[equals:]]
    return tokens


def _outside_brackets(tokens: Tokens, wanted: str) -> int:
    depth = 0
    for i, lexeme in enumerate(tokens):
        if lexeme in _OPENING:
            depth += 1
        elif lexeme in _CLOSING:
            depth -= 1
        elif lexeme == wanted and depth == 0:
            return i
    return -1


def _plain_definition(tokens: Tokens) -> Tokens:
    kept: list[str] = []
    depth = 0
    skipping = False
    for i, lexeme in enumerate(tokens):
        if lexeme in _CLOSING:
            depth -= 1
        if skipping and (
            (depth == 1 and lexeme in (",", "="))
            or (depth == 0 and (lexeme == ":" or lexeme == ")"))
        ):
            skipping = False
        elif not skipping and (
            (depth == 1 and lexeme == ":" and "lambda" not in tokens[max(0, i - 4) : i])
            or (depth == 0 and lexeme == "->")
        ):
            skipping = True
        if not skipping:
            kept.append(lexeme)
        if lexeme in _OPENING:
            depth += 1
    return kept
