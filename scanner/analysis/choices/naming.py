"""How the code names things."""

from __future__ import annotations

import ast
import re

from scanner.analysis.choices.family import (
    FUNCTIONS,
    OPEN,
    Alternative,
    Family,
    Function,
    Reach,
    Scene,
    Seen,
    Topic,
    decorator_names,
    is_dunder,
    is_test,
    last_name,
)
from scanner.base.model import UnitKind

_SYNONYMS = {
    "obtain": ("get", "fetch", "retrieve", "obtain"),
    "search": ("find", "search", "lookup", "locate"),
    "remove": ("delete", "remove", "destroy", "erase", "purge"),
    "make": ("create", "make", "construct", "generate", "new"),
    "change": ("update", "modify", "edit", "change", "alter"),
    "check": ("check", "validate", "verify", "ensure"),
    "send": ("send", "emit", "publish", "dispatch", "post"),
    "end": ("stop", "shutdown", "terminate", "finish"),
    "compute": ("compute", "calculate", "calc"),
    "show": ("show", "display", "render", "draw"),
    "save": ("save", "store", "persist", "dump"),
    "convert": ("convert", "transform", "translate"),
    "process": ("process", "handle"),
}
_GROUP = {verb: group for group, verbs in _SYNONYMS.items() for verb in verbs}
_PREDICATES = ("is", "has", "can", "should", "was", "needs", "supports", "must", "will", "does")
_CASES = (
    ("snake case", re.compile(r"_*[a-z][a-z0-9]*(_[a-z0-9]+)*_?")),
    ("camel case", re.compile(r"_*[a-z][a-z0-9]*[A-Z][a-zA-Z0-9]*")),
    ("cap words", re.compile(r"_*[A-Z](?=[A-Z0-9]*[a-z])[a-zA-Z0-9]*")),
    ("upper case", re.compile(r"_*[A-Z][A-Z0-9]*(_[A-Z0-9]+)*")),
)


#: A handler that is named after what it handles, as `do_GET`, `visit_Name` or `on_TabClosed` are.
_NAMED_AFTER = re.compile(r"_*[a-z]+_[A-Z][A-Za-z0-9]*")
#: Methods that classes of the standard library call by these names.
_ASKED_FOR = re.compile(
    r"(async)?(setUp|tearDown)(Class|Module)?|runTest|shortDescription|printErrors"
    r"|(start|stop)Test(Run)?|add(Error|Failure|Success|Skip|ExpectedFailure|UnexpectedSuccess"
    r"|SubTest)|format(Time|Exception|Stack|Message)|usesTime|handleError|makeRecord|findCaller"
    r"|getMessage|createLock|shouldFlush|shouldRollover|doRollover|make(Pickle|Socket)"
    r"|(start|end)(Document|Element(NS)?|PrefixMapping)|ignorableWhitespace|skippedEntity"
    r"|processingInstruction|setDocumentLocator|resolveEntity|fatalError"
)

_SEAM = re.compile(r"[^\W_]_[^\W_]|[a-z][A-Z]")


def _has_words(name: str) -> bool:
    """Whether a name has several words, so that its case shows."""
    return _SEAM.search(name) is not None


def case_of(name: str) -> str:
    """Which case a name is written in: snake, camel, cap words, upper, or mixed."""
    return next((case for case, shape in _CASES if shape.fullmatch(name)), "mixed case")


def _function(node: Function, scene: Scene) -> str | None:
    if is_dunder(node.name) or is_test(node) or not scene.is_unit or not _has_words(node.name):
        return None
    is_given = _ASKED_FOR.fullmatch(node.name) or _NAMED_AFTER.fullmatch(node.name)
    return None if is_given else case_of(node.name)


def _test(node: Function, scene: Scene) -> str | None:
    if not scene.is_unit or not is_test(node) or node.name == "test":
        return None
    # The names of tests quote other names: only one without a second word is in another case.
    return "snake case" if "_" in node.name else case_of(node.name)


