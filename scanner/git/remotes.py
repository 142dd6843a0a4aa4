"""Where a repository was cloned from."""

from __future__ import annotations

from scanner.base.errors import ScanError
from scanner.git.process import GitError, Repository, run


def origin(repo: Repository) -> str | None:
    """The address of the remote called `origin`, as the configuration has it; None without one."""
    try:
        return run(repo, "config", "--get", "remote.origin.url").decode("utf-8", "replace").strip()
    except GitError:
        return None


def remote_address(repo: Repository) -> str:
    """The address of the remote called `origin`.

    Raises:
        ScanError: there is none.
    """
    found = origin(repo)
    if found is None:
        raise ScanError(
            "This repository has no remote called origin, so no forge can be asked.",
            hint="Give an export of its pull requests with --pulls FILE.",
        )
    return found
