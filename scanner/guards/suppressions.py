"""Comments that switch a check off: which of them a change adds. One that was moved is not new."""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from scanner.analysis.parsing.outline import ReadFile
from scanner.base.model import Finding, Place, Span
from scanner.config import GuardPoints
from scanner.guards.finding import Loss, tampering
from scanner.scoring.change import ChangedFile, new_lines, old_lines


@dataclass(frozen=True, slots=True)
class Kind:
    """A way to switch checks off: its name, its looks (codes in group 1), whom it silences."""

    name: str
    pattern: re.Pattern[str]
    silences: str


def _kind(name: str, pattern: str, silences: str) -> Kind:
    return Kind(name, re.compile(pattern, re.IGNORECASE), silences)


_LIST = r"[\w./*-]+(?:[ ,]+(?=[A-Z]+\d)[\w./*-]+|\s*,\s*[\w./*-]+)*"

KINDS = (
    _kind("noqa", rf"#\s*(?:ruff:\s*|flake8:\s*)?noqa\b(?:\s*:\s*({_LIST}))?", "the linter"),
    _kind("type: ignore", r"#\s*type:\s*ignore\b(?:\s*\[([^\]]*)\])?", "the type checker"),
    _kind("pyright: ignore", r"#\s*pyright:\s*ignore\b(?:\s*\[([^\]]*)\])?", "the type checker"),
    _kind("ty: ignore", r"#\s*ty:\s*ignore\b(?:\s*\[([^\]]*)\])?", "the type checker"),
    _kind("pyre", r"#\s*pyre-(?:ignore|fixme)\b(?:\s*\[([^\]]*)\])?", "the type checker"),
    _kind("mypy: ignore-errors", r"#\s*mypy:\s*(?:ignore-errors)\b()", "the type checker"),
    _kind("pragma: no cover", r"#\s*pragma:\s*no\s*(?:cover|branch)\b()", "the coverage of tests"),
    _kind("pylint: disable", rf"#\s*pylint:\s*disable(?:-next)?\s*=\s*({_LIST})", "the linter"),
    _kind("nosec", rf"#\s*nosec\b(?:\s*:?\s*((?:B\d+|[a-z]+_\w+)(?:[ ,]+{_LIST})?))?",
          "the security check"),
    _kind("nosemgrep", rf"#\s*nosem(?:grep)?\b(?:\s*:\s*({_LIST}))?", "Semgrep"),
    _kind("NOSONAR", r"#\s*NOSONAR\b()", "SonarQube"),
    _kind("tallystick: ignore", r"#\s*tallystick:\s*ignore\b(?:\s*\[([^\]]*)\])?", "Tallystick"),
)  # fmt: skip

_HINT = "Mend what the check found; if it is wrong here, say why beside it, for this rule alone."
#: Quick to look for, and in each of the patterns.
_HAS_ANY = re.compile(r"#.*(?:noqa|ignore|pyre-|pragma|disable|nosec|nosem|nosonar)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Suppression:
    """A comment that switches something off. `codes` empty: everything. `code` is its line's."""

    kind: Kind
    codes: frozenset[str]
    line: int
    text: str
    code: str

    def covers(self, other: Suppression) -> bool:
        """Whether everything that the other one switches off was switched off by this one."""
        if self.kind is not other.kind:
            return False
        return not self.codes or (bool(other.codes) and other.codes <= self.codes)


def new_suppressions(files: Sequence[ChangedFile], points: GuardPoints) -> tuple[Finding, ...]:
    """A finding for each suppression that the change adds, or makes wider than it was."""
    gone = [found for file in files for found in suppressions(file.before, _removed(file))]
    return tuple(
        _finding(file, file.after, added, points)
        for file in files
        if file.after is not None
        for added in suppressions(file.after, _added(file))
        if not _take_covering(gone, added)
    )


def suppressions(file: ReadFile | None, lines: Iterable[int]) -> list[Suppression]:
    """The suppressions on some lines of a file, in order."""
    if file is None:
        return []
    hits = [n for n in sorted(lines) if n <= len(file.lines) and _HAS_ANY.search(file.lines[n - 1])]
    if not hits:
        return []
    comments = comments_of(file)
    return [
        found
        for line in hits
        for start in [comments.get(line)]
        if start is not None
        for found in _on_line(file.lines[line - 1], start, line)
    ]


def comments_of(file: ReadFile) -> dict[int, int]:
    """The column where the comment of each line begins, for the lines that have one."""
    text = "\n".join(file.lines) + "\n"
    starts: dict[int, int] = {}
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.COMMENT:
                starts[token.start[0]] = token.start[1]
    except (tokenize.TokenError, SyntaxError):
        # Newer syntax than this Python's: from there on, a `#` after white space has to do.
        read = max(starts, default=0)
        for number, line in enumerate(file.lines[read:], read + 1):
            if match := re.search(r"(?:^|\s)#", line):
                starts[number] = match.end() - 1
    return starts


def _on_line(text: str, start: int, line: int) -> Iterator[Suppression]:
    comment = text[start:]
    for kind in KINDS:
        for match in kind.pattern.finditer(comment):
            codes = frozenset(re.findall(r"[\w./*-]+", match[1] or ""))
            yield Suppression(kind, codes, line, comment.strip(), text[:start].strip())


def _take_covering(gone: list[Suppression], added: Suppression) -> bool:
    """Takes from those that went one that switched off as much, the one on equal code first."""
    covering = [other for other in gone if other.covers(added)]
    if not covering:
        return False
    gone.remove(min(covering, key=lambda other: other.code != added.code))
    return True


def _finding(
    file: ChangedFile, after: ReadFile, added: Suppression, points: GuardPoints
) -> Finding:
    place = Place(file.path, Span(added.line, added.line), after.outline.unit_at(added.line).name)
    codes = ", ".join(sorted(added.codes))
    what = f" for {codes}" if codes else ""
    loss = Loss(
        guard="suppression",
        message=f"A new `{added.kind.name}` keeps {added.kind.silences} from looking here{what}.",
        hint=_HINT,
        before=_line_before(file, added),
        after=f"{added.code}  {added.text}".strip(),
    )
    worth = points.waiver if added.kind.name == "tallystick: ignore" else points.suppression
    return tampering(loss, place, worth)


def _line_before(file: ChangedFile, added: Suppression) -> str | None:
    """The line that stood there with the same code, or none if the code is new too."""
    if file.before is None or not added.code:
        return None
    removed = (file.before.lines[n - 1] for n in sorted(_removed(file)))
    return next((line.strip() for line in removed if line.strip().startswith(added.code)), None)


def _added(file: ChangedFile) -> set[int]:
    return {line for hunk in file.change.hunks for line in new_lines(hunk)}


def _removed(file: ChangedFile) -> set[int]:
    return {line for hunk in file.change.hunks for line in old_lines(hunk)}
