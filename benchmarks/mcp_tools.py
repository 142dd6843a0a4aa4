"""How long the tools of `tallystick mcp` take, asked by the official client over stdin and stdout.

    python -m benchmarks.mcp_tools REPOSITORY

A copy of the repository is asked through all tools twice, by a server of its own each time: with an
empty cache, and with what that left. Printed are the seconds of each answer and its length.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import anyio

from fixtures.mcp_client import mcp_client

QUESTIONS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("check_changes", {}),
    ("explain", {"commit": "HEAD"}),
    ("find_existing", {"description": "(text: str) -> tuple: parse a version"}),
    ("find_existing", {"code": "def f(rows):\n    return {row.name: row for row in rows}\n"}),
    ("conventions_for", {"path": "new.py"}),
    ("hotspots", {}),
    ("plan", {"minutes": 60}),
    ("attribution_status", {}),
)


async def ask(folder: Path) -> None:
    began = time.perf_counter()
    async with mcp_client(folder) as session:
        print(f"  {'ready':<32}{time.perf_counter() - began:7.2f} s")
        for tool, question in QUESTIONS:
            began = time.perf_counter()
            answer = await session.call_tool(tool, question)
            took = time.perf_counter() - began
            assert not answer.isError, answer.content
            length = len(json.dumps(answer.structuredContent))
            name = f"{tool} {', '.join(question)}"
            print(f"  {name:<32}{took:7.2f} s{length:9,} characters")


def main() -> None:
    """Prints the times."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("repository", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        copy = Path(scratch) / "copy"
        command = ["git", "clone", "-q", "--no-local", str(options.repository), str(copy)]
        subprocess.run(command, check=True)
        for cache in ("empty", "warm"):
            print(f"{options.repository.name}, cache {cache}")
            anyio.run(ask, copy)


if __name__ == "__main__":
    main()
