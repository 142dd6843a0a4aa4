"""How much a test asserts: first edits after which it asserts as much, then others."""

from __future__ import annotations

import ast

import pytest

from scanner.guards.assertions import assertions_in, imported_paths, is_less

FIVE = "def test():\n" + "".join(f"    assert f({n}) == {n}\n" for n in range(5))

AS_MUCH = {
    "cases": "@pytest.mark.parametrize('n', [0, 1, 2, 3, 4, 5])\n"
    "def test(n):\n    assert f(n) == n\n",
    "two lists of cases": "@parametrize('a', [1, 2])\n@parametrize('b', [1, 2])\n"
    "def test(a, b):\n    assert f(a) == b\n",
    "cases from elsewhere": "@pytest.mark.parametrize('n', CASES)\ndef test(n):\n    assert f(n)\n",
    "generated cases": "@given(integers())\ndef test(n):\n    assert f(n) == n\n",
    "a comparison of lists": "def test():\n    assert [f(n) for n in NS] == [0, 1, 2, 3, 4]\n",
    "a comparison with a name": "def test():\n    want = [0, 1, 2, 3, 4]\n    assert f() == want\n",
    "a comparison of dicts": "def test():\n"
    "    assert f() == {'a': 1, 'b': {'c': 2, 'd': 3, 'e': 4}}\n",
    "a comparison of objects": "def test():\n    assert f() == P(a=1, b=2, c=3, d=4, e=5)\n",
    "a text of lines": "def test():\n    assert f() == '''a\nb\nc\nd\ne'''\n",
    "a loop": "def test():\n    for n in range(5):\n        assert f(n) == n\n",
    "a loop over cases": "def test():\n    for n in CASES:\n        assert f(n) == n\n",
    "all": "def test():\n    assert all(f(n) == n for n in CASES)\n",
    "a snapshot": "def test(snapshot):\n    assert f() == snapshot\n",
    "a snapshot's own call": "def test(snapshot):\n    snapshot.assert_match(f())\n",
    "a regression file": "def test(data_regression):\n    data_regression.check(f())\n",
    "three of five": "def test():\n    assert f(1)\n    assert f(2)\n    assert f(3)\n",
    "unittest's subtests": "def test(self):\n    for n in (1, 2, 3, 4, 5):\n"
    "        with self.subTest(n=n):\n            self.assertEqual(f(n), n)\n",
}

_ALL = "".join(f"    assert f({n}) == {n}\n" for n in range(5))
_DEEP = _ALL.replace("    ", "        ")
AS_MUCH |= {
    "in a function that is called": "def test():\n    def g():\n" + _DEEP + "    g()\n",
    "in a function that is handed on": "def test():\n    def g():\n" + _DEEP + "    run(g)\n",
    "in a function that is decorated": "def test():\n    @on('x')\n    def g():\n" + _DEEP,
    "a guard": "def test(x):\n    if x:\n        return\n" + _ALL,
    "a return at the end": "def test():\n" + _ALL + "    return\n",
    "a helper's own return": "def test():\n    def g(n):\n        return n\n" + _ALL,
    "a raise that is expected": "def test():\n    with pytest.raises(E):\n        raise E\n" + _ALL,
    "a raise that is caught": "def test():\n    try:\n        raise E\n    except E:\n"
    "        pass\n" + _ALL,
    "one branch returns": "def test(x):\n    if x:\n        return\n    else:\n        g()\n"
    + _ALL,
    "under a condition": "def test(x):\n    if x:\n" + _DEEP,
    "always": "def test():\n    if True:\n" + _DEEP,
    "in a loop that goes on": "def test():\n    for n in NS:\n        if not n:\n"
    "            continue\n        assert f(n)\n",
    "a skip under a condition": "def test(x):\n    if x:\n        pytest.skip('x')\n" + _ALL,
    "a failure that is told": "def test():\n    try:\n" + _DEEP + "    except Exception as e:\n"
    "        raise AssertionError(e)\n",
    "a cleanup that may fail": "def test():\n" + _ALL + "    with suppress(OSError):\n"
    "        g()\n",
}

