"""The words for fixes that all formats share, and the code that a fix puts in place of lines."""

from __future__ import annotations

from scanner.base import model
from scanner.gate.fixable import safety_for
from scanner.render.paths import printable, sentence
from scanner.rulepacks.codemods.codemod import Safety


def apply_with(finding: model.Finding, *, is_work_tree: bool = False) -> str:
    """How a fix for a finding that is staged, or edited in the work tree, is applied; empty where
    its rule has none.
    """
    more = " --worktree" if is_work_tree else ""
    match safety_for(finding):
        case Safety.SAFE:
            return f"`tallystick check --fix{more}`"
        case Safety.UNSAFE:
            return _unsafe(finding, f"tallystick check --fix=unsafe{more}", " --diff")
        case None:
            return ""


def apply_standing(finding: model.Finding) -> str:
    """How a fix for a finding of a tree is applied to the work tree; empty where there is none."""
    match safety_for(finding):
        case Safety.SAFE:
            return "`tallystick scan --patch | git apply`"
        case Safety.UNSAFE:
            return _unsafe(finding, "tallystick scan --patch=unsafe")
        case None:
            return ""


def _unsafe(finding: model.Finding, command: str, shown: str = "") -> str:
    """What a command does for a finding: of some, only a look at the code says whether there is a
    fix at all, and then the command with what `shown` adds.
    """
    match finding.evidence:
        case model.CopyOf(call=None):
            return f"`{command}{shown}` shows a function for both, where one can be made"
        case model.Growth():
            return f"`{command}{shown}` shows a first step, where one makes it simpler"
    return f"`{command}`, which may change what the code does"


def described(fix: model.ProposedFix) -> str:
    """What a fix is, in one sentence."""
    if fix.doubt is None:
        return "A safe fix: the code does what it did."
    return f"An unsafe fix: {sentence(fix.doubt)}."


def lines_of(change: model.LineChange) -> str:
    """`line 3`, `lines 3 to 5`, or `before line 3`."""
    if change.last < change.first:
        return f"before line {change.first}"
    if change.first == change.last:
        return f"line {change.first}"
    return f"lines {change.first} to {change.last}"


def code_of(change: model.LineChange) -> str:
    """The code that replaces the lines, in which no character hides."""
    lines = change.text.split("\n")
    is_plain = (line.replace("\t", " ").isprintable() for line in lines)
    return "\n".join(
        line if plain else printable(line) for line, plain in zip(lines, is_plain, strict=True)
    )
