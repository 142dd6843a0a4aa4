"""Controlled edits that make a copy of a function: of the text, so that its layout stays.

Every edit takes the dedented source of one function and a random generator and gives the source of
the copy, or None where the function offers no place for it. The copy always parses.
"""

from __future__ import annotations

import ast
import builtins
import collections
import io
import itertools
import keyword
import random
import re
import textwrap
import tokenize
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from scanner.analysis.clones.clone_alignment import CloneType

Mutation = Callable[[str, random.Random], str | None]


@dataclass(frozen=True)
class Edit:
    """A named edit and the type of clone it makes."""

    name: str
    type: CloneType
    apply: Mutation


def _function(source: str) -> ast.FunctionDef | ast.AsyncFunctionDef:
    node = ast.parse(source).body[0]
    assert isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    return node


def _parses(source: str) -> str | None:
    try:
        ast.parse(source)
    except SyntaxError:
        return None
    return source


# --------------------------------------------------------------------------- exact


def untouched(source: str, _chosen: random.Random) -> str | None:
    return source


def commented(source: str, chosen: random.Random) -> str | None:
    """A comment or a blank line before every few statements."""
    lines = source.split("\n")
    for statement in sorted(_statements(_function(source)), key=lambda s: -s.lineno):
        indentation = " " * statement.col_offset
        if chosen.random() < 0.4:
            extra = chosen.choice(["", f"{indentation}# changed later"])
            lines.insert(statement.lineno - 1, extra)
    return _parses("\n".join(lines))


def relaid(source: str, _chosen: random.Random) -> str | None:
    """Written anew from the syntax tree: other line breaks and quotes, no comments."""
    return ast.unparse(ast.parse(source)) + "\n"


# --------------------------------------------------------------------------- renamed


def renamed(source: str, _chosen: random.Random) -> str | None:
    """Every parameter and variable renamed, one for one."""
    names = _local_names(source)
    if not names:
        return None
    return _with_tokens(source, lambda t: f"{t}_2" if t in names else t, tokenize.NAME)


def other_literals(source: str, chosen: random.Random) -> str | None:
    """Every number and short string changed."""

    def number(text: str) -> str:
        return str(chosen.randint(10, 99)) if text.isdecimal() else text

    def string(text: str) -> str:
        quote = text[-1]
        plain = text[0] == quote and quote * 3 not in text and "\\" not in text and len(text) > 2
        return f"{text[:-1]}x{quote}" if plain else text

    changed = _with_tokens(source, number, tokenize.NUMBER)
    changed = _with_tokens(changed, string, tokenize.STRING) if changed else None
    return changed if changed != source else None


def renamed_with_literals(source: str, chosen: random.Random) -> str | None:
    once = renamed(source, chosen)
    return other_literals(once, chosen) if once else None


def other_noun(source: str, _chosen: random.Random) -> str | None:
    """The word that most names share changed in all names and strings, as for another entity."""
    names = [t.string for t in code_tokens(source) if t.type == tokenize.NAME]
    own = [name for name in names if not keyword.iskeyword(name) and name not in dir(builtins)]
    words = collections.Counter(w for name in own for w in _WORD.findall(name) if len(w) > 3)
    if not words:
        return None
    noun = words.most_common(1)[0][0]
    return _parses(source.replace(noun, "gadget").replace(noun.capitalize(), "Gadget"))


_WORD = re.compile(r"[a-z]+")


def all_names(source: str, _chosen: random.Random) -> str | None:
    """Every name but attributes and arguments of calls renamed, what is called included."""
    kept = frozenset(keyword.kwlist) | {"self", "cls", "_"} | _in_templates(source)
    arguments = {n.arg for n in ast.walk(_function(source)) if isinstance(n, ast.keyword)}
    changed = _with_tokens(
        source, lambda t: t if t in kept or t in arguments else f"{t}_2", tokenize.NAME
    )
    return changed if changed != source else None


def _in_templates(source: str) -> frozenset[str]:
    strings = [n for n in ast.walk(_function(source)) if isinstance(n, ast.JoinedStr)]
    inside = (m for n in strings for m in ast.walk(n) if isinstance(m, ast.Name))
    return frozenset(name.id for name in inside)


# --------------------------------------------------------------------------- gapped


def inserted(share: float) -> Mutation:
    """New statements, as many as a share of those there are, at random places."""

    def apply(source: str, chosen: random.Random) -> str | None:
        statements = list(_statements(_function(source)))
        lines = source.split("\n")
        count = max(1, int(share * len(statements)))
        if len(statements) < count:
            return None
        for place in sorted(chosen.sample(statements, count), key=lambda s: -s.lineno):
            new = chosen.choice(_NEW_STATEMENTS).format(number=chosen.randint(1, 99))
            lines.insert(place.lineno - 1, " " * place.col_offset + new)
        return _parses("\n".join(lines))

    return apply


