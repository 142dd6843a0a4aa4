"""Fixes as codemods: what they leave alone first, then what they make, in every surrounding."""

from __future__ import annotations

import ast
import itertools
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fixtures.codemod_programs import CONTEXTS, KINDS, SPECIMENS, Specimen, program, run
from scanner.analysis.choices import BY_ID
from scanner.base.model import Span
from scanner.rulepacks.codemods import all_codemods
from scanner.rulepacks.codemods.codemod import Safety
from scanner.rulepacks.codemods.mend import mend
from scanner.rulepacks.codemods.codemod import Wanted

CHAIN, COMMENT, FORM = "an `if`/`elif` chain", "a comment stands inside", "not written in a form"
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
    ("exists-then-makedirs", "if not os.path.isdir(p):\n    os.makedirs(p); g()\n", (1, 2), FORM),
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
    ("file-never-closed", "def f():\n    return csv.reader(open(p))\n", (2, 2), FORM),
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
    ("unreachable-after-exit", "def f():\n    return 1\n    yield 2\n", (2, 3), "a generator"),
    ("unreachable-after-exit", "def f():\n    a\n    return 1\n    a = 2\n", (3, 4), "its variable"),
    ("unreachable-after-exit", "def f():\n    return 1\n    # why\n    g()\n", (2, 4), COMMENT),
    ("unreachable-after-exit", "def f():\n    return locals()\n    a = 2\n", (2, 3), "its variable"),
    ("temporary-descriptor-leaked", "_, a = tempfile.mkstemp()\n", (1, 1), "one more name"),
    ("temporary-descriptor-leaked",
     "import tempfile\ndef f():\n    _, a = tempfile.mkstemp()\n    os.close(_)\n", (3, 3), "used for"),
    ("temporary-descriptor-leaked", "def f():\n    g(tempfile.mkstemp()[1])\n", (2, 2), "of its own"),
    ("deprecated-standard-module", "import pipes\n", (1, 1), "in another way"),
    ("deprecated-standard-module", "from pipes import quote, Template\n", (1, 1), "in another way"),
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


