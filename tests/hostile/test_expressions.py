"""No expression takes the square of a text's length: each is run on what its repeats like best."""

from __future__ import annotations

import re

from scanner.base.budget import OverBudget, processor_seconds
from tests.hostile.expressions import Expression, all_expressions

#: A linear expression takes a few milliseconds for 20,000 characters, a quadratic one seconds.
ENOUGH_SECONDS = 0.4


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
    bad = (r"#.*\bnoqa\b", r"\s+$", r"(a|a)*b", r"(\w+\.)+\w+;", r" *x")
    for pattern in bad:
        assert goes_astray(Expression("here", pattern, 0, anywhere=True)) is not None
    assert goes_astray(Expression("here", r"a*b", 0, anywhere=False)) is None
    assert goes_astray(Expression("here", r"#[^#\n]*", re.MULTILINE, anywhere=True)) is None


def test_every_expression_takes_time_in_proportion_to_the_text() -> None:
    expressions = all_expressions()
    assert len(expressions) > 150
    bad = {
        f"{one.where}: {one.pattern[:60]!r}": text
        for one in expressions
        if (text := goes_astray(one)) is not None
    }
    assert bad == {}
