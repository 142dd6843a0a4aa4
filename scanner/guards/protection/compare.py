"""One function before and after a change → the guards that its statements lost. Pure."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher

from scanner.guards.protection.conditions import implies
from scanner.guards.protection.flow import Reached
from scanner.guards.protection.guard import (
    ROUND_CODE,
    Form,
    Guard,
    GuardKind,
    are_about_one,
    covers,
    renamed,
)

#: Of a function that keeps fewer of its statements than this nothing is told: it is another one.
KEPT_SHARE = 0.4
#: Of what stood behind a guard, and of what is left of it, so much has to be there or unguarded.
COHERENT = 0.5
#: A guard that nothing behind it speaks of is told only of a function that kept so much of itself.
SAME_SHARE = 0.7
#: A function that kept so much was changed in its guards alone.
ALMOST_ALL = 0.9
_NAME = re.compile(r"[^\W\d]\w*")
#: Questions of these kinds choose between two ways more often than they protect one.
_CHOOSING = frozenset((GuardKind.VALUE, GuardKind.QUESTION))
#: What leaves quietly, or stands in one branch, protects only what speaks of the same thing.
_OF_NOTHING = frozenset((GuardKind.NONE, GuardKind.EMPTY))
_NEEDS_USE = frozenset((Form.LEAVES, Form.BRANCH, Form.INLINE, Form.DEFAULT))


@dataclass(frozen=True, slots=True)
class Lost:
    """A guard that stood before a statement and no longer does; `now` is what else stands there."""

    guard: Guard
    before: Reached
    after: Reached
    now: tuple[Guard, ...]


def lost_between(before: Sequence[Reached], after: Sequence[Reached]) -> Iterator[Lost]:
    """The guards that statements which are still there lost, each told once, at its best place."""
    after = _with_old_names(before, after)
    pairs = _matched(before, after)
    share = _kept_share(before, after, pairs)
    if share < KEPT_SHARE:
        return
    found: dict[tuple[str, int], _Losses] = defaultdict(_Losses)
    still = _still_guarded(before, after)
    refusals = _new_refusals(before, after)
    words = {word for one in after for word in _NAME.findall(one.text)}
    for old, new in pairs:
        for key, guard in old.guards.items():
            if not _is_told(guard) or not _counts(guard, old):
                continue
            losses = found[key, guard.line]
            losses.kept += 1
            losses.used += _protects(guard, old)
            is_lost = key not in new.guards and (new.text, key) not in still
            if is_lost and guard.refusal not in refusals and not _is_excused(guard, old, new):
                losses.places.append((old, new, guard))
    told: set[int] = set()
    for losses in found.values():
        strict = [place for place in losses.places if _protects(place[2], place[0])]
        is_all_else_kept = share >= ALMOST_ALL and not losses.used
        places = strict or [p for p in losses.places if is_all_else_kept and _asks_first(p[2])]
        if not places or not _is_coherent(losses, before):
            continue
        old, new, guard = min(places, key=lambda one: (_rank(one[2], one[0]), one[0].line))
        is_sure = (
            guard.kind in ROUND_CODE
            or _uses(guard, old)
            or (share >= SAME_SHARE and not _is_gone(guard, words))
        )
        if guard.line not in told and is_sure:
            told.add(guard.line)
            now = tuple(filter(_is_told, _others(guard, new)))
            yield Lost(guard, old, new, now)


def _new_refusals(before: Sequence[Reached], after: Sequence[Reached]) -> set[str]:
    """The statements by which checks refuse that did not stand there before: others' may be old."""
    old = {key for one in before for key in one.guards}
    return {
        guard.refusal
        for one in after
        for key, guard in one.guards.items()
        if guard.refusal and key not in old
    }


def _others(guard: Guard, statement: Reached) -> list[Guard]:
    return [one for one in statement.guards.values() if _is_about(one, guard)]


