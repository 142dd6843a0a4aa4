"""How long `tallystick check` keeps a person waiting, and what each part of it costs.

    python -m benchmarks.hook_time [--rounds N] [--lines N] [--folder DIR] REPOSITORY

Builds a repository of about `--lines` lines of Python in a scratch folder, out of the newest tree
of the given one, and stages a function of 12 lines in each of 5 files. Then, in alternating rounds:
`tallystick check` with a warm store, and, where they are installed, `ruff check`, `semgrep scan`
with Tallystick's own rules, and jscpd, on the same 5 files (jscpd: on the whole tree, which is what
it takes to find a copy). Printed are median and p90 of the wall time, their ratios, and for the
check the time of each part in one process.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[1]
STAGED_FILES = 5
IDENTITY = ("GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL")
PARTS_ROUNDS = 5
WORDS = ("orders", "invoices", "parcels", "tickets", "meters")

FUNCTION = '''

def summed_{word}(rows, limit, only=None):
    """The total of {word}, up to a limit."""
    total = 0
    for row in rows:
        if only is not None and row.kind not in only:
            continue
        if row.{word} > limit or row.hidden:
            total += limit
        else:
            total += row.{word} - row.discount
    return total
'''


def git(folder: Path, *arguments: str) -> str:
    environment = {
        **os.environ,
        "GIT_CONFIG_GLOBAL": os.devnull,
        **dict.fromkeys(IDENTITY, "a"),
    }
    done = subprocess.run(
        ["git", "-C", str(folder), *arguments],
        env=environment, capture_output=True, check=True, text=True, errors="surrogateescape",
    )  # fmt: skip
    return done.stdout


def build(source: Path, folder: Path, wanted: int) -> tuple[list[str], int]:
    """A repository of about `wanted` lines with 5 files staged; gives those, and its lines."""
    git(folder, "init", "-q")
    lines = 0
    written: list[str] = []
    for path in git(source, "ls-tree", "-r", "-z", "--name-only", "HEAD").split("\0"):
        if not path.endswith(".py") or lines >= wanted:
            continue
        text = git(source, "show", f"HEAD:{path}")
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, errors="surrogateescape")
        lines += text.count("\n")
        written.append(path)
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "All")
    sizes = sorted(written, key=lambda path: -(folder / path).stat().st_size)
    middle = sizes[len(sizes) // 4 :][:STAGED_FILES]
    for path, word in zip(middle, WORDS, strict=True):
        with (folder / path).open("a") as stream:
            stream.write(FUNCTION.format(word=word))
    git(folder, "add", "-A")
    return middle, lines


def commands(folder: Path, staged: Sequence[str]) -> dict[str, list[str]]:
    """What is timed, by name; what is not installed is left out."""
    beside = Path(sys.executable).parent
    found: dict[str, list[str]] = {
        "tallystick check": [sys.executable, "-m", "scanner", "check"],
        "python -c pass": [sys.executable, "-c", "pass"],
    }
    ruff = shutil.which("ruff", path=f"{beside}:{os.environ['PATH']}")
    if ruff:
        found["ruff check"] = [ruff, "check", "--no-cache", "--isolated", *staged]
    semgrep = shutil.which("semgrep", path=f"{beside}:{os.environ['PATH']}")
    if semgrep:
        rules = [f"--config={path}" for path in sorted((ROOT / "rules").glob("*.yaml"))]
        quiet = ["--metrics=off", "--disable-version-check", "--quiet", "--no-git-ignore"]
        found["semgrep scan"] = [semgrep, "scan", *quiet, *rules, *staged]
    jscpd = shutil.which("jscpd")
    if jscpd:
        found["jscpd (whole tree)"] = [jscpd, "--silent", "--pattern", "**/*.py", str(folder)]
    return found


def timed(command: Sequence[str], folder: Path) -> float:
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "SEMGREP_ENABLE_VERSION_CHECK": "0",
        "SEMGREP_SEND_METRICS": "off",
    }
    start = time.perf_counter()
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False)
    spent = time.perf_counter() - start
    assert done.returncode in (0, 1), done.stderr.decode(errors="replace")[-2000:]
    return spent


def p90(values: Sequence[float]) -> float:
    return statistics.quantiles(values, n=10)[-1] if len(values) > 1 else values[0]


# --------------------------------------------------------------------------- its parts


def measure_parts(folder: Path) -> dict[str, float]:
    """Seconds of each part of one check, in the order of the check."""
    spent: dict[str, float] = {}

    @contextmanager
    def part(name: str) -> Iterator[None]:
        start = time.perf_counter()
        yield
        spent[name] = time.perf_counter() - start

    with part("imports"):
        from scanner.base.store import open_store  # noqa: PLC0415
        from scanner.cli.review import check  # noqa: F401, PLC0415
        from scanner.clones.live_code import LiveCode  # noqa: PLC0415
        from scanner.codebase.reader import SourceReader  # noqa: PLC0415
        from scanner.codebase.settings import settings_at  # noqa: PLC0415
        from scanner.gate.settle import Terms, Trees, settle  # noqa: PLC0415
        from scanner.git.blobs import BlobReader  # noqa: PLC0415
        from scanner.git.commits import head  # noqa: PLC0415
        from scanner.git.process import open_repository  # noqa: PLC0415
        from scanner.git.trees import diff_index  # noqa: PLC0415
        from scanner.judge import complete, prepare, read_change  # noqa: PLC0415
    from datetime import UTC, datetime  # noqa: PLC0415

    with part("open the repository and the store"):
        repository = open_repository(folder)
        store = open_store(repository.common_dir / "tallystick" / "facts.sqlite")
    with part("compare index and HEAD"):
        base = head(repository)
        diff = diff_index(repository, base)
    with BlobReader(repository) as blobs:
        with part("settings"):
            settings = settings_at(repository, base, blobs)
        reader = SourceReader(blobs, store)
        with part("read the files"):
            change = read_change(diff, reader, lambda _path: False)
        with part("facts and growth"):
            prepared = prepare(change, reader, settings)
        live = LiveCode(repository, reader, lambda _path: False)
        with part("what is live"):
            live.move_near(base, change.files, store)
        with part("copies and the rest"):
            judgement = complete(prepared, live)
        with part("guards, waivers, verdict"):
            terms = Terms(settings, settings.thresholds, datetime.now(UTC).date())
            trees = Trees(base, None, base)
            settle(repository, trees, change.files, judgement, terms, (reader, blobs))
    return spent


def parts_in_a_process(folder: Path) -> dict[str, float]:
    """The median of each part over some fresh processes."""
    command = [sys.executable, "-m", "benchmarks.hook_time", "--parts", str(folder)]
    rounds = []
    for _ in range(PARTS_ROUNDS):
        done = subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
        rounds.append(json.loads(done.stdout))
    return {name: statistics.median(one[name] for one in rounds) for name in rounds[0]}


def main() -> None:
    """Prints the times."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("repository", type=Path)
    parser.add_argument("--rounds", type=int, default=11)
    parser.add_argument("--lines", type=int, default=50_000)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--parts", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.parts:
        print(json.dumps(measure_parts(options.repository)))
        return
    with tempfile.TemporaryDirectory() as passing:
        folder = options.folder or Path(passing)
        folder.mkdir(parents=True, exist_ok=True)
        staged, lines = build(options.repository, folder, options.lines)
        print(f"{platform.python_version()}, {os.cpu_count()} cores, {lines:,} lines in the tree, "
              f"{len(staged)} files staged")  # fmt: skip
        chosen = commands(folder, staged)
        cold = timed(chosen["tallystick check"], folder)
        print(f"tallystick check, the first time: {cold:.2f} s")
        times: dict[str, list[float]] = {name: [] for name in chosen}
        for _ in range(options.rounds):
            for name, command in chosen.items():
                times[name].append(timed(command, folder))
        own = statistics.median(times["tallystick check"])
        for name, values in times.items():
            middle = statistics.median(values)
            print(f"{name:<20} median {middle:6.3f} s   p90 {p90(values):6.3f} s   "
                  f"check / this {own / middle:6.2f}")  # fmt: skip
        print("parts of the check (median, ms):")
        for name, value in parts_in_a_process(folder).items():
            print(f"  {name:<36} {value * 1000:7.1f}")


if __name__ == "__main__":
    main()
