"""What two branches collide in, as sentences."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.radar.collisions import Collision, CollisionKind, Pair
from scanner.radar.survey import Radar
from scanner.render.wording import counted


def said_of(pair: Pair, most: int | None) -> Iterator[tuple[str, str]]:
    """(place, what happens there) of a pair; of each kind at most so many are named."""
    by_kind = {kind: [one for one in pair.collisions if one.kind is kind] for kind in CollisionKind}
    texts = by_kind.pop(CollisionKind.TEXT)
    if texts:
        others = len(texts) - 1
        also = f", nor {counted(others, 'other file')}" if others else ""
        yield texts[0].where, f"git cannot merge it{also}: both change the same lines"
        for one in texts[1:most]:
            yield one.where, "the same"
    for some in by_kind.values():
        for one in some[:most]:
            yield _said(pair, one)
        if len(some) > len(some[:most]):
            yield some[0].where, f"and {len(some) - len(some[:most]):,} more like it"


def _said(pair: Pair, one: Collision) -> tuple[str, str]:
    assert one.lines is not None
    here, there = one.lines
    if one.kind is CollisionKind.FUNCTION:
        said = f"both edit {one.name} (line {there} in {pair.other}), and git merges that silently"
        return f"{one.where}:{here}", said
    said = (
        f"{pair.other} adds a call of {one.name} that no longer fits once {pair.one} has changed "
        f"it ({one.where}:{here})"
    )
    return f"{one.caller}:{there}", said


def summary(radar: Radar) -> str:
    """How many branches there are, how many pairs will collide, and what was left out."""
    left_out = [
        words
        for count, words in (
            (radar.landed, f"{radar.landed:,} that would change nothing in it"),
            (radar.old, f"{radar.old:,} too old (--days)"),
        )
        if count
    ]
    aside = f" Left out: {', '.join(left_out)}." if left_out else ""
    count = len(radar.branches)
    noun = "branch" if count == 1 else "branches"
    verb = "collides" if len(radar.pairs) == 1 else "collide"
    pairs = f"{counted(len(radar.pairs), 'pair')} {verb}" if radar.pairs else "no two collide"
    return f"{count:,} open {noun} of {radar.base}: {pairs}.{aside}"
