"""What the rules in code find in one unit: an analysis like any other, made once for each text."""

from __future__ import annotations

from typing import NamedTuple

from scanner.analysis.analysis import Analysis
from scanner.analysis.parsing.source import UnitSource
from scanner.analysis.parsing.syntax import parse
from scanner.base.model import Problem, Span, Stage
from scanner.base.source_digest import source_digest
from scanner.rulepacks.hits import identity, is_silenced
from scanner.rulepacks.unit_rules.all_rules import RULES
from scanner.rulepacks.unit_rules.rule import UnitRule
from scanner.rulepacks.unit_rules.unit_code import UnitCode


class UnitHit(NamedTuple):
    """A hit in the lines `first` to `last` of a unit's text; the rest as in `RuleHit`."""

    rule: str
    first: int
    last: int
    code: str
    key: str
    is_suppressed: bool


class UnitHits(NamedTuple):
    """All hits of all rules in one unit, in order of lines."""

    hits: tuple[UnitHit, ...] = ()


def find(source: UnitSource) -> UnitHits | Problem:
    """What every rule finds in a unit, whatever its path and whether the rule is in force."""
    asked = [rule for rule in RULES if any(word in source.text for word in rule.words)]
    if not asked:
        return UnitHits()
    try:
        code = UnitCode(source.text, parse(source.text))
        hits = [_hit(code, rule, span) for rule in asked for span in rule.find(code)]
    except (SyntaxError, RecursionError, MemoryError) as error:
        return Problem(Stage.RULES, None, f"the rules in code cannot read a unit: {error}")
    return UnitHits(tuple(sorted(hits, key=lambda hit: (hit.first, hit.last, hit.rule))))


def _hit(code: UnitCode, rule: UnitRule, span: Span) -> UnitHit:
    text = "\n".join(code.lines[span.first - 1 : span.last])
    shown, key = identity(text.encode("utf-8", "surrogatepass"))
    # As for semgrep: by a comment in the first line, or in the one above.
    near = code.comments_between(span.first - 1, span.first)
    silenced = any(is_silenced(comment, rule.id) for comment in near)
    return UnitHit(rule.id, span.first, span.last, shown, key, silenced)


ANALYSIS = Analysis(
    "unit-rules", int(source_digest("rulepacks/unit_rules")[:12], 16), UnitHits, find
)
