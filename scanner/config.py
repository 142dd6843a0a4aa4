"""Configuration: `[tool.tallystick]` of pyproject.toml, or tallystick.toml → Settings. Pure."""

from __future__ import annotations

import difflib
import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from datetime import date
from enum import StrEnum
from functools import reduce
from math import isfinite
from posixpath import normpath
from typing import Annotated, Any, TypeVar, get_args, get_type_hints

import msgspec

from scanner.attribution.settings import AttributionSettings
from scanner.base.budget import Budget
from scanner.base.errors import ScanError
from scanner.base.model import Arm, Dimension, Threshold
from scanner.base.toml_text import read_toml

#: Where settings are looked for, in this order; the first that holds any wins.
CONFIG_FILES = ("tallystick.toml", "pyproject.toml")


#: A negative limit would let nothing pass, and negative points would pay for others.
_Count = Annotated[int, msgspec.Meta(ge=0)]
_Worth = Annotated[float, msgspec.Meta(ge=0)]


@dataclass(frozen=True, slots=True)
class Limits(Budget):
    """How much of a fact a unit may have before it costs points, and what a run may spend."""

    cognitive: _Count = 15
    cyclomatic: _Count = 10
    code_lines: _Count = 60
    parameters: _Count = 6
    nesting: _Count = 4


@dataclass(frozen=True, slots=True)
class Points:
    """Points for each step beyond a limit."""

    cognitive: _Worth = 1.0
    cyclomatic: _Worth = 1.0
    code_lines: _Worth = 0.25
    parameters: _Worth = 1.0
    nesting: _Worth = 2.0


@dataclass(frozen=True, slots=True)
class Duplication:
    """From when on code that is alike is a copy, what a copied line costs, and what is let pass.

    A copy has `code_lines` and `tokens` at least. Tests repeat each other: a test that is like
    another is charged from `test_factor` times both. Code that stands in more than `most_places`,
    the copy included, is the codebase's boilerplate.
    """

    code_lines: Annotated[int, msgspec.Meta(ge=2)] = 6
    tokens: Annotated[int, msgspec.Meta(ge=10)] = 50
    test_factor: Annotated[float, msgspec.Meta(ge=1)] = 2.5
    most_places: Annotated[int, msgspec.Meta(ge=1)] = 8
    points_per_line: _Worth = 1.0
    points_per_divergence: _Worth = 1.0


@dataclass(frozen=True, slots=True)
class DeviationSettings:
    """`exclude` holds globs of paths whose functions get no deviation score."""

    exclude: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GuardPoints:
    """Points for what takes away or loosens something that guards the code."""

    suppression: _Worth = 1.0
    waiver: _Worth = 1.0
    lost_test: _Worth = 2.0
    lost_check: _Worth = 3.0
    loosened: _Worth = 3.0


@dataclass(frozen=True, slots=True)
class FactLimits:
    """The most of a fact that a touched unit may end with; None is without limit.

    A unit that had as much before is not held up: what stands is not charged to who touches it.
    """

    cognitive: _Count | None = None
    cyclomatic: _Count | None = None
    code_lines: _Count | None = None
    parameters: _Count | None = None
    nesting: _Count | None = None


@dataclass(frozen=True, slots=True)
class FindingLimits:
    """The most findings of each severity that may pass; None is without limit."""

    error: _Count | None = None
    warning: _Count | None = None
    info: _Count | None = None


@dataclass(frozen=True, slots=True)
class ArmThresholds:
    """Thresholds for changes of one arm, where they differ from the general; None: they do not."""

    debt: _Worth | None = None
    complexity: _Worth | None = None
    duplication: _Worth | None = None
    deviation: _Worth | None = None
    rules: _Worth | None = None
    points: _Worth | None = None
    unit_points: _Worth | None = None
    no_decline: bool | None = None
    facts: FactLimits = field(default_factory=FactLimits)
    findings: FindingLimits = field(default_factory=FindingLimits)


