"""What `check --fix` says: the differences, what becomes of each finding with a fix, and a sum."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.gate.fixes import FixAnswer, Fixes
from scanner.render.paths import sentence
from scanner.render.wording import counted


def render(fixes: Fixes, *, is_written: bool) -> str:
    """The text, with a line end. Said before anything is written."""
    for_each = [*_problems(fixes), *(_line(one, is_written=is_written) for one in fixes.answers)]
    lines = "".join(f"{line}\n" for line in (*for_each, _sum(fixes, is_written)))
    return "".join(patch.diff for patch in fixes.patches) + lines


def render_left(fixes: Fixes, *, each: bool) -> str:
    """The text beside a patch, with a line end: the sum, and why `each` of the others is left."""
    left = [one for one in fixes.answers if not one.is_applied]
    lines = [_line(one, is_written=False) for one in left] if each else []
    if left and not each:
        lines.append(f"{counted(len(left), 'finding')} would not be fixed; -v says why of each.")
    return "".join(f"{line}\n" for line in (*lines, _sum(fixes, is_written=False)))


def _problems(fixes: Fixes) -> Iterator[str]:
    for problem in fixes.problems:
        yield f"tallystick: {sentence(problem.path or 'rules')}: {sentence(problem.reason)}"


def _line(answer: FixAnswer, *, is_written: bool) -> str:
    place = f"{sentence(answer.path)}:{answer.line}: {sentence(answer.rule)}"
    if answer.reason is None:
        return f"{place}: {'fixed' if is_written else 'would be fixed'}"
    return f"{place}: not fixed: {sentence(answer.reason, 600)}"


def _sum(fixes: Fixes, is_written: bool) -> str:
    done = sum(one.is_applied for one in fixes.answers)
    if not fixes.answers:
        return "No fix could be looked for." if fixes.problems else "There is nothing to fix."
    if not fixes.patches:
        return "Nothing was fixed." if is_written else "Nothing would be fixed."
    what = f"{counted(done, 'finding')} in {counted(len(fixes.patches), 'file')}"
    if not is_written:
        return f"{what} would be fixed; nothing was written."
    return f"Fixed {what} of the work tree; `git add` takes that in."
