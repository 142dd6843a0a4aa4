"""The directives by which a comment switches a check off, and how they are told from prose. Pure.

A directive opens its comment, or follows another `#`. What only speaks of one does neither, or goes
on as a sentence. A line of code that is commented out suppresses nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """A way to switch checks off: its name, its looks (codes in group `codes`), whom it silences.

    `takes_reason`: words after it are a reason, not the sentence that it is part of.
    """

    name: str
    pattern: re.Pattern[str]
    silences: str
    is_whole_file: bool = False
    takes_reason: bool = True


@dataclass(frozen=True, slots=True)
class Directive:
    """A directive in a comment. `codes` empty: everything."""

    kind: Kind
    codes: frozenset[str]


_WORD = re.compile(r"[^\W\d_]{2,}")
#: Longer than any line should be; searched from each letter, so it stays short.
_LOOKED_AT = 400
#: Codes after a colon or an equals sign: `E501`, `E501,W291`, `E501 W291`, `line-too-long, C0103`.
_CODES = r"(?P<codes>[\w.\-]+(?:[ \t]*,[ \t]*(?![\w.\-]+[ \t]*:)[\w.\-]+|[ \t]+[A-Z]+\d[\w.\-]*)*)"
_BRACKETS = r"(?:[ \t]*\[(?P<codes>[^\]#]*)\])?"
_COLON = rf"(?:[ \t]*:[ \t]*{_CODES})?"
_RUFF = r"(?:ruff[ \t]*:[ \t]*)?"
_LINTER, _TYPES, _FORMATTER = "the linter", "the type checker", "the formatter"
_SECURITY, _COVERAGE, _SPELLING = "the security check", "the coverage of tests", "the spell checker"
_SECRETS = "the search for secrets"


def _line(name: str, pattern: str, silences: str) -> Kind:
    return Kind(name, re.compile(pattern, re.IGNORECASE), silences)


def _strict(name: str, pattern: str, silences: str) -> Kind:
    """One that its tool reads only where nothing but a further comment follows."""
    return Kind(name, re.compile(pattern, re.IGNORECASE), silences, takes_reason=False)


def _file(name: str, pattern: str, silences: str) -> Kind:
    return Kind(name, re.compile(pattern, re.IGNORECASE), silences, True, takes_reason=False)


KINDS = (
    _file("ruff: noqa", rf"(?:ruff|flake8)[ \t]*:[ \t]*noqa\b{_COLON}", _LINTER),
    _file("ruff: file-ignore", rf"ruff[ \t]*:[ \t]*file-ignore\b{_BRACKETS}", _LINTER),
    _line("ruff: disable", rf"ruff[ \t]*:[ \t]*disable\b{_BRACKETS}", _LINTER),
    _line("ruff: ignore", rf"ruff[ \t]*:[ \t]*ignore\b{_BRACKETS}", _LINTER),
    _line("noqa", rf"noqa\b{_COLON}", _LINTER),
    _file("pylint: skip-file", r"pylint[ \t]*:[ \t]*skip-file\b", _LINTER),
    _line("pylint: disable",
          rf"pylint[ \t]*:[ \t]*disable(?:-next|-msg)?[ \t]*=[ \t]*{_CODES}", _LINTER),
    _line("noinspection", r"noinspection[ \t]+(?P<codes>[A-Z]\w+(?:[ \t]*,[ \t]*\w+)*)", _LINTER),
    _line("skipcq", rf"skipcq\b{_COLON}", "DeepSource"),
    _line("sourcery skip", rf"sourcery[ \t]+skip\b{_COLON}", _LINTER),
    _line("lgtm", r"(?:lgtm|codeql)(?:[ \t]*\[(?P<codes>[^\]#]*)\])", _LINTER),
    _file("mypy: ignore-errors", r"mypy[ \t]*:[ \t]*ignore[-_]errors\b(?:[ \t]*=[ \t]*True)?",
          _TYPES),
    _file("mypy: disable-error-code",
          rf"mypy[ \t]*:[ \t]*disable[-_]error[-_]code[ \t]*=[ \t]*[\"']?{_CODES}[\"']?", _TYPES),
    _file("mypy: option",
          r"mypy[ \t]*:[ \t]*(?P<codes>allow-(?:untyped|any)-\w+|"
          r"no-(?:strict|disallow|warn|check)[\w\-]*|ignore-missing-imports|follow-imports=skip|"
          r"(?:disallow|warn|check|strict)[\w\-]*(?=[ \t]*=[ \t]*False))(?:[ \t]*=[ \t]*\w+)?",
          _TYPES),
    _strict("type: ignore", rf"type[ \t]*:[ \t]*ignore\b{_BRACKETS}", _TYPES),
    _strict("pyright: ignore", rf"pyright[ \t]*:[ \t]*ignore\b{_BRACKETS}", _TYPES),
    _file("pyright: basic", r"pyright[ \t]*:[ \t]*basic\b", _TYPES),
    _file("pyright: report=false",
          r"pyright[ \t]*:[ \t]*(?P<codes>(?:report|strict|enable|disable)\w+)[ \t]*=[ \t]*"
          r"(?:false|none|warning|information)\b(?:[ \t]*,[^#]*)?", _TYPES),
    _strict("ty: ignore", rf"ty[ \t]*:[ \t]*ignore\b{_BRACKETS}", _TYPES),
    _file("pyrefly: ignore-errors", r"pyrefly[ \t]*:[ \t]*ignore-errors\b", _TYPES),
    _strict("pyrefly: ignore", rf"pyrefly[ \t]*:[ \t]*ignore\b{_BRACKETS}", _TYPES),
    _file("pytype: skip-file", r"pytype[ \t]*:[ \t]*skip-file\b", _TYPES),
    _line("pytype: disable", rf"pytype[ \t]*:[ \t]*disable[ \t]*=[ \t]*{_CODES}", _TYPES),
    _file("pyre-ignore-all-errors", rf"pyre-(?:ignore-all-errors|unsafe)\b{_BRACKETS}", _TYPES),
    _line("pyre-ignore", rf"pyre-(?:ignore|fixme)\b{_BRACKETS}", _TYPES),
    _line("zuban: ignore", rf"zuban[ \t]*:[ \t]*ignore\b{_BRACKETS}", _TYPES),
    _line("pragma: no cover", r"pragma[ \t]*(?::[ \t]*)?no[ \t]*(?:cover|branch|mutate)\b",
          _COVERAGE),
    _line("nosec", r"nosec\b(?:[ \t]*(?::[ \t]*)?(?P<codes>B\d+(?:[ \t,]+B\d+)*|[a-z]+_\w+))?",
          _SECURITY),
    _line("nosemgrep", rf"nosem(?:grep)?\b{_COLON}", "Semgrep"),
    _line("NOSONAR", r"NOSONAR\b(?:[ \t]*\((?P<codes>[^)#]*)\))?", "SonarQube"),
    _line("DevSkim: ignore", rf"DevSkim[ \t]*:[ \t]*ignore[ \t]+{_CODES}", _SECURITY),
    _line("checkov:skip", rf"checkov[ \t]*:[ \t]*skip[ \t]*=[ \t]*{_CODES}", _SECURITY),
    _line("pragma: allowlist secret",
          r"pragma[ \t]*:[ \t]*(?:allowlist|whitelist)[ \t]+(?:nextline[ \t]+)?secret\b", _SECRETS),
    _line("gitleaks:allow", r"gitleaks:allow\b|trufflehog:ignore\b|ggignore\b", _SECRETS),
    _line("fmt: off", r"fmt[ \t]*:[ \t]*(?:off|skip)\b|yapf[ \t]*:[ \t]*disable\b|"
          r"autopep8[ \t]*:[ \t]*off\b", _FORMATTER),
    _file("isort: skip_file", rf"{_RUFF}isort[ \t]*:[ \t]*skip[-_]file\b", _FORMATTER),
    _line("isort: skip", rf"{_RUFF}isort[ \t]*:[ \t]*(?:skip|off|split)\b", _FORMATTER),
    _line("codespell:ignore", rf"codespell[ \t]*:[ \t]*ignore(?:-\w+)?\b(?:[ \t]+{_CODES})?",
          _SPELLING),
    _line("spellchecker: disable",
          r"(?:spellchecker|cspell|spell-checker)[ \t]*:[ \t]*(?:disable|ignore)\b", _SPELLING),
    _line("tallystick: ignore", rf"tallystick[ \t]*:[ \t]*ignore\b{_BRACKETS}", "Tallystick"),
)  # fmt: skip

#: An import that is not found, or brings no types.
_OF_WHAT_IS_INSTALLED = frozenset({
    "import", "import-not-found", "import-untyped", "reportMissingImports", "import-error", "E0401",
    "reportMissingTypeStubs", "reportMissingModuleSource", "unresolved-import", "missing-import",
    "untyped-import",
})  # fmt: skip
#: Where an optional package is missing, for the type checker alone, a body that only says that it
#: has to be written, and where a script begins.
_NEVER_RUN = re.compile(
    r"except \(?(?:ImportError|ModuleNotFoundError)\b|if (?:typing\.|t\.)?TYPE_CHECKING\b|"
    r"raise NotImplementedError\b|\.\.\.$|@(?:abc\.)?abstractmethod|@(?:typing\.|t\.)?overload|"
    r"if __name__ == |assert_never\(|(?:el)?if sys\.(?:version_info|platform)\b"
)

#: Quick to look for; one of them is in each of the patterns.
_WORDS = (
    "noqa", "ignore", "disable", "skip", "nosec", "nosem", "nosonar", "no cover", "nocover",
    "no branch", "nobranch", "no mutate", "noinspection", "lgtm", "codeql", "fmt", "isort", "yapf",
    "autopep8", "off", "pyright", "mypy", "pyre", "allow", "whitelist secret",
)  # fmt: skip
#: What may follow a directive on its own: an end, a mark of punctuation, another comment.
_ENDS = re.compile(r"[ \t]*(?:$|[#,;:.)(\]\-–—|&/])")
_NEXT = re.compile(r"[ \t]*+(?:[,;|&][ \t]*+)?")


def may_suppress(line: str) -> bool:
    """Whether a directive can be in a line: in time that is linear in its length."""
    _, mark, rest = line.partition("#")
    lowered = rest.lower() if mark else ""
    return any(word in lowered for word in _WORDS)


def directives(comment: str, *, is_alone: bool) -> Iterator[Directive]:
    """The directives of a comment, which begins with `#`. `is_alone`: no code stands before it.

    Of a comment that stands alone the first part has to be one, or it is prose or dead code.
    """
    every: dict[Directive, None] = {}
    for part in dict.fromkeys(_parts(comment)):
        every |= dict.fromkeys(_in_part(part, is_alone=is_alone))
        if is_alone and not every:
            return
    yield from every


def is_of_surroundings(directive: Directive, code: str) -> bool:
    """Whether what is silenced speaks of what is installed where the tool runs, or of code that no
    test can get to there, and not of how the code is written.
    """
    if directive.kind.silences == _COVERAGE:
        return bool(_NEVER_RUN.match(code))
    return bool(directive.codes) and directive.codes <= _OF_WHAT_IS_INSTALLED


def words_beside(comment: str) -> list[str]:
    """The words in the first letters of a comment that are no part of a directive."""
    comment = comment[:_LOOKED_AT]
    for kind in KINDS:
        comment = kind.pattern.sub(" ", comment)
    return _WORD.findall(comment)


def _parts(comment: str) -> Iterator[str]:
    """What each `#` that white space or another `#` goes before opens."""
    before = ""
    for piece in comment.split("#")[1:]:
        if not before or before[-1].isspace():
            yield piece.strip()
        before = piece or before


def _in_part(part: str, *, is_alone: bool) -> Iterator[Directive]:
    """The directives one after the other at the head of a part: `noqa: E501, pylint: disable=x`."""
    start = 0
    while start < len(part):
        match, kind = next(
            (
                (match, kind)
                for kind in KINDS
                if (match := kind.pattern.match(part, start))
                and _is_directive(kind, match, part, is_alone=is_alone)
            ),
            (None, None),
        )
        if match is None or kind is None:
            return
        yield Directive(kind, _codes(match))
        start = _skipped(part, match.end())


def _skipped(part: str, start: int) -> int:
    match = _NEXT.match(part, start)
    return match.end() if match else start


def _is_directive(kind: Kind, match: re.Match[str], text: str, *, is_alone: bool) -> bool:
    """A reason may follow codes, or what stands behind code; else the words are a sentence."""
    if _ENDS.match(text, match.end()):
        return True
    has_codes = bool(match.groupdict().get("codes"))
    return has_codes or (kind.takes_reason and not is_alone)


def _codes(match: re.Match[str]) -> frozenset[str]:
    return frozenset(re.findall(r"[\w.*/-]+", match.groupdict().get("codes") or ""))