#: Family, what is usual, text below HEAD, the line of the departure there, and why it is left alone.
KEPT: list[tuple[str, str, str, int, str]] = [
    ("class-base", "none", "object = g\nclass A(object): pass\n", 2, "`object` may be"),
    ("class-base", "none", "class A(  # why\n    object\n): pass\n", 1, COMMENT),
    ("class-base", "none", "class A(object, metaclass=M): pass\n", 1, FORM),
    ("docstring-opening", "first line", "'\'\'\n    A.\n\n      b\n'\'\'\n", 1, "another text"),
    ("docstring-opening", "next line", "'\'\'A.\n\nb\n'\'\'\nprint(__doc__)\n", 1, "reads docstrings"),
    ("else-after-return", "none",
     "def f():\n    if a:\n        b\n    elif c:\n        return 1\n    else:\n        return 2\n",
     4, "not all branches"),
    ("else-after-return", "none",
     "def f():\n    if a:\n        return 1\n    # why\n    else:\n        return 2\n", 2, COMMENT),
    ("else-after-return", "none",
     "def f():\n    if a:\n        return 1\n    else:  # why\n        return 2\n", 2, COMMENT),
    ("else-after-return", "none",
     "def f():\n    if a:\n        return 1\n    else:\n        return 2\n        # end\n", 2, COMMENT),
    ("empty-collection", "literal", "x = f'{dict()}'\n", 1, "not be valid"),
    ("mapping-style", "comprehension", "x = f'{set(map(lambda a: a, b))}'\n", 1, "not be valid"),
    ("empty-collection", "literal", "def f(dict):\n    return dict()\n", 2, "`dict` may be"),
    ("empty-collection", "call", "from a import *\nx = []\n", 2, "`list` may be"),
    ("empty-collection", "call", "def f():\n    return[]\n", 2, "not be valid"),
    ("empty-return", "bare", "def f():\n    return (  # why\n        None\n    )\n", 2, COMMENT),
    ("empty-return", "bare", "def f(a):\n    if a:\n        return None\n    return 1\n", 3, "values"),
    ("empty-return", "bare", "def f() -> int | None:\n    return None\n", 2, "values"),
    ("empty-return", "bare", "def f() -> 'A':\n    return None\n", 2, "values"),
    ("empty-return", "None", "async def f():\n    yield 1\n    return\n", 3, "not be valid"),
    ("environment-access", "getenv", "os = g\nos.environ.get(1)\n", 2, "`os` may be"),
    ("environment-access", "getenv", "os.environ['A']\n", 1, FORM),
    ("exception-name", "error", "try:\n    a\nexcept B as e:\n    c(e)\n", 3, "of a module"),
    ("exception-name", "error",
     "def f():\n    try:\n        a\n    except B as e:\n        c(e)\n    return e\n", 4, "something else"),
    ("exception-name", "error",
     "def f(error):\n    try:\n        a\n    except B as e:\n        c(e)\n    return error\n", 4,
     "the new name stands"),
    ("exception-name", "error",
     "def f():\n    try:\n        a\n    except B as e:\n        c(e, error)\n", 4, "the new name stands"),
    ("exception-name", "error",
     "def f():\n    try:\n        a\n    except B as e:\n        print(f'{e=}')\n", 4, "names as text"),
    ("exception-name", "error",
     "def f():\n    try:\n        a\n    except B as e:\n        e = e.args\n", 4, "bound again"),
    ("exception-name", "error",
     "def f():\n    try:\n        a\n    except B as e:\n        g(lambda e: e)\n", 4, ""),
    ("guard-style", "early", "def f():\n    if a:\n        b\n    return 1\n", 2, "goes on below"),
    ("guard-style", "early", "def f():\n    for a in b:\n        if a:\n            b\n", 3, "goes on"),
    ("guard-style", "early", "def f():\n    if a:  # why\n        b\n", 2, COMMENT),
    ("guard-style", "early", "def f():\n    if a:\n        b\n    else:\n        c\n", 2, "does not leave"),
    ("guard-style", "early", "def f():\n    if a:\n        b\n    elif c:\n        d\n", 2, "chain"),
    ("init-annotation", "given", "class A:\n    def __init__(self):\n        return g()\n", 2, "gives"),
    ("init-annotation", "given", "class A:\n    def __init__(self):  # type: () -> None\n        g()\n", 2,
     "in a comment"),
    ("test-annotations", "given", "def test_it():\n    yield 1\n", 1, "gives something back"),
    ("local-name", "snake case", "myName = 1\n", 1, "of a module"),
    ("local-name", "snake case", "def f():\n    myName = 1\n    return my_name\n", 2, "new name stands"),
    ("local-name", "snake case", "def f():\n    global myName\n    myName = 1\n", 3, "global"),
    ("local-name", "snake case", "def f():\n    myName = 1\n    return locals()\n", 2, "names as text"),
    ("local-name", "snake case", "def f(myName):\n    myName = 1\n", 2, "this function alone"),
    ("local-name", "snake case", "def f():\n    myName = 1\n    return lambda myName: 1\n", 2, "alone"),
    ("local-name", "snake case", "def f():\n    import myName\n    myName = 1\n", 3, "alone"),
    ("log-in-handler", "exception", "log.error('x')\n", 1, "no traceback so far"),
    ("log-in-handler", "exception", "log.error('x', exc_info=True)\n", 1, "cannot be seen"),
    ("log-in-handler", "exc_info", "log.exception('x', *a)\n", 1, "may say `exc_info`"),
    ("log-warning", "warning", "self.log.warn(1)\n", 1, "cannot be seen"),
    ("mapping-style", "comprehension", "x = map(lambda a: a, b)\n", 1, "not made a list"),
    ("mapping-style", "comprehension", "x = list(map(lambda a: next(a), b))\n", 1, "StopIteration"),
    ("mapping-style", "comprehension", "x = list(map(lambda a: lambda: a, b))\n", 1, "bound to"),
    ("mapping-style", "comprehension", "x = list(map(lambda a=1: a, b))\n", 1, "its parameter"),
    ("mapping-style", "comprehension", "def f(list):\n    return list(map(lambda a: a, b))\n", 2, "may be"),
    ("open-context", "with", "def f():\n    a = open(p)\n    return a\n", 2, FORM),
    ("quotes", "double", "x = 'say \"a\"'\n", 1, "a backslash"),
    ("raise-message", "in place",
     "def f():\n    msg = 'a'\n    g(msg)\n    raise B(msg)\n", 4, "on the line above"),
    ("raise-message", "in place",
     "def f():\n    if a:\n        msg = 'a'\n        raise B(msg)\n    return msg\n", 4, "something else"),
    ("raise-message", "in place", "def f():\n    msg = g()\n    raise B(msg)\n", 3, "no plain text"),
    ("raise-message", "in place", "def f():\n    # why\n    msg = 'a'\n    raise B(msg)\n", 4, COMMENT),
    ("raise-message", "variable", "raise B('a')\n", 1, "of its own in a function"),
    ("raise-message", "variable", "def f():\n    if a: raise B('a')\n", 2, "of its own in a function"),
    ("string-formatting", "f-string", "x = '%s' % a\n", 1, "in another way"),
    ("string-formatting", "f-string", "x = '{}'.format(f())\n", 1, "more than plain"),
    ("string-formatting", "f-string", "x = '{a.b}'.format(a=c)\n", 1, "more than plain"),
    ("string-formatting", "f-string", "x = '{0}{0}'.format(a)\n", 1, "more than plain"),
    ("string-formatting", "f-string", "x = '{:{}}'.format(a, b)\n", 1, "more than plain"),
    ("string-formatting", "f-string", "x = '{}'.format(a, b)\n", 1, "more than plain"),
    ("string-formatting", "f-string", "x = '{}'.format(a['b'])\n", 1, "more than plain"),
    ("string-formatting", "f-string", "x = '\\x7b{}'.format(a)\n", 1, "backslashes"),
    ("string-formatting", "f-string", "x = '{}'.format(*a)\n", 1, "more than plain"),
    ("subprocess-check", "said", "import subprocess\nsubprocess.run(a, **b)\n", 2, "may say `check`"),
    ("super-call", "without arguments",
     "class A(B):\n    def f(self):\n        return [super(A, self).f() for _ in c]\n", 3, "of its own"),
    ("super-call", "without arguments",
     "@d\nclass A(B):\n    def f(self):\n        super(A, self).f()\n", 4, "another one"),
    ("super-call", "without arguments",
     "class A(B):\n    def f(self):\n        super(B, self).f()\n", 3, "that class"),
    ("super-call", "without arguments",
     "class A(B):\n    def f(self):\n        self = g(self)\n        super(A, self).f()\n", 4, "called on"),
    ("super-call", "without arguments",
     "class A(B):\n    @staticmethod\n    def f(a, self):\n        super(A, self).f()\n", 4, "called on"),
    ("unused-loop-name", "underscore", "for i in a: b\n", 1, "of a module"),
    ("unused-loop-name", "underscore",
     "def f():\n    for i in a: b\n    return i\n", 2, "used elsewhere"),
    ("utc-name", "UTC", "x = timezone.utc\n", 1, "have to be imported"),
    ("utc-name", "UTC", "x = datetime.timezone.utc\n", 1, "`datetime` may be"),
]


