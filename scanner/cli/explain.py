"""`tallystick explain`: one change, whole."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from scanner.base.errors import ScanError
from scanner.cli.output import emit, say
from scanner.cli.progress import shown_progress
from scanner.cli.pulls import pulls_options, read_pulls
from scanner.cli.session import Session, with_session
from scanner.delivery.pulls import Export
from scanner.gate.proposals import with_fixes
from scanner.git.commits import first_parent_chain, head, read_commits, resolve
from scanner.git.process import Repository
from scanner.history.aftermath import follow_up
from scanner.history.explain import Story, tell
from scanner.history.read import Progress, Selection, UnitOfChange, read_history


@click.command()
@click.argument("commit", metavar="COMMIT")
@click.option("--format", "format_name", type=click.Choice(["text", "json"]), default="text",
              show_default=True, help="What is printed.")  # fmt: skip
@pulls_options
@with_session
def explain(
    session: Session, commit: str, format_name: str, pulls: tuple[Path, ...], fetch_pulls: bool
) -> int:
    """Explain one change: its scores, who wrote it by which evidence, what became of it."""
    export = read_pulls(session.repository, pulls, fetches=fetch_pulls)
    with shown_progress(quiet=session.verbosity < 0) as progress:
        story = story_of(session, commit, progress, export)
    if format_name == "json":
        from scanner.render.json.json_format import render_story  # noqa: PLC0415

        emit(render_story(story))
    else:
        from scanner.render.terminal.explain_text import render  # noqa: PLC0415

        say(render(story, colour=session.color), color=session.color)
    return 0


def story_of(
    session: Session, revision: str, progress: Progress, export: Export | None = None
) -> Story:
    """What a commit integrated, if it is on the main line; else the commit by itself.

    Raises:
        ScanError: the revision is unknown, or adds nothing by itself.
    """
    commit = resolve(session.repository, revision)
    selection = _selection(session.repository, commit)
    context = session.context(commit)
    with session.open_store() as store:
        history = read_history(context, store, selection, session.jobs, progress, export)
        if history.changes:
            story = tell(history, follow_up(history, session.repository, store, export))
            return _with_fixes(session.repository, story)
    raise ScanError(
        f"{commit[:12]} is a merge inside another change and adds nothing by itself.",
        hint="Name the commits that it merges, or the merge that brought it to the main line.",
    )


def _with_fixes(repository: Repository, story: Story) -> Story:
    """With what would mend the findings, in the files as the change left them."""
    change = story.change
    findings, _ = with_fixes(repository, change.commit.oid, change.judgement.findings)
    judgement = replace(change.judgement, findings=findings)
    return replace(story, change=replace(change, judgement=judgement))


def _selection(repository: Repository, commit: str) -> Selection:
    """Seen from HEAD where it holds the commit, so that what became of it can be told."""
    for tip in filter(None, (head(repository), commit)):
        commits = read_commits(repository, [tip])
        if any(one.oid == commit for one in commits):
            break
    is_integrated = any(one.oid == commit for one in first_parent_chain(commits, tip))
    unit = UnitOfChange.CHANGE if is_integrated else UnitOfChange.COMMIT
    return Selection(tip, unit=unit, only=commit)
