"""Files of CI and of hooks as lines: what each runs, and which others belong to its step. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Protocol

from scanner.guards.check_tools import RUNNER_FILES, runs, tools_in, tools_in_python, tools_of_hook

#: Pathspecs of files that say which checks are run.
CI_PATHS = (
    ".github/workflows/*", ".github/actions/*", ".gitlab-ci.yml", ".gitlab/*.yml",
    "azure-pipelines*.yml", ".circleci/*.yml", ".travis.yml", "bitbucket-pipelines.yml",
    "Jenkinsfile", ".drone.yml", ".woodpecker*", "appveyor.yml", ".appveyor.yml", ".cirrus.yml",
    ".buildkite/*", ".ci/*", ".forgejo/workflows/*", ".gitea/workflows/*", ".semaphore/*.yml",
    ".builds/*.yml", "buildspec*.yml", "cloudbuild*.yaml", ".zuul.yaml", "zuul.d/*", ".tekton/*",
)  # fmt: skip
HOOK_PATHS = (
    ".pre-commit-config.yaml", "prek.toml", "lefthook.yml", ".husky/*", ".githooks/*",
)  # fmt: skip
#: Those whose changes are looked at.
CHECK_PATHS = (*CI_PATHS, *HOOK_PATHS, *RUNNER_FILES)
HOOKS = ".pre-commit-config.yaml"

_HOOK_ID = re.compile(r"^\s*+(?:-\s*+)?id:\s*['\"]?([\w.-]+)")
_TRIGGERS = re.compile(
    r"\b(?:push|pull_request\w*|merge_group|schedule|workflow_call|workflow_run|release|create)\b"
)
_ON = re.compile(
    r"^['\"]?on['\"]?:(?P<here>[^\n]*)\n(?P<below>(?:[ \t#][^\n]*\n|\n)*)", re.MULTILINE
)
#: Steps of a workflow that another repository holds: what they run cannot be read here.
FOREIGN_WORKFLOW = re.compile(r"^uses:\s*['\"]?([\w.-]+/[\w.-]+/\.github/workflows/[\w.-]+)")
#: How many files the search for what is run reads at most.
_MOST_FILES = 1_000


@dataclass(frozen=True, slots=True)
class ChangedText:
    """A file that is no Python, or not only: its text on both sides, None where it is not there."""

    path: str
    before: str | None
    after: str | None


class StepsTree(Protocol):
    """The files of one side of a change that say what is run."""

    def checks(self) -> Mapping[str, str]:
        """The texts of the files at `CI_PATHS` and `HOOK_PATHS`."""

    def read(self, path: str) -> str | None:
        """The text of one file, None where there is none."""

    def python_files(self) -> Sequence[str]:
        """The paths of the Python files, by their suffix."""


@dataclass(frozen=True, slots=True)
class TextsTree:
    """A tree of which only some texts are known."""

    texts: Mapping[str, str]

    def checks(self) -> Mapping[str, str]:
        patterns = (*CI_PATHS, *HOOK_PATHS)
        known = self.texts.items()
        return {path: t for path, t in known if any(fnmatchcase(path, one) for one in patterns)}

    def read(self, path: str) -> str | None:
        return self.texts.get(path)

    def python_files(self) -> Sequence[str]:
        return [path for path in self.texts if path.endswith((".py", ".pyi"))]


@dataclass(frozen=True, slots=True)
class Line:
    """What a line says, without comment, white space and the dash of a list."""

    path: str
    number: int
    text: str

    @property
    def tools(self) -> frozenset[str]:
        """The tools that it runs itself. Of hooks their ids and entries count."""
        if self.path.endswith(HOOKS):
            match = _HOOK_ID.match(self.text)
            if match:
                return tools_of_hook(match[1])
            return tools_in(self.text) if self.text.startswith("entry:") else frozenset()
        if self.path.endswith(".py"):
            return tools_in_python(self.text)
        if self.text.startswith("[") and self.path.endswith((".toml", ".cfg", ".ini")):
            return frozenset()  # what a tool's own settings are called
        return tools_in(self.text)


def lines_of(path: str, text: str | None) -> Iterator[Line]:
    """The lines that say something. What a backslash goes on with belongs to where it began."""
    begun: list[str] = []
    for number, line in enumerate((text or "").splitlines(), 1):
        said = _without_comment(line).strip().removeprefix("- ").strip()
        begun.append(said.removesuffix("\\").strip())
        if said.endswith("\\"):
            continue
        whole = " ".join(filter(None, begun))
        if whole:
            yield Line(path, number - len(begun) + 1, whole)
        begun.clear()
    if begun:
        yield Line(path, number - len(begun) + 1, " ".join(begun))


def _without_comment(line: str) -> str:
    start = line.find("#")
    while start > 0 and not line[start - 1].isspace():
        start = line.find("#", start + 1)
    return line if start < 0 else line[:start]


def left_over(texts: Iterable[ChangedText], *, before: bool) -> list[Line]:
    """The lines that one side has more often than the other, over all files."""
    sides = [(text.path, text.before, text.after) for text in texts]
    here = [line for path, old, new in sides for line in lines_of(path, old if before else new)]
    there = Counter(
        line.text for p, old, new in sides for line in lines_of(p, new if before else old)
    )
    left = []
    for line in here:
        if there[line.text]:
            there[line.text] -= 1
        else:
            left.append(line)
    return left


def automated(tree: StepsTree) -> dict[str, str]:
    """The texts of the CI and the hooks of a tree that start by themselves, by path."""
    return {path: text for path, text in tree.checks().items() if _starts_by_itself(path, text)}


def running(tree: StepsTree, *, or_by_hand: bool) -> frozenset[str]:
    """The tools that CI and the hooks of a tree run, by themselves or by what they call.

    Without any of them, those of the files that a developer runs by hand, if that counts.
    """
    roots = automated(tree)
    if not roots and or_by_hand:
        found = ((path, tree.read(path)) for path in RUNNER_FILES)
        roots = {path: text for path, text in found if text is not None}
    tools: set[str] = set()
    seen = set(roots)
    queue = list(roots.items())
    # In order, so that a limit that is met is met alike on both sides of a change.
    for path, text in queue:
        if len(queue) > _MOST_FILES:
            break
        for line in lines_of(path, text):
            tools |= line.tools
            for file in runs(line.text):
                if file not in seen:
                    seen.add(file)
                    if (called := tree.read(file)) is not None:
                        queue.append((file, called))
    return frozenset(tools)


def reached(lines: Sequence[Line], tree: StepsTree) -> frozenset[str]:
    """The tools that some lines run, by themselves or by the files that they call."""
    own = frozenset(tool for line in lines for tool in line.tools)
    called = {file for line in lines for file in runs(line.text)}
    texts = ((file, tree.read(file)) for file in sorted(called))
    return own.union(*(one.tools for file, text in texts for one in lines_of(file, text)))


def block(text: str, number: int) -> list[int]:
    """The numbers of the lines of YAML that stand in the same mapping: a step, or a whole job."""
    lines = text.splitlines()
    depth = _key_depth(lines[number - 1])
    first = number
    while first > 1 and not _begins_item(lines[first - 1], depth):
        above = lines[first - 2]
        if above.strip() and _depth(above) < depth and not _begins_item(above, depth):
            break
        first -= 1
    last = number
    while last < len(lines) and (not lines[last].strip() or _depth(lines[last]) >= depth):
        last += 1
    return list(range(first, last + 1))


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip())


def _key_depth(line: str) -> int:
    """Where the key of a line begins; a dash before it belongs to the list."""
    rest = line.lstrip()
    inner = rest.removeprefix("-").lstrip() if rest.startswith("- ") else rest
    return len(line) - len(inner)


def _begins_item(line: str, depth: int) -> bool:
    return line.lstrip().startswith("- ") and _key_depth(line) == depth


def _starts_by_itself(path: str, text: str) -> bool:
    """Whether a workflow of GitHub is started by more than a person; other files always are."""
    if not path.startswith(".github/workflows/"):
        return True
    on = _ON.search(text + "\n")
    return on is None or bool(_TRIGGERS.search(on["here"] + on["below"]))
