"""Two fingerprints side by side: which statements of one are copies of the other's, how alike.

Pure and without paths. Three ways, from strict to lenient: runs of consecutive statements that are
equal, or equal once names and literals are abstracted and renamed consistently; and whole units
that share most of their statements in the same order.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from scanner.analysis.clones.fingerprints import NAMED, VOCABULARY, Fingerprint, TokenRole


class CloneType(StrEnum):
    """How a copy differs: not at all, in names and literals, or in whole statements."""

    EXACT = "exact"
    RENAMED = "renamed"
    GAPPED = "gapped"


@dataclass(frozen=True, slots=True)
class CloneLimits:
    """From when on code that is alike counts as a copy (docs/scores.md, Duplication)."""

    code_lines: int = 6
    tokens: int = 50
    #: Of the statements of a unit, this share has to stand in the original, in order ...
    gapped_share: float = 0.7
    #: ... and of the original's statements between the first and the last of those, this share.
    gapped_density: float = 0.7
    #: The shared statements hold this share of the copy's tokens.
    gapped_tokens: float = 0.6
    #: Of the names a renamed copy does not bind itself (called, attributes, arguments, globals),
    #: this share is unchanged ...
    vocabulary_share: float = 0.6
    #: ... unless it has so many statements of different shapes that they tell by themselves.
    telling_shapes: int = 8
    #: A renamed copy has statements of this many shapes, so that a row of like lines is none ...
    distinct_statements: int = 3
    #: ... or is this much alike.
    nearly_exact: float = 0.9
    #: A function of so few statements, its head included, and less than so many times the least
    #: tokens passes on what it is given: it is a copy only of one that passes on the same.
    wrapper: int = 2
    wrapper_tokens: float = 1.5


DEFAULT_LIMITS = CloneLimits()

#: How many of the differing names and literals are told.
SUBSTITUTIONS = 4

#: Positions of a statement in the copy and of the same in the original.
Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Alignment:
    """Statements of a copy beside those of its original, in order.

    `similarity` is 1 less the share of tokens that differ, times, for a gapped copy, the share of
    its statements that stand in the original. `substitutions` are the names and literals that
    differ, most frequent first, at most `SUBSTITUTIONS`: the original's and the copy's.
    """

    type: CloneType
    pairs: tuple[Pair, ...]
    similarity: float
    substitutions: tuple[tuple[str, str], ...]

    @property
    def copied(self) -> tuple[int, ...]:
        """Positions of the copy's statements."""
        return tuple(pair[0] for pair in self.pairs)

    @property
    def originals(self) -> tuple[int, ...]:
        """Positions of the original's statements."""
        return tuple(pair[1] for pair in self.pairs)


def windows(
    hashes: Sequence[int], tokens: Sequence[int], least: int = DEFAULT_LIMITS.tokens
) -> Iterator[int]:
    """For each statement, a hash of the statements from there on until `least` tokens are reached.

    It ends with the last statement from which on there are so many. Two runs of equal statements
    that have `least` tokens share the window at their start, whatever stands around them.
    """
    end = total = 0
    for start in range(len(hashes)):
        while total < least and end < len(hashes):
            total += tokens[end]
            end += 1
        if total < least:
            return
        yield hash(tuple(hashes[start:end]))
        total -= tokens[start]


# --------------------------------------------------------------------------- runs


def equal_runs(
    copy: Fingerprint, original: Fingerprint, seeds: Iterable[Pair], limits: CloneLimits
) -> Iterator[Alignment]:
    """The longest runs around the seeds (pairs of positions of equal shape) that are copies.

    Where both fingerprints are one, a run does not overlap its original.
    """
    reached: dict[int, int] = {}
    for i, j in sorted(seeds):
        if i < reached.get(j - i, 0):
            continue
        run = _extended(copy, original, i, j)
        reached[j - i] = run[-1][0] + 1
        for part in _consistent_parts(copy, original, run):
            yield from _accepted(copy, original, part, limits)


def _extended(copy: Fingerprint, original: Fingerprint, i: int, j: int) -> list[Pair]:
    """The statements of equal shape around two positions, one after the other on both sides."""
    a, b = copy.shape, original.shape
    before = 0
    while i - before > 0 and j - before > 0 and a[i - before - 1] == b[j - before - 1]:
        before += 1
    after = 1
    while i + after < len(a) and j + after < len(b) and a[i + after] == b[j + after]:
        after += 1
    length = min(before + after, abs(j - i)) if copy is original else before + after
    return [(i - before + step, j - before + step) for step in range(length)]


class _Renaming:
    """Which name of the copy stands for which of the original, one for one."""

    def __init__(self, copy: Fingerprint, original: Fingerprint) -> None:
        self.copy, self.original = copy, original
        self.forward: dict[int, int] = {}
        self.backward: dict[int, int] = {}

    def take(self, pair: Pair) -> bool:
        """Takes in two statements of equal shape, unless they contradict what was taken before."""
        new: list[Pair] = []
        for a, b in leaf_pairs(self.copy, self.original, pair):
            there, back = self.forward.get(a), self.backward.get(b)
            if there is None and back is None:
                if self.copy.names[a][0] != TokenRole.LITERAL:
                    self.forward[a], self.backward[b] = b, a
                    new.append((a, b))
            elif there != b or back != a:
                for gone, other in new:
                    del self.forward[gone], self.backward[other]
                return False
        return True


