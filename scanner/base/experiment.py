"""An experiment in one clone: which branches' agents hear the gate, by chance.

Kept in the git directory as a row of lines that are only ever added to: an experiment begins, a
branch is met, it ends. A branch's arm follows from its place in the row and the seed, so that
processes that meet branches at the same time need no lock. Names of branches are kept as digests.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import msgspec

from scanner.base import private_lines

PLACE = private_lines.EXPERIMENT
_DIGEST = 12


class ExperimentArm(StrEnum):
    """Whether agents on a branch hear what the gate finds."""

    HEARD = "heard"
    SILENT = "silent"


class Begun(msgspec.Struct, frozen=True, tag="begun"):
    """`block` is how many branches share a block, half of them in each arm; `trunk` the digest of
    the branch that takes no part; `when` is in Unix seconds.
    """

    experiment: str
    seed: int
    block: int
    trunk: str
    when: int


class Met(msgspec.Struct, frozen=True, tag="met"):
    """An agent's hook ran on a branch, on top of a commit."""

    branch: str
    base: str


class Ended(msgspec.Struct, frozen=True, tag="ended"):
    """The experiment is over; `when` is in Unix seconds."""

    when: int


@dataclass(frozen=True, slots=True)
class Assignment:
    """The arm of a branch, which is told by its digest, and the block it was drawn in."""

    experiment: str
    branch: str
    block: int
    arm: ExperimentArm


@dataclass(frozen=True, slots=True)
class Experiment:
    """One experiment with the branches that it met, in order, and the commits they stood on."""

    begun: Begun
    met: tuple[Met, ...] = ()
    ended: int | None = None

    def digest(self, branch: str) -> str:
        """What a branch is called here, by its name without `refs/heads/`."""
        return digest(self.begun.experiment, branch)

    @property
    def assignments(self) -> tuple[Assignment, ...]:
        """Every branch that was met."""
        branches = dict.fromkeys(one.branch for one in self.met)
        return tuple(
            Assignment(self.begun.experiment, branch, *_drawn(self.begun, place))
            for place, branch in enumerate(branches)
        )

    def assignment(self, branch: str) -> Assignment | None:
        """That of the branch of this name, if it was met."""
        name = self.digest(branch)
        return next((one for one in self.assignments if one.branch == name), None)


def digest(experiment: str, branch: str) -> str:
    """12 hex digits."""
    text = f"{experiment}\0{branch}".encode("utf-8", "surrogateescape")
    return hashlib.sha256(text).hexdigest()[:_DIGEST]


def _drawn(begun: Begun, place: int) -> tuple[int, ExperimentArm]:
    """Permuted blocks: of each block's places, those with the smaller half of digests hear."""
    block, own = divmod(place, begun.block)
    order = sorted(range(begun.block), key=lambda slot: _chance(begun.seed, block, slot))
    is_heard = order.index(own) < begun.block // 2
    return block, ExperimentArm.HEARD if is_heard else ExperimentArm.SILENT


def _chance(seed: int, block: int, slot: int) -> bytes:
    return hashlib.sha256(f"{seed} {block} {slot}".encode()).digest()


def add(common_dir: Path, line: Begun | Met | Ended) -> str | None:
    """Adds a line; gives the reason where it cannot be kept."""
    return private_lines.add(common_dir / PLACE, [line])


def read(common_dir: Path) -> tuple[Experiment, ...]:
    """All experiments of a clone, the newest last; lines that are none of ours are passed over."""
    decoder: msgspec.json.Decoder[Begun | Met | Ended] = msgspec.json.Decoder(Begun | Met | Ended)
    return tuple(_experiments(private_lines.read(common_dir / PLACE, decoder)))


def running(common_dir: Path) -> Experiment | None:
    """The experiment that is going on in a clone."""
    found = read(common_dir)
    return found[-1] if found and found[-1].ended is None else None


def _experiments(lines: Iterable[Begun | Met | Ended]) -> Iterator[Experiment]:
    begun: Begun | None = None
    met: list[Met] = []
    ended: int | None = None
    for line in lines:
        match line:
            case Begun():
                if begun is not None:
                    yield Experiment(begun, tuple(met), ended)
                begun, met, ended = line, [], None
            case Met():
                met.append(line)
            case Ended():
                ended = line.when if ended is None else ended
    if begun is not None:
        yield Experiment(begun, tuple(met), ended)
