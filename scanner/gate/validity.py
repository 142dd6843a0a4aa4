"""Whether the rules that a change leaves behind can be judged by: settings, rule packs, baseline.

What is broken on a base stops every branch, also the one that would mend it; so the change that
would break it is stopped, and one that mends it is let through.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from posixpath import normpath

from scanner.base.errors import ExitCode, ScanError
from scanner.base.model import FileVersion
from scanner.codebase.rules import packs_of
from scanner.codebase.settings import settings_of_texts
from scanner.config import CONFIG_FILES, Settings
from scanner.git.blobs import BlobReader
from scanner.git.process import Repository
from scanner.git.trees import list_index, list_tree
from scanner.rulepacks.packs import Pack, load_default_packs, make_rule_set
from scanner.rulepacks.tree_rules import TREE_RULES
from scanner.rulepacks.unit_rules.all_rules import RULES


@dataclass(frozen=True, slots=True)
class Tree:
    """A tree of a repository (None: the index), to be read."""

    repository: Repository
    oid: str | None
    blobs: BlobReader

    def files(self, paths: Sequence[str]) -> tuple[FileVersion, ...]:
        """The entries at these pathspecs."""
        if self.oid is None:
            return list_index(self.repository, paths)
        return list_tree(self.repository, self.oid, paths)

    def settings(self) -> Settings:
        """The settings of the tree; the defaults if it has none.

        Raises:
            ScanError: they are not valid.
        """
        texts = {
            file.path: content.decode("utf-8-sig", "replace")
            for file in self.files(CONFIG_FILES)
            if file.mode.is_text_file and isinstance(content := self.blobs.read(file.blob), bytes)
        }
        found = settings_of_texts(texts)
        return found[1] if found else Settings()

    def packs(self, places: Sequence[str]) -> tuple[Pack, ...]:
        """The team's packs at these places.

        Raises:
            ScanError: one of them cannot be read, or there is none at a place.
        """
        specs = [f":(literal){normpath(place)}" for place in places]
        packs = tuple(packs_of(self.files(specs), self.blobs)) if specs else ()
        for place in map(normpath, places):
            if not any(pack.name == place or pack.name.startswith(f"{place}/") for pack in packs):
                raise ScanError(
                    f"There are no rules at {place}.",
                    "Look at `rules` in the configuration: files or folders of .yaml packs.",
                )
        return packs


def mended(before: Tree, after: Tree) -> Settings | None:
    """The settings that a change mends: valid ones with valid packs, where it touches either.

    None where it leaves what is broken as it is.
    """
    try:
        settings = after.settings()
        after.packs(settings.rules)
    except ScanError:
        return None
    paths = (*CONFIG_FILES, *(f":(literal){normpath(place)}" for place in settings.rules))
    return settings if before.files(paths) != after.files(paths) else None


def refuse_unknown_rules(before: Settings, after: Settings, tree: Tree) -> None:
    """Raises ScanError if the settings name a rule that there is not, and did not before."""
    named = {*after.rules_on, *after.rules_off, *after.rule_points}
    new = named - {*before.rules_on, *before.rules_off, *before.rule_points}
    if not new:
        return
    packs = (*load_default_packs(), *tree.packs(after.rules))
    known = {rule for pack in packs for rule, _ in pack.rule_lines()}
    known |= {rule.id for rule in RULES} | {rule.id for rule in TREE_RULES}
    for rule in sorted(new - known):
        close = difflib.get_close_matches(rule, sorted(known), n=1)
        hint = f"Did you mean '{close[0]}'?" if close else "`tallystick rules list` lists them all."
        raise ScanError(f"The settings name a rule '{rule}', which does not exist.", hint)


def refuse_broken_packs(packs: Iterable[Pack]) -> None:
    """Raises ScanError if a pack cannot be read as rules."""
    from scanner.rulepacks.catalogue import list_rules  # noqa: PLC0415  10 ms that few runs need

    for problem in list_rules(make_rule_set(packs)).problems:
        raise ScanError(f"{problem.path}: {problem.reason}.", "`tallystick rules test` says more.")


def still_broken(error: ScanError) -> ScanError:
    """The error of a base that this change does not mend."""
    if error.exit_code is not ExitCode.USAGE:
        return error
    advice = (
        "The base has this problem. A change that fixes it can be judged; until then others cannot."
    )
    return ScanError(error.message, " ".join(filter(None, (error.hint, advice))))
