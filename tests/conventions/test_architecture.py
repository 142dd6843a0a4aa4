"""The grain: which imports go against it, and which do not."""

from __future__ import annotations

import pytest

from scanner.analysis.choices import Import
from scanner.conventions.architecture import DependencyProfile, Edge
from scanner.conventions.shape_changes import ChangedShape, shaped_imports, strains_in
from scanner.conventions.siblings import ShapedUnit
from scanner.scoring.grain import AgainstTheGrain, Strain, score_strains
from tests.conventions.samples import all_lines, units_of


def imports(text: str) -> list[Import]:
    return [one for unit in units_of(text) for one in unit.choices.shape.imports]


def book_of(files: dict[str, str]) -> DependencyProfile:
    book = DependencyProfile()
    book.announce(files)
    for path, text in files.items():
        book.put(path, imports(text))
    return book


def layered() -> dict[str, str]:
    """`app/api` imports `app/core`, `app/core` imports `app/store`; eight files of each."""
    files = {"app/__init__.py": ""}
    for i in range(8):
        files[f"app/api/a{i}.py"] = "from app.core import c1\nimport app.core.c2\nimport httpx\n"
        files[f"app/core/c{i}.py"] = "from ..store.s1 import y\nfrom ..store import s2, s3\n" * 2
        files[f"app/store/s{i}.py"] = "import os\n"
        files[f"app/web/w{i}.py"] = "import os\n"
    return files


def strains(path: str, text: str, files: dict[str, str] | None = None) -> list[AgainstTheGrain]:
    return list(book_of(files or layered()).strains(path, imports(text)))


QUIET = [
    pytest.param("app/api/new.py", "from app.core import c3", id="the usual way"),
    pytest.param("app/core/new.py", "from . import c1", id="its own package"),
    pytest.param("app/api/new.py", "import os\nimport json", id="the standard library"),
    pytest.param("app/store/new.py", "from app import core", id="through a parent package"),
    pytest.param("tests/test_a.py", "from app.core import c1", id="a test"),
    pytest.param("app/fresh/new.py", "from app.core import c1", id="a new package"),
    pytest.param("app/api/new.py", "from app.fresh import n", id="an unknown package"),
    pytest.param(
        "app/store/new.py",
        "if TYPE_CHECKING:\n    from app.core import c1",
        id="for type checkers only",
    ),
    pytest.param("app/api/new.py", "import httpx", id="the library in use"),
    pytest.param("app/api/new.py", "import urllib.request", id="the standard library's way"),
    pytest.param("app/api/new.py", "import yaml", id="a job that nothing does yet"),
    pytest.param("app/api/new.py", "import unknown_thing", id="a library of no known job"),
]


@pytest.mark.parametrize(("path", "text"), QUIET)
def test_stays_quiet(path: str, text: str) -> None:
    assert strains(path, text) == []


def test_a_reversed_edge() -> None:
    (found,) = strains("app/core/new.py", "from app.api.a1 import z")
    assert found.strain is Strain.REVERSED
    assert (found.support, found.users) == (8, ("app/api/a0.py", "app/api/a1.py"))
    assert found.cost == 3.0


def test_a_new_circle_names_its_way() -> None:
    (found,) = strains("app/store/new.py", "from ..api import a1")
    assert found.strain is Strain.CIRCLE
    assert found.route == ("app/store", "app/api", "app/core", "app/store")


def test_a_codebase_of_circles_hears_nothing_of_one_more() -> None:
    files = layered() | {"app/store/back.py": "from ..api import a1"}
    assert strains("app/store/new.py", "from ..api import a2", files) == []


def test_a_package_that_joins_a_circle_of_others_hears_nothing() -> None:
    files = layered() | {
        "app/core/back.py": "from ..api import a1",
        "app/core/start.py": "from ..extra import e1",
        "app/extra/e1.py": "",
    }
    assert strains("app/extra/e2.py", "from ..api import a2", files) == []
    (found,) = strains("app/extra/e2.py", "from ..core import c1", files)
    assert found.route == ("app/extra", "app/core", "app/extra")


def test_a_never_seen_edge_of_a_settled_package() -> None:
    files = layered()
    for i in range(30):
        files[f"app/core/more{i}.py"] = "from ..store import s1\n"
    (found,) = strains("app/core/new.py", "from app.web import w1", files)
    assert (found.strain, found.target) == (Strain.UNSEEN, "app/web")
    assert found.total == 62


def test_a_second_library_for_a_job() -> None:
    (found,) = strains("app/web/new.py", "import requests")
    assert (found.strain, found.usual, found.target) == (Strain.LIBRARY, "httpx", "requests")
    assert found.support == 8