_NEW_STATEMENTS = (
    "counter_{number} = {number}",
    'log_event("step {number}")',
    "metrics.increment({number})",
    "check_state(strict=True, level={number})",
)


def deleted(share: float) -> Mutation:
    """Simple statements taken out at random, as many as a share of all there are."""

    def apply(source: str, chosen: random.Random) -> str | None:
        function = _function(source)
        statements = list(_statements(function))
        removable = [s for s in _lonely_left_out(function) if not hasattr(s, "body")]
        count = max(1, int(share * len(statements)))
        if len(removable) < count:
            return None
        lines = source.split("\n")
        for place in sorted(chosen.sample(removable, count), key=lambda s: -s.lineno):
            del lines[place.lineno - 1 : place.end_lineno]
        return _parses("\n".join(lines))

    return apply


def reordered(source: str, _chosen: random.Random) -> str | None:
    """Neighbours that share no name change places, as often as there are such."""
    function = _function(source)
    lines = source.split("\n")
    done = 0
    for suite in _suites(function):
        last = -2
        for i, (one, other) in enumerate(itertools.pairwise(suite)):
            if i > last + 1 and _is_independent(one, other):
                first, second = _lines_of(lines, one), _lines_of(lines, other)
                between = lines[one.end_lineno : other.lineno - 1]
                lines[one.lineno - 1 : other.end_lineno] = [*second, *between, *first]
                last, done = i, done + 1
    return _parses("\n".join(lines)) if done else None


def renamed_and_inserted(source: str, chosen: random.Random) -> str | None:
    once = renamed(source, chosen)
    return inserted(0.15)(once, chosen) if once else None


# --------------------------------------------------------------------------- other shapes


def wrapped(source: str, chosen: random.Random) -> str | None:
    """The whole body inside a `with` or `try`."""
    function = _function(source)
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    if not body:
        return None
    lines = source.split("\n")
    first, last = body[0].lineno - 1, body[-1].end_lineno
    indentation = " " * body[0].col_offset
    inner = textwrap.indent("\n".join(lines[first:last]), "    ").split("\n")
    if chosen.random() < 0.5:
        before, after = ["with guard(strict=True):"], []
    else:
        before, after = ["try:"], ["except LookupError:", "    return None"]
    outer = [f"{indentation}{line}" for line in before]
    rest = [f"{indentation}{line}" for line in after]
    return _parses("\n".join([*lines[:first], *outer, *inner, *rest, *lines[last:]]))


def extracted(source: str, chosen: random.Random) -> str | None:
    """A run of statements of the body as a function of its own."""
    function = _function(source)
    lines = source.split("\n")
    runs = [
        (first, last)
        for first in function.body
        for last in function.body
        if last.lineno >= first.lineno and _is_long(lines, first, last)
    ]
    if not runs:
        return None
    first, last = chosen.choice(runs)
    text = textwrap.dedent("\n".join(lines[first.lineno - 1 : last.end_lineno]))
    head = "async def" if isinstance(function, ast.AsyncFunctionDef) else "def"
    return _parses(f"{head} part(context):\n{textwrap.indent(text, '    ')}\n")


def _is_long(lines: Sequence[str], first: ast.stmt, last: ast.stmt) -> bool:
    text = "\n".join(lines[first.lineno - 1 : last.end_lineno])
    return is_big_enough(textwrap.dedent(text), lines=7, tokens=60)


EDITS = (
    Edit("untouched", CloneType.EXACT, untouched),
    Edit("comments", CloneType.EXACT, commented),
    Edit("layout", CloneType.EXACT, relaid),
    Edit("wrapped", CloneType.EXACT, wrapped),
    Edit("extracted", CloneType.EXACT, extracted),
    Edit("names", CloneType.RENAMED, renamed),
    Edit("literals", CloneType.RENAMED, other_literals),
    Edit("names and literals", CloneType.RENAMED, renamed_with_literals),
    Edit("other noun", CloneType.RENAMED, other_noun),
    Edit("all names", CloneType.RENAMED, all_names),
    Edit("reordered", CloneType.GAPPED, reordered),
    Edit("insert 5 %", CloneType.GAPPED, inserted(0.05)),
    Edit("insert 15 %", CloneType.GAPPED, inserted(0.15)),
    Edit("insert 30 %", CloneType.GAPPED, inserted(0.3)),
    Edit("delete 5 %", CloneType.GAPPED, deleted(0.05)),
    Edit("delete 15 %", CloneType.GAPPED, deleted(0.15)),
    Edit("delete 30 %", CloneType.GAPPED, deleted(0.3)),
    Edit("names and insert 15 %", CloneType.GAPPED, renamed_and_inserted),
)


