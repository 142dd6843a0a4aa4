"""What a rule needs is never more than what it can hit."""

from __future__ import annotations

import random
import re

import pytest

from scanner.rulepacks.anchors import literals_of
from scanner.rulepacks import needs
from scanner.rulepacks.needs import Need, SearchedText
from scanner.rulepacks.packs import Pack, load_default_packs, together
from scanner.rulepacks.run import match_rules
from tests.rules.sources import REQUESTS, MemoryCache, Sources, rule_set


def need_of(**rule: object) -> Need:
    return needs.need_of({"id": "one", "languages": ["python"], **rule})


def meets(need: Need, text: str, path: str = "a.py", lines: tuple[int, ...] = ()) -> bool:
    look = SearchedText(text.encode(), path, lines)
    return any(look.goes(way) for way in need.ways) and not look.is_outside(need)


GATE = r"(?ms)\A(?:[^e]++|(?!\bexcept *:)[e])*+[e].*\z"


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        ({"pattern": "$X == $X"}, "anything"),
        ({"pattern": "f(($X: some.Type))"}, "f(1)"),
        ({"pattern": '"secret"'}, "x = 'sec' 'ret'"),
        ({"pattern": "if $X: ..."}, "y = 1 if x else 2"),
        ({"pattern": "requests.get(...)", "languages": ["generic"]}, "nothing"),
        ({"pattern": "requests.get(...)", "mode": "join"}, "nothing"),
        ({"pattern-either": [{"pattern": "a.b"}, {"pattern": "$X"}]}, "nothing"),
        ({"match": {"all": []}}, "nothing"),
        ({"patterns": [{"pattern": "$X"}, {"pattern-not": "yes"}]}, "no"),
        ({"patterns": [{"pattern": "$X"}, {"pattern-not-regex": "yes"}]}, "no"),
        ({"pattern-regex": r"(?i)toKen"}, "to\u212aen"),
        ({"pattern-regex": r"\p{Lu}x"}, "no"),
        ({"pattern-regex": r"(?i)café"}, "CAFÉ"),
        ({"pattern-regex": r"\bfoo"}, "éfoo"),
        ({"pattern-regex": r"a\z"}, "b a"),
        ({"pattern-regex": r"\A# one"}, "# one"),
        ({"pattern-regex": r"(?!\A)# one"}, "two"),
        ({"pattern-regex": r"one\Ktwo"}, "onetwo"),
        ({"pattern-regex": r"(?<!a|bc)one"}, "one"),
        ({"pattern-regex": GATE}, "try: x\nexcept : y\n"),
        ({"patterns": [{"metavariable-regex": {"metavariable": "$X", "regex": "^(GET|POST)$"}}]},
         "f(POST)"),
        ({"patterns": [{"metavariable-regex": {"metavariable": "$X", "regex": "(?i)^to_?ken$"}}]},
         "my.TOKEN"),
        ({"pattern-sources": [{"pattern": "a.b"}], "pattern-sinks": [{"pattern": "c(...)"}],
          "mode": "taint", "pattern-sanitizers": [{"pattern": "d(...)"}]}, "c(a.b)"),
    ],
)  # fmt: skip
def test_what_a_rule_could_hit_meets_its_need(rule: dict[str, object], text: str) -> None:
    assert meets(need_of(**rule), text)


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        ({"pattern": "requests.get(...)"}, "requests.gets()"),
        ({"patterns": [{"pattern-inside": "class A: ..."}, {"pattern": "f()"}]}, "A"),
        ({"pattern-either": [{"pattern": "a.b"}, {"pattern": "c.d"}]}, "a.d"),
        ({"pattern-regex": GATE}, "try: x\nexcept E: y\n"),
        ({"pattern-regex": r"(foo|bar)+_baz"}, "baz"),
        ({"pattern-regex": r"(?<!a|bc)one"}, "two"),
        ({"pattern": "raise E"}, "E"),
        ({"patterns": [{"metavariable-regex": {"metavariable": "$X", "regex": "^(GET|POST)$"}}]},
         "POSTAGE"),
        ({"pattern-sources": [{"pattern": "a.b"}], "pattern-sinks": [{"pattern": "c(...)"}],
          "mode": "taint"}, "a.b"),
    ],
)  # fmt: skip
def test_what_a_rule_cannot_hit_is_kept_from_it(rule: dict[str, object], text: str) -> None:
    assert not meets(need_of(**rule), text, lines=(1, 2, 3))