@pytest.mark.parametrize(("family", "usual", "text", "line", "reason"), KEPT)
def test_departures_that_cannot_be_mended_without_risk_are_left_alone_with_a_reason(
    family: str, usual: str, text: str, line: int, reason: str
) -> None:
    source = f"{HEAD}{text}".encode()
    wanted = [Wanted(f"deviation/{family}", Span(line + 2, line + 2), usual)]
    mended = mend(source, wanted, Safety.SAFE)
    assert mended.content == source
    assert mended.answers[0].reason
    assert reason in mended.answers[0].reason


#: Departures whose fixes reach further than the shared programs show.
MENDED = [
    ("quotes", "double", "def f():\n    x = 'a'\n    return 'b' 'c', b'd', f'{x}', 'say \"e\"'\n", 2,
     "def f():\n    x = \"a\"\n    return \"b\" \"c\", b'd', f'{x}', 'say \"e\"'\n"),
    ("quotes", "single", "class A:\n    x = \"a\"\n    def f(self):\n        return \"b\"\n", 2,
     "class A:\n    x = 'a'\n    def f(self):\n        return \"b\"\n"),
    ("exception-name", "error",
     "def f():\n    try:\n        a\n    except B as e:\n        c(e)\n    except D as error:\n        c(error)\n",
     4,
     "def f():\n    try:\n        a\n    except B as error:\n        c(error)\n    except D as error:\n        c(error)\n"),
    ("unused-loop-name", "underscore", "def f():\n    for i in a:\n        print(_('text'))\n", 2,
     "def f():\n    for _i in a:\n        print(_('text'))\n"),
    ("environment-access", "getenv", "x = os.environ.get('A') or os.environ.get('B', 1)\n", 1,
     "x = os.getenv('A') or os.getenv('B', 1)\n"),
]


