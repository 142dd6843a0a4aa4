"""Targets that read what tools print, and that show strange text: semgrep's answer, the cache."""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from xml.etree import ElementTree

from scanner.analysis.metrics.complexity import ANALYSIS as COMPLEXITY
from scanner.base.model import CopyOf, FileMode, FileVersion, Outcome, Problem, Stage, Verdict
from scanner.base.store import CacheTable, open_store
from scanner.render.all_formats import FORMATS
from scanner.render.html.document import breakable, ticked
from scanner.rulepacks.contents import RuleScope
from scanner.rulepacks.results import complaints, hits_by_file, read_output
from scanner.rulepacks.work import MatchedPiece
from tests.render import samples

_PIECE = MatchedPiece(
    FileVersion("a.py", FileMode.REGULAR, "1" * 40), RuleScope.FILE, b"x = 1\n" * 9, "k"
)
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2066-\u2069]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_PARSERS: dict[str, Callable[[str], object]] = {
    "json": json.loads,
    "sarif": json.loads,
    "gitlab": json.loads,
    "junit": ElementTree.fromstring,
}


def semgrep(data: bytes) -> object:
    """Semgrep's answer, whatever it is, is a run that failed or hits of the files it names."""
    output = read_output(data)
    if output is None:
        return None
    hits = hits_by_file(output, {"a.py": _PIECE}, "/t/")
    for hit in hits.get("a.py", ()):
        if not 0 <= hit.points < float("inf"):
            raise AssertionError(f"{hit.points} points")
    return hits, complaints(output, "/t/", "/p/", 5)


class _Tags(HTMLParser):
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("code", "wbr") or attrs:
            raise AssertionError(f"the tag {tag} with {attrs} came through")


def renderers(data: bytes) -> object:
    """Text from anywhere, in each place of a finding, leaves every format well formed."""
    texts = [part.decode("utf-8", "surrogateescape") for part in data.split(b"\n=\n")]
    path, message, unit, rule = (*texts, "a.py", "m", "u", "r")[:4]
    path = path.replace("\0", "") or "a.py"
    where = samples.place(path, 3, 4, unit)
    evidence = CopyOf("gapped", where, 0.7, 9, 8, False, message, message)
    shown = samples.finding(evidence, rule=rule, where=where, message=message, hint=message)
    review = samples.review(
        (shown,),
        (Problem(Stage.READ, path, message),),
        verdict=Verdict(Outcome.FAIL, (message,)),
    )
    for one in FORMATS:
        output = one.render(replace(review, base=samples.BASE))
        if (bad := _CONTROL.search(output) or _SURROGATE.search(output)) is not None:
            raise AssertionError(f"{bad[0]!r} in {one.name}")
        _PARSERS.get(one.name, str)(output)
    for markup in (ticked(message), breakable(path)):
        parser = _Tags()
        parser.feed(str(markup))
        parser.close()
    return None


_TABLE = CacheTable("complexity", "1", COMPLEXITY.result)


def cached(data: bytes) -> object:
    """Whatever a row of the cache holds, with whatever checksum, is a value or is not there."""
    with open_store(None) as store:
        store.put_many(_TABLE, {"k": Problem(Stage.READ, None, "x")})
        checksum = zlib.crc32(data, zlib.crc32(b"complexity\x001\0k"))
        row = (data, checksum)
        store._connection.execute("UPDATE entry SET value = ?, checksum = ?", row)
        found = store.get(_TABLE, "k")
    assert isinstance(found, COMPLEXITY.result | Problem | None)
    return found
