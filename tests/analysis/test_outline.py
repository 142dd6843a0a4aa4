from __future__ import annotations

import ast
from pathlib import Path
from textwrap import dedent

import pytest

from scanner.analysis.parsing import chunks
from scanner.analysis.parsing.cutting import cut
from scanner.analysis.parsing.outline import (
    ReadFile,
    code_lines,
    read_outline,
    unit_lines,
    unit_source,
)
from scanner.analysis.parsing.source import PLACEHOLDER, split_lines
from scanner.analysis.parsing.syntax import parse
from scanner.base.model import Problem, Span, UnitKind

from .real_code import read, sample


def outline(text: str) -> list[tuple[str, str, int, int]]:
    units = read(dedent(text).lstrip("\n")).outline.units
    return [(unit.name, str(unit.kind), unit.span.first, unit.span.last) for unit in units]


def texts(text: str) -> dict[str, str]:
    file = read(dedent(text).lstrip("\n"))
    return {unit.name: unit_source(file, unit).text for unit in file.outline.units}


# --------------------------------------------------------------------------- which units there are


def test_an_empty_file_is_a_module_of_no_lines() -> None:
    assert read("").outline.units[0].span == Span(1, 0)
    assert texts("") == {"<module>": ""}


def test_lambdas_closures_and_local_classes_belong_to_their_function() -> None:
    assert outline(
        """
        def outer():
            def inner():
                pass
            class Local:
                def method(self):
                    pass
            return lambda: 1
        """
    ) == [("<module>", "module", 1, 7), ("outer", "function", 1, 7)]


def test_methods_at_any_nesting_of_classes() -> None:
    assert outline(
        """
        class A:
            def f(self): ...
            class B:
                async def g(self): ...
        def h(): ...
        """
    ) == [
        ("<module>", "module", 1, 5),
        ("A", "class", 1, 4),
        ("A.f", "method", 2, 2),
        ("A.B", "class", 3, 4),
        ("A.B.g", "method", 4, 4),
        ("h", "function", 5, 5),
    ]


def test_definitions_in_blocks_of_a_module_or_class() -> None:
    assert outline(
        """
        if x:
            def a(): ...
        else:
            def a(): ...
        try:
            class B:
                for _ in y:
                    def c(self): ...
        except E:
            def d(): ...
        with z:
            while True:
                def e(): ...
        match w:
            case 1:
                def f(): ...
        """
    ) == [
        ("<module>", "module", 1, 16),
        ("a", "function", 2, 2),
        ("a#2", "function", 4, 4),
        ("B", "class", 6, 8),
        ("B.c", "method", 8, 8),
        ("d", "function", 10, 10),
        ("e", "function", 13, 13),
        ("f", "function", 16, 16),
    ]


def test_a_name_defined_again_gets_a_number() -> None:
    names = [
        name
        for name, *_ in outline(
            """
        class C:
            @property
            def x(self): ...
            @x.setter
            def x(self, value): ...
        @overload
        def f(a): ...
        @overload
        def f(b): ...
        def f(c): ...
        """
        )
    ]
    assert names == ["<module>", "C", "C.x", "C.x#2", "f", "f#2", "f#3"]


def test_decorators_belong_to_the_unit_wherever_they_begin() -> None:
    assert outline(
        """
        # not part of it
        @(
            one
        )
        # part of it
        @two
        def f(): ...
        @three(
            1,
        )
        class C: ...
        """
    )[1:] == [("f", "function", 2, 7), ("C", "class", 8, 11)]


def test_comments_below_a_body_belong_to_it_if_they_are_indented_like_it() -> None:
    assert outline(
        """
        class C:
            def f(self):
                pass

                # of f
            # of C

            # of C too
        # of the module
        x = 1
        """
    )[1:] == [("C", "class", 1, 8), ("C.f", "method", 2, 5)]


# --------------------------------------------------------------------------- texts and contents


def test_skeletons_leave_out_inner_units_and_the_blank_lines_between_statements() -> None:
    assert texts(
        '''
        """Doc.

        More."""

        import a

        class C(A):
            """Doc."""

            x = 1

            def f(self):
                return 1

            y = (
                2,

                3,
            )


        def g():
            return 2

        # note
        z = 3
        '''
    ) == {
        "<module>": '"""Doc.\n\nMore."""\nimport a\n# note\nz = 3\n',
        "C": 'class C(A):\n    """Doc."""\n    x = 1\n    y = (\n        2,\n\n        3,\n    )\n',
        "C.f": "def f(self):\n    return 1\n",
        "g": "def g():\n    return 2\n",
    }


