"""What of a change is a copy, of what, and what is not charged; on real repositories."""

from __future__ import annotations

from pathlib import Path

import pytest

from scanner.analysis.clones.clone_alignment import CloneType
from scanner.base.model import Finding
from scanner.scoring.duplication import Exemption, copied_lines, exemption, score_duplication
from tests.clones.changes import Tree, copies_between, repaid_between
from tests.clones.sources import GAPPED, PARSE, RENAMED, REPORT, method_of

IMPORTS = "".join(f"from package.module_{n} import name_{n}, other_{n}\n" for n in range(12))
TABLE = "PRICES = {\n" + "".join(f'    "name {n}": ({n}, "unit"),\n' for n in range(20)) + "}\n"
CONSTANTS = "".join(f'NAME_{n} = "value {n}"\n' for n in range(20))
ROWS = "def add(parser):\n" + "".join(
    f'    parser.add_argument("--name-{n}", help="text {n}", type=int)\n' for n in range(8)
)
OTHER_ROWS = ROWS.replace("name-", "other-").replace("text", "words").replace("int", "str")
SHORT = "def small(a):\n    b = a + 1\n    c = call(b)\n    return c\n"
TEST = PARSE.replace("parse_prices(path, ", "test_prices(path, ")
DUNDER = PARSE.replace("parse_prices", "__call__")

PASSES_ON = """\
async def debug(
    self,
    message: str,
    logger_name: str | None = None,
    extra: Mapping[str, Any] | None = None,
    *arguments: object,
) -> None:
    await self.log(
        level="debug", message=message, logger_name=logger_name, extra=extra, rest=arguments
    )
    """
SAME = "this and `shop.prices.parse_prices`"
SWAPPED = "def f(a, b, c):\n" + "    a = g(b, 1)\n    b = g(c, {name})\n" * 6

NO_COPY: dict[str, tuple[Tree, Tree]] = {
    "other code": ({"a.py": PARSE}, {"b.py": REPORT}),
    "less than six lines": ({"a.py": SHORT}, {"b.py": SHORT}),
    "import blocks": ({"a.py": IMPORTS}, {"b.py": IMPORTS}),
    "a data table": ({"a.py": TABLE}, {"b.py": TABLE}),
    "constants": ({"a.py": CONSTANTS}, {"b.py": CONSTANTS}),
    "rows of like calls": ({"a.py": ROWS}, {"b.py": OTHER_ROWS}),
    "moved to another file": ({"a.py": PARSE + REPORT}, {"a.py": REPORT, "b.py": PARSE}),
    "a renamed file": ({"a.py": PARSE}, {"a.py": None, "b.py": PARSE}),
    "an edit of a function": ({"a.py": PARSE}, {"a.py": GAPPED}),
    "a comment in one of two copies": (
        {"a.py": PARSE, "b.py": PARSE},
        {"b.py": "# why\n" + PARSE.replace('"""Reads prices."""', '"""Reads all."""')},
    ),
    "one line in each of two copies": (
        {"a.py": PARSE, "b.py": PARSE},
        {"a.py": PARSE.replace("prices = {}", "prices = new()")}
        | {"b.py": PARSE.replace("prices = {}", "prices = new()")},
    ),
    "code whose original the change takes away": (
        {"a.py": PARSE},
        {"a.py": None, "b.py": "x=1\n" + PARSE},
    ),
    "functions that only pass on, each with a level of its own": (
        {"a.py": PASSES_ON},
        {"b.py": PASSES_ON.replace("debug", "warning")},
    ),
    "names not renamed one for one": (
        {"a.py": SWAPPED.format(name="b")},
        {"b.py": SWAPPED.format(name="a")},
    ),
}


@pytest.mark.parametrize("case", NO_COPY.values(), ids=NO_COPY)
def test_leaves_alone(case: tuple[Tree, Tree], tmp_path: Path) -> None:
    before, after = case
    assert copies_between(tmp_path, before, after) == ()


