"""What new members lack that their siblings have."""

from __future__ import annotations

import pytest

from scanner.base.model import UnitKind
from scanner.conventions.shape_changes import ChangedShape, lacking_in
from scanner.conventions.siblings import MissingFeature, ShapedUnit, SiblingProfile, Trait
from scanner.scoring.grain import score_lacking
from tests.conventions.samples import all_lines, units_of

FIXUP = """
class Fixup{i}(FixupBase):
    issue = 'x{i}'

    def process(self):
        pass

    @property
    def suggestion(self):
        return {i}


def setup(app):
    return Fixup{i}(app)


register(setup)
"""


def shaped(text: str) -> tuple[ShapedUnit, ...]:
    return tuple(ShapedUnit(one.unit, one.choices.shape) for one in units_of(text))


def book_of(count: int = 16, commits: int = 16, tests: bool = False) -> SiblingProfile:
    book = SiblingProfile()
    for i in range(count):
        book.put(f"app/fixups/fix{i}.py", shaped(FIXUP.format(i=i)), i % commits)
        if tests:
            book.put(f"tests/fixups/test_fix{i}.py", shaped("def test_it():\n    pass\n"), i)
    return book


def missing(
    book: SiblingProfile, text: str, path: str = "app/fixups/new.py"
) -> list[MissingFeature]:
    return list(book.missing(path, shaped(text)))


def words(found: list[MissingFeature]) -> set[tuple[Trait, str]]:
    return {(one.feature.trait, one.feature.name) for one in found}


NEW = FIXUP.format(i=99)


def test_a_member_like_its_siblings_lacks_nothing() -> None:
    assert missing(book_of(), NEW) == []


@pytest.mark.parametrize(
    "path",
    ["app/fixups/__init__.py", "app/fixups/base.py", "tests/x.py", "app/other/new.py"],
)
def test_no_sibling(path: str) -> None:
    assert missing(book_of(), "x = 1\n", path) == []


def test_too_few_siblings_or_commits() -> None:
    assert missing(book_of(count=10), "x = 1\n") == []
    assert missing(book_of(commits=1), "x = 1\n") == []


def test_a_module_that_lacks_the_shape() -> None:
    found = words(missing(book_of(), "x = 1\n"))
    assert found == {
        (Trait.BASE, "FixupBase"),
        (Trait.CALL, "register"),
        (Trait.DEFINES, "setup"),
    }


def test_a_class_that_lacks_a_method_and_an_attribute() -> None:
    text = NEW.replace("def process", "def run").replace("issue =", "topic =")
    found = missing(book_of(), text)
    assert words(found) == {(Trait.METHOD, "process"), (Trait.ATTRIBUTE, "issue")}
    assert {(one.support, one.total) for one in found} == {(16, 16)}


def test_a_module_without_a_test() -> None:
    book = book_of(tests=True)
    assert words(missing(book, NEW)) == {(Trait.TEST, "")}
    tested = frozenset({"new"})
    assert list(book.missing("app/fixups/new.py", shaped(NEW), tested)) == []


def test_a_known_member_is_not_told_again() -> None:
    book = book_of()
    book.put("app/fixups/new.py", shaped("x = 1\n"), 1)
    assert missing(book, "x = 2\n") == []


def test_taking_out_is_the_opposite_of_putting_in() -> None:
    book = book_of(tests=True)
    for i in range(16):
        book.remove(f"app/fixups/fix{i}.py")
        book.remove(f"tests/fixups/test_fix{i}.py")
    assert not any(book._directories.values())
    assert not +book._tests


def test_a_stored_book_is_the_book() -> None:
    book = book_of(tests=True)
    text = NEW.replace("def process", "def run")
    assert missing(SiblingProfile(book.stored()), text) == missing(book, text) != []


def test_findings_are_worded() -> None:
    book = book_of(tests=True)
    text = NEW.replace("def process", "def run")
    file = ChangedShape("app/fixups/new.py", True, shaped(text), (), all_lines(text))
    found = {one.discriminator: one for one in score_lacking(lacking_in([file], book))}
    method = found["method named:process"]
    assert method.message == (
        "16 of 16 subclasses of `FixupBase` in `app/fixups/` have a method named `process` "
        "(app/fixups/fix0.py and app/fixups/fix1.py); this class `Fixup99` has none."
    )
    assert method.place.unit == "Fixup99"
    test = found["test module:"]
    assert "16 of 16 modules in `app/fixups/` have a test module of their own" in test.message
    brought = ChangedShape("tests/fixups/test_new.py", True, (), (), frozenset({1}))
    assert len(score_lacking(lacking_in([file, brought], book))) == 1


def test_units_are_what_the_outline_gives() -> None:
    assert [one.unit.kind for one in shaped(NEW)][:2] == [UnitKind.MODULE, UnitKind.CLASS]
