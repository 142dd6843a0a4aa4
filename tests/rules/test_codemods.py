"""Fixes as codemods: what they leave alone first, then what they make, in every surrounding."""

from __future__ import annotations

import ast
import itertools
import json
import os
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fixtures.codemod_programs import CONTEXTS, SPECIMENS, Specimen, program
from scanner.base.model import Span
from scanner.rulepacks.codemods import all_codemods
from scanner.rulepacks.codemods.codemod import Safety
from scanner.rulepacks.codemods.mend import Wanted, mend

CHAIN, COMMENT, KINDS = "an `if`/`elif` chain", "a comment stands inside", "not written in a form"
HEAD = "import json\nimport os\n"

#: Rule, text below HEAD, the lines of the finding there, and why it is left alone.
LEFT_ALONE: list[tuple[str, str, tuple[int, int], str]] = [
    ("exists-then-makedirs", "if a:\n    b\nelif not os.path.isdir(p):\n    os.makedirs(p)\n",
     (3, 4), CHAIN),
    ("exists-then-makedirs", "if not os.path.isdir(p):\n    os.makedirs(p)\nelse:\n    b\n",
     (1, 4), CHAIN),
    ("exists-then-makedirs", "if not os.path.isdir(p):\n    # why\n    os.makedirs(p)\n",
     (1, 3), COMMENT),
    ("exists-then-makedirs", "if not os.path.isdir(p):  # why\n    os.makedirs(p)\n",
     (1, 2), COMMENT),
    ("exists-then-makedirs", "if not os.path.isdir(p):\n    os.makedirs(p)\n    # end\n",
     (1, 2), COMMENT),
    ("exists-then-makedirs", "if not os.path.isdir(f()):\n    os.makedirs(f())\n",
     (1, 2), "need not be the same"),
    ("exists-then-makedirs", "os = g()\nif not os.path.isdir(p):\n    os.makedirs(p)\n",
     (2, 3), "`os` may be something else"),
    ("exists-then-makedirs", "if not os.path.exists(p):\n    os.makedirs(p)\n",
     (1, 2), "a file of that name"),
    ("exists-then-makedirs", "if not os.path.isdir(p):\n    os.makedirs(p); g()\n", (1, 2), KINDS),
    ("logger-warn", "def f(log):\n    log.warn(1)\n", (2, 2), "cannot be seen"),
    ("logger-warn", "log = g()\nlog.warn(1)\n", (2, 2), "cannot be seen"),
    ("logger-warn", "self.log.warn(1)\n", (1, 1), "cannot be seen"),
    ("file-never-closed", "x = open(p).read()\n", (1, 1), "one more name"),
    ("file-never-closed", "def f():\n    x = g(open(p).read())\n", (2, 2), "larger expression"),
    ("file-never-closed", "def f():\n    x.y = open(p).read()\n", (2, 2), "larger expression"),
    ("file-never-closed", "def f():\n    return [open(p).read() for p in g]\n",
     (2, 2), "larger expression"),
    ("file-never-closed", "def f():\n    open(p, 'w').write(x)\n", (2, 2), "cannot be written"),
    ("file-never-closed", "def f():\n    if x: return open(p).read()\n",
     (2, 2), "statement of its own"),
    ("file-never-closed", "def f():\n    a = 1; b = open(p).read()\n",
     (2, 2), "statement of its own"),
    ("file-never-closed", "def f(open):\n    return open(p).read()\n", (2, 2), "`open` may be"),
    ("file-never-closed", "def f():\n    return csv.reader(open(p))\n", (2, 2), KINDS),
    ("file-never-closed", "def f(json):\n    return json.load(open(p))\n", (2, 2), "`json.load`"),
    ("type-compared-by-equality", "x = type(a) == b\n", (1, 1), "no class of Python's own"),
    ("type-compared-by-equality", "str = g\nx = type(a) == str\n", (2, 2), "no class of Python's"),
    ("type-compared-by-equality", "def f(type):\n    return type(a) == str\n",
     (2, 2), "`type` may be"),
    ("type-compared-by-equality", "x = type(a) == int or type(b) == int\n", (1, 1), "two places"),
    ("import-of-own-language", "try:\n    import re\nexcept ImportError:\n    re = 1\nelse:\n    b\n",
     (1, 6), "an `else`"),
    ("import-of-own-language",
     "def f():\n    try:\n        import re\n    except ImportError:\n        re = 1\n",
     (2, 5), "belong to the function"),
    ("always-true-none-check", "x = Path(p)\nif x is None:\n    a\n", (1, 3), "may be `None`"),
    ("always-true-none-check", "x = []\nif x is None:\n    y = 1\n", (1, 3), "binds names"),
    ("always-true-none-check", "x = []\nif x is None:\n    (yield)\n", (1, 3), "binds names"),
    ("always-true-none-check", "x = []\n# why\nif x is None:\n    f()\n", (1, 4), COMMENT),
    ("always-true-none-check", "x = []\nif x is None:\n    a\nelse:\n    b\n", (1, 5), CHAIN),
    ("always-true-none-check", "x = []\nif x is not None:\n    a\n", (1, 3), "re-indented"),
    ("process-failure-ignored", "subprocess.call(x)\n", (1, 1), "takes no `check`"),
    ("raise-without-cause", "def f():\n    raise A(b)\n", (2, 2), "has no name"),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "text", "lines", "reason"), LEFT_ALONE)
