"""Every source of evidence, in a list, and the one function that asks them all.

A new source is a function `EvidenceQuery → EvidenceFound` and one line in `SOURCES`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from scanner.attribution import git_ai, overrides, pulls, share_notes, squashes
from scanner.attribution.branches import claims_by_branch
from scanner.attribution.changes import (
    EVERY_PATH,
    added_lines,
    added_only,
    carry,
    paths_of,
    read_added,
)
from scanner.attribution.commits import UNLISTED_APP, claims_of
from scanner.attribution.forge_pulls import NO_RECORDS, ForgeRecords
from scanner.attribution.identities import IdentityTable
from scanner.attribution.notes import list_notes
from scanner.attribution.registry import Registry, shipped, with_settings
from scanner.attribution.resolve import ChangeFacts, is_contested, resolve
from scanner.attribution.settings import AttributionSettings
from scanner.attribution.signals import SignalRole
from scanner.attribution.tables import silent_rules
from scanner.attribution.traces import gather_traces
from scanner.base.errors import ScanError
from scanner.base.model import (
    Attribution,
    Claim,
    Commit,
    Label,
    Level,
    LineAttestation,
    Problem,
    Stage,
)
from scanner.git.blobs import BlobReader
from scanner.git.process import Repository
from scanner.git.trees import diff_trees

Pairs = list[tuple[str, Claim]]


@dataclass(frozen=True, slots=True)
class NoteFigures:
    """git-ai notes of this clone: how many there are, and how many speak of this history.

    `carried` sat on commits that a squash or a rebase orphaned and were matched to the change that
    took them in; `unreached` could not be. `empty` attest no line.
    """

    notes: int = 0
    reached: int = 0
    carried: int = 0
    unreached: int = 0
    empty: int = 0


@dataclass(frozen=True)
class EvidenceQuery:
    """What the sources are asked about. `repo` None leaves only what the commits say themselves.

    `trees` are the commits whose files are read: that of the labels and that of the traces. None:
    the files of the work tree.
    """

    commits: Sequence[Commit]
    repo: Repository | None
    registry: Registry
    settings: AttributionSettings
    facts: Mapping[str, ChangeFacts]
    trees: tuple[str | None, str] | None = None
    forge: ForgeRecords = NO_RECORDS

    @cached_property
    def by_oid(self) -> Mapping[str, Commit]:
        return {commit.oid: commit for commit in self.commits}

    @cached_property
    def book(self) -> IdentityTable:
        return IdentityTable(self.registry)

    @cached_property
    def pull_requests(self) -> pulls.PullRequests:
        if self.repo is None:
            return pulls.PullRequests()
        parents = {parent for commit in self.commits for parent in commit.parents}
        tips = [commit.oid for commit in self.commits if commit.oid not in parents]
        return pulls.read_pull_requests(self.repo, tips)


@dataclass(frozen=True, slots=True)
class EvidenceFound:
    """What one source found: claims with their commits, problems, and figures where it has any."""

    claims: Pairs = field(default_factory=list)
    problems: tuple[Problem, ...] = ()
    notes: NoteFigures | None = None


@dataclass(frozen=True, slots=True)
class Attributed:
    """The attribution of every commit, and what the report must say of how it was made.

    `silent` are the rules that matched nothing, believed or not: in a long history a rule that
    should match and does not is likely broken. `unknown_apps` are accounts of forge apps that no
    entry lists, each with the commits that are `automation` by that alone, most first.
    """

    attributions: Mapping[str, Attribution]
    problems: tuple[Problem, ...]
    notes: NoteFigures
    registry_version: str
    settings: tuple[str, ...]
    unused_overrides: tuple[overrides.Override, ...] = ()
    silent: tuple[str, ...] = ()
    unknown_apps: tuple[tuple[str, int], ...] = ()


def attribute(
    commits: Sequence[Commit],
    repo: Repository | None = None,
    settings: AttributionSettings | None = None,
    facts: Mapping[str, ChangeFacts] | None = None,
    trees: tuple[str | None, str] | None = None,
    forge: ForgeRecords = NO_RECORDS,
) -> Attributed:
    """Labels every commit by the highest evidence there is of it (the order of `model.Level`).

    `facts` gives the changed paths and added lines of commits, where they are known; bots' commits
    with an agent's mark are looked up in the repository if they are not. `trees` as in
    `EvidenceQuery`; `forge` is what a forge told of pull requests, if it was asked.

    Raises ScanError for settings that name what does not exist.
    """
    chosen = settings or AttributionSettings()
    registry = with_settings(shipped(), chosen)
    query = EvidenceQuery(commits, repo, registry, chosen, facts or {}, trees, forge)
    claims: dict[str, list[Claim]] = {commit.oid: [] for commit in commits}
    problems: list[Problem] = []
    notes = NoteFigures()
    for source in SOURCES:
        found = source(query)
        problems += found.problems
        notes = found.notes or notes
        for oid, claim in found.claims:
            if oid in claims and claim.rule not in chosen.off:
                claims[oid].append(claim)
    known = _with_bot_changes(query, claims, _with_added_lines(query, claims))
    attributions = {oid: resolve(ones, known[oid]) for oid, ones in claims.items()}
    attributions |= _recovered(query, claims, attributions, known)
    said = _overrides(query)
    unused = said.unused(query.by_oid) if said else ()
    return Attributed(
        attributions=attributions,
        problems=tuple(problems),
        notes=notes,
        registry_version=registry.version,
        settings=chosen.in_words(),
        unused_overrides=unused,
        silent=silent_rules(registry, attributions.values()),
        unknown_apps=_unknown_apps(query, attributions),
    )


def commit_records(query: EvidenceQuery) -> EvidenceFound:
    """Authors, committers and messages."""
    return EvidenceFound(
        [(c.oid, claim) for c in query.commits for claim in claims_of(c, query.book)]
    )


def git_ai_notes(query: EvidenceQuery) -> EvidenceFound:
    """Line attestations by git-ai, those of orphaned commits carried to what took them in."""
    if query.repo is None:
        return EvidenceFound()
    listed = list_notes(query.repo, query.settings.git_ai_ref)
    if not listed:
        return EvidenceFound()
    reached = [oid for oid in listed if oid in query.by_oid]
    outside = [oid for oid in listed if oid not in query.by_oid]
    orphans = pulls.match_orphans(query.repo, outside, query.commits, query.pull_requests)
    wanted = {*reached, *(orphan.oid for orphan in orphans)}
    found: dict[str, Claim] = {}
    problems: list[Problem] = []
    for oid, note in git_ai.read_git_ai(query.repo, query.settings.git_ai_ref, wanted):
        if isinstance(note, Problem):
            problems.append(replace(note, stage=Stage.ATTRIBUTE, revision=oid))
            continue
        problems += git_ai.problems_of(oid, note)
        if claim := note.claim:
            found[oid] = claim
    figures = NoteFigures(
        notes=len(listed),
        reached=len(reached),
        carried=len(orphans),
        unreached=len(outside) - len(orphans),
        empty=len(wanted) - len(found),
    )
    own = _on_own_lines(query, [(oid, found[oid]) for oid in reached if oid in found])
    return EvidenceFound([*own, *_carried(query, orphans, found)], tuple(problems), figures)


def _on_own_lines(query: EvidenceQuery, claims: Pairs) -> Pairs:
    """The claims, believed where the commit adds a line that they attest.

    A note that a tool copied from another commit attests lines that this one did not write.
    """
    assert query.repo is not None
    asked = [(oid, claim) for oid, claim in claims if not _adds_any(query.facts.get(oid), claim)]
    pairs = [query.by_oid[oid].against_first_parent for oid, _ in asked]
    # Facts are of Python alone, notes of every file.
    diffs = diff_trees(query.repo, pairs, EVERY_PATH)
    alien = {
        oid
        for (oid, claim), diff in zip(asked, diffs, strict=True)
        if not any(added_only(claim.lines, added_lines(diff)))
    }
    return [
        (oid, claim)
        if oid not in alien
        else (
            oid,
            replace(claim, level=Level.NEAR_MISS, label=Label.UNMARKED, lines=(), note=_ALIEN),
        )
        for oid, claim in claims
    ]


def _adds_any(facts: ChangeFacts | None, claim: Claim) -> bool:
    return facts is not None and any(added_only(claim.lines, facts.added or {}))


_ALIEN = "it attests no line that this commit adds: it is another commit's"


def declared_shares(query: EvidenceQuery) -> EvidenceFound:
    """Shares that notes declare for whole files."""
    if query.repo is None:
        return EvidenceFound()
    ref = query.settings.share_ref
    claims: Pairs = []
    problems: list[Problem] = []
    for oid, found in share_notes.read_shares(query.repo, ref, query.by_oid):
        if isinstance(found, Problem):
            problems.append(found)
        elif found is not None:
            claims.append((oid, found))
    return EvidenceFound(claims, tuple(problems))


def agent_traces(query: EvidenceQuery) -> EvidenceFound:
    """Line attestations by Agent Trace records."""
    if query.repo is None:
        return EvidenceFound()
    agents = frozenset(s.agent for s in query.registry.signals if s.agent)
    tip = query.trees[1] if query.trees else None
    sources = query.settings.traces
    claims, problems = gather_traces(query.repo, sources, query.by_oid, agents, tip)
    return EvidenceFound(claims, problems)


def branches(query: EvidenceQuery) -> EvidenceFound:
    """Pull requests, by what a forge told of them and by the words of its merges."""
    found = claims_by_branch(query.commits, query.book, query.forge)
    return EvidenceFound(list(dict.fromkeys(found)))


def user_overrides(query: EvidenceQuery) -> EvidenceFound:
    """Labels that the user sets for single commits."""
    said = _overrides(query)
    return EvidenceFound(list(said.claims(query.by_oid).items())) if said else EvidenceFound()


def policies(query: EvidenceQuery) -> EvidenceFound:
    """Commits that are human by their date."""
    return EvidenceFound(
        [
            (commit.oid, claim)
            for commit in query.commits
            for claim in overrides.policy_claims(commit, query.settings)
        ]
    )


Source = Callable[[EvidenceQuery], EvidenceFound]

#: All sources. The order is that of the evidence within one rung.
SOURCES: tuple[Source, ...] = (
    git_ai_notes,
    agent_traces,
    declared_shares,
    commit_records,
    branches,
    user_overrides,
    policies,
)


def _carried(
    query: EvidenceQuery, orphans: Sequence[pulls.Orphan], found: Mapping[str, Claim]
) -> Iterator[tuple[str, Claim]]:
    """Claims on orphans, as claims on the change that took them in, where its lines stand now."""
    assert query.repo is not None
    speaking = [orphan for orphan in orphans if orphan.oid in found]
    integrated = tuple(dict.fromkeys(orphan.integrated for orphan in speaking))
    pairs = [query.by_oid[oid].against_first_parent for oid in integrated]
    added = dict(zip(integrated, read_added(query.repo, pairs), strict=True))
    moves = diff_trees(
        query.repo, [(orphan.oid, orphan.integrated) for orphan in speaking], EVERY_PATH
    )
    for orphan, move in zip(speaking, moves, strict=True):
        claim = found[orphan.oid]
        lines = tuple(added_only(carry(claim.lines, move), added[orphan.integrated]))
        if lines:
            yield orphan.integrated, _moved(claim, orphan, lines)


def _moved(claim: Claim, orphan: pulls.Orphan, lines: tuple[LineAttestation, ...]) -> Claim:
    kinds = {line.label for line in lines}
    return replace(
        claim,
        label=next(iter(kinds)) if len(kinds) == 1 else Label.MIXED,
        source=f"{claim.source} on {orphan.oid}",
        text=f"{sum(len(line.span) for line in lines)} lines attested",
        lines=lines,
        note=f"the noted commit is not in this history; {orphan.shown_by} shows it came in here",
    )


def _with_added_lines(
    query: EvidenceQuery, claims: Mapping[str, Iterable[Claim]]
) -> dict[str, ChangeFacts]:
    """The facts of each commit; of those with attested lines, which lines they add is looked up."""
    known = {
        commit.oid: query.facts.get(commit.oid) or ChangeFacts(is_merge=commit.is_merge)
        for commit in query.commits
    }
    asked = [
        oid
        for oid, ones in claims.items()
        if not known[oid].is_merge
        and not known[oid].added
        and any(claim.level is Level.LINE_ATTESTATION for claim in ones)
    ]
    if query.repo is None:
        return known
    pairs = [query.by_oid[oid].against_first_parent for oid in asked]
    for oid, added in zip(asked, read_added(query.repo, pairs), strict=True):
        known[oid] = replace(known[oid], added=added)
    return known


def _with_bot_changes(
    query: EvidenceQuery, claims: Mapping[str, Iterable[Claim]], facts: Mapping[str, ChangeFacts]
) -> Mapping[str, ChangeFacts]:
    """The facts of each commit; the paths of bots' commits that an agent marks are looked up."""
    known = dict(facts)
    unsure = [
        query.by_oid[oid]
        for oid, ones in claims.items()
        if known[oid].paths is None and not known[oid].is_merge and is_contested(ones)
    ]
    if query.repo is None or not unsure:
        return known
    for oid, paths in paths_of(query.repo, unsure):
        known[oid] = replace(known[oid], paths=paths)
    return known


