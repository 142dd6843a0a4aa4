from __future__ import annotations

from pathlib import Path

import pytest

from scanner.base.errors import ScanError
from scanner.rulepacks.catalogue import list_rules
from scanner.rulepacks.contents import read_contents
from scanner.rulepacks.packs import (
    Pack,
    default_folder,
    in_force,
    load_default_packs,
    load_packs,
    make_rule_set,
    together,
)
from scanner.rulepacks.results import CATEGORIES
from tests.rules.sources import IN_APP, REQUESTS, rule_set

SHIPPED = make_rule_set(load_default_packs())
TEMPLATES = make_rule_set(load_packs(default_folder().parent, ["rules/templates"]))


def test_there_are_enough_rules_in_every_category() -> None:
    rules = list_rules(SHIPPED).rules
    assert len(rules) >= 90
    assert {rule.category for rule in rules} == set(CATEGORIES)


@pytest.mark.parametrize("rules", [SHIPPED, TEMPLATES], ids=["shipped", "templates"])
def test_every_rule_says_why_and_what_to_do_in_one_to_three_sentences(rules: object) -> None:
    catalogue = list_rules(rules)  # type: ignore[arg-type]
    assert catalogue.problems == ()
    for rule in catalogue.rules:
        assert rule.has_test, rule.source
        assert 1 <= rule.message.count(". ") + 1 <= 3, rule.source
        assert rule.message.endswith((".", ")", "`")), rule.source
        assert rule.id.islower(), rule.source
        assert 0 < rule.points <= 10, rule.source
        if rule.category == "security":
            assert (
                any(ref.startswith("CWE-") for ref in rule.references) or "templates" in rule.pack
            )


def test_every_rule_names_its_category() -> None:
    for pack in SHIPPED.packs:
        assert pack.text.count("category:") == sum(1 for _ in pack.rule_lines()), pack.name


def test_rules_know_their_line() -> None:
    rules = rule_set(REQUESTS, IN_APP)
    assert rules.where("get-call") == "team/0.yaml:2"
    assert rules.where("app-only") == "team/1.yaml:2"
    assert rules.where("nobody") is None
    assert [rule.source for rule in list_rules(rules).rules] == ["team/0.yaml:2", "team/1.yaml:2"]


OPT_IN = """\
rules:
  # Which key comes first is the author's choice.
  - languages: [python]
    id: quiet
    message: |
      - id: not-one
    severity: INFO
    metadata:
      opt-in: true
    pattern: quiet()
  - id: spoken
    languages: [python]
    message: No.
    severity: INFO
    pattern: spoken()
"""


def test_opt_in_rules_are_left_out_unless_asked_for() -> None:
    pack = Pack("team/a.yaml", OPT_IN)
    spoken = pack.asked(())
    assert spoken is not None
    assert pack.opt_in == {"quiet"}
    assert list(spoken.rule_lines()) == [("spoken", 11)]
    assert pack.asked(["quiet", "unknown"]) is pack
    assert Pack("team/b.yaml", OPT_IN[: OPT_IN.index("  - id: spoken")]).asked(()) is None
    assert in_force([pack]).fingerprint != in_force([pack], ["quiet"]).fingerprint
    assert [rule.is_opt_in for rule in list_rules(make_rule_set([pack])).rules] == [True, False]


@pytest.mark.parametrize("text", ["", "# later\n", "rules: []\n", "rulez:\n  - id: a\n"])
def test_a_pack_without_rules_is_a_problem_once(text: str) -> None:
    rules = make_rule_set([Pack("team/a.yaml", text)])
    (problem,) = rules.problems
    assert problem.path == "team/a.yaml"
    assert problem.reason.startswith("line 1: a pack is a mapping with a list called `rules`")
    assert list_rules(rules).problems == rules.problems


def test_paths_are_seen() -> None:
    assert not rule_set(REQUESTS).depends_on_paths
    assert rule_set(IN_APP).depends_on_paths
    assert rule_set(IN_APP).has_anchored_paths
    assert not rule_set(IN_APP.replace("/app", "app")).has_anchored_paths


def test_the_fingerprint_changes_with_any_text() -> None:
    assert rule_set(REQUESTS).fingerprint == rule_set(REQUESTS).fingerprint
    assert rule_set(REQUESTS).fingerprint != rule_set(REQUESTS + " ").fingerprint


def test_an_id_used_twice_is_a_problem_that_names_both_places() -> None:
    (problem,) = rule_set(REQUESTS, REQUESTS).problems
    assert problem.path == "team/1.yaml"
    assert "team/1.yaml:2" in problem.reason
    assert "team/0.yaml:2" in problem.reason


def test_fixes_are_taken_out_and_lines_stay() -> None:
    one = "  - id: a\n    fix: $X\n    message: m\n"
    two = "  - id: b\n    message: m\n    fix-regex:\n      regex: x\n      replacement: y\n"
    first = "  - fix: z\n    id: c\n"
    pack = Pack("a.yaml", f"rules:\n{one}{two}{first}")
    bare = f"  - id: a\n\n    message: m\n  - id: b\n    message: m\n\n\n\n{first}"
    assert together(list(pack.parts())) == f"rules:\n{bare}"
    assert pack.has_fixes


