"""What a squash is made of: the commits of its pull request, where the clone has them.

A squash repeats what its commits say, so one commit of a hundred makes all of it an agent's, or it
drops what they say. The commits themselves tell, by the lines of theirs that stand in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from scanner.attribution.changes import (
    WRITTEN_PATHS,
    Pair,
    added_lines,
    added_only,
    carry,
    paths_of,
)
from scanner.attribution.commits import claims_of
from scanner.attribution.forge_pulls import named_number
from scanner.attribution.identities import IdentityTable
from scanner.attribution.pulls import SLACK, PullRequests, read_each
from scanner.attribution.resolve import ChangeFacts, is_code, is_contested, resolve
from scanner.attribution.shares import AI_FROM, MIXED_FROM, count_lines
from scanner.base.model import Attribution, Claim, Commit, Label, Level, LineAttestation, TreeDiff
from scanner.git.process import Repository
from scanner.git.trees import diff_trees, literal_paths

#: Squashes whose commits are compared at once: neighbours in time, which change like files.
_TOGETHER = 4

RULE = "pull-request.commits"
_MARKS = (Level.AUTHOR_IDENTITY, Level.DECLARED_AUTHORSHIP, Level.ASSISTED_BY)
_HELPED = (Label.AI, Label.MIXED, Label.ASSISTED)


@dataclass(frozen=True, slots=True)
class Squash:
    """A change with the number of its pull request and the commits that it was made of.

    `steps` lead along the pull request's main line, oldest first, over its merges too: each is a
    commit with its first parent.
    """

    commit: Commit
    number: int
    parts: tuple[Commit, ...]
    steps: tuple[Pair, ...]


@dataclass(frozen=True, slots=True)
class _Lines:
    """Lines of a squash that marked and other commits wrote."""

    attested: tuple[LineAttestation, ...]
    ai: int
    all: int


def read_squashes(
    repo: Repository, commits: Iterable[Commit], pulls: PullRequests
) -> tuple[Squash, ...]:
    """The changes of which the clone has the pull request's own commits."""
    wanted = [
        (commit, number, members)
        for commit in commits
        if not commit.is_merge
        and (number := named_number(commit)) is not None
        and (members := pulls.members(number))
    ]
    oids = tuple(dict.fromkeys(oid for _, _, members in wanted for oid in members))
    known = {commit.oid: commit for commit in read_each(repo, oids) if not commit.is_merge}
    found = (
        Squash(
            commit,
            number,
            tuple(known[oid] for oid in reversed(members) if oid in known),
            tuple((next(iter(pulls.parents[oid]), None), oid) for oid in pulls.main_line(number)),
        )
        for commit, number, members in wanted
    )
    return tuple(
        one
        for one in found
        if one.parts and max(part.committed for part in one.parts) <= one.commit.committed + SLACK
    )


def attribute_squashes(
    repo: Repository,
    squashes: Sequence[Squash],
    claims: Mapping[str, Sequence[Claim]],
    book: IdentityTable,
) -> Iterator[tuple[str, list[Claim]]]:
    """The claims on each squash, with what its commits say where they say more than it does.

    That is a share that outweighs the marks of the squash where its commits carry them too, and
    forge evidence where the squash dropped them, or has one that none of them has (its own author,
    or a declaration on the whole pull request). An app that opened it for others is not its author.
    """
    every = {part.oid: part for one in squashes for part in one.parts}
    found = _attributions(repo, tuple(every.values()), book)
    machines = [one for one in squashes if any(map(_is_machine, claims.get(one.commit.oid, ())))]
    opened = _opened_for_others(repo, machines, found)
    bots_own = {one.commit.oid for one in machines} - opened
    marked = [
        one
        for one in squashes
        if one.commit.oid not in bots_own and _is_marked(one, claims.get(one.commit.oid, ()), found)
    ]
    told = dict(_tell(repo, marked, found, book))
    for one in squashes:
        oid = one.commit.oid
        own = list(claims.get(oid, ()))
        if oid in opened:
            own = [_of_who_opened(claim) for claim in own]
        if oid in told:
            ranked = _ranked(told[oid], own, [found[part.oid] for part in one.parts])
            # Before what its branch or body says of all of it: the commits know better.
            yield oid, [ranked, *own]
        elif oid in opened:
            yield oid, own


def _is_marked(one: Squash, own: Sequence[Claim], found: Mapping[str, Attribution]) -> bool:
    return any(found[part.oid].label in _HELPED for part in one.parts) or any(map(_is_mark, own))


