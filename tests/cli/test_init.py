"""`tallystick init`: shows first, writes only what was shown, and overwrites nothing."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
import yaml

from fixtures.repository import RepositoryBuilder
from scanner.config import parse_settings
from scanner.recipes import recipe
from scanner.recipes.calibration import calibrate
from scanner.recipes.hooks import MARK, plan_hooks
from scanner.recipes.proposals import plan
from tests.gate.hooks import ROOT, tallystick, tangled, try_git

PRE_COMMIT = """# hooks
repos:
- repo: https://example.org/ruff
  rev: v1
  hooks:
  - id: ruff

ci:
  autofix_prs: false
"""
PYPROJECT = '[project]\nname = "x"\nversion = "1"'


class TestCalibration:
    def test_few_changes_keep_the_default(self) -> None:
        found = calibrate([0.0] * 29)
        assert found.threshold == 20
        assert "Only 29 past changes that add" in found.in_words()[0]
        assert "Only 1 past change that adds" in calibrate([0.0]).in_words()[0]
        assert "No past change that adds Python code was judged" in calibrate(()).in_words()[0]

    @pytest.mark.parametrize(
        ("scores", "threshold"),
        [
            ([0.0] * 100, 10),  # not below the lowest
            ([0.0] * 94 + [12.0] * 6, 15),  # the 95th of 100 is 12
            ([0.0] * 95 + [90.0] * 5, 10),
            ([0.0] * 94 + [90.0] * 6, 50),  # not above the highest
            ([20.0] * 40, 20),  # a score on a step is not rounded up
        ],
    )
    def test_threshold(self, scores: list[float], threshold: float) -> None:
        assert calibrate(scores).threshold == threshold

    def test_words(self) -> None:
        words = " ".join(calibrate([0.0] * 90 + [12.0] * 4 + [22.0] * 6).in_words())
        assert "half are at most 0.0, 90% at most 0.0, 95% at most 22.0" in words
        assert "25 would have stopped 0 of them (0%)" in words
        assert "20 would have stopped 6 of them (6%)" in words

    @pytest.mark.parametrize(
        ("deviations", "threshold"),
        [
            ([99.0] * 29, None),  # too few to propose anything
            ([50.0] * 100, 90),  # not below the lowest
            ([50.0] * 94 + [96.2] * 6, 97),  # the 95th of 100 is 96.2
            ([50.0] * 94 + [99.9] * 6, 99),  # not above the highest
        ],
    )
    def test_deviation(self, deviations: list[float], threshold: float | None) -> None:
        assert calibrate((), deviations).deviation == threshold

    def test_deviation_is_proposed_in_one_sentence_and_left_off(self) -> None:
        found = calibrate([0.0] * 100, [50.0] * 94 + [99.9] * 6)
        assert found.deviation_in_words() == (
            "thresholds.deviation is off by default; 99 would have stopped 6 of the 100 changes "
            "with a deviation score (6%)."
        )
        (proposal,) = plan({}, found, []).proposals
        settings = parse_settings(proposal.after, "tallystick.toml")
        assert settings is not None
        assert settings.thresholds.deviation is None
        switched_on = proposal.after.replace("# deviation =", "deviation =")
        settings = parse_settings(switched_on, "tallystick.toml")
        assert settings is not None
        assert settings.thresholds.deviation == 99
        assert plan({}, self.FEW_SCORED, []).proposals[0].after.count("deviation") == 0

    FEW_SCORED = calibrate([0.0] * 100, [50.0] * 29)


class TestPlan:
    FEW = calibrate(())

    def test_what_is_there_is_left(self) -> None:
        texts = {
            "pyproject.toml": "[tool.tallystick]\n",
            ".pre-commit-config.yaml": "repos:\n- repo: https://example.org/tallystick\n",
            ".github/workflows/gate.yml": "run: tallystick gate\n",
            ".gitlab-ci.yml": "include: tallystick.yml\n",
        }
        planned = plan(texts, self.FEW, [])
        assert planned.proposals == ()
        assert len(planned.remarks) == 4

    def test_an_entry_joins_the_list_of_repos(self) -> None:
        planned = plan({".pre-commit-config.yaml": PRE_COMMIT}, self.FEW, [])
        (after,) = (p.after for p in planned.proposals if p.path.startswith(".pre-commit"))
        document = yaml.safe_load(after)
        assert [repo["repo"] for repo in document["repos"]] == ["https://example.org/ruff", "local"]
        assert document["ci"] == {"autofix_prs": False}
        assert after.startswith("# hooks\n")

    @pytest.mark.parametrize("text", [PYPROJECT, PYPROJECT + "\n", PYPROJECT + "\n\n\n", ""])
    def test_settings_join_the_project_file(self, text: str) -> None:
        planned = plan({"pyproject.toml": text}, self.FEW, ["vendor/**"])
        (proposal,) = planned.proposals
        assert parse_settings(proposal.after, "pyproject.toml") is not None
        kept = tomllib.loads(text)
        assert {**tomllib.loads(proposal.after), "tool": None} == {**kept, "tool": None}

    def test_without_a_project_file(self) -> None:
        (proposal,) = plan({}, self.FEW, ["vendor/**"]).proposals
        settings = parse_settings(proposal.after, "tallystick.toml")
        assert settings is not None
        assert settings.exclude == ("vendor/**",)

    def test_recipes_are_the_documented_ones(self) -> None:
        assert recipe("gitlab.yml") == (ROOT / "docs" / "ci" / "gitlab.yml").read_text()
        ours = {h["id"]: h for h in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())}
        for hook in yaml.safe_load(recipe("pre-commit.yaml"))[0]["hooks"]:
            isolated = ours[hook["id"]]
            assert hook["entry"] == isolated["entry"].replace("python -I -m scanner", "tallystick")
            assert hook["always_run"] is isolated["always_run"] is True


class TestCommand:
    def test_nothing_is_written_unasked(self, tmp_path: Path) -> None:
        builder = RepositoryBuilder(tmp_path / "repo")
        builder.commit("First", {"pyproject.toml": PYPROJECT, "third_party/a.py": "A = 1\n"})
        done = tallystick(builder.path, "init")
        assert done.returncode == 0, done.stderr
        assert "+[tool.tallystick.thresholds]" in done.stdout
        assert '+exclude = ["third_party/**"]' in done.stdout
        assert "Nothing was written" in done.stdout
        assert builder.git("status", "--porcelain") == ""

    def test_what_was_shown_is_written(self, tmp_path: Path) -> None:
        builder = RepositoryBuilder(tmp_path / "repo")
        ci = {".github/workflows/ci.yml": "on: push\n", ".pre-commit-config.yaml": PRE_COMMIT}
        builder.commit("First", {"pyproject.toml": PYPROJECT, **ci})
        for number in range(35):
            builder.commit("Next", {"a.py": "print(len(__name__))\n" * (number + 2)})
        done = tallystick(builder.path, "init", "--yes")
        assert done.returncode == 0, done.stderr
        assert "Debt scores of the last 35 changes" in done.stdout
        changed = builder.git("status", "--porcelain", "-uall").split()
        assert ".github/workflows/tallystick.yml" in changed
        assert "Next: pre-commit install -t pre-commit -t prepare-commit-msg" in done.stdout
        assert builder.git("diff", "--stat").count("|") == 2
        builder.git("apply", "--check", "-R", stdin=diff_of(done.stdout))
        again = tallystick(builder.path, "init", "--yes")
        assert "There is nothing to write." in again.stdout

    def test_line_ends_modes_and_links_are_kept(self, tmp_path: Path) -> None:
        builder = RepositoryBuilder(tmp_path / "repo")
        builder.commit("First", {"kept/hooks.yaml": PRE_COMMIT.replace("\n", "\r\n")})
        (builder.path / ".pre-commit-config.yaml").symlink_to("kept/hooks.yaml")
        (builder.path / ".gitlab-ci.yml").write_bytes(b"a:\r\n  script: [x]\r\n")
        (builder.path / ".gitlab-ci.yml").chmod(0o600)
        (builder.path / "pyproject.toml").write_bytes(b'[project]\r\nname = "x"\r\n')
        done = tallystick(builder.path, "init", "--yes")
        assert done.returncode == 0, done.stderr
        assert (builder.path / ".pre-commit-config.yaml").is_symlink()
        assert (builder.path / ".gitlab-ci.yml").stat().st_mode & 0o777 == 0o600
        for name in ("kept/hooks.yaml", ".gitlab-ci.yml", "pyproject.toml"):
            written = (builder.path / name).read_bytes()
            assert b"tallystick" in written
            assert written.count(b"\r\n") == written.count(b"\n")

    def test_an_empty_repository(self, tmp_path: Path) -> None:
        builder = RepositoryBuilder(tmp_path / "repo")
        assert tallystick(builder.path, "init", "--yes").returncode == 0
        assert (builder.path / "tallystick.toml").exists()

    def test_a_bare_repository(self, tmp_path: Path) -> None:
        builder = RepositoryBuilder(tmp_path / "repo")
        builder.git("clone", "-q", "--bare", ".", str(tmp_path / "bare"))
        done = tallystick(tmp_path / "bare", "init")
        assert done.returncode == 2
        assert "no work tree" in done.stderr


def diff_of(output: str) -> bytes:
    """The diff that was shown, without what was said before and after it."""
    lines = output.splitlines(keepends=True)
    first = next(i for i, line in enumerate(lines) if line.startswith("--- "))
    last = next(i for i, line in enumerate(lines) if line.startswith("Wrote "))
    return "".join(line for line in lines[first:last] if line.strip("\n")).encode()


class TestHooks:
    def test_installed_they_judge_and_stamp(self, tmp_path: Path) -> None:
        builder = RepositoryBuilder(tmp_path / "repo")
        builder.commit("First", {"a.py": "A = 1\n"})
        done = tallystick(builder.path, "init", "--hook", "--yes")
        assert done.returncode == 0, done.stderr
        builder.write("a.py", tangled("messy"))
        builder.git("add", "a.py")
        complaint = try_git(builder, "commit", "-qm", "Messy")
        assert complaint is not None
        builder.write("a.py", "A = 2\n")
        builder.environment = {"CLAUDECODE": "1"}
        builder.commit("Fine", {})
        assert "Assisted-by: Claude" in builder.git("log", "-1", "--format=%B")
        again = tallystick(builder.path, "init", "--hook", "--yes")
        assert "is already Tallystick's" in again.stdout

    def test_others_are_kept(self, tmp_path: Path) -> None:
        builder = RepositoryBuilder(tmp_path / "repo")
        hook = builder.path / ".git" / "hooks" / "pre-commit"
        hook.parent.mkdir(exist_ok=True)
        hook.write_text("#!/bin/sh\nmake lint\n")
        done = tallystick(builder.path, "init", "--hook", "--yes")
        assert "add this line to it: tallystick check || exit $?" in done.stdout
        assert hook.read_text() == "#!/bin/sh\nmake lint\n"
        assert (hook.parent / "prepare-commit-msg").exists()

    def test_a_configured_folder_is_respected(self, tmp_path: Path) -> None:
        builder = RepositoryBuilder(tmp_path / "repo")
        builder.git("config", "core.hooksPath", ".githooks")
        done = tallystick(builder.path, "init", "--hook", "--yes")
        assert done.returncode == 0, done.stderr
        hook = builder.path / ".githooks" / "pre-commit"
        assert hook.read_text() == f"#!/bin/sh\n{MARK}\nexec tallystick check\n"
        assert hook.stat().st_mode & 0o111
        assert not (builder.path / ".git" / "hooks" / "pre-commit").exists()

    def test_the_framework_is_recognised(self) -> None:
        text = "#!/usr/bin/env bash\n# File generated by pre-commit: https://pre-commit.com\n"
        planned = plan_hooks({"pre-commit": text}, None)
        assert set(planned.scripts) == {"prepare-commit-msg"}
        assert "the pre-commit framework's" in planned.remarks[0]