@dataclass(slots=True)
class _Losses:
    """How many statements behind a guard are still there, those of them that lost it, and how many
    speak of what it asks.
    """

    kept: int = 0
    used: int = 0
    places: list[tuple[Reached, Reached, Guard]] = field(default_factory=list)


def _counts(guard: Guard, statement: Reached) -> bool:
    is_plain = guard.kind in ROUND_CODE or guard.kind is GuardKind.ESCAPING
    return not statement.is_message if is_plain else statement.has_effect


def _is_coherent(losses: _Losses, before: Sequence[Reached]) -> bool:
    """Whether most of what stood behind a guard is still there, and most of that lost it."""
    guard = losses.places[0][2]
    stood = sum(
        _counts(guard, one)
        for one in before
        if (there := one.guards.get(guard.key)) is not None and there.line == guard.line
    )
    return losses.kept >= COHERENT * stood and len(losses.places) >= COHERENT * losses.kept


def _kept_share(
    before: Sequence[Reached], after: Sequence[Reached], pairs: Sequence[tuple[Reached, Reached]]
) -> float:
    """How much of the shorter side of a function stands on both, 0 to 1."""
    fewest = min(sum(one.has_effect for one in side) for side in (before, after))
    return sum(old.has_effect for old, _ in pairs) / fewest if fewest else 1.0


def _still_guarded(before: Sequence[Reached], after: Sequence[Reached]) -> set[tuple[str, str]]:
    """Statements, by text, that stand more or less often than before, with guards that one has."""
    counts = [Counter(one.text for one in side) for side in (before, after)]
    return {
        (one.text, key)
        for one in after
        if counts[0][one.text] != counts[1][one.text]
        for key in one.guards
    }


def _is_told(guard: Guard) -> bool:
    """Whether it is a guard at all, and not one of several ways that a function can take."""
    if guard.form in (Form.BRANCH, Form.INLINE) and guard.kind in _CHOOSING:
        return False
    return guard.form is not Form.UNTOLD


def _protects(guard: Guard, statement: Reached) -> bool:
    """Whether it is what a guard is there for: something that can go wrong without it."""
    if not _counts(guard, statement):
        return False
    if guard.kind is GuardKind.CONTEXT and guard.subjects:
        return _uses(guard, statement)
    if guard.form in _NEEDS_USE and guard.kind is not GuardKind.LIMIT:
        is_handed_on = statement.handed_on in guard.subjects and guard.kind in _OF_NOTHING
        return _uses(guard, statement) and not is_handed_on
    return True


def _uses(guard: Guard, statement: Reached) -> bool:
    return any(covers(one, path) for one in guard.subjects for path in statement.paths)


def _rank(guard: Guard, statement: Reached) -> tuple[bool, bool]:
    """The best statement to speak of: one that uses what was asked about, and is no test."""
    return not _uses(guard, statement), statement.is_test


def _is_excused(guard: Guard, old: Reached, new: Reached) -> bool:
    """Whether something else stands there now, or there is nothing left to be asked."""
    gained = [one for key, one in new.guards.items() if key not in old.guards]
    if guard.kind is GuardKind.REPORT and guard.key[len("failures of ") :].removesuffix(
        " are reported"
    ) not in {key.removeprefix("except ") for key in new.guards}:
        return True  # nothing catches them now, so that they are heard of
    if guard.kind in ROUND_CODE:
        return any(one.kind in ROUND_CODE for one in gained)
    if any(implies(one, guard) for one in new.guards.values()):
        return True
    if any(_is_about(one, guard) or _is_asked_otherwise(one, guard) for one in gained):
        return True
    return any(_is_made_anew(subject, old, new) for subject in guard.subjects)


def _is_about(one: Guard, other: Guard) -> bool:
    if other.kind in ROUND_CODE:
        return one.kind is other.kind
    return any(are_about_one(a, b) for a in one.subjects for b in other.subjects)


def _is_asked_otherwise(one: Guard, other: Guard) -> bool:
    """Whether one leaves as the other did, and asks something else of the same."""
    roots = ({path.partition(".")[0] for path in guard.subjects} for guard in (one, other))
    own = set.intersection(*roots) - {"self", "cls"}
    return one.form is other.form and bool(own)


