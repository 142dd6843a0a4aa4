from __future__ import annotations

import pytest

from scanner.analysis.parsing.templates import PartKind, read_template

#: Template, and its expressions.
EXPRESSIONS = [
    ("f''", []),
    ("f'text'", []),
    ("f'{{no}}'", []),
    ("f'\\N{BULLET}'", []),
    ("f'\\N{BULLET}{a}'", ["a"]),
    ("rf'\\N{a}'", ["a"]),
    ("f'\\{a}'", ["a"]),
    ("f'\\'{a}'", ["a"]),
    ("f'{a}'", ["a"]),
    ("f'{a!r}'", ["a"]),
    ("f'{a:b}'", ["a"]),
    ("f'{a!r:b{c}d{e!s}}{f}'", ["a", "c", "e", "f"]),
    ("f'{a = }'", ["a "]),
    ("f'{a=!r}'", ["a"]),
    ("f'{a = # b = c\n}'", ["a "]),
    ("f'{a # b = c\n}'", ["a # b = c\n"]),
    ("f'{a == b}'", ["a == b"]),
    ("f'{a != b}'", ["a != b"]),
    ("f'{a >= b!r}'", ["a >= b"]),
    ("f'{a[b:c]}'", ["a[b:c]"]),
    ("f'{ {1: 2}[1] }'", [" {1: 2}[1] "]),
    ("f'{(lambda: 1)()}'", ["(lambda: 1)()"]),
    ("f'{(a := 1)}'", ["(a := 1)"]),
    ("f'{a:=5}'", ["a"]),
    ("f'{'a'}'", ["'a'"]),
    ("f'{f'{b}'}'", ["f'{b}'"]),
    ("f'''{a['''b''']}'''", ["a['''b''']"]),
    ("f'''a'b''{c}'''", ["c"]),
    ('t"{a}\'{b}"', ["a", "b"]),
]


@pytest.mark.parametrize(("text", "expressions"), EXPRESSIONS)
def test_expressions(text: str, expressions: list[str]) -> None:
    quote = min(text.find(mark) for mark in "'\"" if mark in text)
    template = read_template(text + " + 'more'", quote, text[:quote])
    assert template.end == len(text)
    found = [part for part in template.parts if part.kind is PartKind.EXPRESSION]
    assert [text[part.start : part.end] for part in found] == expressions


@pytest.mark.parametrize("text", ["f'", "f'{", "f'{a", "f'{a:", "f'{a:{", "f'\\N{", "f'''a''"])
def test_a_template_without_an_end_takes_all(text: str) -> None:
    assert read_template(text, 1, "f").end == len(text)
