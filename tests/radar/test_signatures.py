"""Calls that fit a signature, and calls that do not: as Python binds them."""

from __future__ import annotations

import ast

import pytest

from scanner.analysis.parsing.functions import FunctionNode
from scanner.radar.signatures import fits, shape_of, signature_of

#: (signature, call, whether Python binds it).
CASES = [
    ("()", "f()", True),
    ("(a)", "f(1)", True),
    ("(a)", "f(a=1)", True),
    ("(a, b=1)", "f(1)", True),
    ("(a, b=1)", "f(1, b=2)", True),
    ("(a, *, b=1)", "f(1, b=2)", True),
    ("(*a)", "f(1, 2, 3)", True),
    ("(**a)", "f(x=1)", True),
    ("(a, /, **rest)", "f(1, a=2)", True),
    ("(a)", "f()", False),
    ("(a)", "f(1, 2)", False),
    ("(a)", "f(b=1)", False),
    ("(a)", "f(1, a=2)", False),
    ("(a, /)", "f(a=1)", False),
    ("(a, *, b)", "f(1)", False),
    ("(a, *, b)", "f(1, 2)", False),
    ("(a, b, c=1)", "f(1, c=2)", False),
]


@pytest.mark.parametrize(("signature", "call", "binds"), CASES)
def test_a_call_fits_where_python_binds_it(signature: str, call: str, binds: bool) -> None:
    (function,) = ast.parse(f"def f{signature}: pass").body
    assert isinstance(function, FunctionNode)
    node = ast.parse(call, mode="eval").body
    assert isinstance(node, ast.Call)
    shape = shape_of(node)
    assert shape is not None
    assert fits(shape, signature_of(function, is_method=False)) is binds


@pytest.mark.parametrize("call", ["f(*rest)", "f(**options)", "f(1, *rest, a=2)"])
def test_what_is_known_only_when_it_runs_is_not_asked(call: str) -> None:
    node = ast.parse(call, mode="eval").body
    assert isinstance(node, ast.Call)
    assert shape_of(node) is None


@pytest.mark.parametrize(
    ("text", "positional"),
    [
        ("def f(self, a): pass", ("a",)),
        ("@classmethod\ndef f(cls, a): pass", ("a",)),
        ("@staticmethod\ndef f(a): pass", ("a",)),
    ],
)
def test_what_a_caller_of_a_method_gives(text: str, positional: tuple[str, ...]) -> None:
    (function,) = ast.parse(text).body
    assert isinstance(function, FunctionNode)
    assert signature_of(function, is_method=True).positional == positional
