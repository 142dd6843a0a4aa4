"""PURE: fixes of rules applied to text, and which files may be written at all."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from scanner.base.model import Span
from scanner.rulepacks.codemods.codemod import EditAnswer, Safety, Wanted
from scanner.rulepacks.codemods.mend import INVALID, OVERLAPS, mend, parses
from scanner.rulepacks.hits import Replacement

NOT_IN_INDEX = "the file is not in the index"
NOT_STAGED = "the work tree has changes that are not staged"
IS_TEXT = (
    "semgrep inserts this text without looking at the code around it; `--fix=unsafe` applies it"
)


@dataclass(frozen=True, slots=True)
class Fixed:
    """A text with fixes applied, and those that were left out because they overlap another."""

    content: bytes
    applied: tuple[Replacement, ...]
    left_out: tuple[Replacement, ...]


@dataclass(frozen=True, slots=True)
class Patch:
    """A file to be rewritten in the work tree, and the difference to show before that."""

    path: str
    before: bytes
    after: bytes
    diff: str


@dataclass(frozen=True, slots=True)
class TextFix:
    """A fix that a pack of the team's gives as text, for a finding."""

    wanted: Wanted
    fix: Replacement


@dataclass(frozen=True, slots=True)
class FixesAsked:
    """The findings of a file that are to be mended."""

    codemods: tuple[Wanted, ...] = ()
    texts: tuple[TextFix, ...] = ()


@dataclass(frozen=True, slots=True)
class Planned:
    """What to write to a file (None: nothing), and what became of each finding."""

    patch: Patch | None
    answers: tuple[EditAnswer, ...]


def apply_fixes(content: bytes, fixes: Iterable[Replacement]) -> Fixed:
    """Replaces each fix's bytes. Of two that overlap, the one that begins first is applied."""
    pieces: list[bytes] = []
    applied: list[Replacement] = []
    left_out: list[Replacement] = []
    position = 0
    for fix in sorted(set(fixes), key=lambda one: (one.start, one.end, one.text)):
        if fix.start < position or not fix.start <= fix.end <= len(content):
            left_out.append(fix)
            continue
        pieces += [content[position : fix.start], fix.text.encode()]
        position = fix.end
        applied.append(fix)
    pieces.append(content[position:])
    return Fixed(b"".join(pieces), tuple(applied), tuple(left_out))


def plan(
    path: str, staged: bytes | None, on_disk: bytes | None, asked: FixesAsked, level: Safety
) -> Planned:
    """What to write for the findings of a file, and why some of them are left as they are.

    `staged` is the content in the index, `on_disk` that of the work tree (None: not there). Where
    the two differ nothing is written: what is not staged would be mixed in or lost.
    """
    if staged is None or on_disk != staged:
        reason = NOT_IN_INDEX if staged is None else NOT_STAGED
        everything = (*asked.codemods, *(one.wanted for one in asked.texts))
        return Planned(None, tuple(EditAnswer(one, reason) for one in everything))
    after, answers = _texts_applied(staged, asked.texts, level)
    done = [one.fix for one, answer in zip(asked.texts, answers, strict=True) if answer.is_applied]
    moved = {one: _moved(one, staged, done) for one in asked.codemods}
    here = {one: place for one, place in moved.items() if place is not None}
    mended = mend(after, list(here.values()), level)
    answers += [
        EditAnswer(one, answer.reason) for one, answer in zip(here, mended.answers, strict=True)
    ]
    answers += [EditAnswer(one, OVERLAPS) for one, place in moved.items() if place is None]
    if mended.content == staged:
        return Planned(None, tuple(answers))
    return Planned(
        Patch(path, staged, mended.content, _difference(path, staged, mended.content)),
        tuple(answers),
    )


def _texts_applied(
    content: bytes, texts: Sequence[TextFix], level: Safety
) -> tuple[bytes, list[EditAnswer]]:
    if level is not Safety.UNSAFE:
        return content, [
            EditAnswer(one.wanted, f"{_proposal(one.fix)}; {IS_TEXT}") for one in texts
        ]
    fixed = apply_fixes(content, [one.fix for one in texts])
    if parses(content) and not parses(fixed.content):
        return content, [EditAnswer(one.wanted, INVALID) for one in texts]
    return fixed.content, [
        EditAnswer(one.wanted, OVERLAPS if one.fix in fixed.left_out else None) for one in texts
    ]


def _proposal(fix: Replacement) -> str:
    shown = " ".join(fix.text.split())
    return f"the proposal is `{shown if len(shown) <= 80 else shown[:79] + '…'}`"


def _moved(wanted: Wanted, content: bytes, done: Sequence[Replacement]) -> Wanted | None:
    """Where a finding stands after fixes of text; None if one of them changes its lines."""
    shift = 0
    for fix in done:
        first = content.count(b"\n", 0, fix.start) + 1
        last = content.count(b"\n", 0, fix.end) + 1
        if first <= wanted.span.last and wanted.span.first <= last:
            return None
        if last < wanted.span.first:
            shift += fix.text.count("\n") - (last - first)
    span = Span(wanted.span.first + shift, wanted.span.last + shift)
    return replace(wanted, span=span)


def _difference(path: str, before: bytes, after: bytes) -> str:
    """As `git apply` reads it; bytes that are no UTF-8 are surrogates."""
    old, new = (_lines_of(text) for text in (before, after))
    lines = difflib.unified_diff(old, new, _quoted(f"a/{path}"), _quoted(f"b/{path}"))
    whole = (one if one.endswith("\n") else f"{one}\n{_NO_LINE_END}" for one in lines)
    return "".join(whole)


def _quoted(path: str) -> str:
    """A path as git reads it: in quotes where it holds what would end a name."""
    written = "".join(_ESCAPED.get(char, char) for char in path)
    return path if written == path else f'"{written}"'


#: Control characters in octal, as in C.
_ESCAPED = {chr(code): f"\\{code:03o}" for code in (*range(32), 127)} | {
    '"': '\\"',
    "\\": "\\\\",
}
_NO_LINE_END = "\\ No newline at end of file\n"


def _lines_of(content: bytes) -> list[str]:
    text = content.decode("utf-8", "surrogateescape")
    return [line for line in re.split(r"(?<=\n)", text) if line]
