from __future__ import annotations

import ast
import signal
import sys
import sysconfig
import threading
from itertools import pairwise
from pathlib import Path

import pytest

from scanner.analysis.parsing.syntax import CHILDREN, on_a_deep_stack, parse, same_tree

SAME = [
    ("x = 1", "x  =  1  # one"),
    ("f(a,\n  b)", "f(a, b)"),
    ("s = 'a'", 's = "a"'),
    ("x = 1e999", "x = 1e999"),
    ("+".join("a" * 5000), " + ".join("a" * 5000)),
]
DIFFERENT = [
    ("x = 1", "x = 2"),
    ("x = 1", "x = True"),
    ("x = 1", "x = 1.0"),
    ("x = 0", "x = -0"),
    ("s = 'a'", "s = u'a'"),
    ("s = 'a'", "s = b'a'"),
    ("x", "x\ny"),
    ("if a:\n  b\nc", "if a:\n  b\n  c"),
    ("del x", "x = x"),
    ("def f(): pass", "async def f(): pass"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_the_same(one: str, other: str) -> None:
    assert same_tree(parse(one), parse(other))


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_different(one: str, other: str) -> None:
    assert not same_tree(parse(one), parse(other))


def test_statements_of_real_files_are_told_apart_as_by_dumps() -> None:
    folder = Path(sysconfig.get_paths()["stdlib"])
    for path in sorted(folder.glob("*.py"))[::17]:
        body = parse(path.read_text("utf-8")).body
        again = parse(path.read_text("utf-8")).body
        assert all(same_tree(one, other) for one, other in zip(body, again, strict=True))
        for one, other in pairwise(body):
            assert same_tree(one, other) == (ast.dump(one) == ast.dump(other))


def test_children_are_nodes() -> None:
    text = """
def f(x, *rest, y: int = 1, **others):
    global a
    match x:
        case True | None | -1 | "a" | [1, *_] | {"k": 1, **kw} | P(1, a=2) | (1 as z):
            from a import b as c
    return f"{x!r:>3}", b"x", 1j, ...
"""
    for node in ast.walk(parse(text)):
        get = CHILDREN[type(node)]
        for child in get(node) if get else ():
            inner = child if isinstance(child, list) else [child]
            assert all(one is None or isinstance(one, ast.AST) for one in inner), ast.dump(node)


@pytest.mark.skipif(sys.platform == "win32", reason="no such signal")
def test_a_handler_waits_for_deep_work_also_where_another_thread_takes_the_signal() -> None:
    events: list[str] = []
    deep, sent = threading.Semaphore(0), threading.Semaphore(0)

    def send() -> None:
        for _ in range(300):
            deep.acquire()
            signal.raise_signal(signal.SIGVTALRM)
            sent.release()

    def work() -> None:
        deep.release()
        sent.acquire()
        sum(range(1000))
        events.append("worked")

    before = signal.signal(signal.SIGVTALRM, lambda *_: events.append("handled"))
    other = threading.Thread(target=send)
    other.start()
    try:
        for _ in range(300):
            on_a_deep_stack(work)
    finally:
        other.join()
        signal.signal(signal.SIGVTALRM, before)
    assert events == ["worked", "handled"] * 300
