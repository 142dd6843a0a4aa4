"""What `init --agents` and `conventions --agents` share: files of agents, and what is measured."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from scanner.base.errors import ScanError
from scanner.cli.progress import shown_progress
from scanner.cli.session import Session
from scanner.git.commits import head
from scanner.history.hotspots import hotspots_at
from scanner.recipes.agents import SIGNS
from scanner.recipes.instructions import MOST_FILES, MeasuredHabit, stale
from scanner.recipes.stated_rules import PHRASES, contradictions
from scanner.roles.agent_files import INSTRUCTION_FILES, section_of
from scanner.tree.conventions import choices_counted, conventions_of_tree

_HEAD = "HEAD"
#: How nearly all Python is named: it need not be told.
_TAKEN_FOR_GRANTED = frozenset(
    {"function-name", "class-name", "local-name", "parameter-name", "test-name"}
)


@dataclass(frozen=True, slots=True)
class MeasuredFacts:
    """What is told to agents, strongest and hottest first, and how often each way is chosen."""

    habits: tuple[MeasuredHabit, ...]
    hottest: tuple[str, ...]
    counts: Mapping[str, Mapping[str, int]]


def measure(session: Session) -> MeasuredFacts:
    """What HEAD holds.

    Raises:
        ScanError: there is no commit yet, or its history is not all here.
    """
    if head(session.repository) is None:
        raise ScanError(
            "This repository has no commit yet, so there is nothing to measure.",
            hint="Commit something first.",
        )
    context = session.context(_HEAD)
    with shown_progress(quiet=session.verbosity < 0) as progress:
        hot = hotspots_at(context, _HEAD, session.jobs, progress)
    counts = choices_counted(context, _HEAD, {one.family for one in PHRASES})
    paths = tuple(file.path for file in hot.files)
    return MeasuredFacts(_habits(session), paths, counts)


def _habits(session: Session) -> tuple[MeasuredHabit, ...]:
    """The habits that hold, each once: those first that a change is held to."""
    rows = conventions_of_tree(session.context(_HEAD), _HEAD).rows
    settled = [
        row
        for row in rows
        if not (row.is_migration or row.is_silenced or row.family in _TAKEN_FOR_GRANTED)
    ]
    settled.sort(key=lambda row: (not row.is_charged, -row.support))
    widest = {(row.family, row.subject, row.choice): row for row in reversed(settled)}
    return tuple(
        MeasuredHabit(f"{row.noun} are {row.choice}, in {row.scope.words}", row.support, row.total)
        for row in settled
        if row is widest[row.family, row.subject, row.choice]
    )


def instruction_files(top: Path) -> Iterator[tuple[str, str]]:
    """The files that agents read, with their texts; of several links to one file the first."""
    seen: set[Path] = set()
    for name in INSTRUCTION_FILES:
        file = top / name
        if file.is_file() and file.resolve() not in seen:
            seen.add(file.resolve())
            yield name, text_of(file)


def text_of(file: Path) -> str:
    """The text with the line ends that it has.

    Raises:
        ScanError: it cannot be read.
    """
    try:
        return file.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ScanError(f"{file} cannot be read: {error}") from error


def agents_here(top: Path) -> frozenset[str]:
    """The agents that this repository has files of."""
    return frozenset(
        agent for agent, signs in SIGNS.items() if any((top / sign).exists() for sign in signs)
    )


def contradicted(top: Path, measured: MeasuredFacts) -> list[str]:
    """A sentence for each rule of an instruction file that most of the code does not keep to."""
    return [
        sentence
        for path, text in instruction_files(top)
        for sentence in contradictions(path, text, lambda name: measured.counts.get(name, {}))
    ]


def stale_sections(top: Path, measured: MeasuredFacts) -> list[str]:
    """A sentence for each reason why a section is stale; one where there is no section at all."""
    sections = [
        (path, written)
        for path, text in instruction_files(top)
        if (written := section_of(text)) is not None
    ]
    if not sections:
        return ["No instruction file has a section of measured conventions."]
    hottest = measured.hottest[: 2 * MOST_FILES]
    return [
        reason
        for path, written in sections
        for reason in stale(path, written, measured.habits, hottest)
    ]
