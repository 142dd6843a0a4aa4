"""Comments that switch a check off: which of them a change adds. One that was moved is not new."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from scanner.analysis.parsing.comments import comments_of
from scanner.analysis.parsing.outline import ReadFile
from scanner.base.model import Finding, Place, Severity, Span
from scanner.config import GuardPoints
from scanner.guards.finding import Loss, tampering
from scanner.guards.suppression_kinds import (
    Directive,
    directives,
    is_of_surroundings,
    may_suppress,
    words_beside,
)
from scanner.scoring.change import ChangedFile, new_lines, old_lines

#: Many of one kind cost as much as so many: it is one decision, however often it is written down.
MOST_CHARGED = 3
#: So many words are a reason.
_A_REASON = 3
#: How many codes a finding names.
SHOWN_CODES = 6

_HINT = "Fix what the check found; if it is wrong here, say why beside it, for this rule alone."


@dataclass(frozen=True, slots=True)
class Suppression:
    """A comment that switches something off, the line it is on, and the code of that line."""

    directive: Directive
    line: int
    text: str
    code: str

    @property
    def codes(self) -> frozenset[str]:
        """What it names; empty: it switches everything off."""
        return self.directive.codes

    @property
    def is_excused(self) -> bool:
        """Whether words beside it say why, or what it silences speaks of the surroundings; of what
        concerns a whole file, it is asked all the same.

        A reason is told and costs nothing: whether it is a good one is for a reader to say.
        """
        if self.directive.kind.is_whole_file:
            return False
        return len(words_beside(self.text)) >= _A_REASON or is_of_surroundings(
            self.directive, self.code
        )

    def covers(self, other: Suppression) -> bool:
        """Whether everything that the other one switches off was switched off by this one.

        Another tool of the same trade may have taken over on the same line: its codes are its own.
        """
        one, two = self.directive.kind, other.directive.kind
        if one is two:
            return not self.codes or (bool(other.codes) and other.codes <= self.codes)
        is_successor = one.silences == two.silences and one.is_whole_file == two.is_whole_file
        is_as_wide = not self.codes or bool(other.codes)
        return is_successor and is_as_wide and bool(self.code) and self.code == other.code


@dataclass(frozen=True, slots=True)
class _Added:
    file: ChangedFile
    after: ReadFile
    found: Suppression

    @property
    def line(self) -> tuple[str, int]:
        return self.file.path, self.found.line


def new_suppressions(
    files: Sequence[ChangedFile],
    points: GuardPoints,
    stricter: Callable[[], Collection[str]] = tuple,
) -> tuple[Finding, ...]:
    """A finding for each kind of suppression that the change adds, or makes wider than it was.

    `stricter` are those of whom the change asks for more (`Kind.silences`): what silences them in
    code that stood before came with that. It is told and costs nothing.
    """
    gone = [found for file in files for found in suppressions(file.before, _removed(file))]
    by_kind: dict[str, list[_Added]] = defaultdict(list)
    for file in files:
        if file.after is not None:
            for found in suppressions(file.after, _added(file)):
                if not _take_covering(gone, found):
                    kind = found.directive.kind.name
                    by_kind[kind].append(_Added(file, file.after, found))
    return tuple(_findings(by_kind.values(), points, stricter() if by_kind else ()))


def suppressions(file: ReadFile | None, lines: Iterable[int]) -> list[Suppression]:
    """The suppressions on some lines of a file, in order."""
    if file is None:
        return []
    hits = [n for n in sorted(lines) if n <= len(file.lines) and may_suppress(file.lines[n - 1])]
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


def _on_line(text: str, start: int, line: int) -> Iterator[Suppression]:
    comment, code = text[start:].strip(), text[:start].strip()
    for directive in directives(comment, is_alone=not code):
        yield Suppression(directive, line, comment, code)


def _take_covering(gone: list[Suppression], added: Suppression) -> bool:
    """Takes from those that went one that switched off as much, the one on equal code first."""
    covering = [other for other in gone if other.covers(added)]
    if not covering:
        return False
    gone.remove(min(covering, key=lambda other: other.code != added.code))
    return True


def _findings(
    groups: Iterable[Sequence[_Added]], points: GuardPoints, stricter: Collection[str]
) -> Iterator[Finding]:
    """One for each kind; a line that speaks to several tools is charged once."""
    lines: set[tuple[str, int]] = set()
    for group in groups:
        is_stricter = group[0].found.directive.kind.silences in stricter
        asked = [
            one
            for one in group
            if not (one.found.is_excused or (is_stricter and _stood_before(one)))
            and one.line not in lines
        ]
        lines |= {one.line for one in group}
        yield _finding(group, len(asked), points)


def _finding(group: Sequence[_Added], asked: int, points: GuardPoints) -> Finding:
    first = group[0]
    kind = first.found.directive.kind
    loss = Loss(
        guard="suppression",
        message=_message(group),
        hint=_HINT,
        before=_line_before(first.file, first.found),
        after=f"{first.found.code}  {first.found.text}".strip(),
    )
    places = [_place(one) for one in group]
    if kind.name == "tallystick: ignore":
        worth, charged = points.waiver, len(group)
    else:
        worth, charged = points.suppression, asked
    severity = Severity.WARNING if charged else Severity.INFO
    return tampering(loss, places[0], worth * min(charged, MOST_CHARGED), severity, places[1:])


def _message(group: Sequence[_Added]) -> str:
    kind = group[0].found.directive.kind
    where = "in this file" if kind.is_whole_file else "here"
    codes = Counter(code for one in group for code in sorted(one.found.codes))
    named = [code for code, _ in codes.most_common(SHOWN_CODES)]
    more = f" and {len(codes) - SHOWN_CODES} more" if len(codes) > SHOWN_CODES else ""
    what = f" for {', '.join(named)}{more}" if named else ""
    if len(group) == 1:
        return f"A new `{kind.name}` keeps {kind.silences} from looking {where}{what}."
    return f"{len(group)} new `{kind.name}` keep {kind.silences} from looking{what}."


def _place(one: _Added) -> Place:
    line = one.found.line
    return Place(one.file.path, Span(line, line), one.after.outline.unit_at(line).name)


def _stood_before(added: _Added) -> bool:
    """Whether what is silenced is code that the change leaves as it was."""
    file, found = added.file, added.found
    if file.before is None:
        return False
    if found.directive.kind.is_whole_file:
        return True
    if not found.code:
        return found.line + 1 not in _added(file) and found.line < len(added.after.lines)
    removed = (file.before.lines[n - 1].strip() for n in _removed(file))
    rests = (line.removeprefix(found.code).strip() for line in removed if found.code in line)
    return any(not rest or rest.startswith("#") for rest in rests)


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
