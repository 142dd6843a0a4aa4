"""What the rules of a rule set say of themselves, with the file and line of each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from scanner.base.model import Problem, Severity, Stage
from scanner.base.yaml_text import read_yaml
from scanner.rulepacks.annotations import Expectation, read_annotations
from scanner.rulepacks.codemods.all_codemods import SAFETY
from scanner.rulepacks.codemods.codemod import Safety
from scanner.rulepacks.packs import NO_RULES, Pack, RuleSet
from scanner.rulepacks.results import category_of, points_of, references_of, severity_of
from scanner.rulepacks.tree_rules import TREE_RULES, TREE_RULES_SOURCE
from scanner.rulepacks.unit_rules.all_rules import RULES, SOURCES

REQUIRED_KEYS = ("id", "languages", "message", "severity")


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule as its pack has it. `line` is 1-based; `has_test` says that its pack tests it.

    One that `is_opt_in` is off unless the settings name it. `fix` is the class of its fix, if any.
    """

    id: str
    category: str
    severity: Severity
    points: float
    message: str
    references: tuple[str, ...]
    pack: str
    line: int
    fix: Safety | None
    has_test: bool = False
    is_opt_in: bool = False

    @property
    def source(self) -> str:
        """`pack:line`."""
        return f"{self.pack}:{self.line}"


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All rules in the order of their packs, and what is wrong with the rest."""

    rules: tuple[Rule, ...]
    problems: tuple[Problem, ...]


def list_rules(rules: RuleSet) -> Catalogue:
    """Every rule of a rule set. A file or rule that is broken is a problem with its line."""
    found: list[Rule] = []
    problems = list(rules.problems)
    for pack in rules.packs:
        for one in _rules_of(pack):
            if isinstance(one, Problem):
                problems.append(one)
            else:
                found.append(one)
    return Catalogue(tuple(found), tuple(dict.fromkeys(problems)))


def with_coded_rules(catalogue: Catalogue) -> Catalogue:
    """The catalogue with the rules that are written in code, those of the whole tree last."""
    of_units = (
        Rule(
            rule.id,
            rule.category,
            rule.severity,
            rule.points,
            rule.message,
            rule.references,
            pack=SOURCES[rule.id],
            line=1,
            fix=SAFETY.get(rule.id),
            has_test=True,
            is_opt_in=rule.is_opt_in,
        )
        for rule in RULES
    )
    of_trees = (
        Rule(
            rule.id,
            rule.category,
            rule.severity,
            rule.points,
            rule.message,
            references=(),
            pack=TREE_RULES_SOURCE,
            line=rule.line,
            fix=None,
            is_opt_in=rule.is_opt_in,
        )
        for rule in TREE_RULES
    )
    return replace(catalogue, rules=(*catalogue.rules, *of_units, *of_trees))


def coded_packs() -> tuple[Pack, ...]:
    """The files of the rules in code as packs, with their cases for a test and no rule to run."""
    of_units = (Pack(SOURCES[rule.id], "", rule.cases.encode()) for rule in RULES)
    return (*of_units, Pack(TREE_RULES_SOURCE, ""))


def parse_pack(pack: Pack) -> list[dict[str, Any]] | Problem:
    """The rules of a pack as YAML has them, or what is wrong with the file."""
    # A tenth of a second to import, and needed by `tallystick rules` alone.
    from ruamel.yaml.error import MarkedYAMLError, YAMLError  # noqa: PLC0415

    try:
        document = read_yaml(pack.text)
    except MarkedYAMLError as error:
        mark = error.context_mark or error.problem_mark
        line = mark.line + 1 if mark else 1
        what = " ".join(f"{error.context or ''} {error.problem or ''}".split())
        return _problem(pack, line, f"invalid YAML: {what}")
    except (YAMLError, ValueError, RecursionError) as error:  # 2020-99-99, 5,000 digits, depth
        return _problem(pack, 1, f"invalid YAML: {' '.join(str(error).split())}")
    entries = document.get("rules") if isinstance(document, dict) else None
    if not isinstance(entries, list):
        return Problem(Stage.RULES, pack.name, NO_RULES)
    return [entry if isinstance(entry, dict) else {} for entry in entries]


def _rules_of(pack: Pack) -> Iterator[Rule | Problem]:
    entries = parse_pack(pack)
    if isinstance(entries, Problem):
        yield entries
        return
    lines = dict(reversed(list(pack.rule_lines())))
    tested, opt_in = _tested_ids(pack), pack.opt_in
    for entry in entries:
        name = str(entry.get("id", ""))
        line = lines.get(name, 1)
        missing = [key for key in REQUIRED_KEYS if key not in entry]
        if missing:
            yield _problem(pack, line, f"rule {name or '?'} has no {' and no '.join(missing)}")
        else:
            rule = _rule(entry, pack, line)
            yield replace(rule, has_test=name in tested, is_opt_in=name in opt_in)


def _rule(entry: Mapping[str, Any], pack: Pack, line: int) -> Rule:
    metadata = entry.get("metadata")
    metadata = metadata if isinstance(metadata, dict) else {}
    severity = severity_of(entry["severity"])
    as_text = Safety.UNSAFE if "fix" in entry or "fix-regex" in entry else None
    return Rule(
        id=str(entry["id"]),
        category=category_of(metadata),
        severity=severity,
        points=points_of(metadata, severity),
        message=" ".join(str(entry["message"]).split()),
        references=references_of(metadata),
        pack=pack.name,
        line=line,
        fix=SAFETY.get(str(entry["id"]), as_text),
    )


def _tested_ids(pack: Pack) -> frozenset[str]:
    if pack.test is None:
        return frozenset()
    notes = read_annotations(pack.test.decode("utf-8", "replace"))
    return frozenset(note.rule for note in notes if note.expectation is Expectation.HIT)


def _problem(pack: Pack, line: int, reason: str) -> Problem:
    return Problem(Stage.RULES, pack.name, f"line {line}: {reason}")
