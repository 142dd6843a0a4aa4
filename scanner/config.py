"""Configuration: `[tool.tallystick]` of pyproject.toml, or tallystick.toml → Settings. Pure."""

from __future__ import annotations

import difflib
import hashlib
import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any, get_type_hints

import msgspec

from scanner.attribution.settings import AttributionSettings
from scanner.errors import ScanError
from scanner.model import Dimension, Threshold

#: Where settings are looked for, in this order; the first that holds any wins.
CONFIG_FILES = ("tallystick.toml", "pyproject.toml")


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of a fact a unit may have before it costs points."""

    cognitive: int = 15
    cyclomatic: int = 10
    code_lines: int = 60
    parameters: int = 6
    nesting: int = 4


@dataclass(frozen=True, slots=True)
class Points:
    """Points for each step beyond a limit."""

    cognitive: float = 1.0
    cyclomatic: float = 1.0
    code_lines: float = 0.25
    parameters: float = 1.0
    nesting: float = 2.0


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Scores, 0 to 100, above which the gate says no; None never does."""

    debt: float | None = 20.0
    complexity: float | None = None
    duplication: float | None = None
    deviation: float | None = None
    convention: float | None = None

    def as_tuple(self) -> tuple[Threshold, ...]:
        """The thresholds that are set, the debt score first."""
        limits = (
            (None, self.debt),
            (Dimension.COMPLEXITY, self.complexity),
            (Dimension.DUPLICATION, self.duplication),
            (Dimension.DEVIATION, self.deviation),
            (Dimension.CONVENTION, self.convention),
        )
        return tuple(Threshold(what, limit) for what, limit in limits if limit is not None)


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything a user can set. `exclude` holds globs of paths that are not looked at."""

    limits: Limits = field(default_factory=Limits)
    points: Points = field(default_factory=Points)
    thresholds: Thresholds = field(default_factory=Thresholds)
    exclude: tuple[str, ...] = ()
    attribution: AttributionSettings = field(default_factory=AttributionSettings)

    @property
    def fingerprint(self) -> str:
        """Equal for settings that judge alike; 16 hex digits. Nothing depends on who wrote it."""
        judging = (self.limits, self.points, self.exclude)
        return hashlib.sha256(msgspec.json.encode(judging)).hexdigest()[:16]


def parse_settings(text: str, name: str) -> Settings | None:
    """Settings from the text of a configuration file called `name`; None if it holds none.

    Raises:
        ScanError: the file is no TOML, has an unknown key, or a value of the wrong type.
    """
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ScanError(f"{name} is not valid TOML: {error}.") from error
    if name.endswith("pyproject.toml"):
        document = document.get("tool", {}).get("tallystick")
        if document is None:
            return None
    _refuse_unknown_keys(document, Settings, name, "")
    try:
        return msgspec.convert(document, Settings)
    except msgspec.ValidationError as error:
        raise ScanError(f"{name}: {_sentence(error)}") from error


def _refuse_unknown_keys(document: object, shape: type[Any], name: str, prefix: str) -> None:
    if not isinstance(document, dict):
        return
    hints = get_type_hints(shape)
    known = {member.name for member in fields(shape)}
    for key, value in document.items():
        if key not in known:
            raise ScanError(f"{name}: unknown key '{prefix}{key}'.", _nearest(key, known, prefix))
        inner = hints[key]
        if is_dataclass(inner) and isinstance(inner, type):
            _refuse_unknown_keys(value, inner, name, f"{prefix}{key}.")


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