def test_each_rule_stands_where_it_is_said_once_opt_in_rules_are_left_out() -> None:
    for pack in load_default_packs():
        whole = {rule.id: pack.text[rule.start : rule.stop] for rule in pack.contents.rules}
        spoken = pack.asked(())
        assert spoken is not None
        kept = {rule.id: spoken.text[rule.start : rule.stop] for rule in spoken.contents.rules}
        assert kept == {name: text for name, text in whole.items() if name not in pack.opt_in}
        for part in spoken.parts():
            alone = read_contents(together([part])).rules
            assert part.rule is None or [(r.id, r.line) for r in alone] == [
                (part.rule.id, part.rule.line)
            ]


@pytest.mark.parametrize(
    "text",
    [
        "rules: [{id: a, message: m, fix: x}]\n",
        "rules:\n  - {id: a, fix: x}\n  - {id: b,\n     fix: y}\n",
        "rules: &r\n  - id: a\n    fix: x\nother: *r\n",
        "other: &r\n  - id: a\n    fix: x\nrules: *r\n",
        "base: &b {rules: [{id: a, fix: x}]}\n<<: *b\n",
    ],
)
def test_a_fix_that_has_no_lines_to_itself_stays(text: str) -> None:
    assert together(list(Pack("a.yaml", text).parts())) == text


LAYOUTS = [
    ("rules:\n- id: a\n  pattern: x\n- id: b\n", ["a", "b"], True),
    ("# é 𝄞\nrules:\n  # ü\n\n  - {id: a, pattern: x}\n  -   id: 'b'\n", ["a", "b"], True),
    ("rules:\n  - id: a\nother:\n  - id: no\n", ["a"], True),
    ("rules:\r\n  - pattern: x\r\n    id: a\r\n", ["a"], True),
    ("rules: [{id: a}, {id: b}]\n", ["a", "b"], False),
    ("rules:\n  -\n    id: a\n", ["a"], False),
    ("rules:\n  - id: a\n    x: &x 1\n  - id: b\n    x: *x\n", ["a", "b"], False),
    ("rules:\n  - id: a\n  - 7\n", ["a"], True),
    ("rules:\n  - pattern: |\n      - id: no\n", [], True),
    ("rules: [\n", [], False),
]


@pytest.mark.parametrize(("text", "ids", "is_apart"), LAYOUTS)
def test_rules_are_found_however_they_are_laid_out(
    text: str, ids: list[str], is_apart: bool
) -> None:
    pack = Pack("a.yaml", text)
    assert [name for name, _ in pack.rule_lines()] == ids
    assert pack.contents.is_apart is is_apart
    for rule in pack.contents.rules:
        assert text[rule.start : rule.stop].count("id:") <= 1 or not is_apart
    if pack.contents.rules:
        last = pack.contents.rules[-1]
        assert text[last.stop :] in ("", "other:\n  - id: no\n")


BROKEN = [
    ("rules:\n  - id: x\n    message: [a\n", "line 3"),
    ("- id: x\n", "a list called `rules`"),
    (
        "rules:\n  - id: x\n    languages: [python]\n    message: m\n",
        "line 2: rule x has no severity",
    ),
    ("rules:\n  - languages: [python]\n", "rule ? has no id and no message and no severity"),
]


@pytest.mark.parametrize(("text", "reason"), BROKEN)
def test_a_broken_pack_names_its_file_and_line(text: str, reason: str) -> None:
    catalogue = list_rules(rule_set(text, REQUESTS))
    assert [problem.path for problem in catalogue.problems] == ["team/0.yaml"]
    assert reason in catalogue.problems[0].reason
    assert [rule.id for rule in catalogue.rules] == ["get-call"]


def test_packs_are_loaded_from_files_and_folders(tmp_path: Path) -> None:
    folder = tmp_path / "team" / "rules" / "deep"
    folder.mkdir(parents=True)
    (folder / "one.yaml").write_text(REQUESTS)
    (folder / "one.py").write_text("# ruleid: get-call\nrequests.get(1)\n")
    (folder / "one.test.yaml").write_text("not a pack")
    (tmp_path / "two.yml").write_text(IN_APP)
    packs = load_packs(tmp_path, ["team/rules", "two.yml"])
    assert [pack.name for pack in packs] == ["team/rules/deep/one.yaml", "two.yml"]
    assert packs[0].test is not None
    assert packs[1].test is None


def test_a_place_without_rules_is_the_users_mistake(tmp_path: Path) -> None:
    with pytest.raises(ScanError, match="no rules at team"):
        load_packs(tmp_path, ["team"])
    (tmp_path / "team").mkdir()
    with pytest.raises(ScanError, match=r"no \.yaml or \.toml file in team"):
        load_packs(tmp_path, ["team"])