def _is_made_anew(subject: str, old: Reached, new: Reached) -> bool:
    """Whether what was asked about comes from elsewhere now."""
    return any(old.made.get(path) != new.made.get(path) for path in _prefixes(subject))


def _asks_first(guard: Guard) -> bool:
    """Whether a guard that leaves quietly is there for all that follows, whatever that is about."""
    return guard.form is Form.LEAVES and guard.kind is not GuardKind.VALUE


def _is_gone(guard: Guard, words: set[str]) -> bool:
    """Whether what was asked about was worked out in the function, and no longer is."""
    roots = {subject.partition(".")[0] for subject in guard.subjects}
    return bool(roots) and all(root not in words for root in roots)


def _prefixes(path: str) -> Iterator[str]:
    parts = path.split(".")
    for end in range(1, len(parts) + 1):
        yield ".".join(parts[:end])


# --------------------------------------------------------------------------- which is which


def _matched(before: Sequence[Reached], after: Sequence[Reached]) -> list[tuple[Reached, Reached]]:
    """The statements that say the same on both sides: in order, then those that stand once."""
    texts = [one.text for one in before], [one.text for one in after]
    matcher = SequenceMatcher(None, *texts, autojunk=False)
    pairs = [
        (block.a + i, block.b + i)
        for block in matcher.get_matching_blocks()
        for i in range(block.size)
    ]
    used = {i for i, _ in pairs}, {j for _, j in pairs}
    left = [[i for i in range(len(some)) if i not in used[n]] for n, some in enumerate(texts)]
    counts = [Counter(texts[n][i] for i in left[n]) for n in (0, 1)]
    places = {texts[1][j]: j for j in left[1]}
    pairs += [
        (i, places[texts[0][i]])
        for i in left[0]
        if counts[0][texts[0][i]] == counts[1][texts[0][i]] == 1
    ]
    return [(before[i], after[j]) for i, j in sorted(pairs)]


def _with_old_names(before: Sequence[Reached], after: Sequence[Reached]) -> list[Reached]:
    """The later statements, what was renamed called as it was."""
    names = _renames(before, after)
    if not names:
        return list(after)
    return [
        replace(
            one,
            text=renamed(one.text, names),
            guards={guard.key: guard for guard in (g.renamed(names) for g in one.guards.values())},
            paths=frozenset(renamed(path, names) for path in one.paths),
            made={
                renamed(path, names): frozenset(renamed(text, names) for text in how)
                for path, how in one.made.items()
            },
        )
        for one in after
    ]


def _renames(before: Sequence[Reached], after: Sequence[Reached]) -> dict[str, str]:
    """New names → old ones: what one side alone makes, where statements of equal shape agree."""
    words = [{w for one in side for w in _NAME.findall(one.text)} for side in (before, after)]
    own = [
        {w for one in side for name in one.made for w in _NAME.findall(name)}
        for side in (before, after)
    ]
    gone, come = (words[0] - words[1]) & own[0], (words[1] - words[0]) & own[1]
    if not (gone and come):
        return {}
    shapes: dict[str, list[Reached]] = defaultdict(list)
    for one in before:
        shapes[_shape(one.text, gone)].append(one)
    votes: Counter[tuple[str, str]] = Counter()
    for one in after:
        same = shapes.get(_shape(one.text, come), [])
        if len(same) == 1:
            words_of = zip(_NAME.findall(one.text), _NAME.findall(same[0].text), strict=True)
            votes.update({(n, o) for n, o in words_of if n in come and o in gone})
    names: dict[str, str] = {}
    for (new, old), _ in sorted(votes.items(), key=lambda item: (-item[1], item[0])):
        if new not in names and old not in names.values():
            names[new] = old
    return names


def _shape(text: str, own: set[str]) -> str:
    """A text with a blank for each name of one side alone."""
    return _NAME.sub(lambda match: "_" if match[0] in own else match[0], text)
