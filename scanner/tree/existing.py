"""A snippet or a description → the live functions that do this already: the clone index, asked
the other way round.

Functions whose statements are the snippet's come first, as copies are found. The others are ranked
by the words that they share with what is asked: names, parameters, the first paragraph of their
docstrings, and what they call.
"""

from __future__ import annotations

import math
import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from scanner.analysis.clones.clone_tokens import KEYWORDS
from scanner.analysis.clones.fingerprints import Fingerprint, TokenRole, fingerprint
from scanner.analysis.offers import ANALYSIS as OFFER
from scanner.analysis.offers import NOTHING, Offer
from scanner.analysis.parsing.outline import ReadFile, read_outline, unit_source
from scanner.analysis.tokens import words_of
from scanner.base.errors import ExitCode, ScanError
from scanner.base.model import FileVersion, Place, Problem
from scanner.base.store import open_store
from scanner.clones.calls import how_to_reach
from scanner.clones.index import CloneIndex, CloneUnit, is_function, is_small, limits_of
from scanner.clones.located_units import placed_units
from scanner.clones.matches import Match, matches_of
from scanner.codebase.reader import SourceReader
from scanner.git.blobs import BlobReader
from scanner.git.commits import resolve
from scanner.judge.batch import JudgingContext
from scanner.roles.paths import is_test_path
from scanner.scoring.copies import Call
from scanner.tree.clone_groups import own_files

#: Two functions do the same if they share this part of the statements of both.
_SAME = 0.5
#: What a shared word weighs, by where the function has it.
_OF_NAME, _OF_PARAMETER, _OF_WORDS, _OF_BODY = 3.0, 1.5, 2.0, 0.7
#: A long function has most words, and is not what is asked for by that (BM25's b).
_LENGTH = 0.4
_MOST = 50
#: Words of any description and any signature.
_TELL_NOTHING = KEYWORDS | {
    *("a", "an", "the", "of", "to", "by", "on", "at", "it", "its", "this", "that", "are", "be"),
    *("which", "whose", "each", "one", "all", "any", "given", "returns", "function", "method"),
    *("self", "cls", "str", "int", "bool", "float", "list", "dict", "tuple", "set", "none"),
    *("true", "false", "optional", "union", "args", "kwargs", "whether", "into", "no"),
}


