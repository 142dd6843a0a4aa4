"""The layout shows the architecture: a module imports only from the floors below its own."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

SCANNER = Path(__file__).parent.parent / "scanner"

#: From the ground up. A name stands for a module or a package; inside one, anything goes.
FLOORS = (
    ("base",),
    ("roles",),
    ("git",),
    ("analysis",),
    ("dependencies",),
    ("attribution",),
    ("config",),
    ("rulepacks",),
    ("scoring",),
    ("codebase",),
    ("clones", "conventions"),
    ("delivery", "demo", "durability", "guards", "recipes"),
    ("changes",),
    ("compare", "judge"),
    ("gate", "radar", "tree"),
    ("history",),
    ("report",),
    ("render",),
    ("fleet",),
    ("cli",),
)
HEIGHT = {name: height for height, floor in enumerate(FLOORS) for name in floor}
#: Entry points, which stand above all floors.
ENTRIES = {"__init__", "__main__"}


def modules() -> Iterator[tuple[str, Path]]:
    for path in sorted(SCANNER.rglob("*.py")):
        name = path.relative_to(SCANNER).parts[0].removesuffix(".py")
        if name not in ENTRIES:
            yield name, path


def imported(path: Path) -> Iterator[str]:
    """The top names under `scanner` that a module imports, also inside functions."""
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("scanner"):
            parts = node.module.split(".")
            yield from [parts[1]] if len(parts) > 1 else [alias.name for alias in node.names]
        elif isinstance(node, ast.Import):
            yield from (a.name.split(".")[1] for a in node.names if a.name.startswith("scanner."))


def test_every_module_has_a_floor() -> None:
    assert {name for name, _ in modules()} <= HEIGHT.keys()


def test_the_architecture_page_shows_every_room_on_its_floor() -> None:
    page = (SCANNER.parent / "docs" / "architecture.md").read_text(encoding="utf-8")
    table = page.split("## Rooms")[1].split("##")[0]
    shown = re.findall(r"^\| *\d* *\| `(\w+)", table, re.MULTILINE)
    assert list(dict.fromkeys(shown)) == [name for floor in FLOORS[::-1] for name in floor]


@pytest.mark.parametrize(("name", "path"), list(modules()), ids=str)
def test_imports_go_down(name: str, path: Path) -> None:
    upward = {
        other
        for other in imported(path)
        if other != name and other != "__version__" and HEIGHT[other] >= HEIGHT[name]
    }
    assert not upward, f"{path.relative_to(SCANNER)} imports from {sorted(upward)}"


def test_a_module_that_imports_upwards_is_seen(tmp_path: Path) -> None:
    module = tmp_path / "x.py"
    module.write_text(
        "def f():\n    from scanner.cli.main import run\n    import scanner.git.blobs\n"
    )
    assert list(imported(module)) == ["cli", "git"]


def test_a_class_has_a_name_of_its_own() -> None:
    names = Counter(
        node.name
        for _, path in modules()
        for node in ast.walk(ast.parse(path.read_bytes()))
        if isinstance(node, ast.ClassDef)
    )
    again = sorted(name for name, times in names.items() if times > 1)
    assert len(again) <= 20, again
