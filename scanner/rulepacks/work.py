"""What semgrep is to look at: pieces of files, and which rules each piece is worth showing to."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from scanner.base.model import FileVersion, Span
from scanner.rulepacks.contents import RuleScope
from scanner.rulepacks.hits import FileHits, RuleHit, identity
from scanner.rulepacks.needs import SearchedText, Way
from scanner.rulepacks.packs import PackPart
from scanner.rulepacks.slices import cut, page

#: Another process costs a sixth of a second before it looks at anything.
BYTES_WORTH_A_PROCESS = 100_000
#: What costs as much as one more prefilter on every byte: to parse it, in prefilters, and another
#: process, in bytes. Measured; they decide what is cheap, never what is found.
PARSING = 20
STARTING = 5_000_000
#: What costs as much as matching one rule against every byte: rules that follow data, and another
#: bundle, in bytes.
TAINT = 8
SHEET = 2_500
SUPPRESSION = b"nosem"
UTF8_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class MatchedPiece:
    """A text for the rules of one scope. Equal keys, equal hits.

    `lines` gives for each line that of the file, 0 for a line that another piece answers for; it is
    empty where they are the same. `removed` is how many bytes of the file come before the text.
    `context` is that of the slice.
    """

    version: FileVersion
    scope: RuleScope
    text: bytes
    key: str
    lines: tuple[int, ...] = ()
    removed: int = 0
    context: tuple[int, ...] | None = None

    @property
    def size(self) -> int:
        """The bytes of the text."""
        return len(self.text)

    @property
    def can_suppress(self) -> bool:
        """Whether there may be a suppressing comment in it."""
        return SUPPRESSION in self.text.lower()


def pieces_of(
    version: FileVersion, content: bytes, scopes: Iterable[RuleScope], path_key: str
) -> Iterator[MatchedPiece]:
    """The pieces of a file for the rules of each scope. `path_key` goes into their keys."""
    removed = len(UTF8_BOM) if content.startswith(UTF8_BOM) else 0
    text = content[removed:]
    for scope in scopes:
        slices = cut(content) if scope is RuleScope.FUNCTION else None
        if slices is None:
            yield MatchedPiece(version, scope, text, _key(text, scope, path_key), (), removed)
            continue
        for one in slices:
            encoded = one.text.encode("utf-8", "surrogatepass")
            key = _key(encoded, scope, path_key)
            yield MatchedPiece(version, scope, encoded, key, one.lines, context=one.context)


def _key(text: bytes, scope: RuleScope, path_key: str) -> str:
    digest = hashlib.sha256(path_key.encode() + b"\0" + text).hexdigest()
    return f"{scope}:{digest[:32]}"


@dataclass(frozen=True, slots=True)
class RuleQuestion:
    """A new piece, the content it is from, and the rules that could hit it, by their numbers."""

    piece: MatchedPiece
    content: bytes
    rules: frozenset[int]


class Chooser:
    """Which rules could hit a piece."""

    def __init__(self, parts: Sequence[PackPart]) -> None:
        self._parts = parts
        #: The ways of rules by scope and a word that they need, None where they need none.
        self._ways: dict[RuleScope, dict[str | None, list[tuple[int, Way]]]] = defaultdict(dict)
        for number, part in enumerate(parts):
            for way in part.need.ways:
                word = max(way.words, key=len, default=None)
                self._ways[part.scope].setdefault(word, []).append((number, way))

    def rules_for(self, piece: MatchedPiece) -> frozenset[int]:
        """The numbers of the rules that could hit; a pure function of the rules and the piece."""
        look = SearchedText(piece.text, piece.version.path, piece.lines)
        by_word = self._ways[piece.scope]
        possible = {
            number
            for word in look.among(by_word)
            for number, way in by_word[word]
            if look.goes(way)
        }
        return frozenset(n for n in possible if not look.is_outside(self._parts[n].need))


@dataclass(frozen=True, slots=True)
class Bundle:
    """What semgrep is shown of one file version: pieces that are new, with what they see.

    What is known already is left out, and so is what none of these rules could hit.
    """

    shown: MatchedPiece
    holds: tuple[RuleQuestion, ...]


def bundles_of(
    questions: Sequence[RuleQuestion], parts: Sequence[PackPart], group: int
) -> Iterator[Bundle]:
    """The bundles for new pieces of one file version, in one group of rules."""
    slices = []
    for one in questions:
        if one.piece.lines:
            slices.append(one)
        else:
            yield Bundle(replace(one.piece, key=f"{group}:{one.piece.key}"), (one,))
    for number, some in enumerate(_shared_pages(slices, parts)):
        first = some[0].piece
        shown = page(some[0].content, [one.piece for one in some])
        text = shown.text.encode("utf-8", "surrogatepass")
        key = f"{group}:{number}:{first.version.path}:{_key(text, first.scope, '')}"
        yield Bundle(MatchedPiece(first.version, first.scope, text, key, shown.lines), tuple(some))


def _shared_pages(
    slices: Sequence[RuleQuestion], parts: Sequence[PackPart]
) -> Iterator[Sequence[RuleQuestion]]:
    """The slices by bundles: each joins the one where it costs least, or begins one of its own.

    On one bundle every slice is matched against the rules of all.
    """
    pages: list[_Page] = []
    for one in slices:
        own = _Page([one], one.rules, one.piece.size)
        costs = [found.joined(own).cost(parts) - found.cost(parts) for found in pages]
        best = min(range(len(pages)), key=costs.__getitem__, default=None)
        if best is None or costs[best] > own.cost(parts) + SHEET:
            pages.append(own)
        else:
            pages[best] = pages[best].joined(own)
    yield from (found.slices for found in pages)


@dataclass(frozen=True, slots=True)
class _Page:
    slices: list[RuleQuestion]
    rules: frozenset[int]
    size: int

    def joined(self, other: _Page) -> _Page:
        slices = [*self.slices, *other.slices]
        return _Page(slices, self.rules | other.rules, self.size + other.size)

    def cost(self, parts: Sequence[PackPart]) -> int:
        """What matching costs, in bytes that are shown to a rule."""
        return self.size * sum(TAINT if parts[rule].need.follows_data else 1 for rule in self.rules)


def shared_out(
    one: Bundle, found: FileHits, parts: Sequence[PackPart]
) -> Iterator[tuple[str, FileHits]]:
    """What was found on a bundle, by the keys of the pieces on it, in their own lines.

    A piece has the hits of rules that could hit it as it is, whatever else stands on the bundle.
    """
    lines = one.shown.lines
    for question in one.holds:
        piece = question.piece
        rules = [parts[number].rule for number in question.rules]
        names = {rule.id if rule else None for rule in rules}
        asked = [hit for hit in found.hits if hit.rule in names or None in names]
        if not piece.lines:
            yield piece.key, replace(found, hits=tuple(asked))
            continue
        place = {line: number for number, line in enumerate(piece.lines, 1) if line}
        in_file = (replace(hit, span=_in_lines(lines, hit.span)) for hit in asked)
        hits = tuple(_in_piece(piece, place, hit) for hit in in_file if hit.span.first in place)
        if found.failure is None:
            yield piece.key, FileHits(hits)
            continue
        where = _within(place, _in_lines(lines, found.where)) if found.where else None
        yield piece.key, FileHits(hits, found.failure, where or Span(1, len(piece.lines)))


def _in_lines(lines: Sequence[int], span: Span) -> Span:
    """Lines of a bundle, as those of the file."""
    last = len(lines)
    return Span(lines[min(span.first, last) - 1], lines[min(span.last, last) - 1])


def _in_piece(piece: MatchedPiece, place: Mapping[int, int], hit: RuleHit) -> RuleHit:
    span = _within(place, hit.span)
    assert span is not None
    if all(line in place for line in range(hit.span.first, hit.span.last + 1)):
        return replace(hit, span=span)
    # It reaches over functions, which are on one bundle and not on another: what it is known by
    # must not depend on that.
    lines = piece.text.split(b"\n")[span.first - 1 : span.last]
    code, key = identity(b"\n".join(lines))
    return replace(hit, span=span, code=code, key=key)


def _within(place: Mapping[int, int], span: Span) -> Span | None:
    inside = [number for line, number in place.items() if line in span]
    return Span(min(inside), max(inside)) if inside else None


def in_file(piece: MatchedPiece, found: FileHits) -> FileHits:
    """What was found in a piece, by lines of the file; what another piece answers for left out."""
    if not piece.lines:
        return found
    hits = (_moved(piece, hit) for hit in found.hits)
    where = _lines_of(piece, found.where) if found.where else None
    return FileHits(tuple(hit for hit in hits if hit is not None), found.failure, where)


def _moved(piece: MatchedPiece, hit: RuleHit) -> RuleHit | None:
    if not piece.lines[hit.span.first - 1]:
        return None
    span = _lines_of(piece, hit.span)
    return replace(hit, span=span, fix=None) if span else None


def _lines_of(piece: MatchedPiece, span: Span) -> Span | None:
    lines = [line for line in piece.lines[span.first - 1 : span.last] if line]
    return Span(lines[0], lines[-1]) if lines else None


def joined(parts: Sequence[FileHits]) -> FileHits:
    """What was found in all pieces of a file, in order of lines."""
    hits = sorted((hit for part in parts for hit in part.hits), key=order)
    failed = next((part for part in parts if part.failure), None)
    return FileHits(
        tuple(hits), failed.failure if failed else None, failed.where if failed else None
    )


def order(hit: RuleHit) -> tuple[int, int, str, str]:
    """By lines, then by rule."""
    return hit.span.first, hit.span.last, hit.rule, hit.key


# --------------------------------------------------------------------------- who looks at what


@dataclass(frozen=True, slots=True)
class Job:
    """Sheets for one process, with the rules they are shown to."""

    parts: tuple[PackPart, ...]
    bundles: tuple[Bundle, ...]


def plan(
    questions: Sequence[RuleQuestion], parts: Sequence[PackPart], processes: int
) -> tuple[Job, ...]:
    """Jobs that show each piece to all rules that could hit it, and to few others.

    Semgrep parses a text once for all rules, and leaves out by itself those that cannot match it.
    """
    jobs: list[Job] = []
    number = 0
    for scope in RuleScope:
        asked = [one for one in questions if one.rules and one.piece.scope is scope]
        for group in _groups(asked):
            number += 1
            by_version: dict[FileVersion, list[RuleQuestion]] = defaultdict(list)
            for one in group:
                by_version[one.piece.version].append(one)
            bundles = [one for own in by_version.values() for one in bundles_of(own, parts, number)]
            helpful = sorted({rule for one in group for rule in one.rules})
            jobs += _shared_out([parts[rule] for rule in helpful], bundles, processes)
    return tuple(sorted(jobs, key=lambda job: -sum(one.shown.size for one in job.bundles)))


def _groups(questions: Sequence[RuleQuestion]) -> Iterator[Sequence[RuleQuestion]]:
    """The questions by groups of rules, such that few rules are shown most of the text.

    What a group costs is about its text times its rules.
    """
    sizes: Counter[int] = Counter()
    for one in questions:
        sizes.update(dict.fromkeys(one.rules, one.piece.size))
    ranks = {rule: rank for rank, (rule, _) in enumerate(sizes.most_common())}
    # By the number of rules in the first group: how much text either group is shown.
    first, second = [0] * (len(ranks) + 1), [0] * (len(ranks) + 1)
    for one in questions:
        first[min(ranks[rule] for rule in one.rules) + 1] += one.piece.size
        second[max(ranks[rule] for rule in one.rules)] += one.piece.size
    costs = {
        count: shown * (count + PARSING) + other * (len(ranks) - count + PARSING)
        for count, (shown, other) in enumerate(
            zip(accumulate(first), reversed([*accumulate(reversed(second))]), strict=True)
        )
    }
    best = min(costs, key=costs.__getitem__)
    if not questions or costs[best] + STARTING >= costs[0]:
        yield from [questions] if questions else ()
        return
    for is_first in (True, False):
        chosen = {rule for rule, rank in ranks.items() if (rank < best) is is_first}
        narrowed = (replace(one, rules=one.rules & chosen) for one in questions)
        yield from _groups([one for one in narrowed if one.rules])


def _shared_out(
    parts: Sequence[PackPart], pages: Sequence[Bundle], processes: int
) -> Iterator[Job]:
    """Jobs of about equal size with the same rules."""
    size = sum(one.shown.size for one in pages)
    count = min(processes, 1 + size // BYTES_WORTH_A_PROCESS, len(pages))
    by_size = sorted(pages, key=lambda one: -one.shown.size)
    for number in range(count):
        yield Job(tuple(parts), tuple(by_size[number::count]))
