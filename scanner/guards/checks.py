"""Steps of CI and of hooks that a change switches off. Read as text: no format is known to all."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from scanner.base.model import Finding, Severity
from scanner.config import GuardPoints
from scanner.guards.finding import Loss, in_file, tampering

#: Pathspecs of files that say which checks are run.
CHECK_PATHS = (
    ".github/workflows/*", ".github/actions/*", ".gitlab-ci.yml", ".gitlab/*.yml",
    "azure-pipelines*.yml", ".circleci/*.yml", ".travis.yml", "bitbucket-pipelines.yml",
    "Jenkinsfile", ".drone.yml", ".woodpecker*", "appveyor.yml", ".buildkite/*",
    ".pre-commit-config.yaml", "lefthook.yml", ".husky/*", ".githooks/*", ".ci/*",
    "tox.ini", "Makefile", "justfile",
)  # fmt: skip
_HOOKS = ".pre-commit-config.yaml"

_TOOL = re.compile(
    r"(?<![\w-])(pytest|unittest|tox|nox|mypy|basedpyright|pyright|ruff|flake8|pylint|bandit|semgrep|"
    r"tallystick|coverage|pre-commit|black|isort|vulture|pip-audit|codeql|sonar\w*|trivy|gitleaks|"
    r"codecov|diff-cover|diff-quality|interrogate|xenon|radon|hadolint|shellcheck|zizmor)"
    r"(?![\w.]*\.(?:toml|ini|cfg|txt))"
)
#: Lines that name a tool and run none: what is installed, what things are called, where they are.
_RUNS_NOTHING = re.compile(
    r"\binstall\b|\badd\b|additional_dependencies|^(name|description|deps|repo|rev|needs|key)\b|:$"
)
#: Commands that check nothing, so that their failure never mattered.
_CHECKS_NOTHING = re.compile(
    r"(?<![\w./-])(apt|apt-get|apk|brew|dnf|yum|choco|(un)?install|mkdir|rm|cp|mv|ln|chmod|kill|pkill|"
    r"killall|docker (rm|stop|pull)|git (config|fetch|tag|branch))(?![\w-])"
)
_HOOK_ID = re.compile(r"^\s*-?\s*id:\s*([\w.-]+)")


@dataclass(frozen=True, slots=True)
class _Weakening:
    pattern: re.Pattern[str]
    effect: str


def _weakening(pattern: str, effect: str) -> _Weakening:
    return _Weakening(re.compile(pattern), effect)


_NO_MATTER = "its failure does not matter any more"
_WEAKENINGS = (
    _weakening(r"continue-on-error:\s*(true|\$\{\{)", _NO_MATTER),
    _weakening(r"allow_failure:\s*true", _NO_MATTER),
    _weakening(r"\|\|\s*(true|:|exit 0|/bin/true)(\s|['\"]|$)", _NO_MATTER),
    _weakening(r"(?<!\w)set \+e\b", _NO_MATTER),
    _weakening(r"--exit-zero\b|--exit-0\b", _NO_MATTER),
    _weakening(r"fail_ci_if_error:\s*false", _NO_MATTER),
    _weakening(r"continueOnError:\s*true|ignore_outcome|ignore_errors\s*=\s*true", _NO_MATTER),
    _weakening(r"^if:\s*['\"]?(\$\{\{\s*)?false", "it is never run"),
    _weakening(r"^when:\s*['\"]?(never|manual)", "it is not run by itself any more"),
    _weakening(r"^stages:\s*\[\s*manual\s*\]", "it is not run by itself any more"),
    _weakening(r"--no-verify\b|(?<!\w)SKIP[=:]\s*\S", "hooks are passed over"),
    _weakening(
        r"--deselect\b|(?<![\w-])-k\s*['\"]not\b|pytest.*--ignore[= ]", "some tests are not run"
    ),
)


@dataclass(frozen=True, slots=True)
class ChangedText:
    """A file that is no Python, or not only: its text on both sides, None where it is not there."""

    path: str
    before: str | None
    after: str | None


def lost_checks(texts: Sequence[ChangedText], points: GuardPoints) -> tuple[Finding, ...]:
    """A finding for each check that is run less, and for each line that makes one toothless.

    All files count together, so that a step that moves from one to another is not missed.
    """
    gone, new = _moved_out(texts, before=True), _moved_out(texts, before=False)
    losses = [*_hooks_gone(texts, gone, new), *_tools_gone(texts, gone, new), *_weakened(gone, new)]
    return tuple(
        tampering(loss, in_file(path, line), worth, severity)
        for path, line, loss, worth, severity in (
            (found.path, found.line, found.loss, points.lost_check * found.share, found.severity)
            for found in losses
        )
    )


@dataclass(frozen=True, slots=True)
class _Line:
    path: str
    number: int
    text: str


@dataclass(frozen=True, slots=True)
class _Found:
    path: str
    line: int
    loss: Loss
    share: float = 1.0
    severity: Severity = Severity.WARNING


def _lines(path: str, text: str | None) -> Iterator[_Line]:
    """The lines that say something: comments and white space off, and the dash of a list.

    What a backslash goes on with belongs to the line it began on.
    """
    begun: list[str] = []
    for number, line in enumerate((text or "").splitlines(), 1):
        said = re.sub(r"(^|\s)#.*$", "", line).strip().removeprefix("- ").strip()
        begun.append(said.removesuffix("\\").strip())
        if said.endswith("\\"):
            continue
        whole = " ".join(filter(None, begun))
        if whole:
            yield _Line(path, number - len(begun) + 1, whole)
        begun.clear()
    if begun:
        yield _Line(path, number - len(begun) + 1, " ".join(begun))


def _moved_out(texts: Iterable[ChangedText], *, before: bool) -> list[_Line]:
    """The lines that one side has more often than the other, over all files."""
    sides = [(text.path, text.before, text.after) for text in texts]
    here = [line for path, old, new in sides for line in _lines(path, old if before else new)]
    there = Counter(
        line.text for p, old, new in sides for line in _lines(p, new if before else old)
    )
    left = []
    for line in here:
        if there[line.text]:
            there[line.text] -= 1
        else:
            left.append(line)
    return left


def _hooks_gone(
    texts: Iterable[ChangedText], gone: Sequence[_Line], new: Sequence[_Line]
) -> Iterator[_Found]:
    paths = {text.path: text for text in texts}
    kept = [match[1] for line in new if (match := _HOOK_ID.match(line.text))]
    for line in gone:
        match = _HOOK_ID.match(line.text)
        if line.path.endswith(_HOOKS) and match and not _is_renamed(match[1], kept):
            loss = Loss(
                "hook-removed",
                f"The hook {match[1]} is not run any more.",
                "Put it back, or say in the change what checks this now.",
                line.text,
                None,
            )
            at = line.number if paths[line.path].after is not None else 1
            yield _Found(line.path, at, loss)


def _is_renamed(hook: str, kept: Sequence[str]) -> bool:
    """Whether a hook came back under its name, or one that begins alike: `ruff`, `ruff-check`."""
    return any(other.startswith(hook) or hook.startswith(other) for other in kept)


def _tools_gone(
    texts: Sequence[ChangedText], gone: Sequence[_Line], new: Sequence[_Line]
) -> Iterator[_Found]:
    before = _runs(line for text in texts for line in _lines(text.path, text.before))
    after = _runs(line for text in texts for line in _lines(text.path, text.after))
    for tool, count in before.items():
        if after[tool] >= count:
            continue
        line = next((line for line in gone if tool in _tools(line)), None)
        left = after[tool]
        if line is None or (left and any(tool in _tools(other) for other in new)):
            continue  # of several steps, one was written anew
        often = f"{left} of {count} steps that did still do" if left else "no step does any more"
        loss = Loss(
            "check-removed",
            f"A step that ran {tool} is gone; of those in the changed files, {often}.",
            "Put it back, or say in the change what checks this now.",
            line.text,
            None,
        )
        share, severity = (1 / 3, Severity.INFO) if left else (1.0, Severity.WARNING)
        yield _Found(line.path, line.number, loss, share, severity)


def _runs(lines: Iterable[_Line]) -> Counter[str]:
    return Counter(tool for line in lines for tool in _tools(line))


def _tools(line: _Line) -> set[str]:
    """The tools that a line runs. Of hooks it is their ids that count, not what is said of them."""
    if line.path.endswith(_HOOKS) or _RUNS_NOTHING.search(line.text):
        return set()
    return set(_TOOL.findall(line.text))


def _weakened(gone: Sequence[_Line], new: Sequence[_Line]) -> Iterator[_Found]:
    for line in new:
        for weakening in _WEAKENINGS:
            if weakening.pattern.search(line.text) and not _never_mattered(line, weakening):
                before = _nearest(line, gone)
                if before is not None and weakening.pattern.search(before):
                    continue
                loss = Loss(
                    "check-weakened",
                    f"A check is switched off in {line.path}: {weakening.effect}.",
                    "Mend what the check finds, or say in the change why it may be passed over.",
                    before,
                    line.text,
                )
                yield _Found(line.path, line.number, loss)
                break


def _never_mattered(line: _Line, weakening: _Weakening) -> bool:
    if weakening.effect != _NO_MATTER or _tools(line):
        return False
    return bool(_CHECKS_NOTHING.search(line.text))


def _nearest(line: _Line, gone: Sequence[_Line]) -> str | None:
    texts = [other.text for other in gone if other.path == line.path]
    return next(iter(difflib.get_close_matches(line.text, texts, n=1, cutoff=0.5)), None)