COPIES: dict[str, tuple[Tree, Tree, CloneType, int]] = {
    "exact": ({"a.py": PARSE}, {"b.py": PARSE}, CloneType.EXACT, 10),
    "in other layout": (
        {"a.py": PARSE},
        {"b.py": PARSE.replace("for number", "# each\n\n        for number")},
        CloneType.EXACT,
        10,
    ),
    "under another name": (
        {"a.py": PARSE},
        {"b.py": PARSE.replace("parse_prices", "load")},
        CloneType.EXACT,
        10,
    ),
    "renamed": ({"a.py": PARSE}, {"b.py": RENAMED}, CloneType.RENAMED, 10),
    "gapped": ({"a.py": PARSE}, {"b.py": GAPPED}, CloneType.GAPPED, 9),
    "a block in a longer function": (
        {"a.py": PARSE},
        {"b.py": "def main(path, currency):\n    start()\n" + PARSE.partition('"""\n')[2]},
        CloneType.EXACT,
        9,
    ),
    "in one file": ({"a.py": PARSE}, {"a.py": PARSE + "\n\n" + RENAMED}, CloneType.RENAMED, 10),
    "of a method": (
        {"a.py": method_of("A", PARSE)},
        {"b.py": method_of("B", PARSE)},
        CloneType.EXACT,
        10,
    ),
}


@pytest.mark.parametrize("case", COPIES.values(), ids=COPIES)
def test_finds(case: tuple[Tree, Tree, CloneType, int], tmp_path: Path) -> None:
    before, after, kind, lines = case
    (copy,) = copies_between(tmp_path, before, after)
    assert (copy.type, len(copy.lines), copy.is_new) == (kind, lines, False)
    assert copy.original.path == "a.py"
    assert copied_lines([copy]) == {copy.copy.path: copy.lines}
    (finding,) = score_duplication([copy])
    assert finding.points == lines
    assert finding.rule == f"duplication.{kind}"


def test_twice_in_one_function(tmp_path: Path) -> None:
    body = PARSE.partition('"""\n')[2].replace("return prices", "use(prices)")
    (copy,) = copies_between(
        tmp_path, {"z.py": ""}, {"a.py": f"def f(path, currency):\n{body}{body}"}
    )
    assert copy.is_new
    assert copy.original.span.last < copy.copy.span.first


@pytest.mark.parametrize("user", ["app/main.py", "app/_cli/cli.py", "examples/one.py"])
def test_of_two_new_places_the_one_to_use_is_the_original(user: str, tmp_path: Path) -> None:
    (copy,) = copies_between(tmp_path, {"z.py": ""}, {user: PARSE, "app/utils.py": PARSE})
    assert (copy.copy.path, copy.original.path) == (user, "app/utils.py")


def test_both_copies_in_one_change_cost_once(tmp_path: Path) -> None:
    (copy,) = copies_between(tmp_path, {"z.py": ""}, {"a.py": PARSE, "b.py": PARSE})
    assert (copy.copy.path, copy.original.path, copy.is_new) == ("b.py", "a.py", True)
    assert "twice" in only(score_duplication([copy])).message


def test_the_same_edit_of_two_copies_costs_once(tmp_path: Path) -> None:
    steps = "".join(f"    step_{n}(prices)\n" for n in range(7))
    new = PARSE.replace("    log.info", f"{steps}    log.info")
    (copy,) = copies_between(tmp_path, {"a.py": PARSE, "b.py": PARSE}, {"a.py": new, "b.py": new})
    assert (copy.copy.path, copy.is_new, len(copy.lines)) == ("b.py", True, 7)


def test_the_older_original_is_named(tmp_path: Path) -> None:
    copies = copies_between(tmp_path, {"z.py": PARSE}, {"a.py": PARSE, "b.py": PARSE})
    assert {(c.copy.path, c.original.path, c.is_new) for c in copies} == {
        ("a.py", "z.py", False),
        ("b.py", "z.py", False),
    }