@pytest.mark.parametrize(
    ("path", "excluded", "expected"),
    [
        ("tests/a.py", ["tests"], False),
        ("src/test_a.py", ["test_*.py"], False),
        ("src/latest/a.py", ["test"], True),
        ("src/tests/a.py", ["/tests"], True),
        ("src/a.py", ["src/*.py"], True),
    ],
)
def test_paths_that_are_surely_left_out(path: str, excluded: list[str], expected: bool) -> None:
    need = need_of(pattern="a", paths={"exclude": excluded})
    assert meets(need, "a", path) is expected


IMPORTS = "from flask import (\n    request,\n    send_file as give,\n)\nfrom os import remove\n"


@pytest.mark.parametrize(
    ("body", "pattern", "expected"),
    [
        ("    return give(1)", "flask.send_file(...)", True),
        ("    return request", "flask.request", True),
        ("    return request", "flask.send_file(...)", False),
        ("    return request", "os.remove(...)", False),
        ("    from os import remove", "os.remove(...)", True),
    ],
)
def test_an_import_counts_for_what_is_used_of_it(body: str, pattern: str, expected: bool) -> None:
    text = f"{IMPORTS}def f():\n{body}\n"
    assert meets(need_of(pattern=pattern), text, lines=(0, 0, 0, 0, 0, 6, 7, 0)) is expected


@pytest.mark.parametrize(
    ("regex", "expected"),
    [
        ("", ()),
        ("[a-z]+", ()),
        ("(abc)?", ()),
        ("(?i", ()),
        ("abc|", ()),
        ("(?=abc)d", ("d",)),
        ("ab?", ("a",)),
        ("ab{0,2}c", ("a",)),
        (r"\.ABC\b", (".abc",)),
        (r"x(?:long|longer)*yz", ("yz",)),
        (r"(password|secret)\s*=", ("password", "secret")),
        (r"(?i:To)ken+", ("ken",)),
        (r"[)\]]+end", ("end",)),
        (r"^(?P<a>one)\1$", ("one",)),
    ],
)
def test_literals_of_a_regular_expression(regex: str, expected: tuple[str, ...]) -> None:
    assert literals_of(regex) == expected


def test_literals_stand_in_all_that_an_expression_matches() -> None:
    """Expressions and texts drawn from a small alphabet, against Python's own engine."""
    chance = random.Random(5)  # noqa: S311  a sample
    tokens = ["a", "b", "c", "(", ")", "|", "?", "*", "+", "(?:", "[ab]", ".", r"\b", "{2}", "(?=", "(?!"]
    tried = 0
    while tried < 3000:
        regex = "".join(chance.choices(tokens, k=chance.randint(1, 9)))
        try:
            compiled = re.compile(regex)
        except re.error:
            continue
        literals = literals_of(regex)
        tried += bool(literals)
        for _ in range(20):
            text = "".join(chance.choices("abc", k=chance.randint(0, 8)))
            if literals and compiled.search(text):
                assert any(one in text for one in literals), (regex, text, literals)


def test_a_rule_that_is_there_twice_needs_nothing() -> None:
    rule = REQUESTS.removeprefix("rules:\n")
    once, twice = (Pack("a.yaml", f"# by-function\nrules:\n{rule * n}").contents for n in (1, 2))
    assert not any(meets(one.need, "nothing") for one in once.rules)
    assert all(meets(one.need, "nothing") for one in twice.rules)


def test_a_pack_with_anchors_is_not_taken_apart() -> None:
    text = f"# by-function\n{REQUESTS}"
    assert [part.rule.id for part in Pack("a.yaml", text).parts() if part.rule] == ["get-call"]
    other = text[text.index("  - id") :].replace("get-call", "other-call")
    anchored = text.replace("    metadata:\n", "    metadata: &all\n") + other.replace(
        "    metadata:\n      category: edge-case\n      cwe: [CWE-1088]\n", "    metadata: *all\n"
    )
    (part,) = Pack("a.yaml", anchored).parts()
    assert part.rule is None
    assert together([part]) == anchored


def test_most_shipped_rules_need_something() -> None:
    rules = [one for p in load_default_packs() if p.is_by_function for one in p.contents.rules]
    bare = [r.id for r in rules if any(not way.words and not way.texts for way in r.need.ways)]
    assert len(rules) > 100
    assert bare == []


def test_semgrep_is_not_started_where_no_rule_could_hit() -> None:
    sources, cache = Sources(), MemoryCache()
    version = sources.add("a.py", "import os\n\n\ndef f():\n    return os.getcwd()\n")
    rules = rule_set(f"# by-function\n{REQUESTS}")
    run = match_rules([version], sources.read, rules, cache)
    assert run.problems == ()
    assert run.of(version).hits == ()
    assert run.of(version).failure is None
    assert len(cache.stored) == 3
