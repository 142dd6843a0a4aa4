"""`python -m scanner`, and where the installed command starts."""

from __future__ import annotations

from typing import NoReturn

from scanner.base.interruption import interrupt_at_once


def main() -> NoReturn:
    """Runs the command line. A signal is taken before anything large is imported."""
    interrupt_at_once()
    from scanner.cli.main import main as run_command_line  # noqa: PLC0415

    run_command_line()


if __name__ == "__main__":
    main()
