"""Markdown for a pull-request comment: worst first, within the forge's limit, saying what was cut.

Text from the code under review is escaped so that it can neither leave its table cell, nor bring
markup, HTML, mathematics or images, nor call a person or an issue by name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from scanner.base import model
from scanner.render import wording
from scanner.render.deviation import deviation_line
from scanner.render.fixes import code_of, described, lines_of
from scanner.render.ordering import worst_first
from scanner.render.paths import printable, sentence, shortened
from scanner.render.scores import score_rows

T = TypeVar("T")

#: What GitHub takes as a comment, in characters. GitLab takes a million.
COMMENT_LIMIT = 65_536
#: Left free for the sentences that say what was cut.
RESERVE = 1_500
LONGEST_SENTENCE = 500

_ICONS = {
    model.Outcome.PASS: "\N{WHITE HEAVY CHECK MARK}",
    model.Outcome.FAIL: "\N{CROSS MARK}",
    model.Outcome.COULD_NOT_JUDGE: "\N{WARNING SIGN}",
}
#: A zero-width space keeps forges from taking what follows for a person or an issue.
_BREAK = "&#8203;"
_ESCAPES = {
    **{char: f"\\{char}" for char in "`*_[]!~"},
    **{char: f"&#{ord(char)};" for char in "\\|$"},
    "<": "&lt;",
    ">": "&gt;",
    "&": "&amp;",
    "@": f"@{_BREAK}",
    "#": f"&#35;{_BREAK}",
}
_SPECIAL = re.compile(f"[{re.escape(''.join(_ESCAPES))}]")
#: What would make a list or a heading of a line that begins with it.
_BLOCK_START = re.compile(r"^(?:(\d+)(?=[.)](?:\s|$))|(?=[-+=]))")
_NEEDS_HTML = re.compile(r"[`|\\]|^\s*$")
_NOT_PLAIN = re.compile("[^A-Za-z0-9 ]")


def render(review: model.Review) -> str:
    """The review as a comment of at most `COMMENT_LIMIT` characters."""
    return compose(review, worst_first(review.judgement.findings), COMMENT_LIMIT)


def compose(review: model.Review, findings: Sequence[model.Finding], limit: int) -> str:
    """The review with a table of the given findings, in at most `limit` characters.

    Findings that have no room, or that are not among the given, are counted below the table.
    """
    head = list(_head(review, limit // 8))
    tail = [
        *_problem_section(review.judgement.problems, limit // 4),
        *_bullets(wording.asides(review), lambda line: f"- {prose(line)}", "more", limit // 8),
        *_foot(review),
    ]
    room = limit - RESERVE - sum(len(line) + 1 for line in (*head, *tail))
    shown, rows = _fitting(findings, _finding_row, room)
    left_out = _without(worst_first(review.judgement.findings), shown)
    room -= sum(len(row) + 1 for row in rows)
    fixes = _fix_section(shown, room)
    return "\n".join((*head, *_finding_section(rows, left_out), *fixes, *tail, ""))


def prose(text: str, longest: int | None = LONGEST_SENTENCE) -> str:
    """Text from outside as one line of inline Markdown that shows as it is."""
    escaped = _SPECIAL.sub(lambda match: _ESCAPES[match[0]], sentence(text, longest))
    return _BLOCK_START.sub(r"\1\\", escaped)


def code(text: str) -> str:
    """Text from outside as a code span, also inside a table cell."""
    shown = shortened(printable(text), LONGEST_SENTENCE)
    if _NEEDS_HTML.search(shown):
        return f"<code>{_NOT_PLAIN.sub(lambda match: f'&#{ord(match[0])};', shown)}</code>"
    return f"`{shown}`"


def _fitting(
    items: Iterable[T], line_of: Callable[[T], str], room: int
) -> tuple[list[T], list[str]]:
    """The items whose lines fit, and the lines; one that is too long hides none after it."""
    shown: list[T] = []
    lines: list[str] = []
    for item in items:
        line = line_of(item)
        if len(line) < room:
            room -= len(line) + 1
            shown.append(item)
            lines.append(line)
    return shown, lines


def _bullets(
    items: Sequence[T], line_of: Callable[[T], str], noun: str, room: int
) -> Iterator[str]:
    """A list as far as there is room, and how many items there was none for."""
    shown, lines = _fitting(items, line_of, room)
    yield from lines
    if left := len(items) - len(shown):
        yield f"- and {wording.counted(left, noun)}"
    if items:
        yield ""


def _head(review: model.Review, room: int) -> Iterator[str]:
    outcome = review.verdict.outcome
    yield f"### {_ICONS[outcome]} Tallystick: {wording.verdict_word(outcome)}"
    yield ""
    yield f"{_capital(wording.summary(review))}."
    yield ""
    yield from _bullets(
        review.verdict.reasons, lambda reason: f"- {prose(reason)}", "more reason", room
    )
    yield from _score_table(review)
    yield ""


def _score_table(review: model.Review) -> Iterator[str]:
    yield "| | score | grade | limit | points | repaid |"
    yield "|:--|--:|:-:|--:|--:|--:|"
    for row in score_rows(review.judgement.scorecard, review.thresholds):
        limit = "" if row.limit is None else wording.number(row.limit)
        if row.points is None or row.repaid is None:
            yield f"| {row.name} | *not measured* | | {limit} | | |"
            continue
        points, repaid = wording.number(row.points), wording.number(row.repaid)
        score = "" if row.score is None else f"{row.score:.1f}"
        yield f"| {row.name} | {score} | {row.grade or ''} | {limit} | {points} | {repaid} |"
    if unusual := deviation_line(review.judgement.deviation):
        yield ""
        yield prose(unusual, None)
    if missing := wording.unmeasured_sentence(review.judgement.scorecard):
        yield ""
        yield f"{prose(_capital(missing), None)}."


def _finding_section(rows: Sequence[str], left_out: Sequence[model.Finding]) -> Iterator[str]:
    if rows:
        yield "| points | where | why, and what to do |"
        yield "|--:|:--|:--|"
        yield from rows
        yield ""
    if left_out:
        yield f"**Not shown here:** {_counts(left_out)}. Other formats, such as JSON, have them."
        yield ""


def _fix_section(findings: Sequence[model.Finding], room: int) -> Iterator[str]:
    """Fixes of the findings that are shown, as suggestions, as far as there is room; of findings
    that one fix mends it is shown with the first.
    """
    mended: dict[tuple[str, model.ProposedFix], model.Finding] = {}
    for one in findings:
        if one.fix is not None:
            mended.setdefault((one.place.path, one.fix), one)
    fixable = list(mended.values())
    shown, blocks = _fitting(fixable, lambda one: "\n".join(suggestions(one)), room)
    if blocks:
        yield "**Fixes**"
        yield ""
        yield from blocks
    if left := len(fixable) - len(shown):
        yield f"{wording.counted(left, 'more fix')} had no room here; JSON has them."
        yield ""


def suggestions(finding: model.Finding) -> Iterator[str]:
    """The fix of a finding: what it is, and for each stretch of lines the code that replaces it.

    A forge that takes a comment on those lines offers to commit such a block.
    """
    assert finding.fix is not None
    yield f"{code(wording.where(finding.place))}, {code(finding.rule)}: " + prose(
        described(finding.fix)
    )
    for change in finding.fix.changes:
        fence = "`" * max(3, 1 + max(map(len, re.findall("`+", change.text)), default=0))
        yield f"\n{lines_of(change)}:\n\n{fence}suggestion\n{code_of(change)}{fence}\n"


def _without(
    every: Sequence[model.Finding], shown: Sequence[model.Finding]
) -> Sequence[model.Finding]:
    seen = {id(finding) for finding in shown}
    return [finding for finding in every if id(finding) not in seen]


def _counts(findings: Sequence[model.Finding]) -> str:
    worth = sum(finding.points for finding in findings)
    parts = []
    for dimension in model.Dimension:
        count = sum(finding.dimension is dimension for finding in findings)
        if count:
            parts.append(f"{count:,} of {dimension}")
    total = wording.counted(len(findings), "finding")
    return f"{total} with {wording.points(worth)} ({', '.join(parts)})"


def _finding_row(finding: model.Finding) -> str:
    where = f"{code(wording.where(finding.place))}<br>{finding.severity}, {code(finding.rule)}"
    lines = [f"**{prose(finding.message)}**" if finding.message.strip() else ""]
    lines += [
        f"{detail.label}: {code(detail.text) if detail.is_code else prose(detail.text)}"
        for detail in wording.details(finding.evidence)
    ]
    lines.append(prose(finding.hint))
    what = "<br>".join(line for line in lines if line)
    return f"| {wording.number(finding.points)} | {where} | {what} |"


def _problem_section(problems: Sequence[model.Problem], room: int) -> Iterator[str]:
    if problems:
        yield "**Problems**"
        yield ""
    yield from _bullets(problems, _problem_line, "more problem", room)


def _problem_line(problem: model.Problem) -> str:
    place = "the whole run" if problem.path is None else code(problem.path)
    return f"- {place}: {prose(problem.reason)} ({wording.problem_note(problem)})"


def _foot(review: model.Review) -> Iterator[str]:
    base = "the empty tree" if review.base is None else f"`{review.base[:12]}`"
    head = "the index" if review.head is None else f"`{review.head[:12]}`"
    yield f"<sub>{base} compared with {head}. Again: `{wording.command_again(review)}`</sub>"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
