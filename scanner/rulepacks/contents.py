"""PURE: what a pack's text says of its rules, read with the YAML library.

Reading takes longer than matching what has changed, so what comes out is kept by the text's hash.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise
from typing import Any

from scanner.base.yaml_text import compose_yaml, read_yaml
from scanner.rulepacks.needs import ANYTHING, Need, need_of

BY_FUNCTION = "# by-function"
_FIXES = ("fix", "fix-regex")


class RuleScope(StrEnum):
    """What a rule has to see at once: one function with its surroundings, or the whole file."""

    FUNCTION = "function"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class RuleText:
    """A rule and where it stands: offsets into the pack's text, from the line of its dash to that
    of the next rule's.

    `id` is empty where it has none, `line` is where that stands, 1-based. `fixes` are the places of
    its own fixes that have lines to themselves.
    """

    id: str
    line: int
    start: int
    stop: int
    scope: RuleScope = RuleScope.FUNCTION
    is_opt_in: bool = False
    has_fix: bool = False
    fixes: tuple[tuple[int, int], ...] = ()
    need: Need = ANYTHING

    def moved(self, by: int) -> RuleText:
        """The rule where so many characters more stand before it."""
        fixes = tuple((start + by, stop + by) for start, stop in self.fixes)
        return replace(self, start=self.start + by, stop=self.stop + by, fixes=fixes)


@dataclass(frozen=True, slots=True)
class PackContents:
    """The rules of a pack in their order.

    `is_apart` says that each rule stands below the other and that none refers to another, so that
    one can be left out; `has_list` that there is a list of rules with something in it, or that the
    file cannot be read and semgrep will say so.
    """

    rules: tuple[RuleText, ...] = ()
    has_list: bool = True
    is_apart: bool = False
    is_by_function: bool = False
    depends_on_paths: bool = False
    has_anchored_paths: bool = False

    @property
    def fixes(self) -> Iterator[tuple[int, int]]:
        """Where the rules' own fixes stand, which cost semgrep more than all matching does."""
        return (place for rule in self.rules for place in rule.fixes)

    def without(self, ids: Collection[str], text: str) -> PackContents:
        """The contents once rules with these ids are blanked in the text."""
        kept, shift = [], 0
        for rule in self.rules:
            if rule.id in ids:
                shift += text.count("\n", rule.start, rule.stop) - (rule.stop - rule.start)
            else:
                kept.append(rule.moved(shift))
        return replace(self, rules=tuple(kept))


def text_hash(text: str) -> str:
    """What contents are kept by; 32 hex digits."""
    return hashlib.sha256(text.encode()).hexdigest()[:32]


@lru_cache(maxsize=256)
def read_contents(text: str) -> PackContents:
    """What a pack's text says; nothing of one that is no YAML."""
    from ruamel.yaml.error import YAMLError  # noqa: PLC0415  a tenth of a second

    try:
        root = compose_yaml(text)
        document = read_yaml(text)
    except (YAMLError, ValueError, RecursionError):
        return PackContents()
    entries = document.get("rules") if isinstance(document, dict) else None
    if not isinstance(entries, list) or not entries:
        return PackContents(has_list=False)
    keys = [key for key, _ in root.value]
    place = next((number for number, key in enumerate(keys) if key.value == "rules"), None)
    if place is None:
        return PackContents()  # it comes from an anchor
    after = keys[place + 1].start_mark.index if place + 1 < len(keys) else len(text)
    nodes = root.value[place][1].value
    starts = [_line_start(node) for node in nodes]
    is_apart = _stand_apart(text, nodes) and not _has_references(root)
    by_function = is_apart and BY_FUNCTION in map(str.rstrip, text.split("\n"))
    rules = tuple(
        _rule(node, entry if isinstance(entry, dict) else {}, bounds, is_apart=is_apart)
        for node, entry, bounds in zip(nodes, entries, pairwise([*starts, after]), strict=True)
    )
    paths = [entry["paths"] for entry in entries if isinstance(entry, dict) and "paths" in entry]
    return PackContents(
        rules=_with_needs(rules, entries) if by_function else rules,
        is_apart=is_apart,
        is_by_function=by_function,
        depends_on_paths=bool(paths),
        has_anchored_paths=any(one.startswith("/") for one in _strings(paths)),
    )


def _rule(
    node: Any, entry: Mapping[str, Any], bounds: tuple[int, int], *, is_apart: bool
) -> RuleText:
    pairs = node.value if entry else []
    own = next((value for key, value in pairs if key.value == "id"), node)
    metadata = entry.get("metadata")
    metadata = metadata if isinstance(metadata, dict) else {}
    return RuleText(
        id=str(entry.get("id", "")),
        line=own.start_mark.line + 1,
        start=bounds[0],
        stop=bounds[1],
        scope=RuleScope.FILE if metadata.get("scope") == RuleScope.FILE else RuleScope.FUNCTION,
        is_opt_in=metadata.get("opt-in") is True,
        has_fix=any(key in entry for key in _FIXES),
        fixes=tuple(_fixes(pairs, bounds[1])) if is_apart and pairs and not node.flow_style else (),
    )


def _fixes(pairs: Sequence[tuple[Any, Any]], stop: int) -> Iterator[tuple[int, int]]:
    """Whole lines that hold nothing but a fix. One that begins its rule shares its line with the
    dash, and stays.
    """
    starts = [*(_line_start(key) for key, _ in pairs), stop]
    for place, (key, _) in enumerate(pairs):
        if place > 0 and key.value in _FIXES:
            yield starts[place], starts[place + 1]


def _with_needs(
    rules: Sequence[RuleText], entries: Sequence[Mapping[str, Any]]
) -> tuple[RuleText, ...]:
    """The rules with what each needs; one whose id is there twice needs nothing."""
    times = Counter(rule.id for rule in rules)
    return tuple(
        replace(rule, need=need_of(entry)) if rule.id and times[rule.id] == 1 else rule
        for rule, entry in zip(rules, entries, strict=True)
    )


def _line_start(node: Any) -> int:
    """Where the line begins that the node, or the dash before it, stands on."""
    index: int = node.start_mark.index - node.start_mark.column
    return index


def _stand_apart(text: str, nodes: Sequence[Any]) -> bool:
    """Whether each rule begins on a line with the dash before it, and on no other's."""
    before = [text[_line_start(node) : node.start_mark.index].strip() for node in nodes]
    return all(one == "-" for one in before)


def _has_references(root: Any) -> bool:
    """Whether something in the document stands at two places: it has an anchor."""
    seen: set[int] = set()
    left = [root]
    while left:
        node = left.pop()
        if id(node) in seen:
            return True
        seen.add(id(node))
        for one in node.value if isinstance(node.value, list) else ():
            left += one if isinstance(one, tuple) else (one,)  # a mapping holds pairs
    return False


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _strings(one)
