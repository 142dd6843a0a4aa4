"""`tallystick experiment`: whether what agents hear helps, by chance of branches."""

from __future__ import annotations

import os
import secrets
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import click

from scanner.attribution.environment import detect_agent
from scanner.base.errors import ScanError
from scanner.base.experiment import (
    PLACE,
    Begun,
    Ended,
    Experiment,
    ExperimentArm,
    Met,
    add,
    digest,
    read,
    running,
)
from scanner.cli.output import say
from scanner.cli.session import Session, with_session
from scanner.cli.stamp import PRE_COMMIT_SOURCE
from scanner.git.commits import head
from scanner.git.process import GitError, Repository, run
from scanner.git.upstream import default_branch

_MOST_SEEDS = 2**32


@click.group()
def experiment() -> None:
    """Let chance decide on which branches agents hear the gate, and learn what that changes.

    In half of the branches `tallystick hook` says nothing. Nothing else is changed: gates, CI and
    what a person asks answer as ever. `report` tells the effect on debt and rework.
    """


@experiment.command()
@click.option("--seed", type=click.IntRange(0, _MOST_SEEDS - 1), metavar="N",
              help="From which the arms are drawn.  [default: a random one]")  # fmt: skip
@click.option("--block", type=click.IntRange(2, 20), default=4, show_default=True, metavar="N",
              help="In each so many branches, half hear; an even number.")  # fmt: skip
@with_session
def start(session: Session, seed: int | None, block: int) -> int:
    """Begin: each branch gets its arm when an agent's hook first runs on it.

    The default branch takes no part. Kept in the git directory, without names.
    """
    repository = session.repository
    if detect_agent(os.environ) is not None:
        raise ScanError(
            "An agent runs this, and an experiment may keep from agents what they should hear.",
            hint="Start it yourself, in a terminal of your own.",
        )
    if running(repository.common_dir) is not None:
        raise ScanError(
            "An experiment is going on already.", hint="`tallystick experiment stop` ends it."
        )
    if block % 2:
        raise ScanError(f"A block of {block} branches has no half.", hint="Give an even number.")
    name = secrets.token_hex(3)
    drawn = secrets.randbelow(_MOST_SEEDS) if seed is None else seed
    trunk = digest(name, _trunk(repository))
    _keep(repository, Begun(name, drawn, block, trunk, int(time.time())))
    say(
        f"Experiment {name} has begun, seed {drawn}. Until you stop it, agents hear nothing on "
        "half of the branches.\nCommits carry their arm with this line in your "
        "prepare-commit-msg hook:\n"
        '  tallystick experiment trailer "$@"\n'
    )
    return 0


@experiment.command()
@with_session
def stop(session: Session) -> int:
    """End: agents hear the gate on every branch again."""
    found = _of_clone(session)
    if found.ended is not None:
        raise ScanError("No experiment is going on.")
    _keep(session.repository, Ended(int(time.time())))
    say(f"Experiment {found.begun.experiment} has ended. {_in_words(found)}\n")
    return 0


@experiment.command()
@with_session
def status(session: Session) -> int:
    """Say whether one is going on, since when, and how many branches are in each arm."""
    found = _of_clone(session)
    begun = found.begun
    since = _day(begun.when)
    span = f"since {since}" if found.ended is None else f"from {since} to {_day(found.ended)}"
    say(
        f"Experiment {begun.experiment}, {span}: seed {begun.seed}, blocks of {begun.block}. "
        f"{_in_words(found)}\n"
    )
    return 0


@experiment.command()
@click.argument("message_file", type=click.Path(path_type=Path), metavar="MSGFILE")
@click.argument("source", required=False, metavar="[SOURCE]")
@click.argument("commit", required=False, metavar="[COMMIT]")
@with_session
def trailer(session: Session, message_file: Path, source: str | None, commit: str | None) -> int:  # noqa: ARG001
    """Add the arm of this branch to the message in MSGFILE, as a prepare-commit-msg hook.

    Does nothing where no experiment goes on or no agent's hook ran on the branch. What fails is
    said and stops no commit.
    """
    common_dir = session.repository.common_dir
    if not (common_dir / PLACE).is_file():
        return 0
    from scanner.attribution.stamp import Situation, rewrite  # noqa: PLC0415
    from scanner.attribution.trailers import append_trailer, text_of  # noqa: PLC0415
    from scanner.history.arm_trailers import NAME, trailer_of  # noqa: PLC0415

    found, branch = running(common_dir), current_branch(session.repository)
    own = found.assignment(branch) if found and branch else None
    if own is None:
        return 0

    def with_arm(message: str, situation: Situation) -> str | None:
        text = text_of(message, situation.comment)
        if situation.is_of_others or not text.strip() or f"{NAME}: " in text:
            return None
        return append_trailer(message, trailer_of(own), situation.comment)

    given = source or os.environ.get(PRE_COMMIT_SOURCE, "")
    try:
        rewrite(message_file, given, with_arm)
    except (OSError, ScanError) as error:
        click.echo(f"tallystick experiment: no arm is added: {error}", err=True)
    return 0


def is_silent(repository: Repository) -> bool:
    """Whether agents are to hear nothing on this branch; keeps that a hook ran on it.

    Without an experiment, on the default branch and on no branch they hear. So they do where the
    branch cannot be kept, which is said.
    """
    found, branch = running(repository.common_dir), current_branch(repository)
    if found is None or branch is None or found.digest(branch) == found.begun.trunk:
        return False
    met = Met(found.digest(branch), head(repository) or "")
    if met not in found.met:
        reason = add(repository.common_dir, met)
        if reason is not None:
            click.echo(f"tallystick: this branch takes no part: {reason}.", err=True)
            return False
        found = running(repository.common_dir) or found
    own = found.assignment(branch)
    return own is not None and own.arm is ExperimentArm.SILENT


def current_branch(repository: Repository) -> str | None:
    """The branch that HEAD names, without `refs/heads/`; None where it names a commit."""
    try:
        ref = run(repository, "symbolic-ref", "--quiet", "HEAD")
    except GitError:
        return None
    return ref.decode("utf-8", "surrogateescape").rstrip("\n").removeprefix("refs/heads/")


def _trunk(repository: Repository) -> str:
    try:
        named = default_branch(repository)
    except ScanError:
        return current_branch(repository) or ""
    remotes = run(repository, "remote").decode("utf-8", "surrogateescape").split("\n")
    remote = next((one for one in remotes if one and named.startswith(f"{one}/")), "")
    return named.removeprefix(f"{remote}/") if remote else named


def _of_clone(session: Session) -> Experiment:
    found = read(session.repository.common_dir)
    if not found:
        raise ScanError(
            "No experiment was ever begun in this clone.",
            hint="`tallystick experiment start` begins one.",
        )
    return found[-1]


def _keep(repository: Repository, line: Begun | Ended) -> None:
    reason = add(repository.common_dir, line)
    if reason is not None:
        raise ScanError(f"The experiment cannot be kept: {reason}.")


def _in_words(found: Experiment) -> str:
    arms = Counter(one.arm for one in found.assignments)
    heard, silent = arms[ExperimentArm.HEARD], arms[ExperimentArm.SILENT]
    return f"Branches: {heard} heard, {silent} silent."


def _day(when: int) -> str:
    return datetime.fromtimestamp(when, UTC).strftime("%Y-%m-%d")
