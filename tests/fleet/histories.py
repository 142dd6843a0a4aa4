"""Small repositories in which an agent and people change code."""

from __future__ import annotations

from pathlib import Path

from fixtures.repository import RepositoryBuilder

AGENT = "\n\n🤖 Generated with [Claude Code](https://claude.com/claude-code)"
PEOPLE = ("Ada Example <ada@example.org>", "Bob Example <bob@example.org>")
_PLAIN = "def f{0}(a):\n    return a + {0}\n"
_DEEP = (
    "def g{0}(a):\n    for x in a:\n        if x:\n            while x > {0}:\n"
    "                if x % 2:\n                    if x % 5:\n                        x -= 1\n"
    "                elif x % 3:\n                    x -= 2\n"
    "                else:\n                    x -= 3\n"
    "    return a\n"
)


def history(folder: Path, changes: int = 12, deep_every: int = 2) -> RepositoryBuilder:
    """Every second change is the agent's, and every so many of those is hard to follow."""
    builder = RepositoryBuilder(folder)
    builder.commit("Start", {"README.md": "x\n", "base.py": "A = 1\n"}, author=PEOPLE[0])
    for number in range(changes):
        is_agent = number % 2 == 1
        is_deep = is_agent and number % (2 * deep_every) == 1
        code = (_DEEP if is_deep else _PLAIN).format(number)
        builder.commit(
            f"Add part {number}{AGENT if is_agent else ''}",
            {f"part{number}.py": code},
            author=PEOPLE[number // 2 % 2],
            days_later=9,
        )
    return builder
