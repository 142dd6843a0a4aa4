"""Packs of rules as files: where they are, what is in them, and a hash of it all.

Nothing here parses YAML: a review needs only the text. `catalogue` reads what the rules say.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from posixpath import normpath

import scanner
from scanner.analysis.choices.team import ConventionError, TeamConvention, written
from scanner.base.errors import ScanError
from scanner.base.model import Problem, Stage
from scanner.rulepacks.needs import ANYTHING, Need, Needs

#: Raised whenever the same rules and files would give other hits than before.
HITS_VERSION = 4
NO_RULES = "line 1: a pack is a mapping with a list called `rules` that has at least one"
PACK_SUFFIXES = (".yaml", ".yml")

_FLOW_STYLE = re.compile(r"^rules:[ \t]*\[(?!\s*\])", re.MULTILINE)
_DASH = re.compile(r" *- +")
_PATHS = re.compile(r"^[ \t]+paths:", re.MULTILINE)
_ANCHORED = re.compile(r"^[ \t]+(?:-|include:|exclude:)[ \t]*+\[?.*(?<![\w*.])/\w.*$", re.MULTILINE)
_FIRST_RULE = re.compile(
    r"^rules:[ \t]*(?:#.*)?\n(?:[ \t]*(?:#.*)?\n)*(?P<indent> *)- ", re.MULTILINE
)
_OPT_IN = re.compile(r"^[ \t]+opt-in:[ \t]*true[ \t]*(?:#.*)?$", re.MULTILINE)
_OF_FILES = re.compile(r"^[ \t]+scope:[ \t]*file[ \t]*(?:#.*)?$", re.MULTILINE)
_BY_FUNCTION = re.compile(r"^# by-function[ \t]*$", re.MULTILINE)
#: What other rules may refer to: such a pack cannot be taken apart.
_ANCHOR = re.compile(r"^[ \t]*+(?>(?:-[ \t]++)*)(?:[\w-]+:[ \t]+)?&\w", re.MULTILINE)
_FIX = re.compile(r"^ +(?:- +)?fix(?:-regex)?:", re.MULTILINE)
_FIX_LINE = re.compile(r"^(?P<indent> +)fix: (?![|>])[^\n]*$", re.MULTILINE)


class RuleScope(StrEnum):
    """What a rule has to see at once: one function with its surroundings, or the whole file."""

    FUNCTION = "function"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class PackPart:
    """A rule, or all of a pack that is not taken apart. `text` is that of the pack.

    `rule` is the rule's id and `body` its own text; None for a whole pack.
    """

    pack: Pack
    scope: RuleScope
    text: str
    rule: str | None = None
    body: str | None = None
    need: Need = ANYTHING


@dataclass(frozen=True, slots=True)
class Pack:
    """One file of rules.

    `test` is the file beside it that its tests are in, `fixed` that file with all fixes applied.
    """

    name: str
    text: str
    test: bytes | None = None
    fixed: bytes | None = None

    @property
    def text_without_fixes(self) -> str:
        """The rules less their one-line fixes, which cost semgrep more than all matching does."""
        return _FIX_LINE.sub("", self.text)

    @property
    def has_fixes(self) -> bool:
        """Whether a rule of the pack has a fix of its own, which is text."""
        return bool(_FIX.search(self.text))

    @property
    def opt_in(self) -> frozenset[str]:
        """The ids of the rules that are off unless the settings name them."""
        rules = (rule for rule in _rules(self.text) if _OPT_IN.search(rule))
        return frozenset(match[1] for rule in rules if (match := _id_of(rule)))

    def asked(self, on: Collection[str]) -> Pack | None:
        """The pack with those of its opt-in rules that are in `on`, each rule at its line; None if
        no rule is left.
        """
        off = self.opt_in.difference(on)
        if not off:
            return self
        text = _kept(self.text, lambda rule: (name := _id_of(rule)) is None or name[1] not in off)
        return replace(self, text=text) if any(_rules(text)) else None

    @property
    def is_by_function(self) -> bool:
        """Whether the pack says that its rules may be taken apart and shown pieces of files."""
        return bool(_BY_FUNCTION.search(self.text)) and not _ANCHOR.search(self.text)

    def parts(self, needs: Needs) -> Iterator[PackPart]:
        """The rules one by one, without fixes, if the pack says `# by-function`, else all at once.

        They look at one function at a time, those with `scope: file` in their metadata excepted.
        """
        text = self.text_without_fixes
        rules = list(_rules(text)) if self.is_by_function else []
        if not rules:
            yield PackPart(self, RuleScope.FILE, text)
        for body in rules:
            scope = RuleScope.FILE if _OF_FILES.search(body) else RuleScope.FUNCTION
            found = _id_of(body)
            name = found[1] if found else None
            yield PackPart(self, scope, text, name, body, needs.of(name) if name else ANYTHING)

    def line_of(self, rule: str) -> int | None:
        """The line where a rule is defined, 1-based."""
        return next((line for name, line in self.rule_lines() if name == rule), None)

    def rule_lines(self) -> Iterator[tuple[str, int]]:
        """Ids and lines of the rules, as the text has them."""
        rules = list(_rules(self.text))
        line = self.text.count("\n") + 1 - sum(rule.count("\n") for rule in rules)
        for rule in rules:
            match = _id_of(rule)
            if match is not None:
                yield match[1], line + rule.count("\n", 0, match.start(1))
            line += rule.count("\n")


@dataclass(frozen=True)
class RuleSet:
    """Packs in the order of their use, and a team's own conventions, which are files beside them.

    Of two rules with one id the first counts.
    """

    packs: tuple[Pack, ...]
    problems: tuple[Problem, ...] = ()
    conventions: tuple[TeamConvention, ...] = ()

    @cached_property
    def fingerprint(self) -> str:
        """Equal for rule sets that match alike; 16 hex digits."""
        digest = hashlib.sha256(f"hits {HITS_VERSION}".encode())
        for convention in self.conventions:
            digest.update(b"\0convention\0" + convention.text.encode())
        for pack in self.packs:
            digest.update(b"\0" + pack.text.encode())
        return digest.hexdigest()[:16]

    @cached_property
    def depends_on_paths(self) -> bool:
        """Whether a rule holds for some paths only, so that equal blobs can differ in hits."""
        return any(_PATHS.search(pack.text) for pack in self.packs)

    @cached_property
    def has_anchored_paths(self) -> bool:
        """Whether a path in a rule starts at the root of the repository."""
        return any(_PATHS.search(pack.text) and _ANCHORED.search(pack.text) for pack in self.packs)

    def where(self, rule: str) -> str | None:
        """`pack:line` of a rule."""
        for pack in self.packs:
            line = pack.line_of(rule)
            if line is not None:
                return f"{pack.name}:{line}"
        return None


def default_folder() -> Path:
    """The folder of the packs that come with Tallystick, installed or in a checkout."""
    package = Path(scanner.__file__).parent
    installed = package / "rules"
    return installed if installed.is_dir() else package.parent / "rules"


def load_default_packs() -> tuple[Pack, ...]:
    """The packs that come with Tallystick; the templates, which are for copying, not among them."""
    folder = default_folder()
    return tuple(_read_pack(path, f"rules/{path.name}") for path in _pack_files(folder, deep=False))


def load_packs(root: Path, places: Sequence[str]) -> tuple[Pack, ...]:
    """The packs at `places`, files or folders relative to `root`, folders with all below them.

    Symbolic links below `root` are not followed, as they are not where a tree is judged.

    Raises:
        ScanError: there is no such file or folder, or no rules in it.
    """
    return tuple(pack for place in places for pack in _packs_at(root, place))


def load_conventions(root: Path, places: Sequence[str]) -> tuple[TeamConvention, ...]:
    """The team's own conventions at `places`, as `load_packs` finds packs.

    Raises:
        ScanError: one is broken.
    """
    found = [
        convention_of_bytes(_name(path, root), path.read_bytes())
        for place in places
        for path in _files_at(root, place)
        if is_convention_name(path.name)
    ]
    return distinct(found)


def is_convention_name(path: str) -> bool:
    """Whether a file of this name is a convention of a team."""
    return path.endswith(".toml")


def convention_of_bytes(name: str, source: bytes) -> TeamConvention:
    """The convention in a file called `name`.

    Raises:
        ScanError: it is not UTF-8, or what it says cannot be matched.
    """
    from scanner.analysis.choices.matching import compiled  # noqa: PLC0415  brings LibCST along

    try:
        found = TeamConvention(name, source.decode("utf-8-sig"))
        compiled(found)
    except UnicodeDecodeError as error:
        raise ScanError(f"{name} is not UTF-8.", "Save the file as UTF-8.") from error
    except ConventionError as error:
        hint = "docs/rules.md has an example of a convention."
        raise ScanError(f"{name}: {error}.", hint) from error
    return found


def distinct(found: Iterable[TeamConvention]) -> tuple[TeamConvention, ...]:
    """The conventions, each of which has an id of its own.

    Raises:
        ScanError: two have the same.
    """
    by_id: dict[str, TeamConvention] = {}
    for one in found:
        other = by_id.setdefault(written(one).family.id, one)
        if other is not one:
            raise ScanError(f"{one.name} and {other.name} have the same id.")
    return tuple(by_id.values())


def in_force(packs: Iterable[Pack], on: Collection[str] = ()) -> RuleSet:
    """The rule set without the opt-in rules that are not in `on`."""
    return make_rule_set(pack for one in packs if (pack := one.asked(on)) is not None)


def make_rule_set(packs: Iterable[Pack]) -> RuleSet:
    """A rule set, with a problem for each pack without rules, of which semgrep says nothing, and
    for each rule id that is used more than once.
    """
    packs = tuple(packs)
    seen: dict[str, str] = {}
    problems = []
    for pack in packs:
        if not any(_rules(pack.text)) and not _FLOW_STYLE.search(pack.text):
            problems.append(Problem(Stage.RULES, pack.name, NO_RULES))
        for rule, line in pack.rule_lines():
            place = f"{pack.name}:{line}"
            if rule in seen:
                reason = f"rule {rule} is defined again at {place}; the one at {seen[rule]} counts"
                problems.append(Problem(Stage.RULES, pack.name, reason))
            seen.setdefault(rule, place)
    return RuleSet(packs, tuple(problems))


def together(parts: Sequence[PackPart]) -> str:
    """The text of a pack with only these of its rules, each at its line."""
    bodies = {part.body for part in parts}
    text = parts[0].text
    return text if None in bodies else _kept(text, bodies.__contains__)


def _kept(text: str, is_wanted: Callable[[str], bool]) -> str:
    """The pack's text with the lines of the rules that are not wanted left empty."""
    rules = list(_rules(text))
    start = text[: len(text) - sum(map(len, rules))]
    return start + "".join(rule if is_wanted(rule) else "\n" * rule.count("\n") for rule in rules)


