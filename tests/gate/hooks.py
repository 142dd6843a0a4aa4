"""Repositories whose git hooks run this checkout's Tallystick."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from fixtures.repository import RepositoryBuilder

ROOT = Path(__file__).parents[2]
TALLYSTICK = f'PYTHONPATH="{ROOT}" "{sys.executable}" -m scanner'


def tangled(name: str, ifs: int = 9) -> str:
    """A function of nested ifs with an `and` each, well over the limits by default."""
    heads = [f"{'    ' * depth}if a > {depth} and b < {depth}:" for depth in range(1, ifs + 1)]
    end = ["    " * (ifs + 1) + "return a + b", "    return None", ""]
    return "\n".join([f"def {name}(a, b):", *heads, *end])


def write_hook(builder: RepositoryBuilder, name: str, command: str) -> None:
    """A hook that runs a command line, with git's arguments after it."""
    hook = builder.path / ".git" / "hooks" / name
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f'#!/bin/sh\n{command} "$@"\n')
    hook.chmod(0o755)


def try_git(builder: RepositoryBuilder, *arguments: str) -> str | None:
    """What git complained of; None where it went well."""
    try:
        builder.git(*arguments)
    except AssertionError as error:
        return str(error)
    return None


def tallystick(folder: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Runs this checkout's Tallystick in a folder."""
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "PYTHONPATH": str(ROOT),
        "GIT_CONFIG_GLOBAL": os.devnull,
        **variables,
    }
    return subprocess.run(
        [sys.executable, "-m", "scanner", *arguments],
        cwd=folder, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