def _tell(
    repo: Repository,
    marked: Sequence[Squash],
    found: Mapping[str, Attribution],
    book: IdentityTable,
) -> Iterator[tuple[str, Claim]]:
    """What the commits of each say, by lines where not all of them say the same."""
    mixed = [one for one in marked if len({_is_ai(found[part.oid]) for part in one.parts}) > 1]
    lines = _follow(repo, mixed, found)
    for one in marked:
        claim = _claim(one, found, lines.get(one.commit.oid), book)
        if claim is not None:
            yield one.commit.oid, claim


def _opened_for_others(
    repo: Repository, machines: Sequence[Squash], found: Mapping[str, Attribution]
) -> frozenset[str]:
    """The squashes whose author, a machine, only opened the pull request.

    A forge names whoever opened it as the author of the squash. What people added to the pull
    request of a bot is theirs where it is most of the code.
    """
    parts = list({part.oid: part for one in machines for part in one.parts}.values())
    diffs = diff_trees(repo, [part.against_first_parent for part in parts])
    weights = {
        part.oid: sum(file.added_lines for file in diff.files if is_code(file.path))
        for part, diff in zip(parts, diffs, strict=True)
    }
    return frozenset(one.commit.oid for one in machines if _is_of_others(one, found, weights))


def _is_machine(claim: Claim) -> bool:
    return claim.label is Label.AUTOMATION and claim.level is Level.AUTHOR_IDENTITY


def _is_of_others(
    one: Squash, found: Mapping[str, Attribution], weights: Mapping[str, int]
) -> bool:
    own = [part for part in one.parts if found[part.oid].label is Label.AUTOMATION]
    others = [part for part in one.parts if found[part.oid].label is not Label.AUTOMATION]
    code = sum(weights[part.oid] for part in others)
    return bool(others) and (not own or code > sum(weights[part.oid] for part in own))


def _of_who_opened(claim: Claim) -> Claim:
    if not _is_machine(claim):
        return claim
    note = "it opened the pull request; the commits in it are others'"
    return replace(claim, level=Level.NEAR_MISS, label=Label.UNMARKED, note=note)


def _attributions(
    repo: Repository, commits: Sequence[Commit], book: IdentityTable
) -> dict[str, Attribution]:
    """What the commits say of themselves; of bots' commits with a mark, what they change too."""
    claims = {commit.oid: claims_of(commit, book) for commit in commits}
    contested = [commit for commit in commits if is_contested(claims[commit.oid])]
    paths = dict(paths_of(repo, contested))
    return {oid: resolve(ones, ChangeFacts(paths=paths.get(oid))) for oid, ones in claims.items()}


def _is_ai(attribution: Attribution) -> bool:
    return attribution.label is Label.AI


def _follow(
    repo: Repository, squashes: Sequence[Squash], found: Mapping[str, Attribution]
) -> dict[str, _Lines]:
    """Whose the lines of each squash are: its Python lines, or those of any file without such."""
    python = dict(_followed(repo, squashes, found))
    others = [one for one in squashes if one.commit.oid not in python]
    return python | dict(_followed(repo, others, found, WRITTEN_PATHS))


def _followed(
    repo: Repository,
    squashes: Sequence[Squash],
    found: Mapping[str, Attribution],
    paths: Sequence[str] | None = None,
) -> Iterator[tuple[str, _Lines]]:
    """The lines of each commit that stand in the squash it became part of."""
    for start in range(0, len(squashes), _TOGETHER):
        yield from _followed_together(repo, squashes[start : start + _TOGETHER], found, paths)


def _followed_together(
    repo: Repository,
    squashes: Sequence[Squash],
    found: Mapping[str, Attribution],
    paths: Sequence[str] | None,
) -> Iterator[tuple[str, _Lines]]:
    own = [part.against_first_parent for one in squashes for part in one.parts]
    whole = [one.commit.against_first_parent for one in squashes]
    known = dict(zip([*own, *whole], diff_trees(repo, [*own, *whole], paths), strict=True))
    # A pull request may have begun long before: what else changed since then is nothing to it.
    places = literal_paths(path for diff in known.values() for path in _sides(diff)) or paths
    moves = [pair for one in squashes for pair in (*one.steps, *_ends(one)) if pair not in known]
    known.update(zip(moves, diff_trees(repo, moves, places), strict=True))
    for one in squashes:
        added = added_lines(known[one.commit.against_first_parent])
        lines = tuple(added_only(_standing(one, known, found), added))
        # What nobody of them wrote came from the main line in between: it is not counted.
        counts = count_lines(added, [_counted(line) for line in lines])
        if counts.ai + counts.human:
            yield one.commit.oid, _Lines(lines, counts.ai, counts.ai + counts.human)


