"""Guards that a change takes away from statements it leaves: what is left alone first."""

from __future__ import annotations

from textwrap import dedent

import pytest

from scanner.analysis.parsing.outline import ReadFile, read_outline
from scanner.base.model import FileChange, FileMode, FileStatus, FileVersion, Hunk
from scanner.base.model import LostGuard as Evidence
from scanner.guards.protection.finding import finding_of, in_words
from scanner.guards.protection.guard import Form, Guard, GuardKind
from scanner.guards.protection.lost import LostGuard, lost_guards
from scanner.judge import unit_pairs
from scanner.scoring.change import ChangedFile


def changed(before: str, after: str, path: str = "app/work.py") -> ChangedFile:
    sides = [read_outline(dedent(text).encode()) for text in (before, after)]
    old, new = sides
    assert isinstance(old, ReadFile)
    assert isinstance(new, ReadFile)
    first, second = (FileVersion(path, FileMode.REGULAR, oid * 40) for oid in "ab")
    hunk = Hunk(0, len(old.lines), 0, len(new.lines))
    return ChangedFile(FileChange(FileStatus.MODIFIED, first, second, (hunk,)), old, new)


def lost(*files: ChangedFile) -> list[LostGuard]:
    return list(lost_guards(files, unit_pairs(files)))


CHECKED = """
def ship(order, user):
    if order is None:
        raise ValueError("no order")
    box = pack(order.items)
    send(box)
"""

