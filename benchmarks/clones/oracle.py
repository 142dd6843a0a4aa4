"""Whether two stretches of code are copies: a rule that shares nothing with the program.

Each stretch is read with Python's own tokenizer; every literal is written as `0` and every name as
`n`, but those after a dot and those that are called. The two sequences of tokens are compared with
difflib. A pair is right if both stretches have 6 code lines and 50 tokens (a tenth less is let
pass), if 70 % of the tokens of both are matched, in runs of five or more, and if they are not only
imports or literals.
"""

from __future__ import annotations

import difflib
import keyword
import textwrap
import tokenize
from collections.abc import Sequence

from benchmarks.clones.mutations import code_tokens
from scanner.base.model import Span

RATIO, RUN = 0.7, 5
CODE_LINES, TOKENS = 5.4, 45


def is_copy(one: str, other: str) -> bool:
    """Whether one stretch of source is a copy of the other, by the rule above."""
    a, b = _read(one), _read(other)
    if not all(_is_large(tokens) and _is_code(tokens) for tokens in (a, b)):
        return False
    words, others = _words(a), _words(b)
    matcher = difflib.SequenceMatcher(None, words, others, autojunk=False)
    equal = sum(run.size for run in matcher.get_matching_blocks() if run.size >= RUN)
    return 2 * equal >= RATIO * (len(words) + len(others))


def is_big_enough_pair(one: str, other: str) -> bool:
    """Whether both stretches have the least size of a copy; smaller ones are not judged."""
    return _is_large(_read(one)) and _is_large(_read(other))


def code_lines(text: str, span: Span) -> frozenset[int]:
    """The numbers of the lines of a span that carry code."""
    rows = {r for t in _read(stretch(text, span)) for r in range(t.start[0], t.end[0] + 1)}
    return frozenset(span.first + row - 1 for row in rows)


def stretch(text: str, span: Span) -> str:
    """The lines of a span, dedented."""
    return textwrap.dedent("\n".join(text.split("\n")[span.first - 1 : span.last])) + "\n"


def _read(source: str) -> list[tokenize.TokenInfo]:
    found: list[tokenize.TokenInfo] = []
    try:
        for token in code_tokens(_levelled(source)):
            found.append(token)  # noqa: PERF402 - what was read before an error counts
    except (tokenize.TokenError, SyntaxError):
        pass
    return found


def _levelled(source: str) -> str:
    """Without the indentation, which would not fit in a stretch cut out of a file."""
    return "\n".join(line.lstrip() for line in source.split("\n"))


def _is_large(tokens: Sequence[tokenize.TokenInfo]) -> bool:
    rows = {row for t in tokens for row in range(t.start[0], t.end[0] + 1)}
    return len(rows) >= CODE_LINES and len(tokens) >= TOKENS


def _is_code(tokens: Sequence[tokenize.TokenInfo]) -> bool:
    first = {t.string for t in tokens if t.start[1] == 0}
    only_imports = first <= {"import", "from", ")", "("}
    names = sum(t.type == tokenize.NAME for t in tokens)
    is_data = names < 0.1 * len(tokens)
    return not only_imports and not is_data


def _words(tokens: Sequence[tokenize.TokenInfo]) -> list[str]:
    words: list[str] = []
    for token, following in zip(tokens, [*tokens[1:], None], strict=True):
        words.append(_word(token, words[-1] if words else "", following))
    return words


def _word(token: tokenize.TokenInfo, before: str, following: tokenize.TokenInfo | None) -> str:
    if token.type in (tokenize.STRING, tokenize.NUMBER):
        return "0"
    if token.type != tokenize.NAME or keyword.iskeyword(token.string):
        return token.string
    is_called = following is not None and following.string == "("
    is_defined = before in ("def", "class")
    return token.string if before == "." or (is_called and not is_defined) else "n"
