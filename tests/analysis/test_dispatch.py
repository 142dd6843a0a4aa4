"""A flat dispatch weighs one decision; branches that hold more weigh as everywhere."""

from __future__ import annotations

import ast
from textwrap import dedent

import pytest

from scanner.analysis.metrics.dispatch import dispatched
from scanner.base.model import Dispatched


def cases(step: str, count: int = 6) -> str:
    """A function that matches a kind; `{n}` in a step is the number of its case."""
    body = "".join(f"        case {n}:\n" + indented(step.format(n=n), 12) for n in range(count))
    return f"def f(kind, order):\n    match kind:\n{body}        case _:\n            return None\n"


def chain(test: str, step: str = "return {n}", count: int = 6) -> str:
    """The same as a chain of `if` and `elif`."""
    words = ("if", *["elif"] * (count - 1))
    branches = (
        f"    {word} {test.format(n=n)}:\n" + indented(step.format(n=n), 8)
        for n, word in enumerate(words)
    )
    return "def f(kind, order):\n" + "".join(branches)


def indented(step: str, by: int) -> str:
    return "".join(" " * by + line + "\n" for line in step.splitlines())


def of(text: str) -> Dispatched:
    return dispatched(ast.parse(dedent(text)))


@pytest.mark.parametrize(
    "text",
    [
        chain("kind == {n}", count=3),
        chain("kind == {n} and order.paid"),
        chain("kind > {n}"),
        chain("order.step_{n} == kind"),
        chain("kind.is_{n}()"),
        chain("kind == {n}", "if order.paid:\n    return {n}"),
        chain("kind == {n}", "a = {n}\nb = a + 1\nreturn b"),
        chain("kind == {n}", "return {n} if order.paid else 0"),
        chain("kind == {n}", "return [line for line in order if line]"),
        cases("return {n}", count=3),
        cases("for line in order:\n    line.pay()"),
        cases("a = {n}\nb = a + 1\nreturn b"),
        "def f(kind):\n" + "".join(f"    if kind == {n}:\n        a({n})\n" for n in range(6)),
    ],
)  # fmt: skip
def test_these_branches_weigh_as_everywhere(text: str) -> None:
    assert of(text) == Dispatched()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (cases("return {n}"), Dispatched(5, 0)),
        (cases("order.pay({n})\nreturn order"), Dispatched(5, 0)),
        (cases("return {n}", count=100), Dispatched(99, 0)),
        (chain("kind == {n}"), Dispatched(0, 5)),
        (chain("kind == 'a{n}'", "order.pay({n})"), Dispatched(0, 5)),
        (chain("kind in ('a{n}', 'b{n}')"), Dispatched(0, 5)),
        (chain("kind is Kind.A{n}"), Dispatched(0, 5)),
        (chain("isinstance(kind, A{n})"), Dispatched(0, 5)),
        (chain("order.kind == {n}"), Dispatched(0, 5)),
        (chain("kind == {n}") + "    else:\n        raise ValueError(kind)\n", Dispatched(0, 5)),
        (chain("kind == {n}").replace("elif", "if"), Dispatched(0, 5)),  # each returns
        # one branch that holds more weighs, the others do not
        (chain("kind == {n}").replace("return 3", "return [x for x in order]"), Dispatched(0, 4)),
        # two in a row are two
        (cases("return {n}", 4) + cases("return {n}", 4), Dispatched(6, 0)),
        # a function inside has its own
        ("def g():\n" + indented(cases("return {n}"), 4) + "    return f\n", Dispatched()),
    ],
)
def test_flat_branches_weigh_one_decision(text: str, expected: Dispatched) -> None:
    assert of(text) == expected
