"""Text to a syntax tree: by the host's `ast`, or rewritten to what it can parse."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import Literal

from scanner.analysis.syntax import parse
from scanner.model import Problem, Stage

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
    from scanner.analysis import lowering  # noqa: PLC0415 - most files never need it

    lowered = lowering.lower(text)
    try:
        tree = parse(lowered)
    except (SyntaxError, RecursionError, MemoryError):
        return _problem(_reason(text, error))
    refusal = lowering.refusal(text, tree)
    return _problem(refusal) if refusal else Parsed(tree, lowered, "libcst")


def _problem(reason: str) -> Problem:
    return Problem(Stage.PARSE, None, reason)


def _reason(text: str, error: SyntaxError) -> str:
    """Why a text does not parse, naming Python 2 where its syntax is to be seen."""
    line = _python_2_line(text)
    if line is not None:
        return f"Python 2 syntax (line {line}), which Python 3 does not parse"
    where = f" (line {error.lineno})" if error.lineno else ""
    return f"does not parse: {error.msg}{where}"


_PYTHON_2 = re.compile(
    r"""^[ \t]*(?:
        print[ \t]+(?!=|[-+*/%&|^<>]?=|\()[\w"'`{\[]    # print "text"
      | print[ \t]*>>                                   # print >> stream
      | print[ \t]*$                                    # print
      | exec[ \t]+["'\w][^=]*$                          # exec code
      | raise[ \t]+[\w.]+[ \t]*,                        # raise Error, "text"
      | except[ \t]+[\w.()\[\], \t]+,[ \t]*\w+[ \t]*:   # except Error, error:
      | (?:[^#'"\n]*[\s=(,\[])?(?:0\d+[lL]?|[1-9]\d*[lL])\b   # 0777, 10L
      | [^#'"\n]*<>                                     # a <> b
      | [^#'"\n]*`[^`\n]+`                              # `a`
      | (?:[^#'"\n]*[\s=(,\[])?[uU][rR]["']             # ur"text"
    )""",
    re.MULTILINE | re.VERBOSE,
)


def _python_2_line(text: str) -> int | None:
    """The first line that only Python 2 reads so; called only for what does not parse."""
    found = _PYTHON_2.search(text)
    return text.count("\n", 0, found.end()) + 1 if found else None
