"""PURE: claims → the label of one commit and of one integrated change, all evidence kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from scanner.attribution.shares import (
    AI_FROM,
    MIXED_FROM,
    AddedLines,
    LineCounts,
    count_attested,
    count_lines,
    label_of_counts,
    label_of_declared_share,
)
from scanner.base.model import UNMARKED, Attribution, Claim, Label, Level
from scanner.roles.languages import is_python_path

#: Python files that only say what a project depends on, or which version it has.
_MANIFESTS = frozenset(
    {"setup.py", "noxfile.py", "_version.py", "__version__.py", "version.py", "__about__.py"}
)

#: The rungs, highest first, below the line attestations and declared shares.
_MARKS = (Level.AUTHOR_IDENTITY, Level.DECLARED_AUTHORSHIP, Level.ASSISTED_BY, Level.FORGE)


@dataclass(frozen=True, slots=True)
class ChangeFacts:
    """What the decision needs to know of a commit besides its claims.

    `resolves` says whether a merge has lines of its own; a merge without them is no change.
    `paths` are the changed paths and `added` the added lines by path, None where not known.
    """

    is_merge: bool = False
    resolves: bool = False
    paths: tuple[str, ...] | None = None
    added: AddedLines | None = None

    @property
    def changes_code(self) -> bool:
        """Whether Python files changed beyond manifests, as far as is known."""
        return self.paths is not None and any(map(is_code, self.paths))


@dataclass(frozen=True, slots=True)
class Part:
    """One commit of an integrated change, with the code lines it added."""

    attribution: Attribution
    added_code_lines: int


@dataclass(frozen=True, slots=True)
class _Decision:
    label: Label
    claims: tuple[Claim, ...]
    ai_share: float | None = None


def is_code(path: str) -> bool:
    """Whether a path is Python and not a manifest such as `setup.py`."""
    return is_python_path(path) and path.rpartition("/")[2] not in _MANIFESTS


def resolve(claims: Sequence[Claim], facts: ChangeFacts) -> Attribution:
    """The label that the highest believed evidence gives; other claims are kept as outweighed."""
    if not claims:
        return UNMARKED
    if facts.is_merge and not facts.resolves:
        return Attribution(Label.UNMARKED, outweighed=tuple(claims))
    decision = (
        _override(claims)
        or _lines(claims, facts)
        or _share(claims)
        or _marks(claims, facts)
        or _policy(claims)
    )
    if decision is None:
        return Attribution(Label.UNMARKED, outweighed=tuple(claims))
    return _attribution(decision, claims)


def is_contested(claims: Iterable[Claim]) -> bool:
    """Whether a bot's commit says of itself whose it is, too: then what it changes decides."""
    labels = {claim.label for claim in claims if claim.level in (*_MARKS, Level.DECLARED_SHARE)}
    return Label.AUTOMATION in labels and len(labels) > 1


def line_counts(claims: Iterable[Claim], facts: ChangeFacts) -> LineCounts | None:
    """Added lines by what is attested of them; None where nothing is attested."""
    attested = tuple(line for claim in claims for line in claim.lines)
    if not attested:
        return None
    # Of a merge, and of a change that was not looked up, the note is all there is.
    return count_attested(attested) if facts.added is None else count_lines(facts.added, attested)


def attribute_change(own: Attribution, parts: Sequence[Part]) -> Attribution:
    """The label of an integrated change from the added code lines of its commits.

    AI from 90% of them, mixed from 10%, else the label of most of the rest. `own` is the
    attribution of the commit that integrates it (a merge, say), which decides where there are no
    parts.
    """
    if own.level is Level.OVERRIDE:
        return own
    return _combined(parts) if parts else own


def _combined(parts: Sequence[Part]) -> Attribution:
    lines = sum(part.added_code_lines for part in parts)
    # A change that adds no code (it deletes, or documents) is shared out by its commits.
    weights = [part.added_code_lines if lines else 1 for part in parts]
    total = sum(weights)
    ai = sum(w * _ai_share(p.attribution) for w, p in zip(weights, parts, strict=True)) / total
    by_label: Counter[Label] = Counter()
    for weight, part in zip(weights, parts, strict=True):
        by_label[part.attribution.label] += weight
    if ai >= AI_FROM:
        label = Label.AI
    elif ai >= MIXED_FROM:
        label = Label.MIXED
    else:
        label = _most(by_label)
    return _joined(label, ai, parts, weights)