LESS = {
    "no cases": "@pytest.mark.parametrize('n', [])\ndef test(n):\n    assert f(n)\n",
    "in a function that nothing calls": "def test():\n    def g():\n" + _DEEP,
    "after a return": "def test():\n    return\n" + _ALL,
    "after a value is returned": "def test():\n    return f(1)\n" + _ALL,
    "after `if True: return`": "def test():\n    if True:\n        return\n" + _ALL,
    "after `if not False: return`": "def test():\n    if not False:\n        return\n" + _ALL,
    "after a raise": "def test():\n    raise SkipTest\n" + _ALL,
    "after a skip": "def test():\n    pytest.skip('x')\n" + _ALL,
    "after a return in a block": "def test():\n    with g():\n        return\n" + _ALL,
    "after two branches that return": "def test(x):\n    if x:\n        return\n    else:\n"
    "        return 1\n" + _ALL,
    "never": "def test():\n    if False:\n" + _DEEP,
    "never, by a number": "def test():\n    if 0:\n" + _DEEP,
    "for type checkers": "def test():\n    if TYPE_CHECKING:\n" + _DEEP,
    "in a loop that never turns": "def test():\n    while False:\n" + _DEEP,
    "in a loop that goes on at once": "def test():\n    for n in NS:\n        continue\n" + _DEEP,
    "whose failure is dropped": "def test():\n    try:\n" + _DEEP + "    except AssertionError:\n"
    "        pass\n",
    "whose failure is suppressed": "def test():\n    with suppress(AssertionError):\n" + _DEEP,
    "none": "def test():\n    f(1)\n",
    "a constant": "def test():\n    assert True\n",
    "one": "def test():\n    assert f(1) == 1\n",
    "two in a tuple": "def test():\n    assert (f(1), f(2)) == (1, 2)\n",
    "one case": "@pytest.mark.parametrize('n', [0])\ndef test(n):\n    assert f(n) == n\n",
    "cases without assertion": "@pytest.mark.parametrize('n', [1, 2, 3, 4, 5])\n"
    "def test(n):\n    f(n)\n",
    "a loop without assertion": "def test():\n    for n in CASES:\n        f(n)\n",
    "one turn": "def test():\n    for n in [1]:\n        assert f(n)\n",
}


THREE = "def test():\n    x = f()\n    assert x[0] == 1\n    assert x[1] == 2\n    assert x\n"

AS_STRONG = {
    "one comparison": "def test():\n    assert f() == [1, 2]\n",
    "an order": "def test():\n    assert f() < 3\n",
    "a question of its own": "def test():\n    assert is_sorted(f())\n",
    "no": "def test():\n    assert not f()\n",
    "membership": "def test():\n    assert 1 in f()\n",
    "nothing": "def test():\n    assert f() is None\n",
    "how many": "def test():\n    assert len(f()) == 2\n",
    "an exception": "def test():\n    with pytest.raises(ValueError):\n        f()\n",
    "how it was called": "def test():\n    f(m)\n    m.assert_called_once_with(1)\n",
    "with a helper": "def test():\n    assert_good(f())\n    assert f()\n",
}

WEAKER = {
    "something": "def test():\n    x = f()\n    assert x\n",
    "not None": "def test():\n    assert f() is not None\n",
    "a type": "def test():\n    assert isinstance(f(), list)\n",
    "some": "def test():\n    assert len(f()) > 0\n",
    "several such": "def test():\n    x = f()\n"
    "    assert x\n    assert x[0]\n    assert x is not None\n",
    "unittest's": "def test(self):\n    self.assertIsNotNone(f())\n",
    "was called": "def test():\n    f(m)\n    m.assert_called()\n",
}


@pytest.mark.parametrize("after", AS_STRONG.values(), ids=AS_STRONG)
def test_as_strong(after: str) -> None:
    assert not is_less(assertions_in(ast.parse(THREE)), assertions_in(ast.parse(after)))


@pytest.mark.parametrize("after", WEAKER.values(), ids=WEAKER)
def test_weaker(after: str) -> None:
    assert is_less(assertions_in(ast.parse(THREE)), assertions_in(ast.parse(after)))


def less(after: str) -> bool:
    return is_less(assertions_in(ast.parse(FIVE)), assertions_in(ast.parse(after)))


@pytest.mark.parametrize("after", AS_MUCH.values(), ids=AS_MUCH)
def test_as_much(after: str) -> None:
    assert not less(after)


@pytest.mark.parametrize("after", LESS.values(), ids=LESS)
def test_less(after: str) -> None:
    assert less(after)


def test_where_helpers_may_lie() -> None:
    text = "from tests.help import same\nfrom .near import also\nfrom . import beside\n"
    text += "import far.off\n"
    paths = set(imported_paths(text, "tests/unit/test_a.py"))
    assert {
        "tests/help.py", "tests/unit/near.py", "tests/unit/beside.py", "far/off.py",
        "tests/unit/conftest.py", "tests/conftest.py", "conftest.py", "src/tests/help.py",
    } <= paths  # fmt: skip
