"""`exists-then-makedirs`: a folder is asked for before it is made."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from scanner.base.model import Severity, Span
from scanner.rulepacks.unit_rules.questions import asked_before
from scanner.rulepacks.unit_rules.rule import UnitRule, lines_of
from scanner.rulepacks.unit_rules.unit_code import UnitCode, dotted

_QUESTIONS = ("os.path.exists", "os.path.isdir", "path.exists", "path.isdir")


def _find(code: UnitCode) -> Iterator[Span]:
    for node, question, answer in asked_before(code):
        match question, answer:
            case ast.Call(asked_by, [asked], []), ast.Call(made_by, [made], []) if (
                dotted(asked_by) in _QUESTIONS
                and dotted(made_by) == "os.makedirs"
                and ast.dump(asked) == ast.dump(made)
            ):
                yield lines_of(node)


RULE = UnitRule(
    "exists-then-makedirs",
    "edge-case",
    Severity.INFO,
    "Two processes that both find the folder missing both make it, and one fails. "
    "Pass `exist_ok=True` and drop the check.",
    ("makedirs",),
    _find,
    references=("CWE-367",),
    cases="""
import os


def make(path):
    # ok: exists-then-makedirs
    os.makedirs(path, exist_ok=True)
    # ok: exists-then-makedirs
    if not os.path.exists(path):
        raise FileNotFoundError(path)
    # ok: exists-then-makedirs
    if not os.path.exists(path):
        os.makedirs(path)
        path.is_new = True


def make_or_refuse(folder):
    # ok: exists-then-makedirs
    if not os.path.exists(folder):
        os.makedirs(folder)
    elif os.path.islink(folder):
        raise ValueError(folder)


def one_of_several(dry, folder):
    if dry:
        return folder
    # ok: exists-then-makedirs
    elif not os.path.isdir(folder):
        os.makedirs(folder)
    return folder


def asked_first(path, folder):
    # ruleid: exists-then-makedirs
    if not os.path.exists(path):
        os.makedirs(path)
    # ruleid: exists-then-makedirs
    if not os.path.isdir(folder):
        os.makedirs(folder)
""",
)
