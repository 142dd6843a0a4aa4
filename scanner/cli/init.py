"""`tallystick init`: proposes what adopting it takes, and writes it once it was seen."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import click

from scanner.base.errors import ScanError
from scanner.cli.agent_files import (
    MeasuredFacts,
    agents_here,
    contradicted,
    instruction_files,
    measure,
    text_of,
)
from scanner.cli.output import write_file
from scanner.cli.progress import shown_progress
from scanner.cli.session import Session, with_session
from scanner.git.commits import first_parent_chain, head, read_commits
from scanner.git.hooks import hooks_folder
from scanner.git.process import Repository
from scanner.git.trees import diff_trees, list_tree
from scanner.judge.batch import ChangeToJudge, JudgingContext, judge_changes
from scanner.recipes.agents import SIGNS, entries, files_of
from scanner.recipes.calibration import Calibration, calibrate
from scanner.recipes.hooks import COMMANDS, HookPlan, plan_hooks
from scanner.recipes.instructions import section, with_section
from scanner.recipes.proposals import GITLAB, PRE_COMMIT, WORKFLOWS, Plan, Proposal, plan
from scanner.render.terminal.text import textwrap_lines
from scanner.roles.agent_files import INSTRUCTION_FILES
from scanner.roles.foreign import is_foreign_path

_READ = ("tallystick.toml", "pyproject.toml", PRE_COMMIT, GITLAB)
_MOST_CHANGES = 200


@click.command()
@click.option("--hook", is_flag=True, help="Install plain git hooks instead.")
@click.option("--agents", is_flag=True, help="Set coding agents up instead: hooks, the MCP server, "
              "and what is measured in the files that they read.")  # fmt: skip
@click.option("--yes", is_flag=True, help="Write without asking.")
@click.option("--last", type=click.IntRange(0), default=_MOST_CHANGES, show_default=True,
              metavar="N", help="Calibrate thresholds on this many past changes.")  # fmt: skip
@with_session
def init(session: Session, hook: bool, agents: bool, yes: bool, last: int) -> int:
    """Propose a configuration, a hook entry and a CI job as a diff, and write them if you agree.

    Thresholds are calibrated on past changes. No existing file is overwritten without being shown.
    """
    repository = session.repository
    top = repository.work_tree
    if top is None:
        raise ScanError(
            "A bare repository has no work tree to write to.",
            hint="Run `tallystick init` in a clone with a work tree.",
        )
    if hook and agents:
        raise ScanError("--hook and --agents are two things.", hint="Run init once for each.")
    if hook:
        return _install_hooks(repository, top, yes=yes)
    if agents:
        return _set_agents_up(session, top, yes=yes)
    calibration = _calibrated(session, last)
    for line in (*calibration.in_words(), calibration.deviation_in_words()):
        _tell(line)
    proposed = plan(dict(_texts(top)), calibration, _foreign(repository))
    return _offer(proposed, top, yes=yes)


def _tell(sentence: str) -> None:
    for line in textwrap_lines(sentence, "", "  "):
        click.echo(line)


def _offer(proposed: Plan, top: Path, *, yes: bool, option: str = "") -> int:
    for remark in proposed.remarks:
        _tell(remark)
    if not proposed.proposals:
        click.echo("There is nothing to write.")
        return 0
    click.echo()
    for proposal in proposed.proposals:
        click.echo(proposal.diff)
    if not _agreed(yes=yes, option=option):
        return 0
    for proposal in proposed.proposals:
        _write(top, proposal)
    if any(proposal.path == ".pre-commit-config.yaml" for proposal in proposed.proposals):
        # By default the framework installs the first of the two hooks alone.
        click.echo("Next: pre-commit install -t pre-commit -t prepare-commit-msg")
    click.echo("Next: `tallystick doctor` says what will and will not be judged.")
    return 0


def _agreed(*, yes: bool, option: str) -> bool:
    if yes:
        return True
    if not sys.stdin.isatty():
        click.echo(f"Nothing was written. To write this: tallystick init {option}--yes")
        return False
    return click.confirm("Write this?")


def _write(top: Path, proposal: Proposal) -> None:
    file = top / proposal.path
    now = text_of(file) if file.is_file() else None
    if now != proposal.before:
        raise ScanError(f"{proposal.path} has changed meanwhile.", hint="Run it again.")
    file.parent.mkdir(parents=True, exist_ok=True)
    write_file(file, proposal.after)
    if proposal.is_program:
        file.chmod(0o755)
    click.echo(f"Wrote {proposal.path}")


# --------------------------------------------------------------------------- what is there


def _texts(top: Path) -> Iterator[tuple[str, str]]:
    """The files of the work tree that a proposal can concern."""
    folder = top / WORKFLOWS
    workflows = sorted((*folder.glob("*.yml"), *folder.glob("*.yaml")))
    for file in (*(top / name for name in _READ), *workflows):
        if file.is_file():
            yield file.relative_to(top).as_posix(), text_of(file)


def _foreign(repository: Repository) -> list[str]:
    """Globs of the folders that hold other people's code, shortest first, none inside another."""
    tip = head(repository)
    folders: set[str] = set()
    for version in list_tree(repository, tip) if tip else ():
        parts = PurePosixPath(version.path).parts[:-1]
        for depth, part in enumerate(parts):
            if is_foreign_path(f"{part}/x.py"):
                folders.add("/".join(parts[: depth + 1]))
                break
    return [f"{folder}/**" for folder in sorted(folders)]


