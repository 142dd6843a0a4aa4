"""How Tallystick fails: one exception for the user's mistakes, one table of exit codes."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """The documented exit codes (see `docs/interface.md`)."""

    CLEAN = 0
    THRESHOLD_CROSSED = 1
    USAGE = 2
    COULD_NOT_JUDGE = 3
    INTERRUPTED = 130


class ScanError(Exception):
    """A run that cannot go on: one clear sentence, a hint, and the exit code it ends with.

    Only for what stops the whole run. What concerns one file, unit or rule is a
    `model.Problem`, returned as a value.
    """

    def __init__(
        self, message: str, hint: str | None = None, exit_code: ExitCode = ExitCode.USAGE
    ) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.exit_code = exit_code
