"""GitLab Code Quality: the report that a merge request shows.

Takes the part of the Code Climate format that GitLab reads; a fingerprint that occurs twice would
hide one of the two, so equal ones are told apart by their order.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator

import msgspec
from msgspec import Struct

from scanner.base import model
from scanner.gate.policy import keeps_from_judging
from scanner.render import wording
from scanner.render.ci.markdown import suggestions
from scanner.render.json.json_text import to_json
from scanner.render.ordering import worst_first
from scanner.render.paths import sentence

#: From this many points on a warning is major.
MAJOR_POINTS = 5.0
LONGEST_SENTENCE = 1_000
#: GitLab wants a file for everything; what concerns no file is hung on the root.
NO_FILE = "."
PROBLEM_HELP = "What could not be judged does not pass; fix the cause and judge again."


class GitlabLines(Struct, frozen=True):
    """The lines of an issue."""

    begin: int
    end: int


class GitlabLocation(Struct, frozen=True):
    """Where an issue stands."""

    path: str
    lines: GitlabLines


class Content(Struct, frozen=True):
    """What to do about an issue."""

    body: str


class GitlabIssue(Struct, frozen=True):
    """One entry of the report."""

    type: str
    check_name: str
    description: str
    content: Content
    categories: tuple[str, ...]
    severity: str
    fingerprint: str
    location: GitlabLocation


_CATEGORIES = {
    model.Dimension.COMPLEXITY: "Complexity",
    model.Dimension.DUPLICATION: "Duplication",
    model.Dimension.DEVIATION: "Style",
    model.Dimension.RULES: "Bug Risk",
}


def render(review: model.Review) -> str:
    """The report as a JSON array with a line end."""
    return to_json(_unique(list(_issues(review))))


def _issues(review: model.Review) -> Iterator[GitlabIssue]:
    yield from map(_of_problem, review.judgement.problems)
    yield from map(_of_finding, worst_first(review.judgement.findings))


def _of_finding(finding: model.Finding) -> GitlabIssue:
    is_security = isinstance(finding.evidence, model.RuleMatch) and (
        finding.evidence.category == "security"
    )
    details = [detail.line for detail in wording.details(finding.evidence)]
    hint = sentence(finding.hint, LONGEST_SENTENCE)
    fix = suggestions(finding) if finding.fix else ()
    span = finding.place.span
    return GitlabIssue(
        type="issue",
        check_name=sentence(finding.rule),
        description=sentence(finding.message, LONGEST_SENTENCE),
        content=Content("\n\n".join((*details, hint, *fix))),
        categories=("Security",) if is_security else (_CATEGORIES[finding.dimension],),
        severity=_severity(finding, is_security=is_security),
        fingerprint=finding.fingerprint,
        location=GitlabLocation(finding.place.path, GitlabLines(span.first, span.last)),
    )


def _severity(finding: model.Finding, *, is_security: bool) -> str:
    match finding.severity:
        case model.Severity.ERROR:
            return "blocker" if is_security else "critical"
        case model.Severity.WARNING:
            return "major" if finding.points >= MAJOR_POINTS else "minor"
        case model.Severity.INFO:
            return "info"


def _of_problem(problem: model.Problem) -> GitlabIssue:
    identity = "\0".join((problem.stage, problem.path or "", problem.reason))
    hinders = keeps_from_judging(problem)
    reason = sentence(problem.reason, LONGEST_SENTENCE)
    return GitlabIssue(
        type="issue",
        check_name=f"problem.{problem.stage}",
        description=f"Could not be judged: {reason}" if hinders else reason,
        content=Content(PROBLEM_HELP if hinders else "This does not affect the verdict."),
        categories=("Bug Risk",),
        severity="critical" if hinders else "info",
        fingerprint=_hash(identity),
        location=GitlabLocation(problem.path or NO_FILE, GitlabLines(1, 1)),
    )


def _unique(issues: list[GitlabIssue]) -> list[GitlabIssue]:
    seen: Counter[str] = Counter()
    result = []
    for issue in issues:
        earlier = seen[issue.fingerprint]
        seen[issue.fingerprint] += 1
        if earlier:
            other = _hash(f"{issue.fingerprint}\0{earlier}")
            issue = msgspec.structs.replace(issue, fingerprint=other)  # noqa: PLW2901
        result.append(issue)
    return result


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
