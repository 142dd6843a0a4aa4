"""The rules that are written in code, because they look at a whole tree: what they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from scanner.base.model import Severity, Span
from scanner.config import Settings
from scanner.rulepacks.hits import RuleHit, identity, is_silenced

#: Where they are written down, as `rules list` shows it.
TREE_RULES_SOURCE = "scanner/rulepacks/tree_rules.py"


@dataclass(frozen=True, slots=True)
class TreeRule:
    """A rule that comes with Tallystick and is no semgrep rule."""

    id: str
    category: str
    severity: Severity
    points: float
    message: str
    is_opt_in: bool = False

    @property
    def line(self) -> int:
        """The line of this file that its id stands in."""
        lines = Path(__file__).read_text("utf-8").split("\n")
        return next(number for number, line in enumerate(lines, 1) if f'"{self.id}"' in line)

    def hit(self, message: str, span: Span, lines: Sequence[str], key: str) -> RuleHit:
        """A hit in the lines of a file; `key` is what tells it from others of the rule.

        As for semgrep, a `# nosemgrep` comment in its first line, or the one above, speaks for it.
        """
        near = lines[max(0, span.first - 2) : span.first]
        return RuleHit(
            self.id,
            self.category,
            self.severity,
            self.points,
            message,
            (),
            span,
            identity(near[-1].encode("utf-8", "replace"))[0],
            identity(key.encode("utf-8", "replace"))[1],
            any(is_silenced(line, self.id) for line in near),
        )


UNDECLARED_IMPORT = TreeRule(
    "undeclared-import",
    "architecture",
    Severity.WARNING,
    5,
    "A module is imported that this tree neither contains nor declares: it is missing, there by "
    "accident, or possibly a made-up package that anybody could register. Declare it, or import "
    "what is there.",
)
DUPLICATE_HELPER_NAME = TreeRule(
    "duplicate-helper-name",
    "architecture",
    Severity.INFO,
    1,
    "A new function has the name of one in another module that takes and returns the same: readers "
    "will confuse the two and fix only one. Call that one, or find another name.",
)
LOST_GUARD = TreeRule(
    "lost-guard",
    "correctness",
    Severity.INFO,
    0,
    "A check, a lock, a handler or the like stood before a statement that the change leaves "
    "standing, and nothing stands in for it. Put it back before the statement, or say in the "
    "change's message why it may go.",
    is_opt_in=True,
)
TREE_RULES = (UNDECLARED_IMPORT, DUPLICATE_HELPER_NAME, LOST_GUARD)


def coded_in_force(settings: Settings) -> frozenset[str]:
    """The ids of the rules in code that the settings leave on: they come with the default rules."""
    return frozenset(
        rule.id
        for rule in TREE_RULES
        if settings.default_rules and settings.asks(rule.id, is_opt_in=rule.is_opt_in)
    )
