"""Copies that give way to a call of their original: what is left alone first."""

from __future__ import annotations

import pytest

from scanner.base.model import Span
from scanner.rulepacks.codemods.codemod import Original, Safety, Wanted
from scanner.rulepacks.codemods.mend import mend

FIRST = '''\
def total(rows, *, least=0):
    """The sum."""
    found = 0
    for row in rows:
        if row.price > least:
            found += row.price  # net
    return found


class Box:
    def all(self, item):
        kept = self.items + [item]
        return kept
'''
COPY = '''\
def add_up(entries, *, floor=0):
    amount = 0
    for entry in entries:
        if entry.price > floor:
            amount += entry.price  # net
    return amount
'''


def mended(
    text: str, line: int = 1, target: str = "shop.sums.total", *, is_same_file: bool = False
) -> tuple[str, str | None]:
    unit = "Box.all" if target.startswith("self.") else "total"
    original = Original(target, unit, (text if is_same_file else FIRST).encode(), is_same_file)
    wanted = Wanted("duplication.renamed", Span(line, line + 5), original=original)
    assert mend(text.encode(), [wanted], Safety.SAFE).content == text.encode()
    found = mend(text.encode(), [wanted], Safety.UNSAFE)
    return found.content.decode(), found.answers[0].reason


LEFT_ALONE = [
    (COPY.replace("> floor", ">= floor"), "the very same"),
    (COPY.replace("entry.price >", "entry.cost >"), "the very same"),
    (COPY.replace("*, floor", "floor"), "the very same"),
    (COPY.replace("*, floor=0", "*, floor=0, **more"), "the very same"),
    (COPY.replace("def ", "async def "), "the very same"),
    (COPY.replace("# net", "# gross"), "a comment stands inside"),
    ("@cache\n" + COPY, "a decorator"),
    (COPY + "\n\ntotal = 1\n", "`total` stands for something else"),
    (COPY.replace("add_up", "total").replace("floor", "least").replace("least=0", "least=1"),
     "not called as its original is"),
    (COPY.replace("amount = 0", "global amount; amount = 0"), "the very same"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "reason"), LEFT_ALONE)
def test_what_is_not_the_very_same_is_left_alone(text: str, reason: str) -> None:
    after, why_not = mended(text, 2 if text.startswith("@") else 1)
    assert after == text
    assert reason in (why_not or "")


def test_a_copy_becomes_a_call_with_the_import() -> None:
    after, _ = mended(f'"""Doc."""\n\n\n{COPY}', 4)
    assert after == (
        '"""Doc."""\nfrom shop.sums import total\n\n\n'
        "def add_up(entries, *, floor=0):\n    return total(entries, least=floor)\n"
    )


def test_a_copy_of_the_same_name_gives_way_to_the_original() -> None:
    text = COPY.replace("add_up", "total").replace("entries", "rows").replace("floor", "least")
    after, _ = mended(f"import os\n\n\n{text}\n\nx = total([])\n", 4)
    assert after == "import os\nfrom shop.sums import total\n\n\nx = total([])\n"


def test_a_copy_in_the_same_file_needs_no_import() -> None:
    after, _ = mended(f"{FIRST}\n\n{COPY}", 16, is_same_file=True)
    assert after.endswith("def add_up(entries, *, floor=0):\n    return total(entries, least=floor)\n")


def test_a_method_calls_the_other_one() -> None:
    text = f"{FIRST}\n    def more(me, one):\n        new = me.items + [one]\n        return new\n"
    after, _ = mended(text, 15, "self.all", is_same_file=True)
    assert after == f"{FIRST}\n    def more(me, one):\n        return me.all(one)\n"