#: What the costliest unit of one in a hundred changes has (`benchmarks/unit_points.py`).
UNIT_POINTS = 50.0


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Scores, 0 to 100, above which the gate says no; None never does.

    `points` limits the points of a change whatever its size, `unit_points` those of one function,
    class or module: no amount of other lines dilutes it. With `no_decline` no touched unit may
    end more complex than it began.
    """

    debt: _Worth | None = 20.0
    complexity: _Worth | None = None
    duplication: _Worth | None = None
    deviation: _Worth | None = None
    rules: _Worth | None = None
    points: _Worth | None = None
    unit_points: _Worth | None = UNIT_POINTS
    no_decline: bool = False
    facts: FactLimits = field(default_factory=FactLimits)
    findings: FindingLimits = field(default_factory=FindingLimits)
    ai: ArmThresholds = field(default_factory=ArmThresholds)
    mixed: ArmThresholds = field(default_factory=ArmThresholds)
    other: ArmThresholds = field(default_factory=ArmThresholds)

    def for_arm(self, arm: Arm | None) -> Thresholds:
        """The thresholds in force for a change of an arm (None: of no arm, the general ones)."""
        if arm is None:
            return self
        special = {Arm.AI: self.ai, Arm.MIXED: self.mixed, Arm.OTHER: self.other}[arm]
        scores = ("debt", "complexity", "duplication", "deviation", "rules")
        plain = (*scores, "points", "unit_points")
        return replace(
            self,
            **{name: value for name in plain if (value := getattr(special, name)) is not None},
            no_decline=self.no_decline if special.no_decline is None else special.no_decline,
            facts=_filled(special.facts, self.facts),
            findings=_filled(special.findings, self.findings),
        )

    def for_arms(self, arms: Iterable[Arm | None]) -> Thresholds:
        """The strictest in force for a change of which it is not sure of which arm it is."""
        first, *others = [self.for_arm(arm) for arm in dict.fromkeys(arms)]
        return reduce(_strictest, others, first)

    def as_tuple(self) -> tuple[Threshold, ...]:
        """The thresholds that are set, the debt score first."""
        limits = (
            (None, self.debt),
            (Dimension.COMPLEXITY, self.complexity),
            (Dimension.DUPLICATION, self.duplication),
            (Dimension.DEVIATION, self.deviation),
            (Dimension.RULES, self.rules),
        )
        return tuple(Threshold(what, limit) for what, limit in limits if limit is not None)


@dataclass(frozen=True, slots=True)
class Waiver:
    """Findings that are let pass: of `rule` (an id or how it begins), under `paths` if given.

    It ends after the day `until`. Without a reason it excuses nothing.
    """

    rule: str
    reason: str = ""
    paths: tuple[str, ...] = ()
    until: date | None = None


class NewWaivers(StrEnum):
    """What an inline waiver does in the change that brings it, the strictest first.

    `TRACKED`: one with a last day and the number or address of an issue excuses what costs points
    for complexity, duplication or deviation; no other does, and never what rules or guards find.
    """

    REFUSE = "refuse"
    TRACKED = "tracked"
    ACCEPT = "accept"


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything a user can set. `exclude` holds globs of paths that are not looked at.

    `baseline` is the path of the file of known findings, from the top of the repository; it may be
    missing. `rules` are files and folders of rule packs, in force beside those that come with
    Tallystick unless `default_rules` is false; those in `rules_off` are not, and opt-in rules are
    only if they are in `rules_on`. `rule_points` has the points by rule id that hold instead of the
    rules' own.
    """

    limits: Limits = field(default_factory=Limits)
    points: Points = field(default_factory=Points)
    duplication: Duplication = field(default_factory=Duplication)
    deviation: DeviationSettings = field(default_factory=DeviationSettings)
    guard_points: GuardPoints = field(default_factory=GuardPoints)
    thresholds: Thresholds = field(default_factory=Thresholds)
    exclude: tuple[str, ...] = ()
    baseline: str = "tallystick-baseline.txt"
    new_waivers: NewWaivers = NewWaivers.TRACKED
    waivers: tuple[Waiver, ...] = ()
    rules: tuple[str, ...] = ()
    default_rules: bool = True
    rules_on: tuple[str, ...] = ()
    rules_off: tuple[str, ...] = ()
    rule_points: Mapping[str, _Worth] = field(default_factory=dict)
    attribution: AttributionSettings = field(default_factory=AttributionSettings)

    @property
    def fingerprint(self) -> str:
        """Equal for settings that judge alike; 16 hex digits. Nothing depends on who wrote it.

        What the packs say is not in it: a `RuleSet` has a fingerprint of its own.
        """
        chosen = sorted(self.rules_on), sorted(self.rules_off)
        rules = (self.rules, *chosen, sorted(self.rule_points.items()))
        judging = (self.limits, self.points, self.duplication, self.deviation, self.exclude, rules)
        return hashlib.sha256(msgspec.json.encode(judging)).hexdigest()[:16]

    def asks(self, rule: str, *, is_opt_in: bool) -> bool:
        """Whether a rule among those of the packs, or in code, is in force, by its id."""
        return rule not in self.rules_off and (not is_opt_in or rule in self.rules_on)