@pytest.mark.parametrize(("family", "usual", "text", "line", "after"), MENDED)
def test_departures_are_mended_as_far_as_they_reach(
    family: str, usual: str, text: str, line: int, after: str
) -> None:
    wanted = [Wanted(f"deviation/{family}", Span(line + 2, line + 2), usual)]
    mended = mend(f"{HEAD}{text}".encode(), wanted, Safety.SAFE)
    assert mended.answers[0].reason is None
    assert mended.content.decode() == f"{HEAD}{after}"


def test_a_module_that_a_fix_needs_is_imported() -> None:
    text = "import tempfile\n\n\ndef f():\n    _, path = tempfile.mkstemp()\n    return path\n"
    mended = mend(text.encode(), [Wanted("temporary-descriptor-leaked", Span(5, 5))], Safety.SAFE)
    assert mended.content.startswith(b"import tempfile\nimport os\n") or mended.content.startswith(
        b"import os\nimport tempfile\n"
    )


@pytest.mark.parametrize(
    ("family", "usual", "before", "after"),
    [
        ("empty-return", "bare", "def f() -> None:\n    return None\n", "def f() -> None:\n    return\n"),
        ("empty-return", "bare", "def f() -> I:\n    yield\n    return None\n",
         "def f() -> I:\n    yield\n    return\n"),
        ("empty-return", "bare", "def f():\n    def g(): return 1\n    return None\n",
         "def f():\n    def g(): return 1\n    return\n"),
        ("guard-style", "early", "def f(a):\n    if a:\n        b()\n        return a\n",
         "def f(a):\n    if not a:\n        return None\n    b()\n    return a\n"),
        ("guard-style", "early", "def f(a):\n    if a:\n        b()\n        return None\n",
         "def f(a):\n    if not a:\n        return\n    b()\n    return None\n"),
    ],
)  # fmt: skip
def test_a_function_that_gives_values_gives_none_by_name(
    family: str, usual: str, before: str, after: str
) -> None:
    line = next(n for n, one in enumerate(before.split("\n"), 1) if "return None" in one or "if" in one)
    wanted = [Wanted(f"deviation/{family}", Span(line, line), usual)]
    assert mend(before.encode(), wanted, Safety.SAFE).content.decode() == after


