"""What an agent was told, kept in the git directory where the user asked for it."""

from __future__ import annotations

import time

import click

from scanner.base.model import Review
from scanner.git.process import Repository


def keep_told(repository: Repository, agent: str, review: Review, most: int) -> None:
    """Keeps the first `most` findings, which the agent was told; that this fails holds nobody up,
    and is said.
    """
    from scanner.base.agent_log import Told, add  # noqa: PLC0415  only where it is asked for
    from scanner.render.ordering import softening_first  # noqa: PLC0415

    now, base = int(time.time()), review.base or ""
    findings = softening_first(review.judgement.findings)[:most]
    reason = add(
        repository.common_dir,
        [Told(now, agent, one.rule, one.fingerprint, base) for one in findings],
    )
    if reason is not None:
        click.echo(f"tallystick: what was told is not kept: {reason}.", err=True)
