"""`exists-then-mkdir`: a folder is asked for before it is made."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from scanner.base.model import Severity, Span
from scanner.rulepacks.unit_rules.questions import asked_before
from scanner.rulepacks.unit_rules.rule import UnitRule, lines_of
from scanner.rulepacks.unit_rules.unit_code import UnitCode


def _find(code: UnitCode) -> Iterator[Span]:
    for node, question, answer in asked_before(code):
        match question, answer:
            case (
                ast.Call(ast.Attribute(asked, "exists"), [], []),
                ast.Call(ast.Attribute(made, "mkdir"), [], keywords),
            ) if ast.dump(asked) == ast.dump(made) and _are_parents(keywords):
                yield lines_of(node)


def _are_parents(keywords: list[ast.keyword]) -> bool:
    told = [(one.arg, getattr(one.value, "value", None)) for one in keywords]
    return told in ([], [("parents", True)])


RULE = UnitRule(
    "exists-then-mkdir",
    "edge-case",
    Severity.INFO,
    "Two processes that both find the folder missing both make it, and one fails. "
    "Pass `exist_ok=True` and drop the check.",
    ("mkdir",),
    _find,
    references=("CWE-367",),
    cases="""
def make_folder(folder):
    # ok: exists-then-mkdir
    folder.mkdir(parents=True, exist_ok=True)
    # ok: exists-then-mkdir
    if not folder.exists():
        folder.mkdir(parents=True, mode=0o700)


def one_of_several(dry, folder):
    if dry:
        return folder
    # ok: exists-then-mkdir
    elif not folder.exists():
        folder.mkdir()
    return folder


def asked_first(folder):
    # ruleid: exists-then-mkdir
    if not folder.exists():
        folder.mkdir(parents=True)
    # ruleid: exists-then-mkdir
    if not folder.parent.exists():
        folder.parent.mkdir()
""",
)
