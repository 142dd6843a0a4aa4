"""How long an editor waits for `tallystick lsp` after a save, and what that costs.

    python -m benchmarks.editor_saves [--saves N] REPOSITORY

In a clone in a scratch folder, the largest Python file is opened, and saved again and again, each
time with one more function. Printed are wall and processor seconds (those of semgrep and git too)
of opening, of the first save, and the median of the later ones; and how long hover takes then, with
nothing else to do and while a save is being judged.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

from fixtures.lsp_client import Editor, lsp_client

_FUNCTION = "\n\ndef extra_{n}(a, b):\n    if a and b:\n        return a + {n}\n    return b\n"


def main() -> None:
    """Clones, measures and prints."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--saves", type=int, default=8)
    parser.add_argument("repository", type=Path)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "clone"
        subprocess.run(["git", "clone", "-q", str(asked.repository), str(folder)], check=True)
        asyncio.run(_measure(folder, asked.saves))


async def _measure(folder: Path, saves: int) -> None:
    files = [file for file in folder.rglob("*.py") if file.is_file()]
    path = max(files, key=lambda file: file.stat().st_size).relative_to(folder).as_posix()
    text = (folder / path).read_text(encoding="utf-8")
    print(f"{len(files)} Python files; {path}, {len(text.splitlines())} lines")
    async with lsp_client(folder) as editor:
        _say("open", [await _timed(editor, path, None)])
        _say("first save", [await _timed(editor, path, text + _FUNCTION.format(n=0))])
        later = [
            await _timed(editor, path, text + _FUNCTION.format(n=n)) for n in range(1, saves + 1)
        ]
        _say("later saves", later)
        quiet = await _hover(editor, path)
        judged = asyncio.create_task(editor.save(path, text + _FUNCTION.format(n=-1)))
        await asyncio.sleep(0.1)
        busy = await _hover(editor, path)
        await judged
    print(f"hover: {quiet * 1000:.0f} ms, while a save is judged {busy * 1000:.0f} ms")


async def _timed(editor: Editor, path: str, text: str | None) -> tuple[float, float]:
    wall, used = time.perf_counter(), editor.processor_seconds()
    await (editor.open(path) if text is None else editor.save(path, text))
    return time.perf_counter() - wall, editor.processor_seconds() - used


async def _hover(editor: Editor, path: str) -> float:
    start = time.perf_counter()
    await editor.hover(path, 1)
    return time.perf_counter() - start


def _say(what: str, found: list[tuple[float, float]]) -> None:
    wall, used = (statistics.median(each) for each in zip(*found, strict=True))
    print(f"{what}: {wall:.2f} s, {used:.2f} s of processor time")


if __name__ == "__main__":
    main()
