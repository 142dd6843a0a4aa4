"""What makes a function unusual, in sentences with counts; and the existing one most like it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from scanner.analysis.choices import BY_ID
from scanner.analysis.choices.family import filled, worded
from scanner.analysis.usage import TEXTURE
from scanner.base.model import DeviationPart, Place, Reason, UnitKind
from scanner.conventions.counts import CountedDeviation, key_of
from scanner.conventions.deviations import find_examples
from scanner.conventions.profile import FileEdit, KnownUnit
from scanner.conventions.profile_at import ProfileAtCommit
from scanner.conventions.unusual import Lines, NameSurprise, names, texture_counts, units_of

#: How many reasons a function is given.
REASONS = 3
#: How many files of a directory are looked through for a like function, in order of their names.
FILES_BESIDE = 6
#: A function is like another if they share this part of the names that either uses.
LEAST_LIKENESS = 0.2
#: A name is worth a word if so many in a hundred functions use it at most.
_RARE = 0.01
#: What is said of names in each role, and how each of them is written.
_ROLES = {
    "call": ("calls {}", "`{}`"),
    "use": ("uses {}", "`{}`"),
    "attribute": ("uses the attribute{s} {}", "`{}`"),
    "catch": ("catches {}", "`{}`"),
    "raise": ("raises {}", "`{}`"),
    "decorator": ("is decorated with {}", "`@{}`"),
    "type": ("mentions the type{s} {}", "`{}`"),
    "keyword": ("passes {}", "`{}=`"),
    "import": ("imports {}", "`{}`"),
    "name": ("uses the name{s} {}", "`{}`"),
    "verb": ("has a name that begins with {}", "`{}`"),
    "ending": ("has a name that ends in {}", "`{}`"),
    "word": ("uses the word{s} {} in names", "`{}`"),
    "signature": ("has the signature {}", "({})"),
}
#: So many names are told of those that are alike, and no words of names that are shorter.
_NAMES_TOLD, _SHORTEST_WORD = 3, 3
#: What is said of a function before what its names are made of.
_WEIGHT = {"call": 1.3, "use": 1.2, "import": 1.4, "catch": 1.3, "raise": 1.2, "decorator": 1.3}
_WEIGHT_DOTTED = 1.5
_WORDS = frozenset({"verb", "ending", "word"})


def reasons(
    profile: ProfileAtCommit, path: str, unit: KnownUnit, lines: Lines
) -> tuple[Reason, ...]:
    """The things that make a function most unusual, the strangest first, three at most."""
    found = [
        *_of_choices(profile, path, unit, lines),
        *_of_names(profile, path, unit, lines),
        *(_of_texture(profile, path, unit) if lines.is_new else ()),
    ]
    ordered = sorted(found, key=lambda pair: (-pair[0], pair[1].sentence))
    return tuple(reason for _, reason in ordered[:REASONS])


def _of_choices(
    profile: ProfileAtCommit, path: str, unit: KnownUnit, lines: Lines
) -> Iterator[tuple[float, Reason]]:
    book = profile.book.conventions
    points = [one for one in unit.choices.choices.points if one.line in lines.added]
    keys = [(key, one.line) for one in reversed(points) if (key := key_of(path, one)) is not None]
    for key, line in dict(keys).items():
        found = book.deviation(path, key)
        if found is not None:
            examples = find_examples(found.convention, book, profile.exemplars)
            place = unit.choices.lines[line]
            yield 4 * found.cost, Reason(DeviationPart.CHOICES, _worded(found), examples, place)


def _worded(found: CountedDeviation) -> str:
    one = found.convention
    family, subject = BY_ID[one.point.family], one.point.subject
    return (
        f"In {one.scope.words} {one.support:,} of {one.total:,} {filled(family.noun, subject, '')} "
        f"are {worded(family, subject, one.alternative)}; here: "
        f"{worded(family, subject, found.choice)}."
    )


def _of_names(
    profile: ProfileAtCommit, path: str, unit: KnownUnit, lines: Lines
) -> Iterator[tuple[float, Reason]]:
    """What is said of rare names; those of one role that are as rare are said at once."""
    told: set[str] = set()
    alike: defaultdict[tuple[str, int], list[NameSurprise]] = defaultdict(list)
    known = frozenset(unit.usage.names.split("\n"))
    for one in sorted(names(profile.book.usage, path, unit.usage, lines), key=_rarest_first):
        # A method is looked for by its owner first, so that `a.get` is not said as `get` too.
        last = one.name.rpartition(".")[2]
        if one.seen <= _RARE * one.of and last not in told and _is_telling(one, known):
            told.add(last)
            alike[one.role, one.seen].append(one)
    for same in alike.values():
        first, part = same[0], DeviationPart.STRUCTURE
        if first.role in _WORDS:
            part = DeviationPart.VOCABULARY
        yield _weight(first), Reason(part, _sentence(same), line=unit.choices.lines[first.line])


def _is_telling(one: NameSurprise, known: frozenset[str]) -> bool:
    """Whether a name is worth a word; `known` are all names of the unit in their roles."""
    if one.role not in _ROLES or (one.role in _WORDS and len(one.name) < _SHORTEST_WORD):
        return False
    owner, _, attribute = one.name.partition(".")
    # What a function calls its own variables says nothing of `append` in `rows.append`.
    return one.role != "use" or not attribute or f"name {owner}" in known


def _rarest_first(one: NameSurprise) -> tuple[float, int, int, str]:
    """Of equally rare names a longer one tells more: `parse_target` before `next`."""
    return -_weight(one), -len(one.name), one.line, one.name


def _weight(one: NameSurprise) -> float:
    """`chain.from_iterable` tells more than the call of `from_iterable` that it is."""
    is_dotted = one.role == "use" and "." in one.name
    return one.bits * (_WEIGHT_DOTTED if is_dotted else _WEIGHT.get(one.role, 1.0))


def _sentence(same: Sequence[NameSurprise]) -> str:
    one = same[0]
    said, written = _ROLES["attribute" if one.role == "use" and "." not in one.name else one.role]
    listed = [written.format(name.name) for name in same[:_NAMES_TOLD]]
    if len(same) > _NAMES_TOLD:
        listed.append(f"{len(same) - _NAMES_TOLD:,} more")
    *some, last = listed
    shown = f"{', '.join(some)} and {last}" if some else last
    phrase = said.format(shown, s="s" * (len(same) > 1))
    count = "none" if not one.seen else f"{one.seen:,}"
    each = "each " * (len(same) > 1 and one.seen > 0)
    verb = "does" if one.seen <= 1 else "do"
    return f"It {phrase}, {each}as {count} of {one.of:,} units here {verb}."


def _of_texture(
    profile: ProfileAtCommit, path: str, unit: KnownUnit
) -> Iterator[tuple[float, Reason]]:
    usage = profile.book.usage
    total = units_of(usage, path)
    for number, size in enumerate(unit.usage.texture):
        as_much = texture_counts(usage, path, number, size)
        if size >= 2 and total and as_much <= _RARE * total:
            count = "none" if not as_much else f"{as_much:,}"
            what = TEXTURE[number]
            if what == "longest line":
                said = f"Its longest line has {8 << (size - 1)} characters or more"
            else:
                said = f"It has {1 << (size - 1)} {what} or more"
            verb = "does" if as_much <= 1 else "do"
            sentence = f"{said}, as {count} of {total:,} units here {verb}."
            yield 9.0 + size, Reason(DeviationPart.TEXTURE, sentence)


def nearest(
    profile: ProfileAtCommit, edit: FileEdit, unit: KnownUnit, *, looks_beside: bool
) -> Place | None:
    """The existing function of the file, or of a few beside it, that uses most of the same names.

    None where no function shares a fifth of them.
    """
    path = edit.path or ""
    own = _used(unit)
    best: tuple[float, Place | None] = (LEAST_LIKENESS, None)
    name = unit.choices.unit.name
    here = edit.path_before or path
    beside = profile.beside(path)[:FILES_BESIDE] if looks_beside else []
    for other in (here, *beside):
        for known in profile.units_at(other):
            one = known.choices.unit
            is_itself = other == here and one.name == name
            if is_itself or one.kind in (UnitKind.MODULE, UnitKind.CLASS):
                continue
            theirs = _used(known)
            likeness = len(own & theirs) / max(len(own | theirs), 1)
            if likeness > best[0]:
                best = (likeness, Place(other, one.span, one.name))
    return best[1]


def _used(unit: KnownUnit) -> frozenset[str]:
    roles = ("call ", "word ", "type ", "catch ")
    return frozenset(one for one in unit.usage.names.split("\n") if one.startswith(roles))