def test_a_class_of_small_methods(tmp_path: Path) -> None:
    """None of the methods is large enough to be a copy by itself."""
    methods = [f"def get_{n}(key):\n    found = self.data[{n}].get(key)\n    return clean(found)\n"
               for n in range(5)]  # fmt: skip
    copies = copies_between(
        tmp_path, {"a.py": method_of("A", *methods)}, {"b.py": method_of("B", *methods)}
    )
    assert {copy.copy.unit for copy in copies} == {"B", *(f"B.get_{n}" for n in range(5))}
    finding = only(score_duplication(copies))
    assert finding.points == 16
    assert finding.place.unit == "B"
    assert "16 code lines of 6 units" in finding.message


def test_only_added_lines_cost(tmp_path: Path) -> None:
    head, _, rest = PARSE.partition("    with open")
    before = {"a.py": PARSE, "b.py": head + "    return prices\n"}
    (copy,) = copies_between(tmp_path, before, {"b.py": head + "    with open" + rest})
    assert copy.copied_lines == 10
    assert len(copy.lines) == 7


# --------------------------------------------------------------------------- exemptions

EXEMPT: dict[str, tuple[Tree, Tree, Exemption]] = {
    "more than eight places": (
        {f"a{n}.py": PARSE for n in range(8)},
        {"b.py": PARSE},
        Exemption.BOILERPLATE,
    ),
    "a dunder method": (
        {"a.py": method_of("A", PARSE)},
        {"b.py": method_of("B", DUNDER)},
        Exemption.DUNDER,
    ),
    "a dunder function of a module": (
        {"a.py": PARSE},
        {"b.py": PARSE.replace("parse_prices", "__getattr__")},
        Exemption.DUNDER,
    ),
    "overrides of one base that has the method": (
        {
            "a.py": method_of("A", PARSE, bases="Reader"),
            "io.py": method_of("Reader", "def parse_prices(self, path): ...\n", bases="ABC"),
        },
        {"b.py": method_of("B", PARSE, bases="io.Reader")},
        Exemption.OVERRIDE,
    ),
    "a copy in a step of a schema": (
        {"a.py": PARSE},
        {"b.py": "# Generated by Django 4.2 on 2024-01-01\n" + PARSE},
        Exemption.GENERATED,
    ),
    "a generated original": (
        {"a.py": "# Generated by a tool. DO NOT EDIT.\n" + PARSE},
        {"b.py": PARSE},
        Exemption.GENERATED,
    ),
}
NOT_EXEMPT: dict[str, tuple[Tree, Tree]] = {
    "a copy under a mark": ({"a.py": PARSE}, {"b.py": "# @generated by a tool\n" + PARSE}),
    "eight places": ({f"a{n}.py": PARSE for n in range(7)}, {"b.py": PARSE}),
    "nine places, all of them new": ({"x.py": "x = 1\n"}, {f"a{n}.py": PARSE for n in range(9)}),
    "methods that their base does not ask for": (
        {
            "a.py": method_of("A", PARSE, bases="Reader"),
            "io.py": method_of("Reader", "def open(self, path): ...\n", bases="ABC"),
        },
        {"b.py": method_of("B", PARSE, bases="io.Reader")},
    ),
    "methods of a base from elsewhere": (
        {"a.py": method_of("A", PARSE, bases="models.Model")},
        {"b.py": method_of("B", PARSE, bases="models.Model")},
    ),
    "a name with underscores only before it": (
        {"a.py": PARSE},
        {"b.py": PARSE.replace("parse_prices", "__parse_prices")},
    ),
    "methods of one name without a common base": (
        {"a.py": method_of("A", PARSE, bases="Reader, ABC")},
        {"b.py": method_of("B", PARSE, bases="Writer, ABC")},
    ),
    "methods of other names": (
        {"a.py": method_of("A", PARSE, bases="Reader")},
        {"b.py": method_of("B", PARSE.replace("parse_prices", "load"), bases="Reader")},
    ),
    "one class, so no override": (
        {"a.py": method_of("A", PARSE, bases="Reader")},
        {"a.py": method_of("A", PARSE, PARSE.replace("parse", "load"), bases="Reader")},
    ),
}


