"""`tallystick rules`: which rules are in force and where each comes from; and their own tests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path

import click

from scanner.analysis.choices.team import TeamConvention, written
from scanner.base.errors import ExitCode, ScanError
from scanner.base.model import Dimension, Problem
from scanner.cli.output import say_line
from scanner.cli.progress import shown_progress
from scanner.cli.session import Session, with_session
from scanner.codebase.settings import settings_of_texts
from scanner.config import CONFIG_FILES, Settings
from scanner.render.paths import printable
from scanner.render.terminal import told_text
from scanner.render.terminal.text import wrapped
from scanner.render.terminal.weights_text import weight_lines
from scanner.render.wording import counted
from scanner.rulepacks.annotations import Expectation
from scanner.rulepacks.catalogue import (
    Catalogue,
    Rule,
    coded_packs,
    list_rules,
    with_coded_rules,
)
from scanner.rulepacks.codemods.codemod import Safety
from scanner.rulepacks.command import find_semgrep
from scanner.rulepacks.examples import example
from scanner.rulepacks.packs import (
    Pack,
    RuleSet,
    load_conventions,
    load_default_packs,
    load_packs,
    make_rule_set,
)
from scanner.rulepacks.run import NO_SEMGREP


@click.group()
def rules() -> None:
    """List the rules that are in force, show one, or run the tests of packs.

    Packs and settings are read from the work tree here, so that a rule can be tried before it is
    committed. `check` and `gate` take them from the base.
    """


@rules.command(name="list")
@with_session
def list_command(session: Session) -> int:
    """Every rule: points, severity, category, whether it has a test and a fix, and its source.

    One that is off is in `rules_off`, or it is an opt-in rule and not in `rules_on`.
    """
    settings = _settings(session)
    packs = _packs(session, settings)
    catalogue = _catalogue(packs, settings)
    for line in (*_table(catalogue.rules, settings), *map(_convention, packs.conventions)):
        say_line(line)
    _tell(catalogue.problems)
    named = [rule.id for rule in catalogue.rules]
    chosen = {*settings.rules_on, *settings.rules_off, *settings.rule_points}
    for name in sorted(chosen.difference(named)):
        click.echo(f"tallystick: the settings name {name}, but there is no such rule", err=True)
    if session.verbosity >= 0:
        active = [rule for rule in catalogue.rules if not _is_off(rule, settings)]
        off = len(catalogue.rules) - len(active)
        say_line(f"{counted(len(active), 'rule')} in force, {off} off")
        _say_ignored(session)
    return int(ExitCode.USAGE if catalogue.problems else ExitCode.CLEAN)


def _say_ignored(session: Session) -> None:
    """Which rules agents were told by and passed over, where this clone keeps that."""
    from scanner.base import agent_log  # noqa: PLC0415  what follows judges changes

    if not agent_log.read(session.repository.common_dir):
        return
    from scanner.history.told_here import told_here  # noqa: PLC0415

    context = session.context("HEAD")
    with shown_progress(quiet=False) as progress, session.open_store() as store:
        told = told_here(context, store, session.jobs, progress)
    for line in told_text.ignored(told):
        say_line(line)


@rules.command(name="show")
@click.argument("names", nargs=-1, required=True, metavar="ID...")
@with_session
def show_command(session: Session, names: tuple[str, ...]) -> int:
    """What a rule says and why, where it comes from, and what its own tests show of it.

    `deviation` shows what the deviation score is made of, and what each part weighs.
    """
    settings = _settings(session)
    packs = _packs(session, settings)
    catalogue = _catalogue(packs, settings)
    known = {rule.id: rule for rule in reversed(catalogue.rules)}
    for name in names:
        if name not in known and name != Dimension.DEVIATION:
            close = get_close_matches(name, known, n=1)
            hint = (
                f"Did you mean {close[0]}?" if close else "`tallystick rules list` lists them all."
            )
            raise ScanError(f"There is no rule {name}.", hint)
    by_name = {pack.name: pack for pack in (*packs.packs, *coded_packs())}
    for place, name in enumerate(names):
        shown = (
            weight_lines()
            if name == Dimension.DEVIATION
            else _shown(known[name], by_name, settings)
        )
        for line in (*([""] if place else []), *shown):
            say_line(line)
    return int(ExitCode.CLEAN)


@rules.command(name="test")
@click.argument("places", nargs=-1, type=click.Path(path_type=Path), metavar="[PLACE]...")
@with_session
def test_command(session: Session, places: tuple[Path, ...]) -> int:
    """Run the packs' own tests: those at PLACE (files or folders), or of all that are in force.

    A pack's test is the .py file beside it; the line after `# ruleid: NAME` has to be hit, the line
    after `# ok: NAME` must not be. A convention has its cases in its own file.
    """
    from scanner.rulepacks.testing import (  # noqa: PLC0415
        run_rule_tests,
        with_convention_tests,
        with_unit_rule_tests,
    )

    if find_semgrep() is None:
        raise ScanError(f"{NO_SEMGREP}.", exit_code=ExitCode.COULD_NOT_JUDGE)
    chosen = _at(places) if places else _packs(session, _settings(session))
    report = with_convention_tests(run_rule_tests(chosen), chosen.conventions)
    if not places and _settings(session).default_rules:
        report = with_unit_rule_tests(report)
    for failure in report.failures:
        say_line(f"{failure.test}:{failure.line}: {failure.rule} {failure.reason}")
    _tell(report.problems)
    places_of = {written(one).family.id: one.name for one in chosen.conventions}
    if session.verbosity >= 0:
        for name in report.untested:
            say_line(f"{chosen.where(name) or places_of[name]}: {name} has no test")
        failures = counted(len(report.failures), "failure")
        say_line(
            f"{counted(len(report.passed), 'rule')} passed, {failures}, "
            f"{len(report.untested)} without a test, {counted(len(report.problems), 'problem')}"
        )
    if report.problems:
        return int(ExitCode.COULD_NOT_JUDGE)
    return int(ExitCode.THRESHOLD_CROSSED if report.failures else ExitCode.CLEAN)


def _settings(session: Session) -> Settings:
    """Those that the user named, else the work tree's, else HEAD's."""
    top = session.repository.work_tree
    if session.settings is not None or top is None:
        return session.settings_of_head()
    try:
        files = ((name, top / name) for name in CONFIG_FILES)
        texts = {name: file.read_text("utf-8-sig") for name, file in files if file.is_file()}
    except (OSError, UnicodeDecodeError) as error:
        raise ScanError(f"The configuration cannot be read: {error}.") from error
    found = settings_of_texts(texts)
    return found[1] if found else Settings()


def _packs(session: Session, settings: Settings) -> RuleSet:
    """Every rule of the packs in force, the opt-in ones too."""
    own = load_default_packs() if settings.default_rules else ()
    top = session.repository.work_tree or session.repository.git_dir
    packs = make_rule_set((*own, *load_packs(top, settings.rules)))
    return replace(packs, conventions=load_conventions(top, settings.rules))


def _catalogue(packs: RuleSet, settings: Settings) -> Catalogue:
    """What the rules of the packs say of themselves, and those in code, which are default rules."""
    catalogue = list_rules(packs)
    return with_coded_rules(catalogue) if settings.default_rules else catalogue


def _at(places: Sequence[Path]) -> RuleSet:
    named = [str(place) for place in places]
    packs = make_rule_set(load_packs(Path(), named))
    return replace(packs, conventions=load_conventions(Path(), named))


def _table(found: Sequence[Rule], settings: Settings) -> Iterator[str]:
    width = max((len(rule.id) for rule in found), default=0)
    for rule in found:
        points = settings.rule_points.get(rule.id, rule.points)
        marks = ("test" if rule.has_test else "", rule.fix or "")
        state = "off" if _is_off(rule, settings) else f"{points:g}"
        yield (
            f"{rule.id:<{width}}  {state:>4}  {rule.severity:<7}  {rule.category:<12}  "
            f"{marks[0]:<4}  {marks[1]:<6}  {rule.source}"
        )


def _convention(source: TeamConvention) -> str:
    said = written(source)
    test = "tested" if said.cases else "without a test"
    ways = " or ".join(one.label for one in said.family.alternatives)
    line = f"{said.family.id}  convention, {test}  {said.family.noun}: {ways}  {source.name}"
    return printable(line)


def _shown(rule: Rule, packs: Mapping[str, Pack], settings: Settings) -> Iterator[str]:
    pack = packs[rule.pack]
    points = settings.rule_points.get(rule.id, rule.points)
    state = f"{points:g} points" if points != 1 else "1 point"
    if _is_off(rule, settings):
        how = "rules_off names it" if rule.id in settings.rules_off else "rules_on does not name it"
        state = f"off: {how}"
    yield f"{rule.id}  {state}, {rule.severity}, {rule.category}"
    yield from wrapped(printable(rule.message), "  ")
    if rule.references:
        yield f"  See: {', '.join(map(printable, rule.references))}"
    yield f"  From: {rule.source}{_fix(rule)}"
    titles = {Expectation.HIT: "Reported", Expectation.NO_HIT: "Not reported"}
    for expectation, title in titles.items():
        found = example(pack, rule.id, expectation)
        if found:
            yield f"  {title}:"
        for line in found:
            yield f"  {'>' if line.matters else ' '} {printable(line.text)}".rstrip()


def _fix(rule: Rule) -> str:
    match rule.fix:
        case Safety.SAFE:
            return "; has a fix for `check --fix`"
        case Safety.UNSAFE:
            return "; has a fix for `check --fix=unsafe`"
        case None:
            return ""


def _is_off(rule: Rule, settings: Settings) -> bool:
    return not settings.asks(rule.id, is_opt_in=rule.is_opt_in)


def _tell(problems: Sequence[Problem]) -> None:
    for problem in problems:
        where = f"{problem.path}: " if problem.path else ""
        click.echo(f"tallystick: {where}{problem.reason}", err=True)
