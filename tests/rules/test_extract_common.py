"""Lines that stand twice become a function of both places: what is left alone comes first."""

from __future__ import annotations

import textwrap

import pytest

from scanner.base.model import Span
from scanner.rulepacks.codemods.codemod import Safety, Wanted
from scanner.rulepacks.codemods.mend import mend

BLOCK = """\
for name in names:
    if name in known:
        continue
    size = len(name)
    if size > 2:
        found.append((name, size))
    else:
        known.add(name)
"""
HEAD, TAIL = "def first(names, known):\n    found = []\n", "    print(found)\n    return found\n"


def program(block: str, *, head: str = HEAD, tail: str = TAIL, twin: str | None = None) -> str:
    """Two functions round equal lines; those of the second may be `twin`."""
    heads = (head, head.replace("first", "second").replace("[]", "[7]"))
    tails = (tail, tail.replace("print", "len"))
    bodies = (textwrap.indent(one, "    ") for one in (block, twin or block))
    return "\n\n".join(map("".join, zip(heads, bodies, tails, strict=True)))


def extracted(text: str) -> tuple[str, str | None]:
    lines = text.splitlines()
    start = next(n for n, line in enumerate(lines, 1) if "def second" in line)
    wanted = [Wanted("duplication.exact", Span(start, len(lines)), twin=Span(1, start - 2))]
    assert mend(text.encode(), wanted, Safety.SAFE).content == text.encode()
    after = mend(text.encode(), wanted, Safety.UNSAFE)
    return after.content.decode(), after.answers[0].reason


def inside(line: str) -> str:
    """The block with another line at the end of its loop."""
    return f"{BLOCK}    {line}\n"


ASYNC = f"async {HEAD}"
LEFT_ALONE = [
    (program(BLOCK.replace("continue", "return None")), "it returns from within"),
    (program(BLOCK, twin=BLOCK.replace("in names", "in [names]")), "leaves a loop that goes on"),
    (program(inside("yield name")), "it waits or yields"),
    (program(BLOCK.replace("len(name)", "await name"), head=ASYNC), "it waits or yields"),
    (program(f"async {BLOCK}", head=ASYNC), "it waits or yields"),
    (program(inside("w = [n async for n in known]"), head=ASYNC), "it waits or yields"),
    (program(inside("global w")), "it declares or deletes names"),
    (program(inside("del size")), "it declares or deletes names"),
    (program(inside("def later(): return size")), "it declares or deletes names"),
    (program(inside("found.append(locals())")), "it asks for the function that it stands in"),
    (program(inside("warn('x', stacklevel=2)")), "it asks for the function that it stands in"),
    (program("if known:\n" + "    print(names)\n" * 4 + "raise ValueError(names)\n", tail=""),
     "it ends in an exception"),
    (program(inside("found = [size, *found]"), tail="    print(names)\n    return lambda: found\n"), "a function within keeps a variable"),
    (program(inside("found.append(lambda: known)"), tail="    print(known)\n    known = 1\n    return found\n"),
     "a function within keeps a variable"),
    (program(f"last = more = size = 0\n{inside('last = more = size')}",
             tail="    return print(last, more, size)\n"),
     "too many variables go in or out"),
    (program(BLOCK.replace("> 2", "> a + b + c"), head=HEAD.replace("known", "known, a, b, c")),
     "too many variables go in or out"),
    (program(BLOCK.replace("known", "seen"), head=HEAD + "    if names:\n        seen = known\n"),
     "a variable that it needs may not be bound there"),
    (program(f"try:\n{textwrap.indent(BLOCK, '    ')}",
             tail="    except ValueError:\n        print(size)\n"), "a handler reads what it binds"),
    (program(BLOCK, twin=BLOCK.replace("known", "names")), "more than the names of variables"),
    (program(BLOCK, twin=BLOCK.replace("in known", "in names")), "more than the names of variables"),
    (program(BLOCK, twin=BLOCK.replace("len(", "ord(")), "a function for it would save no lines"),
    (program(BLOCK, twin=BLOCK.replace("> 2", "> 3")), "it leaves a loop"),
    (program(BLOCK, twin=BLOCK.replace("append", "insert")), "it leaves a loop"),
    (program(BLOCK, twin=BLOCK.replace("> 2:", "> 2:  # few")), "a comment stands inside"),
    (program("found = [\n    names,\n    known\n]; found.sort()\nfound.pop()\nfound.pop()\n"),
     "several statements share a line"),
    (program("found = [names]\nfound.sort()\n"), "a function for it would save no lines"),
    ("@numba.njit\n" + program(BLOCK), "a decorator compiles the function"),
    (f"def out():\n{textwrap.indent(program(BLOCK), '    ')}", "in one within another"),
    ("class A:\n" + textwrap.indent(program(inside("found.append(known.__size)"),
                                         head=HEAD.replace("names", "self, names")), "    ")
     .replace("    def second", "class B:\n    def second"), "it uses private names of its class"),
    ("class A:\n" + textwrap.indent(program(BLOCK.replace("in names", "in self.names"),
                                         head=HEAD.replace("names", "self")), "    ")
     .replace("    def second", "class B:\n    def second"),
     "it works on the objects of two classes"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "reason"), LEFT_ALONE)