@pytest.mark.parametrize("case", NOT_EXEMPT.values(), ids=NOT_EXEMPT)
def test_charged(case: tuple[Tree, Tree], tmp_path: Path) -> None:
    copies = copies_between(tmp_path, *case)
    assert {exemption(copy) for copy in copies} == {None}
    assert len(score_duplication(copies)) == len(copies)


@pytest.mark.parametrize("case", EXEMPT.values(), ids=EXEMPT)
def test_not_charged(case: tuple[Tree, Tree, Exemption], tmp_path: Path) -> None:
    before, after, reason = case
    copies = copies_between(tmp_path, before, after)
    assert [exemption(copy) for copy in copies] == [reason]
    assert score_duplication(copies) == ()


def test_a_path_that_is_known_to_be_generated(tmp_path: Path) -> None:
    copies = copies_between(tmp_path, {"a.py": PARSE}, {"b.py": PARSE})
    assert score_duplication(copies, is_generated=lambda path: path == "b.py") == ()


def test_short_tests_may_repeat_tests(tmp_path: Path) -> None:
    copies = copies_between(tmp_path, {"tests/test_a.py": TEST}, {"tests/test_b.py": TEST})
    assert len(copies) == 1
    assert score_duplication(copies) == ()


def test_long_tests_may_not(tmp_path: Path) -> None:
    long = TEST + REPORT.partition('"""\n')[2].replace("    return", "    assert")
    copies = copies_between(tmp_path, {"tests/test_a.py": long}, {"tests/test_b.py": long})
    assert "parameter" in only(score_duplication(copies)).hint


def test_tests_may_not_repeat_the_code_they_test(tmp_path: Path) -> None:
    copies = copies_between(tmp_path, {"a.py": PARSE}, {"tests/test_a.py": TEST})
    assert len(score_duplication(copies)) == 1


# --------------------------------------------------------------------------- repaid

REPAID: dict[str, tuple[Tree, Tree, int]] = {
    "code that stood once": ({"a.py": PARSE, "b.py": REPORT}, {"a.py": None}, 0),
    "both copies": ({"a.py": PARSE, "b.py": PARSE}, {"a.py": None, "b.py": None}, 0),
    "a moved copy": ({"a.py": PARSE + REPORT}, {"a.py": REPORT, "b.py": PARSE}, 0),
    "an edited copy": ({"a.py": PARSE, "b.py": PARSE}, {"a.py": GAPPED}, 0),
    "one of two copies": ({"a.py": PARSE, "b.py": RENAMED}, {"a.py": None}, 10),
    "a copy that becomes a call": (
        {"a.py": PARSE, "b.py": "x = 1\n" + PARSE},
        {"b.py": "from a import parse_prices\n\nx = 1\n"},
        10,
    ),
}


@pytest.mark.parametrize("case", REPAID.values(), ids=REPAID)
def test_repaid(case: tuple[Tree, Tree, int], tmp_path: Path) -> None:
    before, after, lines = case
    assert repaid_between(tmp_path, before, after) == lines


# --------------------------------------------------------------------------- findings


def test_the_finding_says_what_differs_and_what_to_call(tmp_path: Path) -> None:
    before = {"shop/__init__.py": "", "shop/prices.py": PARSE}
    copies = copies_between(tmp_path, before, {"shop/weights.py": RENAMED})
    finding = only(score_duplication(copies))
    assert finding.place.path == "shop/weights.py"
    assert "shop/prices.py:1-11" in finding.message
    hint = f"Merge {SAME} into one function, with a parameter for what differs."
    assert finding.hint == hint
    evidence = finding.evidence
    assert getattr(evidence, "call", None) is None
    assert "prices → weights" in getattr(evidence, "difference", "")
    assert getattr(evidence, "saved_lines", 0) == 10


