"""Every fix that comes with Tallystick. To add one: write its file, then a line here.

Nothing here imports LibCST, which takes 0.2 s: a codemod is imported when its fix is asked for.
"""

from __future__ import annotations

from importlib import import_module

from scanner.rulepacks.codemods.codemod import Codemod, Safety

#: The class of each rule's fix. Of one that can be safe, single places may still be unsafe.
SAFETY = {
    "always-true-none-check": Safety.SAFE,
    "always-true-assert": Safety.UNSAFE,
    "comment-repeats-code": Safety.SAFE,
    "exists-then-makedirs": Safety.SAFE,
    "exists-then-mkdir": Safety.UNSAFE,
    "file-never-closed": Safety.SAFE,
    "import-of-own-language": Safety.SAFE,
    "is-with-literal": Safety.UNSAFE,
    "logged-exception-without-traceback": Safety.UNSAFE,
    "logger-named-by-hand": Safety.UNSAFE,
    "logger-warn": Safety.SAFE,
    "or-default-drops-zero": Safety.UNSAFE,
    "process-failure-ignored": Safety.UNSAFE,
    "raise-not-implemented-constant": Safety.UNSAFE,
    "raise-without-cause": Safety.UNSAFE,
    "text-without-encoding": Safety.UNSAFE,
    "type-compared-by-equality": Safety.SAFE,
}


def codemod_of(rule: str) -> Codemod:
    """The fix of a rule that is listed."""
    module = import_module(f"scanner.rulepacks.codemods.{rule.replace('-', '_')}")
    codemod = module.CODEMOD
    assert isinstance(codemod, Codemod)
    return codemod