def parse_settings(text: str, name: str) -> Settings | None:
    """Settings from the text of a configuration file called `name`; None if it holds none.

    Raises:
        ScanError: the file is no TOML, has an unknown key, or a value of the wrong type.
    """
    try:
        document: Any = read_toml(text, parse_float=_finite)
    except ValueError as error:  # TOMLDecodeError is one, too
        raise ScanError(f"{name} is not valid TOML: {error}.") from error
    if name.endswith("pyproject.toml"):
        tools: object = document.get("tool")
        document = tools.get("tallystick") if isinstance(tools, dict) else None
        if document is None:
            return None
    if isinstance(document, dict):
        _rename_convention(document.get("thresholds"))
    _refuse_unknown_keys(document, Settings, name, "")
    try:
        settings = msgspec.convert(document, Settings)
    except msgspec.ValidationError as error:
        raise ScanError(f"{name}: {_sentence(error)}") from error
    _refuse_rules_outside(settings.rules, name)
    overrides = settings.attribution.overrides
    if overrides is not None and _leaves_the_top(overrides):
        raise ScanError(
            f"{name}: 'attribution.overrides': {overrides} is outside of the repository.",
            "Labels are read from the repository: name the file from its top.",
        )
    if _leaves_the_top(settings.baseline):
        raise ScanError(
            f"{name}: 'baseline': {settings.baseline} is outside of the repository.",
            "Give one that lies elsewhere with --baseline FILE.",
        )
    return settings


def _rename_convention(thresholds: object) -> None:
    """Reads the limit of the rules' score by its earlier name too, also those of an arm."""
    if not isinstance(thresholds, dict):
        return
    if "convention" in thresholds:
        thresholds.setdefault("rules", thresholds.pop("convention"))
    for table in thresholds.values():
        _rename_convention(table)


def _finite(text: str) -> float:
    """No nan, to which nothing compares: a threshold of it would never be crossed."""
    value = float(text)
    if not isfinite(value):
        raise ValueError(f"{text} is no number to judge by")
    return value


def _leaves_the_top(place: str) -> bool:
    return place.startswith("/") or normpath(place).split("/")[0] == ".."


def _refuse_rules_outside(places: Iterable[str], name: str) -> None:
    for place in places:
        if _leaves_the_top(place):
            raise ScanError(
                f"{name}: 'rules': {place} is outside of the repository.",
                "Packs are read from the tree that is judged: name them from its top.",
            )


def _refuse_unknown_keys(document: object, shape: type[Any], name: str, prefix: str) -> None:
    if not isinstance(document, dict):
        return
    hints = get_type_hints(shape)
    known = {member.name for member in fields(shape)}
    for key, value in document.items():
        if key not in known:
            raise ScanError(f"{name}: unknown key '{prefix}{key}'.", _nearest(key, known, prefix))
        for inner in _tables(hints[key]):
            for table in value if isinstance(value, list) else [value]:
                _refuse_unknown_keys(table, inner, name, f"{prefix}{key}.")


def _tables(hint: Any) -> list[type[Any]]:
    """The dataclasses that a hint speaks of: itself, or the elements of a tuple."""
    shapes = [hint, *get_args(hint)]
    return [shape for shape in shapes if isinstance(shape, type) and is_dataclass(shape)]


_Table = TypeVar("_Table", FactLimits, FindingLimits)


def _filled(special: _Table, general: _Table) -> _Table:
    names = [member.name for member in fields(general)]
    own = {name: getattr(special, name) for name in names}
    return replace(general, **{name: value for name, value in own.items() if value is not None})


_Limits = TypeVar("_Limits", Thresholds, FactLimits, FindingLimits)


def _strictest(one: _Limits, other: _Limits) -> _Limits:
    """Of each limit the lower; None is none. What only says yes or no holds if one says yes."""
    own = {member.name: getattr(one, member.name) for member in fields(one)}
    return replace(one, **{name: _stricter(a, getattr(other, name)) for name, a in own.items()})


def _stricter(one: Any, other: Any) -> Any:
    if isinstance(one, FactLimits | FindingLimits):
        return _strictest(one, other)
    if isinstance(one, bool):
        return one or other
    if isinstance(one, ArmThresholds):
        return one
    return min((limit for limit in (one, other) if limit is not None), default=None)


def _nearest(key: str, known: Iterable[str], prefix: str) -> str:
    names = sorted(known)
    close = difflib.get_close_matches(key, names, n=1, cutoff=0.5)
    if close:
        return f"Did you mean '{prefix}{close[0]}'?"
    return f"Known keys here: {', '.join(prefix + known_key for known_key in names)}."


def _sentence(error: msgspec.ValidationError) -> str:
    where = re.search(r" - at `\$\.?(.*)`$", str(error))
    what = str(error).split(" - at ")[0].replace("`", "")
    return f"'{where[1]}': {what}." if where else f"{what}."