HINTS = {
    "less than the original does": (
        PARSE.replace('    log.info("read %d prices", len(prices))\n', ""),
        "Call `shop.prices.parse_prices` instead; it does 1 statement more.",
    ),
    "exact": (PARSE, "Call `shop.prices.parse_prices` instead."),
    "other variables": (
        PARSE.replace("stream", "source"),
        "Call `shop.prices.parse_prices` instead.",
    ),
    "another literal": (
        PARSE.replace('";"', '","'),
        f"Merge {SAME} into one function, with a parameter for what differs.",
    ),
    "other calls": (
        PARSE.replace("convert", "scale"),
        "Move the lines in common with `parse_prices` into a function that both call.",
    ),
}


@pytest.mark.parametrize(("text", "hint"), HINTS.values(), ids=HINTS)
def test_hints(text: str, hint: str, tmp_path: Path) -> None:
    before = {"shop/__init__.py": "", "shop/prices.py": PARSE}
    copies = copies_between(tmp_path, before, {"shop/other.py": text})
    assert only(score_duplication(copies)).hint == hint


def test_a_private_original(tmp_path: Path) -> None:
    before = {"shop/__init__.py": "", "shop/prices.py": PARSE.replace("parse_prices", "_parse")}
    copies = copies_between(tmp_path, before, {"shop/other.py": PARSE})
    assert only(score_duplication(copies)).hint == (
        "Call `shop.prices._parse` instead, with a public name."
    )


def test_the_fingerprint_holds_when_lines_shift(tmp_path: Path) -> None:
    one = copies_between(tmp_path / "1", {"a.py": PARSE}, {"b.py": PARSE})
    other = copies_between(tmp_path / "2", {"a.py": PARSE}, {"b.py": "x = 1\n\n\n" + PARSE})
    assert only(score_duplication(one)).fingerprint == only(score_duplication(other)).fingerprint


def only(findings: tuple[Finding, ...]) -> Finding:
    (finding,) = findings
    return finding


# --------------------------------------------------------------------------- twins for awaiting

PLAIN = """
class Client:
    def fetch(self, url, tries):
        self.log.info("fetching %s", url)
        request = self.build(url, timeout=self.timeout)
        for number in range(tries):
            answer = self.transport.send(request)
            if answer.status < 500:
                return self.parse(answer, number)
            self.wait(number * self.backoff)
        raise FetchError(url, tries)
"""


def twin(*changes: tuple[str, str]) -> str:
    text = PLAIN
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return text


WAITS = (
    ("answer = self.transport", "answer = await self.transport"),
    ("self.wait(", "await self.wait("),
)


@pytest.mark.parametrize(
    ("text", "is_charged"),
    [
        (twin(("    def fetch", "    async def fetch"), *WAITS), False),
        (twin(("    def fetch", "    async def afetch"), *WAITS), False),
        (twin(("class Client", "class AsyncClient"), ("    def f", "    async def f")), False),
        (twin(("    def fetch", "    async def fetch_async"), *WAITS), False),
        (twin(("    def fetch", "    async def _async_fetch"), *WAITS), False),
        (twin(), True),  # no coroutine
        (twin(("class Client", "class AsyncClient")), True),
        (twin(("    def fetch", "    async def download")), True),  # another name
        (twin(("class Client", "class Mirror"), ("    def f", "    async def f")), True),
    ],
)
def test_what_awaits_may_repeat_what_does_not(tmp_path: Path, text: str, is_charged: bool) -> None:
    copies = copies_between(tmp_path, {"client.py": PLAIN}, {"aio.py": text})
    assert bool(score_duplication(copies)) is is_charged
