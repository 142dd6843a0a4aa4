"""The branch that a change is to be merged into, where nobody says which."""

from __future__ import annotations

from scanner.base.errors import ScanError
from scanner.git.process import GitError, Repository, run

#: The project's own repository before one's copy of it.
_REMOTES = ("upstream", "origin")
#: Names of default branches, where a clone was not told which it is.
_BRANCHES = ("main", "master", "trunk", "develop", "default")


def default_branch(repo: Repository) -> str:
    """The default branch of the upstream, as this clone knows it (`origin/main`).

    What the remote said comes first (its HEAD), then the usual names. A bare repository, and one
    without a remote, holds the branches itself: the one that a bare one's HEAD names, a usual one.

    Raises:
        ScanError: there is none.
    """
    remotes = run(repo, "remote").decode("utf-8", "surrogateescape").split("\n")[:-1]
    for remote in sorted(remotes, key=_rank):
        refs = f"refs/remotes/{remote}/"
        told = _target(repo, f"{refs}HEAD")
        for ref in (told, *(refs + name for name in _BRANCHES)):
            if ref and _is_there(repo, ref):
                return ref.removeprefix("refs/remotes/")
    is_bare = repo.work_tree is None
    own = _target(repo, "HEAD") if is_bare else None
    for ref in (own, *(f"refs/heads/{name}" for name in _BRANCHES if is_bare or not remotes)):
        if ref and _is_there(repo, ref):
            return ref.removeprefix("refs/heads/")
    known = next(iter(sorted(remotes, key=_rank)), None)
    raise ScanError(
        "No base is given, and this clone does not know the default branch of its upstream.",
        hint="Name the branch to merge into with --base REV"
        + (f", or let git ask for it: git remote set-head {known} --auto." if known else "."),
    )


def _rank(remote: str) -> tuple[int, str]:
    return (_REMOTES.index(remote) if remote in _REMOTES else len(_REMOTES), remote)


def _target(repo: Repository, ref: str) -> str | None:
    try:
        found = run(repo, "symbolic-ref", "--quiet", ref)
    except GitError:
        return None
    return found.decode("utf-8", "surrogateescape").removesuffix("\n")


def _is_there(repo: Repository, ref: str) -> bool:
    try:
        run(repo, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
    except GitError:
        return False
    return True
