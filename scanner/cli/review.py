"""`tallystick check` and `tallystick gate`: one change, judged before it is in."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import click

from scanner.base.budget import DEFAULT_BUDGET, run_limits
from scanner.base.errors import ScanError
from scanner.base.model import Review
from scanner.base.store import Store
from scanner.cli.output import emit, replace_content, say, write_outputs
from scanner.cli.parameters import OutputOption
from scanner.cli.pulls import pulls_options, read_pulls
from scanner.cli.session import Session, with_session
from scanner.gate.baseline import read_baseline
from scanner.gate.policy import EXIT_CODES
from scanner.gate.proposals import with_proposals
from scanner.gate.review import (
    Judging,
    review_branch,
    review_index,
    review_range,
    reviewed_work_tree,
)
from scanner.git.upstream import default_branch
from scanner.render.all_formats import BY_NAME
from scanner.rulepacks.codemods.codemod import Safety

#: The variable by which GitHub Actions names the file that a step appends its summary to.
JOB_SUMMARY = "GITHUB_STEP_SUMMARY"

#: From and to, as the pre-commit framework names them now and did before version 2.2.
_RANGE = (("PRE_COMMIT_FROM_REF", "PRE_COMMIT_TO_REF"), ("PRE_COMMIT_ORIGIN", "PRE_COMMIT_SOURCE"))

_FORMATS = click.Choice(list(BY_NAME))


def _outputs(command: click.decorators.FC) -> click.decorators.FC:
    """The options that say in which form the review is given, and where."""
    to_stdout = click.option(
        "--format", "format_name", type=_FORMATS, default="text", show_default=True,
        help="What is printed.",
    )  # fmt: skip
    to_files = click.option(
        "--output", "outputs", type=OutputOption(tuple(BY_NAME)), multiple=True,
        metavar="FORMAT=FILE", help="Also write this format to a file; may be repeated.",
    )  # fmt: skip
    known = click.option(
        "--baseline", type=click.Path(path_type=Path), metavar="FILE",
        help="Known findings. Of a file in the repository, the base's version is used.",
    )  # fmt: skip
    return to_stdout(to_files(known(command)))


@click.command()
@click.option(
    "--fix",
    "level",
    type=click.Choice([one.value for one in Safety]),
    is_flag=False,
    flag_value=Safety.SAFE.value,
    default=None,
    help="Show fixes and write them to staged files without other changes: safe ones, or with "
    "--fix=unsafe also those that may change what the code does.",
)
@click.option("--worktree", is_flag=True,
              help="Judge what is edited, staged or not, and new files.")  # fmt: skip
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[PATH]...")
@click.option("--diff", is_flag=True, help="Show what --fix would write, and write nothing.")
@_outputs
@with_session
def check(
    session: Session,
    level: str | None,
    worktree: bool,
    paths: tuple[Path, ...],
    diff: bool,
    format_name: str,
    outputs: tuple[tuple[str, Path], ...],
    baseline: Path | None,
) -> int:
    """Judge what is staged: the index against HEAD, whatever the work tree holds.

    With --worktree the files are judged as they are: all that are edited or new, or those at PATH.
    Where the pre-commit framework was given a range (--from-ref, --to-ref), that is judged instead.
    """
    with run_limits(DEFAULT_BUDGET), session.open_store() as store:
        judging = _judging(session, store, baseline)
        given = None if worktree else _range_of_hook(os.environ)
        is_fixing = bool(level or diff)
        with _reviewed(judging, given, _named(session, paths, worktree)) as (judging, review):
            if is_fixing and given:
                click.echo("Nothing was fixed: a range is judged, not what is staged.", err=True)
            elif is_fixing:
                _fix(judging, review, Safety(level or Safety.SAFE), is_written=not diff)
            judged = replace(session, repository=judging.repository)
            return _answer(judged, review, format_name, outputs)


@contextmanager
def _reviewed(
    judging: Judging, given: tuple[str, str] | None, paths: tuple[str, ...] | None
) -> Iterator[tuple[Judging, Review]]:
    if paths is not None:
        with reviewed_work_tree(judging, paths) as found:
            yield found
    else:
        yield judging, review_range(judging, *given) if given else review_index(judging)


def _named(session: Session, paths: tuple[Path, ...], is_worktree: bool) -> tuple[str, ...] | None:
    """The paths from the top of the work tree; None where the index is judged."""
    if not is_worktree:
        if paths:
            raise ScanError(
                "PATH is for the work tree.",
                hint="Add --worktree; without it everything that is staged is judged.",
            )
        return None
    top = session.repository.work_tree
    return tuple(below(top, path) for path in paths) if top is not None else ()


def below(top: Path, path: Path) -> str:
    """A path from the top of the work tree; a link stands for itself.

    Raises:
        ScanError: it is elsewhere.
    """
    place = path.parent.resolve() / path.name if path.is_symlink() else path.resolve()
    if not place.is_relative_to(top.resolve()):
        raise ScanError(f"{path} is not in the work tree {top}.")
    return place.relative_to(top.resolve()).as_posix()


def _range_of_hook(environment: Mapping[str, str]) -> tuple[str, str] | None:
    """The two revisions that the pre-commit framework was started with, if it was."""
    for names in _RANGE:
        first, last = (environment.get(name, "") for name in names)
        if first and last:
            return first, last
    return None


def _fix(judging: Judging, review: Review, level: Safety, *, is_written: bool) -> None:
    """Shows each difference, then writes the work tree's file; the index stays as it is."""
    # LibCST takes 0.2 s to import.
    from scanner.gate.fixes import plan_fixes  # noqa: PLC0415
    from scanner.render.terminal.fixes_text import render  # noqa: PLC0415

    top = judging.repository.work_tree
    fixes = plan_fixes(judging, review, level)
    click.echo(render(fixes, is_written=is_written), nl=False, err=True)
    for patch in fixes.patches if is_written else ():
        assert top is not None
        replace_content(top / patch.path, patch.after)