def _ends(one: Squash) -> Iterator[Pair]:
    """From the end of the main line, and from commits beside it, to the squash."""
    line = [oid for _, oid in one.steps]
    beside = (part.oid for part in one.parts if part.oid not in line)
    yield from ((oid, one.commit.oid) for oid in (*line[-1:], *beside))


def _standing(
    one: Squash, known: Mapping[Pair, TreeDiff], found: Mapping[str, Attribution]
) -> Iterator[LineAttestation]:
    """What each commit wrote, where it stands in the squash."""
    parts = {part.oid: part for part in one.parts}
    lines: list[LineAttestation] = []
    for step in one.steps:
        lines = list(carry(lines, known[step]))
        if step[1] in parts:
            lines += _written(known[step], found[parts.pop(step[1]).oid])
    if one.steps:
        yield from carry(lines, known[one.steps[-1][1], one.commit.oid])
    for part in parts.values():
        written = _written(known[part.against_first_parent], found[part.oid])
        yield from carry(written, known[part.oid, one.commit.oid])


def _sides(diff: TreeDiff) -> Iterator[str]:
    for file in diff.files:
        yield from (side.path for side in (file.before, file.after) if side is not None)


def _written(diff: TreeDiff, attribution: Attribution) -> Iterator[LineAttestation]:
    agent = attribution.agents[0] if attribution.agents else None
    is_kept = attribution.label in (Label.AI, Label.AUTOMATION)
    label = attribution.label if is_kept else Label.UNMARKED
    for path, spans in added_lines(diff).items():
        for span in spans:
            yield LineAttestation(path, span, label, agent)


def _counted(line: LineAttestation) -> LineAttestation:
    """A machine's lines are left out of the share, as its commits are."""
    return replace(line, label=Label.HUMAN) if line.label is Label.UNMARKED else line


def _claim(
    one: Squash, found: Mapping[str, Attribution], lines: _Lines | None, book: IdentityTable
) -> Claim | None:
    parts = [found[part.oid] for part in one.parts]
    counted = [part for part in parts if part.label is not Label.AUTOMATION]
    if not counted:
        return None
    marked = [part for part in counted if _is_ai(part)]
    helped = [part for part in counted if part.label is Label.ASSISTED]
    share = lines.ai / lines.all if lines else len(marked) / len(counted)
    label = _label(share, len(helped) / len(counted))
    agents = [agent for part in marked or helped for agent in part.agents]
    by_lines = f", {lines.ai} of {lines.all} of its lines" if lines else ""
    return Claim(
        Level.DECLARED_SHARE,
        RULE,
        f"refs/pull/{one.number}/head",
        f"{len(marked) or len(helped)} of {len(counted)} commits of pull request #{one.number} "
        f"carry a mark{by_lines}",
        label,
        max(agents, key=agents.count) if agents and label is not Label.UNMARKED else None,
        share=share,
        lines=lines.attested if lines and label is Label.MIXED else (),
        note=None if lines else "the share is one of commits, not of lines",
        registry=book.registry.version,
    )


def _label(share: float, helped: float) -> Label:
    if share >= AI_FROM:
        return Label.AI
    if share > MIXED_FROM:
        return Label.MIXED
    return Label.ASSISTED if helped >= MIXED_FROM else Label.UNMARKED


def _ranked(claim: Claim, own: Sequence[Claim], parts: Sequence[Attribution]) -> Claim:
    """The claim at its rung: a share, or forge evidence where the squash has marks of its own."""
    marks = [mark for mark in own if _is_mark(mark)]
    said = [mark for part in parts for mark in part.evidence]
    if marks and all(_is_said(mark, said) for mark in marks):
        return claim
    dropped = replace(claim, level=Level.FORGE, share=None)
    return dropped if marks else replace(dropped, note=_dropped(claim.note))


def _is_mark(claim: Claim) -> bool:
    return claim.level in _MARKS and claim.label in _HELPED


def _is_said(mark: Claim, said: Sequence[Claim]) -> bool:
    """Whether a mark of a squash is one of its commits': forges list authors as co-authors."""
    if mark.source in ("author", "co-author"):
        return any(one.agent == mark.agent for one in said)
    return any((one.source, one.text) == (mark.source, mark.text) for one in said)


def _dropped(note: str | None) -> str:
    return "the squash dropped these marks" + (f"; {note}" if note else "")
