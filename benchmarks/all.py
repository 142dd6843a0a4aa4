"""Runs the benchmarks and writes what they print to docs/benchmarks.md.

    make context REPOSITORIES="PATH…"   [WILY=PATH]

Without repositories only those run that need none. A benchmark that fails is said on the page and
makes the exit status 1.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

VERDICTS = Path(__file__).parent / "gate_verdicts.csv"
PAGE = Path(__file__).parent.parent / "docs" / "benchmarks.md"

HEAD = """# Benchmarks

Written by `make context`. Machines are shared and noisy: trust ratios within one run.
"""


@dataclass(frozen=True, slots=True)
class Benchmark:
    """A script of this folder with its arguments."""

    module: str
    arguments: tuple[str, ...] = ()


def benchmarks(repositories: tuple[str, ...], wily: str | None) -> Iterator[Benchmark]:
    """What can be run with what is given."""
    yield Benchmark("complexity_oracles", (sysconfig.get_path("stdlib"), "--every", "20"))
    yield Benchmark("attribution_accuracy")
    yield Benchmark("comparison_speed")
    yield Benchmark("report_page")
    yield Benchmark("experiment_power", ("--rounds", "200"))
    yield Benchmark("gate_sheets", ("score", str(VERDICTS)))
    if repositories:
        yield Benchmark("lifelines", repositories)
        yield Benchmark("history", (*(("--wily", wily) if wily else ()), *repositories))
        yield Benchmark("aftermath_properties", repositories)
        yield Benchmark("attribution_histories", repositories)
        yield Benchmark("hook_time", repositories[:1])
        yield Benchmark("gate_replay", repositories)
        yield Benchmark("find_existing", repositories)
        yield Benchmark("mcp_tools", repositories[:1])
        yield Benchmark("editor_saves", repositories[:1])


def _by_name(printed: str, repositories: tuple[str, ...]) -> str:
    """What a benchmark printed, with repositories by their names: where they lie is no figure."""
    for path in repositories:
        printed = printed.replace(path, Path(path).name)
    return printed


def main() -> None:
    """Runs all and writes the page."""
    repositories = tuple(os.environ.get("REPOSITORIES", "").split())
    machine = f"Python {platform.python_version()}, {os.cpu_count()} cores"
    parts = [f"{HEAD}\n{machine}.\n"]
    failed = False
    for one in benchmarks(repositories, os.environ.get("WILY")):
        command = [sys.executable, "-m", f"benchmarks.{one.module}", *one.arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        failed |= done.returncode != 0
        ending = f"\nexit status {done.returncode}: {done.stderr[-2000:]}" * bool(done.returncode)
        shown = " ".join(Path(word).name for word in one.arguments)
        printed = _by_name(done.stdout, repositories)
        parts.append(f"## {one.module}\n\n`{shown}`\n\n```\n{printed}{ending}```\n")
        print(parts[-1])
    PAGE.write_text("\n".join(parts), encoding="utf-8")
    sys.exit(failed)


if __name__ == "__main__":
    main()