class Likeness(StrEnum):
    """By what a function is thought to do what is asked for."""

    CODE = "the same statements"
    WORDS = "the same words"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for: code, or a signature and a description, or both.

    `path` is the file that would use it, from the top of the repository, if that is known.
    """

    code: str = ""
    description: str = ""
    path: str | None = None


@dataclass(frozen=True, slots=True)
class Existing:
    """A live function that may do what is wanted.

    `share` is the part of the statements of both that they have in common, from 0 to 1; None where
    words alone speak for it. `call` says how it is called, or what stands in the way.
    """

    place: Place
    offer: Offer
    likeness: Likeness
    share: float | None
    call: Call


@dataclass(frozen=True)
class LiveFunctions:
    """The functions of one tree: what they say, and what they offer by their content."""

    index: CloneIndex
    offers: Mapping[str, Offer]

    @property
    def count(self) -> int:
        """How many functions there are."""
        return sum(1 for _ in _functions(self.index))


def live_functions(context: JudgingContext, revision: str) -> LiveFunctions:
    """The functions of a revision's tree; what was written elsewhere or by a program is left out.

    Raises:
        ScanError: the revision is unknown.
    """
    versions = own_files(context, resolve(context.repository, revision))
    index = CloneIndex(limits_of(context.settings.duplication))
    with BlobReader(context.repository) as blobs, open_store(context.store_path) as store:
        reader = SourceReader(blobs, store, context.settings.limits)
        for path, units in placed_units(versions, reader, store).items():
            if not any(text.is_generated or text.is_step for _, text, _ in units):
                index.add(path, units)
        offers = _offers(index, versions, reader)
        reader.flush()
    return LiveFunctions(index, offers)


def _offers(
    index: CloneIndex, versions: Iterable[FileVersion], reader: SourceReader
) -> dict[str, Offer]:
    """By content. Files are read only where one of their functions was not met before."""
    contents = [one.unit.content for one in _functions(index)]
    known = reader.known_facts(OFFER, contents)
    found = dict(known)
    for version in versions:
        members = index.files().get(version.path, ())
        if all(one.unit.content in found for one in members if is_function(one.unit)):
            continue
        file = reader.read(version)
        if isinstance(file, ReadFile):
            units = [(file, unit) for unit in file.outline.units if is_function(unit)]
            fresh = reader.facts(OFFER, units)
            found.update(fresh)
    return {content: one for content, one in found.items() if isinstance(one, Offer)}


def _functions(index: CloneIndex) -> Iterator[CloneUnit]:
    for members in index.files().values():
        yield from (one for one in members if is_function(one.unit))


def find_existing(live: LiveFunctions, wanted: Wanted) -> tuple[Existing, ...]:
    """Live functions that may do what is wanted, the likeliest first.

    Raises:
        ScanError: nothing is asked for, or the code is no Python.
    """
    asked = _members(wanted)
    shares = _shares(live.index, asked)
    same = sorted(
        (one for one, share in shares.values() if share >= _SAME),
        key=lambda one: (-shares[id(one)][1], is_test_path(one.path), _order(one)),
    )
    taken = set(map(id, same))
    others = (one for one in _by_words(live, asked, wanted.description) if id(one) not in taken)
    found = [(Likeness.CODE, one) for one in same] + [(Likeness.WORDS, one) for one in others]
    shared = {key: round(share, 3) for key, (_, share) in shares.items()}
    return tuple(
        Existing(
            Place(one.path, one.unit.span, one.unit.name),
            live.offers.get(one.unit.content, NOTHING),
            likeness,
            shared.get(id(one)),
            how_to_reach(live.index, one, wanted.path),
        )
        for likeness, one in found[:_MOST]
    )


def _members(wanted: Wanted) -> list[CloneUnit]:
    """The functions of a snippet; one that is made of it where it has none. None without code."""
    if not wanted.code.strip():
        if not wanted.description.strip():
            raise ScanError("Nothing is asked for.", hint="Give code, or a description, or both.")
        return []
    text = textwrap.dedent(wanted.code).strip() + "\n"
    found = _functions_of(text, wanted.path) or _functions_of(
        f"def snippet():\n{textwrap.indent(text, '    ')}", wanted.path
    )
    if not found:
        raise ScanError("The code is no function and no statements of one.")
    return found


def _functions_of(text: str, path: str | None) -> list[CloneUnit]:
    file = read_outline(text.encode("utf-8", "surrogatepass"))
    if isinstance(file, Problem):
        raise ScanError(
            f"The code cannot be read as Python: {file.reason}.",
            exit_code=ExitCode.COULD_NOT_JUDGE,
        )
    units = [(unit, fingerprint(unit_source(file, unit))) for unit in file.outline.units]
    return [
        CloneUnit(path or "", unit, text, range(unit.span.first, unit.span.last + 1))
        for unit, text in units
        if is_function(unit) and isinstance(text, Fingerprint)
    ]


# --------------------------------------------------------------------------- by statements


def _shares(index: CloneIndex, asked: Iterable[CloneUnit]) -> dict[int, tuple[CloneUnit, float]]:
    """Live functions that have statements of the asked ones, and what part of both they share."""
    found: dict[int, tuple[CloneUnit, float]] = {}
    for one in asked:
        for original, share in _alike(index, one):
            known = found.get(id(original), (original, 0.0))[1]
            found[id(original)] = (original, max(known, share))
    return found


def _alike(index: CloneIndex, asked: CloneUnit) -> Iterator[tuple[CloneUnit, float]]:
    if is_small(asked.fingerprint, index.limits):
        yield from ((one, 1.0) for one in index.alike(asked) if is_function(one.unit))
        return
    for match in matches_of(index, asked):
        if is_function(match.original.unit) and match.original is not asked:
            yield match.original, _share(match)


def _share(match: Match) -> float:
    """The statements that a match pairs, of those of both (Dice), by how alike they are."""
    texts = (match.copy.fingerprint, match.original.fingerprint)
    paired = len(match.alignment.pairs)
    return 2 * paired / sum(len(text.shape) for text in texts) * match.alignment.similarity


# --------------------------------------------------------------------------- by words


def _by_words(
    live: LiveFunctions, asked: Sequence[CloneUnit], description: str
) -> Iterator[CloneUnit]:
    """The functions that share words with what is asked, those first that share the rarest."""
    wanted = _words_asked(asked, description)
    members = list(_functions(live.index))
    bags = [_bag(one, live.offers.get(one.unit.content, NOTHING)) for one in members]
    holders = Counter(word for bag in bags for word in bag)
    rarity = {word: math.log(1 + len(bags) / holders[word]) for word in wanted if holders[word]}
    mean = sum(map(len, bags)) / max(1, len(bags))
    scored = []
    for member, bag in zip(members, bags, strict=True):
        shared = rarity.keys() & bag.keys()
        if shared:
            score = sum(rarity[word] * wanted[word] * bag[word] for word in shared)
            long = 1 - _LENGTH + _LENGTH * len(bag) / mean
            scored.append((-score / long, is_test_path(member.path), _order(member), member))
    scored.sort(key=lambda entry: entry[:3])
    yield from (member for *_, member in scored)


def _words_asked(asked: Sequence[CloneUnit], description: str) -> dict[str, float]:
    words = Counter(_words(description))
    for one in asked:
        words.update(_words_of_body(one.fingerprint))
        words.update(_words(one.unit.name.rpartition(".")[2]))
    return {word: 1 + math.log(count) for word, count in words.items()}


def _bag(member: CloneUnit, offer: Offer) -> dict[str, float]:
    """The words of a function, and what each weighs there."""
    bag: dict[str, float] = {}
    for weight, words in (
        (_OF_BODY, _words_of_body(member.fingerprint)),
        (_OF_PARAMETER, _words(offer.signature)),
        (_OF_WORDS, _words(offer.says)),
        (_OF_NAME, _words(member.unit.name.partition("#")[0])),
    ):
        for word in words:
            bag[word] = max(weight, bag.get(word, 0.0))
    return bag


def _words_of_body(text: Fingerprint) -> list[str]:
    """The words of what a function names outside of itself, and of its texts."""
    return [word for name in text.names if name[0] != TokenRole.LOCAL for word in _words(name[1:])]


@lru_cache(maxsize=1 << 16)
def _words(text: str) -> tuple[str, ...]:
    return tuple(
        _stem(word)
        for word in words_of(text)
        if len(word) > 1 and word not in _TELL_NOTHING and word.isalpha()
    )


def _stem(word: str) -> str:
    """The word without the endings that English gives it; enough to bring two forms together."""
    for ending in ("ing", "ies", "ed", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word.removesuffix("e") if len(word) > 3 else word


def _order(member: CloneUnit) -> tuple[str, int]:
    return member.path, member.unit.span.first
