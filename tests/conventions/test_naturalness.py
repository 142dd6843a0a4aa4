"""The n-gram model: a probability, subtractable, and told by what it has seen."""

from __future__ import annotations

import numpy as np
import pytest

from scanner.analysis.parsing.source import UnitSource
from scanner.analysis.tokens import UnitTokens, read_tokens
from scanner.base.model import UnitKind
from scanner.conventions.ngram_model import NaturalnessModel, Surprise, held_out, percentile

BITS = 14


def tokens(text: str) -> UnitTokens:
    read = read_tokens(UnitSource(UnitKind.MODULE, text))
    assert isinstance(read, UnitTokens)
    return read


SEEN = tokens("def load(path):\n    with open(path) as file:\n        return json.load(file)\n")
STRANGE = tokens("def melt(wax):\n    for drip in wax.candles:\n        yield drip << 3\n")


@pytest.fixture
def model() -> NaturalnessModel:
    made = NaturalnessModel(slot_bits=BITS)
    for i in range(6):
        made.add(f"app/m{i}.py", [SEEN])
    return made


def test_what_was_seen_surprises_less(model: NaturalnessModel) -> None:
    assert model.surprise("app/new.py", SEEN).bits < 2
    assert model.surprise("app/new.py", STRANGE).bits > 5


def test_an_empty_model_gives_every_token_the_same_chance() -> None:
    model = NaturalnessModel(slot_bits=BITS)
    assert model.surprise("a.py", SEEN).bits == 0.0


def test_chances_sum_to_one_over_the_vocabulary() -> None:
    model = NaturalnessModel(order=3, slot_bits=20)
    texts = ["a b c a b", "b c a", "c c b a"]
    for text in texts:
        model.add("x/a.py", [tokens(text)])
    after = "a b "
    chances = [2 ** -_last_bits(model, tokens(after + word)) for word in ("a", "b", "c")]
    unseen = 2 ** -_last_bits(model, tokens(after + "d"))
    # What is left goes to the one word beyond the vocabulary.
    assert sum(chances) + unseen == pytest.approx(1.0, abs=1e-6)


def _last_bits(model: NaturalnessModel, unit: UnitTokens) -> float:
    values = np.frombuffer(unit.tokens, "<u4").astype(np.uint64)
    return float(-np.log2(model._probabilities("x/a.py", values)[-1]))


def test_the_nearer_scope_tells_more(model: NaturalnessModel) -> None:
    model.add("lib/other.py", [STRANGE])
    same_file = model.surprise("lib/other.py", STRANGE).bits
    same_directory = model.surprise("lib/new.py", STRANGE).bits
    elsewhere = model.surprise("app/new.py", STRANGE).bits
    assert same_file < same_directory < elsewhere


def test_taking_out_is_the_opposite_of_putting_in(model: NaturalnessModel) -> None:
    before = model.surprise("app/new.py", STRANGE)
    counts = model._counts.copy()
    model.add("lib/a.py", [STRANGE, SEEN])
    model.remove("lib/a.py", [SEEN, STRANGE])
    assert model.surprise("app/new.py", STRANGE) == before
    assert (model._counts == counts).all()
    assert model.tokens == 6 * len(SEEN.tokens) // 4


def test_lines_and_the_most_surprising(model: NaturalnessModel) -> None:
    text = "def load(path):\n    zebra = quux ^ 7\n    return json.load(file)\n"
    found = model.surprise("app/new.py", tokens(text))
    assert [line for line, _ in found.lines] == [0, 1, 2]
    assert found.most_surprising(1)[0][0] == 1


def test_nothing_surprises_in_nothing(model: NaturalnessModel) -> None:
    assert model.surprise("a.py", tokens("")) == Surprise(0.0, ())


def test_percentile_among_held_out_units(model: NaturalnessModel) -> None:
    reference = held_out(model, [(f"app/m{i}.py", SEEN) for i in range(6)])
    assert list(reference) == sorted(reference)
    assert percentile(model.surprise("app/new.py", STRANGE).bits, reference) == 100.0
    assert percentile(0.0, reference) == 0.0
    assert percentile(3.0, ()) == 50.0
