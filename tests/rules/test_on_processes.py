"""Rules that are matched on several processes find what one process finds."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fixtures.repository import RepositoryBuilder
from scanner.cli.main import run
from scanner.judge.rule_batches import WORTH_A_PROCESS

HIT = "import requests\n\n\ndef get_{0}(url):\n    return requests.get(url + '{0}')\n"
ALONE = "A_{0} = {0}\n"


def test_a_scan_says_the_same_on_one_process_and_on_two(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    builder = RepositoryBuilder(tmp_path / "repo")
    count = 2 * WORTH_A_PROCESS
    sources = {f"pkg/m{i}.py": (HIT if i % 7 == 0 else ALONE).format(i) for i in range(count)}
    builder.commit("all", {**sources, "broken.py": "def (:\n"})
    said = []
    for jobs in ("1", "2"):
        where = ["--repo", str(builder.path), "--no-cache", "-q", "--format", "json"]
        assert run(["scan", *where, "--jobs", jobs]) in (0, 3)
        said.append(capsys.readouterr().out)
    assert said[0] == said[1]
    found = [one["rule"] for one in json.loads(said[0])["findings"]]
    assert found.count("requests-without-timeout") == len(range(0, count, 7))
