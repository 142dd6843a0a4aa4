"""What an editor shows of a file, in the types of the Language Server Protocol. Pure.

Lines are those of the file as it was saved. What is edited since moves with its surroundings, and
shows nothing where the edit itself is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import takewhile

from lsprotocol import types

from scanner.base import model
from scanner.gate.file_review import FileReview
from scanner.gate.policy import FACT_WORDS, keeps_from_judging
from scanner.render import wording
from scanner.render.ordering import worst_first
from scanner.render.paths import sentence
from scanner.scoring.touched import TouchedUnit

SOURCE = "tallystick"
_SEVERITIES = {
    model.Severity.ERROR: types.DiagnosticSeverity.Error,
    model.Severity.WARNING: types.DiagnosticSeverity.Warning,
    model.Severity.INFO: types.DiagnosticSeverity.Information,
}

#: The address of a file by its path from the top of the repository.
UriOf = Callable[[str], str]


def diagnostics(file: FileReview, uri_of: UriOf) -> list[types.Diagnostic]:
    """The findings in a file, worst first, and what of it could not be judged."""
    findings = worst_first(file.review.judgement.findings)
    return [
        *(_of_finding(one, file, uri_of) for one in findings if one.place.path == file.path),
        *(
            not_judged(one.reason)
            for one in dict.fromkeys(file.review.judgement.problems)
            if keeps_from_judging(one)
        ),
    ]


def not_judged(reason: str) -> types.Diagnostic:
    """Says in the first line of a file why it, or part of it, could not be judged."""
    return types.Diagnostic(
        types.Range(types.Position(0, 0), types.Position(1, 0)),
        f"Not judged: {sentence(reason)}",
        severity=types.DiagnosticSeverity.Information,
        source=SOURCE,
    )


def _of_finding(finding: model.Finding, file: FileReview, uri_of: UriOf) -> types.Diagnostic:
    lines = [sentence(finding.message)]
    lines += [detail.line for detail in wording.details(finding.evidence)]
    lines.append(sentence(finding.hint))
    return types.Diagnostic(
        _range_of(finding, file.lines),
        "\n".join(line for line in lines if line),
        severity=_SEVERITIES[finding.severity],
        code=finding.rule,
        source=SOURCE,
        related_information=[
            types.DiagnosticRelatedInformation(
                types.Location(uri_of(place.path), _whole(place.span)), said
            )
            for said, place in _others(finding.evidence)
        ],
    )


def _range_of(finding: model.Finding, lines: Sequence[str]) -> types.Range:
    """What is underlined; of a function that grew its first line, to leave its code legible."""
    span = finding.place.span
    if isinstance(finding.evidence, model.Growth):
        span = model.Span(span.first, span.first)
    if span.last > len(lines):
        return _whole(span)
    first, last = lines[span.first - 1], lines[span.last - 1]
    return types.Range(
        types.Position(span.first - 1, len(first) - len(first.lstrip())),
        types.Position(span.last - 1, len(last.encode("utf-16-le", "surrogatepass")) // 2),
    )


def _whole(span: model.Span) -> types.Range:
    return types.Range(types.Position(span.first - 1, 0), types.Position(span.last, 0))


def _others(evidence: model.Evidence) -> Iterator[tuple[str, model.Place]]:
    match evidence:
        case model.CopyOf():
            yield "The other copy", evidence.original
        case model.Departure():
            yield from (("The usual way", example) for example in evidence.examples)
        case model.Tampering():
            yield from (("Here too", other) for other in evidence.others)
        case _:
            return


# --------------------------------------------------------------------------- the numbers


def hover(file: FileReview, now: Sequence[str], line: int) -> types.Hover | None:
    """The numbers of the function whose head stands in a line (from 0) of what is edited now."""
    asked = _moved(line, now, file.lines)
    for one in file.functions:
        if asked is not None and asked + 1 in _head(one, file.lines):
            return types.Hover(types.MarkupContent(types.MarkupKind.Markdown, _table(one, file)))
    return None


def _head(one: TouchedUnit, lines: Sequence[str]) -> range:
    """The lines from the first decorator to the `def`."""
    first, last = one.place.span.first, one.place.span.last
    is_def = (lines[n - 1].lstrip().startswith(("def ", "async def ")) for n in range(first, last))
    return range(first, first + sum(1 for _ in takewhile(lambda found: not found, is_def)) + 1)


def _table(one: TouchedUnit, file: FileReview) -> str:
    rows = [
        f"| {words} | {_before(one, fact)} | {getattr(one.after, fact)} "
        f"| {getattr(file.limits, fact)} |"
        for fact, words in FACT_WORDS.items()
    ]
    head = f"**Tallystick**: `{sentence(one.place.unit)}`"
    return "\n".join([head, "", "| | HEAD | now | limit |", "|---|--:|--:|--:|", *rows])


def _before(one: TouchedUnit, fact: str) -> str:
    return "new" if one.before is None else str(getattr(one.before, fact))


def lenses(file: FileReview, now: Sequence[str]) -> list[types.CodeLens]:
    """`cognitive 14 → 19` above each function whose cognitive complexity the edit changed, and
    above each new one that is beyond the limit.
    """
    found = []
    for one in file.functions:
        line, title = _moved(one.place.span.first - 1, file.lines, now), _title(one, file)
        if title is not None and line is not None:
            where = types.Range(types.Position(line, 0), types.Position(line, 0))
            found.append(types.CodeLens(where, types.Command(title, "")))
    return found


def _title(one: TouchedUnit, file: FileReview) -> str | None:
    after = one.after.cognitive
    if one.before is None:
        return f"cognitive {after} (new)" if after > file.limits.cognitive else None
    before = one.before.cognitive
    return f"cognitive {before} → {after}" if before != after else None


def _moved(line: int, before: Sequence[str], after: Sequence[str]) -> int | None:
    """Where a line (from 0) of one text stands in another, which differs from it in one stretch;
    None in that stretch.
    """
    if line < _alike(before, after) and line < len(before):
        return line
    if len(before) - line <= _alike(before[::-1], after[::-1]):
        return line + len(after) - len(before)
    return None


def _alike(one: Sequence[str], other: Sequence[str]) -> int:
    same = (a == b for a, b in zip(one, other, strict=False))
    return sum(1 for _ in takewhile(bool, same))


# --------------------------------------------------------------------------- fixes


def actions(
    file: FileReview,
    document: types.OptionalVersionedTextDocumentIdentifier,
    asked: types.Range,
) -> list[types.CodeAction]:
    """The fixes of findings in a range, which are for the file as it was saved. Those that are
    safe are preferred; what others may change stands in their title.
    """
    return [
        _action(one, one.fix, document)
        for one in worst_first(file.review.judgement.findings)
        if one.fix is not None
        and one.place.path == file.path
        and one.place.span.first - 1 <= asked.end.line
        and asked.start.line < one.place.span.last
    ]


def _action(
    finding: model.Finding,
    fix: model.ProposedFix,
    document: types.OptionalVersionedTextDocumentIdentifier,
) -> types.CodeAction:
    doubt = "" if fix.doubt is None else f" (unsafe: {sentence(fix.doubt)})"
    edits = [types.TextEdit(_whole(model.Span(c.first, c.last)), c.text) for c in fix.changes]
    return types.CodeAction(
        f"Fix {finding.rule}{doubt}",
        kind=types.CodeActionKind.QuickFix,
        is_preferred=fix.doubt is None,
        edit=types.WorkspaceEdit(document_changes=[types.TextDocumentEdit(document, edits)]),
    )
