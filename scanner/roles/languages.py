"""Which files are Python: by their names, or by the line at the top that says who runs them. Pure.

A file without a suffix is Python where its shebang names an interpreter of Python, as the kernel,
`env` and the tools that run scripts read it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

_SUFFIXES = (".py", ".pyi", ".pyw")
_OTHERS = {"ipynb": "a notebook", "pyx": "Cython", "pxd": "Cython", "pxi": "Cython"}
#: A longer file without a suffix is data or a program of a machine.
LONGEST_SCRIPT = 1_500_000
#: Names without a suffix that files of texts and settings have; they need not be opened.
_NEVER_SCRIPTS = frozenset(
    {
        "authors", "changelog", "changes", "codeowners", "contributing", "contributors", "copying",
        "credits", "dockerfile", "gemfile", "jenkinsfile", "license", "maintainers", "makefile",
        "manifest", "news", "notice", "pipfile", "procfile", "readme", "thanks", "todo",
        "vagrantfile", "version",
    }
)  # fmt: skip

_INTERPRETER = re.compile(
    r"(?:v?python|pypy|cpython|graalpy|graalpython|jython|ironpython|micropython|pythonw)"
    r"(?:\d+(?:\.\d+)*)?[dmtuw]*(?:\.exe)?"
)
_SHELLS = frozenset({"sh", "bash", "dash", "zsh", "ksh"})
#: A script that is both shell and Python: a string for the one, `exec` for the other.
_BOTH = re.compile(r"""['"]{1,4}:?['"]?\s*(?:;\s*)?["']?exec\b.*?\b(?:python|pypy)""")
#: What runs the command that follows among its arguments.
_RUNNERS = frozenset(
    {
        "conda", "hatch", "mamba", "micromamba", "pdm", "pipenv", "pipx", "pixi", "poetry", "rye",
        "uv", "xvfb-run",
    }
)  # fmt: skip
#: Options of these whose values may be called as Python is.
_VALUES = frozenset({"-n", "--name", "-p", "--python", "-s", "--spec", "--with"})
_SCRIPT_OF_UV = frozenset({"-s", "--script", "--gui-script"})
#: Options of env(1) that are followed by a value.
_ENV_VALUES = frozenset({"-C", "--chdir", "-P", "-u", "--unset", "-a", "--argv0"})


def is_python_path(path: str) -> bool:
    """Whether a file is Python by its suffix; upper and lower case are one."""
    return path[-4:].lower().endswith(_SUFFIXES)


def may_be_script(path: str) -> bool:
    """Whether only the content of a file tells if it is Python: it has no suffix."""
    name = path.rpartition("/")[2]
    return "." not in name and name.lower() not in _NEVER_SCRIPTS


def may_be_python(path: str) -> bool:
    """Whether a file is Python by its suffix, or is if its content says so."""
    return is_python_path(path) or may_be_script(path)


def other_language(path: str) -> str | None:
    """What a file is that holds code for Python and is not read: a notebook, or Cython."""
    _, dot, suffix = path.rpartition("/")[2].rpartition(".")
    return _OTHERS.get(suffix.lower()) if dot else None


def is_python_script(content: bytes) -> bool:
    """Whether the beginnings of a file say that Python runs it; an archive of Python's is none."""
    if not content.startswith(b"#!") or b"\0" in content:
        return False
    first, *more = content[:2_000].decode("utf-8", "replace").split("\n", 5)
    words = first[2:].split()
    if not words:
        return False
    program, *arguments = _ran_by_env(words) if _name(words[0]) == "env" else words
    name = _name(program)
    if name in _SHELLS:
        return bool(more) and _BOTH.match(more[0].strip()) is not None
    if name == "nix-shell":
        words = [word for line in (first, *more) if line.startswith("#!") for word in line.split()]
        return any(map(_is_python, _after("-i", words)))
    if name in _RUNNERS:
        return _runs_python(name, arguments)
    return _is_python(program)


def _name(word: str) -> str:
    return re.split(r"[/\\]", word.strip("\"'"))[-1].lower()


def _ran_by_env(words: Sequence[str]) -> list[str]:
    """The command that `env` runs, with its arguments; ["env"] where it runs none."""
    left: Iterator[str] = iter(words[1:])
    for word in left:
        option, joined, value = word.partition("=")
        if word in _ENV_VALUES:
            next(left, None)
        elif option == "--split-string" and joined:
            return [value, *left]
        elif word.startswith("-") and not word.startswith("--") and "S" in word:
            if split := word.partition("S")[2]:
                return [split, *left]
        elif not (word.startswith("-") or joined):
            return [word, *left]
    return ["env"]


def _runs_python(runner: str, arguments: Sequence[str]) -> bool:
    if runner == "uv" and "run" in arguments and not _SCRIPT_OF_UV.isdisjoint(arguments):
        return True
    if runner == "pipx" and all(word.startswith("-") for word in arguments[1:]):
        return arguments[:1] == ["run"]
    before = ("", *arguments)
    commands = (word for last, word in zip(before, arguments, strict=False) if last not in _VALUES)
    return any(map(_is_python, commands))


def _is_python(word: str) -> bool:
    return _INTERPRETER.fullmatch(_name(word)) is not None


def _after(option: str, words: Sequence[str]) -> Iterator[str]:
    return (word for last, word in pairwise(words) if last == option)
