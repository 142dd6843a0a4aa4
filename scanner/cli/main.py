"""The command group and the one error boundary of the program."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
import traceback
from importlib import import_module
from typing import Any, NoReturn

import click

from scanner import __version__
from scanner.base.errors import ExitCode, ScanError
from scanner.base.gc_tuning import collect_seldom
from scanner.base.interruption import interrupt_at_once, interrupt_by_exception
from scanner.cli.output import escape_what_stdout_cannot_hold, silence_stdout

#: Every command: the module that holds it, and what it answers. Modules are imported when called,
#: so that the hook does not pay for the report.
COMMANDS = {
    "report": ("scanner.cli.report", "how do AI-attributed and other changes compare over time"),
    "fleet": ("scanner.cli.fleet", "what do many repositories show together"),
    "check": ("scanner.cli.review", "what would the staged change add"),
    "gate": ("scanner.cli.review", "may this branch be merged"),
    "scan": ("scanner.cli.scan", "what debt is in this tree now"),
    "baseline": ("scanner.cli.baseline", "is the tree worse than the recorded baseline"),
    "attribute": ("scanner.cli.attribute", "who wrote what, by which evidence"),
    "explain": ("scanner.cli.explain", "explain one change"),
    "radar": ("scanner.cli.radar", "which open branches will collide when they land"),
    "conventions": ("scanner.cli.conventions", "what this codebase always does"),
    "hook": (
        "scanner.cli.hook",
        "what a coding agent has to fix while it writes (its hook)",
    ),
    "mcp": ("scanner.cli.mcp", "what coding agents ask while they work (an MCP server)"),
    "lsp": ("scanner.cli.lsp", "what an editor shows of the file that is open (a language server)"),
    "experiment": ("scanner.cli.experiment", "does it help that agents hear the gate"),
    "stamp": ("scanner.cli.stamp", "mark a commit that an agent contributes to (a git hook)"),
    "rules": ("scanner.cli.rules", "which rules are in force, and do they pass their own tests"),
    "init": ("scanner.cli.init", "set Tallystick up here (shows a diff, asks, writes)"),
    "cache": ("scanner.cli.cache", "what is kept between runs, and how to clear it"),
    "demo": ("scanner.cli.demo", "what does a report look like (on an invented history)"),
    "doctor": ("scanner.cli.doctor", "what is installed and what will not be measured"),
    "schema": ("scanner.cli.schema", "the JSON Schema of a command's output"),
}

_NO_ROOM = (errno.ENOSPC, errno.EDQUOT)
#: What the system has too little of at this moment.
_RAN_OUT = (errno.EMFILE, errno.ENFILE, errno.EAGAIN, errno.ENOMEM, errno.EIO, errno.EROFS)


class CommandGroup(click.Group):
    """A group that imports a command when it is called, and lists them all without importing."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        module, _ = COMMANDS[cmd_name]
        command = getattr(import_module(module), cmd_name)
        assert isinstance(command, click.Command)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Runs a command. A pipe that breaks must not reach click, which ends with 1 then."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:
            raise ScanError(
                "A program that Tallystick was talking to ended unexpectedly.",
                hint="Run it again; --verbose may say more.",
                exit_code=ExitCode.COULD_NOT_JUDGE,
            ) from error

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl([(name, answer) for name, (_, answer) in COMMANDS.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Looks a command up; a wrong name is answered with the nearest known ones."""
        name = args[0] if args else ""
        if name and name not in COMMANDS and not name.startswith("-"):
            from difflib import get_close_matches  # noqa: PLC0415

            close = get_close_matches(name, COMMANDS, n=2, cutoff=0.7)
            hint = f" Did you mean {' or '.join(close)}?" if close else ""
            raise click.UsageError(f"No such command '{name}'.{hint}", ctx)
        return super().resolve_command(ctx, args)


@click.group(
    cls=CommandGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, "--version", prog_name="tallystick")
def cli() -> None:
    """Does the code that AI writes here make this codebase better or worse, and how do we know?

    Exit codes: 0 clean, 1 a threshold was crossed, 2 wrong usage or configuration, 3 could not
    judge, 130 interrupted.
    """


def main() -> NoReturn:
    """Runs the command line and exits with a documented code; never with a traceback."""
    interrupt_by_exception()
    collect_seldom()
    escape_what_stdout_cannot_hold()
    code = run(sys.argv[1:])
    interrupt_at_once()
    sys.exit(_flushed(code))


def _flushed(code: int) -> int:
    """The code to end with. What cannot be written at the end must not make Python end with 120."""
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError:
        silence_stdout()
    return code


def run(arguments: list[str]) -> int:
    """Runs the command line and gives the exit code.

    A stamp never stops a commit, and a hook no agent by accident: agents block on 2 alone, Cline on
    whatever is not 0.
    """
    code = _run(arguments)
    if arguments[:2] == ["hook", "cline"] and code != ExitCode.INTERRUPTED:
        return int(ExitCode.CLEAN)
    if arguments[:1] == ["hook"] and code == ExitCode.USAGE:
        return int(ExitCode.COULD_NOT_JUDGE)
    stops_a_commit = code not in (ExitCode.CLEAN, ExitCode.INTERRUPTED)
    return int(ExitCode.CLEAN) if arguments[:1] == ["stamp"] and stops_a_commit else code


def _run(arguments: list[str]) -> int:
    try:
        result: Any = cli.main(arguments, prog_name="tallystick", standalone_mode=False)
    except ScanError as error:
        _complain(error.message, error.hint)
        return int(error.exit_code)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message())
        return int(ExitCode.USAGE)
    except click.ClickException as error:
        error.show()
        return int(ExitCode.USAGE)
    except (KeyboardInterrupt, click.Abort):
        _complain(
            "Interrupted.", "What was computed so far is kept; the next run continues from there."
        )
        return int(ExitCode.INTERRUPTED)
    except BrokenPipeError:
        silence_stdout()
        return int(ExitCode.COULD_NOT_JUDGE)
    except MemoryError:
        _complain(
            "This run needs more memory than it is allowed.",
            "If this machine has more, raise limits.memory_mb in the settings.",
        )
        return int(ExitCode.COULD_NOT_JUDGE)
    except Exception as error:  # noqa: BLE001  the one boundary: a defect is told, never thrown
        _tell(error)
        return int(ExitCode.COULD_NOT_JUDGE)
    return int(result) if isinstance(result, int) else int(ExitCode.CLEAN)


def _complain(message: str, hint: str | None) -> None:
    with contextlib.suppress(OSError):  # nobody reads it, and the exit code is what is left to say
        click.echo(f"tallystick: {message}", err=True)
        if hint:
            click.echo(f"  {hint}", err=True)


def _tell(error: Exception) -> None:
    """Says what ended a run that nobody foresaw: the system, or a bug."""
    if isinstance(error, OSError) and error.errno in _NO_ROOM:
        silence_stdout()  # what is left in the buffer would make the interpreter exit with 120
        _complain(
            f"A result cannot be written: {error.strerror}.", "Free some space and run again."
        )
    elif isinstance(error, OSError) and _is_of_the_system(error):
        _complain(f"The system refuses what this run needs: {error.strerror}.", None)
    else:
        _complain(
            f"A bug in Tallystick: {type(error).__name__}: {error}",
            "Set TALLYSTICK_TRACEBACK=1 to see where, and please report it with the traceback.",
        )
        if os.environ.get("TALLYSTICK_TRACEBACK"):
            traceback.print_exc()


def _is_of_the_system(error: OSError) -> bool:
    """Whether files, processes or a folder for temporary files ran out, which names no file."""
    return error.errno in _RAN_OUT or (error.errno == errno.ENOENT and error.filename is None)