LEFT_ALONE = {
    "said otherwise": (
        CHECKED,
        """
        def ship(order, user):
            if not order:
                raise ValueError("no order")
            box = pack(order.items)
            send(box)
        """,
    ),
    "made stronger": (
        CHECKED,
        """
        def ship(order, user):
            if not isinstance(order, Order):
                raise TypeError("no order")
            box = pack(order.items)
            send(box)
        """,
    ),
    "asked of another attribute": (
        """
        def ship(orders):
            for order in orders:
                if order.extras.get("sent"):
                    continue
                send(order.box)
        """,
        """
        def ship(orders):
            for order in orders:
                if order.is_sent:
                    continue
                send(order.box)
        """,
    ),
    "an exit turned into a branch": (
        CHECKED,
        """
        def ship(order, user):
            if order is not None:
                box = pack(order.items)
                send(box)
            else:
                raise ValueError("no order")
        """,
    ),
    "a branch turned into an exit": (
        """
        def ship(order):
            if order is not None:
                box = pack(order.items)
                send(box)
        """,
        """
        def ship(order):
            if order is None:
                return
            box = pack(order.items)
            send(box)
        """,
    ),
    "renamed": (
        CHECKED,
        """
        def ship(parcel, user):
            if parcel is None:
                raise ValueError("no order")
            box = pack(parcel.items)
            send(box)
        """,
    ),
    "moved into a helper of the file": (
        CHECKED,
        """
        def ship(order, user):
            require_order(order)
            box = pack(order.items)
            send(box)

        def require_order(order):
            if order is None:
                raise ValueError("no order")
        """,
    ),
    "moved into a helper that gives it back": (
        CHECKED,
        """
        def ship(order, user):
            order = checked(order)
            box = pack(order.items)
            send(box)
        """,
    ),
    "the protected statements moved into a helper, the check stayed": (
        CHECKED,
        """
        def ship(order, user):
            if order is None:
                raise ValueError("no order")
            hand_over(order)

        def hand_over(order):
            box = pack(order.items)
            send(box)
        """,
    ),
    "moved to all callers of the file": (
        """
        def main(order):
            ship(order)

        def ship(order):
            if order is None:
                return
            box = pack(order.items)
            send(box)
        """,
        """
        def main(order):
            if order is None:
                return
            ship(order)

        def ship(order):
            box = pack(order.items)
            send(box)
        """,
    ),
    "needless by a type": (
        """
        def ship(order: Order | None):
            if order is None:
                return
            box = pack(order.items)
            send(box)
        """,
        """
        def ship(order: Order):
            box = pack(order.items)
            send(box)
        """,
    ),
    "needless by where it comes from": (
        """
        def ship(key):
            order = find(key)
            if order is None:
                return
            box = pack(order.items)
            send(box)
        """,
        """
        def ship(key):
            order = Order(key)
            box = pack(order.items)
            send(box)
        """,
    ),
    "needless by an attribute that is always set now": (
        """
        class Shop:
            def __init__(self):
                self.till = None

            def close(self):
                if self.till is None:
                    return
                self.till.lock()
                self.till.count()
        """,
        """
        class Shop:
            def __init__(self):
                self.till = Till()

            def close(self):
                self.till.lock()
                self.till.count()
        """,
    ),
    "asked twice before": (
        """
        def ship(order):
            if not order:
                return
            if order is None:
                return
            box = pack(order.items)
            send(box)
        """,
        """
        def ship(order):
            if not order:
                return
            box = pack(order.items)
            send(box)
        """,
    ),
    "the protected statement is gone too": (
        CHECKED,
        """
        def ship(order, user):
            return user.name
        """,
    ),
    "a try in its place": (
        """
        def ship(order):
            with lock:
                box = pack(order.items)
                send(box)
        """,
        """
        def ship(order):
            lock.acquire()
            try:
                box = pack(order.items)
                send(box)
            finally:
                lock.release()
        """,
    ),
    "with for try and finally": (
        """
        def ship(path):
            file = open(path)
            try:
                send(file.read())
            finally:
                file.close()
        """,
        """
        def ship(path):
            with open(path) as file:
                send(file.read())
        """,
    ),
    "a decorator in its place": (
        """
        def ship(order):
            try:
                send(order.items)
            except OSError:
                logger.error("not sent")
        """,
        """
        @logs_failures
        def ship(order):
            send(order.items)
        """,
    ),
    "one decorator for another": (
        "@login_required\ndef ship(order):\n    send(order)\n",
        "@permission_required('ship')\ndef ship(order):\n    send(order)\n",
    ),
    "what was not supported is": (
        """
        def ship(order, fast):
            if fast and order.is_heavy:
                raise ValueError("fast is not supported for heavy orders")
            send(order, fast)
        """,
        """
        def ship(order, fast):
            send(order, fast)
        """,
    ),
    "a case of its own": (
        """
        def ship(order):
            if order.is_gift:
                return wrap(order.items, order.ribbon)
            return send(order.items)
        """,
        """
        def ship(order):
            return send(order.items)
        """,
    ),
    "for another version of Python": (
        """
        def ship(order):
            if sys.version_info < (3, 9):
                return None
            return send(order.items)
        """,
        """
        def ship(order):
            return send(order.items)
        """,
    ),
    "a switch": (
        """
        def ship(order):
            if DRY_RUN:
                return None
            return send(order.items)
        """,
        """
        def ship(order):
            return send(order.items)
        """,
    ),
    "a span round it": (
        "def ship(order):\n    with tracer.start_span('ship'):\n        send(order.items)\n",
        "def ship(order):\n    send(order.items)\n",
    ),
    "only handed on": (
        """
        def total(order):
            if order.total is not None:
                return order.total
            return None
        """,
        """
        def total(order):
            return order.total
        """,
    ),
    "laid out anew": (
        CHECKED,
        CHECKED.replace('("no order")', '(\n            "no order"\n        )'),
    ),
    "refused in the same words": (
        CHECKED,
        """
        def ship(order, user):
            parcel = order or user.last
            if parcel is None:
                raise ValueError("no order")
            box = pack(order.items)
            send(box)
        """,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("before", "after"), LEFT_ALONE.values(), ids=LEFT_ALONE)
def test_is_left_alone(before: str, after: str) -> None:
    found = lost(changed(before, after))
    assert [finding_of(one).message for one in found] == []


def test_tests_are_left_alone() -> None:
    after = CHECKED.replace(CHECK, "")
    assert lost(changed(CHECKED, after, "tests/test_work.py")) == []


def test_a_check_that_went_to_another_file_is_left_alone() -> None:
    body = "    ship(order)\n"
    other = changed(f"def sell(order):\n{body}", f"def sell(order):\n{CHECK}{body}", "app/b.py")
    assert lost(changed(CHECKED, CHECKED.replace(CHECK, "")), other) == []


CHECK = '    if order is None:\n        raise ValueError("no order")\n'
REFUSES = "\ndef look_at(form):\n    if form.data is None:\n        raise ValueError(form)\n"
HAND_OVER = "\ndef ship(order, user):\n    hand_over(order)\n\ndef hand_over(order):\n"
ASKED = "def ship(order):\n    if order is None:\n        return\n"
GETS = "        raise IndexError(i)\n    return rows[i].value\n"
TRIED = "def ship(box):\n    try:\n        send(box)\n"
FAILED = "    except OSError:\n        log.exception('no')\n        return\n"

#: Before, after; the guard and the statement that are named, and what still stands there.
TOLD = {
    "None, by an exception": (
        CHECKED, CHECKED.replace(CHECK, ""),
        "order is None", "box = pack(order.items)", (),
    ),
    "None, quietly": (
        f"{ASKED}    send(order.items)\n", "def ship(order):\n    send(order.items)\n",
        "order is None", "send(order.items)", (),
    ),
    "one of two": (
        f"def at(rows, i):\n    if i < 0 or i >= len(rows):\n{GETS}",
        f"def at(rows, i):\n    if i >= len(rows):\n{GETS}",
        "i < 0", "return rows[i].value", ("i >= len(rows)",),
    ),
    "inside a statement": (
        "def ship(order):\n    return pack(order.box.size if order.box else None)\n",
        "def ship(order):\n    return pack(order.box.size)\n",
        "order.box", "return pack(order.box.size)", (),
    ),
    "a lock": (
        "def add(n):\n    with lock:\n        counts[n] += 1\n",
        "def add(n):\n    counts[n] += 1\n",
        "with lock", "counts[n] += 1", (),
    ),
    "a decorator": (
        "@app.get('/x')\n@login_required\ndef ship(order):\n    send(order)\n",
        "@app.get('/x')\ndef ship(order):\n    send(order)\n",
        "@login_required", "send(order)", (),
    ),
    "clean-up": (
        f"{TRIED}    finally:\n        box.close()\n",
        "def ship(box):\n    send(box)\n    box.close()\n",
        "finally: box.close()", "send(box)", (),
    ),
    "a handler": (
        f"{TRIED}{FAILED}", "def ship(box):\n    send(box)\n",
        "except OSError", "send(box)", (),
    ),
    "what tells of a failure": (
        f"{TRIED}{FAILED}", f"{TRIED}    except OSError:\n        return\n",
        "log.exception('no')", "send(box)", (),
    ),
    "a limit of time": (
        "def ask(url):\n    return http.get(url, timeout=5).json()\n",
        "def ask(url):\n    return http.get(url).json()\n",
        "timeout=5", "return http.get(url).json()", (),
    ),
    "escaping": (
        "def show(name):\n    return render('<b>' + escape(name) + '</b>')\n",
        "def show(name):\n    return render('<b>' + name + '</b>')\n",
        "escape(name)", "return render('<b>' + name + '</b>')", (),
    ),
    "a call that validates": (
        "def save(form):\n    form.validate()\n    store(form.data)\n",
        "def save(form):\n    store(form.data)\n",
        "form.validate()", "store(form.data)", (),
    ),
    "a call of a function of the file that refuses": (
        f"def save(form):\n    look_at(form)\n    store(form.data)\n{REFUSES}",
        f"def save(form):\n    store(form.data)\n{REFUSES}",
        "look_at(form)", "store(form.data)", (),
    ),
    "a statement taken out of its function without the check": (
        CHECKED, f"{HAND_OVER}    box = pack(order.items)\n    send(box)\n",
        "order is None", "box = pack(order.items)", (),
    ),
    "a statement moved above its check": (
        f"{ASKED}    send(order.items)\n",
        "def ship(order):\n    send(order.items)\n    if order is None:\n        return\n",
        "order is None", "send(order.items)", (),
    ),
    "renamed, and the check gone": (
        CHECKED, "\ndef ship(parcel, user):\n    box = pack(parcel.items)\n    send(box)\n",
        "order is None", "box = pack(parcel.items)", (),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("before", "after", "guard", "statement", "now"), TOLD.values(), ids=TOLD)
def test_is_told(before: str, after: str, guard: str, statement: str, now: tuple[str, ...]) -> None:
    found = [finding_of(one).evidence for one in lost(changed(before, after))]
    assert [(one.guard, one.statement, one.now) for one in found if isinstance(one, Evidence)] == [
        (guard, statement, now)
    ]


WORDS = {
    GuardKind.NONE: "`s` is reached without the check for None `g` (line 3 before the change).",
    GuardKind.CONTEXT: "`s` no longer runs under `g` (line 3 before the change).",
    GuardKind.DECORATOR: "`s` is no longer behind `g` (line 3 before the change).",
    GuardKind.HANDLER: "A failure of `s` is no longer caught by `g` (line 3 before the change).",
    GuardKind.REPORT: "A failure of `s` is still caught, but `g` (line 3 before the change) no "
    "longer tells of it.",
    GuardKind.CLEANUP: "Where `s` fails, `g` (line 3 before the change) is no longer run.",
    GuardKind.LIMIT: "`s` no longer has `g` (line 3 before the change): it may wait for ever.",
    GuardKind.ESCAPING: "`s` gets its value without `g` (line 3 before the change).",
}


@pytest.mark.parametrize(("kind", "said"), WORDS.items(), ids=str)
def test_is_said_in_words(kind: GuardKind, said: str) -> None:
    guard = Guard("k", kind, Form.RAISES, frozenset("x"), "g", 1)
    assert in_words(guard, "s", 3, ()) == f"{said} Nothing stands in for it."
    assert in_words(guard, "s", 3, ("x > 0",)) == f"{said} Still there: `x > 0`."
