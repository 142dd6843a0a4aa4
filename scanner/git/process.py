"""The only place that starts git: hardened against user settings, never writing, never online.

Every command names the repository with `--git-dir` and runs with the git directory as its work
tree, so that no file of the user's work tree (a `.gitattributes`, say) can change an answer. Only
plumbing commands are used, which read few settings; those few are overridden in `_SETTINGS`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

if sys.platform == "linux":
    import fcntl

from scanner.base.errors import ExitCode, ScanError
from scanner.base.private_files import run_folder
from scanner.git.isolation import SETTINGS, base_environment

#: The oldest git whose plumbing has everything used here (`rev-parse --path-format` is of 2.31).
OLDEST_GIT = "2.31"

_EMPTY_TREES = {
    "sha1": "4b825dc642cb6eb9a060e54bf8d69288fbee4904",
    "sha256": "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321",
}

#: What git tells its hooks about the commit or push in progress: `git commit -- path` has an index
#: of its own, and objects pushed to a server are in quarantine until its hooks have agreed.
_HOOK_VARIABLES = (
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_QUARANTINE_PATH",
)

_BLOCK = 1 << 20


class GitError(ScanError):
    """git failed; `message` is git's own sentence."""


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository that was found and that git agrees to read.

    `is_partial`: a clone that lacks objects on purpose, because a remote promised to give them.
    `hook_variables` are those of the git hook we run in, if any, that concern this repository.
    """

    git_dir: Path
    work_tree: Path | None
    object_format: str
    is_shallow: bool
    is_bare: bool
    is_partial: bool = False
    hook_variables: tuple[tuple[str, str], ...] = ()

    @property
    def empty_tree(self) -> str:
        """The object id of the tree without entries, which every repository knows."""
        return _EMPTY_TREES[self.object_format]

    @property
    def common_dir(self) -> Path:
        """The git directory that all linked work trees share."""
        link = self.git_dir / "commondir"
        if not link.is_file():
            return self.git_dir
        target = os.fsdecode(link.read_bytes().rstrip(b"\r\n"))
        return Path(os.path.normpath(self.git_dir / target))


def open_repository(path: Path) -> Repository:
    """Finds the repository that holds `path` (a folder in it, or a bare repository).

    Raises ScanError where there is none, where git is missing or too old, or where git refuses
    to read a repository of another owner.
    """
    if not path.is_dir():
        raise ScanError(f"{path} is not a folder.", hint="Name a folder inside a git repository.")
    start = ["-C", os.fspath(path)]
    facts = _discover([*start, *_ambient_git_dir(path)])
    object_format, is_bare, is_shallow, inside, git_dir = facts.split("\n", 4)
    if object_format not in _EMPTY_TREES:
        raise ScanError(f"This git is too old; Tallystick needs {OLDEST_GIT} or newer.")
    work_tree = None
    if inside == "true":
        top = _read([*start, *_ambient_git_dir(path), "rev-parse", "--show-toplevel"])
        work_tree = Path(top.removesuffix("\n"))
    repo = Repository(
        git_dir=Path(git_dir.removesuffix("\n")),
        work_tree=work_tree,
        object_format=object_format,
        is_shallow=is_shallow == "true",
        is_bare=is_bare == "true",
    )
    return replace(
        repo,
        is_partial=any((repo.common_dir / "objects" / "pack").glob("*.promisor")),
        hook_variables=_hook_variables(repo.git_dir),
    )


@contextmanager
def object_store(repo: Repository) -> Iterator[Repository]:
    """The repository for commands that only read objects by id: `cat-file`, `diff-tree`.

    In a partial clone git dies at an object that it may not fetch, although it only says "missing"
    of one that nobody promised. So it is given a git directory that has the same objects and no
    remotes (no references and no index either).

    Nor does it see the index elsewhere: it would read attributes from it, which are of no use to
    what is asked here (`--text` is given), and takes for ever over some of their patterns.
    """
    if not repo.is_partial:
        variables = dict(repo.hook_variables) | {
            "GIT_INDEX_FILE": os.fspath(repo.git_dir / "tallystick-has-no-index"),
            "GIT_ATTR_SOURCE": repo.empty_tree,  # what git 2.41 and newer read instead
        }
        yield replace(repo, hook_variables=tuple(variables.items()))
        return
    with _stand_in(repo) as alone:
        variables = dict(repo.hook_variables)
        variables.setdefault("GIT_OBJECT_DIRECTORY", os.fspath(repo.common_dir / "objects"))
        yield replace(alone, hook_variables=tuple(variables.items()))


@contextmanager
def scratch_store(repo: Repository) -> Iterator[Repository]:
    """The repository's objects for commands that write new ones: those are gone after the block.

    Nothing that the repository, its attributes or the user's configuration of it say is seen, so
    that no merge driver is run.
    """
    with _stand_in(repo) as alone:
        hook = dict(repo.hook_variables)
        read = (
            hook.get("GIT_OBJECT_DIRECTORY", os.fspath(repo.common_dir / "objects")),
            hook.get("GIT_ALTERNATE_OBJECT_DIRECTORIES", ""),
        )
        variables = {
            "GIT_OBJECT_DIRECTORY": os.fspath(alone.git_dir / "objects"),
            "GIT_ALTERNATE_OBJECT_DIRECTORIES": os.pathsep.join(filter(None, read)),
        }
        yield replace(alone, hook_variables=tuple(variables.items()))


@contextmanager
def _stand_in(repo: Repository) -> Iterator[Repository]:
    """A git directory without objects, references, remotes or settings, for as long as needed."""
    with run_folder() as stand_in:
        for name in ("refs", "objects"):
            (stand_in / name).mkdir()
        (stand_in / "HEAD").write_text("ref: refs/heads/none\n")
        (stand_in / "config").write_text(
            "[core]\n\trepositoryFormatVersion = 1\n\tbare = true\n"
            f"[extensions]\n\tobjectFormat = {repo.object_format}\n"
        )
        boundary = repo.common_dir / "shallow"
        if boundary.is_file():
            shutil.copyfile(boundary, stand_in / "shallow")
        yield replace(repo, git_dir=stand_in, is_partial=False, hook_variables=())


def run(repo: Repository, *arguments: str, stdin: bytes | None = None) -> bytes:
    """Runs git and gives what it printed. Raises GitError with git's own sentence if it failed."""
    done = _start_and_wait(_command(repo, arguments), _environment(repo), repo.git_dir, stdin)
    if done.returncode:
        raise _error(done.stderr, arguments)
    return done.stdout


