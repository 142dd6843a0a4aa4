"""Tallystick's clone detection and its peers: each reads a folder and gives pairs of stretches."""

from __future__ import annotations

import itertools
import json
import os
import re
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from scanner import __version__
from scanner.analysis.clones.fingerprints import fingerprint
from scanner.analysis.parsing.outline import read_outline, unit_source
from scanner.base.model import Problem, Span
from scanner.clones.changes import fingerprinted
from scanner.clones.groups import copied_pairs
from scanner.clones.index import CloneIndex


@dataclass(frozen=True)
class Stretch:
    path: str
    span: Span


Pair = tuple[Stretch, Stretch]


@dataclass(frozen=True)
class Run:
    """What a detector reported, and how long it took, start included for other programs."""

    name: str
    version: str
    seconds: float
    pairs: Sequence[Pair]


@dataclass(frozen=True)
class Peers:
    """Where the other programs are. `jscpd` is a command; the others are executables."""

    jscpd: str
    pyscn: str
    pylint: str


def tallystick(folder: Path) -> Run:
    began = time.perf_counter()
    index = CloneIndex()
    for path in sorted(folder.rglob("*.py")):
        file = read_outline(path.read_bytes())
        if not isinstance(file, Problem):
            facts = {u.content: fingerprint(unit_source(file, u)) for u in file.outline.units}
            index.add(path.relative_to(folder).as_posix(), fingerprinted(file, facts))
    pairs = [
        (Stretch(p.one.path, p.one.span), Stretch(p.other.path, p.other.span))
        for p in copied_pairs(index)
    ]
    return Run("tallystick", __version__, time.perf_counter() - began, pairs)


def jscpd(command: str, folder: Path, *options: str) -> Run:
    """jscpd with the sizes of docs/scores.md; `options` make it tolerant."""
    with tempfile.TemporaryDirectory() as output:
        arguments = ("-k", "50", "-l", "6", "-r", "json", "-o", output, "-f", "python")
        extra = ("--no-gitignore", "--max-size", "10mb", *options)
        seconds = _run([command, *arguments, *extra, "."], folder)
        report = json.loads((Path(output) / "jscpd-report.json").read_text())
    pairs = [
        (_jscpd_stretch(found["firstFile"], folder), _jscpd_stretch(found["secondFile"], folder))
        for found in report["duplicates"]
    ]
    name = "jscpd, tolerant" if options else "jscpd"
    return Run(name, _version([command, "--version"]), seconds, pairs)


def _jscpd_stretch(found: dict[str, object], folder: Path) -> Stretch:
    path = Path(str(found["name"]))
    name = path.relative_to(folder) if path.is_absolute() else path
    return Stretch(name.as_posix(), Span(int(str(found["start"])), int(str(found["end"]))))


#: By default pyscn leaves tests out, and what has less than eight lines.
_PYSCN = "[clones]\nmin_lines = 6\n[analysis]\nexclude_patterns = []\n"


def pyscn(command: str, folder: Path) -> Run:
    """pyscn with the least size of docs/scores.md, on all files."""
    with tempfile.TemporaryDirectory() as output:
        report, settings = Path(output) / "report.json", Path(output) / "pyscn.toml"
        settings.write_text(_PYSCN)
        options = (
            "analyze",
            "--json",
            "--select",
            "clones",
            "--no-open",
            "--config",
            str(settings),
        )
        seconds = _run([command, *options, "--output", str(report), "."], folder)
        found = json.loads(report.read_text())
    pairs = [
        (_pyscn_stretch(pair["clone1"]), _pyscn_stretch(pair["clone2"]))
        for pair in found["clone"]["clone_pairs"] or ()
    ]
    return Run("pyscn", _version([command, "--version"]), seconds, pairs)


def _pyscn_stretch(found: dict[str, dict[str, object]]) -> Stretch:
    place = found["location"]
    span = Span(int(str(place["start_line"])), int(str(place["end_line"])))
    return Stretch(os.path.normpath(str(place["file_path"])), span)


def pylint(command: str, folder: Path) -> Run:
    options = ("--disable=all", "--enable=R0801", "--min-similarity-lines=6", "-f", "json")
    began = time.perf_counter()
    done = subprocess.run(
        [command, *options, "--recursive=y", "--persistent=n", "."],
        cwd=folder,
        capture_output=True,
        check=False,
        text=True,
    )
    seconds = time.perf_counter() - began
    modules = _modules(folder)
    pairs = [
        pair
        for message in json.loads(done.stdout)
        for pair in itertools.combinations(_pylint_stretches(message["message"], modules), 2)
    ]
    return Run("pylint R0801", _version([command, "--version"]), seconds, pairs)


def _modules(folder: Path) -> dict[str, str]:
    """Paths by the dotted names that pylint may call a module: with or without leading packages."""
    names: dict[str, str] = {}
    for path in sorted(folder.rglob("*.py")):
        relative = path.relative_to(folder)
        stem = () if relative.stem == "__init__" else (relative.stem,)
        parts = (folder.name, *relative.parts[:-1], *stem)
        for start in range(len(parts)):
            names.setdefault(".".join(parts[start:]), relative.as_posix())
        names[".".join(parts[1:])] = relative.as_posix()
    return names


def _pylint_stretches(message: str, modules: dict[str, str]) -> Iterator[Stretch]:
    for name, first, last in re.findall(r"^==(\S+):\[(\d+):(\d+)\]$", message, re.MULTILINE):
        if name in modules:
            yield Stretch(modules[name], Span(int(first) + 1, int(last)))


def all_runs(folder: Path, peers: Peers) -> list[Run]:
    """Every detector on one folder, one after the other."""
    tolerant = ("--ignore-identifiers", "--ignore-literals", "--max-gap-lines", "4")
    runs: tuple[Callable[[], Run], ...] = (
        lambda: tallystick(folder),
        lambda: jscpd(peers.jscpd, folder),
        lambda: jscpd(peers.jscpd, folder, *tolerant),
        lambda: pyscn(peers.pyscn, folder),
        lambda: pylint(peers.pylint, folder),
    )
    return [run() for run in runs]


def _run(command: Sequence[str], folder: Path) -> float:
    began = time.perf_counter()
    subprocess.run(command, cwd=folder, capture_output=True, check=False)
    return time.perf_counter() - began


def _version(command: Sequence[str]) -> str:
    done = subprocess.run(command, capture_output=True, check=False, text=True)
    found = re.search(r"\d+\.\d+[.\d]*", done.stdout)
    return found[0] if found else "unknown"
