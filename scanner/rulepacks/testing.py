"""The rules' own tests: every pack against the file beside it, in one run of semgrep."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import sha1
from itertools import zip_longest

from scanner.analysis.choices.team import Case, TeamConvention, written
from scanner.analysis.parsing.syntax import parse
from scanner.base.model import FileMode, FileVersion, Problem, Stage
from scanner.rulepacks.annotations import Expectation, is_note, read_annotations
from scanner.rulepacks.command import Mode
from scanner.rulepacks.fixes import apply_fixes
from scanner.rulepacks.hits import FileHits, RuleHit
from scanner.rulepacks.packs import Pack, RuleSet
from scanner.rulepacks.run import Options, Purpose, match_rules
from scanner.rulepacks.unit_rules.all_rules import RULES, SOURCES
from scanner.rulepacks.unit_rules.rule import UnitRule
from scanner.rulepacks.unit_rules.unit_code import UnitCode

_CASE = re.compile(r"\s*\[\[\s*cases\s*\]\]")
_PATHS = re.compile(r"^( +)paths:[^\n]*(?:\n\1[ \t]+[^\n]*|\n[ \t]*(?=\n))*", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Failure:
    """A line of a test file (1-based) where a rule did not do what the test says."""

    rule: str
    pack: str
    line: int
    reason: str

    @property
    def test(self) -> str:
        """The file that the test is in: beside a pack, and in a convention itself."""
        stem, _, suffix = self.pack.rpartition(".")
        return self.pack if suffix == "toml" else f"{stem}.py"


@dataclass(frozen=True, slots=True)
class RuleTestReport:
    """`passed` and `untested` are rule ids; any other rule has failures, or its pack a problem."""

    passed: tuple[str, ...]
    untested: tuple[str, ...]
    failures: tuple[Failure, ...]
    problems: tuple[Problem, ...]


def run_rule_tests(rules: RuleSet, mode: Mode = Mode.FAST) -> RuleTestReport:
    """Runs every pack's test file; as in semgrep's own tests, rules hold whatever the path.

    A rule passes when it hits the line after each of its `# ruleid:` comments and nothing else.
    """
    tested = [(pack, _test_version(pack, n)) for n, pack in enumerate(rules.packs) if pack.test]
    contents = {version.blob: pack.test or b"" for pack, version in tested}
    run = match_rules(
        [version for _, version in tested],
        lambda blobs: ((blob, contents[blob]) for blob in blobs),
        without_paths(rules),
        options=Options(mode=mode, purpose=Purpose.FIXES),
    )
    reports = [_judge_pack(pack, run.of(version)) for pack, version in tested]
    reports += [_untested(pack) for pack in rules.packs if not pack.test]
    problems = [*run.problems, *(problem for report in reports for problem in report.problems)]
    return RuleTestReport(
        tuple(rule for report in reports for rule in report.passed),
        tuple(rule for report in reports for rule in report.untested),
        tuple(failure for report in reports for failure in report.failures),
        tuple(dict.fromkeys(problems)),
    )


def with_unit_rule_tests(
    report: RuleTestReport, rules: Sequence[UnitRule] = RULES
) -> RuleTestReport:
    """The report with the cases of every rule in code that looks at one unit."""
    failures = {rule.id: tuple(_case_failures(rule)) for rule in rules}
    return replace(
        report,
        passed=(*report.passed, *(rule for rule, failed in failures.items() if not failed)),
        failures=(*report.failures, *(one for failed in failures.values() for one in failed)),
    )


def with_convention_tests(
    report: RuleTestReport, conventions: Sequence[TeamConvention]
) -> RuleTestReport:
    """The report with the cases of a team's own conventions."""
    failures = {one: tuple(_misread(one)) for one in conventions}
    tested = [one for one, failed in failures.items() if written(one).cases and not failed]
    untested = [one for one in conventions if not written(one).cases]
    return replace(
        report,
        passed=(*report.passed, *(written(one).family.id for one in tested)),
        untested=(*report.untested, *(written(one).family.id for one in untested)),
        failures=(*report.failures, *(one for failed in failures.values() for one in failed)),
    )


