"""A metric that charges points is one new file and a line in the registry: first what it leaves."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import scanner
from fixtures.repository import RepositoryBuilder

METRIC = """
import ast

from scanner.analysis.metrics.metric import Metric, own_nodes


def trial_exits(tree: ast.Module) -> int:
    return sum(isinstance(node, ast.Return) for node in own_nodes(tree))


METRIC = Metric("trial_exits", trial_exits, "{} returns", "Return once.", limit=3, points=2.0)
"""


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The source with one more metric, by the recipe of CONTRIBUTING.md."""
    root = tmp_path_factory.mktemp("source")
    package = Path(scanner.__file__).parent
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(package, root / "scanner", ignore=ignored)
    shutil.copytree(package.parent / "rules", root / "rules", ignore=ignored)
    shutil.copy(package.parent / "tallystick_start.py", root)
    metrics = root / "scanner/analysis/metrics"
    (metrics / "trial_exits.py").write_text(METRIC)
    with (metrics / "all_metrics.py").open("a") as registry:
        registry.write("from scanner.analysis.metrics import trial_exits\n")
        registry.write("METRICS = (*METRICS, trial_exits.METRIC)\n")
    return root


def answer(source: Path, repository: Path, *arguments: str) -> tuple[int, dict[str, Any]]:
    done = subprocess.run(
        [sys.executable, "-m", "scanner", *arguments, "--format", "json", "--repo", repository],
        cwd=source, env={**os.environ, "PYTHONPATH": str(source)}, capture_output=True, check=False,
    )  # fmt: skip
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


def findings(document: dict[str, Any]) -> list[tuple[str, float, str]]:
    found = (one for one in document["findings"] if one["rule"] == "complexity.trial-exits")
    return [(one["unit"], one["points"], one["message"]) for one in found]


def function(name: str, returns: int) -> str:
    lines = "".join(f"    if value == {n}:\n        return {n}\n" for n in range(returns))
    return f"def {name}(value):\n{lines}\n\n"


def test_growth_beyond_its_limit_is_charged_and_no_other(source: Path, tmp_path: Path) -> None:
    builder = RepositoryBuilder(tmp_path / "repo")
    old = function("legacy", 6)
    builder.commit("Begin", {"a.py": old, "b.py": function("grown", 3)})
    grown = {"b.py": function("grown", 5), "c.py": function("few", 3)}
    builder.commit("Go on", {"a.py": f"# A comment.\n{old}", **grown})
    _, judged = answer(source, builder.path, "gate", "--base", "HEAD~1")
    assert findings(judged) == [("grown", 4.0, "grown has 5 returns (was 3, limit 3).")]
    _, told = answer(source, builder.path, "explain", "HEAD")
    assert findings(told) == findings(judged)
    _, standing = answer(source, builder.path, "scan")
    assert [(unit, points) for unit, points, _ in findings(standing)] == [
        ("legacy", 6.0), ("grown", 4.0),
    ]  # fmt: skip


def test_a_threshold_holds_for_it(source: Path, tmp_path: Path) -> None:
    builder = RepositoryBuilder(tmp_path / "repo")
    limits = "[thresholds]\nunit_points = 3.0\n"
    builder.commit("Begin", {"tallystick.toml": limits, "a.py": function("grown", 3)})
    builder.write("a.py", function("grown", 5))
    builder.git("add", "-A")
    code, judged = answer(source, builder.path, "check")
    assert (code, judged["verdict"]) == (1, "fail")
    assert any("4 points" in reason for reason in judged["reasons"])
