"""Where the comments of a file are: told by tokens, so that a `#` in a string is none."""

from __future__ import annotations

import io
import re
import tokenize

from scanner.analysis.parsing.outline import ReadFile

#: For syntax that this Python's tokenizer refuses: strings first, so that a `#` in one is none.
_STRING_OR_COMMENT = re.compile(
    r"""
    \"\"\"(?:[^"\\]|\\.|"(?!""))*(?:\"\"\"|\Z)
  | '''(?:[^'\\]|\\.|'(?!''))*(?:'''|\Z)
  | "(?:[^"\\\n]|\\.)*(?:"|$)
  | '(?:[^'\\\n]|\\.)*(?:'|$)
  | (?P<comment>\#[^\n]*)
    """,
    re.VERBOSE | re.DOTALL | re.MULTILINE,
)


def comments_of(file: ReadFile) -> dict[int, int]:
    """The column where the comment of each line begins, for the lines that have one."""
    try:
        return {
            token.start[0]: token.start[1]
            for token in tokenize.generate_tokens(io.StringIO(file.text).readline)
            if token.type == tokenize.COMMENT
        }
    except (tokenize.TokenError, SyntaxError):
        return _by_pattern(file.text)


_NOSEMGREP = re.compile(r"#\s*nosem(?:grep)?\b", re.IGNORECASE)


def lines_with_nosemgrep(file: ReadFile) -> frozenset[int]:
    """The lines with a `# nosemgrep` comment: Semgrep also obeys one in a string or in prose."""
    hits = [number for number, line in enumerate(file.lines, 1) if "nosem" in line.lower()]
    if not hits:
        return frozenset()
    comments = comments_of(file)
    return frozenset(
        number
        for number in hits
        if number in comments and _NOSEMGREP.search(file.lines[number - 1], comments[number])
    )


def _by_pattern(text: str) -> dict[int, int]:
    starts: dict[int, int] = {}
    line, read = 1, 0
    for match in _STRING_OR_COMMENT.finditer(text):
        line += text.count("\n", read, match.start())
        read = match.start()
        if match["comment"] is not None:
            starts[line] = match.start() - (text.rfind("\n", 0, match.start()) + 1)
    return starts
