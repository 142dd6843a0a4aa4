"""Complexity that a change adds: growth of each unit beyond the limits, never what was there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from scanner.analysis.metrics.all_metrics import METRICS
from scanner.base.model import (
    Closure,
    Complexity,
    Dimension,
    Finding,
    Growth,
    Place,
    Severity,
    Span,
    Unit,
    UnitKind,
)
from scanner.config import Limits, Points
from scanner.roles.paths import is_test_path
from scanner.scoring.matching import PlacedUnit, UnitPair


@dataclass(frozen=True, slots=True)
class ComplexityScore:
    """Findings; points repaid; and the change in total complexity of all touched units."""

    findings: tuple[Finding, ...]
    repaid: float
    cognitive_delta: int
    cyclomatic_delta: int


@dataclass(frozen=True, slots=True)
class _Fact:
    name: str
    words: str
    hint: str


_FACTS = {
    fact.name: fact
    for fact in (
        _Fact(
            "cognitive",
            "a cognitive complexity of {}",
            "Return early, or give the innermost branch a function with a name of its own.",
        ),
        _Fact(
            "cyclomatic",
            "a cyclomatic complexity of {}",
            "Split it by case: a table to look up, or one function for each case.",
        ),
        _Fact("code_lines", "{} code lines", "Move one of its steps into a function of its own."),
        _Fact(
            "parameters",
            "{} parameters",
            "Group the parameters that travel together into one object.",
        ),
        _Fact(
            "nesting",
            "blocks nested {} levels deep",
            "Invert the outer condition and return early, or move the inner block out.",
        ),
        *(_Fact(metric.name, metric.words, metric.hint) for metric in METRICS),
    )
}
_METRICS = {metric.name: metric for metric in METRICS}


def _of_facts(facts: Complexity, fact: str) -> int:
    found = dict(facts.metrics)[fact] if fact in _METRICS else getattr(facts, fact)
    return int(found)


def _limit(limits: Limits, fact: str) -> int:
    return _METRICS[fact].limit if fact in _METRICS else int(getattr(limits, fact))


def _points(points: Points, fact: str) -> float:
    return _METRICS[fact].points if fact in _METRICS else float(getattr(points, fact))


@dataclass(frozen=True, slots=True)
class _Step:
    """One fact of a unit (or of a closure in it) before and after; `line` is where it stands."""

    fact: str
    name: str
    line: int
    before: int | None
    after: int
    limit: int
    baseline: int

    @property
    def growth(self) -> int:
        """Growth beyond the limit, negative where it was repaid."""
        return max(0, self.after - self.limit) - max(0, self.baseline - self.limit)


def score_complexity(
    pairs: Iterable[UnitPair],
    facts: Mapping[str, Complexity],
    is_reformatted: Callable[[UnitPair], bool],
    limits: Limits,
    points: Points,
) -> ComplexityScore:
    """Scores matched units by the table of `docs/scores.md`.

    `facts` gives the complexity of a unit by its content; pairs with a side it does not know are
    left out (their file has a Problem). `is_reformatted` tells a pair that differs in layout only.
    """
    findings: list[Finding] = []
    repaid = 0.0
    cognitive = cyclomatic = 0
    pairs = tuple(pairs)
    asked = _signatures((pair.after for pair in pairs if pair.after), facts)
    for pair in pairs:
        known = _facts_of(pair, facts)
        if known is None:
            continue
        before, after = known
        was = before if pair.before else None
        cognitive += _cognitive(after) - _cognitive(was)
        cyclomatic += _cyclomatic(after) - _cyclomatic(was)
        for steps in _charged_together(pair, before, after, limits):
            if steps[0].fact == "code_lines" and steps[0].growth > 0 and is_reformatted(pair):
                continue
            if steps[0].fact == "parameters" and pair.after and id(pair.after) not in asked:
                continue
            worth = sum(step.growth for step in steps) * _points(points, steps[0].fact)
            repaid += max(0.0, -worth)
            if worth > 0 and pair.after:
                findings.extend(_findings(steps, pair.after, points, _grown))
    return ComplexityScore(tuple(findings), repaid, cognitive, cyclomatic)


def standing_complexity(
    units: Iterable[PlacedUnit], facts: Mapping[str, Complexity], limits: Limits, points: Points
) -> tuple[Finding, ...]:
    """What is beyond the limits in a tree: what would be charged if it were new."""
    units = tuple(units)
    asked = _signatures(units, facts)
    return tuple(
        finding
        for placed in units
        for steps in _charged_together(
            UnitPair(None, placed), None, facts[placed.unit.content], limits
        )
        if steps[0].fact != "parameters" or id(placed) in asked
        for finding in _findings(steps, placed, points, _standing)
    )


def _signatures(units: Iterable[PlacedUnit], facts: Mapping[str, Complexity]) -> set[int]:
    """The units, by identity, whose parameters are asked.

    Of overloads, and whatever else has one name in a file, it is the one with the most.
    """
    longest: dict[tuple[str, str], tuple[int, PlacedUnit]] = {}
    for placed in units:
        known = facts.get(placed.unit.content)
        count = known.parameters if known else 0
        name = (placed.path, placed.unit.name.partition("#")[0])
        if name not in longest or count > longest[name][0]:
            longest[name] = count, placed
    return {id(placed) for _, placed in longest.values()}


def without_inherited(
    findings: Iterable[Finding], overridden: Callable[[str, str], int | None]
) -> tuple[Finding, ...]:
    """The findings less those on parameters that a base wants of a method that overrides its own.

    `overridden` gives, for a path and a unit, how many parameters the base's method has.
    """
    return tuple(f for f in findings if not _is_inherited(f, overridden))


def _is_inherited(finding: Finding, overridden: Callable[[str, str], int | None]) -> bool:
    match finding.evidence:
        case Growth(fact="parameters", after=after) if not finding.discriminator:
            wanted = overridden(finding.place.path, finding.place.unit)
            return wanted is not None and after <= wanted
    return False


def _facts_of(
    pair: UnitPair, facts: Mapping[str, Complexity]
) -> tuple[Complexity | None, Complexity | None] | None:
    """The facts of both sides, an origin standing in for what was before; None if unknown."""
    old = pair.before or pair.origin
    before = facts.get(old.unit.content) if old else None
    after = facts.get(pair.after.unit.content) if pair.after else None
    if (old and before is None) or (pair.after and after is None):
        return None
    return before, after


def _cognitive(facts: Complexity | None) -> int:
    return facts.cognitive if facts else 0


def _cyclomatic(facts: Complexity | None) -> int:
    return facts.cyclomatic + sum(c.cyclomatic for c in facts.closures) if facts else 0


def _charged_together(
    pair: UnitPair, before: Complexity | None, after: Complexity | None, limits: Limits
) -> Iterator[list[_Step]]:
    """Groups of steps that cost points together. Of the two complexities the worse one counts."""
    placed = pair.after or pair.before
    assert placed is not None
    is_new = pair.before is None
    is_test = is_test_path(placed.path)
    before, after = _weighed(before, is_test=is_test), _weighed(after, is_test=is_test)
    steps = _Steps(placed.unit, before, after, limits, is_new)
    cognitive = [steps.of_unit("cognitive")]
    cyclomatic = [steps.of_unit("cyclomatic"), *steps.of_closures("cyclomatic")]
    yield _worse(cognitive, cyclomatic)
    yield [steps.of_unit("nesting")]
    if placed.unit.kind in (UnitKind.FUNCTION, UnitKind.METHOD):
        yield [steps.of_unit("code_lines")]
        yield [steps.of_unit("parameters"), *steps.of_closures("parameters")]
        yield from ([steps.of_unit(name)] for name in _METRICS)


def _weighed(facts: Complexity | None, *, is_test: bool) -> Complexity | None:
    """The facts less what is no decision: further branches of dispatches, assertions of a test."""
    if facts is None:
        return None
    everything: tuple[Complexity | Closure, ...] = (facts, *facts.closures)
    if not any(one.dispatched != (0, 0) or (is_test and one.assertions) for one in everything):
        return facts
    return replace(
        facts,
        cognitive=facts.cognitive - sum(one.dispatched.ifs for one in everything),
        cyclomatic=_decisions(facts, is_test=is_test),
        closures=tuple(
            one._replace(cyclomatic=_decisions(one, is_test=is_test)) for one in facts.closures
        ),
    )


def _decisions(facts: Complexity | Closure, *, is_test: bool) -> int:
    return facts.cyclomatic - sum(facts.dispatched) - (facts.assertions if is_test else 0)


def _worse(one: list[_Step], other: list[_Step]) -> list[_Step]:
    first, second = (sum(step.growth for step in steps) for steps in (one, other))
    if first <= 0 and second <= 0:
        return one if first <= second else other
    return one if first >= second else other


@dataclass(frozen=True, slots=True)
class _Steps:
    unit: Unit
    before: Complexity | None
    after: Complexity | None
    limits: Limits
    is_new: bool

    def of_unit(self, fact: str) -> _Step:
        old = _of_facts(self.before, fact) if self.before else None
        new = _of_facts(self.after, fact) if self.after else 0
        return self._step(fact, self.unit.name, self.unit.span.first, old, new)

    def of_closures(self, fact: str) -> Iterator[_Step]:
        old = _by_name(self.before)
        new = _by_name(self.after)
        for name in dict.fromkeys([*new, *old]):
            was = getattr(old[name], fact) if name in old else None
            now = getattr(new[name], fact) if name in new else 0
            line = self.unit.span.first + (new[name].line_offset if name in new else 0)
            yield self._step(fact, f"{self.unit.name}.{name}", line, was, now)

    def _step(self, fact: str, name: str, line: int, old: int | None, new: int) -> _Step:
        shown = None if self.is_new else old
        return _Step(fact, name, line, shown, new, _limit(self.limits, fact), old or 0)


def _by_name(facts: Complexity | None) -> dict[str, Closure]:
    return {closure.name: closure for closure in facts.closures} if facts else {}


_Wording = Callable[[_Step], str]


def _grown(step: _Step) -> str:
    was = "new" if step.before is None else f"was {step.before}"
    return f"{was}, limit {step.limit}"


def _standing(step: _Step) -> str:
    return f"limit {step.limit}"


def _findings(
    steps: Iterable[_Step], placed: PlacedUnit, points: Points, wording: _Wording
) -> Iterator[Finding]:
    for step in steps:
        if step.growth > 0:
            yield _finding(step, placed, step.growth * _points(points, step.fact), wording)


def _finding(step: _Step, placed: PlacedUnit, worth: float, wording: _Wording) -> Finding:
    fact = _FACTS[step.fact]
    has = fact.words.format(step.after)
    return Finding(
        dimension=Dimension.COMPLEXITY,
        rule=f"complexity.{step.fact.replace('_', '-')}",
        place=Place(placed.path, Span(step.line, placed.unit.span.last), placed.unit.name),
        points=worth,
        severity=Severity.INFO if worth < 1 or is_test_path(placed.path) else Severity.WARNING,
        message=f"{_title(step, placed)} has {has} ({wording(step)}).",
        hint=fact.hint,
        evidence=Growth(step.fact, step.before, step.after, step.limit),
        discriminator="" if step.name == placed.unit.name else step.name,
    )


def _title(step: _Step, placed: PlacedUnit) -> str:
    if step.name != placed.unit.name or placed.unit.kind is not UnitKind.MODULE:
        return step.name
    return "The module's own code"
