"""Checks of CI and of hooks that a change takes away or makes toothless.

A step is a check by the tool that it runs, itself or through what it calls, and a check is gone
only if no equal one is run anywhere.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from scanner.base.model import Finding, Severity
from scanner.config import GuardPoints
from scanner.guards.check_steps import (
    CHECK_PATHS,
    FOREIGN_WORKFLOW,
    HOOKS,
    ChangedText,
    Line,
    StepsTree,
    TextsTree,
    automated,
    block,
    left_over,
    lines_of,
    reached,
    running,
)
from scanner.guards.check_tools import (
    FORMATTERS,
    UPLOADS,
    is_replaced,
    runs,
    runs_tests,
    says_check,
)
from scanner.guards.finding import Loss, in_file, tampering

__all__ = ["CHECK_PATHS", "ChangedText", "lost_checks"]

_PUT_BACK = "Put it back, or say in the change what checks this now."


@dataclass(frozen=True, slots=True)
class _Weakening:
    """A way to make a check toothless; `is_of_block`: its whole step or job, not its line alone."""

    pattern: re.Pattern[str]
    effect: str
    is_of_block: bool = False


def _of_line(pattern: str, effect: str) -> _Weakening:
    return _Weakening(re.compile(pattern), effect)


def _of_block(pattern: str, effect: str) -> _Weakening:
    return _Weakening(re.compile(pattern), effect, is_of_block=True)


_SET_ERRORS_OFF = re.compile(r"(?<!\w)set \+e\b")
_NO_MATTER = "its failure no longer matters"
_NOT_ALL = "some tests are not run"
_WEAKENINGS = (
    _of_block(r"^continue-on-error:\s*['\"]?(?:true|\$\{\{\s*true)", _NO_MATTER),
    _of_block(r"^allow_failure:\s*true", _NO_MATTER),
    _of_block(r"^continueOnError:\s*true", _NO_MATTER),
    _of_line(r"\|\|\s*(?:true|:|exit 0|/bin/true|echo\b)", _NO_MATTER),
    _Weakening(_SET_ERRORS_OFF, _NO_MATTER, is_of_block=True),
    _of_line(r"^(?:run:[ \t]*)?echo\b", "it is only printed, not run"),
    _of_line(r"--collect-only\b|--co\b", "tests are collected and not run"),
    _of_line(r"--exit-zero\b|--exit-0\b|ignore_outcome|ignore_errors\s*=\s*true", _NO_MATTER),
    _of_block(r"^if:\s*['\"]?(?:\$\{\{\s*)?false", "it is never run"),
    _of_block(r"^when:\s*['\"]?(?:never|manual)", "it no longer runs by itself"),
    _of_block(r"^stages:\s*\[\s*manual\s*\]", "it no longer runs by itself"),
    _of_block(r"(?<!\w)SKIP[=:]\s*['\"]?\w", "hooks are skipped"),
    _of_line(r"--no-verify\b", "hooks are skipped"),
    _of_line(r"--deselect\b|(?<![\w-])-[km][= ]*['\"]?not\b|--ignore(?:-glob)?[= ]", _NOT_ALL),
)
_TRIGGER = re.compile(r"^['\"]?on['\"]?:|^(?:push|pull_request|merge_group|schedule)\b")
#: Longer lines are compared by their beginning.
_COMPARED = 200
_BAR = re.compile(r"fail[-_]under['\"]?[ \t]*+(?:[=:][ \t]*+)?(\d+(?:\.\d+)?)")


def lost_checks(
    texts: Sequence[ChangedText],
    points: GuardPoints,
    before: StepsTree | None = None,
    after: StepsTree | None = None,
) -> tuple[Finding, ...]:
    """A finding for each check that is run nowhere any more, and for each that lost its teeth.

    They are errors where tests could fail CI or a hook before and cannot any more.

    `before` and `after` are the whole trees; without them only the changed files are known.
    """
    if not texts:
        return ()
    old = before or TextsTree({t.path: t.before for t in texts if t.before is not None})
    new = after or TextsTree({t.path: t.after for t in texts if t.after is not None})
    change = _Change(texts, left_over(texts, before=True), left_over(texts, before=False), old, new)
    found = [*_gone(change), *_weakened(change), *_lowered(change), *_only_rewrites(change)]
    stops_tests = bool(found) and _can_tests_fail(old) and not _can_tests_fail(new)
    severity = Severity.ERROR if stops_tests else Severity.WARNING
    return tuple(
        tampering(loss, in_file(line.path, line.number), points.lost_check, severity)
        for line, loss in found
    )


def _can_tests_fail(tree: StepsTree) -> bool:
    """Whether a step of CI or a hook runs tests, and fails where they do."""
    return any(
        runs_tests(reached([line], tree)) and not _is_toothless(line, text)
        for path, text in automated(tree).items()
        for line in lines_of(path, text)
    )


def _is_toothless(line: Line, text: str) -> bool:
    return any(
        weakening.pattern.search(one.text)
        and (line.number in block(text, one.number) if weakening.is_of_block else one == line)
        for weakening in _WEAKENINGS
        if weakening.effect != _NOT_ALL
        for one in lines_of(line.path, text)
    )


@dataclass(frozen=True, slots=True)
class _Change:
    """The changed files, the lines that only one side has, and both trees."""

    texts: Sequence[ChangedText]
    gone: Sequence[Line]
    new: Sequence[Line]
    before: StepsTree
    after: StepsTree


_Found = Iterator[tuple[Line, Loss]]


def _gone(change: _Change) -> _Found:
    """The tools that ran and run nowhere any more, each where it stood."""
    if not any(line.tools or runs(line.text) or _TRIGGER.match(line.text) for line in change.gone):
        return
    by_hand = not automated(change.before)
    old, new = (running(side, or_by_hand=by_hand) for side in (change.before, change.after))
    if any(FOREIGN_WORKFLOW.match(line.text) for line in change.new):
        return  # what another repository's workflow runs cannot be read here
    for tool in sorted(old - new):
        if is_replaced(tool, old, new) or (tool == "fail-under" and _has_bar(change)):
            continue
        line = next((line for line in change.gone if tool in line.tools), None)
        if line is None:
            line = next(iter(change.gone), None)
        if line is None:
            continue
        yield line, _gone_loss(tool, line)


def _gone_loss(tool: str, line: Line) -> Loss:
    if line.path.endswith(HOOKS):
        name = tool.removeprefix("hook ")
        message = f"The hook {name} no longer runs, and no other hook does its work."
        return Loss("hook-removed", message, _PUT_BACK, line.text, None)
    message = f"No step runs {tool} any more, or another tool that does its work."
    return Loss("check-removed", message, _PUT_BACK, line.text, None)


def _weakened(change: _Change) -> _Found:
    added = {(line.path, line.number) for line in change.new}
    after = {text.path: text.after or "" for text in change.texts}
    for line in change.new:
        for weakening in _WEAKENINGS:
            if not weakening.pattern.search(line.text):
                continue
            checks = _checks_by_block if weakening.is_of_block else _checks_by_line
            before = _nearest(line, change.gone)
            had_it = before is not None and weakening.pattern.search(before)
            if had_it or not checks(line, after[line.path], change, added):
                continue
            loss = Loss(
                "check-weakened",
                f"A check is switched off in {line.path}: {weakening.effect}.",
                "Fix what the check finds, or say in the change why it may be skipped.",
                before,
                line.text,
            )
            yield line, loss
            break


_Checks = Callable[[Line, str, _Change, set[tuple[str, int]]], bool]


def _checks_by_block(line: Line, text: str, change: _Change, added: set[tuple[str, int]]) -> bool:
    """Whether a line stands in a step or job that checks something and did so before."""
    numbers = set(block(text, line.number))
    others = [one for one in lines_of(line.path, text) if one.number in numbers]
    if _SET_ERRORS_OFF.search(line.text) and any("$?" in one.text for one in others):
        return False  # the exit code is looked at by hand
    commands = [one for one in others if not UPLOADS.search(one.text)]
    checking = [one for one in commands if reached([one], change.after) or says_check(one.text)]
    before = frozenset(tool for one in change.gone for tool in one.tools)
    return any((one.path, one.number) not in added or one.tools & before for one in checking)


def _checks_by_line(line: Line, _text: str, change: _Change, _added: set[tuple[str, int]]) -> bool:
    """Whether a line runs a check in place of one that ran it whole."""
    tools = reached([line], change.after)
    if not tools and not says_check(line.text):
        return False
    was = [one for one in change.gone if one.path == line.path]
    return bool(tools & reached(was, change.before)) or _nearest(line, was) is not None


#: By these a formatter says what it would change, and fails; without them it changes it.
_ONLY_TELLS = re.compile(r"(?<!\S)(?:--check(?:-only)?|--diff|--list-different|-c)(?!\S)")
_COMPARES = re.compile(r"\bgit (?:diff|status)\b")


def _only_rewrites(change: _Change) -> _Found:
    """Formatters that failed on what they would change, and now change it and pass."""
    told = [line for line in change.gone if FORMATTERS & line.tools and _tells(line)]
    if not told or any(map(_tells, change.new)):
        return
    for line in change.new:
        before = next(
            (one for one in told if one.path == line.path and one.tools & line.tools), None
        )
        if before is not None:
            message = f"A check is switched off in {line.path}: the formatter no longer fails."
            hint = "Let it check, and rewrite files before they are committed."
            yield line, Loss("check-weakened", message, hint, before.text, line.text)


def _tells(line: Line) -> bool:
    return bool(_ONLY_TELLS.search(line.text) or _COMPARES.search(line.text))


#: Files in which a bar for coverage may stand whatever a command says.
_BAR_FILES = ("pyproject.toml", "setup.cfg", "tox.ini", ".coveragerc", "pytest.ini")


def _has_bar(change: _Change) -> bool:
    """Whether a bar for coverage stands in the settings: one that came down is told by itself."""
    texts = (change.after.read(path) for path in _BAR_FILES)
    return any(_BAR.search(text) for text in texts if text is not None)


def _lowered(change: _Change) -> _Found:
    """A bar for coverage that came down where it stands, or on its way to another file."""
    gone = [(line, float(m[1])) for line in change.gone if (m := _BAR.search(line.text))]
    for line in change.new:
        match = _BAR.search(line.text)
        if match is None or not gone:
            continue
        here = [one for one in gone if one[0].path == line.path] or gone
        texts = [one.text[:_COMPARED] for one, _ in here]
        (alike,) = difflib.get_close_matches(line.text[:_COMPARED], texts, n=1, cutoff=0)
        before, was = here[texts.index(alike)]
        if float(match[1]) < was:
            message = f"The coverage threshold drops from {was:g} to {match[1]}."
            hint = "Test what is missing, or say in the change why less will do."
            yield line, Loss("check-weakened", message, hint, before.text, line.text)


def _nearest(line: Line, gone: Sequence[Line]) -> str | None:
    texts = {other.text[:_COMPARED]: other.text for other in gone if other.path == line.path}
    close = difflib.get_close_matches(line.text[:_COMPARED], texts, n=1, cutoff=0.5)
    return texts[close[0]] if close else None
