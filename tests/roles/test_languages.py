"""Which files are Python by their suffix or their shebang, and which only look like it."""

from __future__ import annotations

import pytest

from scanner.roles.languages import (
    is_python_path,
    is_python_script,
    may_be_script,
    other_language,
)

NOT_PYTHON = [
    b"",
    b"#!",
    b"#!\n",
    b"#! \nprint(1)\n",
    b"import os\n",
    b"\n#!/usr/bin/env python3\n",
    b"Run it so:\n\n#!/usr/bin/env python3\n",
    b" #!/usr/bin/env python3\n",
    b"#!/bin/bash\n# runs python3\npython3 -c 'print(1)'\n",
    b"#!/bin/sh\nexec python3 -m app\n",
    b"#!/bin/sh\n'quoted' python exec\n",
    b"#!/usr/bin/env\n",
    b"#!/usr/bin/env -S\n",
    b"#!/usr/bin/env -u python3\n",
    b"#!/usr/bin/env PYTHON=python3 bash\n",
    b"#!/usr/bin/env bash\n",
    b"#!/usr/bin/env -S bash -c python3\n",
    b"#!/usr/bin/env Rscript\n",
    b"#!/usr/bin/env pypass\n",
    b"#!/usr/bin/env pytest\n",
    b"#!/usr/bin/env python3-config\n",
    b"#!/usr/bin/env ipython\n",
    b"#!/usr/bin/perl\n",
    b"#!/opt/python3/bin/node\n",
    b"#!/usr/bin/env -S uv run\n",
    b"#!/usr/bin/env -S uv run bash\n",
    b"#!/usr/bin/env -S uv run --python python3.12 bash\n",
    b"#!/usr/bin/env -S pipx install\n",
    b"#!/usr/bin/env -S pixi exec --spec python bash\n",
    b"#!/usr/bin/env nix-shell\n#! nix-shell -i bash -p python3\n",
    b"#!/usr/bin/env python3\nPK\x03\x04\x00\x00",
]
PYTHON = [
    b"#!/usr/bin/python",
    b"#!/usr/bin/python\n",
    b"#!/usr/bin/python\r\nprint(1)\r\n",
    b"#!/usr/bin/python -b\n",
    b"#! /usr/bin/python3\n",
    b"#!\t/usr/bin/python3  -I\n",
    b"#!python3\n",
    b"#!/usr/local/bin/python3.12\n",
    b"#!/opt/homebrew/bin/python3\n",
    b"#!/usr/bin/env python\n",
    b"#!/usr/bin/env  python2.7\n",
    b"#!/usr/bin/env python3.13t\n",
    b"#!/usr/bin/env pypy3\n",
    b"#!/usr/bin/env pypy3.10\n",
    b"#!/usr/bin/env graalpy\n",
    b"#!/usr/bin/env vpython3\n",
    b"#!/usr/bin/env pythonw\n",
    b"#!C:\\Python312\\python.exe\n",
    b"#!/usr/bin/env -S python3 -u\n",
    b"#!/usr/bin/env -Spython3 -u\n",
    b"#!/usr/bin/env -vS python3\n",
    b"#!/usr/bin/env --split-string=python3 -u\n",
    b"#!/usr/bin/env -S -i PATH=/bin python3\n",
    b"#!/usr/bin/env -i python3\n",
    b"#!/usr/bin/env -u HOME python3\n",
    b"#!/usr/bin/env -S PYTHONUNBUFFERED=1 python3\n",
    b"#!/usr/bin/env -S uv run --script\n",
    b"#!/usr/bin/env -S uv run -s\n",
    b"#!/usr/bin/env -S uv run --quiet --with rich --script\n",
    b"#!/usr/bin/env -S uv --quiet run --script --python 3.12\n",
    b"#!/usr/bin/env -S uv run python\n",
    b"#!/usr/bin/env -S pipx run\n",
    b"#!/usr/bin/env -S poetry run python\n",
    b"#!/usr/bin/env -S conda run -n python python3\n",
    b"#!/usr/bin/env nix-shell\n#! nix-shell -i python3 -p python3Packages.rich\n",
    b"#!/bin/sh\n'''exec' \"/very/long/bin/python3\" \"$0\" \"$@\"\n' '''\n",
    b'#!/bin/sh\n"exec" "python3" "$0" "$@"\n',
    b"#!/usr/bin/env python3\n# na\xefve\n",
]


@pytest.mark.parametrize("content", NOT_PYTHON, ids=repr)
def test_what_is_run_by_something_else_is_no_python(content: bytes) -> None:
    assert not is_python_script(content)


@pytest.mark.parametrize("content", PYTHON, ids=repr)
def test_what_python_runs_is_python(content: bytes) -> None:
    assert is_python_script(content)


def test_a_suffix_decides_where_there_is_one() -> None:
    python = ("a.py", "A.PY", "b/c.Pyw", "d.pyi", "e.PYI", ".py")
    others = ("a.pyc", "py", "a.pyx", "a.py.txt", "apy", "pyi", "a.py/b", "a.py.in")
    assert [path for path in (*python, *others) if is_python_path(path)] == list(python)


def test_only_names_without_a_suffix_are_looked_into() -> None:
    scripts = ("tool", "bin/tool", "a.d/tool", "x/my_license")
    others = ("tool.sh", ".envrc", "LICENSE", "docs/Makefile", "a.py", "a.d/b.c")
    assert [path for path in (*scripts, *others) if may_be_script(path)] == list(scripts)


def test_notebooks_and_cython_are_named() -> None:
    named = {"a.ipynb": "a notebook", "b/c.PYX": "Cython", "d.pxd": "Cython", "e.pxi": "Cython"}
    others = ("a.py", "ipynb", "pyx", "a.ipynb/b", "tool", "a.pyx.txt")
    found = {path: other_language(path) for path in (*named, *others)}
    assert {path: what for path, what in found.items() if what} == named
