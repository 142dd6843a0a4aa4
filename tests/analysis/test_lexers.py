"""Every reader of tokens knows where strings end and comments begin, newer f-strings included."""

from __future__ import annotations

import pytest

from scanner.analysis.clones.clone_tokens import statements
from scanner.analysis.parsing.comments import comments_in
from scanner.analysis.tokens import lex
from scanner.durability.texts import marks_of

# A text, and its comments as (line, text).
CASES = {
    "no comment": ("x = 1\n", []),
    "in a string": ("x = '#'\n", []),
    "in a bytes string": ("x = rb'\\#'\n", []),
    "in a long string": ("x = '''\n# a\n'''\n", []),
    "in a string with an escaped quote": ("x = 'a\\'# b'\n", []),
    "in a template": ('x = f"# {a} #"\n', []),
    "in a template's own quotes": ('x = f"{d["#"]}"\n', []),
    "in quotes of both kinds": ("x = f'{d[\"#\"]} {d['#']}'\n", []),
    "in a template's raw text": ('x = rf"\\#{a}"\n', []),
    "in a format": ('x = f"{a:#x}"\n', []),
    "in a nested format": ('x = f"{a:{"#"}>10}"\n', []),
    "in a t-string": ('x = t"{d["#"]}"\n', []),
    "doubled braces": ('x = f"{{#}}"\n', []),
    "after a template": ('x = f"{d["a"]}"  # b\n', [(1, "# b")]),
    "after an empty template": ('x = f""  # b\n', [(1, "# b")]),
    "after a long template": ('x = f"""\n{d["a"]}\n"""  # b\n', [(3, "# b")]),
    "after a string": ("x = '#'  # a\n", [(1, "# a")]),
    "after a continued line": ("x = 1 + \\\n    2  # a\n", [(2, "# a")]),
    "alone": ("# a\n\n# b\nx = 1\n", [(1, "# a"), (3, "# b")]),
    "after a string that never ends": ("x = 'a\ny = 1  # b\n", [(2, "# b")]),
}
#: What a single expression does not tell; `comments_in` does.
LEXER_ALONE = {
    "within a field": ('x = f"{a  # b\n}"\n', [(1, "# b")]),
    "within a long template": ('x = f"""{\n    a  # b\n}"""  # c\n', [(2, "# b"), (3, "# c")]),
    "fields three deep": ('x = f"{f"{f"{d["#"]}"}"}"  # a\n', [(1, "# a")]),
}


@pytest.mark.parametrize("name", CASES | LEXER_ALONE)
def test_comments(name: str) -> None:
    text, expected = (CASES | LEXER_ALONE)[name]
    assert [(found.line, found.text) for found in comments_in(text)] == expected
    for found in comments_in(text):
        assert text.split("\n")[found.line - 1][found.column :].startswith(found.text)


@pytest.mark.parametrize("name", CASES)
def test_tokens_hold_no_comment_and_all_else(name: str) -> None:
    text, expected = CASES[name]
    bare = text
    for _, comment in expected:
        bare = bare.replace(comment, "")
    assert lex(text)[0] == lex(bare)[0]
    cut, without = [list(statements(one)) for one in (text, bare)]
    assert [one.tokens for one in cut] == [one.tokens for one in without]


@pytest.mark.parametrize("name", CASES)
def test_a_line_of_code_is_one_whatever_stands_in_strings(name: str) -> None:
    text, expected = CASES[name]
    lines = text.split("\n")[:-1]
    bare = {line for line, comment in expected if lines[line - 1] == comment}
    for number, line in enumerate(lines, 1):
        marked = marks_of(lines, [number - 1])[number - 1]
        assert marked == (number not in bare and line != "")
