"""Packs of rules as files: where they are, what is in them, and a hash of it all.

What their rules say is read by `contents`, and by `catalogue` for people.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from posixpath import normpath

import scanner
from scanner.analysis.choices.team import ConventionError, TeamConvention, written
from scanner.base.errors import ScanError
from scanner.base.model import Problem, Stage
from scanner.rulepacks.contents import PackContents, RuleScope, RuleText, read_contents
from scanner.rulepacks.needs import ANYTHING, Need

#: Raised whenever the same rules and files would give other hits than before.
HITS_VERSION = 4
NO_RULES = "line 1: a pack is a mapping with a list called `rules` that has at least one"
PACK_SUFFIXES = (".yaml", ".yml")


@dataclass(frozen=True, slots=True)
class PackPart:
    """A rule, or all of a pack that is not taken apart: `rule` is None."""

    pack: Pack
    scope: RuleScope
    rule: RuleText | None = None
    keeps_fixes: bool = False

    @property
    def need(self) -> Need:
        """What the rule needs to hit; of a whole pack nothing is known."""
        return self.rule.need if self.rule else ANYTHING


@dataclass(frozen=True, slots=True)
class Pack:
    """One file of rules.

    `test` is the file beside it that its tests are in, `fixed` that file with all fixes applied,
    `known` its contents where they have been read before.
    """

    name: str
    text: str
    test: bytes | None = None
    fixed: bytes | None = None
    known: PackContents | None = None

    @property
    def contents(self) -> PackContents:
        """What the text says of the rules."""
        return self.known or read_contents(self.text)

    @property
    def has_fixes(self) -> bool:
        """Whether a rule of the pack has a fix of its own, which is text."""
        return any(rule.has_fix for rule in self.contents.rules)

    @property
    def opt_in(self) -> frozenset[str]:
        """The ids of the rules that are off unless the settings name them."""
        return frozenset(rule.id for rule in self.contents.rules if rule.is_opt_in)

    def asked(self, on: Collection[str]) -> Pack | None:
        """The pack with those of its opt-in rules that are in `on`, each rule at its line; None if
        no rule is left. One whose rules do not stand apart is left as it is.
        """
        contents = self.contents
        off = self.opt_in.difference(on) if contents.is_apart else frozenset()
        if not off:
            return self
        text = _blanked(self.text, ((r.start, r.stop) for r in contents.rules if r.id in off))
        left = contents.without(off, self.text)
        return replace(self, text=text, known=left) if left.rules else None

    @property
    def is_by_function(self) -> bool:
        """Whether the pack says that its rules may be taken apart and shown pieces of files."""
        return self.contents.is_by_function

    def parts(self) -> Iterator[PackPart]:
        """The rules one by one if the pack says `# by-function`, else all at once.

        They look at one function at a time, those with `scope: file` in their metadata excepted.
        """
        if not self.is_by_function:
            yield PackPart(self, RuleScope.FILE)
            return
        for rule in self.contents.rules:
            yield PackPart(self, rule.scope, rule)

    def line_of(self, rule: str) -> int | None:
        """The line where a rule is defined, 1-based."""
        return next((line for name, line in self.rule_lines() if name == rule), None)

    def rule_lines(self) -> Iterator[tuple[str, int]]:
        """Ids and lines of the rules, as the text has them."""
        return ((rule.id, rule.line) for rule in self.contents.rules if rule.id)


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
        return any(pack.contents.depends_on_paths for pack in self.packs)

    @cached_property
    def has_anchored_paths(self) -> bool:
        """Whether a path in a rule starts at the root of the repository."""
        return any(pack.contents.has_anchored_paths for pack in self.packs)

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
        if not pack.contents.has_list:
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
    contents = parts[0].pack.contents
    wanted = {part.rule for part in parts}
    rules = () if None in wanted else contents.rules
    off = [(rule.start, rule.stop) for rule in rules if rule not in wanted]
    if not parts[0].keeps_fixes:
        off += contents.fixes
    return _blanked(parts[0].pack.text, off)


def _blanked(text: str, places: Iterable[tuple[int, int]]) -> str:
    """The text with nothing at these places but their line ends."""
    pieces, position = [], 0
    for start, stop in sorted(places):
        if start >= position:  # else it lies within what is gone already
            pieces += [text[position:start], "\n" * text.count("\n", start, stop)]
            position = stop
    return "".join([*pieces, text[position:]])


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
