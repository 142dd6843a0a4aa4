"""Which functions of a change can have lost a guard at all, by the lines that are gone. Pure.

Cheap, and of few imports: most changes end here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher

from scanner.base.model import UnitKind
from scanner.roles.paths import is_example_path, is_test_path
from scanner.scoring.matching import UnitPair

CALLABLE = (UnitKind.FUNCTION, UnitKind.METHOD)
#: A removed line without any of these took no guard away.
_GUARDING = re.compile(
    r"^(?:if|elif|assert|while|with|async with|try|except|finally|@)|\bif\b|\band\b|\bor\b"
    r"|timeout|deadline|retries|min\(|max\(|escape|quote|saniti[sz]e|redact|strip_tags|secure_"
    r"|^(?:await )?[\w.]+\("
)


def candidates(pairs: Iterable[UnitPair]) -> Iterator[UnitPair]:
    """The functions, outside of tests and examples, that lines with a guard are gone from."""
    for pair in pairs:
        if pair.before is None or pair.after is None or pair.after.unit.kind not in CALLABLE:
            continue
        if is_test_path(pair.after.path) or is_example_path(pair.after.path):
            continue
        if _may_lose(pair.before.lines, pair.after.lines):
            yield pair


def _may_lose(before: Sequence[str], after: Sequence[str]) -> bool:
    """Whether a line that can hold a guard, or stand behind one, is no longer where it was."""
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    return any(
        _GUARDING.search(line)
        for what, first, last, _, _ in matcher.get_opcodes()
        if what in ("delete", "replace")
        for line in before[first:last]
    )
