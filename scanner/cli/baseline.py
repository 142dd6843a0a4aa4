"""`tallystick baseline`: the findings that a legacy tree is known to have."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import click

from scanner.base.errors import ExitCode, ScanError
from scanner.base.model import Finding
from scanner.cli.output import say_line, write_file
from scanner.cli.progress import shown_progress
from scanner.cli.session import Session, with_session
from scanner.gate.baseline import (
    BaselineComparison,
    ContentOf,
    baseline_of,
    compare,
    content_digest,
    read_baseline,
    write_baseline,
)
from scanner.git.blobs import BlobReader
from scanner.git.commits import resolve
from scanner.git.trees import list_tree
from scanner.render import wording
from scanner.tree.scan import scan_tree

_SHOWN = 20


@click.command()
@click.argument("revision", default="HEAD", metavar="[REV]")
@click.option("--file", "path", type=click.Path(path_type=Path), metavar="FILE",
              help="The baseline.  [default: as configured]")  # fmt: skip
@click.option("--write", "action", flag_value="write", help="Record all current findings.")
@click.option("--drop", "action", flag_value="drop",
              help="Remove entries that no longer occur; nothing is added.")  # fmt: skip
@with_session
def baseline(session: Session, revision: str, path: Path | None, action: str | None) -> int:
    """Compare the tree of a revision with the findings it is known to have.

    Exits with 1 where there are findings that the baseline does not know.
    """
    file = path or _default(session, revision)
    context = session.context(revision)
    with shown_progress(quiet=session.verbosity < 0) as progress:
        found = scan_tree(
            context, revision, session.jobs, lambda done, every: progress("reading", done, every)
        ).findings
    content_of = _content_of(session, revision, found)
    if action == "write":
        entries = baseline_of(found, content_of)
        write_file(file, write_baseline(entries.values()))
        say_line(f"{file} lists {wording.counted(len(found), 'finding')}")
        return int(ExitCode.CLEAN)
    compared = compare(found, read_baseline(_text(file), str(file)), content_of)
    if action == "drop":
        write_file(file, write_baseline(compared.kept))
    _tell(compared, file, dropped=action == "drop")
    return int(ExitCode.THRESHOLD_CROSSED if compared.new else ExitCode.CLEAN)


def _default(session: Session, revision: str) -> Path:
    top = session.repository.work_tree
    if top is None:
        raise ScanError(
            "A bare repository has no place for a baseline.", hint="Name a file with --file."
        )
    return top / session.context(revision).settings.baseline


def _content_of(session: Session, revision: str, findings: Iterable[Finding]) -> ContentOf:
    """Digests of the code that findings of a tree are about, by the findings themselves."""
    wanted = {finding.place.path for finding in findings}
    tree = resolve(session.repository, revision)
    lines: dict[str, Sequence[str]] = {}
    with BlobReader(session.repository) as blobs:
        for version in list_tree(session.repository, tree):
            if version.path in wanted and version.mode.is_text_file:
                source = blobs.read(version.blob)
                if isinstance(source, bytes):
                    lines[version.path] = source.decode("utf-8", "replace").splitlines()

    def content_of(finding: Finding) -> str:
        known, place = lines.get(finding.place.path), finding.place
        own = known[place.span.first - 1 : place.span.last] if known is not None else ()
        return content_digest(own, place.unit) if own else ""

    return content_of


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except FileNotFoundError as error:
        raise ScanError(
            f"There is no baseline {file}.",
            hint="Record current findings: tallystick baseline --write",
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise ScanError(f"{file} cannot be read: {error}") from error


def _tell(compared: BaselineComparison, file: Path, *, dropped: bool) -> None:
    for finding in compared.new[:_SHOWN]:
        say_line(f"new   {_line(finding)}")
    if len(compared.new) > _SHOWN:
        say_line(f"      and {len(compared.new) - _SHOWN:,} more")
    for entry in compared.gone[:_SHOWN]:
        say_line(f"gone  {entry.path}  {entry.rule}  {entry.unit}")
    if len(compared.gone) > _SHOWN:
        say_line(f"      and {len(compared.gone) - _SHOWN:,} more")
    say_line(
        f"{len(compared.kept):,} known, {len(compared.new):,} new, "
        f"{len(compared.gone):,} no longer there"
        + (f", removed from {file}" if dropped and compared.gone else "")
    )
    if compared.gone and not dropped:
        say_line("Remove what is gone: tallystick baseline --drop")


def _line(finding: Finding) -> str:
    return f"{wording.where(finding.place)}  {finding.rule}  {finding.message}"
