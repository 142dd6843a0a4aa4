"""How tests are written."""

from __future__ import annotations

import ast

from scanner.analysis.choices.family import (
    FUNCTIONS,
    Alternative,
    Family,
    Function,
    Scene,
    Topic,
    decorator_names,
    dotted,
    has_keyword,
    is_test,
    last_name,
)
from scanner.base.model import UnitKind

_SET_UP = ("setUp", "tearDown", "setUpClass", "setup_method", "teardown_method", "setup_class")


def _style(node: ast.AST, scene: Scene) -> str | None:
    if isinstance(node, ast.ClassDef):
        bases = [last_name(base) for base in node.bases]
        if any(base.endswith("TestCase") for base in bases):
            return "TestCase"
        return "test class" if node.name.startswith("Test") and not bases else None
    is_function = scene.kind is UnitKind.FUNCTION and scene.is_unit
    if not is_function or not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return None
    return "function" if node.name.startswith("test_") else None


def _assertion(node: ast.AST, scene: Scene) -> str | None:
    root = scene.ancestors[1] if len(scene.ancestors) > 1 else None
    if not isinstance(root, ast.FunctionDef | ast.AsyncFunctionDef) or not is_test(root):
        return None
    if isinstance(node, ast.Assert):
        return "assert"
    name = dotted(node.func) if isinstance(node, ast.Call) else ""
    return "method" if name.startswith("self.assert") and "Raises" not in name else None


def _preparation(node: Function, scene: Scene) -> str | None:
    if not scene.is_unit:
        return None
    if any(name.endswith("fixture") for name in decorator_names(node)):
        return "fixture"
    return "set-up method" if node.name in _SET_UP else None


def _cases(node: Function, scene: Scene) -> str | None:
    if not scene.is_unit or not is_test(node):
        return None
    if any(name.endswith("parametrize") for name in decorator_names(node)):
        return "parametrized"
    last = node.body[-1]
    cases = last.iter if isinstance(last, ast.For) else None
    if isinstance(cases, ast.List | ast.Tuple) and len(cases.elts) > 1:
        return "loop" if any(isinstance(part, ast.Assert) for part in ast.walk(last)) else None
    is_subtest = any(
        isinstance(one, ast.withitem) and last_name(one.context_expr) == "subTest"
        for one in ast.walk(last)
    )
    return "subtest" if is_subtest else None


def _raising(node: ast.Call, _scene: Scene) -> str | None:
    name = dotted(node.func)
    if name == "pytest.raises":
        return "pytest.raises"
    return "assertRaises" if name in ("self.assertRaises", "self.assertRaisesRegex") else None


def _matching(node: ast.Call, scene: Scene) -> str | None:
    if dotted(node.func) != "pytest.raises" or not isinstance(scene.parent, ast.withitem):
        return None
    has_target = scene.parent.optional_vars is not None
    if has_keyword(node, "match"):
        return "match"
    return None if has_target else "type alone"


def _mocking(node: ast.AST, scene: Scene) -> str | None:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        if not scene.is_unit:
            return None
        names = decorator_names(node)
        is_patched = any(name in ("patch", "mock.patch") or ".patch." in name for name in names)
        return "decorator" if is_patched else None
    if isinstance(node, ast.withitem):
        name = dotted(node.context_expr.func) if isinstance(node.context_expr, ast.Call) else ""
        return "with patch" if name.removeprefix("mock.") in ("patch", "patch.object") else None
    name = dotted(node.func) if isinstance(node, ast.Call) else ""
    if name == "monkeypatch.setattr":
        return "monkeypatch"
    return "mocker" if name in ("mocker.patch", "mocker.patch.object") else None


def _async_mark(node: ast.AsyncFunctionDef, scene: Scene) -> str | None:
    if not scene.is_unit or not is_test(node):
        return None
    names = decorator_names(node)
    marks = [name for name in names if name.endswith((".asyncio", ".anyio", ".trio"))]
    return marks[0].split(".")[-1] if marks else "unmarked"