def _joined(label: Label, ai: float, parts: Sequence[Part], weights: Sequence[int]) -> Attribution:
    wanted = {Label.AI, Label.MIXED} if label in (Label.AI, Label.MIXED) else {label}
    ranked = sorted(zip(weights, parts, strict=True), key=lambda pair: -pair[0])
    deciding = [part.attribution for _, part in ranked if part.attribution.label in wanted]
    others = [part.attribution for _, part in ranked if part.attribution.label not in wanted]
    return Attribution(
        label=label,
        level=deciding[0].level if deciding else None,
        agents=tuple(dict.fromkeys(agent for one in deciding for agent in one.agents)),
        decided_by=tuple(dict.fromkeys(c for one in deciding for c in one.decided_by)),
        outweighed=tuple(
            dict.fromkeys(
                [c for one in deciding for c in one.outweighed]
                + [c for one in others for c in one.evidence]
            )
        ),
        ai_share=ai,
    )


def _most(by_label: Counter[Label]) -> Label:
    rest = [(n, label) for label, n in by_label.items() if label not in (Label.AI, Label.MIXED)]
    if not rest:
        return Label.UNMARKED
    # Of equals the more modest one.
    order = (Label.UNMARKED, Label.AUTOMATION, Label.ASSISTED, Label.HUMAN)
    return max(rest, key=lambda pair: (pair[0], -order.index(pair[1])))[1]


def _ai_share(attribution: Attribution) -> float:
    if attribution.label is Label.MIXED:
        return 0.5 if attribution.ai_share is None else attribution.ai_share
    return 1.0 if attribution.label is Label.AI else 0.0


def _override(claims: Sequence[Claim]) -> _Decision | None:
    found = _at(claims, Level.OVERRIDE)
    return _Decision(found[-1].label, found[-1:]) if found else None


def _lines(claims: Sequence[Claim], facts: ChangeFacts) -> _Decision | None:
    found = _at(claims, Level.LINE_ATTESTATION)
    counts = line_counts(found, facts)
    if counts is None:
        return None
    label = label_of_counts(counts)
    return _Decision(label, found, counts.ai_share) if label else None


def _share(claims: Sequence[Claim]) -> _Decision | None:
    found = tuple(c for c in _at(claims, Level.DECLARED_SHARE) if c.share is not None)
    if not found:
        return None
    # A squash may carry several; nothing says how large each part was.
    share = sum(claim.share or 0.0 for claim in found) / len(found)
    label = label_of_declared_share(share)
    if label is not Label.UNMARKED:
        return _Decision(label, found, share)
    if any(claim.label is Label.ASSISTED for claim in found):
        return _Decision(Label.ASSISTED, found, share)
    # A small share outweighs the marks that only say an agent took part.
    rest = _policy(claims)
    return _Decision(rest.label if rest else Label.UNMARKED, found, share)


def _marks(claims: Sequence[Claim], facts: ChangeFacts) -> _Decision | None:
    automation = tuple(c for c in claims if c.label is Label.AUTOMATION and c.level in _MARKS)
    for level in _MARKS:
        found = tuple(c for c in _at(claims, level) if c.label is not Label.AUTOMATION)
        if not found:
            continue
        # A bot's commit is the bot's, whoever helped it along, unless code was written for it.
        if automation and not facts.changes_code:
            break
        return _Decision(found[0].label, found)
    return _Decision(Label.AUTOMATION, automation) if automation else None


def _policy(claims: Sequence[Claim]) -> _Decision | None:
    found = _at(claims, Level.POLICY)
    return _Decision(found[0].label, found) if found else None


def _at(claims: Iterable[Claim], level: Level) -> tuple[Claim, ...]:
    return tuple(claim for claim in claims if claim.level is level)


def _attribution(decision: _Decision, claims: Sequence[Claim]) -> Attribution:
    chosen = {id(claim) for claim in decision.claims}
    return Attribution(
        label=decision.label,
        level=decision.claims[0].level if decision.claims else None,
        agents=_agents(decision),
        decided_by=decision.claims,
        outweighed=tuple(claim for claim in claims if id(claim) not in chosen),
        ai_share=decision.ai_share,
    )


def _agents(decision: _Decision) -> tuple[str, ...]:
    """The agents of the deciding claims, those of most attested lines first."""
    if decision.label in (Label.HUMAN, Label.UNMARKED):
        return ()
    lines: Counter[str] = Counter()
    for claim in decision.claims:
        for item in claim.lines:
            if item.agent and item.label is not Label.HUMAN:
                lines[item.agent] += len(item.span)
    named = [claim.agent for claim in decision.claims if claim.agent]
    return tuple(dict.fromkeys([agent for agent, _ in lines.most_common()] + named))
