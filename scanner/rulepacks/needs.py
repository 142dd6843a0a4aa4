"""PURE: what a text must hold for a rule to hit it, read off the rule's own patterns.

Semgrep tries every rule's prefilter on every text, and matches a rule against all of a text that
passes. What is read here costs a fraction and is asked for each function: names that the pattern
spells out, and regular expressions that must be found. Whatever is not understood asks for nothing,
so a rule is never kept from a text that it could hit.
"""

from __future__ import annotations

import keyword
import re
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cached_property, lru_cache, reduce
from itertools import product
from typing import Any

from scanner.analysis.parsing.templates import STRING
from scanner.rulepacks.anchors import literals_of

#: Of a longer text it is not asked whether the expression of a rule matches: some take the square
#: of its length, and semgrep, which has a limit, is asked anyway.
LONGEST = 8_000
#: A rule with more ways to be met than this is asked for less, so that asking stays cheap.
MOST_WAYS = 100

_WORD = re.compile(r"[^\W\d]\w*")
_STRING = re.compile(rf"(?<![rbfuRBFU])[rbfuRBFU]*+(?:{STRING})", re.DOTALL)
_IMPORTED = re.compile(
    r"^[ \t]*(?P<module>from[ \t][\w. \t]+?[ \t]import)\b(?P<names>[ \t]*\([^()]*\)|[^\n\\]*$)",
    re.MULTILINE,
)
_COMMENT = re.compile(r"#[^\n]*")
_NAME = re.compile(r"(?:\$\.\.\.|\$)?[^\W\d]\w*")
#: `($X: some.Type)` also matches where the type is inferred and nowhere spelled out.
_TYPED = re.compile(r"\(\s*\$\w+\s*:")
#: Statements and expressions that can be written in no other way.
_TELLING = frozenset(
    {"assert", "await", "del", "except", "finally", "global", "import", "lambda", "raise", "try"}
    | {"while", "with", "yield"}
)
#: `\A` to `\z` with a text in it that must be found: how a rule says "only files with such text".
_GATE = re.compile(
    r"(?P<flags>\(\?[ims]+\))\\A(?:\(\?[=!](?:[^()]|\([^()]*\))*\))*\(\?:\[\^(?P<set>(?:\\.|[^\]\\])+)\]\+\+"
    r"\|\(\?!(?P<inner>.*)\)\[(?P=set)\](?:\[\\w\.\]\*\+)?\)\*\+\[(?P=set)\]\.\*\\z\s*",
    re.DOTALL,
)
#: Before 3.11.5 `re` gives too few matches for a possessive group (python/cpython#106052).
_MISREAD = r"|\)[*+?]\+" if sys.version_info < (3, 11, 5) else ""
#: Where Python's `re` and the engine that semgrep uses do not mean the same.
_OTHERWISE = re.compile(r"\\[vRXhHNQEpPoxuUkgcCGZ]|\[:\w+:\]|\{,|\(\?[a-z]*x" + _MISREAD)
#: The end of the text for that engine, where a match is said to begin, and the text's beginning,
#: which in a slice may be any line's.
_END, _KEPT = re.compile(r"(?<!\\)\\z"), re.compile(r"(?<!\\)\\K")
_BEGINNING = re.compile(r"(?<!\\)\\A")
_ACCENTED = re.compile(r"(?![\x00-\x7f])[^\W\d_]")
#: They are equal to `s` and `k` where case does not count, for one engine and not for the other.
_ODD_CASE = re.compile("[\u017f\u212a]")
_ONE_OF = re.compile(r"\^\(?(\w+(?:\|\w+)*)\)?\$")
_SIMPLE_PATH = re.compile(r"[\w.*-]+")


@dataclass(frozen=True, slots=True)
class Text:
    """A regular expression that must be found. `literals` in lower case: one of them must stand
    in the text, in any case; empty where none is known.
    """

    regex: str
    literals: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Way:
    """One way for a rule to hit: all these names and texts are there."""

    words: tuple[str, ...] = ()
    texts: tuple[Text, ...] = ()

    def with_(self, other: Way) -> Way:
        """Both at once."""
        return Way(
            tuple(dict.fromkeys((*self.words, *other.words))),
            tuple(dict.fromkeys((*self.texts, *other.texts))),
        )

    def asks_less_than(self, other: Way) -> bool:
        """Whether everything that meets the other meets this."""
        return set(self.words) <= set(other.words) and set(self.texts) <= set(other.texts)


@dataclass(frozen=True, slots=True)
class Need:
    """What a rule needs: any of the ways, and a path without a part like one of `outside`.

    `follows_data` says that it is a taint rule, which costs far more to match.
    """

    ways: tuple[Way, ...] = (Way(),)
    outside: tuple[str, ...] = ()
    follows_data: bool = False


ANYTHING = Need()


