"""PURE: fixes of rules applied to text, and which files may be written at all."""

from __future__ import annotations

import ast
import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from scanner.base.model import Problem, Stage
from scanner.rulepacks.hits import Fix


@dataclass(frozen=True, slots=True)
class Fixed:
    """A text with fixes applied, and those that were left out because they overlap another."""

    content: bytes
    applied: int
    left_out: tuple[Fix, ...]


@dataclass(frozen=True, slots=True)
class Patch:
    """A file to be rewritten in index and work tree, and the difference to show before that."""

    path: str
    before: bytes
    after: bytes
    diff: str
    applied: int


def apply_fixes(content: bytes, fixes: Iterable[Fix]) -> Fixed:
    """Replaces each fix's bytes. Of two that overlap, the one that begins first is applied."""
    pieces: list[bytes] = []
    left_out: list[Fix] = []
    position = applied = 0
    for fix in sorted(set(fixes), key=lambda one: (one.start, one.end, one.text)):
        if fix.start < position or not fix.start <= fix.end <= len(content):
            left_out.append(fix)
            continue
        pieces += [content[position : fix.start], fix.text.encode()]
        position = fix.end
        applied += 1
    pieces.append(content[position:])
    return Fixed(b"".join(pieces), applied, tuple(left_out))


def plan_patches(
    staged: Mapping[str, bytes],
    in_work_tree: Mapping[str, bytes | None],
    fixes: Mapping[str, Sequence[Fix]],
) -> tuple[tuple[Patch, ...], tuple[Problem, ...]]:
    """What to write, for the files in `fixes` alone.

    `staged` is the content in the index, `in_work_tree` the file on disk (None: not there). A file
    is left alone, with the reason, where the two differ (what is not staged would be mixed in or
    lost) and where the fixed text would no longer parse.
    """
    patches: list[Patch] = []
    problems: list[Problem] = []
    for path, wanted in fixes.items():
        planned = _plan(path, staged.get(path), in_work_tree.get(path), wanted)
        if isinstance(planned, Problem):
            problems.append(planned)
        elif planned is not None:
            patches.append(planned)
    return tuple(patches), tuple(problems)


def _plan(
    path: str, staged: bytes | None, on_disk: bytes | None, fixes: Sequence[Fix]
) -> Patch | Problem | None:
    if staged is None:
        return _refusal(path, "it is not in the index")
    if on_disk != staged:
        return _refusal(path, "the work tree has changes that are not staged")
    fixed = apply_fixes(staged, fixes)
    if fixed.content == staged:
        return None
    if _parses(staged) and not _parses(fixed.content):
        return _refusal(path, "the fixed text would not be valid Python")
    diff = _difference(path, staged, fixed.content)
    return Patch(path, staged, fixed.content, diff, fixed.applied)


def _refusal(path: str, why: str) -> Problem:
    return Problem(Stage.RULES, path, f"not fixed: {why}")


def _parses(content: bytes) -> bool:
    try:
        ast.parse(content)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _difference(path: str, before: bytes, after: bytes) -> str:
    old, new = (
        text.decode("utf-8", "replace").splitlines(keepends=True) for text in (before, after)
    )
    return "".join(difflib.unified_diff(old, new, f"a/{path}", f"b/{path}"))