# --------------------------------------------------------------------------- reading


def is_big_enough(source: str, lines: int, tokens: int) -> bool:
    """Whether a text has so many code lines and tokens, by Python's own tokenizer."""
    try:
        found = list(code_tokens(source))
    except (tokenize.TokenError, SyntaxError):
        return False
    rows = {row for t in found for row in range(t.start[0], t.end[0] + 1)}
    return len(rows) >= lines and len(found) >= tokens


def code_tokens(source: str) -> Iterator[tokenize.TokenInfo]:
    """The tokens of a text less comments, docstrings and line ends.

    Raises:
        tokenize.TokenError: the text breaks off inside brackets.
    """
    skipped = (tokenize.COMMENT, tokenize.NL, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER)
    line: list[tokenize.TokenInfo] = []
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.NEWLINE:
            if any(t.type != tokenize.STRING for t in line):
                yield from line
            line = []
        elif token.type not in skipped:
            line.append(token)
    yield from line


def _with_tokens(source: str, change: Callable[[str], str], kind: int) -> str | None:
    """The text with the tokens of one kind changed in place."""
    lines = source.split("\n")
    tokens = [t for t in tokenize.generate_tokens(io.StringIO(source).readline) if t.type == kind]
    before = {t.start: t.string for t in tokens}
    for token in reversed(tokens):
        (row, start), (end_row, end) = token.start, token.end
        if row != end_row:
            continue
        line = lines[row - 1]
        is_attribute = line[:start].rstrip().endswith(".")
        is_argument = _is_argument(line, end) and kind == tokenize.NAME
        if not is_attribute and not is_argument and before[token.start]:
            lines[row - 1] = line[:start] + change(token.string) + line[end:]
    return _parses("\n".join(lines))


def _is_argument(line: str, end: int) -> bool:
    rest = line[end:]
    return rest.startswith("=") and not rest.startswith("==")


def _local_names(source: str) -> frozenset[str]:
    """Parameters and variables that a function binds and that are safe to rename in the text."""
    function = _function(source)
    names = [n for n in ast.walk(function) if isinstance(n, ast.Name)]
    stored = {name.id for name in names if isinstance(name.ctx, ast.Store)}
    parameters = {n.arg for n in ast.walk(function) if isinstance(n, ast.arg)}
    arguments = {n.arg for n in ast.walk(function) if isinstance(n, ast.keyword) and n.arg}
    unsafe = arguments | _in_templates(source) | {"self", "cls", "_"}
    if function.args.defaults or any(function.args.kw_defaults):
        unsafe |= {a.arg for a in function.args.args + function.args.kwonlyargs}
    known = set(keyword.kwlist) | set(dir(builtins))
    return frozenset((stored | parameters) - unsafe - known)


def _suites(node: ast.AST) -> Iterator[list[ast.stmt]]:
    for inner in ast.walk(node):
        for name in ("body", "orelse", "finalbody"):
            suite = getattr(inner, name, None)
            if isinstance(suite, list) and suite and isinstance(suite[0], ast.stmt):
                yield suite


def _statements(function: ast.AST) -> Iterator[ast.stmt]:
    """The statements of a function less its docstring and `elif`s, which are no places to edit."""
    for suite in _suites(function):
        for i, statement in enumerate(suite):
            is_text = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
            is_elif = isinstance(statement, ast.If) and len(suite) == 1 and i == 0
            if not is_text and not is_elif and not getattr(statement, "decorator_list", None):
                yield statement


def _lonely_left_out(function: ast.AST) -> Iterator[ast.stmt]:
    """Statements whose suite would not be empty without any of those that are given."""
    for suite in _suites(function):
        yield from suite[1:] if len(suite) > 1 else ()


def _lines_of(lines: Sequence[str], statement: ast.stmt) -> list[str]:
    return list(lines[statement.lineno - 1 : statement.end_lineno])


def _is_independent(one: ast.stmt, other: ast.stmt) -> bool:
    simple = (ast.Assign, ast.AnnAssign, ast.Expr)
    if not isinstance(one, simple) or not isinstance(other, simple):
        return False
    if one.end_lineno == other.lineno:
        return False
    return not (_names(one) & _names(other))


def _names(statement: ast.stmt) -> set[str]:
    return {n.id for n in ast.walk(statement) if isinstance(n, ast.Name)} - {"self"}
