"""Who wrote a change that is not in yet: by its commits, or by the agent that commits it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from scanner.attribution.environment import detect_agent
from scanner.attribution.settings import AttributionSettings
from scanner.base.errors import ExitCode, ScanError
from scanner.base.model import UNMARKED, Arm, Attribution, Claim, Label, Level, Problem
from scanner.git.commits import read_commits
from scanner.git.process import Repository, run
from scanner.git.trees import diff_trees

if TYPE_CHECKING:
    from scanner.attribution.forge_pulls import ForgeRecords
    from scanner.delivery.pulls import Export


def commit_time(repository: Repository, oid: str) -> datetime:
    """When a commit was made."""
    text = run(repository, "log", "-1", "--no-show-signature", "--format=%cI", oid, "--").decode()
    return datetime.fromisoformat(text.strip())


def attribution_here(environment: Mapping[str, str]) -> Attribution:
    """The label of what this process commits: `ai` if an agent runs it, else `unmarked`.

    An agent that runs the hook has made the commit; which lines it wrote is not known.
    """
    agent = detect_agent(environment)
    if agent is None:
        return UNMARKED
    claim = Claim(
        level=Level.DECLARED_AUTHORSHIP,
        rule=f"environment.{agent.agent}",
        source="environment",
        text=agent.variable,
        label=Label.AI,
        agent=agent.agent,
        note="the agent that runs this commit",
    )
    return Attribution(Label.AI, claim.level, (agent.agent,), (claim,))


def arms_of(attribution: Attribution) -> tuple[Arm | None, ...]:
    """The arms by whose thresholds a change is to be judged, the strictest of which holds.

    What a change says of its own author may put it under a stricter threshold and never under a
    milder one: so each arm that any of its evidence speaks for counts, and that of a change without
    marks does. Labels of the base, which the change does not bring, are the last word.
    """
    if attribution.level is Level.OVERRIDE:
        return (attribution.arm,)
    said = (Attribution(claim.label).arm for claim in attribution.evidence)
    return (attribution.arm, UNMARKED.arm, *said)


def attribution_between(
    repository: Repository,
    base: str | None,
    tip: str,
    settings: AttributionSettings,
    rules: str | None = None,
    export: Export | None = None,
) -> tuple[Attribution, tuple[Problem, ...]]:
    """The label of all that `tip` has and `base` has not, by the lines that each commit adds, and
    what evidence could not be read.

    Labels are those of the tree of `rules`, traces those of `tip`; the work tree is not looked at.
    `export` is what a forge knows, if it was asked.

    Raises:
        ScanError: the forge's data are broken, and may have held this branch's pull request.
    """
    from scanner.attribution.all_sources import attribute  # noqa: PLC0415  60 ms
    from scanner.attribution.changes import facts_of  # noqa: PLC0415
    from scanner.attribution.forge_pulls import NO_RECORDS  # noqa: PLC0415
    from scanner.attribution.resolve import (  # noqa: PLC0415
        ChangeFacts,
        Part,
        attribute_change,
    )

    commits = read_commits(repository, [tip], [base] if base else [])
    if not commits:
        return UNMARKED, ()
    own = [commit for commit in commits if not commit.is_merge]
    pairs = [commit.against_first_parent for commit in own]
    diffs = {diff.after: diff for diff in diff_trees(repository, pairs)}
    facts = {commit.oid: facts_of(commit, diffs[commit.oid]) for commit in own}
    facts |= {one.oid: ChangeFacts(is_merge=True) for one in commits if one.is_merge}
    forge = _records(tuple(diffs), export) if export else NO_RECORDS
    attributed = attribute(commits, repository, settings, facts, (rules, tip), forge)
    found = attributed.attributions
    parts = [
        Part(found[oid], sum(file.added_lines for file in diff.files))
        for oid, diff in diffs.items()
    ]
    return attribute_change(found.get(tip, UNMARKED), parts), attributed.problems


def _records(oids: tuple[str, ...], export: Export) -> ForgeRecords:
    from scanner.delivery.joining import records_of_branch  # noqa: PLC0415

    records = records_of_branch(oids, export.pulls)
    if export.problems and not records.parts:
        raise ScanError(
            "The data on pull requests cannot all be read, and none of what can be read is of this "
            f"branch: {export.problems[0].reason}",
            exit_code=ExitCode.COULD_NOT_JUDGE,
        )
    return records
