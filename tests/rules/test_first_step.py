"""First steps for functions that are hard to follow: where none is taken first."""

from __future__ import annotations

import pytest

from scanner.base.model import Span
from scanner.rulepacks.codemods.codemod import Safety, Wanted
from scanner.rulepacks.codemods.mend import mend


def stepped(text: str) -> tuple[str, str | None]:
    wanted = [Wanted("complexity.cognitive", Span(1, text.count("\n")))]
    asked = mend(text.encode(), wanted, Safety.SAFE)
    assert asked.content == text.encode()
    reason = asked.answers[0].reason
    return mend(text.encode(), wanted, Safety.UNSAFE).content.decode(), reason


NO_STEP = [
    "def f(a):\n    if a:\n        b()\n    elif c:\n        d()\n    else:\n        e()\n",
    "def f(a):\n    if a:\n        b()\n",  # no deeper than its guard would be
    "def f(a):\n    for x in a:\n        if x:  # why\n            if b:\n                c()\n",
    "def f(a):\n    for x in a:\n        if x:\n            if b:\n                c()\n        d()\n",
    "def f(a):\n    for x in a:\n        if (x and\n            y):\n            if b:\n                c()\n",
]


@pytest.mark.parametrize("text", NO_STEP)
def test_no_step_beats_a_bad_one(text: str) -> None:
    after, reason = stepped(text)
    assert after == text
    assert reason == "no simple step makes it less complex"


STEPS = [
    ("def f(a):\n    for x in a:\n        if x.is_it:\n            # Then.\n            if b:\n"
     "                c()\n            d()\n",
     "def f(a):\n    for x in a:\n        if not x.is_it:\n            continue\n        # Then.\n"
     "        if b:\n            c()\n        d()\n", "from 6 to 5"),
    ("def f(a):\n    if a is None:\n        return 1\n    else:\n        if b:\n            for x in a:\n"
     "                c()\n        return 2\n",
     "def f(a):\n    if a is None:\n        return 1\n    if b:\n        for x in a:\n            c()\n"
     "    return 2\n", "from 7 to 4"),
    *[
        (f"def f(a):\n    for x in a:\n        if {test}:\n            if b:\n                c()\n"
         "            d()\n",
         f"def f(a):\n    for x in a:\n        if {early}:\n            continue\n        if b:\n"
         "            c()\n        d()\n", "from 6 to 5")
        for test, early in (
            ("x < 1", "not x < 1"),  # neither may be so
            ("0 == x == 1", "not 0 == x == 1"),
            ("x == 1", "x != 1"),
            ("x.y != 'a'", "x.y == 'a'"),
            ("x in a", "x not in a"),
        )
    ],
    ("def f(a):\n    e()\n    if a == 1:\n        for x in a:\n            if x:\n                c()\n",
     "def f(a):\n    e()\n    if a != 1:\n        return\n    for x in a:\n        if x:\n"
     "            c()\n", "from 6 to 4"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "after", "fall"), STEPS)
def test_the_step_after_which_least_is_left_is_taken(text: str, after: str, fall: str) -> None:
    found, reason = stepped(text)
    assert found == after
    assert fall in (reason or "")


def test_one_step_mends_both_findings_of_a_function() -> None:
    text = STEPS[0][0]
    span = Span(1, text.count("\n"))
    wanted = [Wanted("complexity.cognitive", span), Wanted("complexity.nesting", span)]
    after = mend(text.encode(), wanted, Safety.UNSAFE)
    assert after.content.decode() == STEPS[0][1]
    assert [one.reason for one in after.answers] == [None, None]
    refused = mend(NO_STEP[0].encode(), [Wanted(one.rule, Span(1, 7)) for one in wanted], Safety.UNSAFE)
    assert {one.reason for one in refused.answers} == {"no simple step makes it less complex"}
