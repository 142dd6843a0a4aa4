"""What the labels of a report rest on, in sentences: notes, registry, settings, known error."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.attribution.all_sources import Attributed, NoteFigures
from scanner.attribution.tables import (
    ATTESTED_AND_MARKED,
    MARKED_MIXED,
    MARKED_MOSTLY_AI,
    MARKED_WITHOUT_AI,
)
from scanner.render import wording
from scanner.render.paths import sentence

#: So many unknown accounts are named.
_MOST_APPS = 12

#: What is known of the error of marks; see `scanner/attribution/tables.py`.
KNOWN_ERROR = (
    "A mark says that an agent took part, not that it wrote every line. In the one repository "
    f"where both are known, {MARKED_MOSTLY_AI:.0%} of the marked commits were at least 90% AI, "
    f"{MARKED_MIXED:.0%} mixed, and {MARKED_WITHOUT_AI:.0%} had no AI line; of the commits with AI "
    f"lines {ATTESTED_AND_MARKED:.0%} carried a mark."
)


def basis(attributed: Attributed) -> Iterator[str]:
    """A sentence each, those that the user's configuration makes last."""
    yield KNOWN_ERROR
    if attributed.notes.notes:
        yield notes(attributed.notes)
    else:
        yield (
            "This clone has no git-ai notes; if the remote has some, "
            "git fetch origin 'refs/notes/ai*:refs/notes/ai*' brings them. Notes that git-ai keeps "
            "on a server, over HTTP, are in no clone."
        )
    yield (
        f"The registry of marks is {attributed.registry_version}; "
        f"{wording.counted(len(attributed.silent), 'rule')} of it matched nothing here "
        "(tallystick attribute -v names them)."
    )
    yield from unknown_apps(attributed)
    yield from settings(attributed)


def unknown_apps(attributed: Attributed) -> Iterator[str]:
    """The machines of which nobody says what they are, and how a user does."""
    apps = attributed.unknown_apps
    if not apps:
        return
    named = [f"{sentence(login)} ({wording.counted(count, 'commit')})" for login, count in apps]
    shown = ", ".join(named[:_MOST_APPS])
    more = f" and {len(apps) - _MOST_APPS:,} more" if len(apps) > _MOST_APPS else ""
    yield (
        f"Automation, unknown: {shown}{more}. No entry of the registry says what these accounts "
        "are, so their commits are in no arm. Say it in one line under "
        "[tool.tallystick.attribution]: "
        f'bots = {{ "{sentence(apps[0][0])}" = "ai" }}, or "automation".'
    )


def notes(figures: NoteFigures) -> str:
    """How many git-ai notes there are, and how many speak of this history."""
    return (
        f"git-ai notes: {figures.notes:,}; {figures.reached:,} on commits of this history, "
        f"{figures.carried:,} matched to the change that took their commit in, "
        f"{figures.unreached:,} out of reach, {figures.empty:,} empty."
    )


def settings(attributed: Attributed) -> Iterator[str]:
    """What the configuration changes, and what of it is about commits that are not here."""
    for setting in attributed.settings:
        yield f"Setting: {sentence(setting)}"
    for override in attributed.unused_overrides:
        yield f"Override of a commit that is not here: {override.commit}"