def _id_of(rule: str) -> re.Match[str] | None:
    """The id among the keys of a rule; what stands deeper is something else's."""
    dash = _DASH.match(rule)
    if dash is None:
        return None
    key = rf"^(?:{dash[0]}|{' ' * dash.end()})id:"
    return re.search(rf"{key}\s*[\"']?([A-Za-z0-9._-]+)[\"']?\s*$", rule, re.MULTILINE)


def _rules(text: str) -> Iterator[str]:
    """The text of each rule, whatever key it begins with; of a pack in flow style, none.

    Nothing in a rule can stand as far left as the dash it begins with.
    """
    first = _FIRST_RULE.search(text)
    if first is None:
        return
    dashes = re.compile(rf"^{first['indent']}- ", re.MULTILINE)
    starts = [match.start() for match in dashes.finditer(text, first.start("indent"))]
    for start, end in pairwise([*starts, len(text)]):
        yield text[start:end]


def _files_at(root: Path, place: str) -> list[Path]:
    target = root / place
    if not target.exists() or _is_behind_link(root, place):
        raise ScanError(
            f"There are no rules at {place}.", "Look at `rules` in the configuration file."
        )
    files = [target] if target.is_file() else list(_pack_files(target, deep=True))
    if not files:
        raise ScanError(
            f"There is no .yaml or .toml file in {place}.",
            "A pack of rules is a YAML file, a convention a TOML file.",
        )
    return files


