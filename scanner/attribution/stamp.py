"""`tallystick stamp`: marks a commit that an agent makes, as a prepare-commit-msg hook.

Also as a program, `python -m scanner.attribution.stamp MSGFILE [SOURCE [COMMIT]]`, with the
arguments that git gives to that hook. With one argument it serves as a commit-msg hook too, which
also catches messages written in an editor.
"""

from __future__ import annotations

import os
import re
import stat
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from scanner.attribution.commits import marks_of
from scanner.attribution.environment import RunningAgent, detect_agent
from scanner.attribution.identities import IdentityTable
from scanner.attribution.registry import shipped
from scanner.attribution.settings import StampSettings
from scanner.attribution.trailers import append_trailer, text_of
from scanner.base.errors import ScanError
from scanner.base.model import Commit, Level, Person
from scanner.base.whole_files import put_whole
from scanner.git.process import open_repository, run

#: The sources of a message that are other commits' messages, each with marks of its own.
_INAPPLICABLE = ("merge", "squash")

#: Files and folders of a git directory while commits of others are applied again or taken in: what
#: an agent rebases, picks, merges or squashes, it did not write. A commit-msg hook is told no
#: source, so merges and squashes are seen here too.
_REPLAYING = ("rebase-apply", "CHERRY_PICK_HEAD", "MERGE_HEAD", "SQUASH_MSG")
_REBASE = "rebase-merge"

#: Commands of a rebase at which it stands still, before it picks the next commit.
_PAUSES = ("break", "b", "exec", "x")

_MARKS = (Level.DECLARED_SHARE, Level.DECLARED_AUTHORSHIP, Level.ASSISTED_BY)

_REVERTED = re.compile(r"^This reverts commit [0-9a-f]{7,64}", re.MULTILINE)

_COMMENT_CANDIDATES = "#;@!$%^&|:"


@dataclass(frozen=True, slots=True)
class Situation:
    """How git came to the message: the hook's second argument, whether commits are being replayed,

    and what comment lines begin with.
    """

    source: str = ""
    is_replaying: bool = False
    comment: str = "#"

    @property
    def is_of_others(self) -> bool:
        """Whether the message is made of those of commits that are there already."""
        return self.is_replaying or self.source in _INAPPLICABLE


def stamp_message(
    message: str,
    environment: Mapping[str, str],
    settings: StampSettings,
    situation: Situation | None = None,
) -> str | None:
    """The message with the trailer that names the running agent; None to leave it as it is.

    It is left alone where no agent runs, where it carries a mark already, where it is empty (an
    empty message must still abort the commit), for merges, squashes and reverts, and in a rebase or
    pick.
    """
    where = situation or Situation()
    agent = detect_agent(environment)
    if agent is None or where.is_of_others:
        return None
    text = text_of(message, where.comment)
    trailer = trailer_of(agent, settings)
    if not text.strip() or trailer in text.splitlines() or carries_mark(text) or _reverts(text):
        return None
    return append_trailer(message, trailer, where.comment)


def _reverts(text: str) -> bool:
    """Whether git wrote the message of a revert: what is taken back, others wrote."""
    return text.startswith("Revert ") and _REVERTED.search(text) is not None


def trailer_of(agent: RunningAgent, settings: StampSettings) -> str:
    """`Assisted-by: AGENT:MODEL`, or a co-author where that is wanted and there is an address."""
    if settings.trailer.lower() == "co-authored-by" and agent.email:
        model = f" ({agent.model})" if agent.model else ""
        return f"Co-authored-by: {agent.name}{model} <{agent.email}>"
    return f"Assisted-by: {agent.name}:{agent.model or 'unknown'}"


def carries_mark(text: str) -> bool:
    """Whether a message already says that an agent took part, in any way the registry knows."""
    nobody, now = Person("", ""), datetime.now(UTC)
    commit = Commit("", "", (), nobody, now, nobody, now, text)
    return any(claim.level in _MARKS for claim in marks_of(commit, IdentityTable(shipped())))


def stamp_file(
    file: Path, source: str, environment: Mapping[str, str], settings: StampSettings
) -> bool:
    """Stamps the message file of a hook in place, and says whether it did.

    Raises OSError if the file cannot be read or written.
    """
    return rewrite(file, source, partial(_stamped, environment, settings))


def _stamped(
    environment: Mapping[str, str], settings: StampSettings, message: str, situation: Situation
) -> str | None:
    return stamp_message(message, environment, settings, situation)


def rewrite(file: Path, source: str, change: Callable[[str, Situation], str | None]) -> bool:
    """Writes what `change` makes of the message in a hook's file, and says whether it did.

    Raises OSError if the file cannot be read or written. Bytes that are no text are kept.
    """
    message = file.read_bytes().decode("utf-8", "surrogateescape")
    git_dir = file.resolve().parent
    situation = Situation(
        source=source,
        is_replaying=any((git_dir / name).exists() for name in _REPLAYING)
        or _is_picking(git_dir / _REBASE),
        comment=comment_prefix(git_dir, message),
    )
    changed = change(message, situation)
    if changed is None:
        return False
    # Whole or not at all: git aborts a commit whose message is empty.
    place = file.resolve()
    mode = stat.S_IMODE(place.stat().st_mode)
    put_whole(place, changed.encode("utf-8", "surrogateescape"), mode)
    return True


def _is_picking(rebase: Path) -> bool:
    """Whether a rebase applies commits again, and has not stopped for others to be made.

    git writes `amend` where it stops for an edit, and takes it away before it goes on.
    """
    if not rebase.exists():
        return False
    try:
        done = (rebase / "done").read_text(encoding="utf-8", errors="replace").split("\n")
    except OSError:
        done = []
    last = next((line.split(" ")[0] for line in reversed(done) if line.strip()), "")
    return not (rebase / "amend").exists() and last not in _PAUSES


def comment_prefix(git_dir: Path, message: str) -> str:
    """What comment lines begin with: the configuration, or for `auto` what git chose here."""
    pattern = r"^core\.comment(char|string)$"
    try:
        found = run(open_repository(git_dir), "config", "-z", "--get-regexp", pattern).decode()
    except (ScanError, UnicodeDecodeError):
        return "#"
    value = found.rstrip("\0").rpartition("\n")[2]
    return _chosen(message) if value == "auto" else value or "#"


def _chosen(message: str) -> str:
    """git writes its comments last; the first letter of the last line is the one it chose."""
    lines = [line for line in message.splitlines() if line.strip()]
    first = lines[-1][0] if lines else "#"
    return first if first in _COMMENT_CANDIDATES else "#"


def main(arguments: Sequence[str], environment: Mapping[str, str]) -> int:
    """Runs as a hook: always 0, for a stamp that fails must not stop a commit."""
    options = [one for one in arguments if one.startswith("--trailer=")]
    positional = [one for one in arguments if not one.startswith("--")]
    if not positional:
        sys.stderr.write("usage: stamp [--trailer=NAME] MSGFILE [SOURCE [COMMIT]]\n")
        return 2
    trailer = options[-1].partition("=")[2] if options else StampSettings().trailer
    source = positional[1] if len(positional) > 1 else ""
    try:
        stamp_file(Path(positional[0]), source, environment, StampSettings(trailer))
    except (OSError, ScanError) as error:
        sys.stderr.write(f"tallystick stamp: not stamped: {error}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:], os.environ))
