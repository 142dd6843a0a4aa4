"""Learns how much each part of the deviation score weighs, once, over many public repositories.

From the newest tree of each, functions are taken out, and each is measured at its place by the tree
without them, beside a function of another repository that is about as long. Parts are put on the
scale of other functions of the tree that were held out, as `gate` does with those that came last;
weights are those of a logistic regression that tells foreign from own, none below 0.02, with
naturalness as 1. Nobody's labels have a part in it, nor who wrote the code.

Learned over these, none of which `transplant` is told on in `docs/decisions/0006-conventions.md`:
Kludex/starlette, simonw/llm, huggingface/smolagents, httpie/cli, encode/httpx, pypa/pipx,
anthropics/claude-agent-sdk-python, Supervisor/supervisor.

    python -m benchmarks.deviation.learn REPOSITORY REPOSITORY... [--units 120]
"""

from __future__ import annotations

import argparse
import random
from bisect import bisect_left
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from benchmarks.deviation.walk import histories
from scanner.base.model import DeviationPart, UnitKind
from scanner.conventions.percentiles import Reference
from scanner.conventions.profile import ConventionProfile, KnownUnit
from scanner.conventions.scopes import population_of
from scanner.conventions.tallies import Stamp
from scanner.conventions.unusual import Lines, MeasuredUnits, measure

FEWEST_TOKENS = 30
_FOREIGN = 600
_Placed = tuple[str, KnownUnit]


def size(known: KnownUnit) -> int:
    return len(known.usage.gram_lines) // 4


def drawn(tree: dict[str, tuple[KnownUnit, ...]], seed: int) -> list[_Placed]:
    """The functions of a tree in a random order."""
    found = [
        (path, known)
        for path, units in sorted(tree.items())
        for known in units
        if known.choices.unit.kind in (UnitKind.FUNCTION, UnitKind.METHOD)
        and size(known) >= FEWEST_TOKENS
    ]
    random.Random(seed).shuffle(found)  # noqa: S311 - a repeatable sample
    return found


def measured(book: ConventionProfile, path: str, known: KnownUnit) -> MeasuredUnits:
    lines = Lines(frozenset(range(len(known.choices.lines))), is_new=True)
    return measure(
        book.usage, book.conventions, path, known.choices, known.usage, lines, population_of(path)
    )


def rows_of(
    tree: dict[str, tuple[KnownUnit, ...]], foreign: Sequence[_Placed], count: int
) -> tuple[list[list[float]], list[bool]]:
    """How far own and foreign functions are from the ordinary, part by part."""
    functions = drawn(tree, 1)
    own, others = functions[:count], functions[count : 3 * count]
    gone = {id(known) for _, known in own}
    book = ConventionProfile()
    for day, (path, units) in enumerate(sorted(tree.items())):
        kept = [known for known in units if id(known) not in gone]
        book.put(path, kept, lambda _line, day=day: Stamp(day, day), day)  # type: ignore[misc]
    held_out = []
    for path, known in others:
        book.usage.take(path, [known.usage])
        held_out.append(measured(book, path, known))
        book.usage.put(path, [known.usage])
    references = {
        kind: Reference([one for one in held_out if one.population == kind])
        for kind in {one.population for one in held_out}
    }
    sizes = [size(known) for _, known in foreign]
    rows, labels = [], []
    for path, known in own:
        place = min(bisect_left(sizes, size(known)), len(foreign) - 1)
        reference = references.get(population_of(path))
        if reference is None or reference.size < FEWEST_TOKENS:
            continue
        for one, is_foreign in ((known, False), (foreign[place][1], True)):
            rows.append(list(reference.placed(measured(book, path, one))))
            labels.append(is_foreign)
    return rows, labels


def weights(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    """Logistic regression with a small ridge, by gradient descent, none below 0.02."""
    w, bias = np.full(x.shape[1], 0.1), 0.0
    for _ in range(20_000):
        error = 1 / (1 + np.exp(-(x @ w + bias))) - y
        w -= 0.05 * (x.T @ error / len(y) + 0.002 * w)
        bias -= 0.05 * float(error.mean())
        w = np.maximum(w, 0.02 * w.max())
    return w


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("repositories", nargs="+")
    parser.add_argument("--units", type=int, default=120)
    parser.add_argument("--store")
    options = parser.parse_args()
    trees = [dict(one.newest()) for one in histories(options.repositories, options.store)]
    pools = [drawn(tree, 0)[:_FOREIGN] for tree in trees]
    rows: list[list[float]] = []
    labels: list[bool] = []
    for number, tree in enumerate(trees):
        foreign = [one for i, pool in enumerate(pools) if i != number for one in pool]
        foreign.sort(key=lambda one: (size(one[1]), one[1].content))
        more, marks = rows_of(tree, foreign, options.units)
        rows += more
        labels += marks
    learned = weights(np.array(rows), np.array(labels, float))
    print(f"{len(rows)} functions, half of them foreign")
    for part, weight in zip(DeviationPart, learned / learned[0], strict=True):
        print(f"{part:12} {weight:.2f}")


if __name__ == "__main__":
    main()
