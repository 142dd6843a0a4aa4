"""Text to a syntax tree: by the host's `ast`, or rewritten to what it can parse."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import Literal

from scanner.analysis.parsing.syntax import parse
from scanner.analysis.parsing.templates import STRING
from scanner.base.model import Problem, Stage

Reader = Literal["ast", "libcst"]


@dataclass(frozen=True, slots=True)
class Parsed:
    """A tree and the text it means: the given one, or one of equal measure with the same lines."""

    tree: ast.Module
    text: str
    reader: Reader


def read_tree(text: str) -> Parsed | Problem:
    """Parses a text; LibCST and `lowering` come in only where the host's `ast` cannot read it."""
    try:
        return Parsed(parse(text), text, "ast")
    except SyntaxError as error:
        return _read_newer(text, error)
    except (RecursionError, MemoryError):
        return _problem("nested too deep to be parsed")


def _read_newer(text: str, error: SyntaxError) -> Parsed | Problem:
    """Reads syntax that is newer than the host, if that is what is wrong with the text."""
    from scanner.analysis.parsing import lowering  # noqa: PLC0415 - most files never need it

    try:
        lowered = lowering.lower(text)
        tree = parse(lowered)
    except SyntaxError as second:
        return _problem(_reason(text, error, second))
    except (RecursionError, MemoryError):
        return _problem("nested too deep to be parsed")
    refusal = lowering.refusal(text, tree)
    return _problem(refusal) if refusal else Parsed(tree, lowered, "libcst")


def _problem(reason: str) -> Problem:
    return Problem(Stage.PARSE, None, reason)


def _reason(text: str, *errors: SyntaxError) -> str:
    """Why a text does not parse, in Python's words; Python 2 is named where it is just that."""
    lines = text.split("\n")
    for error in errors:
        number = error.lineno or 0
        if 0 < number <= len(lines) and _PYTHON_2.search(_without_strings(lines[number - 1])):
            return f"does not parse: {error.msg} (line {number}, Python 2 syntax)"
    where = f" (line {errors[0].lineno})" if errors[0].lineno else ""
    return f"does not parse: {errors[0].msg}{where}"


def _without_strings(line: str) -> str:
    """A line with its strings emptied and its comment gone, as far as one line can tell."""
    return _STRING_OR_COMMENT.sub(lambda found: '""' if found[1] else "", line)


_STRING_OR_COMMENT = re.compile(rf"({STRING})|#.*")

_PYTHON_2 = re.compile(
    r"""(?:^|[;:])[ \t]*(?:
        print[ \t]+["'`\w]                      # print "text"
      | print[ \t]*>>                           # print >> stream
      | exec[ \t]+["'\w]                        # exec code
      | raise[ \t]+[\w.]+[ \t]*,                # raise Error, "text"
      | except\b(?!.*\bas\b).*,[ \t]*\w+[ \t]*:             # except Error, error:
      )
      | \b\d+[lL]\b                            # 10L
      | <> | `[^`]*`                            # a <> b, `a`
      | \b[uU][rR]["']                          # ur"text"
      | \b(?:def[ \t]+\w+[ \t]*\(|lambda[ ])(?:[\w \t]+,)*[ \t]*\([\w, \t]+\)  # def f(a, (b, c)):
    """,
    re.VERBOSE,
)
