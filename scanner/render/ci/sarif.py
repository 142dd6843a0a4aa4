"""SARIF 2.1.0, for code scanning on forges and for editors.

Lines have no columns, paths are URIs relative to a base that the consumer knows, and fingerprints
do not depend on line numbers, so that an alert stays the same alert when code above it changes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from urllib.parse import quote_from_bytes

from scanner import __version__
from scanner.base import model
from scanner.gate.policy import EXIT_CODES, keeps_from_judging
from scanner.render import wording
from scanner.render.ci import sarif_log as sarif
from scanner.render.ci.markdown import prose
from scanner.render.fixes import described
from scanner.render.json import convert
from scanner.render.json.convert import PRECISION
from scanner.render.json.json_text import to_json
from scanner.render.ordering import worst_first
from scanner.render.paths import sentence
from scanner.render.scores import parts, score_rows

SCHEMA_URI = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
ROOT = "%SRCROOT%"
LONGEST_SENTENCE = 2_000
#: Not `primaryLocationLineHash`, which GitHub reckons itself and calls inconsistent if it differs.
FINGERPRINT_NAME = "tallystick/v1"

_LEVELS = {
    model.Severity.ERROR: "error",
    model.Severity.WARNING: "warning",
    model.Severity.INFO: "note",
}
#: GitHub's scale for rules tagged `security`: above 7 is high.
_SECURITY_SEVERITIES = {
    model.Severity.ERROR: "8.0",
    model.Severity.WARNING: "5.0",
    model.Severity.INFO: "2.0",
}
_UNMEASURED = "unmeasured"
_STAGES = (*(stage.value for stage in model.Stage), _UNMEASURED)


def render(review: model.Review) -> str:
    """The review as a log with one run, with a line end."""
    return to_json(sarif.Log(SCHEMA_URI, "2.1.0", (_run(review),)))


def uri(path: str) -> str:
    """The path as a relative URI reference, percent-encoded byte by byte."""
    return quote_from_bytes(path.encode("utf-8", "surrogateescape"), safe="/")


def _run(review: model.Review) -> sarif.Run:
    findings = worst_first(review.judgement.findings)
    by_rule = {finding.rule: finding for finding in reversed(findings)}
    rules = sorted(by_rule)
    return sarif.Run(
        tool=sarif.SarifTool(
            sarif.ToolComponent(
                name="Tallystick",
                version=__version__,
                semantic_version=__version__,
                rules=tuple(_rule(by_rule[rule]) for rule in rules),
                notifications=tuple(_notification_kind(stage) for stage in _STAGES),
            )
        ),
        automation_details=sarif.AutomationDetails("tallystick/"),
        column_kind="unicodeCodePoints",
        original_uri_base_ids={
            ROOT: sarif.ArtifactLocation(
                description=sarif.SarifMessage(
                    "The root of the repository; its location is not disclosed."
                )
            )
        },
        invocations=(_invocation(review),),
        results=tuple(_results(findings, rules)),
        properties=_run_properties(review),
    )


def _run_properties(review: model.Review) -> sarif.RunProperties:
    rows = score_rows(review.judgement.scorecard)
    return sarif.RunProperties(
        base=review.base,
        head=review.head,
        verdict=review.verdict.outcome,
        scores={
            row.name: None if row.score is None else round(row.score, PRECISION) for row in rows
        },
        deviation=convert.deviation(review.judgement.deviation),
        left_out=dict(Counter(one.reason.value for one in review.judgement.left_out)),
    )


def _rule(worst: model.Finding) -> sarif.ReportingDescriptor:
    """The rule of a finding; its worst finding gives the default level."""
    name = sentence(worst.rule)
    meaning = wording.DIMENSION_HELP[worst.dimension]
    references = worst.evidence.references if isinstance(worst.evidence, model.RuleMatch) else ()
    links = [sentence(reference) for reference in references]
    hint = sentence(worst.hint, LONGEST_SENTENCE)
    return sarif.ReportingDescriptor(
        id=name,
        short_description=sarif.SarifMessage(
            f"{wording.DIMENSION_TITLES[worst.dimension]} ({name})"
        ),
        full_description=sarif.SarifMessage(meaning),
        help=sarif.SarifMessage(
            text="\n\n".join(filter(None, (meaning, hint, *links))),
            markdown="\n\n".join(filter(None, (meaning, prose(hint, None), *map(prose, links)))),
        ),
        default_configuration=sarif.ReportingConfiguration(_LEVELS[worst.severity]),
        properties=_rule_properties(worst),
    )


def _rule_properties(finding: model.Finding) -> sarif.RuleProperties:
    tags = ["technical-debt", str(finding.dimension)]
    if not isinstance(finding.evidence, model.RuleMatch):
        return sarif.RuleProperties(tuple(tags))
    category = sentence(finding.evidence.category)
    if category not in tags:
        tags.append(category)
    is_security = category == "security"
    severity = _SECURITY_SEVERITIES[finding.severity] if is_security else None
    return sarif.RuleProperties(tuple(tags), severity)


def _results(findings: Sequence[model.Finding], rules: Sequence[str]) -> Iterator[sarif.Result]:
    indexes = {rule: index for index, rule in enumerate(rules)}
    seen: Counter[str] = Counter()
    for finding in findings:
        seen[finding.fingerprint] += 1
        fingerprint = f"{finding.fingerprint}:{seen[finding.fingerprint]}"
        related = tuple(_related(finding.evidence))
        yield sarif.Result(
            rule_id=sentence(finding.rule),
            rule_index=indexes[finding.rule],
            level=_LEVELS[finding.severity],
            rank=_rank(finding.points),
            message=sarif.SarifMessage(_message(finding, related)),
            locations=(_location(finding.place),),
            related_locations=related,
            code_flows=tuple(_code_flows(finding)),
            fixes=tuple(_fixes(finding)),
            partial_fingerprints={FINGERPRINT_NAME: fingerprint},
            properties=sarif.ResultProperties(finding.dimension, round(finding.points, PRECISION)),
        )


def _fixes(finding: model.Finding) -> Iterator[sarif.SarifFix]:
    if finding.fix is None:
        return
    replacements = tuple(
        sarif.SarifReplacement(_whole_lines(one), sarif.SarifMessage(one.text))
        for one in finding.fix.changes
    )
    yield sarif.SarifFix(
        sarif.SarifMessage(_plain(described(finding.fix))),
        (sarif.ArtifactChange(_artifact(finding.place.path), replacements),),
    )


def _whole_lines(change: model.LineChange) -> sarif.Region:
    """From the beginning of the first line to the beginning of the line after the last."""
    return sarif.Region(change.first, change.last + 1, 1, 1)


def _rank(points: float) -> float:
    """Points on SARIF's scale from 0 to 100: ten points stand in the middle, order is kept."""
    return round(100.0 * points / (points + 10.0), 2)