@contextmanager
def stream(
    repo: Repository, *arguments: str, stdin: Iterable[bytes] | None = None
) -> Iterator[IO[bytes]]:
    """Starts git and gives its output as it comes; `stdin` is fed from a thread of its own.

    A git that fails raises GitError at the end of the block, if its output was read to the end;
    one that is still talking then is stopped.
    """
    with tempfile.TemporaryFile() as errors:
        process = _spawn(repo, arguments, errors, wants_input=stdin is not None)
        assert process.stdout is not None
        feeder = _feed(process, stdin)
        finished = False
        try:
            yield process.stdout
            finished = not process.stdout.read(1)
        finally:
            if not finished:
                process.kill()
            process.stdout.close()
            code = process.wait()
            if feeder is not None:
                feeder.join()
        if finished and code:
            errors.seek(0)
            raise _error(errors.read(), arguments)


def blocks(
    repo: Repository, *arguments: str, stdin: Iterable[bytes] | None = None
) -> Iterator[bytes]:
    """git's output in large blocks. Raises GitError after the last block if git failed."""
    with stream(repo, *arguments, stdin=stdin) as output:
        while block := output.read(_BLOCK):
            yield block


@contextmanager
def converse(repo: Repository, *arguments: str) -> Iterator[tuple[IO[bytes], IO[bytes]]]:
    """Starts a git that answers requests, and gives where to write them and where to read."""
    with tempfile.TemporaryFile() as errors:
        process = _spawn(repo, arguments, errors, wants_input=True)
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield process.stdin, process.stdout
        finally:
            process.kill()
            with suppress(BrokenPipeError):
                process.stdin.close()
            process.stdout.close()
            process.wait()


def _discover(start: list[str]) -> str:
    """A line each: object format, bare?, shallow?, inside a work tree?, the git directory."""
    return _read(
        [
            *start,
            "rev-parse",
            "--show-object-format",
            "--is-bare-repository",
            "--is-shallow-repository",
            "--is-inside-work-tree",
            "--absolute-git-dir",
        ]
    )


def _ambient_git_dir(path: Path) -> list[str]:
    """`GIT_DIR` and `GIT_WORK_TREE`, which speak of the current folder, if that is asked for."""
    git_dir = os.environ.get("GIT_DIR")
    if not git_dir or path.resolve() != Path.cwd().resolve():
        return []
    work_tree = os.environ.get("GIT_WORK_TREE")
    found = ["--git-dir", _absolute(git_dir)]
    return [*found, "--work-tree", _absolute(work_tree)] if work_tree else found