def _packs_at(root: Path, place: str) -> Iterator[Pack]:
    for path in _files_at(root, place):
        if not is_convention_name(path.name):
            yield _read_pack(path, _name(path, root))


def _name(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.as_posix()


def _is_behind_link(root: Path, place: str) -> bool:
    if Path(place).is_absolute():
        return False
    steps = Path(normpath(place))
    return any((root / step).is_symlink() for step in (steps, *steps.parents) if step != Path())


def _pack_files(folder: Path, *, deep: bool) -> Iterator[Path]:
    candidates = folder.rglob("*") if deep else folder.iterdir()
    for path in sorted(candidates):
        is_one = is_pack_name(path.name) or (deep and is_convention_name(path.name))
        if is_one and path.is_file() and not path.is_symlink():
            yield path


def is_pack_name(path: str) -> bool:
    """Whether a file of this name is a pack: YAML, and no test of one."""
    name = path.rpartition("/")[2]
    return name.endswith(PACK_SUFFIXES) and ".test." not in name and ".fixed." not in name


def pack_of_bytes(
    name: str, source: bytes, test: bytes | None = None, fixed: bytes | None = None
) -> Pack:
    """The pack in a file called `name`.

    Raises:
        ScanError: it is not UTF-8.
    """
    try:
        return Pack(name, source.decode("utf-8-sig"), test, fixed)
    except UnicodeDecodeError as error:
        raise ScanError(f"{name} is not UTF-8.", "Save the file as UTF-8.") from error


def _read_pack(path: Path, name: str) -> Pack:
    try:
        source = path.read_bytes()
    except OSError as error:
        raise ScanError(f"{name} cannot be read: {error.strerror}.") from error
    return pack_of_bytes(name, source, _read_beside(path, ".py"), _read_beside(path, ".fixed.py"))


def _read_beside(path: Path, suffix: str) -> bytes | None:
    beside = path.with_suffix(suffix)
    return beside.read_bytes() if beside.is_file() else None
