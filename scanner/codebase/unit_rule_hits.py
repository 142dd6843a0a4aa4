"""What the rules in code find in file versions, unit by unit."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from scanner.analysis.parsing.outline import ReadFile, unit_lines
from scanner.base.model import Problem, Span
from scanner.codebase.reader import SourceReader
from scanner.config import Settings
from scanner.rulepacks.hits import RuleHit
from scanner.rulepacks.unit_rules.all_rules import BY_ID, RULES
from scanner.rulepacks.unit_rules.analysis import ANALYSIS, UnitHit
from scanner.rulepacks.unit_rules.rule import UnitRule


def unit_rules_in_force(settings: Settings) -> tuple[UnitRule, ...]:
    """The rules that the settings leave on: they come with the default rules."""
    if not settings.default_rules:
        return ()
    return tuple(rule for rule in RULES if settings.asks(rule.id, is_opt_in=rule.is_opt_in))


def hits_in_file(
    reader: SourceReader,
    file: ReadFile,
    path: str,
    rules: Sequence[UnitRule],
    passed_over: Collection[str] = (),
) -> tuple[tuple[RuleHit, ...], tuple[Problem, ...]]:
    """What some rules find in a file, in order of lines, less units of the contents passed over."""
    asked = {rule.id for rule in rules if rule.looks_at(path)}
    if not asked:
        return (), ()
    units = [unit for unit in file.outline.units if unit.content not in passed_over]
    facts = reader.facts(ANALYSIS, [(file, unit) for unit in units])
    hits: list[RuleHit] = []
    problems: list[Problem] = []
    for unit in units:
        found = facts[unit.content]
        if isinstance(found, Problem):
            problems.append(Problem(found.stage, path, f"{unit.name}: {found.reason}"))
        elif any(hit.rule in asked for hit in found.hits):
            places = unit_lines(file, unit)
            hits += [_placed(hit, places) for hit in found.hits if hit.rule in asked]
    return tuple(sorted(hits, key=lambda hit: (hit.span.first, hit.rule))), tuple(problems)


def _placed(hit: UnitHit, places: Sequence[int]) -> RuleHit:
    rule = BY_ID[hit.rule]
    return RuleHit(
        rule.id,
        rule.category,
        rule.severity,
        rule.points,
        rule.message,
        rule.references,
        Span(places[hit.first - 1], places[hit.last - 1]),
        hit.code,
        hit.key,
        hit.is_suppressed,
    )
