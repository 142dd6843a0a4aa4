"""Rules that an instruction file states and the code base itself keeps to or not. Pure.

Only what is said plainly is read: a phrase for one way of writing, in a sentence that asks for it
or forbids it. What is not understood is passed over.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from scanner.analysis.choices import BY_ID
from scanner.analysis.choices.family import filled, worded

#: Fewer choices than this contradict nobody.
FEWEST = 10


class Phrase(NamedTuple):
    """Words for one way of writing: the family of choices and the alternative that they name."""

    words: str
    family: str
    alternative: str


PHRASES = (
    Phrase(r"absolute imports?", "import-origin", "absolute"),
    Phrase(r"relative imports?", "import-origin", "relative"),
    Phrase(r"(?:star|wildcard) imports?|`?from \w+ import \*`?", "import-star", "star"),
    Phrase(r"f-?strings? (?:in|for) log\w*(?: calls| messages)?", "log-formatting", "f-string"),
    Phrase(r"(?:lazy|%-?style) log\w*(?: formatting)?", "log-formatting", "lazy"),
    Phrase(r"f-?strings?(?! (?:in|for) log)", "string-formatting", "f-string"),
    Phrase(r"double quotes|double-quoted strings", "quotes", "double"),
    Phrase(r"single quotes|single-quoted strings", "quotes", "single"),
    Phrase(r"`?pathlib`?(?:\.Path)?", "path-handling", "pathlib"),
    Phrase(r"`?os\.path`?", "path-handling", "os.path"),
    Phrase(r"`print(?:\(\))?`|print\(\)|print (?:statements?|calls?)|(?<=instead of )print|"
           r"(?<=rather than )print", "output-channel", "print"),
    Phrase(r"bare `?excepts?:?`?", "except-breadth", "bare"),
    Phrase(r"`?except Exception:?`?", "except-breadth", "Exception"),
    Phrase(r"frozen (?:`?@?dataclass(?:es)?`?)", "dataclass-frozen", "frozen"),
    Phrase(r"`?X \| None`?", "optional-style", "or None"),
    Phrase(r"`?Optional\[[^\]]*\]`?|`?typing\.Optional`?", "optional-style", "Optional"),
    Phrase(r"`?from __future__ import annotations`?", "future-annotations", "imported"),
    Phrase(r"Google[- ]style docstrings?", "docstring-style", "Google"),
    Phrase(r"(?:NumPy|numpydoc)[- ]style docstrings?", "docstring-style", "NumPy"),
    Phrase(r"(?:reST|Sphinx)[- ]style docstrings?", "docstring-style", "reST"),
    Phrase(r"(?:full|complete) type (?:hints|annotations)|type (?:hints|annotations) (?:on|for) "
           r"(?:all|every|each|public) functions?", "annotations-public", "annotated"),
    Phrase(r"early returns?|return early", "guard-style", "early"),
    Phrase(r"test classes", "test-style", "test class"),
    Phrase(r"`?unittest\.TestCase`?", "test-style", "TestCase"),
    Phrase(r"`?pytest\.mark\.parametrize`?|parametri[sz]ed? tests?", "test-cases", "parametrized"),
    Phrase(r"`?monkeypatch`?", "test-mocks", "monkeypatch"),
    Phrase(r"`?tmp_path`?", "test-folder", "tmp_path"),
    Phrase(r"timezone-aware (?:datetimes?|times?)", "current-time", "aware"),
    Phrase(r"`?(?:datetime\.)?utcnow(?:\(\))?`?", "current-time", "utcnow"),
    Phrase(r"`?shell=True`?", "subprocess-shell", "shell"),
)  # fmt: skip

_ASKS = re.compile(
    r"\b(always|must|shall|should|only|prefer|use|write|keep|make|import|ensure|require[ds]?)\b",
    re.IGNORECASE,
)
_FORBIDS = re.compile(
    r"\b(never|avoid|no|not|don't|do not|without|instead of|rather than|over|forbid(?:den)?|"
    r"ban(?:ned)?|replace|remove)\b[^.;:,()]{0,30}$",
    re.IGNORECASE,
)
#: What says that a rule does not hold everywhere: it is not measured by the whole.
_PARTIAL = re.compile(
    r"\b(unless|except (?:for|in|when)|only (?:for|in|when)|may|can|where|if|when|each test|"
    r"ok|fine|allowed|acceptable)\b",
    re.IGNORECASE,
)
#: So many letters before a phrase are looked at for what asks for it.
_NEAR = 60
_FENCE = re.compile(r"^\s*(```|~~~)")


@dataclass(frozen=True, slots=True)
class StatedRule:
    """A rule as a line states it: this way, or never this way."""

    line: int
    phrase: Phrase
    said: str
    is_forbidden: bool


def stated_rules(text: str) -> Iterator[StatedRule]:
    """The rules that an instruction file states, each once; what stands in code blocks is none."""
    seen: set[tuple[Phrase, bool]] = set()
    for number, sentence in _sentences(text):
        for phrase in PHRASES:
            match = re.search(rf"(?<![\w`.])(?:{phrase.words})(?!\w)", sentence, re.IGNORECASE)
            if match is None or _PARTIAL.search(sentence):
                continue
            is_forbidden = _FORBIDS.search(sentence[: match.start()]) is not None
            is_asked = _ASKS.search(sentence[: match.start()][-_NEAR:]) is not None
            key = (phrase, is_forbidden)
            if (is_forbidden or is_asked) and key not in seen:
                seen.add(key)
                yield StatedRule(number, phrase, match[0].strip("`"), is_forbidden)


def _sentences(text: str) -> Iterator[tuple[int, str]]:
    is_code = False
    for number, line in enumerate(text.splitlines(), 1):
        if _FENCE.match(line):
            is_code = not is_code
        elif not is_code:
            for sentence in re.split(r"(?<=[.;!?])\s+", line):
                yield number, sentence


#: How often each alternative of a family is chosen in the whole code base.
CountsOf = Callable[[str], Mapping[str, int]]


def contradictions(path: str, text: str, counts_of: CountsOf) -> Iterator[str]:
    """A sentence for each stated rule that most of the code base does not keep to."""
    for rule in stated_rules(text):
        counts = counts_of(rule.phrase.family)
        total = sum(counts.values())
        kept = counts.get(rule.phrase.alternative, 0)
        broken = kept if rule.is_forbidden else total - kept
        if total < FEWEST or 2 * broken <= total:
            continue
        others = {name: n for name, n in counts.items() if name != rule.phrase.alternative}
        most = rule.phrase.alternative if rule.is_forbidden else max(others, key=others.__getitem__)
        share = f"{100 * counts[most] / total:.0f} % of {total:,}"
        says = "forbids" if rule.is_forbidden else "says"
        family = BY_ID[rule.phrase.family]
        noun, choice = filled(family.noun, "", ""), worded(family, "", most)
        yield f"{path}:{rule.line} {says} {rule.said}; {share} {noun} are {choice}."