def test_what_could_do_something_else_is_left_alone(text: str, reason: str) -> None:
    after, why_not = extracted(text)
    assert reason in (why_not or "")
    assert after == text


def test_both_call_a_function_with_what_goes_in_and_out() -> None:
    text = program(f"size = 0\n{BLOCK}", tail="    print(names)\n    return found, size\n")
    after, _ = extracted(text)
    assert after == (
        "def first(names, known):\n    found = []\n    size = _make_size(names, known, found)\n"
        "    print(names)\n    return found, size\n\n\n"
        f"def _make_size(names, known, found):\n    size = 0\n{textwrap.indent(BLOCK, '    ')}"
        "    return size\n\n\n"
        "def second(names, known):\n    found = [7]\n    size = _make_size(names, known, found)\n"
        "    len(names)\n    return found, size\n"
    )


METHODS = """\
class Rows:
    def load_rows(self, names: list[str]) -> int:
        # Those that are large.
        for name in names:
            size = len(name)  # in letters
            if size > self.least:
                self.found.append(name)
            else:
                self.small.append(name)
        return len(self.found)

    def load_more(self, more: list[str]) -> int:
        print(more)
        for one in more:
            size = len(one)  # in letters
            if size > self.least:
                self.found.append(one)
            else:
                self.small.append(one)
        return len(self.found)
"""


def test_methods_of_one_class_share_a_method_and_returns_at_the_end_go_along() -> None:
    wanted = [Wanted("duplication.renamed", Span(12, 20), twin=Span(2, 10))]
    after = mend(METHODS.encode(), wanted, Safety.UNSAFE)
    assert (
        after.content.decode()
        == """\
class Rows:
    def load_rows(self, names: list[str]) -> int:
        # Those that are large.
        return self._load(names)

    def _load(self, names: list[str]) -> int:
        for name in names:
            size = len(name)  # in letters
            if size > self.least:
                self.found.append(name)
            else:
                self.small.append(name)
        return len(self.found)

    def load_more(self, more: list[str]) -> int:
        print(more)
        return self._load(more)
"""
    )


RUN = [
    (BLOCK, TAIL),
    (f"size = 1\n{BLOCK}", "    print(names)\n    return found, size\n"),
    (f"{inside('names = names[1:]')}", "    print(found)\n    return names, found\n"),
    ("known = {*known}\n" + inside("if size > 9: break"), "    print(found)\n    return known, found\n"),
    (f"{BLOCK}if len(found) > 1:\n    return found\nreturn known\n", ""),
    (inside("found = [*found, [w for w in name], (lambda: name)()]"), TAIL),
    ("try:\n" + textwrap.indent(inside("1 / (size - 3)"), "    ")
     + "except ZeroDivisionError as error:\n    found.append(str(error))\n", TAIL),
    ("if known:\n    kind = 'k'\n" + inside("kind = name"), "    print(found)\n    return found\n"),
    ("kind = 'n'\n" + inside("if (kind := name) == 'abc': return kind") + "return kind\n", ""),
    (f"{BLOCK}if names:\n    names = [*names, 'x']\n", "    print(known)\n    return names, found\n"),
]  # fmt: skip


