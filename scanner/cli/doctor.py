"""`tallystick doctor`: what is installed, what will not be measured, and why."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from importlib.metadata import PackageNotFoundError, version

import click

from scanner import __version__
from scanner.base.errors import ExitCode, ScanError
from scanner.base.store import open_store
from scanner.cli.output import say_line
from scanner.cli.session import Session, with_session
from scanner.codebase.rules import rules_at
from scanner.codebase.settings import settings_source
from scanner.git.blobs import BlobReader
from scanner.git.commits import head
from scanner.git.process import Repository, run
from scanner.render.terminal.text import textwrap_lines
from scanner.render.wording import counted
from scanner.rulepacks.catalogue import list_rules, with_coded_rules
from scanner.rulepacks.command import (
    NEWEST_TESTED,
    OLDEST_TESTED,
    find_semgrep,
    is_tested,
    requirement_of_tested,
    semgrep_version,
)


class State(StrEnum):
    """How a part of the installation does."""

    OK = "ok"
    LIMITED = "limited"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One line of the doctor's report; `hint` says what would mend it."""

    state: State
    what: str
    found: str
    hint: str | None = None


_MARKS = {State.OK: "ok     ", State.LIMITED: "limited", State.BROKEN: "broken "}
_INDENT = " " * 9
_COLOURS = {State.OK: "green", State.LIMITED: "yellow", State.BROKEN: "red"}


@click.command()
@with_session
def doctor(session: Session) -> int:
    """Say what is installed, what is missing, and what will not be measured because of it."""
    diagnoses = [
        *_installation(),
        *_repository(session.repository),
        *_session(session),
        *_rules(session),
    ]
    for diagnosis in diagnoses:
        mark = click.style(_MARKS[diagnosis.state], fg=_COLOURS[diagnosis.state])
        first, *rest = textwrap_lines(f"{diagnosis.what}: {diagnosis.found}", _INDENT, _INDENT)
        say_line(
            f"{mark}{first.removeprefix(' ' * len(_MARKS[diagnosis.state]))}", color=session.color
        )
        for line in (*rest, *textwrap_lines(diagnosis.hint or "", _INDENT, _INDENT)):
            say_line(line)
    is_broken = any(diagnosis.state is State.BROKEN for diagnosis in diagnoses)
    return int(ExitCode.COULD_NOT_JUDGE if is_broken else ExitCode.CLEAN)


def _installation() -> Iterator[Diagnosis]:
    yield Diagnosis(State.OK, "Tallystick", __version__)
    python = platform.python_version()
    libcst = f"LibCST {_version_of('libcst')}"
    yield Diagnosis(State.OK, "Python", f"{python}; {libcst} says whether newer syntax is valid")
    for package in ("radon", "libcst"):
        if _version_of(package) is None:
            yield Diagnosis(State.BROKEN, package, "is not installed", "Install Tallystick again.")
    yield _semgrep()


def _semgrep() -> Diagnosis:
    found = find_semgrep()
    if found is None:
        return Diagnosis(
            State.LIMITED, "semgrep", "is not installed: rules cannot be judged",
            "pip install semgrep",
        )  # fmt: skip
    installed = semgrep_version(found)
    if installed is None:
        return Diagnosis(State.LIMITED, "semgrep", f"{found} does not say its version")
    oldest, newest = (".".join(map(str, version)) for version in (OLDEST_TESTED, NEWEST_TESTED))
    if not is_tested(installed):
        return Diagnosis(
            State.LIMITED, "semgrep",
            f"{installed} ({found}); Tallystick was tested with {oldest} to {newest}",
            f"pip install {requirement_of_tested()}",
        )  # fmt: skip
    return Diagnosis(State.OK, "semgrep", f"{installed} ({found})")


def _rules(session: Session) -> Iterator[Diagnosis]:
    """What is in force for the next commit, from HEAD's tree."""
    tree = head(session.repository)
    try:
        settings = session.settings_of_head()
    except ScanError:  # said of the configuration already
        return
    try:
        with BlobReader(session.repository) as blobs, open_store(None) as store:
            catalogue = list_rules(rules_at(session.repository, tree, blobs, settings, store))
            if settings.default_rules:
                catalogue = with_coded_rules(catalogue)
    except ScanError as error:
        yield Diagnosis(State.BROKEN, "Rules", error.message, error.hint)
        return
    active = [r for r in catalogue.rules if settings.asks(r.id, is_opt_in=r.is_opt_in)]
    packs = counted(len({rule.pack for rule in active}), "pack")
    yield Diagnosis(State.OK, "Rules", f"{counted(len(active), 'rule')} of {packs} in force")
    for problem in catalogue.problems:
        yield Diagnosis(
            State.BROKEN, "Rules", f"{problem.path}: {problem.reason}", "tallystick rules test"
        )


def _version_of(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _repository(repository: Repository) -> Iterator[Diagnosis]:
    yield Diagnosis(State.OK, "git", run(repository, "--version").decode().split()[-1])
    kinds = [
        "bare" if repository.is_bare else "with a work tree",
        f"{repository.object_format} object ids",
    ]
    yield Diagnosis(State.OK, "Repository", ", ".join(kinds))
    if head(repository) is None:
        yield Diagnosis(
            State.LIMITED, "History", "no commit yet: only `tallystick check` has something to do"
        )
    if repository.is_shallow:
        yield Diagnosis(
            State.LIMITED, "History", "a shallow clone: changes before its edge cannot be seen",
            "git fetch --unshallow",
        )  # fmt: skip
    if _is_partial(repository):
        yield Diagnosis(
            State.LIMITED, "Objects", "a partial clone: missing files are reported as problems",
            "git fetch --refetch --no-filter",
        )  # fmt: skip
    yield _notes(repository)


def _is_partial(repository: Repository) -> bool:
    found = run(repository, "for-each-ref", "--count=1", "--format=%(refname)").decode()
    config = repository.common_dir / "config"
    return bool(found) and config.is_file() and "promisor" in config.read_text(errors="replace")


def _notes(repository: Repository) -> Diagnosis:
    refs = run(repository, "for-each-ref", "--format=%(refname)", "refs/notes/").decode().split()
    known = [ref for ref in refs if ref in ("refs/notes/ai", "refs/notes/ai-attribution")]
    if known:
        return Diagnosis(State.OK, "Attribution notes", ", ".join(known))
    return Diagnosis(
        State.LIMITED, "Attribution notes",
        "none here: labels come from commits, not from lines (a clone does not fetch notes)",
        "If the remote has them: git fetch origin 'refs/notes/ai*:refs/notes/ai*'",
    )  # fmt: skip


def _session(session: Session) -> Iterator[Diagnosis]:
    if session.keeps_facts:
        yield Diagnosis(State.OK, "Cache", str(session.store_path))
    else:
        yield Diagnosis(State.LIMITED, "Cache", "none: every run computes everything again")
    try:
        source = settings_source(session.repository, head(session.repository))
    except ScanError as error:
        yield Diagnosis(State.BROKEN, "Configuration", error.message, error.hint)
        return
    yield Diagnosis(State.OK, "Configuration", source or "none in the tree: the defaults apply")