class SearchedText:
    """A text that rules are to be matched against, for asking what is in it.

    `lines` are those of a slice, none for a whole file.
    """

    def __init__(self, text: bytes, path: str, lines: Sequence[int] = ()) -> None:
        self._text = f"\n{text.decode('utf-8', 'replace')}"
        self._steps = path.split("/")
        self._lines = lines

    @cached_property
    def _lowered(self) -> str:
        return self._text.lower()

    @cached_property
    def _words(self) -> frozenset[str] | str:
        """For a whole file to search it for each word costs less than to cut it into words."""
        return _words_of(self._text, self._lines) if self._lines else self._text

    @cached_property
    def _is_odd(self) -> bool:
        return not self._text.isascii() and _ODD_CASE.search(self._text) is not None

    def among(self, words: Collection[str | None]) -> Iterator[str | None]:
        """Those of the words that stand in it, and None if that is among them."""
        own = self._words
        yield from (word for word in words if word is None or word in own)

    def goes(self, way: Way) -> bool:
        """Whether all that the way asks for is there."""
        words = self._words
        return all(word in words for word in way.words) and all(map(self._has, way.texts))

    def is_outside(self, need: Need) -> bool:
        """Whether the path is one that the rule leaves out."""
        return any(fnmatchcase(step, one) for one in need.outside for step in self._steps)

    def _has(self, text: Text) -> bool:
        if text.literals and not any(one in self._lowered for one in text.literals):
            return self._is_odd
        if len(self._text) > LONGEST:
            return True
        return _compiled(text.regex).search(self._text) is not None or self._is_odd


def _words_of(text: str, lines: Sequence[int]) -> frozenset[str]:
    """The words of a slice. Of names that a module imports, those that the rest does not use are
    left out: nothing in the slice can mean them.
    """
    count = next((number for number, line in enumerate(lines) if line), len(lines))
    *context, own = text.split("\n", count + 1)
    above = "\n".join(context)
    words = set(_WORD.findall(own))
    words.update(_WORD.findall(_IMPORTED.sub("", above)))
    for found in _IMPORTED.finditer(above):
        words.update(_WORD.findall(found["module"]))
        for name in found["names"].split(","):
            imported = _WORD.findall(name)
            if not words.isdisjoint(imported):
                words.update(imported)
    return frozenset(words)


@lru_cache(maxsize=4096)
def _compiled(regex: str) -> re.Pattern[str]:
    return re.compile(regex, re.MULTILINE | re.ASCII)


def need_of(rule: Mapping[str, Any]) -> Need:
    """What a rule needs, as YAML has it."""
    if rule.get("languages") != ["python"] or rule.get("mode", "search") not in ("search", "taint"):
        return ANYTHING
    paths = rule.get("paths")
    left_out = paths.get("exclude", ()) if isinstance(paths, dict) else ()
    outside = tuple(one for one in map(str, left_out) if _SIMPLE_PATH.fullmatch(one))
    return Need(_simplest(_all_of(rule)), outside, rule.get("mode") == "taint")


_Ways = tuple[Way, ...]


def _all_of(node: object) -> _Ways:
    """The ways for everything in a mapping of patterns to hold."""
    if not isinstance(node, dict):
        return (Way(),)
    return reduce(_both, (_one(str(key), value) for key, value in node.items()), (Way(),))


def _one(key: str, value: object) -> _Ways:
    if key in ("pattern", "pattern-inside"):
        return (Way(words=tuple(_spelled_out(str(value)))),)
    if key == "pattern-regex":
        text = _text(str(value))
        return (Way(texts=(text,) if text else ()),)
    if key == "metavariable-regex" and isinstance(value, dict):
        return _named(value)
    if key == "patterns" and isinstance(value, list):
        return reduce(_both, map(_all_of, value), (Way(),))
    if key in ("pattern-either", "pattern-sources", "pattern-sinks") and isinstance(value, list):
        return _simplest(way for one in value for way in _all_of(one))
    return (Way(),)


def _both(some: _Ways, others: _Ways) -> _Ways:
    if len(some) * len(others) > MOST_WAYS:
        return min(some, others, key=len)
    return _simplest(one.with_(other) for one, other in product(some, others))


def _simplest(ways: Iterable[Way]) -> _Ways:
    """The ways without those that ask for more than another does."""
    kept: list[Way] = []
    for way in sorted(dict.fromkeys(ways), key=lambda one: len(one.words) + len(one.texts)):
        if not any(other.asks_less_than(way) for other in kept):
            kept.append(way)
    return tuple(kept) or (Way(),)


def _spelled_out(pattern: str) -> Iterator[str]:
    """The names in a pattern that code must spell out to match it."""
    code = _COMMENT.sub("", _STRING.sub(" ", pattern))
    if _TYPED.search(code):
        return
    for found in dict.fromkeys(_NAME.findall(code)):
        if not found.startswith("$") and (found in _TELLING or not keyword.iskeyword(found)):
            yield found


def _named(condition: Mapping[str, object]) -> _Ways:
    """What must stand where a name of the pattern does; its anchors mean the name, not the text."""
    regex = str(condition.get("regex"))
    if "constant-propagation" in condition or _text(regex) is None:
        return (Way(),)
    words = _ONE_OF.fullmatch(regex)
    if words:
        return tuple(Way(words=(word,)) for word in words[1].split("|"))
    literals = literals_of(regex)
    return (Way(texts=(Text("", literals),)),) if literals else (Way(),)


def _text(regex: str) -> Text | None:
    """What must be found for a `pattern-regex` to match; None where that is not understood."""
    gate = _GATE.fullmatch(regex)
    wanted = gate["flags"] + gate["inner"] if gate else regex
    if _OTHERWISE.search(wanted) or _ACCENTED.search(wanted):
        return None
    literals = literals_of(wanted)
    beginning = _BEGINNING.search(wanted)
    if beginning and "(?!" not in wanted[: beginning.start()]:
        wanted = _BEGINNING.sub("^", wanted, count=1)
    wanted = _KEPT.sub("", _END.sub(r"\\Z", wanted))
    try:
        _compiled(wanted)
    except re.error:
        return Text("", literals) if literals else None
    return None if _BEGINNING.search(wanted) else Text(wanted, literals)
