"""The one place that starts semgrep: without network, and with a home folder of its own."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import util
from pathlib import Path

#: The versions between which the fast mode was seen to give the same findings, both included.
OLDEST_TESTED = (1, 150)
NEWEST_TESTED = (1, 185)


#: What names certificates to OpenSSL, OCaml and Python's requests.
_CERTIFICATES = (
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "NIX_SSL_CERT_FILE",
    "REQUESTS_CA_BUNDLE",
    "CURL_CA_BUNDLE",
)

#: Lines of an OCaml backtrace, which say nothing to a user.
_BACKTRACE = re.compile(r"(?:Called from|(?:Raised|Re-raised) (?:at|by)) ")
_FATAL = re.compile(r"(?:[^\s:]{1,200}+: )?Fatal error: exception ")


class Mode(StrEnum):
    """Semgrep's two front ends over one engine. The fast one starts in a tenth of the time."""

    FAST = "fast"
    ORDINARY = "ordinary"


@dataclass(frozen=True, slots=True)
class SemgrepLimits:
    """`rule_seconds` is for one rule on one file, `total_seconds` for a run (None: no end)."""

    rule_seconds: int = 5
    total_seconds: float | None = None
    jobs: int | None = None
    max_bytes: int = 2_000_000

    @property
    def processes(self) -> int:
        """How many semgreps may run at once. Threads of one cost more than they gain."""
        return self.jobs or os.cpu_count() or 1


def find_semgrep() -> str | None:
    """The path of semgrep: beside the running interpreter, else on the PATH; None if nowhere."""
    beside = Path(sys.executable).with_name("semgrep")
    return str(beside) if beside.exists() else shutil.which("semgrep")


def engine_identity() -> str:
    """What tells one installed semgrep from another: its version, or its size and age."""
    binary = find_semgrep()
    if binary is None:
        return "none"
    own = _own_version() if _is_own(binary) else None
    if own is not None:
        return own
    status = Path(binary).stat()
    return f"{status.st_size}-{status.st_mtime_ns}"


def _is_own(binary: str) -> bool:
    return Path(binary).parent == Path(sys.executable).parent


@cache
def _own_version() -> str | None:
    """The version of the semgrep that is installed with this program, by the name of the folder of
    its metadata: `importlib.metadata` takes longer to import than a hook to judge a file.
    """
    found = util.find_spec("semgrep")
    places = (found.submodule_search_locations if found else None) or ()
    named = [one.name for place in places for one in Path(place).parent.glob("semgrep-*.dist-info")]
    return named[0].removeprefix("semgrep-").removesuffix(".dist-info") if len(named) == 1 else None


def semgrep_version(binary: str) -> str | None:
    """What semgrep calls its version, or None if it does not say."""
    own = _own_version() if _is_own(binary) else None
    if own is not None:
        return own
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        done = subprocess.run(
            [binary, "--version", "--disable-version-check"],
            capture_output=True, text=True, timeout=30, check=True,
            env={**os.environ, "SEMGREP_ENABLE_VERSION_CHECK": "0"},
        )  # fmt: skip
        return done.stdout.strip() or None
    return None


def is_tested(version: str) -> bool:
    """Whether a version lies between the oldest and the newest tested."""
    numbers = tuple(int(part) for part in version.split(".")[:2] if part.isdigit())
    return OLDEST_TESTED <= numbers <= NEWEST_TESTED


def requirement_of_tested() -> str:
    """The tested versions as pip takes them, quoted for a shell."""
    (major, minor), (newest, last) = OLDEST_TESTED, NEWEST_TESTED
    return f"'semgrep>={major}.{minor},<{newest}.{last + 1}'"


@dataclass(frozen=True, slots=True)
class Order:
    """What one process is to do. It runs in `base`; targets and packs lie below that."""

    binary: str
    mode: Mode
    base: Path
    packs: Sequence[str]
    targets: Sequence[str]
    limits: SemgrepLimits
    ignore_suppressions: bool = False

    def arguments(self) -> list[str]:
        """The command line."""
        return [
            self.binary,
            "scan",
            *(["--experimental"] if self.mode is Mode.FAST else []),
            "--json",
            "--quiet",
            "--metrics=off",
            "--disable-version-check",
            "--no-git-ignore",
            "--no-rewrite-rule-ids",
            "--max-target-bytes=0",
            f"--timeout={self.limits.rule_seconds}",
            "--jobs=1",
            *(["--disable-nosem"] if self.ignore_suppressions else []),
            *(f"--config={pack}" for pack in self.packs),
            *self.targets,
        ]