def _recovered(
    query: EvidenceQuery,
    claims: Mapping[str, list[Claim]],
    attributions: Mapping[str, Attribution],
    known: Mapping[str, ChangeFacts],
) -> dict[str, Attribution]:
    """Attributions of squashes of which the clone has the pull request's own commits."""
    if query.repo is None or not query.pull_requests.heads:
        return {}
    decided = [query.by_oid[oid] for oid, one in attributions.items() if _may_be_squashed(one)]
    joined = dict(
        squashes.attribute_squashes(
            query.repo,
            squashes.read_squashes(query.repo, decided, query.pull_requests),
            claims,
            query.book,
        )
    )
    facts = _with_bot_changes(query, joined, known)
    return {oid: resolve(ones, facts[oid]) for oid, ones in joined.items()}


def _unknown_apps(
    query: EvidenceQuery, attributions: Mapping[str, Attribution]
) -> tuple[tuple[str, int], ...]:
    apps = Counter(
        query.book.find(query.by_oid[oid].author, SignalRole.AUTHOR).app or ""
        for oid, one in attributions.items()
        if any(claim.rule == UNLISTED_APP for claim in one.decided_by)
    )
    return tuple(sorted(apps.items(), key=lambda pair: (-pair[1], pair[0])))


def _may_be_squashed(attribution: Attribution) -> bool:
    """Whether the commits of a pull request have a say: not where something higher decides."""
    above = (Level.OVERRIDE, Level.LINE_ATTESTATION, Level.DECLARED_SHARE, Level.POLICY)
    return attribution.level not in above


def _overrides(query: EvidenceQuery) -> overrides.Overrides | None:
    path = query.settings.overrides
    if path is None:
        return None
    if query.trees is not None:
        return _overrides_at(query, path, query.trees[0])
    folder = query.repo.work_tree if query.repo and query.repo.work_tree else Path()
    if not (folder / path).resolve().is_relative_to(folder.resolve()):
        raise ScanError(f"The overrides file {path} lies outside of the repository.")
    try:
        text = (folder / path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ScanError(f"The overrides file {path} cannot be read: {error}") from error
    return overrides.parse_overrides(text, path)


def _overrides_at(query: EvidenceQuery, path: str, tree: str | None) -> overrides.Overrides | None:
    """The labels as a commit has them; a file that it has not says nothing."""
    if tree is None or query.repo is None:
        return None
    with BlobReader(query.repo) as blobs:
        content = blobs.read(f"{tree}:{path}")
    if isinstance(content, Problem):
        return None
    return overrides.parse_overrides(content.decode("utf-8", "replace"), path)
