"""What could not be judged, and why."""

from __future__ import annotations

from dataclasses import dataclass

from scanner.base.model import Problem, Stage
from scanner.gate.policy import keeps_from_judging
from scanner.render.html.section import ReportContext, Section
from scanner.render.paths import sentence
from scanner.render.wording import problem_place

MOST = 300
#: What a reader can do about a problem of each stage.
REMEDIES = {
    Stage.GIT: "fetch the whole history (git fetch --unshallow)",
    Stage.READ: "declare the encoding, or exclude the file",
    Stage.PARSE: "fix the syntax, or exclude the file",
    Stage.RULES: "see tallystick doctor",
    Stage.FORGE: "export the pull requests again",
    Stage.BUDGET: "exclude the file, if it is generated",
}


@dataclass(frozen=True, slots=True)
class ProblemRow:
    """A problem in words."""

    place: str
    stage: str
    reason: str
    revision: str
    consequence: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Problems:
    """The problems shown, and how many more the JSON holds."""

    rows: tuple[ProblemRow, ...]
    gone: tuple[ProblemRow, ...]
    more: int


def build(context: ReportContext) -> Section:
    """All problems, as far as there is room."""
    problems = context.report.problems
    standing = context.report.history.lifelines.alive
    gone = [one for one in problems if one.path is not None and one.path not in standing]
    here = [one for one in problems if one.path is None or one.path in standing]
    rows = tuple(_row(context, problem) for problem in here[:MOST])
    past = tuple(_row(context, problem) for problem in gone[: MOST - len(rows)])
    lead = (
        "Each of these was counted and left out of what it concerns; none counts as zero."
        if problems
        else "Everything that was selected could be read and measured."
    )
    data = Problems(rows, past, max(0, len(problems) - MOST))
    return Section("problems", "Problems", "problems.html.j2", data, lead, f"{len(problems):,}")


def _row(context: ReportContext, problem: Problem) -> ProblemRow:
    return ProblemRow(
        place=problem_place(problem),
        stage=problem.stage.value,
        reason=context.anonymizer.over(sentence(problem.reason, 400)),
        revision=(problem.revision or "")[:10],
        remedy=REMEDIES.get(problem.stage, ""),
        consequence="not judged" if keeps_from_judging(problem) else "does not prevent judging",
    )
