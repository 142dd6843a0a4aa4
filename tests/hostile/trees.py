"""Repositories that no ordinary git writes: objects lack, are damaged or of another kind."""

from __future__ import annotations

import hashlib
import zlib
from pathlib import Path

from fixtures.repository import RepositoryBuilder

BASE = "def plain(x):\n    return x + 1\n"
#: What every gate has to fail on, if it reads it.
BAD = (
    "import subprocess\n\n\ndef run(x):\n    return subprocess.run(x, shell=True)\n"
    "\n\n"
    + "".join(f"def f{i}(a, b, c, d, e, f, g, h, i, j):\n    return a\n\n\n" for i in range(9))
)


def object_file(builder: RepositoryBuilder, oid: str) -> Path:
    """Where a loose object is."""
    return builder.path / ".git" / "objects" / oid[:2] / oid[2:]


def write_object(builder: RepositoryBuilder, kind: str, content: bytes) -> str:
    """Writes an object unchecked, which git would refuse to write, and gives its id."""
    whole = f"{kind} {len(content)}\0".encode() + content
    oid = hashlib.sha1(whole, usedforsecurity=False).hexdigest()
    file = object_file(builder, oid)
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(zlib.compress(whole))
    return oid


def write_tree(builder: RepositoryBuilder, *entries: tuple[str, str, str]) -> str:
    """A tree of (mode, name, object id), as they are given."""
    content = b"".join(
        f"{mode} {name}".encode() + b"\0" + bytes.fromhex(oid) for mode, name, oid in entries
    )
    return write_object(builder, "tree", content)


def commit_tree(builder: RepositoryBuilder, tree: str) -> str:
    """A commit of a tree on top of HEAD, which the branch then is at."""
    parent = builder.head
    text = (
        f"tree {tree}\nparent {parent}\n"
        "author A <a@x> 1704200000 +0000\ncommitter A <a@x> 1704200000 +0000\n\nMore\n"
    )
    commit = write_object(builder, "commit", text.encode())
    builder.git("update-ref", "refs/heads/main", commit)
    return commit


def begun(folder: Path) -> RepositoryBuilder:
    """A repository with a first commit."""
    builder = RepositoryBuilder(folder)
    builder.commit("Begin", {"app/__init__.py": "", "app/a.py": BASE, "top.py": BASE})
    return builder


def grown(folder: Path) -> RepositoryBuilder:
    """One whose second commit the gate has to fail."""
    builder = begun(folder)
    builder.commit("More", {"app/sub/b.py": BAD})
    return builder
