"""What could be called instead of a copy, and why not."""

from __future__ import annotations

from pathlib import Path

import pytest

from scanner.analysis.clones.fingerprints import UnitImport
from scanner.clones.imports import ImportGraph
from tests.clones.changes import Tree, copies_between
from tests.clones.sources import GAPPED, PARSE, RENAMED, method_of

PACKAGE = {"shop/__init__.py": "", "shop/sub/__init__.py": ""}
#: Less than the original does.
LOGGED = '    log.info("read %d prices", len(prices))\n'
CONTAINED = PARSE.replace(LOGGED, "")
#: More than the copy does.
REFUSED = "    if not prices:\n        log.error(path)\n        raise ValueError(path)\n"
INNER = PARSE.partition('"""\n')[2]

CALLS: dict[str, tuple[Tree, Tree, str]] = {
    "a function of a package": (
        PACKAGE | {"shop/prices.py": PARSE},
        {"shop/sub/other.py": PARSE},
        "shop.prices.parse_prices",
    ),
    "below src": (
        {"src/shop/__init__.py": "", "src/shop/prices.py": PARSE},
        {"src/shop/other.py": RENAMED},
        "shop.prices.parse_prices",
    ),
    "below src, without __init__": (
        {"src/shop/prices.py": PARSE},
        {"src/shop/other.py": CONTAINED},
        "shop.prices.parse_prices",
    ),
    "below src, in a package below a folder without __init__": (
        {"src/shop/__init__.py": "", "src/shop/x/sub/__init__.py": ""}
        | {"src/shop/x/sub/prices.py": PARSE},
        {"src/shop/other.py": PARSE},
        "shop.x.sub.prices.parse_prices",
    ),
    "in a package below a folder without __init__": (
        {"shop/__init__.py": "", "shop/x/sub/__init__.py": "", "shop/x/sub/prices.py": PARSE},
        {"shop/other.py": PARSE},
        "shop.x.sub.prices.parse_prices",
    ),
    "of a package's __init__": (
        {"shop/__init__.py": PARSE},
        {"shop/other.py": PARSE},
        "shop.parse_prices",
    ),
    "equal text that calls a like function of its own module": (
        PACKAGE | {"shop/prices.py": PARSE + "\n\ndef convert(a, b):\n    return a * b\n"},
        {"shop/a.py": PARSE + "\n\ndef convert(a, b):\n    return a * b\n"},
        "shop.prices.parse_prices",
    ),
    "a function that is remembered": (
        PACKAGE | {"shop/prices.py": "@functools.lru_cache(maxsize=None)\n" + PARSE},
        {"shop/a.py": PARSE},
        "shop.prices.parse_prices",
    ),
    "of the same module": (
        PACKAGE | {"shop/prices.py": PARSE},
        {"shop/prices.py": PARSE + "\n\n" + PARSE.replace("parse", "load")},
        "shop.prices.parse_prices",
    ),
    "a method of the same class": (
        {"a.py": method_of("A", PARSE)},
        {"a.py": method_of("A", PARSE, PARSE.replace("parse", "load"))},
        "self.parse_prices",
    ),
    "a module that the original imports only for types": (
        PACKAGE
        | {"shop/prices.py": "if TYPE_CHECKING:\n    import shop.other\n" + PARSE}
        | {"shop/other.py": "x = 1\n"},
        {"shop/other.py": "x = 1\n" + PARSE},
        "shop.prices.parse_prices",
    ),
    "a module whose package imports the copy's": (
        {"shop/__init__.py": "from shop.other import x\n", "shop/prices.py": PARSE}
        | {"shop/other.py": "x = 1\n"},
        {"shop/other.py": "x = 1\n" + PARSE},
        "shop.prices.parse_prices",
    ),
}
OBSTACLES: dict[str, tuple[Tree, Tree, str]] = {
    "a circle": (
        PACKAGE
        | {"shop/prices.py": "from shop import middle\n" + PARSE}
        | {"shop/middle.py": "from .other import x\n", "shop/other.py": "x = 1\n"},
        {"shop/other.py": "x = 1\n" + PARSE},
        "import cycle",
    ),
    "a test": ({"tests/helpers.py": PARSE}, {"shop.py": PARSE}, "test"),
    "another module of tests": (
        {"tests/__init__.py": "", "tests/test_a.py": PARSE},
        {"tests/test_b.py": PARSE},
        "tests/test_a.py is a test",
    ),
    "a script": (PACKAGE | {"shop/__main__.py": PARSE}, {"shop/a.py": PARSE}, "script"),
    "an example": ({"examples/one.py": PARSE}, {"shop.py": PARSE}, "is an example"),
    "no package": ({"things/one.py": PARSE}, {"shop.py": PARSE}, "no package"),
    "beside it in a folder of scripts": (
        {"scripts/python/one.py": PARSE},
        {"scripts/python/two.py": PARSE},
        "no package",
    ),
    "no module name": (
        {"src/2024-01.py": PARSE},
        {"src/a.py": PARSE},
        "cannot be imported",
    ),
    "another class": (
        {"a.py": method_of("A", PARSE)},
        {"b.py": method_of("B", PARSE)},
        "another class",
    ),
    "defined twice": (
        {"a.py": "if x:\n" + "".join(f"    {line}\n" for line in PARSE.splitlines()) + PARSE},
        {"b.py": PARSE.replace("currency)\n", "currency)\n        note(name)\n")},
        "more than once",
    ),
}
STEPS = "def main(path, currency):\n" + "    step()\n    more(path)\n" * 9
PARTS: dict[str, tuple[Tree, Tree]] = {
    "a block of a longer function": (
        PACKAGE | {"shop/prices.py": PARSE},
        {"shop/a.py": STEPS + INNER},
    ),
    "all of a function, but little of the original": (
        PACKAGE | {"shop/prices.py": STEPS + INNER},
        {"shop/a.py": "def f(path, currency):\n" + INNER},
    ),
    "equal text that calls another function of its own module": (
        PACKAGE | {"shop/prices.py": PARSE + "\n\ndef convert(a, b):\n    return a * b\n"},
        {"shop/a.py": PARSE + "\n\ndef convert(a, b):\n    return a / b\n"},
    ),
    "equal text that calls what is imported from elsewhere": (
        PACKAGE | {"shop/prices.py": "from money import convert\n\n\n" + PARSE},
        {"shop/a.py": "from weight import convert\n\n\n" + PARSE},
    ),
    "a route": (
        PACKAGE | {"shop/prices.py": "@app.route('/prices')\n" + PARSE},
        {"shop/a.py": PARSE},
    ),
    "two methods that a class offers": (
        {"a.py": method_of("A", PARSE)},
        {"a.py": method_of("A", PARSE, PARSE.replace("parse", "load").replace("line", "row"))},
    ),
    "other calls": (
        PACKAGE | {"shop/prices.py": PARSE},
        {"shop/a.py": PARSE.replace("convert", "scale").replace("float", "int")},
    ),
    "an asynchronous twin": (
        PACKAGE | {"shop/prices.py": PARSE},
        {"shop/a.py": "async " + PARSE},
    ),
    "less than the original does": (
        PACKAGE | {"shop/prices.py": PARSE.replace(LOGGED, LOGGED + REFUSED)},
        {"shop/a.py": PARSE},
    ),
    "more than the original does": (PACKAGE | {"shop/prices.py": PARSE}, {"shop/a.py": GAPPED}),
}