@pytest.mark.parametrize(
    ("path", "text", "target"),
    [
        ("src/pkg/a.py", "import pkg.sub.b", "src/pkg/sub"),
        ("src/pkg/a.py", "from pkg.sub import b", "src/pkg/sub"),
        ("src/pkg/a.py", "from pkg import sub", "src/pkg"),
        ("src/pkg/sub/b.py", "from .. import a", "src/pkg"),
        ("src/pkg/sub/b.py", "from ..a import x", "src/pkg"),
        ("src/pkg/a.py", "from .sub import b", "src/pkg/sub"),
        ("src/pkg/sub/b.py", "from . import c", "src/pkg/sub"),
        ("src/pkg/a.py", "from .sub.b import x", "src/pkg/sub"),
        ("tools/run.py", "import pkg", "src/pkg"),
    ],
)
def test_resolves_own_modules(path: str, text: str, target: str) -> None:
    files = ["src/pkg/__init__.py", "src/pkg/a.py", "src/pkg/sub/__init__.py", "src/pkg/sub/b.py"]
    book = DependencyProfile()
    book.announce([*files, "src/pkg/sub/c.py", "src/pkg/logging.py", "tools/pkg/x.py"])
    (found,) = book.resolve(path, imports(text))
    assert found.is_own
    assert found.target == target


def test_a_module_named_as_one_of_the_standard_library_is_not_it() -> None:
    book = DependencyProfile()
    book.announce(["pkg/logging.py", "pkg/a.py"])
    (found,) = book.resolve("pkg/a.py", imports("import logging"))
    assert not found.is_own


def test_a_module_named_as_a_library_is_own_only_at_the_top() -> None:
    book = DependencyProfile()
    book.announce(["pkg/__init__.py", "pkg/redis.py", "tests/requests/test_a.py", "httpx/a.py"])
    for library, is_own in (("redis", False), ("requests", False), ("httpx", True)):
        (found,) = book.resolve("pkg/a.py", imports(f"import {library}"))
        assert found.is_own is is_own


def test_taking_out_is_the_opposite_of_putting_in() -> None:
    files = layered()
    book = book_of(files)
    assert book.edges()[Edge("app/api", "app/core")] == 8
    for path in files:
        book.put(path, imports(files[path]))
    assert book.edges()[Edge("app/api", "app/core")] == 8
    for path in files:
        book.remove(path)
    assert book.edges() == {}
    assert book.library_users("httpx") == ()
    assert not book._modules
    assert not book._directories


def test_the_book_depends_on_the_tree_alone() -> None:
    files = {**layered(), "app/core/__init__.py": "", "lib/app2/x.py": "import app2.y\n"}
    late = dict(reversed(files.items()))
    late["lib/app2/y.py"] = "from app.core.c1 import z\n"
    book, other = DependencyProfile(), DependencyProfile()
    for path, text in late.items():
        book.put(path, imports(text))
    other.announce(late)
    for path, text in sorted(late.items()):
        other.put(path, imports(text))
    assert book.edges() == other.edges()
    book.remove("app/core/c1.py")
    other = DependencyProfile()
    other.announce(late.keys() - {"app/core/c1.py"})
    for path, names in book.imports().items():
        other.put(path, names)
    assert book.edges() == other.edges()


def shape(path: str, text: str) -> ChangedShape:
    units = units_of(text)
    shaped = tuple(ShapedUnit(one.unit, one.choices.shape) for one in units)
    placed = shaped_imports(zip(shaped, [one.lines for one in units], strict=True))
    return ChangedShape(path, True, shaped, placed, all_lines(text))


def test_a_finding_of_each_strain_is_worded() -> None:
    book = book_of(layered())
    files = [
        shape("app/core/new.py", "import os\n\nfrom app.api.a1 import z\n"),
        shape("app/store/new.py", "from ..api import a1\n"),
        shape("app/web/new.py", "import requests\n"),
        shape("app/web/newer.py", "def f():\n    import requests\n"),
    ]
    found = score_strains(strains_in(files, book))
    assert [(one.rule, one.place.path, one.place.span.first) for one in found] == [
        ("deviation/reversed-edge", "app/core/new.py", 3),
        ("deviation/new-circle", "app/store/new.py", 1),
        ("deviation/second-library", "app/web/new.py", 1),
    ]
    assert "app/store → app/api → app/core → app/store" in found[1].message
    assert "8 files use `httpx` for this job" in found[2].message
    assert all(one.hint.endswith(".") for one in found)


def test_a_change_that_gives_a_library_up_may_bring_another() -> None:
    book = book_of(layered())
    files = [
        shape("app/web/new.py", "import requests\n"),
        shape("app/api/a1.py", "from app.core import c1\nimport requests\n"),
    ]
    assert score_strains(strains_in(files, book)) == ()


def test_lines_that_are_not_added_are_not_charged() -> None:
    book = book_of(layered())
    one = shape("app/web/new.py", "import requests\n")
    untouched = ChangedShape(one.path, False, one.units, one.imports, frozenset())
    assert score_strains(strains_in([untouched], book)) == ()
