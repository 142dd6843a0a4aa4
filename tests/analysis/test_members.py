"""A class put together from its members is the class as it was cut in one piece."""

from __future__ import annotations

import pytest

from scanner.analysis.parsing import chunks
from scanner.analysis.parsing.cutting import cut
from scanner.analysis.parsing.members import join, read_head, read_member, split_class
from scanner.analysis.parsing.outline import ReadFile, read_outline
from scanner.analysis.parsing.source import split_lines
from scanner.analysis.parsing.syntax import parse

METHOD = "    def {0}(self):\n        return {0}\n"

#: Classes that can be put together.
TOGETHER = [
    "class C:\n" + METHOD.format("f"),
    "class C:\n" + METHOD.format("f") + METHOD.format("g"),
    "class C(A,\n\n        B):\n    '''Doc.'''\n\n    x = 1\n\n"
    + METHOD.format("f")
    + "    y = 2\n",
    (
        "class C:\n\n    @property\n    @x(\n        1)\n    def f(self): ...\n\n"
        "    @f.setter\n    def f(self, a): ...\n"
    ),
    "@a\n@b(c)\nclass C:\n    class D:\n        def f(self): ...\n    async def g(self): ...\n",
    (
        "class C:\n    def f(self): ...\n    # of the class\n# of the class too\n"
        "    def g(self): ...\n        # of g\n    # last\n"
    ),
    "class C:\n" + METHOD.format("f") + "# of the module\nx = 1\nif x:\n    y = 2\n",
    "class C:\n"
    + METHOD.format("f")
    + "    if a:\n        def g(self): ...\n    def h(self): ...\n",
    "class C:\n" + METHOD.format("f") + "if a:\n  def g(): ...\n",
    "class C:\n\tdef f(self): ...\n\tdef g(self):\n\t\treturn '''\n\n    def no(self): ...\n'''\n",
    "class C:\n    def f(self): ...\n\n\n    x: int = 1\n\n    def f(self): ...\n",
    (
        "class _:\n    def _(self): ...\n    def _f(self): ...\n    class _:\n"
        "        def _(self): ...\n"
    ),
]

#: Texts that have to be parsed whole.
WHOLE = [
    (
        "class C:\n    if a:\n        def f(self): ...\n    else:\n"
        "        def g(self): ...\n    def h(self): ...\n"
    ),
    "class C:\n    x = 1\n",
    "class C: x = 1\n",
    "def f():\n    class C:\n        def g(self): ...\n",
    "class C:\n    '''\n    def no(self): ...\n    '''\n    def f(self): ...\n",
    (
        "class C:\n    def f(self):\n        return '''\n    def no(self): ...\n    '''\n"
        "    def g(self): ...\n"
    ),
    "class C:\n    x = 1\nif a:\n    def f(): ...\n",
    "class C:\n    def f(self): ...\nif a:\n    def g(): ...\n",
    "class C:\n    def f(self): ...\nx = 1\nif a:\n    pass\n    def g(): ...\n",
    "class C:\n    if a:\n        def f(self): ...\n    else:\n        def g(self): ...\n",
    "class C:\n    def f(self):\n        try:\n            pass\n    def g(self): ...\n",
    "class C:\n    x = (\n    def f(self): ...\n    )\n",
    "@a\ndef f():\n    def g(): ...\n",
]


def together(text: str) -> object:
    parts = split_class(text)
    if parts is None:
        return None
    head, members = read_head(parts[0]), [read_member(part) for part in parts[1]]
    if head is None or None in members:
        return None
    return join(head, [member for member in members if member], split_lines(text))


@pytest.mark.parametrize("text", TOGETHER)
def test_members_make_the_class(text: str) -> None:
    whole = cut(parse(text), split_lines(text))
    found = together(text)
    assert found is not None
    assert found.skeleton == whole.skeleton  # type: ignore[attr-defined]
    assert found.pieces == whole.pieces  # type: ignore[attr-defined]


@pytest.mark.parametrize("text", WHOLE)
def test_what_does_not_stand_by_itself_is_parsed_whole(text: str) -> None:
    assert together(text) is None


@pytest.mark.parametrize("text", TOGETHER + WHOLE)
def test_a_file_is_read_the_same_with_and_without_memory(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chunks, "_LONG_CLASS", 0)
    chunks.forget()
    first = read_outline(text.encode())
    changed = read_outline((text + "\nz = 1\n").encode())
    chunks.forget()
    assert read_outline((text + "\nz = 1\n").encode()) == changed
    assert read_outline(text.encode()) == first


def test_a_changed_method_changes_its_own_content_alone() -> None:
    body = "".join(METHOD.format(f"method_{number}") for number in range(100))
    before = read_outline(f"class C:\n{body}".encode())
    after = read_outline(f"class C:\n{body}".replace("return method_50", "return 1").encode())
    again = read_outline(f"class C:\n{body}".replace("return method_51", "return 1").encode())
    assert isinstance(before, ReadFile)
    for other in (after, again):
        assert isinstance(other, ReadFile)
        pairs = zip(before.outline.units, other.outline.units, strict=True)
        assert [a.name for a, b in pairs if a != b] == [
            "C.method_50" if other is after else "C.method_51"
        ]