@click.command()
@click.option(
    "--base",
    metavar="REV",
    help="The branch to merge into.  [default: the upstream's default branch]",
)
@click.option("--head", "tip", default="HEAD", show_default=True, metavar="REV",
              help="The branch to merge.")  # fmt: skip
@click.option("--approved", is_flag=True,
              help="A person approved the waivers that the branch brings.")  # fmt: skip
@_outputs
@pulls_options
@with_session
def gate(
    session: Session,
    base: str | None,
    tip: str,
    format_name: str,
    outputs: tuple[tuple[str, Path], ...],
    baseline: Path | None,
    approved: bool,
    pulls: tuple[Path, ...],
    fetch_pulls: bool,
) -> int:
    """Judge a branch: what it adds since it left its base, by the settings of the base."""
    export = read_pulls(session.repository, pulls, fetches=fetch_pulls)
    with run_limits(DEFAULT_BUDGET), session.open_store() as store:
        judging = replace(_judging(session, store, baseline), is_approved=approved, export=export)
        # An empty one is a variable that somebody forgot to set: it names nothing.
        named = default_branch(session.repository) if base is None else base
        review = review_branch(judging, named, tip)
        if base is None:
            review = _saying_the_base(session, review)
    return _answer(session, review, format_name, outputs)


def _saying_the_base(session: Session, review: Review) -> Review:
    name = default_branch(session.repository)
    said = f"No base was given; compared with {name}, the default branch of the upstream."
    return replace(review, notes=(said, *review.notes))


def _judging(session: Session, store: Store, baseline: Path | None) -> Judging:
    """A baseline inside the work tree is that of the base; only one outside is read as it is."""
    judging = Judging(session.repository, store, session.settings, environment=os.environ)
    if baseline is None:
        return judging
    top = session.repository.work_tree
    place = baseline.resolve()
    if top is not None and place.is_relative_to(top.resolve()):
        return replace(judging, baseline=place.relative_to(top.resolve()).as_posix())
    try:
        return replace(judging, known=read_baseline(place.read_text("utf-8"), str(baseline)))
    except (OSError, UnicodeDecodeError) as error:
        raise ScanError(f"The baseline {baseline} cannot be read: {error}") from error


def _answer(
    session: Session, review: Review, format_name: str, outputs: tuple[tuple[str, Path], ...]
) -> int:
    if any(BY_NAME[name].shows_fixes for name in (format_name, *(name for name, _ in outputs))):
        review = with_proposals(session.repository, review)
    write_outputs({name: BY_NAME[name].render(review) for name, _ in outputs}, outputs)
    if "github" in (format_name, *(name for name, _ in outputs)):
        _append_summary(review)
    if format_name == "text":
        from scanner.render.terminal.text import render  # noqa: PLC0415

        say(render(review, colour=session.color), color=session.color)
    else:
        emit(BY_NAME[format_name].render(review))
    return int(EXIT_CODES[review.verdict.outcome])


def _append_summary(review: Review) -> None:
    """The job summary of GitHub Actions, which holds what annotations have no room for."""
    file = os.environ.get(JOB_SUMMARY)
    if not file:
        return
    from scanner.render.ci.github import summary  # noqa: PLC0415

    try:
        with Path(file).open("a", encoding="utf-8", newline="\n") as stream:
            stream.write(summary(review))
    except OSError as error:
        click.echo(f"tallystick: the job summary cannot be written: {error.strerror}", err=True)