@pytest.mark.parametrize(("block", "tail"), RUN)
def test_both_functions_do_what_they_did(block: str, tail: str) -> None:
    before = program(block, tail=tail)
    after, reason = extracted(before)
    assert reason is None
    for names in ([], ["a"], ["abc", "de"], ["abc", "abc", "wxyz", "longer than nine", "b"]):
        for function in ("first", "second"):
            results = []
            for text in (before, after):
                scope: dict[str, object] = {"print": len, "len": len}
                exec(text, scope)  # noqa: S102
                known = {"b"}
                results.append((scope[function](list(names), known), known))  # type: ignore[operator]
            assert results[0] == results[1]


HALF = textwrap.indent(BLOCK, "    ")
OTHER = HALF.replace("size", "many").replace("name", "one").replace("ones", "others")
WITHIN = [
    (HALF, "    others = names[1:]\n", OTHER, "    return found, known\n"),
    ("    size = 0\n" + HALF, "    print(size)\n    others = [str(size)]\n",
     "    many = 0\n" + OTHER, "    return found, many\n"),
    (HALF, "    others = names\n    for known in (set(), known):\n", textwrap.indent(OTHER, "    "),
     "    return found, known\n"),
]  # fmt: skip


@pytest.mark.parametrize(("one", "between", "other", "tail"), WITHIN)
def test_what_stands_twice_in_a_function_becomes_two_calls(
    one: str, between: str, other: str, tail: str
) -> None:
    above = f"{HEAD}{one}{between}"
    before = f"{above}{other}{tail}"
    start, end = above.count("\n") + 1, f"{above}{other}".count("\n")
    wanted = [Wanted("duplication.renamed", Span(start, end), twin=Span(3, 2 + one.count("\n")))]
    mended = mend(before.encode(), wanted, Safety.UNSAFE)
    assert mended.answers[0].reason is None
    after = mended.content.decode()
    assert after.count("len(") == 1
    for names in ([], ["abc", "abc", "wxyz", "de"]):
        results = []
        for text in (before, after):
            scope: dict[str, object] = {"print": len, "str": str}
            exec(text.replace("print(size)", "pass"), scope)  # noqa: S102
            known = {"b"}
            results.append((scope["first"](list(names), known), known))  # type: ignore[operator]
        assert results[0] == results[1]


def test_lines_that_overlap_themselves_are_taken_apart() -> None:
    block = "    names.append(1)\n" * 12
    text = f"def first(names):\n{block}"
    wanted = [Wanted("duplication.exact", Span(3, 13), twin=Span(2, 12))]
    after = mend(text.encode(), wanted, Safety.UNSAFE)
    assert after.content.decode() == (
        "def first(names):\n    _part_of_first(names)\n    _part_of_first(names)\n\n\n"
        "def _part_of_first(names):\n" + "    names.append(1)\n" * 6
    )


def test_a_long_call_is_wrapped_at_the_indent_of_its_block() -> None:
    long = "those_that_have_been_seen_in_any_of_the_files"
    block = f"if {long}:\n" + textwrap.indent(f"self.{long} = 0\nsize = 0\n{BLOCK}", "    ")
    text = program(
        block.replace("in known", f"in {long}"),
        head=f"def first(self, names, known, {long}):\n    found = []\n    size = 1\n",
        tail="    return found, size\n",
    )
    lines = textwrap.indent(text, "    ").splitlines()
    start = next(n for n, line in enumerate(lines, 2) if "def second" in line)
    wanted = [Wanted("", Span(start, len(lines) + 1), twin=Span(2, start - 2))]
    content = ("class A:\n" + "\n".join(lines) + "\n").encode()
    after = mend(content, wanted, Safety.UNSAFE).content.decode()
    given = f"{long}, names, found, known"
    assert f"        return self._part_of_first(\n            {given}\n        )\n" in after
    assert f"    def _part_of_first(\n        self, {given}\n    ):\n" in after
