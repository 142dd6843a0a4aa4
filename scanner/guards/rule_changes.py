"""What a change does to the team's own rules: those it takes away or makes cheaper."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scanner.base.model import Finding, Severity
from scanner.guards.finding import Loss, in_file, tampering
from scanner.rulepacks.packs import Pack, make_rule_set

if TYPE_CHECKING:
    from scanner.rulepacks.catalogue import Rule

_ORDER = (Severity.INFO, Severity.WARNING, Severity.ERROR)


@dataclass(frozen=True, slots=True)
class PackChanges:
    """Findings on what is looser, and sentences on what is otherwise not what it was."""

    findings: tuple[Finding, ...] = ()
    notes: tuple[str, ...] = ()


def pack_changes(before: Sequence[Pack], after: Sequence[Pack], points: float) -> PackChanges:
    """Compares the changed packs rule by rule; a rule that moved to another pack is the same."""
    old, new = _by_id(before), _by_id(after)
    losses = [*_losses(old, new), *_broken(after)]
    findings = (tampering(loss, in_file(path, line), points) for loss, path, line in losses)
    return PackChanges(tuple(findings), tuple(_notes(before, after, old, new)))


def _by_id(packs: Sequence[Pack]) -> dict[str, Rule]:
    from scanner.rulepacks.catalogue import list_rules  # noqa: PLC0415  10 ms that few runs need

    rules = list_rules(make_rule_set(packs)).rules
    return {rule.id: rule for rule in reversed(rules)}


def _losses(old: Mapping[str, Rule], new: Mapping[str, Rule]) -> Iterator[tuple[Loss, str, int]]:
    for name, rule in old.items():
        now = new.get(name)
        if now is None:
            message = f"The change removes the rule {name}; it is judged by it all the same."
            hint = "Remove it in a change of its own, so that it is decided on its own."
            yield Loss("rule-removed", message, hint, name, None), rule.pack, 1
        elif _is_looser(rule, now):
            message = (
                f"The change makes the rule {name} count less; it is judged by the rule as it was."
            )
            hint = "Loosen it in a change of its own, so that it is decided on its own."
            loss = Loss("rule-loosened", message, hint, _shown(rule), _shown(now))
            yield loss, now.pack, now.line


def _is_looser(old: Rule, new: Rule) -> bool:
    is_milder = _ORDER.index(new.severity) < _ORDER.index(old.severity)
    return new.points < old.points or is_milder or (new.is_opt_in and not old.is_opt_in)


def _shown(rule: Rule) -> str:
    opt_in = ", opt-in" if rule.is_opt_in else ""
    return f"{rule.id}: {rule.severity}, {rule.points:g} points{opt_in}"


def _broken(packs: Sequence[Pack]) -> Iterator[tuple[Loss, str, int]]:
    hint = "Fix it; `tallystick rules test` says more."
    from scanner.rulepacks.catalogue import list_rules  # noqa: PLC0415  as above

    for problem in list_rules(make_rule_set(packs)).problems:
        message = f"The change leaves a pack of rules broken: {problem.reason}."
        yield Loss("rules-broken", message, hint, None, None), problem.path or "", 1


def _notes(
    before: Sequence[Pack], after: Sequence[Pack], old: Mapping[str, Rule], new: Mapping[str, Rule]
) -> Iterator[str]:
    brought = sorted(new.keys() - old.keys())
    if brought:
        yield f"The change brings rules ({', '.join(brought)}); they apply from the next change on."
    texts = {pack.name: pack.text for pack in before}
    altered = [pack.name for pack in after if texts.get(pack.name, pack.text) != pack.text]
    if altered:
        yield f"The change alters {', '.join(altered)}; it is judged by the rules as they were."
