"""What a fleet shows, as the JSON has it: repositories, and what they show together."""

from __future__ import annotations

from msgspec import Struct


class FleetEffect(Struct, frozen=True):
    """AI-attributed against other changes of one repository, in one outcome.

    `drawn` is the difference drawn to what all repositories show, `is_outlying` that it is further
    from all others than chance allows. `not_measured` says why there is no figure.
    """

    outcome: str
    treated: int
    others: int
    treated_mean: float | None
    others_mean: float | None
    difference: float | None
    low: float | None
    high: float | None
    reading: str | None
    drawn: float | None
    is_outlying: bool
    not_measured: str | None


class FleetRepository(Struct, frozen=True):
    """A repository: what was scanned of it, who wrote it, and its effects.

    `page` is the address of its report, from the folder. Shares are of the compared changes, 0 to
    1. `failure` says why it could not be scanned.
    """

    name: str
    source: str
    group: str | None
    adopted: str | None
    failure: str | None
    page: str | None
    head: str | None
    first: str | None
    last: str | None
    changes: int
    compared: int
    ai_share: float | None
    marked_share: float | None
    agents: tuple[str, ...]
    problems: int
    effects: tuple[FleetEffect, ...]


class FleetOutcome(Struct, frozen=True):
    """What several repositories show together in one outcome, as random effects.

    `low` to `high` is the 95% interval of the mean `difference`; a further repository is expected
    between `prediction_low` and `prediction_high`. `between` is how much they differ (a standard
    deviation), `heterogeneity` the share of their spread that is not chance. All None where fewer
    than two repositories have a figure with limits.
    """

    outcome: str
    title: str
    unit: str
    repositories: int
    difference: float | None
    low: float | None
    high: float | None
    prediction_low: float | None
    prediction_high: float | None
    between: float | None
    heterogeneity: float | None


class FleetPart(Struct, frozen=True):
    """A part of the fleet, a group or the changes of an agent, and what it shows."""

    name: str
    repositories: int
    outcomes: tuple[FleetOutcome, ...]


class AdoptionEffect(Struct, frozen=True):
    """What adoption changed, as a share: 0.3 is 30 % more.

    It rests on so many `months` of so many `repositories`. `since` counts months from adoption;
    negative ones test the trend before it; None is over all.
    """

    since: int | None
    change: float
    low: float | None
    high: float | None
    months: int
    repositories: int


class AdoptionOutcome(Struct, frozen=True):
    """An outcome over months. `trend_p` is of no trend before adoption, None where it is untested.

    `over_all` is None where nothing can be compared; `imputed` is the share of months since
    adoption for which there is a comparison.
    """

    outcome: str
    title: str
    over_all: AdoptionEffect | None
    since: tuple[AdoptionEffect, ...]
    before: tuple[AdoptionEffect, ...]
    trend_p: float | None
    imputed: float


class FleetAdoption(Struct, frozen=True):
    """An event study: how many adopted and how many never did, and what came of it.

    Adoption is as the list says, or the first month with `marked_changes` marked changes.
    """

    adopters: int
    never: int
    marked_changes: int
    outcomes: tuple[AdoptionOutcome, ...]


class WatchedWeek(Struct, frozen=True):
    """How the evidence stood at the end of the week that begins on `monday`."""

    monday: str
    log_evidence: float


class WatchedLine(Struct, frozen=True):
    """An agent's or a model's changes paired with others: evidence that findings differ in number.

    `found` is the day on which the evidence first reached the threshold, None if it never did.
    """

    kind: str
    name: str
    pairs: int
    treated_share: float | None
    others_share: float | None
    highest: float
    found: str | None
    weeks: tuple[WatchedWeek, ...]


class FleetWatch(Struct, frozen=True):
    """Evidence over time; all lines together reach `log_threshold` by chance one time in twenty."""

    log_threshold: float
    lines: tuple[WatchedLine, ...]


class FleetDocument(Struct, frozen=True):
    """A fleet."""

    schema_version: int
    tallystick: str
    scanned: int
    failed: int
    changes: int
    compared: int
    labels: dict[str, int]
    outcomes: tuple[FleetOutcome, ...]
    groups: tuple[FleetPart, ...]
    agents: tuple[FleetPart, ...]
    adoption: FleetAdoption
    watch: FleetWatch
    repositories: tuple[FleetRepository, ...]
