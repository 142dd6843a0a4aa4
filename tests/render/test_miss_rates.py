"""How many changes of each agent only the forge knows of."""

from __future__ import annotations

from dataclasses import replace

from scanner.attribution.tables import SHOWN_BY_CLONES
from scanner.base.model import Attribution, Change, Claim, Label, Level
from scanner.render.tallies import MissRate, miss_rates, rates_elsewhere
from tests.render.report_samples import quiet_report


def claim(level: Level, label: Label = Label.AI, agent: str | None = "claude") -> Claim:
    return Claim(level, "rule", "source", "text", label, agent)


def changes(*evidence: tuple[Claim, ...]) -> list[Change]:
    one = quiet_report().compared[0]
    return [
        replace(one, attribution=Attribution(Label.AI, None, (), claims)) for claims in evidence
    ]


def test_where_the_forge_tells_of_no_agent_there_is_no_rate() -> None:
    unmarked = (claim(Level.FORGE, Label.UNMARKED),)
    nearly = (claim(Level.NEAR_MISS),)
    marked = (claim(Level.DECLARED_AUTHORSHIP),)
    assert miss_rates(changes(unmarked, nearly, marked, ())) == ()


def test_a_change_is_missed_where_nothing_else_marks_it() -> None:
    alone = (claim(Level.FORGE),)
    both = (claim(Level.FORGE), claim(Level.DECLARED_AUTHORSHIP))
    nearly = (claim(Level.FORGE), claim(Level.NEAR_MISS))
    human = (claim(Level.FORGE), claim(Level.POLICY, Label.HUMAN, None))
    codex = (claim(Level.FORGE, agent="codex"), claim(Level.ASSISTED_BY, Label.ASSISTED))
    assert miss_rates(changes(alone, both, nearly, human, codex)) == (
        MissRate("claude", 4, 3),
        MissRate("codex", 1, 0),
    )


def test_what_is_known_of_an_agent_elsewhere_is_told_where_it_is_seen() -> None:
    one = quiet_report().compared[0]
    shown, told = SHOWN_BY_CLONES["codex"]

    def by(*agents: str) -> Change:
        return replace(one, attribution=Attribution(Label.AI, None, agents))

    assert rates_elsewhere([by(), by("nobody-knows")]) == ()
    (rate,) = rates_elsewhere([by("codex", "claude"), by("codex"), by()])
    assert (rate.agent, rate.seen, rate.shown, rate.told) == ("codex", 2, shown, told)
    assert rate.hidden == 2 * (told - shown) / shown