def test_what_cannot_be_shown_to_be_safe_is_left_alone_with_a_reason(
    rule: str, text: str, lines: tuple[int, int], reason: str
) -> None:
    source = f"{HEAD}{text}".encode()
    span = Span(lines[0] + 2, lines[1] + 2)
    mended = mend(source, [Wanted(rule, span)], Safety.SAFE)
    assert mended.content == source
    assert reason in (mended.answers[0].reason or "")


def test_what_libcst_cannot_read_is_left_alone() -> None:
    for source in (b"x = (\n", b"\xff = 1\n"):
        mended = mend(source, [Wanted("logger-warn", Span(1, 1))], Safety.SAFE)
        assert mended.content == source
        assert mended.answers[0].reason == "LibCST cannot read the file"


UNSAFE = [
    ("exists-then-makedirs", "if not os.path.exists(p):\n    os.makedirs(p)\n", (1, 2),
     "os.makedirs(p, exist_ok=True)\n"),
    ("exists-then-mkdir", "if not p.exists():\n    p.mkdir(parents=True)\n", (1, 2),
     "p.mkdir(parents=True, exist_ok=True)\n"),
    ("or-default-drops-zero", "y = x or 5  # five\n", (1, 1),
     "y = (5 if x is None else x)  # five\n"),
    ("is-with-literal", "y = x is not 'a'\n", (1, 1), "y = x != 'a'\n"),
    ("always-true-assert", "assert (x, 'm'); y\n", (1, 1), "assert x, 'm'; y\n"),
    ("logger-named-by-hand", "l = logging.getLogger(__file__)\n", (1, 1),
     "l = logging.getLogger(__name__)\n"),
    ("raise-not-implemented-constant", "raise NotImplemented('x')\n", (1, 1),
     "raise NotImplementedError('x')\n"),
    ("text-without-encoding", "open(\n    p,\n    'w',\n)\n", (1, 4),
     "open(\n    p,\n    'w',\n    encoding=\"utf-8\",\n)\n"),
    ("process-failure-ignored", "subprocess.run(x,\n               cwd=y)\n", (1, 2),
     "subprocess.run(x,\n               cwd=y,\n               check=True)\n"),
    ("raise-without-cause", "try:\n    a\nexcept B as e:\n    raise C(e)  # c\n", (4, 4),
     "try:\n    a\nexcept B as e:\n    raise C(e) from e  # c\n"),
    ("logged-exception-without-traceback", "log.error('x', e)\n", (1, 1),
     "log.error('x', e, exc_info=True)\n"),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "text", "lines", "after"), UNSAFE)
def test_unsafe_fixes_are_made_when_asked_for_alone(
    rule: str, text: str, lines: tuple[int, int], after: str
) -> None:
    source = f"{HEAD}{text}".encode()
    wanted = [Wanted(rule, Span(lines[0] + 2, lines[1] + 2))]
    assert mend(source, wanted, Safety.SAFE).content == source
    assert mend(source, wanted, Safety.UNSAFE).content == f"{HEAD}{after}".encode()


