"""Where git looks for hooks."""

from __future__ import annotations

import os
from pathlib import Path

from scanner.git.process import GitError, Repository, run


def hooks_folder(repo: Repository) -> Path:
    """The folder of hooks: `core.hooksPath`, from the top of the work tree, or the usual one."""
    try:
        found = run(repo, "config", "--null", "--type=path", "--get-all", "core.hooksPath")
    except GitError:
        found = b""
    # The last value is the one that every command of ours is given.
    values = [os.fsdecode(value) for value in found.split(b"\0") if value][:-1]
    if not values:
        return repo.common_dir / "hooks"
    return Path(os.path.normpath((repo.work_tree or repo.git_dir) / values[-1]))