def leaf_pairs(copy: Fingerprint, original: Fingerprint, pair: Pair) -> Iterator[Pair]:
    """The names and literals of two statements of equal shape, side by side."""
    i, j = pair
    a = copy.leaves[copy.leaf_ends[i - 1] if i else 0 : copy.leaf_ends[i]]
    b = original.leaves[original.leaf_ends[j - 1] if j else 0 : original.leaf_ends[j]]
    return zip(a, b, strict=True)


def _consistent_parts(
    copy: Fingerprint, original: Fingerprint, run: list[Pair]
) -> Iterator[list[Pair]]:
    """Cuts a run where a name would stand for two names of the other side."""
    part: list[Pair] = []
    renaming = _Renaming(copy, original)
    for pair in run:
        if renaming.take(pair):
            part.append(pair)
            continue
        if part:
            yield part
        renaming = _Renaming(copy, original)
        part = [pair] if renaming.take(pair) else []
    if part:
        yield part


def _accepted(
    copy: Fingerprint, original: Fingerprint, part: list[Pair], limits: CloneLimits
) -> Iterator[Alignment]:
    """The run as a copy if it is one; else the stretches of it that are, by their names."""
    part = said_again(copy, original, part)
    if not is_enough(copy, part, limits):
        return
    whole = run_alignment(copy, original, part)
    if _is_copy(copy, original, whole, limits):
        yield whole
        return
    for key in (copy.named, original.named), (copy.exact, original.exact):
        stretches = [s for s in _equal_stretches(*key, part) if is_enough(copy, s, limits)]
        alignments = [run_alignment(copy, original, stretch) for stretch in stretches]
        accepted = [a for a in alignments if _is_copy(copy, original, a, limits)]
        yield from accepted
        if accepted:
            return


def _is_copy(
    copy: Fingerprint, original: Fingerprint, alignment: Alignment, limits: CloneLimits
) -> bool:
    """Whether a renamed run is no row of like lines and still calls the same things."""
    if alignment.type is CloneType.EXACT:
        return True
    if not _is_varied(copy, original, alignment, limits):
        return False
    if len({copy.shape[i] for i, _ in alignment.pairs}) >= limits.telling_shapes:
        return True
    kept = total = 0
    for pair in alignment.pairs:
        for a, b in leaf_pairs(copy, original, pair):
            if copy.names[a][0] in VOCABULARY:
                total += 1
                kept += copy.names[a][1:] == original.names[b][1:]
    return kept >= limits.vocabulary_share * total


def _is_varied(
    copy: Fingerprint, original: Fingerprint, alignment: Alignment, limits: CloneLimits
) -> bool:
    """Whether a copy is no row of like lines. Few statements are none if they name the same."""
    pairs = alignment.pairs
    distinct = len({copy.shape[i] for i, _ in pairs})
    tokens = sum(copy.tokens[i] for i, _ in pairs)
    if len(pairs) <= limits.wrapper and tokens < limits.wrapper_tokens * limits.tokens:
        return _differs_in_variables_only(copy, original, pairs)
    if distinct >= limits.distinct_statements or alignment.similarity >= limits.nearly_exact:
        return True
    return distinct == len(pairs) and all(copy.named[i] == original.named[j] for i, j in pairs)


def said_again(copy: Fingerprint, original: Fingerprint, pairs: Iterable[Pair]) -> list[Pair]:
    """The pairs less those of declarations of one shape that declare something else."""
    return [
        pair
        for pair in pairs
        if not (copy.is_declared[pair[0]] or original.is_declared[pair[1]])
        or _differs_in_variables_only(copy, original, [pair])
    ]


def _differs_in_variables_only(
    copy: Fingerprint, original: Fingerprint, pairs: Iterable[Pair]
) -> bool:
    return all(
        copy.names[a][0] == TokenRole.LOCAL or copy.names[a][1:] == original.names[b][1:]
        for pair in pairs
        for a, b in leaf_pairs(copy, original, pair)
    )


def _equal_stretches(a: Sequence[int], b: Sequence[int], part: list[Pair]) -> Iterator[list[Pair]]:
    """The stretches of a run without a pair whose hashes differ."""
    stretch: list[Pair] = []
    for i, j in part:
        if a[i] == b[j]:
            stretch.append((i, j))
        elif stretch:
            yield stretch
            stretch = []
    if stretch:
        yield stretch


def run_alignment(copy: Fingerprint, original: Fingerprint, pairs: list[Pair]) -> Alignment:
    """Statements of equal shape as an alignment, exact if they are."""
    is_exact = all(copy.exact[i] == original.exact[j] for i, j in pairs)
    kind = CloneType.EXACT if is_exact else CloneType.RENAMED
    return _alignment(copy, original, pairs, kind, 1.0)


