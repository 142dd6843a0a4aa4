"""No expression takes the square of a text's length: each is run on what its repeats like best."""

from __future__ import annotations

import re
from collections.abc import Iterable

from scanner.base.budget import OverBudget, processor_seconds
from tests.hostile.expressions import Expression, all_expressions

#: A linear expression takes milliseconds for 10,000 characters, a quadratic one far more.
ENOUGH_SECONDS = 0.15


def goes_astray(expression: Expression) -> str | None:
    """The beginning of a text that an expression does not get through, or None."""
    compiled = expression.compiled()
    text = ""
    try:
        for text in expression.texts():
            given = text.encode("latin-1", "replace") if expression.is_bytes else text
            with processor_seconds(ENOUGH_SECONDS):
                if expression.anywhere:
                    for _ in compiled.finditer(given):
                        pass
                else:
                    compiled.match(given)
                    compiled.fullmatch(given)
    except OverBudget:
        return repr(text[:60])
    return None


def test_a_bad_expression_is_found() -> None:
    bad = (r"#.*\bnoqa\b", r"\s+$", r"(a|a)*b", r"(\w+\.)+\w+;")
    for pattern in bad:
        assert goes_astray(Expression("here", pattern, 0, anywhere=True)) is not None
    assert goes_astray(Expression("here", r"a*b", 0, anywhere=False)) is None
    assert goes_astray(Expression("here", r"#[^#\n]*", re.MULTILINE, anywhere=True)) is None


def bad_among(expressions: Iterable[Expression]) -> dict[str, str]:
    return {
        f"{one.where}: {one.pattern[:60]!r}": text
        for one in expressions
        if (text := goes_astray(one)) is not None
    }


def test_every_expression_of_the_program_takes_time_in_proportion_to_the_text() -> None:
    own = [one for one in all_expressions() if not one.where.startswith("rules/")]
    assert len(own) > 150
    assert bad_among(own) == {}


def test_every_expression_of_the_rules_takes_time_in_proportion_to_the_text() -> None:
    rules = [one for one in all_expressions() if one.where.startswith("rules/")]
    assert len(rules) > 50
    assert bad_among(rules) == {}