def environment(base: Path, inherited: Mapping[str, str]) -> dict[str, str]:
    """An environment without any SEMGREP_ variable of the user's, with a home of its own.

    Addresses point at a closed port of this machine, so that whatever would call out fails at once.
    Semgrep ends where it finds no certificates, though it asks nobody anything: so it gets those
    that its own installation brings, whatever the user's variables say.
    """
    home = base / "home"
    nowhere = "http://127.0.0.1:9"
    kept = {
        name: value
        for name, value in inherited.items()
        if not name.startswith("SEMGREP_") and name not in _CERTIFICATES
    }
    own = _own_certificates()
    return {
        **kept,
        **({"SSL_CERT_FILE": own} if own else {}),
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home),
        "XDG_CACHE_HOME": str(home),
        "TMPDIR": str(home),
        "SEMGREP_SETTINGS_FILE": str(home / "settings.yml"),
        "SEMGREP_LOG_FILE": str(home / "semgrep.log"),
        "SEMGREP_ENABLE_VERSION_CHECK": "0",
        "SEMGREP_SEND_METRICS": "off",
        "SEMGREP_URL": nowhere,
        "PYTHONUTF8": "1",
        "PYTHONSAFEPATH": "1",
        # Garbage collected half as often: a tenth less time for a tenth more memory.
        "OCAMLRUNPARAM": "s=1M,o=200",
    }


#: Ends itself and all that it started when its input ends: nobody is left then who would. The
#: waiting half does not outlive the command either.
_WATCHED = (
    "exec 3<&0; (read _ <&3; kill -9 -$$) >/dev/null 2>&1 & watch=$!; "
    '"$@" </dev/null 3<&-; code=$?; kill $watch; exit $code'
)


def _watched(arguments: list[str]) -> list[str]:
    """The command, to be ended with this process, where there is a POSIX shell."""
    if sys.platform == "win32" or not os.access("/bin/sh", os.X_OK):
        return arguments
    return ["/bin/sh", "-c", _WATCHED, "sh", *arguments]


@cache
def _own_certificates() -> str | None:
    """The file of certificates that is installed with semgrep, which depends on it."""
    found = util.find_spec("certifi")
    bundle = Path(found.origin).with_name("cacert.pem") if found and found.origin else None
    return str(bundle) if bundle is not None and bundle.is_file() else None


@dataclass
class Process:
    """A running semgrep, with what it prints going to files, which cannot fill up."""

    order: Order
    label: str
    _popen: subprocess.Popen[bytes] | None = None
    _started: float = 0.0

    def start(self) -> Process:
        """Starts the process.

        Raises:
            OSError: the binary cannot be run.
        """
        self._started = time.monotonic()
        with self._output("out").open("wb") as out, self._output("err").open("wb") as err:
            self._popen = subprocess.Popen(
                _watched(self.order.arguments()),
                cwd=self.order.base,
                env=environment(self.order.base, os.environ),
                stdin=subprocess.PIPE,
                stdout=out,
                stderr=err,
                start_new_session=True,
            )
        return self

    def wait(self) -> Printed | None:
        """What it printed, once it has ended; None if it took longer than the limit for a run."""
        assert self._popen is not None
        limit = self.order.limits.total_seconds
        left = None if limit is None else max(0.0, limit - (time.monotonic() - self._started))
        try:
            code = self._popen.wait(left)
        except subprocess.TimeoutExpired:
            self.stop()
            return None
        self._let_go()
        return Printed(code, self._output("out").read_bytes(), self._output("err").read_bytes())

    def stop(self) -> None:
        """Ends the process and those it started, if it is still running."""
        if self._popen is None:
            return
        if self._popen.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._popen.pid, signal.SIGKILL)
            self._popen.wait()
        self._let_go()

    def _let_go(self) -> None:
        """Closes the pipe by which the process sees that this one is alive."""
        assert self._popen is not None
        if self._popen.stdin is not None:
            self._popen.stdin.close()

    def _output(self, suffix: str) -> Path:
        return self.order.base / f"{self.label}.{suffix}"


@dataclass(frozen=True, slots=True)
class Printed:
    """How a process ended and what it printed."""

    code: int
    out: bytes
    err: bytes

    def last_words(self) -> str:
        """What the error output ends with, less backtraces; its exception if it has one."""
        lines = [line.strip() for line in self.err.decode("utf-8", "replace").splitlines()]
        said = [line for line in lines if line and not _BACKTRACE.match(line)]
        fatal = [_FATAL.sub("", line, count=1) for line in said if _FATAL.match(line)]
        return (fatal or said or [f"it ended with code {self.code}"])[-1]
