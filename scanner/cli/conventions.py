"""`tallystick conventions`: what a codebase always does."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from scanner.base.errors import ExitCode, ScanError
from scanner.cli.output import emit, say
from scanner.cli.session import Session, with_session
from scanner.tree.conventions import conventions_of_tree

if TYPE_CHECKING:
    from scanner.conventions.semgrep_export import ExportedRules

#: The first line of what is exported: a file without it is never written over.
_HEADER = "# Written by tallystick conventions --export-semgrep"
_SUFFIXES = (".yml", ".yaml")


@click.command()
@click.argument("revision", default="HEAD", metavar="[REV]")
@click.option("--format", "format_name", type=click.Choice(["text", "json"]), default="text",
              show_default=True, help="What is printed.")  # fmt: skip
@click.option("--all", "everything", is_flag=True,
              help="Every habit, including those that configured tools enforce.")  # fmt: skip
@click.option("--export-semgrep", "export", type=click.Path(path_type=Path, dir_okay=False),
              metavar="FILE", help="Write those that semgrep can find as rules, and their tests "
              "beside them.")  # fmt: skip
@click.option("--agents", is_flag=True,
              help="Print the section for the files that coding agents read.")  # fmt: skip
@click.option("--check", "is_check", is_flag=True, help="With --agents: exit 1 if the section in "
              "those files is stale.")  # fmt: skip
@with_session
def conventions(
    session: Session,
    revision: str,
    format_name: str,
    everything: bool,
    export: Path | None,
    agents: bool,
    is_check: bool,
) -> int:
    """Show what the codebase always does, with counts and examples."""
    if agents:
        return _for_agents(session, is_check=is_check)
    if is_check:
        raise ScanError("--check is for the section for agents.", hint="Add --agents.")
    if export is not None:
        _refuse_foreign(export)
    habits = conventions_of_tree(session.context(revision), revision)
    if export is not None:
        _write(export, habits.rules)
        if session.verbosity >= 0:
            from scanner.render.wording import counted  # noqa: PLC0415

            verb = "is" if habits.rules.count == 1 else "are"
            rules = counted(habits.rules.count, "rule")
            click.echo(f"{rules} {verb} in {export}, their tests beside it.")
    elif format_name == "json":
        from scanner.render.json.conventions_documents import conventions_document  # noqa: PLC0415
        from scanner.render.json.json_text import to_json  # noqa: PLC0415

        emit(to_json(conventions_document(habits)))
    else:
        from scanner.render.terminal.conventions_text import render  # noqa: PLC0415

        text = render(habits, colour=session.color, everything=everything)
        say(text, color=session.color)
    return 0


def _for_agents(session: Session, *, is_check: bool) -> int:
    """Prints the section, or why the one in the work tree is stale, and which rules that are stated
    there the code does not keep to.
    """
    from scanner.cli.agent_files import contradicted, measure, stale_sections  # noqa: PLC0415
    from scanner.recipes.instructions import section  # noqa: PLC0415

    top = session.repository.work_tree
    measured = measure(session)
    if not is_check or top is None:
        say(section(measured.habits, measured.hottest))
        return int(ExitCode.CLEAN)
    for sentence in contradicted(top, measured):
        say(f"{sentence}\n")
    reasons = stale_sections(top, measured)
    for reason in reasons:
        say(f"{reason}\n")
    say("Stale: run `tallystick init --agents`.\n" if reasons else "Up to date.\n")
    return int(ExitCode.THRESHOLD_CROSSED if reasons else ExitCode.CLEAN)


def _refuse_foreign(export: Path) -> None:
    """Raises ScanError for a file that is no place for rules, or that someone else wrote."""
    if export.suffix not in _SUFFIXES:
        raise ScanError(
            f"{export} is not a name for a file of semgrep rules.",
            hint="Name a file that ends in .yml.",
        )
    for path in (export, export.with_suffix(".py")):
        try:
            is_foreign = path.exists() and not path.read_text("utf-8").startswith(_HEADER)
        except (OSError, UnicodeDecodeError) as error:
            raise ScanError(f"{path} cannot be read: {error}.") from error
        if is_foreign:
            raise ScanError(
                f"{path} exists and was not written by this command.", hint="Name another."
            )


def _write(export: Path, rules: ExportedRules) -> None:
    try:
        export.write_text(f"{_HEADER}\n{rules.rules}", "utf-8")
        export.with_suffix(".py").write_text(f"{_HEADER}\n{rules.tests}", "utf-8")
    except OSError as error:
        raise ScanError(f"{export} cannot be written: {error.strerror}.") from error
