"""How the code reaches files."""

from __future__ import annotations

import ast

from scanner.analysis.choices.family import (
    Alternative,
    Family,
    Scene,
    Topic,
    dotted,
    has_keyword,
    is_text,
    last_name,
)

_CONTENT = {
    "read_text": "pathlib",
    "write_text": "pathlib",
    "read_bytes": "pathlib",
    "write_bytes": "pathlib",
}
_TEXT_METHODS = ("read_text", "write_text")


def _paths(node: ast.Call, _scene: Scene) -> str | None:
    name = dotted(node.func)
    if name.startswith("os.path."):
        return "os.path"
    return "pathlib" if name in ("Path", "pathlib.Path") else None


def _tree(node: ast.Call, _scene: Scene) -> str | None:
    name = dotted(node.func)
    if name in ("os.makedirs", "os.mkdir", "os.listdir", "os.remove", "os.unlink", "os.rename"):
        return "os"
    return "pathlib" if last_name(node.func) in ("mkdir", "iterdir", "unlink") else None


def _opening(node: ast.Call, scene: Scene) -> str | None:
    if dotted(node.func) not in ("open", "io.open"):
        return None
    managed = isinstance(scene.parent, ast.withitem) or (
        isinstance(scene.parent, ast.Call) and last_name(scene.parent) == "enter_context"
    )
    return "with" if managed else "bare"


def _content(node: ast.Call, _scene: Scene) -> str | None:
    if dotted(node.func) == "open":
        return "open"
    is_method = isinstance(node.func, ast.Attribute)
    return (
        _CONTENT.get(node.func.attr) if isinstance(node.func, ast.Attribute) and is_method else None
    )


def _mode(node: ast.Call) -> str:
    given = [word.value for word in node.keywords if word.arg == "mode"] + node.args[1:2]
    mode = given[0] if given else None
    return str(mode.value) if isinstance(mode, ast.Constant) and is_text(mode) else "r"


def _encoding(node: ast.Call, _scene: Scene) -> str | None:
    is_open = dotted(node.func) in ("open", "io.open") and "b" not in _mode(node)
    is_method = isinstance(node.func, ast.Attribute) and node.func.attr in _TEXT_METHODS
    if not (is_open or is_method):
        return None
    return "given" if has_keyword(node, "encoding") else "left out"


FAMILIES = (
    Family(
        "path-handling",
        Topic.FILES,
        "places that handle paths",
        (ast.Call,),
        _paths,
        (
            Alternative(
                "pathlib",
                "written with `pathlib`",
                "use `pathlib.Path`",
                "p = Path('a')\n",
                "Path(...)",
            ),
            Alternative(
                "os.path",
                "written with `os.path`",
                "use `os.path`",
                "p = os.path.join(a, b)\n",
                "os.path.$F(...)",
            ),
        ),
        ("ruff:PTH",),
    ),
    Family(
        "file-operations",
        Topic.FILES,
        "file operations",
        (ast.Call,),
        _tree,
        (
            Alternative(
                "pathlib",
                "methods of a `Path`",
                "call the method of `Path`, e.g. `path.mkdir()`",
                "p.mkdir()\n",
            ),
            Alternative(
                "os",
                "functions of `os`",
                "call the function of `os`, e.g. `os.makedirs(...)`",
                "os.makedirs(p)\n",
                "os.makedirs(...)",
            ),
        ),
        ("ruff:PTH",),
        in_tests=False,
    ),
    Family(
        "open-context",
        Topic.FILES,
        "calls of `open`",
        (ast.Call,),
        _opening,
        (
            Alternative(
                "with",
                "context managers (`with open(…)`)",
                "open it in a `with` statement",
                "with open(p) as f:\n    pass\n",
                improves_on=("bare",),
            ),
            Alternative("bare", "outside a `with`", "call `open(...)`", "f = open(p)\n"),
        ),
        ("ruff:SIM115", "pylint:R1732"),
    ),
    Family(
        "file-content",
        Topic.FILES,
        "files read or written whole",
        (ast.Call,),
        _content,
        (
            Alternative(
                "pathlib",
                "reached by `Path.read_text` and the like",
                "use `path.read_text()` or `path.write_text(...)`",
                "t = p.read_text()\n",
            ),
            Alternative(
                "open",
                "opened by `open`",
                "use `open(...)`",
                "with open(p) as f:\n    t = f.read()\n",
                "open(...)",
            ),
        ),
        ("ruff:PTH123", "ruff:FURB101", "ruff:FURB103"),
    ),
    Family(
        "text-encoding",
        Topic.FILES,
        "text files opened",
        (ast.Call,),
        _encoding,
        (
            Alternative(
                "given",
                "opened with an `encoding`",
                "pass `encoding='utf-8'`",
                "with open(p, encoding='utf-8') as f:\n    pass\n",
                improves_on=("left out",),
            ),
            Alternative(
                "left out",
                "opened in the locale's encoding",
                "leave `encoding` to the locale",
                "with open(p) as f:\n    pass\n",
            ),
        ),
        ("ruff:PLW1514", "pylint:W1514"),
    ),
)
