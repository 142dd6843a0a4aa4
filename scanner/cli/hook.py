"""`tallystick hook`: what a coding agent is told while it writes."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from scanner.base.budget import DEFAULT_BUDGET, run_limits
from scanner.base.errors import ScanError
from scanner.base.model import Outcome, Review
from scanner.base.private_lines import EXPERIMENT
from scanner.cli.agent_protocols import PROTOCOLS, Call, Moment, Protocol, read_call
from scanner.cli.output import say
from scanner.cli.session import Session, with_session
from scanner.cli.told_log import keep_told
from scanner.gate.review import Judging, reviewed_work_tree

#: How many findings an agent is told at once.
_MOST = 5


@click.command()
@click.argument("agent", type=click.Choice(sorted(PROTOCOLS)), metavar="AGENT")
@click.option("--log", "is_logged", is_flag=True, help="Keep what is told in the git directory: "
              "rules and digests, no code and no names.")  # fmt: skip
@with_session
def hook(session: Session, agent: str, is_logged: bool) -> int:
    """Answer a coding agent's own hook: judge what it edited, and tell it what to fix.

    AGENT is claude-code, cline, codex, copilot, cursor, gemini or opencode; its event is read from
    standard input. After an edit that file is judged, at the end of a turn everything that is
    edited. Where there is nothing to say, nothing is said; what cannot be judged is told to the
    person and holds nothing up.
    """
    protocol = PROTOCOLS[agent]
    try:
        call = read_call(protocol, sys.stdin.buffer.read())
    except ScanError as error:
        if not protocol.blocks_on_failure:
            raise
        say(protocol.note(error.message))
        return 0
    if call.moment is None or (call.moment is Moment.ENDING and call.is_again):
        return 0
    if _is_silenced(session):
        return 0
    try:
        review = _reviewed(session, call, call.moment)
        if review is None:
            return 0
        said = _answer(protocol, review, call.moment)
        if is_logged and _is_to_fix(review, call.moment):
            keep_told(session.repository, agent, review, _MOST)
    except ScanError as error:
        said = protocol.note(f"Tallystick could not judge this: {error.message}")
    say(said)
    return 0


def _is_silenced(session: Session) -> bool:
    """Whether an experiment goes on here, and this branch is one on which agents hear nothing."""
    if not (session.repository.common_dir / EXPERIMENT).is_file():
        return False
    from scanner.cli.experiment import is_silent  # noqa: PLC0415

    return is_silent(session.repository)


def _reviewed(session: Session, call: Call, moment: Moment) -> Review | None:
    """The review of what the event is about; None where that is nothing of this repository."""
    paths = _edited(session, call)
    if moment is Moment.EDITED and not paths:
        return None
    with run_limits(DEFAULT_BUDGET), session.open_store() as store:
        judging = Judging(session.repository, store, session.settings, environment=os.environ)
        with reviewed_work_tree(judging, paths) as (_, review):
            return review


def _answer(protocol: Protocol, review: Review, moment: Moment) -> str:
    if _is_to_fix(review, moment):
        from scanner.render.ci.agent import few  # noqa: PLC0415  mostly there is nothing to say

        return protocol.answer(moment, few(review, _MOST))
    if review.verdict.outcome is Outcome.COULD_NOT_JUDGE:
        reasons = " ".join(review.verdict.reasons)
        return protocol.note(f"Tallystick could not judge all of this: {reasons}")
    return ""


def _is_to_fix(review: Review, moment: Moment) -> bool:
    """After an edit whatever was found; at the end of a turn what the gate would stop."""
    if moment is Moment.EDITED:
        return any(not finding.is_uncounted for finding in review.judgement.findings)
    return review.verdict.outcome is Outcome.FAIL


def _edited(session: Session, call: Call) -> tuple[str, ...]:
    """The edited files from the top of the work tree, less those that are elsewhere."""
    top = session.repository.work_tree
    if top is None or call.moment is Moment.ENDING:
        return ()
    top = top.resolve()
    places = ((Path(call.folder or ".") / path).resolve() for path in call.paths)
    return tuple(place.relative_to(top).as_posix() for place in places if place.is_relative_to(top))
