"""Builds small real git repositories, commit by commit, for tests that mock nothing."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

#: 2024-01-01 12:00 UTC; each commit comes an hour after the one before it.
FIRST_COMMIT_TIME = 1_704_110_400
HOUR = 3600
DAY = 24 * HOUR


@dataclass
class RepositoryBuilder:
    """A repository under `path`, with a clock of its own: equal steps give equal object ids."""

    path: Path
    object_format: str = "sha1"
    clock: int = FIRST_COMMIT_TIME
    environment: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.path.mkdir(parents=True, exist_ok=True)
        self.git("init", "-q", "-b", "main", f"--object-format={self.object_format}")

    def git(self, *arguments: str, stdin: bytes | None = None) -> str:
        """Runs git here with fixed identities and an empty configuration; gives what it printed."""
        stamp = f"{self.clock} +0000"
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.path),
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_AUTHOR_NAME": "Ada Example",
            "GIT_AUTHOR_EMAIL": "ada@example.org",
            "GIT_AUTHOR_DATE": stamp,
            "GIT_COMMITTER_NAME": "Ada Example",
            "GIT_COMMITTER_EMAIL": "ada@example.org",
            "GIT_COMMITTER_DATE": stamp,
            "GIT_TERMINAL_PROMPT": "0",
            "LC_ALL": "C",
            **self.environment,
        }
        done = subprocess.run(
            ["git", "-C", str(self.path), *arguments],
            env=environment,
            input=stdin,
            capture_output=True,
            check=False,
        )
        if done.returncode:
            raise AssertionError(f"git {' '.join(arguments)}: {done.stderr.decode()}")
        return done.stdout.decode("utf-8", "surrogateescape").strip()

    def write(self, path: str, content: str | bytes) -> None:
        """Writes a file of the work tree, with the folders it needs."""
        file = self.path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)

    def commit(
        self,
        message: str = "Change",
        files: dict[str, str | bytes | None] | None = None,
        *,
        author: str | None = None,
        committer: str | None = None,
        days_later: float = 0,
    ) -> str:
        """Writes the files (None removes one), commits everything, and gives the commit's id.

        `author` and `committer` are `Name <address>`.
        """
        self.clock += HOUR + int(days_later * DAY)
        for path, content in (files or {}).items():
            if content is None:
                (self.path / path).unlink()
            else:
                self.write(path, content)
        self.git("add", "-A")
        saved = dict(self.environment)
        self.environment |= _identity("AUTHOR", author) | _identity("COMMITTER", committer)
        try:
            self.git(
                "commit",
                "-q",
                "--allow-empty",
                "--allow-empty-message",
                "--cleanup=verbatim",
                "-F",
                "-",
                stdin=message.encode("utf-8", "surrogateescape"),
            )
        finally:
            self.environment = saved
        return self.head

    def branch(self, name: str, start: str = "HEAD") -> None:
        """Makes a branch and switches to it."""
        self.git("switch", "-q", "-c", name, start)

    def switch(self, name: str) -> None:
        self.git("switch", "-q", name)

    def merge(self, *branches: str, message: str = "Merge") -> str:
        """Merges branches (several: an octopus) with a merge commit, and gives its id."""
        self.clock += HOUR
        self.git("merge", "-q", "--no-ff", "-m", message, *branches)
        return self.head

    def note(self, ref: str, commit: str, content: bytes) -> None:
        """Adds a note to a commit under `refs/notes/<ref>`."""
        blob = self.git("hash-object", "-w", "--stdin", stdin=content)
        self.git("notes", f"--ref={ref}", "add", "-f", "-C", blob, commit)

    @property
    def head(self) -> str:
        return self.git("rev-parse", "HEAD")


def _identity(role: str, person: str | None) -> dict[str, str]:
    if person is None:
        return {}
    name, _, address = person.partition(" <")
    return {f"GIT_{role}_NAME": name, f"GIT_{role}_EMAIL": address.rstrip(">")}