def _hook_variables(git_dir: Path) -> tuple[tuple[str, str], ...]:
    """The hook's variables, made absolute, if git here would mean the same repository by them.

    They speak of the repository of the current folder: a scan of another one must not see them.
    """
    present = [name for name in _HOOK_VARIABLES if os.environ.get(name)]
    if not present:
        return ()
    ambient = _ambient_git_dir(Path.cwd())
    try:
        here = _read([*ambient, "rev-parse", "--absolute-git-dir"]).removesuffix("\n")
    except ScanError:
        return ()
    if not Path(here).samefile(git_dir):
        return ()
    return tuple((name, _absolute(os.environ[name])) for name in present)


def _absolute(paths: str) -> str:
    return os.pathsep.join(os.fspath(Path(path).absolute()) for path in paths.split(os.pathsep))


def _read(arguments: list[str]) -> str:
    done = _start_and_wait(["git", *SETTINGS, *arguments], base_environment(), None, None)
    if done.returncode:
        raise _error(done.stderr, arguments)
    return os.fsdecode(done.stdout)


def _command(repo: Repository, arguments: Iterable[str]) -> list[bytes]:
    folder = os.fsencode(repo.git_dir)
    # Not `fsencode`, because paths of the repository are UTF-8 whatever this system's are.
    given = [part.encode("utf-8", "surrogateescape") for part in (*SETTINGS, *arguments)]
    return [b"git", b"--git-dir=" + folder, b"--work-tree=" + folder, *given]


def _environment(repo: Repository) -> dict[str, str]:
    return base_environment() | dict(repo.hook_variables)


def _start_and_wait(
    command: Sequence[str | bytes],
    environment: dict[str, str],
    folder: Path | None,
    stdin: bytes | None,
) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(
            command,
            env=environment,
            cwd=folder,
            input=stdin or b"",
            capture_output=True,
            check=False,
        )
    except OSError as error:
        raise _not_started(error) from error


def _spawn(
    repo: Repository, arguments: Iterable[str], errors: IO[bytes], *, wants_input: bool
) -> subprocess.Popen[bytes]:
    try:
        process = subprocess.Popen(
            _command(repo, arguments),
            env=_environment(repo),
            cwd=repo.git_dir,
            stdin=subprocess.PIPE if wants_input else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
        )
    except OSError as error:
        raise _not_started(error) from error
    _widen(process.stdout)
    return process


def _widen(pipe: IO[bytes] | None) -> None:
    """Lets git write on while its last block is being read, where the system can do that.

    Not by `Popen(pipesize=…)`, which fails where a user's share of pipe memory is used up.
    """
    if sys.platform == "linux" and pipe is not None:
        with suppress(OSError):
            fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _BLOCK)


def _feed(
    process: subprocess.Popen[bytes], source: Iterable[bytes] | None
) -> threading.Thread | None:
    if source is None:
        return None
    pipe = process.stdin
    assert pipe is not None

    def write() -> None:
        # A git that ends before it has read everything says why by its exit code.
        with suppress(BrokenPipeError), pipe:
            pipe.writelines(source)

    thread = threading.Thread(target=write, daemon=True)
    thread.start()
    return thread


def _not_started(error: OSError) -> ScanError:
    if isinstance(error, FileNotFoundError) and shutil.which("git") is None:
        return ScanError("git was not found.", hint="Install git and put it on the PATH.")
    reason = error.strerror or type(error).__name__
    return ScanError(f"git cannot be started: {reason}.", exit_code=ExitCode.COULD_NOT_JUDGE)


def _error(stderr: bytes, arguments: Iterable[str]) -> GitError:
    text = stderr.decode("utf-8", "replace").strip()
    if "dubious ownership" in text or "unsafe repository" in text:
        return _dubious_ownership(text)
    if "not a git repository" in text.lower():
        return GitError(
            "This is not a git repository.", hint="Run inside one, or name one with --repo."
        )
    lines = [line for line in text.splitlines() if line.startswith(("fatal:", "error:"))]
    sentence = (lines or [text or "git failed without a message"])[-1]
    name = next((part for part in arguments if not part.startswith("-")), "git")
    return GitError(f"git {name}: {sentence}", exit_code=ExitCode.COULD_NOT_JUDGE)


def _dubious_ownership(text: str) -> GitError:
    command = next(
        (line.strip() for line in text.splitlines() if "--add safe.directory" in line), ""
    )
    return GitError(
        "git does not read this repository because another user owns it.",
        hint=f"If you trust it, run: {command}" if command else "See safe.directory in git config.",
    )
