"""The files of a repository → what adopting Tallystick would make of them, as texts. Pure."""

from __future__ import annotations

import difflib
import io
import re
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from scanner.base.toml_text import read_toml
from scanner.recipes import recipe
from scanner.recipes.calibration import Calibration

PRE_COMMIT = ".pre-commit-config.yaml"
GITLAB = ".gitlab-ci.yml"
WORKFLOWS = ".github/workflows/"
WORKFLOW = f"{WORKFLOWS}tallystick.yml"


@dataclass(frozen=True, slots=True)
class Proposal:
    """A file as it would be; `before` is None if it is not there yet."""

    path: str
    before: str | None
    after: str
    is_program: bool = False

    @property
    def diff(self) -> str:
        """What would change, as a unified diff."""
        old = _lines(self.before or "")
        new = _lines(self.after)
        source = f"a/{self.path}" if self.before is not None else "/dev/null"
        lines = difflib.unified_diff(old, new, source, f"b/{self.path}")
        return "".join(line if line.endswith("\n") else f"{line}\n" for line in lines)


@dataclass(frozen=True, slots=True)
class Plan:
    """What would be written, and what is left as it is with the reason."""

    proposals: tuple[Proposal, ...]
    remarks: tuple[str, ...]


def plan(texts: Mapping[str, str], calibration: Calibration, foreign: Sequence[str]) -> Plan:
    """What to propose for a repository.

    `texts` holds its configuration and CI files by path, `foreign` globs of other people's code.
    """
    proposals: list[Proposal] = []
    remarks: list[str] = []
    for found in (
        _configuration(texts, calibration, foreign),
        _pre_commit(texts),
        *_continuous_integration(texts),
    ):
        if isinstance(found, Proposal):
            proposals.append(found)
        else:
            remarks.append(found)
    return Plan(tuple(proposals), tuple(remarks))


def _configuration(
    texts: Mapping[str, str], calibration: Calibration, foreign: Sequence[str]
) -> Proposal | str:
    if "tallystick.toml" in texts:
        return "tallystick.toml is there already."
    project = texts.get("pyproject.toml")
    if project is None:
        return Proposal("tallystick.toml", None, _settings("", calibration, foreign))
    try:
        tools = read_toml(project).get("tool", {})
        if isinstance(tools, dict) and "tallystick" in tools:
            return "pyproject.toml has a [tool.tallystick] table already."
    except ValueError:
        return "pyproject.toml is not valid TOML, so no configuration is proposed."
    settings = _settings("tool.tallystick.", calibration, foreign)
    after = _appended(project.rstrip(), f"\n\n{settings}", project).lstrip()
    return Proposal("pyproject.toml", project, after)


def _settings(prefix: str, calibration: Calibration, foreign: Iterable[str]) -> str:
    globs = ", ".join(f'"{glob}"' for glob in foreign)
    head = f"[{prefix.removesuffix('.')}]\n" if prefix else ""
    top = f"{head}exclude = [{globs}]\n\n" if globs else ""
    words = _comment(calibration.in_words())
    table = f"[{prefix}thresholds]\n{words}debt = {calibration.threshold:.1f}\n"
    if calibration.deviation is None:
        return top + table
    unusual = _comment([calibration.deviation_in_words()])
    return f"{top}{table}{unusual}# deviation = {calibration.deviation:.1f}\n"


def _comment(sentences: Iterable[str]) -> str:
    return "".join(f"# {line}\n" for text in sentences for line in textwrap.wrap(text, 96))


def _pre_commit(texts: Mapping[str, str]) -> Proposal | str:
    text = texts.get(PRE_COMMIT)
    if text is None:
        return (
            f"There is no {PRE_COMMIT}; `tallystick init --hook` installs plain git hooks instead."
        )
    if "tallystick" in text:
        return f"{PRE_COMMIT} already has Tallystick."
    after = _with_hooks(text)
    if after is None:
        return f"{PRE_COMMIT} has no list of repos that an entry could be added to."
    return Proposal(PRE_COMMIT, text, after)


def _with_hooks(text: str) -> str | None:
    """The file with our entry at the end of its list of repos, indented as the others are."""
    lines = _lines(text)
    start = next(
        (i for i, line in enumerate(lines) if re.match(r"repos\s*:\s*(#.*)?$", line)), None
    )
    if start is None:
        return None
    first = next((line for line in lines[start + 1 :] if re.match(r"\s*-\s", line)), None)
    indent = first[: len(first) - len(first.lstrip())] if first else "  "
    end = start + 1
    for number, line in enumerate(lines[start + 1 :], start + 2):
        if line.strip() and not line.startswith((" ", "-", "#", "\t")):
            break
        if line.strip():
            end = number
    entry = [indent + line if line else line for line in recipe("pre-commit.yaml").splitlines()]
    before, after = "".join(lines[:end]), "".join(lines[end:])
    joint = "" if before.endswith("\n") else "\n"
    return _appended(before, joint + "\n".join([*entry, ""]), text) + after


def _lines(text: str) -> list[str]:
    """The lines with their ends."""
    return list(io.StringIO(text, newline=""))


def _appended(text: str, more: str, whole: str) -> str:
    """The text with more behind it, whose lines end as those of the whole file do."""
    return text + (more.replace("\n", "\r\n") if "\r\n" in whole else more)


def _continuous_integration(texts: Mapping[str, str]) -> list[Proposal | str]:
    found: list[Proposal | str] = []
    workflows = {path: text for path, text in texts.items() if path.startswith(WORKFLOWS)}
    if workflows:
        named = next((path for path, text in workflows.items() if "tallystick" in text), None)
        found.append(
            f"{named} already has Tallystick."
            if named
            else Proposal(WORKFLOW, None, recipe("github.yml"))
        )
    gitlab = texts.get(GITLAB)
    if gitlab is not None:
        joint = "\n" if gitlab.endswith("\n") else "\n\n"
        after = _appended(gitlab, joint + recipe("gitlab.yml"), gitlab)
        found.append(
            f"{GITLAB} already has Tallystick."
            if "tallystick" in gitlab
            else Proposal(GITLAB, gitlab, after)
        )
    if not found:
        found.append(
            "No GitHub workflow and no .gitlab-ci.yml here; on another CI system run in a job: "
            "tallystick gate --base origin/main"
        )
    return found
