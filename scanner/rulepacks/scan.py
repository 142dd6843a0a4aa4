"""One semgrep process from its order to its answer, with a second try where that can help."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

from scanner.base.model import Problem, Stage
from scanner.rulepacks.command import Mode, Order, Process, SemgrepLimits
from scanner.rulepacks.hits import FileHits
from scanner.rulepacks.layout import IGNORE_FILE, FileLayout
from scanner.rulepacks.packs import Pack, PackPart, together
from scanner.rulepacks.results import (
    Complaint,
    Output,
    complaints,
    hits_by_file,
    read_output,
)
from scanner.rulepacks.work import MatchedPiece

PACK_FOLDER = "rules"
NOT_READ = "semgrep did not look at this file"
#: A rule for every path, which never matches. Semgrep does not list a file as looked at where the
#: paths of all other rules leave it out, and that must not be taken for a failure.
WITNESS = """\
rules:
  - id: tallystick-witness
    languages: [python]
    severity: INFO
    message: Never shown.
    pattern: tallystick_witness_that_no_code_has
"""
WITNESS_FILE = "witness.yaml"
#: What a shell ends with that found no such command, or none that it may run.
_NOT_STARTED = (126, 127)
_TOOK_TOO_LONG = "took too long"
_UNREAD = Complaint(NOT_READ, is_lasting=False)


def lay_out_parts(base: Path, parts: Sequence[PackPart], job: int) -> dict[str, Pack]:
    """Writes the rules for one job and gives their packs by their names in the folder."""
    folder = base / PACK_FOLDER
    folder.mkdir(exist_ok=True)
    laid_out: dict[str, Pack] = {}
    for _, of_pack in groupby(parts, key=lambda part: id(part.pack)):
        chosen = list(of_pack)
        name = f"{job}-{len(laid_out):04}.yaml"
        laid_out[name] = chosen[0].pack
        (folder / name).write_text(together(chosen), encoding="utf-8")
    (folder / WITNESS_FILE).write_text(WITNESS, encoding="utf-8")
    return laid_out


@dataclass(frozen=True, slots=True)
class SemgrepAnswer:
    """What one run found, by the keys of pieces. Of `passing`, another run may find otherwise."""

    found: Mapping[str, FileHits] = field(default_factory=dict)
    passing: frozenset[str] = frozenset()
    problems: tuple[Problem, ...] = ()


@dataclass
class SemgrepScan:
    """Rules run over pieces: laid out and started, then answered when asked.

    `name` is that of its folder below `base`.
    """

    binary: str
    base: Path
    name: str
    packs: Mapping[str, Pack]
    pieces: Sequence[MatchedPiece]
    limits: SemgrepLimits
    mode: Mode
    keeps_roots: bool
    ignores_suppressions: bool = False
    _tree: FileLayout | None = None
    _process: Process | None = None
    _failure: str | None = None
    _tries: int = 0

    def start(self) -> None:
        """Lays the pieces out and starts the process, unless that is done already."""
        if self._tree is None:
            self._tree = FileLayout(self.base / self.name)
            for piece in self.pieces:
                self._tree.add(piece)
            self._launch(self.mode, list(self.packs))

    def stop(self) -> None:
        """Ends the process if it is still running."""
        if self._process is not None:
            self._process.stop()

    def answer(self) -> SemgrepAnswer:
        """Waits, and tries again without the packs semgrep cannot read, or in the ordinary mode."""
        self.start()
        problems: list[Problem] = []
        packs, mode = list(self.packs), self.mode
        while True:
            output, failure = self._output()
            broken = self._broken_packs(output)
            if output is not None and not broken:
                return self._answered(output, problems)
            problems += [_pack_problem(self.packs[name], reason) for name, reason in broken.items()]
            packs = [name for name in packs if name not in broken]
            if not broken and (mode is Mode.ORDINARY or failure == _TOOK_TOO_LONG):
                return self._unanswered(problems, failure or "semgrep gave no answer")
            if not packs:
                return self._unanswered(problems, None)
            mode = mode if broken else Mode.ORDINARY
            self._launch(mode, packs)

    # ----------------------------------------------------------------- starting and waiting

    @property
    def _files(self) -> Mapping[str, MatchedPiece]:
        return self._tree.files if self._tree else {}

    def _launch(self, mode: Mode, packs: Sequence[str]) -> None:
        assert self._tree is not None
        targets = [f"{self.name}/{root}" for root in self._tree.roots]
        if mode is Mode.ORDINARY and not self.keeps_roots:
            # This mode takes a tenth of a second for each target; one folder will do for all
            # unless a rule's paths start at the root.
            (self._tree.base / IGNORE_FILE).touch()
            targets = [self.name]
        order = Order(
            self.binary, mode, self.base,
            [f"{PACK_FOLDER}/{name}" for name in (*packs, WITNESS_FILE)], targets,
            self.limits, self.ignores_suppressions,
        )  # fmt: skip
        self._tries += 1
        try:
            self._process = Process(order, f"{self.name}-{self._tries}").start()
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
        if output is not None:
            return output, None
        what = "cannot be started" if printed.code in _NOT_STARTED else "failed"
        return None, f"semgrep {what}: {printed.last_words()}"

    # ----------------------------------------------------------------- reading the answer

    def _complaints(self, output: Output) -> list[Complaint]:
        return complaints(output, f"{self.name}/", f"{PACK_FOLDER}/", self.limits.rule_seconds)

    def _broken_packs(self, output: Output | None) -> dict[str, str]:
        """Packs that kept semgrep from looking at anything, with its reasons."""
        if output is None or output.paths.scanned:
            return {}
        found = self._complaints(output)
        named = [(c.pack, c.reason) for c in reversed(found) if c.pack is not None]
        return {pack: reason for pack, reason in named if pack in self.packs}

    def _answered(self, output: Output, problems: list[Problem]) -> SemgrepAnswer:
        hits = hits_by_file(output, self._files, f"{self.name}/")
        reasons: dict[str, Complaint] = {}
        for complaint in self._complaints(output):
            if complaint.file is not None and complaint.file in self._files:
                reasons[complaint.file] = complaint
            else:
                problems.append(self._general_problem(complaint))
        found: dict[str, FileHits] = {}
        passing: set[str] = set()
        for name, piece in self._files.items():
            why = reasons.get(name) or (None if name in hits else _UNREAD)
            found[piece.key] = FileHits(
                hits.get(name, ()), why.reason if why else None, why.where if why else None
            )
            if why and not why.is_lasting:
                passing.add(piece.key)
        return SemgrepAnswer(found, frozenset(passing), tuple(dict.fromkeys(problems)))

    def _unanswered(self, problems: list[Problem], reason: str | None) -> SemgrepAnswer:
        if reason == _TOOK_TOO_LONG:
            reason = f"semgrep took more than {self.limits.total_seconds:g} s and was stopped"
        if reason:
            problems.append(Problem(Stage.RULES, None, reason))
        unread = FileHits(failure="no rule was matched")
        found = {piece.key: unread for piece in self.pieces}
        return SemgrepAnswer(found, frozenset(found), tuple(problems))

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


def _pack_problem(pack: Pack, reason: str) -> Problem:
    return Problem(Stage.RULES, pack.name, reason)