def _misread(source: TeamConvention) -> Iterator[Failure]:
    from scanner.analysis.choices.matching import choices_in  # noqa: PLC0415  brings LibCST along

    said = written(source)
    starts = [n for n, line in enumerate(source.text.split("\n"), 1) if _CASE.match(line)]
    for case, line in zip_longest(said.cases, starts[: len(said.cases)], fillvalue=1):
        assert isinstance(case, Case)
        assert isinstance(line, int)
        found = choices_in(case.code, [source])
        if isinstance(found, Problem):
            yield Failure(said.family.id, source.name, line, f"has a case that {found.reason}")
            continue
        chosen = tuple(point.alternative for point in found.points)
        if chosen != case.chooses:
            made, wanted = (", ".join(ids) or "nothing" for ids in (chosen, case.chooses))
            reason = f"found {made} here and should find {wanted}"
            yield Failure(said.family.id, source.name, line, reason)


def _case_failures(rule: UnitRule) -> Iterator[Failure]:
    notes = read_annotations(rule.cases)
    # A note is no comment of the case.
    lines = ["" if is_note(line) else line for line in rule.cases.split("\n")]
    text = "\n".join(lines)
    code = UnitCode(text, parse(text))
    found = {span.first for span in rule.find(code)}
    wanted = {note.line for note in notes if note.expectation is Expectation.HIT}
    for line in sorted(found ^ wanted):
        reason = "did not match here" if line in wanted else "matched here and should not"
        yield Failure(rule.id, SOURCES[rule.id], line, reason)


def without_paths(rules: RuleSet) -> RuleSet:
    """The rule set with each rule holding everywhere; lines keep their numbers."""
    packs = (
        replace(pack, text=_PATHS.sub(lambda found: "\n" * found[0].count("\n"), pack.text))
        for pack in rules.packs
    )
    return replace(rules, packs=tuple(packs))


def _test_version(pack: Pack, number: int) -> FileVersion:
    name = pack.name.rsplit("/", 1)[-1].rsplit(".", 1)[0]
    blob = sha1(f"{number}\0".encode() + (pack.test or b""), usedforsecurity=False).hexdigest()
    return FileVersion(f"{number}/{name}.py", FileMode.REGULAR, blob)


def _judge_pack(pack: Pack, found: FileHits) -> RuleTestReport:
    assert pack.test is not None
    ids = [rule for rule, _ in pack.rule_lines()]
    if found.reason:
        problem = Problem(Stage.RULES, pack.name, f"its test: {found.reason}")
        return RuleTestReport((), (), (), (problem,))
    own = [hit for hit in found.hits if hit.rule in ids and not hit.is_suppressed]
    failures = [*_failures(pack, own), *_fix_failures(pack, own)]
    failed = {failure.rule for failure in failures}
    notes = read_annotations(pack.test.decode("utf-8", "replace"))
    tested = {note.rule for note in notes if note.expectation is Expectation.HIT}
    return RuleTestReport(
        tuple(rule for rule in ids if rule in tested and rule not in failed),
        tuple(rule for rule in ids if rule not in tested and rule not in failed),
        tuple(failures),
        (),
    )


def _untested(pack: Pack) -> RuleTestReport:
    return RuleTestReport((), tuple(rule for rule, _ in pack.rule_lines()), (), ())


def _failures(pack: Pack, hits: Iterable[RuleHit]) -> Iterator[Failure]:
    assert pack.test is not None
    notes = read_annotations(pack.test.decode("utf-8", "replace"))
    ids = {rule for rule, _ in pack.rule_lines()}
    found = {(hit.rule, hit.span.first) for hit in hits}
    wanted = {(n.rule, n.line) for n in notes if n.expectation is Expectation.HIT}
    undecided = {
        (n.rule, n.line)
        for n in notes
        if n.expectation in (Expectation.HIT_SOME_DAY, Expectation.NO_HIT_SOME_DAY)
    }
    for rule, line in sorted(wanted - found):
        reason = "did not match here" if rule in ids else "is not in this pack"
        yield Failure(rule, pack.name, line, reason)
    for rule, line in sorted(found - wanted - undecided):
        yield Failure(rule, pack.name, line, "matched here and should not")


def _fix_failures(pack: Pack, hits: Iterable[RuleHit]) -> Iterator[Failure]:
    if pack.test is None or pack.fixed is None:
        return
    fixes = [(hit.rule, hit.fix) for hit in hits if hit.fix is not None]
    fixed = apply_fixes(pack.test, [fix for _, fix in fixes]).content
    if fixed == pack.fixed:
        return
    pairs = zip(fixed.split(b"\n"), pack.fixed.split(b"\n"), strict=False)
    line = next((n for n, (is_, should) in enumerate(pairs, 1) if is_ != should), 1)
    yield Failure(
        ", ".join(sorted({rule for rule, _ in fixes})), pack.name, line,
        "the fixed text is not what the .fixed.py file says",
    )  # fmt: skip
