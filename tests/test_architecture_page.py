"""`docs/architecture.md` names every module with the first sentence of its own docstring.

`TALLYSTICK_ACCEPT=1 .venv/bin/pytest tests/test_architecture_page.py` writes the list anew.
"""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "architecture.md"
HEADING = "## Every module\n"


def first_paragraph(text: str) -> str:
    return " ".join(text.partition("\n\n")[0].split())


def modules() -> Iterator[str]:
    """A line for each module, rooms in order of their names."""
    room = None
    for path in sorted((ROOT / "scanner").rglob("*.py"), key=lambda p: (p.parent, p.name)):
        said = ast.get_docstring(ast.parse(path.read_bytes())) or ""
        folder = path.parent.relative_to(ROOT).as_posix()
        if folder != room:
            yield f"\n**{folder}/**\n"
            room = folder
        if path.name != "__init__.py":
            yield f"- `{path.name}`: {first_paragraph(said)}"


def test_the_page_names_every_module_and_what_is_in_it() -> None:
    text = PAGE.read_text(encoding="utf-8")
    before, found, shown = text.partition(HEADING)
    wanted = "\n".join(modules()) + "\n"
    if os.environ.get("TALLYSTICK_ACCEPT"):
        PAGE.write_text(f"{before.rstrip()}\n\n{HEADING}{wanted}", encoding="utf-8")
        return
    assert found
    assert shown == wanted, "accept with TALLYSTICK_ACCEPT=1 and read the diff"
