"""One semgrep process from its order to its answer, with a second try where that can help."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import count
from pathlib import Path

from scanner.model import FileVersion, Problem, Stage
from scanner.rulepacks.command import Limits, Mode, Order, Process
from scanner.rulepacks.hits import FileHits
from scanner.rulepacks.layout import IGNORE_FILE, Tree
from scanner.rulepacks.packs import Pack, RuleSet
from scanner.rulepacks.results import (
    Complaint,
    Output,
    complaints,
    hits_by_file,
    read_output,
)

PACK_FOLDER = "rules"
NOT_READ = "semgrep did not look at this file"


class Wanted(StrEnum):
    """Fixes cost semgrep far more than matches, so they are asked for apart."""

    FINDINGS = "findings"
    FIXES = "fixes"


def lay_out_packs(base: Path, rules: RuleSet, wanted: Wanted) -> dict[str, Pack]:
    """Writes the packs and gives each by the name it has in the folder."""
    folder = base / PACK_FOLDER
    folder.mkdir()
    laid_out = {}
    for number, pack in enumerate(rules.packs):
        name = f"{number:04}.yaml"
        text = pack.text if wanted is Wanted.FIXES else pack.text_without_fixes
        (folder / name).write_text(text, encoding="utf-8")
        laid_out[name] = pack
    return laid_out


@dataclass(frozen=True, slots=True)
class Answer:
    """What one run found, by version. `passing` are those where another run may find otherwise."""

    files: Mapping[FileVersion, FileHits] = field(default_factory=dict)
    passing: frozenset[FileVersion] = frozenset()
    problems: tuple[Problem, ...] = ()


@dataclass
class Scan:
    """A run over one tree: started at once, answered when asked."""

    binary: str
    base: Path
    packs: Mapping[str, Pack]
    rules: RuleSet
    limits: Limits
    mode: Mode
    tree: Tree
    ignores_suppressions: bool = False
    _process: Process | None = None
    _failure: str | None = None
    _numbers: count[int] = field(default_factory=count)

    def start(self) -> Scan:
        """Starts the process."""
        self._launch(self.mode, list(self.packs))
        return self

    def stop(self) -> None:
        """Ends the process if it is still running."""
        if self._process is not None:
            self._process.stop()

    def answer(self) -> Answer:
        """Waits, and tries again without the packs semgrep cannot read, or in the ordinary mode."""
        problems: list[Problem] = []
        packs, mode = list(self.packs), self.mode
        while True:
            output, failure = self._output()
            broken = self._broken_packs(output)
            if output is not None and not broken:
                break
            problems += [_pack_problem(self.packs[name], reason) for name, reason in broken.items()]
            packs = [name for name in packs if name not in broken]
            if not broken and (mode is Mode.ORDINARY or failure is _TOOK_TOO_LONG):
                return self._unanswered(problems, failure or "semgrep gave no answer")
            if not packs:
                return self._unanswered(problems, None)
            mode = mode if broken else Mode.ORDINARY
            self._launch(mode, packs)
        return self._answered(output, problems)

    # ----------------------------------------------------------------- starting and waiting

    def _launch(self, mode: Mode, packs: Sequence[str]) -> None:
        targets = [f"{self.tree.base.name}/{root}" for root in self.tree.roots]
        if mode is Mode.ORDINARY and not self.rules.has_anchored_paths:
            # This mode takes a tenth of a second for each target; one folder will do for all
            # unless a rule's paths start at the root.
            (self.tree.base / IGNORE_FILE).touch()
            targets = [self.tree.base.name]
        order = Order(
            self.binary, mode, self.base, [f"{PACK_FOLDER}/{name}" for name in packs], targets,
            self.limits, self.ignores_suppressions,
        )  # fmt: skip
        label = f"{self.tree.base.name}-{next(self._numbers)}"
        try:
            self._process = Process(order, label).start()
        except OSError as error:
            self._process = None
            self._failure = f"semgrep cannot be started: {error.strerror}"

    def _output(self) -> tuple[Output | None, str | None]:
        if self._process is None:
            return None, self._failure
        printed = self._process.wait()
        if printed is None:
            return None, _TOOK_TOO_LONG
        output = read_output(printed.out)
        return output, None if output else f"semgrep failed: {printed.last_words()}"

    # ----------------------------------------------------------------- reading the answer

    def _complaints(self, output: Output) -> list[Complaint]:
        prefix, packs = f"{self._tree_name}/", f"{PACK_FOLDER}/"
        return complaints(output, prefix, packs, self.limits.rule_seconds)

    @property
    def _tree_name(self) -> str:
        return self.tree.base.name

    def _broken_packs(self, output: Output | None) -> dict[str, str]:
        """Packs that kept semgrep from looking at anything, with its reasons."""
        if output is None or output.paths.scanned:
            return {}
        found = self._complaints(output)
        named = [(c.pack, c.reason) for c in reversed(found) if c.pack is not None]
        return {pack: reason for pack, reason in named if pack in self.packs}

    def _answered(self, output: Output | None, problems: list[Problem]) -> Answer:
        assert output is not None
        found = hits_by_file(output, self.tree.files, f"{self._tree_name}/")
        reasons: dict[str, Complaint] = {}
        for complaint in self._complaints(output):
            if complaint.file is not None and complaint.file in self.tree.files:
                reasons[complaint.file] = complaint
            else:
                problems.append(self._general_problem(complaint))
        files, passing = {}, set()
        for name, laid_out in self.tree.files.items():
            why = reasons.get(name) or (None if name in found else _UNREAD)
            files[laid_out.version] = FileHits(found.get(name, ()), why.reason if why else None)
            if why and not why.is_lasting:
                passing.add(laid_out.version)
        return Answer(files, frozenset(passing), tuple(dict.fromkeys(problems)))

    def _unanswered(self, problems: list[Problem], reason: str | None) -> Answer:
        if reason == _TOOK_TOO_LONG:
            reason = f"semgrep took more than {self.limits.total_seconds:g} s and was stopped"
        if reason:
            problems.append(Problem(Stage.RULES, None, reason))
        unread = FileHits(reason="no rule was matched")
        files = {laid_out.version: unread for laid_out in self.tree.files.values()}
        return Answer(files, frozenset(files), tuple(problems))

    def _general_problem(self, complaint: Complaint) -> Problem:
        if complaint.pack is not None and complaint.pack in self.packs:
            return _pack_problem(self.packs[complaint.pack], complaint.reason)
        if complaint.rule is None:
            return Problem(Stage.RULES, None, complaint.reason)
        for pack in self.packs.values():
            line = pack.line_of(complaint.rule)
            if line is not None:
                reason = f"line {line}: rule {complaint.rule}: {complaint.reason}"
                return _pack_problem(pack, reason)
        return Problem(Stage.RULES, None, f"rule {complaint.rule}: {complaint.reason}")


_TOOK_TOO_LONG = "took too long"
_UNREAD = Complaint(NOT_READ, is_lasting=False)


def _pack_problem(pack: Pack, reason: str) -> Problem:
    return Problem(Stage.RULES, pack.name, reason)