def _calibrated(session: Session, last: int) -> Calibration:
    """Scores of the newest changes of HEAD's main line, each judged as it was then."""
    tip = head(session.repository)
    if tip is None or not last:
        return calibrate(())
    context = session.context(tip)
    with shown_progress(quiet=session.verbosity < 0) as progress, session.open_store() as store:
        changes = _newest(context, tip, last)
        judged = judge_changes(
            context, store, changes, session.jobs,
            lambda done, total: progress("judging past changes", done, total),
        )  # fmt: skip
    found = [judged[change.key] for change in changes]
    debts = [one.scorecard.debt for one in found if one.scorecard.added_code_lines]
    unusual = [score for one in found if (score := one.deviation.score) is not None]
    return calibrate(debts, unusual)


def _newest(context: JudgingContext, tip: str, last: int) -> list[ChangeToJudge]:
    """The newest changes with a parent: a first commit brings a whole tree at once."""
    chain = first_parent_chain(read_commits(context.repository, [tip]), tip)
    chosen = [commit for commit in chain[-last:] if commit.parents]
    diffs = diff_trees(context.repository, [commit.against_first_parent for commit in chosen])
    return [
        ChangeToJudge(diff, commit.committed) for commit, diff in zip(chosen, diffs, strict=True)
    ]


# --------------------------------------------------------------------------- agents


def _set_agents_up(session: Session, top: Path, *, yes: bool) -> int:
    measured = measure(session)
    for contradiction in contradicted(top, measured):
        _tell(contradiction)
    agents = agents_here(top)
    if not agents:
        _tell(f"No files of a coding agent are here (looked for {', '.join(sorted(SIGNS))}).")
    texts = {path: text_of(top / path) for path in files_of(agents) if (top / path).is_file()}
    found = [*entries(agents, texts), *_sections(top, measured)]
    proposals = tuple(one for one in found if isinstance(one, Proposal))
    remarks = tuple(one for one in found if not isinstance(one, Proposal))
    return _offer(Plan(proposals, remarks), top, yes=yes, option="--agents ")


def _sections(top: Path, measured: MeasuredFacts) -> Iterator[Proposal | str]:
    new = section(measured.habits, measured.hottest)
    texts: dict[str, str | None] = {INSTRUCTION_FILES[0]: None, **dict(instruction_files(top))}
    for path, text in texts.items():
        after = with_section(text, new)
        yield f"{path} is up to date." if after == text else Proposal(path, text, after)


# --------------------------------------------------------------------------- hooks


def _install_hooks(repository: Repository, top: Path, *, yes: bool) -> int:
    folder = hooks_folder(repository)
    is_shared = not folder.is_relative_to(repository.common_dir)
    existing = {
        name: (folder / name).read_text("utf-8", "replace")
        for name in COMMANDS
        if (folder / name).is_file()
    }
    planned = plan_hooks(existing, None if is_shared else _program())
    if is_shared:
        click.echo(f"core.hooksPath is set: hooks are kept in {folder}")
    return _offer(_as_plan(planned, folder, top), top, yes=yes, option="--hook ")


def _as_plan(planned: HookPlan, folder: Path, top: Path) -> Plan:
    proposals = [
        Proposal(os.path.relpath(folder / name, top), None, text, is_program=True)
        for name, text in planned.scripts.items()
    ]
    return Plan(tuple(proposals), planned.remarks)


def _program() -> str | None:
    beside = Path(sys.executable).with_name("tallystick")
    return str(beside) if beside.exists() else shutil.which("tallystick")