def test_an_import_that_cannot_fail_is_written_plainly() -> None:
    text = "try:\n    import json\nexcept ImportError:\n    import simplejson as json\n\nx\n"
    wanted = [Wanted("import-of-own-language", Span(1, 4))]
    assert mend(text.encode(), wanted, Safety.SAFE).content == b"import json\n\nx\n"


def test_every_codemod_is_listed_and_is_that_of_its_rule() -> None:
    folder = Path(all_codemods.__file__).parent
    rules = {path.stem for path in folder.glob("*.py") if "CODEMOD = " in path.read_text("utf-8")}
    assert rules == {rule.replace("-", "_") for rule in all_codemods.SAFETY}
    assert all(all_codemods.codemod_of(rule).rule == rule for rule in all_codemods.SAFETY)


def test_two_places_on_a_line_need_two_findings_and_one_refused_stops_no_other() -> None:
    text = "import logging\nlogging.warn(1); logging.warn(2)\nlog.warn(3)\n"
    warn = Wanted("logger-warn", Span(2, 2))
    assert mend(text.encode(), [warn], Safety.SAFE).content == text.encode()
    mended = mend(text.encode(), [warn, warn, Wanted("logger-warn", Span(3, 3))], Safety.SAFE)
    assert mended.content.decode() == text.replace("logging.warn(", "logging.warning(")
    assert [one.is_applied for one in mended.answers] == [True, True, False]


ENCODED = ["utf-8-sig", "latin-1", "utf-8"]


@pytest.mark.parametrize("encoding", ENCODED)
def test_encodings_stay(encoding: str) -> None:
    text = f"# coding: {encoding}\nimport logging\nlogging.warn('é')\n"
    source = text.encode(encoding)
    mended = mend(source, [Wanted("logger-warn", Span(3, 3))], Safety.SAFE)
    assert mended.content == text.replace(".warn(", ".warning(").encode(encoding)


def check(specimen: Specimen, contexts: list[str], indent: str, newline: str) -> None:
    """The whole text is what it should be: no byte outside of what was meant differs."""
    made = program(specimen, contexts, indent, newline)
    wanted = [Wanted(specimen.rule, Span(made.first, made.last))]
    mended = mend(made.before.encode(), wanted, Safety.SAFE)
    assert mended.answers[0].reason is None, made.before
    after = mended.content.decode()
    assert ast.dump(ast.parse(after)) == ast.dump(ast.parse(made.after))
    assert _laid_out(after) == _laid_out(made.after)
    assert set(after.replace(newline, "")) & {"\r", "\n"} == set()
    for kind, value in itertools.product(("none", "folder", "file", "json"), (1, "x")):
        assert run(made.before, kind, value) == run(after, kind, value)


def _laid_out(text: str) -> str:
    """The text less how deep lines stand: new blocks go in as the file's own are."""
    return "\n".join(line.lstrip() for line in text.splitlines())


def run(text: str, kind: str, value: Any) -> tuple[object, list[str]]:
    """What a program gives or raises, and what is on the disk after it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "p"
        if kind == "folder":
            path.mkdir()
        elif kind != "none":
            path.write_text(json.dumps([1]) if kind == "json" else "text")
        names: dict[str, Any] = {}
        code = compile(text, "program", "exec", dont_inherit=True)
        exec(code, names)  # noqa: S102 - programs of this repository's own fixtures
        try:
            given: object = names["f"](str(path), value)
        except (OSError, TypeError, ValueError) as error:
            given = type(error)
        return given, sorted(one for _, *rest in os.walk(folder) for many in rest for one in many)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("specimen", SPECIMENS, ids=lambda one: one.before[0])
def test_safe_fixes_keep_all_round_them_and_what_the_code_does(specimen: Specimen) -> None:
    for context in CONTEXTS:
        check(specimen, [context], "    ", "\n")
    check(specimen, ["if"], "\t", "\n")
    check(specimen, ["elif"], "  ", "\r\n")


@pytest.mark.filterwarnings("ignore")
@settings(max_examples=40)
@given(
    st.sampled_from(SPECIMENS),
    st.lists(st.sampled_from(list(CONTEXTS)), max_size=3),
    st.sampled_from(["    ", "  ", "\t"]),
    st.sampled_from(["\n", "\r\n"]),
)
def test_safe_fixes_hold_in_surroundings_within_surroundings(
    specimen: Specimen, contexts: list[str], indent: str, newline: str
) -> None:
    check(specimen, contexts, indent, newline)