def _class(node: ast.ClassDef, _scene: Scene) -> str | None:
    if len(node.name.strip("_")) < 2:
        return None
    return "cap words" if node.name.strip("_").isupper() else case_of(node.name)


def _local(node: ast.Assign, scene: Scene) -> str | None:
    target = node.targets[0]
    if not scene.in_function or not isinstance(target, ast.Name) or not _has_words(target.id):
        return None
    case = case_of(target.id)
    return case if case in ("snake case", "camel case") else None


def _parameter(node: ast.arg, _scene: Scene) -> str | None:
    return case_of(node.arg) if _has_words(node.arg) else None


def _verb(node: Function, scene: Scene) -> Seen | None:
    verb, rest, _ = node.name.lstrip("_").partition("_")
    is_counted = scene.is_unit and bool(rest) and verb in _GROUP and not decorator_names(node)
    return Seen(verb, _GROUP[verb]) if is_counted else None


def _predicate(node: Function, scene: Scene) -> str | None:
    is_truth = isinstance(node.returns, ast.Name) and node.returns.id == "bool"
    if not is_truth or not scene.is_unit or is_dunder(node.name) or is_test(node):
        return None
    return "question" if node.name.lstrip("_").split("_")[0] in _PREDICATES else "other"


def _unused(node: ast.For, _scene: Scene) -> str | None:
    if not isinstance(node.target, ast.Name):
        return None
    name = node.target.id
    used = any(
        isinstance(part, ast.Name) and part.id == name
        for statement in node.body
        for part in ast.walk(statement)
    )
    if used:
        return None
    return "underscore" if name.startswith("_") else "named"


def _base_suffix(node: ast.ClassDef, scene: Scene) -> Seen | None:
    if len(node.bases) != 1 or not scene.is_unit:
        return None
    base = last_name(node.bases[0])
    stem = re.sub(r"^(Base|Abstract)|(Base|ABC)$", "", base)
    words = re.findall(r"[A-Z][a-z0-9]+", stem)
    if not words or len(words[-1]) < 4 or base in ("Exception", "Enum", "NamedTuple", "Protocol"):
        return None
    return Seen("ends so" if node.name.endswith(words[-1]) else "ends otherwise", base)


def _test_class(node: ast.ClassDef, scene: Scene) -> str | None:
    if "Test" not in node.name or not scene.is_unit:
        return None
    if node.name.startswith("Test"):
        return "Test first"
    return "Test last" if node.name.endswith(("Test", "Tests", "TestCase")) else None


def _private_method(node: Function, scene: Scene) -> str | None:
    is_counted = scene.kind is UnitKind.METHOD and scene.is_unit and not is_dunder(node.name)
    if not is_counted or not node.name.startswith("_"):
        return None
    return "two" if node.name.startswith("__") else "one"


_SNAKE = Alternative("snake case", "named in snake_case", "name it in snake_case")
_CASE = Alternative(OPEN, "named in {choice}", "name it in {choice}")