def _message(finding: model.Finding, related: Sequence[sarif.Location]) -> str:
    lines = [
        finding.message,
        *(detail.line for detail in wording.details(finding.evidence)),
        finding.hint,
    ]
    text = " ".join(filter(None, (sentence(line, LONGEST_SENTENCE) for line in lines)))
    links = "".join(f" [See {place.id}]({place.id})." for place in related)
    return f"{_plain(text)}{links}"


def _plain(text: str) -> str:
    r"""Brackets are links in a SARIF message (3.11.6), so those that are none get a backslash."""
    return text.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")


def _related(evidence: model.Evidence) -> Iterator[sarif.Location]:
    match evidence:
        case model.CopyOf():
            name = "other copy" if evidence.is_new_in_change else "original"
            yield _location(evidence.original, 1, name)
        case model.Departure():
            for number, example in enumerate(evidence.examples, start=1):
                yield _location(example, number, "follows the convention")
        case _:
            return


def _code_flows(finding: model.Finding) -> Iterator[sarif.CodeFlow]:
    """For a copy: from the original to the copy."""
    copy = finding.evidence
    if not isinstance(copy, model.CopyOf):
        return
    first = "one copy" if copy.is_new_in_change else "original"
    steps = (
        sarif.ThreadFlowLocation(_location(copy.original, message=first)),
        sarif.ThreadFlowLocation(_location(finding.place, message="copy")),
    )
    yield sarif.CodeFlow(
        (sarif.ThreadFlow(steps),), sarif.SarifMessage("The same code in two places")
    )


def _location(
    place: model.Place, number: int | None = None, message: str | None = None
) -> sarif.Location:
    return sarif.Location(
        id=number,
        physical_location=sarif.PhysicalLocation(
            _artifact(place.path), sarif.Region(place.span.first, place.span.last)
        ),
        logical_locations=(sarif.LogicalLocation(sentence(place.unit)),),
        message=None if message is None else sarif.SarifMessage(message),
    )


def _artifact(path: str) -> sarif.ArtifactLocation:
    return sarif.ArtifactLocation(uri(path), ROOT)


def _invocation(review: model.Review) -> sarif.Invocation:
    exit_code = EXIT_CODES[review.verdict.outcome]
    problems = review.judgement.problems
    return sarif.Invocation(
        execution_successful=review.verdict.outcome is not model.Outcome.COULD_NOT_JUDGE,
        exit_code=int(exit_code),
        exit_code_description=wording.verdict_word(review.verdict.outcome),
        tool_execution_notifications=(*map(_of_problem, problems), *_of_unmeasured(review)),
    )


def _of_problem(problem: model.Problem) -> sarif.Notification:
    places: tuple[sarif.Location, ...] = ()
    if problem.path is not None:
        places = (
            sarif.Location(physical_location=sarif.PhysicalLocation(_artifact(problem.path))),
        )
    return sarif.Notification(
        descriptor=sarif.DescriptorReference(problem.stage, _STAGES.index(problem.stage)),
        message=sarif.SarifMessage(_plain(sentence(problem.reason, LONGEST_SENTENCE))),
        level="error" if keeps_from_judging(problem) else "note",
        locations=places,
    )


def _of_unmeasured(review: model.Review) -> Iterator[sarif.Notification]:
    for part in parts(review.judgement.scorecard):
        if part.unmeasured is not None:
            reason = sentence(part.unmeasured, LONGEST_SENTENCE)
            yield sarif.Notification(
                sarif.DescriptorReference(_UNMEASURED, _STAGES.index(_UNMEASURED)),
                sarif.SarifMessage(_plain(f"no {part.dimension} score was measured: {reason}")),
                "note",
            )


def _notification_kind(stage: str) -> sarif.ReportingDescriptor:
    text = (
        "A dimension that has no score, and why"
        if stage == _UNMEASURED
        else f"A step could not be completed at the stage '{stage}'"
    )
    help_text = f"{text}. The message says what, and what would help."
    return sarif.ReportingDescriptor(
        stage,
        short_description=sarif.SarifMessage(text),
        full_description=sarif.SarifMessage(help_text),
        help=sarif.SarifMessage(help_text),
    )
