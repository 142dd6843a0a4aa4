"""Two configurations of Tallystick → what the second allows that the first did not."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from enum import StrEnum
from typing import Any

from scanner.base.model import Finding
from scanner.config import NewWaivers, Settings
from scanner.guards.finding import Loss, in_file, tampering


class SettingDirection(StrEnum):
    """Whether a setting lets more pass than before."""

    LOOSER = "looser"
    TIGHTER = "tighter"
    OTHER = "changed"


@dataclass(frozen=True, slots=True)
class Difference:
    """A setting that is not what it was, by its dotted name; None: not set.

    `is_entry`: of a list, of which one entry came (`after`) or went (`before`).
    """

    name: str
    before: str | None
    after: str | None
    direction: SettingDirection
    is_entry: bool = False

    def __str__(self) -> str:
        if not self.is_entry:
            return f"sets {self.name} to {self.after or 'nothing'} (was {self.before or 'not set'})"
        if self.after:
            return f"adds {self.after} to {self.name}"
        return f"takes {self.before} out of {self.name}"


def differences(base: Settings, head: Settings) -> tuple[Difference, ...]:
    """Every setting that differs, in the order of the settings."""
    return tuple(_differences("", base, head))


def loosened(
    found: Sequence[Difference], path: str, text: str, points: float
) -> tuple[Finding, ...]:
    """A finding for each setting that is looser now, in the configuration file that says so."""
    return tuple(
        tampering(_loss(one), in_file(path, _line_of(one.name, text)), points)
        for one in found
        if one.direction is SettingDirection.LOOSER
    )


def in_words(found: Sequence[Difference]) -> tuple[str, ...]:
    """A sentence for each setting that differs and is not looser."""
    return tuple(
        f"The change {one}; it is judged by the old settings."
        for one in found
        if one.direction is not SettingDirection.LOOSER
    )


def _loss(one: Difference) -> Loss:
    return Loss(
        "configuration-loosened",
        f"The change loosens the settings: it {one}. It is judged by the old ones.",
        "Loosen it in a change of its own, so that it is decided on its own.",
        f"{one.name} = {one.before}" if one.before else f"{one.name} not set",
        f"{one.name} = {one.after}" if one.after else f"{one.name} not set",
    )


def _line_of(name: str, text: str) -> int:
    key = re.escape(name.rpartition(".")[2])
    lines = text.splitlines()
    return next((i for i, line in enumerate(lines, 1) if re.match(rf"\s*\[*.*\b{key}\b", line)), 1)


def _differences(prefix: str, base: Any, head: Any) -> Iterator[Difference]:
    for member in fields(base):
        name = f"{prefix}{member.name}"
        before, after = getattr(base, member.name), getattr(head, member.name)
        if before == after:
            continue
        if is_dataclass(before) and is_dataclass(after):
            yield from _differences(f"{name}.", before, after)
        elif isinstance(before, tuple) and isinstance(after, tuple):
            yield from _entries(name, before, after)
        elif isinstance(before, Mapping) and isinstance(after, Mapping):
            yield from _items(name, before, after)
        else:
            yield Difference(name, _shown(before), _shown(after), _direction(name, before, after))


def _entries(
    name: str, before: tuple[object, ...], after: tuple[object, ...]
) -> Iterator[Difference]:
    """What lists of exceptions gain is looser; of lists of other things one cannot tell."""
    gain = loss = SettingDirection.OTHER
    if name in _EXCEPTIONS:
        gain, loss = SettingDirection.LOOSER, SettingDirection.TIGHTER
    elif name in _DEMANDS:
        gain, loss = SettingDirection.TIGHTER, SettingDirection.LOOSER
    came, went = ([one for one in a if one not in b] for a, b in ((after, before), (before, after)))
    yield from (Difference(name, None, _shown(one), gain, is_entry=True) for one in came)
    yield from (Difference(name, _shown(one), None, loss, is_entry=True) for one in went)


#: Lists whose entries take something out of what is judged.
_EXCEPTIONS = ("exclude", "waivers", "rules_off")
#: Lists whose entries add to it.
_DEMANDS = ("rules", "rules_on")


def _items(
    name: str, before: Mapping[str, float], after: Mapping[str, float]
) -> Iterator[Difference]:
    """Points by rule. Those of a rule that is not named are in its pack, so one cannot tell."""
    for key in sorted(before.keys() | after.keys()):
        old, new = before.get(key), after.get(key)
        if old == new:
            continue
        if old is None or new is None:
            direction = SettingDirection.LOOSER if new == 0 else SettingDirection.OTHER
        else:
            direction = SettingDirection.LOOSER if new < old else SettingDirection.TIGHTER
        yield Difference(f"{name}.{key}", _shown(old), _shown(new), direction)


def _direction(name: str, before: object, after: object) -> SettingDirection:
    top = name.partition(".")[0]
    if name.endswith("no_decline"):
        return SettingDirection.TIGHTER if after else SettingDirection.LOOSER
    if name == "default_rules":
        return SettingDirection.TIGHTER if after else SettingDirection.LOOSER
    if name == "new_waivers":
        from_strict = list(NewWaivers)
        is_looser = from_strict.index(after) > from_strict.index(before)  # type: ignore[arg-type]
        return SettingDirection.LOOSER if is_looser else SettingDirection.TIGHTER
    if name == "baseline":
        return SettingDirection.LOOSER
    if top in ("thresholds", "limits"):
        return _by_limit(before, after)
    if top in ("points", "guard_points") and isinstance(before, float | int):
        is_less = isinstance(after, float | int) and after < before
        return SettingDirection.LOOSER if is_less else SettingDirection.TIGHTER
    return SettingDirection.OTHER


def _by_limit(before: object, after: object) -> SettingDirection:
    if not isinstance(before, float | int):
        return SettingDirection.TIGHTER
    if not isinstance(after, float | int) or after > before:
        return SettingDirection.LOOSER
    return SettingDirection.TIGHTER


def _shown(value: object) -> str | None:
    if value is None:
        return None
    if is_dataclass(value):
        parts = ((member.name, getattr(value, member.name)) for member in fields(value))
        return ", ".join(f"{name} {_shown(part)}" for name, part in parts if part)
    if isinstance(value, tuple):
        return ", ".join(str(part) for part in value)
    if isinstance(value, float):
        return f"{value:g}"
    return str(value).lower() if isinstance(value, bool) else str(value)