FAMILIES = (
    Family(
        "function-name",
        Topic.NAMING,
        "functions",
        FUNCTIONS,
        _function,
        (
            Alternative(
                "snake case",
                "named in snake_case",
                "name it in snake_case",
                "def get_it():\n    pass\n",
                # Functions are named in CapWords where a protocol names them; helpers are not.
                improves_on=("cap words", "upper case", "mixed case"),
            ),
            Alternative(
                "camel case",
                "named in camelCase",
                "name it in camelCase",
                "def getIt():\n    pass\n",
            ),
            _CASE,
        ),
        ("ruff:N802", "flake8:N802", "pylint:C0103"),
    ),
    Family(
        "test-name",
        Topic.NAMING,
        "tests",
        FUNCTIONS,
        _test,
        (
            Alternative(
                "snake case",
                "named in snake_case",
                "name it in snake_case",
                "def test_it():\n    pass\n",
            ),
            _CASE,
        ),
        ("ruff:N802", "flake8:N802", "pylint:C0103"),
    ),
    Family(
        "class-name",
        Topic.NAMING,
        "classes",
        (ast.ClassDef,),
        _class,
        (
            Alternative(
                "cap words",
                "named in CapWords",
                "name it in CapWords",
                "class MyThing:\n    pass\n",
            ),
            Alternative(
                "snake case",
                "named in snake_case",
                "name it in snake_case",
                "class my_thing:\n    pass\n",
            ),
            _CASE,
        ),
        ("ruff:N801", "flake8:N801", "pylint:C0103"),
        in_tests=False,
    ),
    Family(
        "local-name",
        Topic.NAMING,
        "local variables",
        (ast.Assign,),
        _local,
        (
            Alternative(
                "snake case",
                "named in snake_case",
                "name it in snake_case",
                "def f():\n    my_value = 1\n    return my_value\n",
            ),
            _CASE,
        ),
        ("ruff:N806", "flake8:N806", "pylint:C0103"),
    ),
    Family(
        "parameter-name",
        Topic.NAMING,
        "parameters",
        (ast.arg,),
        _parameter,
        (
            Alternative(
                "snake case",
                "named in snake_case",
                "name it in snake_case",
                "def f(my_value):\n    pass\n",
            ),
            _CASE,
        ),
        ("ruff:N803", "flake8:N803", "pylint:C0103"),
    ),
    Family(
        "verb",
        Topic.NAMING,
        "functions named by a verb for “{subject}”",
        FUNCTIONS,
        _verb,
        (Alternative(OPEN, "named `{choice}_…`", "name it `{choice}_...`"),),
        reach=Reach.DIRECTORY,
        in_tests=False,
    ),
    Family(
        "predicate-name",
        Topic.NAMING,
        "functions that return bool",
        FUNCTIONS,
        _predicate,
        (
            Alternative(
                "question",
                "named as a question (`is_…`, `has_…`)",
                "name it `is_...`, `has_...` or the like",
                "def is_ok() -> bool:\n    return True\n",
            ),
            Alternative(
                "other",
                "named otherwise",
                "name it for what it does",
                "def check() -> bool:\n    return True\n",
            ),
        ),
    ),
    Family(
        "unused-loop-name",
        Topic.NAMING,
        "loop variables that are not used",
        (ast.For,),
        _unused,
        (
            Alternative(
                "underscore",
                "named `_…`",
                "name it `_`",
                "for _ in range(3):\n    f()\n",
            ),
            Alternative(
                "named", "named like any other", "give it a name", "for i in range(3):\n    f()\n"
            ),
        ),
        ("ruff:B007", "pylint:W0612"),
    ),
    Family(
        "subclass-name",
        Topic.NAMING,
        "subclasses of `{subject}`",
        (ast.ClassDef,),
        _base_suffix,
        (
            Alternative(
                "ends so",
                "named with the last word of the base",
                "end the name in the last word of `{subject}`",
                "class MyHandler(BaseHandler):\n    pass\n",
            ),
            Alternative(
                "ends otherwise",
                "named without the last word of the base",
                "leave off the base's last word",
                "class Mine(BaseHandler):\n    pass\n",
            ),
        ),
    ),
    Family(
        "test-class-name",
        Topic.NAMING,
        "test classes",
        (ast.ClassDef,),
        _test_class,
        (
            Alternative(
                "Test first", "named `Test…`", "name it `Test...`", "class TestA:\n    pass\n"
            ),
            Alternative(
                "Test last", "named `…Test`", "name it `...Test`", "class ATest:\n    pass\n"
            ),
        ),
    ),
    Family(
        "private-method-name",
        Topic.NAMING,
        "private methods",
        FUNCTIONS,
        _private_method,
        (
            Alternative(
                "one",
                "marked by one underscore",
                "begin the name with one underscore",
                "def _f(self):\n    pass\n",
            ),
            Alternative(
                "two",
                "marked by two underscores",
                "begin the name with two underscores",
                "def __f(self):\n    pass\n",
            ),
        ),
    ),
)
