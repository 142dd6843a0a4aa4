"""Where the command starts, before anything of the judged repository could be imported.

`PYTHONPATH`, the current folder or an editable install may put a repository on the path of imports,
and what it calls `scanner`, `click` or `yaml` would be run in the place of what is meant. So this
module, whose name no repository has by chance, takes such folders off the path first. It imports
nothing that could be taken from there: `os` and `sys` are part of the interpreter.
"""

import os
import sys

#: Folders by these names hold what an installer put there, inside a repository or not.
_INSTALLED = {"site-packages", "dist-packages", "__pypackages__"}
_COULD_NOT_JUDGE = 3
_INTERRUPTED = 130


def main() -> None:
    """Runs the command line and exits; with 3, never 1, where it cannot be started."""
    _name_files_in_utf8()
    try:
        leave_out_repositories()
        from scanner.base.interruption import interrupt_at_once  # noqa: PLC0415

        interrupt_at_once()  # before anything large is imported
        from scanner.cli.main import main as run_command_line  # noqa: PLC0415
    except KeyboardInterrupt:
        sys.exit(_INTERRUPTED)
    except Exception as error:  # noqa: BLE001  whatever it is, it is no verdict
        sys.exit(_not_started(error))
    run_command_line()


def _name_files_in_utf8() -> None:
    """Starts Python anew where it could not name all files of a repository, as in a C locale.

    What is printed stays in the encoding of the terminal.
    """
    if sys.getfilesystemencoding() == "utf-8" or sys.flags.utf8_mode or sys.platform == "win32":
        return
    if sys.stdout is not None:
        os.environ.setdefault("PYTHONIOENCODING", sys.stdout.encoding)
    os.execv(sys.executable, [sys.executable, "-X", "utf8", *sys.orig_argv[1:]])  # noqa: S606


def leave_out_repositories() -> None:
    """Takes the folders of git work trees off the path, for this process and those it starts.

    What is installed stays, wherever it lies, and so does the folder that this module is in.
    """
    left_out = [entry for entry in sys.path if _is_of_a_repository(entry)]
    sys.path[:] = [entry for entry in sys.path if entry not in left_out]
    given = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    kept = [entry for entry in given if entry and not _is_of_a_repository(entry)]
    os.environ.pop("PYTHONPATH", None)
    if kept:
        os.environ["PYTHONPATH"] = os.pathsep.join(kept)
    os.environ["PYTHONSAFEPATH"] = "1"
    folders = tuple(os.path.join(os.path.abspath(entry), "") for entry in left_out)
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if name != "__main__" and file and folders and os.path.abspath(file).startswith(folders):
            del sys.modules[name]


def _is_of_a_repository(entry: str) -> bool:
    folder = os.path.realpath(entry or os.curdir)
    own = os.path.dirname(os.path.realpath(__file__))
    prefixes = {sys.prefix, sys.exec_prefix, sys.base_prefix, sys.base_exec_prefix}
    if folder == own or any(_is_in(folder, os.path.realpath(prefix)) for prefix in prefixes):
        return False
    if _INSTALLED & set(folder.split(os.sep)):
        return False
    return folder == os.path.realpath(os.curdir) or _is_in_work_tree(folder)


def _is_in(folder: str, prefix: str) -> bool:
    return folder == prefix or folder.startswith(os.path.join(prefix, ""))


def _is_in_work_tree(folder: str) -> bool:
    while not os.path.lexists(os.path.join(folder, ".git")):
        above = os.path.dirname(folder)
        if above == folder:
            return False
        folder = above
    return True


def _not_started(error: Exception) -> int:
    """The exit code, once it is said. A stamp never stops a commit."""
    if sys.stderr is not None:
        sys.stderr.write(
            f"tallystick: Tallystick cannot be started: {type(error).__name__}: {error}\n"
            "  Install it again, best in an environment of its own: pipx install tallystick\n"
        )
    return 0 if sys.argv[1:2] == ["stamp"] else _COULD_NOT_JUDGE