def test_a_suite_that_cutting_empties_gets_a_placeholder() -> None:
    assert texts(
        """
        class C:
            @property
            def f(self): ...
        if x:
            class D: ...
        else:
            def g(): ...
            y = 1
        """
    ) == {
        "<module>": f"if x:\n    {PLACEHOLDER}\nelse:\n    y = 1\n",
        "C": f"class C:\n    {PLACEHOLDER}\n",
        "C.f": "@property\ndef f(self): ...\n",
        "D": "class D: ...\n",
        "g": "def g(): ...\n",
    }


def test_a_blank_line_that_a_backslash_leads_to_stays() -> None:
    assert texts("x = 1\\\n\n\ndef f(): ...\ny = 2\n")["<module>"] == "x = 1\\\n\ny = 2\n"


def test_a_form_feed_in_the_indentation_of_a_method() -> None:
    found = texts("class C:\n    def f(self):\n\f        if a:\n    \f            b\n        c\n")
    assert found["C.f"] == "def f(self):\n    if a:\n        b\n    c\n"


def test_adding_a_function_leaves_every_other_content_as_it_was() -> None:
    before = read("import a\n\n\nx = 1\n\n\nclass C:\n    y = 1\n")
    after = read(
        "import a\n\n\ndef f():\n    pass\n\n\nx = 1\n\n\nclass C:\n    y = 1\n\n    def g(self):\n"
        "        pass\n"
    )
    kept = {unit.name: unit.content for unit in after.outline.units}
    assert all(kept[unit.name] == unit.content for unit in before.outline.units)


def test_equal_text_at_another_indentation_has_equal_content() -> None:
    file = read(
        "def f(self):\n    '''Doc.\n\n    More.'''\n    return 1\nclass C:\n    def f(self):\n"
        "        '''Doc.\n\n        More.'''\n        return 1\n"
    )
    contents = {unit.name: unit.content for unit in file.outline.units}
    assert contents["f"] == contents["C.f"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("def f():\n    return 1\n", "def f():\n    return 2\n"),
        ("def f():\n    return 1\n", "def f():\n    # why\n    return 1\n"),
        ("def f():\n    return 1\n", "@d\ndef f():\n    return 1\n"),
    ],
)
def test_another_text_has_another_content(one: str, other: str) -> None:
    assert read(one).outline.units[1].content != read(other).outline.units[1].content


def test_the_lines_of_a_skeleton_are_known() -> None:
    file = read("import a\n\nclass C:\n    def f(self): ...\n    x = 1\n\ny = 2\n")
    assert [list(unit_lines(file, unit)) for unit in file.outline.units] == [
        [1, 7],
        [3, 5],
        [4],
    ]


# --------------------------------------------------------------------------- what cannot be read


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("def f(:\n", "does not parse: invalid syntax (line 1)"),
        ("x = 1\ndef g():\n    pass\n\nif x\n    y\n", "(line 5)"),
        ("x = (\n", "'(' was never closed (line 1)"),
        ("x = " + "(" * 300 + ")" * 300 + "\n", "too many nested parentheses"),
        ("\n".join(" " * i + "if x:" for i in range(150)) + " y\n", "too many levels of indent"),
        ("print 'x'\n", "(line 1, Python 2 syntax)"),
        ("x = 1\nprint >>f, 'a' % x, 'b'; print x\n", "(line 2, Python 2 syntax)"),
        ("try: pass\nexcept E, e:\n    print e\n", "(line 2, Python 2 syntax)"),
        ("def f(a, (b, c)): pass\n", "(line 1, Python 2 syntax)"),
        ("try: pass\nexcept A as e, B: pass\n", "(line 2)"),
        ("'''print x'''\n)\n", "does not parse: unmatched ')' (line 2)"),
        ("x = 1\nraise E, 'text'\n", "(line 2, Python 2 syntax)"),
        ("x = 0777\n", "does not parse: leading zeros in decimal integer literals are"),
        ("x = 10L\n", "(line 1, Python 2 syntax)"),
        ("msg = 'use `ls` first' if\n", "does not parse: invalid syntax (line 1)"),
        ("print (x))\n", "does not parse: unmatched ')' (line 1)"),
        ("def f(a, b=(1, 2))\n    pass\n", "does not parse: expected ':' (line 1)"),
        ("x = 1  # print 'x', 0777, a <> b\n)\n", "does not parse: unmatched ')' (line 2)"),
        ("exec code in space\n", "(line 1, Python 2 syntax)"),
        ("if a <> b: pass\n", "(line 1, Python 2 syntax)"),
        ("x = `y`\n", "(line 1, Python 2 syntax)"),
        ("x = ur'y'\n", "(line 1, Python 2 syntax)"),
    ],
)
def test_what_does_not_parse_says_why(text: str, reason: str) -> None:
    problem = read_outline(text.encode())
    assert isinstance(problem, Problem)
    assert reason in problem.reason