@pytest.mark.parametrize("case", PARTS.values(), ids=PARTS)
def test_nothing_to_call_and_no_obstacle(case: tuple[Tree, Tree], tmp_path: Path) -> None:
    (copy,) = copies_between(tmp_path, *case)
    assert (copy.call.target, copy.call.obstacle) == (None, None)


@pytest.mark.parametrize("case", OBSTACLES.values(), ids=OBSTACLES)
def test_obstacles(case: tuple[Tree, Tree, str], tmp_path: Path) -> None:
    before, after, words = case
    copy = copies_between(tmp_path, before, after)[0]
    assert copy.call.target is None
    assert words in (copy.call.obstacle or "")


@pytest.mark.parametrize("case", CALLS.values(), ids=CALLS)
def test_calls(case: tuple[Tree, Tree, str], tmp_path: Path) -> None:
    before, after, target = case
    (copy,) = copies_between(tmp_path, before, after)
    assert (copy.call.target, copy.call.obstacle) == (target, None)


def test_the_graph_follows_the_files() -> None:
    graph = ImportGraph()
    graph.put("a/__init__.py", ())
    graph.put("a/x.py", (UnitImport("a.y", ()),))
    graph.put("a/y.py", ())
    assert graph.would_be_circular("a/y.py", "a/x.py")
    assert not graph.would_be_circular("a/x.py", "a/y.py")
    graph.put("a/x.py", ())
    assert not graph.would_be_circular("a/y.py", "a/x.py")
    graph.put("a/x.py", (UnitImport(".", ("y",)),))
    assert graph.would_be_circular("a/y.py", "a/x.py")
    graph.drop("a/__init__.py")
    assert graph.module("a/x.py") == "a.x"
