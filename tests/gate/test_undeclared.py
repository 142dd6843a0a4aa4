"""Imports that nothing declares: what is let alone, what is said, and that it is said once."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from fixtures.repository import RepositoryBuilder
from scanner.base.model import Finding, Judgement, Outcome, Review, Severity, Stage
from scanner.base.store import open_store
from scanner.config import Settings
from scanner.git.process import open_repository
from scanner.git.trees import diff_trees
from scanner.judge.batch import ChangeToJudge, JudgingContext, judge_changes
from scanner.rulepacks.packs import load_default_packs, make_rule_set
from scanner.tree.scan import scan_tree
from tests.gate.reviews import Files, check, gate

PYPROJECT = '[project]\nname = "shop"\ndependencies = ["requests", "PyYAML"]\n'
APP = "import requests\n\n\ndef load(url):\n    return requests.get(url, timeout=5)\n"
USE = "import frobnicate\n\n\ndef use(rows):\n    return frobnicate.run(rows)\n"
BASE: Files = {"pyproject.toml": PYPROJECT, "shop/__init__.py": "", "shop/app.py": APP}


@pytest.fixture
def builder(tmp_path: Path) -> RepositoryBuilder:
    return RepositoryBuilder(tmp_path / "repo")


def undeclared(findings: tuple[Finding, ...]) -> list[Finding]:
    return [finding for finding in findings if finding.rule == "undeclared-import"]


def places(review: Review) -> list[tuple[str, int]]:
    found = undeclared(review.judgement.findings)
    return [(finding.place.path, finding.place.span.first) for finding in found]


def importing(line: str) -> str:
    return f"{line}\n\n\ndef use(rows):\n    return len(rows)\n"


LOCK = '[[package]]\nname = "frobnicate"\nversion = "1"\n'
SCRIPT = '# /// script\n# dependencies = ["frobnicate"]\n# ///\n'
MORE_DECLARED = PYPROJECT.replace('"PyYAML"', '"PyYAML", "frobnicate>=2"')
LEFT_ALONE: dict[str, Files] = {
    "the standard library": {"shop/b.py": importing("import os, distutils, tomllib, urllib2")},
    "declared": {"shop/b.py": importing("import requests")},
    "declared under another name": {"shop/b.py": importing("from yaml import safe_load")},
    "brought by what is declared": {"shop/b.py": importing("import urllib3")},
    "declared by the change": {"pyproject.toml": MORE_DECLARED, "shop/b.py": USE},
    "declared in another file": {"requirements-dev.txt": "frobnicate\n", "shop/b.py": USE},
    "declared in a file that is included": {
        "requirements.txt": "-r more/list.txt\n", "more/list.txt": "frobnicate\n", "shop/b.py": USE,
    },
    "locked": {"uv.lock": LOCK, "shop/b.py": USE},
    "installed by a workflow": {
        ".github/workflows/ci.yml": "- run: pip install frobnicate\n", "shop/b.py": USE,
    },
    "declared by the script": {"tools/b.py": SCRIPT + USE},
    "in the tree": {"shop/frobnicate.py": "", "shop/b.py": USE},
    "a folder of the tree": {"lib/frobnicate/core.py": "", "shop/b.py": USE},
    "built in the tree": {"src/frobnicate.pyx": "", "shop/b.py": USE},
    "generated": {"shop/b.py": importing("import shop_pb2")},
    "in the package itself": {"shop/b.py": importing("import shop.app")},
    "relative": {"shop/b.py": importing("from .app import load")},
    "tried": {"shop/b.py": importing("try:\n    import frobnicate\nexcept ImportError:\n    pass")},
    "in place of another": {
        "shop/b.py": importing("try:\n    import json\nexcept ImportError:\n    import frobnicate"),
    },
    "for type checkers": {
        "shop/b.py": importing(
            "from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    import frobnicate"
        ),
    },
    "on some systems": {
        "shop/b.py": importing("import sys\n\nif sys.platform == 'win32':\n    import frobnicate"),
    },
    "in a test that is skipped without it": {
        "tests/test_b.py": "import pytest\n\npytest.importorskip('frobnicate')\n"
        "import frobnicate\n",
    },
    "tried elsewhere in the file": {
        "shop/b.py": importing(
            "try:\n    import frobnicate\nexcept ImportError:\n    frobnicate = None\n\n\n"
            "def more():\n    from frobnicate import more"
        ),
    },
    "in a function": {"shop/b.py": "def use():\n    import frobnicate\n"},
    "in the cell of a notebook": {
        "shop/b.py": "@app.cell\ndef _():\n    import frobnicate\n    return frobnicate\n",
    },
    "in a tutorial": {"shop/_tutorials/b.py": USE},
    "suppressed": {
        "shop/b.py": "from contextlib import suppress\n\nwith suppress(ImportError):\n"
        "    import frobnicate\n",
    },
    "from a path that the file adds": {
        "shop/b.py": importing("import sys\n\nsys.path.insert(0, 'x')\nimport frobnicate"),
    },
    "in an example": {"examples/b.py": USE},
    "in data of a test": {"tests/fixtures/b.py": USE},
    "vendored": {"third_party/b.py": USE},
    "by what runs the file": {
        "noxfile.py": importing("import nox"),
        "tasks.py": importing("from invoke import task"),
        "deploy/fabfile.py": importing("from fabric import task"),
        "dodo.py": importing("from doit.tools import run_once"),
        "load/locustfile.py": importing("from locust import HttpUser"),
        "load/locustfile_api.py": importing("import gevent"),
        "shop/conftest.py": importing("from _pytest.config import Config"),
        "toxfile.py": importing("from tox.plugin import impl"),
        "hatch_build.py": importing("from hatchling.builders.hooks.plugin import interface"),
        "manual/conf.py": importing("from sphinx.application import Sphinx"),
        "manual/_ext/links.py": importing("from docutils import nodes"),
        "gunicorn.conf.py": importing("from gunicorn import glogging"),
        "shop/dags/nightly.py": importing("from airflow import DAG"),
        "site_scons/builders.py": importing("from SCons.Script import Builder"),
        "features/steps/buy.py": importing("from behave import when"),
        "shop/worker.py": importing("import uwsgi"),
    },
    "in a text": {"shop/b.py": 'CODE = """\nimport frobnicate\n"""\n'},
    "brought, it may be, by what is named alike": {
        "pyproject.toml": PYPROJECT.replace("requests", "frobnicate2go"), "shop/b.py": USE,
    },
}  # fmt: skip


@pytest.mark.parametrize("files", LEFT_ALONE.values(), ids=LEFT_ALONE.keys())
def test_left_alone(builder: RepositoryBuilder, files: Files) -> None:
    builder.commit("base", BASE)
    builder.commit("edit", files)
    review = gate(builder)
    assert places(review) == []
    assert review.judgement.problems == ()


STOOD_BEFORE: dict[str, Files] = {
    "more code": {"shop/b.py": f"{USE}\n\ndef more():\n    return frobnicate.more()\n"},
    "moved": {"shop/b.py": None, "shop/c.py": USE},
    "another file": {"shop/c.py": USE},
    "in a function": {"shop/c.py": "def use():\n    import frobnicate\n\n    return frobnicate\n"},
}


@pytest.mark.parametrize("files", STOOD_BEFORE.values(), ids=STOOD_BEFORE.keys())
def test_what_the_codebase_imports_already_is_not_charged(
    builder: RepositoryBuilder, files: Files
) -> None:
    builder.commit("base", {**BASE, "shop/b.py": USE})
    builder.commit("edit", files)
    assert places(gate(builder)) == []


def test_an_import_in_a_function_stood_before_too(builder: RepositoryBuilder) -> None:
    builder.commit("base", {**BASE, "shop/b.py": "def use():\n    import frobnicate\n"})
    builder.commit("edit", {"shop/c.py": USE})
    assert places(gate(builder)) == []


def test_nothing_is_said_where_nothing_is_declared(builder: RepositoryBuilder) -> None:
    builder.commit("base", {"shop/app.py": APP, "pyproject.toml": "[tool.ruff]\n"})
    builder.commit("edit", {"shop/b.py": USE, "other/requirements.txt": "requests\n"})
    assert places(gate(builder)) == []


CHARGED: dict[str, Files] = {
    "import": {"shop/b.py": importing("import frobnicate")},
    "import from": {"shop/b.py": importing("from frobnicate.core import run")},
    "with a name of ours": {"shop/b.py": importing("import frobnicate as shop")},
    "in an edited file": {"shop/app.py": f"import frobnicate\n{APP}"},
    "in a class": {"shop/b.py": "class A:\n    import frobnicate\n"},
    "where a type checker is told": {
        "shop/b.py": importing("import frobnicate  # type: ignore[import-not-found]"),
    },
    "for the command line": {"shop/b.py": "if __name__ == '__main__':\n    import frobnicate\n"},
    "under a mark": {"shop/b.py": importing("# @generated\nimport frobnicate")},
    "under protoc's name": {"shop/b_pb2.py": importing("import frobnicate")},
    "in a test": {"tests/test_b.py": importing("import frobnicate")},
    "under the stubs of it": {
        "pyproject.toml": PYPROJECT.replace("PyYAML", "types-frobnicate"),
        "shop/b.py": importing("import frobnicate"),
    },
    "in a script that declares something else": {
        "tools/b.py": importing("import frobnicate  # /// no script"),
    },
    "the runner of another file": {"shop/b.py": importing("import nox")},
    "what a file's runner does not bring": {"noxfile.py": importing("import nox, frobnicate")},
    "in a requirements file's tree": {
        "pyproject.toml": None, "requirements/base.txt": "requests\n",
        "shop/b.py": importing("import frobnicate"),
    },
}  # fmt: skip


@pytest.mark.parametrize("files", CHARGED.values(), ids=CHARGED.keys())
def test_charged(builder: RepositoryBuilder, files: Files) -> None:
    builder.commit("base", BASE)
    builder.commit("edit", files)
    assert len(places(gate(builder))) == 1


def test_the_finding_says_why_and_what_to_do(builder: RepositoryBuilder) -> None:
    builder.commit("base", BASE)
    builder.commit(
        "edit", {"shop/b.py": importing("import request"), "shop/c.py": "import request\n"}
    )
    (finding,) = undeclared(gate(builder).judgement.findings)
    assert (finding.points, finding.severity) == (5, Severity.WARNING)
    assert finding.message.startswith("`request` is imported, here and in 1 more file, but")
    assert finding.hint.startswith("Declare it in pyproject.toml")
    assert finding.hint.endswith("Did you mean `requests`?")


def test_what_is_staged_is_judged_and_not_what_lies_about(builder: RepositoryBuilder) -> None:
    builder.commit("base", BASE)
    builder.write("shop/b.py", USE)
    builder.git("add", "shop/b.py")
    builder.write("pyproject.toml", MORE_DECLARED)
    assert places(check(builder)) == [("shop/b.py", 1)]
    builder.git("add", "pyproject.toml")
    assert places(check(builder)) == []


SWITCHES: dict[str, tuple[str, list[float]]] = {
    "off": ('rules_off = ["undeclared-import"]\n', []),
    "no rules of ours": ("default_rules = false\n", []),
    "points": ("[rule_points]\nundeclared-import = 0.5\n", [0.5]),
    "waived": ('[[waivers]]\nrule = "undeclared-import"\nreason = "the host has it"\n', []),
}


@pytest.mark.parametrize(("settings", "points"), SWITCHES.values(), ids=SWITCHES.keys())
def test_settings_choose(builder: RepositoryBuilder, settings: str, points: list[float]) -> None:
    builder.commit("base", {**BASE, "tallystick.toml": settings})
    builder.commit("edit", {"shop/b.py": USE})
    found = undeclared(gate(builder).judgement.findings)
    assert [finding.points for finding in found] == points


def test_a_suppression_of_the_change_itself_excuses_nothing(builder: RepositoryBuilder) -> None:
    builder.commit("base", BASE)
    builder.commit("edit", {"shop/b.py": importing("import frobnicate  # nosemgrep")})
    (finding,) = undeclared(gate(builder).judgement.findings)
    assert "This change suppresses it" in finding.message


UNTOLD: dict[str, tuple[Files, str]] = {
    "a broken file": ({"requirements.txt": b"\xff\xfe"}, "requirements.txt"),
    "a computed one": (
        {"pyproject.toml": None, "setup.py": "setup(install_requires=read())\n"}, "setup.py",
    ),
    "a script's own": (
        {"shop/b.py": f"# /// script\n# dependencies = [\n# ///\n{USE}", "shop/c.py": ""},
        "shop/b.py",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("files", "path"), UNTOLD.values(), ids=UNTOLD.keys())
def test_what_cannot_be_told_is_said_once_and_holds_nobody_up(
    builder: RepositoryBuilder, files: Files, path: str
) -> None:
    builder.commit("base", BASE)
    builder.commit("edit", {"shop/b.py": USE, "shop/c.py": USE.replace("use", "go"), **files})
    review = gate(builder)
    assert [problem.path for problem in review.judgement.problems] == [path]
    assert review.judgement.problems[0].stage is Stage.MANIFEST
    assert review.verdict.outcome is Outcome.PASS


# ----------------------------------------------------------------- along a history, and in a tree


def judged(builder: RepositoryBuilder, cache: Path) -> list[Judgement]:
    repository = open_repository(builder.path)
    commits = list(reversed(builder.git("rev-list", "HEAD").split()))
    diffs = diff_trees(repository, list(zip([None, *commits], commits, strict=False)))
    changes = [ChangeToJudge(diff, datetime(2024, 1, 1, tzinfo=UTC)) for diff in diffs]
    context = JudgingContext(repository, cache, Settings(), make_rule_set(load_default_packs()))
    with open_store(cache) as store:
        found = judge_changes(context, store, changes, 1, lambda _done, _all: None)
    return [found[change.key] for change in changes]


def test_a_history_says_of_each_change_what_the_gate_says(builder: RepositoryBuilder) -> None:
    builder.commit("base", BASE)
    builder.commit("bring", {"shop/b.py": USE})
    builder.commit("again", {"shop/c.py": USE.replace("use", "go")})
    builder.commit("drop", {"shop/b.py": None, "shop/c.py": None})
    builder.commit("bring back", {"shop/b.py": USE})
    cache = builder.path.parent / "facts.sqlite"
    history = judged(builder, cache)
    assert judged(builder, cache) == history
    found = [undeclared(one.findings) for one in history]
    assert [len(one) for one in found] == [0, 1, 0, 0, 1]
    for number in range(1, 5):
        review = gate(builder, f"HEAD~{5 - number}", f"HEAD~{4 - number}")
        assert undeclared(review.judgement.findings) == found[number]


def test_a_scan_shows_what_stands_in_the_tree(builder: RepositoryBuilder) -> None:
    files: Files = {"shop/b.py": USE, "shop/c.py": USE, "shop/d.py": importing("import yaml")}
    builder.commit("base", BASE)
    builder.commit("edit", files)
    rules = make_rule_set(load_default_packs())
    context = JudgingContext(
        open_repository(builder.path), builder.path.parent / "facts", Settings(), rules
    )
    found = scan_tree(context, "HEAD", 1, lambda _done, _all: None)
    (finding,) = undeclared(found.findings)
    assert (finding.place.path, finding.place.span.first) == ("shop/b.py", 1)
    assert "1 more file" in finding.message
    assert found.problems == ()
    # So that a baseline that is drawn from a scan knows what a gate finds.
    assert undeclared(gate(builder).judgement.findings) == [finding]
