"""Every rule in code that looks at one unit. To add one: write its file, then two lines here."""

from __future__ import annotations

from scanner.rulepacks.unit_rules import (
    bare_except,
    cancellation_swallowed,
    exists_then_makedirs,
    exists_then_mkdir,
    failure_becomes_default,
    handler_never_reached,
    log_and_raise,
    logged_exception_without_traceback,
    printed_exception,
    raise_generic_exception,
    raise_not_implemented_constant,
    raise_without_cause,
    return_in_finally,
    suppress_everything,
    swallowed_exception,
)

_MODULES = (
    swallowed_exception,
    bare_except,
    failure_becomes_default,
    printed_exception,
    logged_exception_without_traceback,
    log_and_raise,
    raise_without_cause,
    raise_generic_exception,
    raise_not_implemented_constant,
    return_in_finally,
    handler_never_reached,
    cancellation_swallowed,
    suppress_everything,
    exists_then_makedirs,
    exists_then_mkdir,
)
RULES = tuple(module.RULE for module in _MODULES)
BY_ID = {rule.id: rule for rule in RULES}
#: Where each rule is written down, as `rules list` shows it.
SOURCES = {
    module.RULE.id: f"scanner/rulepacks/unit_rules/{module.__name__.rsplit('.', 1)[-1]}.py"
    for module in _MODULES
}
