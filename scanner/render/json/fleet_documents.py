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
    repositories: tuple[FleetRepository, ...]
