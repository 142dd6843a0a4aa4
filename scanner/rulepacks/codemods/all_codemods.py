"""Every fix that comes with Tallystick. To add one: write its file, then a line here.

Nothing here imports LibCST, which takes 0.2 s: a codemod is imported when its fix is asked for.
"""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

from scanner.rulepacks.codemods.codemod import Codemod, ConventionCodemod, Edits, Safety

#: The class of each rule's fix. Of one that can be safe, single places may still be unsafe.
SAFETY = {
    "always-true-none-check": Safety.SAFE,
    "always-true-assert": Safety.UNSAFE,
    "comment-repeats-code": Safety.SAFE,
    "deprecated-standard-module": Safety.SAFE,
    "exists-then-makedirs": Safety.SAFE,
    "exists-then-mkdir": Safety.UNSAFE,
    "file-never-closed": Safety.SAFE,
    "handler-never-reached": Safety.UNSAFE,
    "import-of-own-language": Safety.SAFE,
    "is-with-literal": Safety.UNSAFE,
    "logged-exception-without-traceback": Safety.UNSAFE,
    "logger-named-by-hand": Safety.UNSAFE,
    "logger-warn": Safety.SAFE,
    "or-default-drops-zero": Safety.UNSAFE,
    "process-failure-ignored": Safety.UNSAFE,
    "raise-not-implemented-constant": Safety.UNSAFE,
    "raise-without-cause": Safety.UNSAFE,
    "temporary-descriptor-leaked": Safety.SAFE,
    "text-without-encoding": Safety.UNSAFE,
    "type-compared-by-equality": Safety.SAFE,
    "unreachable-after-exit": Safety.SAFE,
}

#: The class of the fix of departures from a convention, and towards which alternatives of its
#: family there is one; `*` is any name.
CONVENTIONS = {
    "class-base": (Safety.SAFE, ("none",)),
    "docstring-opening": (Safety.SAFE, ("first line", "next line")),
    "else-after-return": (Safety.SAFE, ("none",)),
    "empty-collection": (Safety.SAFE, ("literal", "call")),
    "empty-return": (Safety.SAFE, ("bare", "None")),
    "environment-access": (Safety.SAFE, ("environ.get", "getenv")),
    "exception-name": (Safety.SAFE, ("*",)),
    "guard-style": (Safety.SAFE, ("early",)),
    "init-annotation": (Safety.SAFE, ("given",)),
    "local-name": (Safety.SAFE, ("snake case",)),
    "log-in-handler": (Safety.SAFE, ("exception", "exc_info")),
    "log-warning": (Safety.SAFE, ("warning",)),
    "mapping-style": (Safety.SAFE, ("comprehension",)),
    "open-context": (Safety.SAFE, ("with",)),
    "quotes": (Safety.SAFE, ("double", "single")),
    "raise-chaining": (Safety.UNSAFE, ("from the cause",)),
    "raise-message": (Safety.SAFE, ("in place", "variable")),
    "string-formatting": (Safety.SAFE, ("f-string",)),
    "subprocess-check": (Safety.SAFE, ("said",)),
    "super-call": (Safety.SAFE, ("without arguments",)),
    "test-annotations": (Safety.SAFE, ("given",)),
    "text-encoding": (Safety.UNSAFE, ("given",)),
    "unused-loop-name": (Safety.SAFE, ("underscore",)),
    "utc-name": (Safety.SAFE, ("timezone.utc", "UTC")),
}
#: Findings of complexity for which there may be a first step, which is never made unasked.
STEPS = frozenset(("complexity.cognitive", "complexity.nesting"))
_OF_CONVENTIONS = "deviation/"


def safety_of(rule: str, usual: str | None = None) -> Safety | None:
    """The class of the fix for a finding of a rule; None where it has none.

    For a departure from a convention, `usual` is the alternative that is asked for.
    """
    if usual is None:
        return SAFETY.get(rule)
    safety, known = CONVENTIONS.get(rule.removeprefix(_OF_CONVENTIONS), (None, ()))
    return safety if usual in known or "*" in known else None


def edits_of(rule: str, usual: str | None = None) -> Edits:
    """The fix of a rule that is listed."""
    if usual is None:
        return codemod_of(rule).edits
    return convention_codemod_of(rule.removeprefix(_OF_CONVENTIONS)).towards(usual)


def codemod_of(rule: str) -> Codemod:
    """The fix of a rule that is listed."""
    codemod = _module(rule).CODEMOD
    assert isinstance(codemod, Codemod)
    return codemod


def convention_codemod_of(family: str) -> ConventionCodemod:
    """The fix of departures from a convention that is listed."""
    codemod = _module(f"conventions.{family}").CODEMOD
    assert isinstance(codemod, ConventionCodemod)
    return codemod


def _module(name: str) -> ModuleType:
    return import_module(f"scanner.rulepacks.codemods.{name.replace('-', '_')}")