# --------------------------------------------------------------------------- whole units


def gapped(
    copy: Fingerprint, original: Fingerprint, limits: CloneLimits = DEFAULT_LIMITS
) -> Alignment | None:
    """The whole copy beside the original, if enough of its statements stand there in order.

    Statements are equal if they call and name the same, whatever their variables; those whose
    variables contradict the renaming of most others are not.
    """
    most = sum((Counter(copy.named) & Counter(original.named)).values())
    if most < limits.gapped_share * len(copy.named):
        return None
    pairs = _renamed_alike(copy, original, common_subsequence(copy.named, original.named))
    pairs = said_again(copy, original, pairs)
    if not pairs or not is_enough(copy, pairs, limits):
        return None
    share = len(pairs) / len(copy.named)
    between = range(pairs[0][1], pairs[-1][1] + 1)
    if share < limits.gapped_share or len(pairs) < limits.gapped_density * len(between):
        return None
    if sum(copy.tokens[i] for i, _ in pairs) < limits.gapped_tokens * sum(copy.tokens):
        return None
    alignment = _alignment(copy, original, pairs, CloneType.GAPPED, share)
    return alignment if _is_varied(copy, original, alignment, limits) else None


def common_subsequence(a: Sequence[Hashable], b: Sequence[Hashable]) -> list[Pair]:
    """A longest common subsequence, as pairs of positions (Hunt and Szymanski 1977)."""
    positions: dict[Hashable, list[int]] = defaultdict(list)
    for j in range(len(b) - 1, -1, -1):
        positions[b[j]].append(j)
    ends: list[int] = []
    chains: list[tuple[Pair, object] | None] = []
    for i, value in enumerate(a):
        for j in positions.get(value, ()):
            at = bisect_left(ends, j)
            chain = ((i, j), chains[at - 1] if at else None)
            if at == len(ends):
                ends.append(j)
                chains.append(chain)
            else:
                ends[at], chains[at] = j, chain
    return _unchained(chains[-1]) if chains else []


def _unchained(chain: object) -> list[Pair]:
    pairs: list[Pair] = []
    while chain is not None:
        assert isinstance(chain, tuple)
        pair, chain = chain
        pairs.append(pair)
    return pairs[::-1]


#: The roles of names that `named` abstracts: variables, be they bound here or elsewhere.
_PLAIN = VOCABULARY - NAMED | {TokenRole.LOCAL}


def _renamed_alike(copy: Fingerprint, original: Fingerprint, pairs: list[Pair]) -> list[Pair]:
    """The pairs whose variables are renamed as most pairs rename them."""
    votes = Counter(
        leaves
        for pair in pairs
        for leaves in leaf_pairs(copy, original, pair)
        if copy.names[leaves[0]][0] in _PLAIN
    )
    forward: dict[int, int] = {}
    backward: dict[int, int] = {}
    for (a, b), _count in votes.most_common():
        if a not in forward and b not in backward:
            forward[a], backward[b] = b, a
    return [
        pair
        for pair in pairs
        if all(
            forward.get(a) == b or copy.names[a][0] not in _PLAIN
            for a, b in leaf_pairs(copy, original, pair)
        )
    ]


# --------------------------------------------------------------------------- both


def is_enough(copy: Fingerprint, pairs: Iterable[Pair], limits: CloneLimits) -> bool:
    """Whether the copy's statements reach the least number of code lines and of tokens.

    Declarations count half. Tables of literals and long heads of functions count, but half of the
    least has to be code of other kinds.
    """
    positions = [i for i, _ in pairs]
    code = [i for i in positions if not copy.is_table[i]]
    (tokens, lines), (own_tokens, own_lines) = (_size(copy, these) for these in (positions, code))
    return (
        tokens >= limits.tokens
        and lines >= limits.code_lines
        and 2 * own_tokens >= limits.tokens
        and 2 * own_lines >= limits.code_lines
    )


def _size(copy: Fingerprint, positions: Iterable[int]) -> tuple[float, float]:
    """Tokens and code lines of statements, declarations at half."""
    tokens = lines = 0.0
    for i in positions:
        weight = 0.5 if copy.is_declared[i] else 1.0
        tokens += weight * copy.tokens[i]
        lines += weight * copy.code_lines[i]
    return tokens, lines


def _alignment(
    copy: Fingerprint, original: Fingerprint, pairs: list[Pair], kind: CloneType, share: float
) -> Alignment:
    changed: Counter[tuple[str, str]] = Counter()
    for pair in pairs:
        if copy.exact[pair[0]] == original.exact[pair[1]]:
            continue
        for a, b in leaf_pairs(copy, original, pair):
            old, new = original.names[b][1:], copy.names[a][1:]
            if old != new:
                changed[old, new] += 1
    tokens = sum(copy.tokens[i] for i, _ in pairs)
    alike = 1.0 - changed.total() / max(tokens, changed.total(), 1)
    substitutions = tuple(pair for pair, _ in changed.most_common(SUBSTITUTIONS))
    return Alignment(kind, tuple(pairs), round(share * alike, 4), substitutions)
