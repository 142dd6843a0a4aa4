"""`tallystick explain`: one change, whole."""

from __future__ import annotations

from dataclasses import replace

import click

from scanner.aftermath import follow_up
from scanner.cli.progress import shown_progress
from scanner.cli.session import Session, with_session
from scanner.errors import ScanError
from scanner.git.commits import first_parent_chain, head, read_commits, resolve
from scanner.git.process import Repository
from scanner.history import History, Selection, UnitOfChange, read_history
from scanner.model import Change, Missing
from scanner.store import Store


@click.command()
@click.argument("commit", metavar="COMMIT")
@click.option("--format", "format_name", type=click.Choice(["text", "json"]), default="text",
              show_default=True, help="What is printed.")  # fmt: skip
@with_session
def explain(session: Session, commit: str, format_name: str) -> int:
    """Tell one change whole: its scores and findings, who wrote it by which evidence."""
    change = _change(session, resolve(session.repository, commit))
    if format_name == "json":
        from scanner.render.json_format import render_change  # noqa: PLC0415

        click.echo(render_change(change), nl=False)
    else:
        from scanner.render.explain_text import render  # noqa: PLC0415

        click.echo(render(change, colour=session.color), nl=False, color=session.color)
    return 0


def _change(session: Session, commit: str) -> Change:
    """What the commit integrated, if it is on the main line; else the commit by itself."""
    selection = _selection(session.repository, commit)
    bench = session.bench(commit)
    with shown_progress(quiet=session.verbosity < 0) as progress, session.open_store() as store:
        history = read_history(bench, store, selection, session.jobs, progress)
        if history.changes:
            return _followed(history, session.repository, store)
    raise ScanError(
        f"{commit[:12]} is a merge inside another change and adds nothing by itself.",
        hint="Name the commits that it merges, or the merge that brought it to the main line.",
    )


def _followed(history: History, repository: Repository, store: Store) -> Change:
    (facts,) = follow_up(history, repository, store).facts
    survival = None if isinstance(facts.fate, Missing) else facts.fate.survival
    return replace(facts.change, survival=survival)


def _selection(repository: Repository, commit: str) -> Selection:
    """Seen from HEAD where it holds the commit, so that what became of it can be told."""
    for tip in filter(None, (head(repository), commit)):
        commits = read_commits(repository, [tip])
        if any(one.oid == commit for one in commits):
            break
    is_integrated = any(one.oid == commit for one in first_parent_chain(commits, tip))
    unit = UnitOfChange.CHANGE if is_integrated else UnitOfChange.COMMIT
    return Selection(tip, unit=unit, only=commit)
