"""`tallystick experiment`: chance decides which branches' agents hear; nothing else changes."""

from __future__ import annotations

import io
import json
from collections import Counter
from contextlib import chdir, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import pytest

from fixtures.repository import RepositoryBuilder
from scanner.base.experiment import (
    PLACE,
    Begun,
    Ended,
    Experiment,
    ExperimentArm,
    Met,
    add,
    read,
    running,
)
from scanner.cli.main import run
from scanner.compare.randomised import RandomisedBranch, randomised_effect
from scanner.history.arm_trailers import assignments_in, trailer_of
from tests.cli.test_hook import PLAIN, Done, called
from tests.gate.hooks import TALLYSTICK, tallystick, tangled, write_hook


@pytest.fixture
def builder(tmp_path: Path) -> RepositoryBuilder:
    made = RepositoryBuilder(tmp_path / "repo")
    made.commit("Base", {"a.py": PLAIN})
    return made


def command(builder: RepositoryBuilder, *arguments: str) -> Done:
    """Runs a command in this process, which saves its imports."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err), chdir(builder.path):
        code = run(list(arguments))
    return Done(code, out.getvalue(), err.getvalue())


def begin(builder: RepositoryBuilder, seed: int = 1, block: int = 2) -> Experiment:
    done = command(builder, "experiment", "start", "--seed", str(seed), "--block", str(block))
    assert done.returncode == 0, done.stderr
    found = running(builder.path / ".git")
    assert found is not None
    return found


def hears(builder: RepositoryBuilder, *options: str) -> bool:
    """Whether an agent is told of the tangle that it has written."""
    event = {"hook_event_name": "PostToolUse", "tool_input": {"file_path": "a.py"}}
    done = called("claude-code", json.dumps(event), builder.path, *options)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "" or "block" in done.stdout
    return bool(done.stdout)


def arms(builder: RepositoryBuilder) -> dict[str, ExperimentArm]:
    (*_, found) = read(builder.path / ".git")
    return {one.branch: one.arm for one in found.assignments}


def results(builder: RepositoryBuilder) -> list[dict[str, Any]]:
    done = tallystick(builder.path, "report", "--format", "json", "--no-rules")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)["tallies"]["experiments"]
    assert isinstance(found, list)
    return found


def test_without_an_experiment_all_hear_and_nothing_is_kept(builder: RepositoryBuilder) -> None:
    builder.branch("topic")
    builder.write("a.py", tangled("f"))
    assert hears(builder)
    assert not (builder.path / ".git" / PLACE).exists()
    for name in ("stop", "status"):
        done = command(builder, "experiment", name)
        assert (done.returncode, done.stdout) == (2, "")
        assert "No experiment was ever begun in this clone." in done.stderr
    message = builder.path / "MESSAGE"
    message.write_text("Fix\n")
    assert command(builder, "experiment", "trailer", str(message)).returncode == 0
    assert message.read_text() == "Fix\n"


def test_half_of_the_branches_hear_and_the_default_branch_and_no_branch_always_do(
    builder: RepositoryBuilder,
) -> None:
    found = begin(builder)
    builder.write("a.py", tangled("f"))
    heard = {}
    for name in ("one", "two", "three", "four"):
        builder.git("switch", "-q", "-c", name, "main")
        heard[found.digest(name)] = hears(builder)
        assert hears(builder) is heard[found.digest(name)]
        # What a person or CI asks answers as ever.
        assert command(builder, "check", "--worktree").returncode == 1
    assert Counter(heard.values()) == {True: 2, False: 2}
    assert {one: arm is ExperimentArm.HEARD for one, arm in arms(builder).items()} == heard
    for place in ("main", "--detach"):
        builder.git("switch", "-q", place)
        assert hears(builder)
    assert len(arms(builder)) == 4
    kept = (builder.path / ".git" / PLACE).read_text()
    assert "three" not in kept
    assert "a.py" not in kept

    said = command(builder, "experiment", "status").stdout
    assert "seed 1, blocks of 2. Branches: 2 heard, 2 silent." in said
    assert command(builder, "experiment", "stop").returncode == 0
    for name in ("one", "two", "three", "four"):
        builder.switch(name)
        assert hears(builder)
    assert command(builder, "experiment", "stop").returncode == 2


@pytest.mark.parametrize(
    ("options", "variables", "said"),
    [
        (("--block", "3"), {}, "no half"),
        (("--seed", "-1"), {}, "--seed"),
        ((), {"CLAUDECODE": "1"}, "An agent runs this"),
    ],
)
def test_what_cannot_begin(
    builder: RepositoryBuilder,
    monkeypatch: pytest.MonkeyPatch,
    options: tuple[str, ...],
    variables: dict[str, str],
    said: str,
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    done = command(builder, "experiment", "start", *options)
    assert done.returncode == 2
    assert said in done.stderr
    assert not (builder.path / ".git" / PLACE).exists()


def test_only_one_goes_on_at_a_time(builder: RepositoryBuilder) -> None:
    begin(builder)
    again = command(builder, "experiment", "start")
    assert (again.returncode, "going on already" in again.stderr) == (2, True)
    add(builder.path / ".git", Ended(0))
    assert begin(builder, seed=7).begun.seed == 7
    assert [one.ended for one in read(builder.path / ".git")] == [0, None]


def test_arms_are_balanced_in_every_block_and_follow_from_the_seed() -> None:
    def drawn(seed: int, block: int) -> list[ExperimentArm]:
        met = tuple(Met(str(n), "") for n in range(240))
        found = Experiment(Begun("x", seed, block, "", 0), met).assignments
        assert [one.block for one in found] == [n // block for n in range(240)]
        return [one.arm for one in found]

    for block in (2, 4, 6, 8, 20):
        for seed in range(5):
            row = drawn(seed, block)
            for start in range(0, 240, block):
                half = Counter(row[start : start + block])
                assert half[ExperimentArm.HEARD] == half[ExperimentArm.SILENT] == block // 2
            assert row == drawn(seed, block)
    firsts = Counter(drawn(seed, 4)[0] for seed in range(100))
    assert 35 < firsts[ExperimentArm.HEARD] < 65


def test_the_arm_is_carried_by_a_trailer_that_the_user_installs(builder: RepositoryBuilder) -> None:
    write_hook(builder, "prepare-commit-msg", f"{TALLYSTICK} experiment trailer")
    builder.commit("Before", {"b.py": PLAIN})
    begin(builder)
    builder.commit("On the default branch", {"b.py": PLAIN + "\n"})
    builder.branch("topic")
    builder.commit("No agent was here", {"c.py": PLAIN})
    builder.write("a.py", tangled("f"))
    hears(builder)
    builder.commit("Tangle\n\nSigned-off-by: Ada <ada@example.org>\n", {})
    messages = builder.git("log", "-4", "--format=%B%x00").split("\0")
    assert [bool(assignments_in(one)) for one in messages[:4]] == [True, False, False, False]
    (one,) = assignments_in(messages[0])
    assert messages[0].strip().splitlines()[-2:] == [
        "Signed-off-by: Ada <ada@example.org>",
        trailer_of(one),
    ]
    builder.git("commit", "-q", "--amend", "--no-edit")
    assert builder.git("log", "-1", "--format=%B").count("Tallystick-Arm") == 1


def test_the_report_counts_branches_by_trailer_and_by_what_the_clone_kept(
    builder: RepositoryBuilder,
) -> None:
    assert results(builder) == []
    found = begin(builder)
    for number in range(4):
        builder.git("switch", "-q", "-c", f"b{number}", "main")
        builder.write("a.py", tangled("f"))
        hears(builder)
        builder.git("checkout", "-q", "a.py")
    digests = {one.branch: one for one in found_now(builder).assignments}
    builder.switch("main")
    for number in (0, 1, 2):
        own = digests[found.digest(f"b{number}")]
        builder.commit(f"Squash\n\n{trailer_of(own)}\n", {f"m{number}.py": PLAIN})
    both = "\n".join(trailer_of(own) for own in digests.values())
    builder.commit(f"Two at once\n\n{both}\n", {"n.py": PLAIN})
    builder.switch("b3")
    builder.commit("First", {"x.py": PLAIN})
    builder.write("a.py", tangled("f"))
    hears(builder)  # on a commit that is this branch's alone
    builder.git("checkout", "-q", "a.py")
    builder.commit("Second", {"y.py": PLAIN})
    builder.switch("main")
    builder.merge("b3")
    (one,) = results(builder)
    assert (one["experiment"], one["mixed"]) == (found.begun.experiment, 1)
    assert (one["heard"]["drawn"], one["silent"]["drawn"]) == (2, 2)
    assert one["heard"]["came_in"] + one["silent"]["came_in"] == 4
    assert (one["debt"], one["rework"]) == (None, None)
    assert "fewer than eight branches" in one["reason"]
    page = builder.path / "report.html"
    assert tallystick(builder.path, "report", "--no-rules", "-o", str(page)).returncode == 0
    text = page.read_text(encoding="utf-8")
    assert f"Experiment {found.begun.experiment}; 1 change of several branches left out" in text
    assert "branches that came in" in text


def test_the_report_tells_the_effect(builder: RepositoryBuilder) -> None:
    git_dir = builder.path / ".git"
    add(git_dir, Begun("abcdef", 3, 4, "", 0))
    for number in range(8):
        add(git_dir, Met(f"{number:012}", ""))
    for number, own in enumerate(found_now(builder).assignments):
        ifs = 3 if own.arm is ExperimentArm.HEARD else 7
        files = {f"m{number}.py": tangled(f"f{number}", ifs) + f"\n\nN = {number}\n"}
        builder.commit(f"Change\n\n{trailer_of(own)}\n", dict(files), days_later=20)
    builder.commit("Much later", days_later=20)
    (one,) = results(builder)
    assert (one["heard"]["came_in"], one["silent"]["changes"], one["reason"]) == (4, 4, None)
    assert one["debt"]["heard"] == 0 < one["debt"]["silent"]
    assert one["debt"]["high"] < 0 < one["debt"]["p"] < 0.05
    assert one["debt"]["branches"] == [4, 4]
    assert (one["rework"]["difference"], one["rework"]["p"]) == (0, 1)


def found_now(builder: RepositoryBuilder) -> Experiment:
    found = running(builder.path / ".git")
    assert found is not None
    return found


def branches(effect: float, count: int = 24) -> list[RandomisedBranch]:
    """Branches of 50 to 190 lines that differ, half of each block with an effect."""
    made = []
    for number in range(count):
        block, of = number // 4, 50.0 + number * 37 % 140
        is_treated = (number + block) % 4 < 2
        rate = number * 7 % 11 + effect * is_treated
        made.append(RandomisedBranch(block, is_treated, rate * of, of))
    return made


def test_the_effect_is_that_of_what_was_drawn() -> None:
    assert randomised_effect(branches(0.0, 4)) is None
    assert randomised_effect([]) is None
    none = randomised_effect(branches(0.0))
    some = randomised_effect(branches(-8.0))
    assert none is not None
    assert some is not None
    assert none.p > 0.05 > some.p
    assert none.branches == some.branches == (12, 12)
    assert some.difference == pytest.approx(none.difference - 8.0)
    assert none.interval.low is not None
    assert none.interval.high is not None
    assert some.interval.low == pytest.approx(none.interval.low - 8.0)
    assert none.interval.low < 0 < none.interval.high
