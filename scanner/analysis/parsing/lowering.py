"""Rewrites syntax newer than the host's to older syntax of equal measure, line for line.

| newer | since | becomes |
|---|---|---|
| `f"{a["b"]}"`, `t"{a}"` | 3.12, 3.14 | `((a["b"]),)`: a tuple of the expressions |
| `def f[T: B](x)` | 3.12 | `def f(x)`: radon sees neither bounds nor parameters |
| `class C[T: B = D](A)` | 3.12, 3.13 | `class C(B, D, A)` |
| `type X[T: B] = V` | 3.12 | `X[B,] = V` |
| `except A, B:` | 3.14 | `except (A, B):` |
| `lazy import a` | 3.15 | `import a` |
| `[*a for a in b]` | 3.15 | `[a for a in b]` |
| `case {**a}:` | 3.10, not read by semgrep | `case {"**": a}:` |

The rewriting is of tokens, because LibCST 1.9 does not give back the text of every f-string that it
reads, so line numbers would shift. LibCST judges whether the text was Python (`refusal`).
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from keyword import iskeyword
from typing import NamedTuple

from scanner.analysis.parsing.lexer import lexemes
from scanner.analysis.parsing.syntax import depth_of, parse
from scanner.analysis.parsing.templates import PartKind, TemplatePart

#: LibCST's parser overflows the stack on deep trees and takes quadratic time on long expressions.
MAX_LIBCST_DEPTH = 400

Readable = Callable[[str], bool]


def host_reads(expression: str) -> bool:
    """Whether the host parses an expression."""
    try:
        parse(f"({expression}\n)")
    except (SyntaxError, RecursionError, MemoryError):
        return False
    return True


def lower(text: str, readable: Readable = host_reads) -> str:
    """The text with newer syntax rewritten, each line where it was.

    Template strings that are `readable` stay as they are. What is no newer syntax stays too, so
    text that is no Python at all still is none.
    """
    lowered = _apply(text, _edits(text, _tokens(text, in_brackets=False), readable))
    return lowered if lowered.count("\n") == text.count("\n") else text


def refusal(text: str, lowered_tree: ast.Module) -> str | None:
    """Why LibCST does not take the original text for Python, or None if it does."""
    if depth_of(lowered_tree) > MAX_LIBCST_DEPTH:
        return "newer syntax in a file nested too deep for LibCST"
    import libcst  # noqa: PLC0415 - takes 0.2 s to import

    try:
        libcst.parse_module(text)
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # noqa: BLE001 - errors of many kinds, and panics of its Rust
        message = " ".join(str(error).split())
        return f"newer syntax that LibCST does not parse: {message[:200]}"
    return None


# --------------------------------------------------------------------------- tokens


class _Token(NamedTuple):
    """A token that counts: no comment, no white space. `kind` is that of a lexeme."""

    kind: str
    start: int
    end: int
    text: str
    depth: int
    parts: Sequence[TemplatePart] = ()


class _Edit(NamedTuple):
    start: int
    end: int
    replacement: str


_NEWLINE, _TEMPLATE, _STRING, _NAME, _OPEN, _CLOSE = (
    "newline",
    "template",
    "string",
    "name",
    "open",
    "close",
)
_TRIVIA = frozenset({"space", "comment"})


def _tokens(text: str, *, in_brackets: bool) -> list[_Token]:
    """The tokens of a text, with line ends only where they end a statement."""
    tokens: list[_Token] = []
    depth = int(in_brackets)
    for kind, start, end, template in lexemes(text):
        depth -= kind == _CLOSE
        if kind not in _TRIVIA and not (kind == _NEWLINE and depth > 0):
            parts = template.parts if template else ()
            tokens.append(_Token(kind, start, end, text[start:end], depth, parts))
        depth += kind == _OPEN
    return tokens


def _apply(text: str, edits: Iterator[_Edit]) -> str:
    """Applies edits that come in order and do not overlap."""
    pieces, position = [], 0
    for edit in edits:
        pieces += [text[position : edit.start], edit.replacement]
        position = edit.end
    return "".join([*pieces, text[position:]])


# --------------------------------------------------------------------------- rules


def _edits(text: str, tokens: list[_Token], readable: Readable) -> Iterator[_Edit]:
    """All edits in order. A rule gives the edits and the index of the token to go on from."""
    index = 0
    while index < len(tokens):
        rule = _rule(tokens, index)
        if rule is None:
            index += 1
            continue
        edits, index = rule(_Source(text, tokens, readable), index)
        yield from edits


class _Source(NamedTuple):
    text: str
    tokens: list[_Token]
    readable: Readable

    def lowered(self, start: int, end: int) -> str:
        """A stretch of an expression, lowered."""
        text = self.text[start:end]
        return _apply(text, _edits(text, _tokens(text, in_brackets=True), self.readable))


_Rule = Callable[[_Source, int], tuple[list[_Edit], int]]


def _rule(tokens: list[_Token], index: int) -> _Rule | None:
    """The rule for the token at an index."""
    token = tokens[index]
    if token.kind == _TEMPLATE or token.kind == _STRING:
        return _lower_strings
    if token.kind == _OPEN:
        return _lower_unpacking if _text(tokens, index + 1) in ("*", "**") else None
    if token.kind != _NAME or token.depth > 0:
        return None  # no statement stands in brackets
    if token.text in ("def", "class"):
        return _lower_type_parameters if _text(tokens, index + 2) == "[" else None
    return _STATEMENTS.get(token.text) if _begins_statement(tokens, index) else None


def _text(tokens: list[_Token], index: int) -> str:
    return tokens[index].text if index < len(tokens) else ""


def _begins_statement(tokens: list[_Token], index: int) -> bool:
    before = tokens[index - 1] if index else None
    return before is None or before.kind == _NEWLINE or before.text in (";", ":")


def _lower_strings(source: _Source, index: int) -> tuple[list[_Edit], int]:
    """Adjacent strings are one; with a template among them they become one tuple."""
    tokens, end = source.tokens, index
    while end < len(tokens) and tokens[end].kind in (_TEMPLATE, _STRING):
        end += 1
    group = tokens[index:end]
    first, last = group[0].start, group[-1].end
    if all(token.kind == _STRING for token in group) or source.readable(source.text[first:last]):
        return [], end
    pieces, position = ["("], first
    for token in group:
        pieces.append(source.text[position : token.start])
        elements = _elements(source, token) if token.kind == _TEMPLATE else [token.text]
        pieces += [element + "," if element.strip() else element for element in elements]
        position = token.end
    return [_Edit(first, last, "".join([*pieces, ")"]))], end


def _elements(source: _Source, token: _Token) -> Iterator[str]:
    """What a template becomes: its expressions, and what keeps its lines as they were."""
    yield '""'
    position = token.start
    for part in token.parts:
        yield _line_ends(source.text[position : part.start])
        if part.kind is PartKind.EXPRESSION:
            yield f"({source.lowered(part.start, part.end)})"
        else:
            yield _literal(source.text[part.start : part.end])
        position = part.end
    yield _line_ends(source.text[position : token.end])


def _line_ends(text: str) -> str:
    return "\n" * text.count("\n")


def _literal(text: str) -> str:
    """A string of as many lines, those blank that were; nothing for a literal of one line."""
    lines = text.split("\n")
    if len(lines) == 1:
        return ""
    inner = ["." if line.strip() else "" for line in lines[1:-1]]
    return '"""' + "\n".join(["", *inner, ""]) + '"""'


def _lower_unpacking(source: _Source, index: int) -> tuple[list[_Edit], int]:
    """`[*a for a in b]`: takes the star off where a `for` follows before any comma."""
    star = source.tokens[index + 1]
    for token in source.tokens[index + 2 :]:
        if token.depth < star.depth or (token.depth == star.depth and token.text == ","):
            break
        if token.depth == star.depth and token.text == "for":
            return [_Edit(star.start, star.end, "")], index + 2
    return [], index + 1


def _lower_except(source: _Source, index: int) -> tuple[list[_Edit], int]:
    """`except A, B:` gets its parentheses back."""
    tokens = source.tokens
    first = index + 1 + (_text(tokens, index + 1) == "*")
    end = first
    while end < len(tokens) and not (tokens[end].depth == 0 and tokens[end].text in (":", "\n")):
        end += 1
    if not any(token.text == "," and token.depth == 0 for token in tokens[first:end]):
        return [], index + 1
    start, stop = tokens[first].start, tokens[end - 1].end
    return [_Edit(start, stop, f"({source.lowered(start, stop)})")], end


def _lower_case(source: _Source, index: int) -> tuple[list[_Edit], int]:
    """`case {"a": b, **c}:`: what is left of a mapping gets a key."""
    tokens, edits, end = source.tokens, [], index + 1
    opened = [""]
    while end < len(tokens) and not (tokens[end].depth == 0 and tokens[end].text in _ENDS_PATTERN):
        token = tokens[end]
        if token.kind == _OPEN:
            opened.append(token.text)
        elif token.kind == _CLOSE:
            opened[-1:] = []
        elif token.text == "**" and opened[-1:] == ["{"] and tokens[end - 1].text in ("{", ","):
            edits.append(_Edit(token.start, token.end, '"**": '))
        end += 1
    is_pattern = end < len(tokens) and tokens[end].text != "\n"
    return (edits, end) if is_pattern else ([], index + 1)


_ENDS_PATTERN = (":", "if", "\n", "=")


def _lower_lazy(source: _Source, index: int) -> tuple[list[_Edit], int]:
    """`lazy import`, `lazy from`: the first word goes."""
    if _text(source.tokens, index + 1) not in ("import", "from"):
        return [], index + 1
    return [_Edit(source.tokens[index].start, source.tokens[index + 1].start, "")], index + 1


def _lower_type_alias(source: _Source, index: int) -> tuple[list[_Edit], int]:
    """`type X = V` becomes an assignment, bounds and defaults a subscript of its target."""
    tokens = source.tokens
    name, follower = index + 1, _text(tokens, index + 2)
    is_alias = (
        name < len(tokens) and tokens[name].kind == _NAME and not iskeyword(tokens[name].text)
    )
    if not is_alias or follower not in ("=", "["):
        return [], index + 1
    keyword = _Edit(tokens[index].start, tokens[name].start, "")
    if follower == "=":
        return [keyword], index + 2
    kept, close = _type_parameters(source, index + 2)
    subscript = f"[{kept if _has_code(kept) else '(),' + kept}]" if kept.strip(" ") else ""
    return [keyword, _Edit(tokens[index + 2].start, tokens[close].end, subscript)], close + 1


def _lower_type_parameters(source: _Source, index: int) -> tuple[list[_Edit], int]:
    """`def f[T](x)` and `class C[T](A)`: what must stay goes into the parentheses."""
    tokens = source.tokens
    kept, close = _type_parameters(source, index + 2)
    if tokens[index].text == "def":
        kept = _without_code(source.text[tokens[index + 2].end : tokens[close].start])
    has_parentheses = _text(tokens, close + 1) == "("
    last = close + 1 if has_parentheses else close
    end = "" if has_parentheses else ")"
    return [_Edit(tokens[index + 2].start, tokens[last].end, "(" + kept + end)], last + 1


def _type_parameters(source: _Source, opening: int) -> tuple[str, int]:
    """The bounds and defaults between brackets, with all comments, and the closing index."""
    tokens = source.tokens
    close = opening + 1
    if close == len(tokens):
        raise SyntaxError("'[' was never closed")
    while close < len(tokens) - 1 and tokens[close].depth > tokens[opening].depth:
        close += 1
    pieces, position, index = [], tokens[opening].end, opening + 1
    while index < close:
        end = index
        if tokens[index].text in (":", "="):
            while end + 1 < close and not _ends_bound(tokens[end + 1], tokens[index]):
                end += 1
        pieces.append(source.text[position : tokens[index].start])
        if end > index:
            pieces.append(source.lowered(tokens[index + 1].start, tokens[end].end) + ",")
        position, index = tokens[end].end, end + 1
    return "".join([*pieces, source.text[position : tokens[close].start]]), close


def _ends_bound(token: _Token, colon: _Token) -> bool:
    return token.depth == colon.depth and token.text in (",", "=")


def _without_code(text: str) -> str:
    """The line ends and comments of a stretch between brackets."""
    kept = [
        text[lexeme.start : lexeme.end]
        for lexeme in lexemes(text)
        if lexeme.kind in (_NEWLINE, "comment")
    ]
    return "".join(kept)


def _has_code(text: str) -> bool:
    return bool(_tokens(text, in_brackets=True))


_STATEMENTS: dict[str, _Rule] = {
    "case": _lower_case,
    "except": _lower_except,
    "lazy": _lower_lazy,
    "type": _lower_type_alias,
}
