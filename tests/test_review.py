"""The hook and the gate on real repositories: first what must not be blamed, then what must."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from fixtures.repository import RepositoryBuilder
from scanner.base.model import Growth, Outcome, Review
from scanner.base.store import open_store
from scanner.gate.review import Judging, review_branch, review_index
from scanner.git.process import open_repository


def tangled(name: str, ifs: int = 9) -> str:
    """A function of nested ifs with an `and` each, well over the limits by default."""
    heads = [f"{'    ' * depth}if a > {depth} and b < {depth}:" for depth in range(1, ifs + 1)]
    end = ["    " * (ifs + 1) + "return a + b", "    return None", ""]
    return "\n".join([f"def {name}(a, b):", *heads, *end])


PLAIN = "def plain(x):\n    return x + 1\n"
STEPS = "".join(f"    x = combine(x, {i}, {i + 1})\n" for i in range(70))
LONG = f"def long(x):\n{STEPS}    return x\n"


@pytest.fixture
def builder(tmp_path: Path) -> RepositoryBuilder:
    return RepositoryBuilder(tmp_path / "repo")


def gate(builder: RepositoryBuilder, base: str = "HEAD~1", tip: str = "HEAD") -> Review:
    with open_store(None) as store:
        return review_branch(Judging(open_repository(builder.path), store), base, tip)


def check(builder: RepositoryBuilder) -> Review:
    with open_store(None) as store:
        return review_index(Judging(open_repository(builder.path), store))


BASE = {"pkg/a.py": tangled("messy") + "\n\n" + LONG, "pkg/b.py": PLAIN}

HARMLESS: dict[str, Callable[[str], dict[str, str | bytes | None]]] = {
    "comment": lambda a: {"pkg/a.py": "# why\n" + a.replace("return None", "return None  # none")},
    "docstring": lambda a: {"pkg/a.py": a.replace("(a, b):\n", '(a, b):\n    """Why."""\n')},
    "blank lines": lambda a: {"pkg/a.py": a.replace("\n    return None", "\n\n\n    return None")},
    "rename the file": lambda a: {"pkg/a.py": None, "pkg/new_name.py": a},
    "move the function in the file": lambda _: {"pkg/a.py": LONG + "\n\n" + tangled("messy")},
    "move the function to another file": lambda _: {
        "pkg/a.py": LONG,
        "pkg/b.py": PLAIN + "\n\n" + tangled("messy"),
    },
    "move it to a new file": lambda _: {"pkg/a.py": LONG, "pkg/c.py": tangled("messy")},
    "rename the function": lambda a: {"pkg/a.py": a.replace("messy", "tidy")},
    "move and rename it": lambda _: {"pkg/a.py": LONG, "pkg/c.py": tangled("tidy")},
    "move it into a class": lambda _: {
        "pkg/a.py": LONG,
        "pkg/c.py": "class C:\n"
        + "".join("    " + line + "\n" for line in tangled("messy").splitlines()),
    },
    "split the long lines": lambda a: {
        "pkg/a.py": a.replace("combine(x, ", "combine(\n        x,\n        ").replace(
            ")\n    x = ", ",\n    )\n    x = "
        )
    },
    "change quotes and parentheses": lambda a: {"pkg/a.py": a.replace("return x", "return (x)")},
    "line ends": lambda a: {"pkg/a.py": a.replace("\n", "\r\n")},
    "byte order mark": lambda a: {"pkg/a.py": b"\xef\xbb\xbf" + a.encode()},
    "add to a file that is not Python": lambda _: {"README.md": "# hello\n"},
    "simplify": lambda _: {"pkg/a.py": tangled("messy", 4) + "\n\n" + LONG},
    "delete": lambda _: {"pkg/a.py": None},
    "edit inside without growth": lambda a: {"pkg/a.py": a.replace("return a + b", "return b + a")},
}


@pytest.mark.parametrize("edit", HARMLESS.values(), ids=HARMLESS.keys())
def test_no_false_blame(
    builder: RepositoryBuilder, edit: Callable[[str], dict[str, str | bytes | None]]
) -> None:
    builder.commit("base", dict(BASE))
    builder.commit("edit", edit(BASE["pkg/a.py"]))
    review = gate(builder)
    assert review.judgement.findings == ()
    assert review.judgement.problems == ()
    assert review.judgement.scorecard.points == 0
    assert review.verdict.outcome is Outcome.PASS


def test_a_new_layout_of_one_copy_is_no_new_copy(builder: RepositoryBuilder) -> None:
    short = LONG.replace("def long", "def short")
    builder.commit("base", {"a.py": LONG, "b.py": short})
    split = short.replace("combine(x, ", "combine(\n        x, ")
    builder.commit("layout", {"b.py": split})
    assert gate(builder).judgement.scorecard.points == 0


def test_only_growth_beyond_the_limit_is_charged(builder: RepositoryBuilder) -> None:
    builder.commit("base", {"a.py": tangled("messy", 5)})
    builder.commit("worse", {"a.py": tangled("messy", 6)})
    (cognitive, nesting) = gate(builder).judgement.findings
    assert isinstance(cognitive.evidence, Growth)
    # 5 nested ifs with an `and` each: 1 + 2 + 3 + 4 + 5 + 5 = 20; the sixth adds 6 + 1.
    assert (cognitive.evidence.before, cognitive.evidence.after) == (20, 27)
    assert cognitive.points == 7
    assert (nesting.rule, nesting.points) == ("complexity.nesting", 2)


def test_what_a_simplification_repays_is_counted_apart(builder: RepositoryBuilder) -> None:
    builder.commit("base", {"a.py": tangled("messy", 6)})
    builder.commit("better", {"a.py": tangled("messy", 5)})
    scorecard = gate(builder).judgement.scorecard
    assert (scorecard.points, scorecard.repaid) == (0, 9)


def test_a_helper_cut_out_of_a_legacy_function_is_not_new_debt(builder: RepositoryBuilder) -> None:
    body = tangled("messy").splitlines()[1:]
    builder.commit("base", {"a.py": "def messy(a, b):\n    log(a)\n" + "\n".join(body) + "\n"})
    builder.commit(
        "cut out",
        {"a.py": "def messy(a, b):\n    log(a)\n    return _inner(a, b)\n\n\n" + tangled("_inner")},
    )
    assert gate(builder).judgement.findings == ()


def test_debt_of_a_small_change_fails(builder: RepositoryBuilder) -> None:
    builder.commit("base", {"b.py": PLAIN})
    builder.commit("worse", {"a.py": tangled("messy")})
    review = gate(builder)
    assert review.verdict.outcome is Outcome.FAIL
    assert review.verdict.reasons[0].startswith(
        "The debt score is 100.0, above the threshold of 20"
    )


def test_the_index_is_judged_not_the_work_tree(builder: RepositoryBuilder) -> None:
    builder.commit("base", {"a.py": PLAIN, "b.py": PLAIN})
    builder.write("a.py", tangled("messy"))
    builder.git("add", "a.py")
    builder.write("a.py", PLAIN)
    builder.write("b.py", tangled("unstaged"))
    assert {finding.place.unit for finding in check(builder).judgement.findings} == {"messy"}


def test_the_first_commit_is_judged_against_nothing(builder: RepositoryBuilder) -> None:
    builder.write("a.py", tangled("messy"))
    builder.git("add", "a.py")
    review = check(builder)
    assert review.base is None
    assert review.verdict.outcome is Outcome.FAIL


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"def f(:\n    pass\n", "does not parse"),
        (b"x = 1\0\n", ""),
        (b"# coding: latin-9000\nx = 1\n", ""),
    ],
)
def test_what_cannot_be_judged_never_passes(
    builder: RepositoryBuilder, content: bytes, reason: str
) -> None:
    builder.commit("base", {"b.py": PLAIN})
    builder.commit("broken", {"a.py": content})
    review = gate(builder)
    assert review.verdict.outcome is Outcome.COULD_NOT_JUDGE
    assert reason in review.judgement.problems[0].reason


def test_mending_a_file_that_did_not_parse_passes_and_says_so(builder: RepositoryBuilder) -> None:
    builder.commit("broken", {"a.py": "def f(:\n"})
    builder.commit("mended", {"a.py": "def f():\n    pass\n"})
    review = gate(builder)
    assert review.verdict.outcome is Outcome.PASS
    assert [problem.is_before for problem in review.judgement.problems] == [True]


def test_settings_are_those_of_the_base(builder: RepositoryBuilder) -> None:
    strict = "[limits]\ncognitive = 0\n[thresholds]\ndebt = 0\n"
    builder.commit("base", {"tallystick.toml": strict, "a.py": PLAIN})
    builder.commit(
        "loosen", {"tallystick.toml": "[thresholds]\ndebt = 100\n", "a.py": tangled("messy", 1)}
    )
    review = gate(builder)
    assert review.verdict.outcome is Outcome.FAIL
    assert review.thresholds[0].limit == 0


def test_excluded_paths_are_not_looked_at(builder: RepositoryBuilder) -> None:
    builder.commit("base", {"tallystick.toml": 'exclude = ["gen/"]\n', "a.py": PLAIN})
    builder.commit("generated", {"gen/a.py": tangled("messy"), "gen/b.py": "def f(:\n"})
    assert gate(builder).verdict.outcome is Outcome.PASS


def test_a_link_is_no_python_file(builder: RepositoryBuilder) -> None:
    builder.commit("base", {"a.py": PLAIN})
    (builder.path / "link.py").symlink_to("a.py")
    builder.commit("link")
    review = gate(builder)
    assert review.verdict.outcome is Outcome.PASS
    assert review.judgement.problems == ()