def test_an_annotation_goes_with_a_fix_inside_of_its_function() -> None:
    text = "def test_it():\n    return None\n"
    wanted = [
        Wanted("deviation/test-annotations", Span(1, 1), "given"),
        Wanted("deviation/empty-return", Span(2, 2), "bare"),
    ]
    mended = mend(text.encode(), wanted, Safety.SAFE)
    assert mended.content == b"def test_it() -> None:\n    return\n"


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
    ("handler-never-reached",
     "try:\n    a\nexcept Exception:  # all\n    b\n\nexcept ValueError:\n    c\n", (3, 6),
     "try:\n    a\n\nexcept ValueError:\n    c\nexcept Exception:  # all\n    b\n"),
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


def _rules(folder: Path) -> set[str]:
    """The rules of a folder's codemods, by the names of its files."""
    files = (path for path in folder.glob("*.py") if "\nCODEMOD = " in path.read_text("utf-8"))
    return {path.stem.replace("_", "-") for path in files}


def test_every_codemod_is_listed_and_is_that_of_its_rule() -> None:
    folder = Path(all_codemods.__file__).parent
    assert _rules(folder) == set(all_codemods.SAFETY)
    assert all(all_codemods.codemod_of(rule).rule == rule for rule in all_codemods.SAFETY)
    assert _rules(folder / "conventions") == set(all_codemods.CONVENTIONS)
    for family, (_, usual) in all_codemods.CONVENTIONS.items():
        codemod = all_codemods.convention_codemod_of(family)
        assert (codemod.family, codemod.usual) == (family, usual)
        known = {one.id for one in BY_ID[family].alternatives}
        assert known >= set(usual)


def test_every_safe_fix_is_run_in_surroundings() -> None:
    run = {(one.rule, one.usual) for one in SPECIMENS}
    safe = {rule for rule, safety in all_codemods.SAFETY.items() if safety is Safety.SAFE}
    assert safe - {rule for rule, _ in run} == {"import-of-own-language"}  # only for modules
    pairs = {
        (f"deviation/{family}", "error" if one == "*" else one)
        for family, (safety, usual) in all_codemods.CONVENTIONS.items()
        if safety is Safety.SAFE
        for one in usual
    }
    alone = {(f"deviation/{family}", usual) for family, usual, *_ in MENDED}
    assert pairs <= run | alone


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


#: What programs are run on, in turn.
PATHS_AND_VALUES = itertools.cycle(itertools.product(KINDS, (1, "x", 0)))
#: Surroundings that are functions within a function.
NESTED = {"function", "decorated", "async", "method"}


def check(specimen: Specimen, contexts: list[str], indent: str, newline: str) -> None:
    """The whole text is what it should be: no byte outside of what was meant differs."""
    made = program(specimen, contexts, indent, newline)
    wanted = [Wanted(specimen.rule, Span(made.first, made.last), specimen.usual)]
    mended = mend(made.before.encode(), wanted, Safety.SAFE)
    if specimen.is_picky and mended.answers[0].reason is not None:
        assert NESTED & {*contexts}, made.before
        return
    assert mended.answers[0].reason is None, made.before
    after = mended.content.decode()
    assert ast.dump(ast.parse(after)) == ast.dump(ast.parse(made.after))
    assert _laid_out(after) == _laid_out(made.after)
    assert set(after.replace(newline, "")) & {"\r", "\n"} == set()
    for kind, value in itertools.islice(PATHS_AND_VALUES, 2):
        assert run(made.before, kind, value) == run(after, kind, value)


def _laid_out(text: str) -> str:
    """The text less how deep lines stand: new blocks go in as the file's own are."""
    return "\n".join(line.lstrip() for line in text.splitlines())


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("number", range(len(SPECIMENS)))
def test_safe_fixes_keep_all_round_them_and_what_the_code_does(number: int) -> None:
    """Each in a quarter of the surroundings, which `benchmarks.rules.fixes table` has all."""
    specimen = SPECIMENS[number]
    for context in itertools.islice(CONTEXTS, number % 4, None, 4):
        check(specimen, [context], "    ", "\n")
    check(specimen, ["elif"], "\t", "\r\n")


@pytest.mark.filterwarnings("ignore")
@settings(max_examples=30)
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
