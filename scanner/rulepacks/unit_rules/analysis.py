"""What the rules in code find in one unit: an analysis like any other, made once for each text."""

from __future__ import annotations

import re
from typing import NamedTuple

from scanner.analysis.analysis import Analysis
from scanner.analysis.parsing.source import UnitSource
from scanner.analysis.parsing.syntax import parse
from scanner.base.model import Problem, Span, Stage
from scanner.base.source_digest import source_digest
from scanner.rulepacks.hits import identity
from scanner.rulepacks.unit_rules.all_rules import RULES
from scanner.rulepacks.unit_rules.rule import UnitRule
from scanner.rulepacks.unit_rules.unit_code import UnitCode

_SUPPRESSION = re.compile(r"#\s*nosem(?:grep)?\b(?:\s*:\s*(?P<rules>[\w., -]+))?", re.IGNORECASE)


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
    silenced = _is_silenced(code, rule.id, span.first)
    return UnitHit(rule.id, span.first, span.last, shown, key, silenced)


def _is_silenced(code: UnitCode, rule: str, first: int) -> bool:
    """As for semgrep: by a `# nosemgrep` comment in the first line, or in the one above."""
    for text in code.comments_between(first - 1, first):
        match = _SUPPRESSION.search(text)
        if match is not None and (match["rules"] is None or rule in match["rules"]):
            return True
    return False


ANALYSIS = Analysis(
    "unit-rules", int(source_digest("rulepacks/unit_rules")[:12], 16), UnitHits, find
)