def test_three_thousand_terms_are_read() -> None:
    file = read("def f():\n    return " + " + ".join(["a"] * 3000) + "\n")
    assert [unit.name for unit in file.outline.units] == ["<module>", "f"]


def test_warnings_about_foreign_code_stay_silent(recwarn: pytest.WarningsRecorder) -> None:
    read("x = '\\d'\nif x is 'y': pass\nassert (x, 'z')\n")
    assert not recwarn.list


# --------------------------------------------------------------------------- chunks


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", [""]),
        ("x = 1\n", ["x = 1\n"]),
        ("x = 1\ndef f(): ...\nclass C: ...\n", ["x = 1\n", "def f(): ...\n", "class C: ...\n"]),
        (
            "@a\n@b(\n 1)\nasync def f(): ...\ndefault = 1\n",
            ["@a\n@b(\n 1)\nasync def f(): ...\ndefault = 1\n"],
        ),
        ("x = '''\ndef f(): ...\n'''\n", ["x = '''\n", "def f(): ...\n'''\n"]),
    ],
)
def test_chunks_begin_where_definitions_seem_to(text: str, parts: list[str]) -> None:
    assert list(chunks.split(text)) == parts


def test_a_definition_inside_a_string_is_none() -> None:
    chunks.forget()
    assert outline("x = '''\ndef f(): ...\n'''\ndef g(): ...\n") == [
        ("<module>", "module", 1, 4),
        ("g", "function", 4, 4),
    ]


def test_the_memory_forgets_when_it_is_full(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks, "REMEMBERED_CHARACTERS", 10)
    for number in range(5):
        read(f"x = {number}\ny = 1\n")
    assert sum(map(len, chunks._memory.chunks)) <= 30


def whole_outline(file: ReadFile) -> list[tuple[str, Span, str]]:
    """The outline by one parse of the whole file."""
    tree = parse(file.text)
    pieces = cut(tree, list(file.lines)).pieces
    return [(piece.name, Span(piece.first, piece.last), piece.content) for piece in pieces]


@pytest.mark.parametrize("path", sample(6), ids=lambda path: path.name)
def test_real_code(path: Path) -> None:
    """Chunks add up to the whole; units share out all lines; each text parses alone."""
    chunks.forget()
    file = read(path.read_bytes())
    again = read(path.read_bytes())
    assert again == file
    chunks._memory.chunks.clear()
    assert read(path.read_bytes()) == file  # classes member by member
    assert [
        (u.name.split("#")[0], u.span, u.content) for u in file.outline.units[1:]
    ] == whole_outline(file)
    assert file.outline.line_count == len(split_lines(file.text))
    taken: list[int] = []
    for unit in file.outline.units:
        source = unit_source(file, unit)
        places = unit_lines(file, unit)
        assert unit_source(again, unit) == source
        assert len(split_lines(source.text)) == len(places)
        taken += [
            line
            for line, text in zip(places, split_lines(source.text), strict=True)
            if text.strip() != PLACEHOLDER
        ]
        _check_text(source.kind, source.text)
    blank = {n for n, line in enumerate(file.lines, 1) if not line.strip()}
    assert len(taken) == len(set(taken))
    assert set(range(1, len(file.lines) + 1)) - set(taken) <= blank


def _check_text(kind: UnitKind, text: str) -> None:
    tree = ast.parse(text)
    if kind is not UnitKind.MODULE:
        assert len(tree.body) == 1
    if kind in (UnitKind.MODULE, UnitKind.CLASS):
        inner = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
        assert not inner


# --------------------------------------------------------------------------- code lines


def test_code_lines_leave_out_blank_lines_comments_and_docstrings() -> None:
    text = dedent(
        '''
        """Module doc."""
        # comment
        def f(a,

              # comment inside
              b):
            """Doc

            of two paragraphs."""
            x = """not a doc

            # still text
            """
            "a string that stands alone"
            f"{runs()}"
            y = a + \\
                b
            return x  # code
        '''
    ).lstrip("\n")
    assert sorted(code_lines(read(text))) == [3, 6, 10, 11, 12, 13, 15, 16, 17, 18]
