"""How it was counted, with which settings and versions, and how to do it again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from datetime import date

from scanner.render.html.comparison import Fact
from scanner.render.html.section import ReportContext, Section
from scanner.render.paths import sentence
from scanner.render.report_words import command, unjudged_words


@dataclass(frozen=True, slots=True)
class Method:
    """Everything it takes to check or repeat the report."""

    left_out: tuple[Fact, ...]
    unjudged: str
    settings: tuple[Fact, ...]
    versions: tuple[Fact, ...]
    command: str
    names_people: bool


def build(context: ReportContext) -> Section:
    """The method, the exclusions, the configuration, the versions and the command."""
    report = context.report
    method = Method(
        left_out=tuple(Fact(reason.value, f"{count:,}") for reason, count in report.exclusions),
        unjudged=unjudged_words(report),
        settings=tuple(
            Fact(name, context.anonymizer.over(value)) for name, value in _settings(report.settings)
        ),
        versions=(
            Fact("Tallystick", report.tallystick),
            Fact("Commit", report.head.oid),
            Fact("Settings that judge", report.settings.fingerprint),
            Fact("Seed of the resampling", str(report.seed)),
        ),
        command=command(report),
        names_people=report.asked.names_people,
    )
    return Section("method", "Method", "method.html.j2", method)


def _settings(source: object, prefix: str = "") -> Iterator[tuple[str, str]]:
    """Every setting by its dotted name."""
    if not is_dataclass(source):
        return
    for member in fields(source):
        value = getattr(source, member.name)
        name = f"{prefix}{member.name}"
        if is_dataclass(value):
            yield from _settings(value, f"{name}.")
        else:
            yield name, _value(value)


def _value(value: object) -> str:
    if value is None:
        return "not set"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return ", ".join(_part(part) for part in value) or "none"
    return sentence(str(value), 200)


def _part(value: object) -> str:
    """One of several values; a table of settings by the names of what is set in it."""
    if not is_dataclass(value):
        return sentence(str(value), 200)
    held = ((member.name, getattr(value, member.name)) for member in fields(value))
    said = (f"{name} {_value(one)}" for name, one in held if one not in (None, ()))
    return f"({', '.join(said)})"