def _temporary(node: ast.AST, _scene: Scene) -> str | None:
    if isinstance(node, ast.arg):
        return node.arg if node.arg in ("tmp_path", "tmpdir") else None
    name = dotted(node.func) if isinstance(node, ast.Call) else ""
    is_tempfile = name.removeprefix("tempfile.") in ("TemporaryDirectory", "mkdtemp")
    return "tempfile" if is_tempfile else None


def _fixture_call(node: Function, _scene: Scene) -> str | None:
    for decorator in node.decorator_list:
        if dotted(decorator) == "pytest.fixture":
            return "plain"
        if isinstance(decorator, ast.Call) and dotted(decorator.func) == "pytest.fixture":
            return None if decorator.args or decorator.keywords else "parentheses"
    return None


FAMILIES = (
    Family(
        "test-style",
        Topic.TESTS,
        "tests",
        (ast.ClassDef, *FUNCTIONS),
        _style,
        (
            Alternative(
                "function", "functions", "write a plain `def test_...`", "def test_a():\n    pass\n"
            ),
            Alternative(
                "test class",
                "classes without a base",
                "write a `class Test...`",
                "class TestA:\n    pass\n",
            ),
            Alternative(
                "TestCase",
                "`unittest.TestCase` classes",
                "derive a class from `TestCase`",
                "class TestA(unittest.TestCase):\n    pass\n",
                "class $C(unittest.TestCase):\n  ...\n",
            ),
        ),
        ("ruff:PT009",),
    ),
    Family(
        "test-assertion",
        Topic.TESTS,
        "assertions of tests",
        (ast.Assert, ast.Call),
        _assertion,
        (
            Alternative(
                "assert",
                "plain `assert`",
                "write `assert ...`",
                "def test_a():\n    assert f()\n",
            ),
            Alternative(
                "method",
                "`self.assert…` methods",
                "call `self.assertEqual(...)` and the like",
                "def test_a(self):\n    self.assertEqual(1, f())\n",
                "self.assertEqual(...)",
            ),
        ),
        ("ruff:PT009",),
    ),
    Family(
        "test-preparation",
        Topic.TESTS,
        "preparations of tests",
        FUNCTIONS,
        _preparation,
        (
            Alternative(
                "fixture",
                "pytest fixtures",
                "write a `@pytest.fixture`",
                "@pytest.fixture\ndef a():\n    return 1\n",
            ),
            Alternative(
                "set-up method",
                "`setUp` methods",
                "write a `setUp` method",
                "def setUp(self):\n    self.a = 1\n",
                "def setUp(self):\n  ...\n",
            ),
        ),
    ),
    Family(
        "test-cases",
        Topic.TESTS,
        "tests of several cases",
        FUNCTIONS,
        _cases,
        (
            Alternative(
                "parametrized",
                "parametrized",
                "write `@pytest.mark.parametrize`",
                "@pytest.mark.parametrize('a', [1, 2])\ndef test_a(a):\n    assert a\n",
                improves_on=(
                    "loop",
                    "subtest",
                ),
            ),
            Alternative(
                "loop",
                "loops over their cases",
                "loop over the cases",
                "def test_a():\n    for a in (1, 2):\n        assert a\n",
            ),
            Alternative(
                "subtest",
                "made of `subTest`s",
                "use `self.subTest(...)`",
                "def test_a(self):\n    with self.subTest():\n        pass\n",
                "self.subTest(...)",
            ),
        ),
    ),
    Family(
        "test-raises",
        Topic.TESTS,
        "tests of an exception",
        (ast.Call,),
        _raising,
        (
            Alternative(
                "pytest.raises",
                "made with `pytest.raises`",
                "write `with pytest.raises(...):`",
                "with pytest.raises(OSError) as e:\n    f()\n",
                "pytest.raises(...)",
            ),
            Alternative(
                "assertRaises",
                "made with `assertRaises`",
                "write `with self.assertRaises(...):`",
                "with self.assertRaises(OSError):\n    f()\n",
                "self.assertRaises(...)",
            ),
        ),
        ("ruff:PT027",),
    ),
    Family(
        "test-raises-match",
        Topic.TESTS,
        "uses of `pytest.raises`",
        (ast.Call,),
        _matching,
        (
            Alternative(
                "match",
                "given a `match`",
                "pass `match='...'`",
                "with pytest.raises(OSError, match='no'):\n    f()\n",
                improves_on=("type alone",),
            ),
            Alternative(
                "type alone",
                "given the type alone",
                "name the type alone",
                "with pytest.raises(OSError):\n    f()\n",
            ),
        ),
        ("ruff:PT011",),
    ),
    Family(
        "test-mocks",
        Topic.TESTS,
        "things patched",
        (*FUNCTIONS, ast.withitem, ast.Call),
        _mocking,
        (
            Alternative(
                "with patch",
                "patched in a `with` statement",
                "write `with patch(...):`",
                "with patch('a.b'):\n    f()\n",
            ),
            Alternative(
                "decorator",
                "patched by a decorator",
                "decorate the test with `@patch(...)`",
                "@patch('a.b')\ndef test_a(b):\n    pass\n",
            ),
            Alternative(
                "monkeypatch",
                "patched by `monkeypatch`",
                "call `monkeypatch.setattr(...)`",
                "monkeypatch.setattr(a, 'b', 1)\n",
                "monkeypatch.setattr(...)",
            ),
            Alternative(
                "mocker",
                "patched by `mocker`",
                "call `mocker.patch(...)`",
                "mocker.patch('a.b')\n",
                "mocker.patch(...)",
            ),
        ),
    ),
    Family(
        "test-async",
        Topic.TESTS,
        "async tests",
        (ast.AsyncFunctionDef,),
        _async_mark,
        (
            Alternative(
                "unmarked",
                "without a mark",
                "leave off the mark",
                "async def test_a():\n    pass\n",
            ),
            Alternative(
                "asyncio",
                "marked `pytest.mark.asyncio`",
                "mark it `@pytest.mark.asyncio`",
                "@pytest.mark.asyncio\nasync def test_a():\n    pass\n",
            ),
            Alternative(
                "anyio",
                "marked `pytest.mark.anyio`",
                "mark it `@pytest.mark.anyio`",
                "@pytest.mark.anyio\nasync def test_a():\n    pass\n",
            ),
            Alternative(
                "trio",
                "marked `pytest.mark.trio`",
                "mark it `@pytest.mark.trio`",
                "@pytest.mark.trio\nasync def test_a():\n    pass\n",
            ),
        ),
    ),
    Family(
        "test-folder",
        Topic.TESTS,
        "temporary folders",
        (ast.arg, ast.Call),
        _temporary,
        (
            Alternative(
                "tmp_path",
                "the fixture `tmp_path`",
                "take the fixture `tmp_path`",
                "def test_a(tmp_path):\n    pass\n",
            ),
            Alternative(
                "tmpdir",
                "the fixture `tmpdir`",
                "take the fixture `tmpdir`",
                "def test_a(tmpdir):\n    pass\n",
            ),
            Alternative(
                "tempfile",
                "made by `tempfile`",
                "call `tempfile.TemporaryDirectory()`",
                "tempfile.TemporaryDirectory()\n",
                "tempfile.TemporaryDirectory()",
            ),
        ),
    ),
    Family(
        "fixture-parentheses",
        Topic.TESTS,
        "fixtures without options",
        FUNCTIONS,
        _fixture_call,
        (
            Alternative(
                "plain",
                "written `@pytest.fixture`",
                "write `@pytest.fixture`",
                "@pytest.fixture\ndef a():\n    return 1\n",
            ),
            Alternative(
                "parentheses",
                "written `@pytest.fixture()`",
                "write `@pytest.fixture()`",
                "@pytest.fixture()\ndef a():\n    return 1\n",
            ),
        ),
        ("ruff:PT001",),
    ),
)
