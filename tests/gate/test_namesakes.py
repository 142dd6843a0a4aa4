"""New functions that are called as another is: which are let alone, and which are said."""

from __future__ import annotations

from pathlib import Path

import pytest

from fixtures.repository import RepositoryBuilder
from scanner.base.model import Finding, Review
from scanner.judge.namesakes import is_distinctive
from tests.gate.reviews import Files, check, gate

PYPROJECT = '[project]\nname = "shop"\ndependencies = []\n'
OLD = "def parse_price_list(text):\n    return [float(part) for part in text.split(',')]\n"
NEW = "def parse_price_list(text):\n    rows = csv.reader([text])\n    return next(rows)\n"
ON = 'rules_on = ["duplicate-helper-name"]\n'
BASE: Files = {"pyproject.toml": PYPROJECT, "tallystick.toml": ON, "shop/pricing/prices.py": OLD}


@pytest.fixture
def builder(tmp_path: Path) -> RepositoryBuilder:
    return RepositoryBuilder(tmp_path / "repo")


def same_names(review: Review) -> list[Finding]:
    return [one for one in review.judgement.findings if one.rule == "duplicate-helper-name"]


COPY = "".join(f"    total_{n} = text.count(str({n})) + len(text) * {n}\n" for n in range(12))
OF_A_KIND = "\n\n".join(
    f"def {name}_price_list(text):\n    return open(text)\n" for name in ("read", "write", "sort")
)
LEFT_ALONE: dict[str, tuple[Files, Files]] = {
    "another name": ({}, {"shop/orders/b.py": NEW.replace("parse_price_list", "parse_orders_of")}),
    "a method": ({}, {"shop/orders/b.py": "class A:\n    def parse_price_list(self, text): ...\n"}),
    "a test": ({}, {"tests/test_b.py": NEW}),
    "a test's helper before": (
        {"shop/pricing/prices.py": None, "tests/prices.py": OLD}, {"shop/orders/b.py": NEW},
    ),
    "a script": ({}, {"scripts/b.py": NEW}),
    "other parameters": ({}, {"shop/orders/b.py": NEW.replace("(text)", "(path, strict, text=1)")}),
    "a coroutine": ({}, {"shop/orders/b.py": f"async {NEW}"}),
    "decorated": ({}, {"shop/orders/b.py": f"@app.command()\n{NEW}"}),
    "conditional": ({}, {"shop/orders/b.py": "if A:\n    " + NEW.replace("\n", "\n    ")}),
    "overloaded": ({}, {"shop/orders/b.py": f"@overload\n{NEW}\n{NEW}"}),
    "moved": ({}, {"shop/pricing/prices.py": None, "shop/orders/b.py": OLD}),
    "handed on": (
        {}, {"shop/orders/b.py": "def parse_price_list(text):\n    return prices.parse(text)\n"},
    ),
    "another thing of its own": (
        {"shop/pricing/prices.py": "def get_default_list() -> Prices:\n    return PRICES\n"},
        {"shop/orders/b.py": "def get_default_list() -> Orders:\n    return ORDERS\n"},
    ),
    "another result": (
        {"shop/pricing/prices.py": OLD.replace("(text)", "(text) -> list[float]")},
        {"shop/orders/b.py": NEW.replace("(text)", "(text) -> Prices")},
    ),
    "a way to something of its own": (
        {"shop/pricing/prices.py": "def is_price_list() -> bool:\n    return state.is_list\n"},
        {"shop/orders/b.py": "def is_price_list() -> bool:\n    return state.is_list\n"},
    ),
    "a module of the same kind": (
        {"shop/pricing/prices.py": OF_A_KIND},
        {"shop/orders/b.py": OF_A_KIND.replace("open(text)", "text.split()")},
    ),
    "two had it before": ({"shop/more/c.py": OLD}, {"shop/orders/b.py": NEW}),
    "two get it": ({}, {"shop/orders/b.py": NEW, "shop/more/c.py": NEW}),
    "in a parallel package": ({}, {"shop/orders/prices.py": NEW}),
    "beside it": ({}, {"shop/pricing/b.py": NEW}),
    "in another distribution": (
        {"other/pyproject.toml": PYPROJECT}, {"other/orders/b.py": NEW},
    ),
    "a copy, which is charged as one": (
        {"shop/pricing/prices.py": f"def parse_price_list(text):\n{COPY}    return text\n"},
        {"shop/orders/b.py": f"def parse_price_list(text):\n{COPY}    return text\n"},
    ),
    "off": ({"tallystick.toml": 'rules_off = ["duplicate-helper-name"]\n'}, {"shop/b.py": NEW}),
    "vendored": ({}, {"third_party/b.py": NEW}),
}  # fmt: skip


@pytest.mark.parametrize(("before", "edit"), LEFT_ALONE.values(), ids=LEFT_ALONE.keys())
def test_left_alone(builder: RepositoryBuilder, before: Files, edit: Files) -> None:
    builder.commit("first", BASE)
    builder.commit("base", before)
    builder.commit("edit", edit)
    assert same_names(gate(builder)) == []


def test_the_finding_says_where_the_other_is(builder: RepositoryBuilder) -> None:
    builder.commit("base", BASE)
    builder.commit("edit", {"shop/orders/b.py": f"import csv\n\n\n{NEW}"})
    (finding,) = same_names(gate(builder))
    assert (finding.place.path, finding.place.span.first) == ("shop/orders/b.py", 4)
    assert finding.place.unit == "parse_price_list"
    assert "shop/pricing/prices.py:1" in finding.message
    assert finding.hint


def test_what_is_staged_is_judged(builder: RepositoryBuilder) -> None:
    builder.commit("base", BASE)
    builder.write("shop/orders/b.py", NEW)
    builder.git("add", "-A")
    assert len(same_names(check(builder))) == 1


CHANCE = [
    "main", "run", "parse", "setup_logging", "create_app", "get_parser", "parse_args", "to_dict",
    "__getattr__", "upgrade", "register_hooks", "handle_event", "on_start", "visit_node",
    "export_command", "test_it_works", "load_config", "_get",
]  # fmt: skip


@pytest.mark.parametrize("name", CHANCE)
def test_names_that_two_modules_have_by_chance(name: str) -> None:
    assert not is_distinctive(name)


@pytest.mark.parametrize("name", ["parse_price_list", "_is_loopback_host", "split_source_lines"])
def test_names_that_say_what_is_done(name: str) -> None:
    assert is_distinctive(name)
