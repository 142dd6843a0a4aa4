from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from scanner.base.model import FileMode, FileVersion, Problem, Severity, Span, Stage
from scanner.rulepacks import command
from scanner.rulepacks.command import SemgrepLimits, Mode
from scanner.rulepacks.packs import load_default_packs, make_rule_set
from scanner.rulepacks.run import (
    NO_SEMGREP,
    Options,
    file_problems,
    match_rules,
    start_rules,
)
from tests.rules.sources import IN_APP, REQUESTS, MemoryCache, Sources, rule_set

RULES = rule_set(REQUESTS)
CALL = "import requests\n\nrequests.get(1)\n"
BOTH = pytest.mark.parametrize("mode", list(Mode))


def lines(source: str | bytes, path: str = "a.py", mode: Mode = Mode.FAST) -> list[int]:
    sources = Sources()
    version = sources.add(path, source)
    run = match_rules([version], sources.read, RULES, options=Options(mode=mode))
    assert run.problems == ()
    return [hit.span.first for hit in run.of(version).hits]


def test_a_hit_carries_what_the_rule_says() -> None:
    sources = Sources()
    version = sources.add("a.py", "import requests\n\nx = requests.get(\n    1,\n    2)\n")
    (hit,) = match_rules([version], sources.read, RULES).of(version).hits
    assert hit.rule == "get-call"
    assert (hit.category, hit.severity, hit.points) == ("edge-case", Severity.WARNING, 3.0)
    assert hit.message == "This fetches. Do not."
    assert hit.references == ("CWE-1088",)
    assert hit.span == Span(3, 5)
    assert hit.code == "requests.get( 1, 2)"


QUIET = [
    ("", "empty"),
    ("x = 1\n", "other code"),
    ("# requests.get(1)\n", "a comment"),
    ("text = 'requests.get(1)'\n", "a string"),
]


@pytest.mark.parametrize("source", [source for source, _ in QUIET], ids=[name for _, name in QUIET])
def test_nothing_is_found_where_there_is_nothing(source: str) -> None:
    assert lines(source) == []


PLACES = [
    "a.py",
    "a.pyi",
    "window.pyw",
    "tests/test_a.py",
    ".hidden/node_modules/build/a.py",
    'with space/quo"te/ü.py',
    "new\nline.py",
    "../escape/a.py",
    os.fsdecode(b"latin\xe4.py"),
]


def test_every_path_is_looked_at() -> None:
    sources = Sources()
    versions = [sources.add(path, CALL) for path in PLACES]
    run = match_rules(versions, sources.read, RULES)
    assert run.problems == ()
    assert [len(run.of(version).hits) for version in versions] == [1] * len(PLACES)


ENCODINGS = [
    (b"\xef\xbb\xbfimport requests\nrequests.get(1)\n", "byte order mark"),
    (b"import requests\r\nrequests.get(1)\r\n", "CRLF"),
    (b"# coding: latin-1\nimport requests; requests.get('\xe4')\n", "latin-1"),
    ("import requests\nx = 'ü€'; requests.get('ß')\n".encode(), "UTF-8"),
]


@pytest.mark.parametrize("source", [s for s, _ in ENCODINGS], ids=[name for _, name in ENCODINGS])
def test_lines_are_right_in_every_encoding(source: bytes) -> None:
    assert lines(source) == [2]


@BOTH
def test_several_versions_of_one_path_are_kept_apart(mode: Mode) -> None:
    sources = Sources()
    versions = [sources.add("pkg/a.py", "\n" * n + CALL) for n in range(4)]
    versions += [sources.add("pkg", CALL), sources.add("PKG/A.py", "x = 1")]
    run = match_rules(versions, sources.read, RULES, options=Options(mode=mode))
    found = [[hit.span.first for hit in run.of(version).hits] for version in versions]
    assert found == [[3], [4], [5], [6], [3], []]


@BOTH
def test_paths_of_a_rule_are_seen_from_the_root_of_the_repository(mode: Mode) -> None:
    sources = Sources()
    versions = [sources.add(path, CALL) for path in ("app/a.py", "lib/app/a.py")]
    run = match_rules(versions, sources.read, rule_set(IN_APP), options=Options(mode=mode))
    assert [len(run.of(version).hits) for version in versions] == [1, 0]


@BOTH
def test_a_file_that_no_rule_is_for_has_been_looked_at(mode: Mode) -> None:
    sources = Sources()
    version = sources.add("lib/a.py", CALL)
    run = match_rules([version], sources.read, rule_set(IN_APP), options=Options(mode=mode))
    assert run.problems == ()
    assert run.of(version).failure is None


@BOTH
def test_suppressions_hold_as_in_semgrep_and_are_counted(mode: Mode) -> None:
    source = (
        "import requests\n"
        "requests.get(1)\n"
        "requests.get(2)  # nosemgrep\n"
        "requests.get(3)  # nosemgrep: other-rule\n"
        "requests.get(4)  # nosem: get-call\n"
        "# nosemgrep: get-call\n"
        "requests.get(5)\n"
    )
    sources = Sources()
    version = sources.add("a.py", source)
    found = match_rules([version], sources.read, RULES, options=Options(mode=mode)).of(version)
    assert [(hit.span.first, hit.is_suppressed) for hit in found.hits] == [
        (2, False), (3, True), (4, False), (5, True), (7, True),
    ]  # fmt: skip
    assert found.suppressed == 3


def test_the_key_forgets_layout_and_suppressing_comments() -> None:
    sources = Sources()
    texts = ["requests.get(1, 2)", "if x:\n    requests.get(1,\n        2)", "requests.get(1, 3)"]
    versions = [sources.add("a.py", f"import requests\n{text}\n") for text in texts]
    run = match_rules(versions, sources.read, RULES)
    keys = [run.of(version).hits[0].key for version in versions]
    assert keys[0] == keys[1] != keys[2]


# ----------------------------------------------------------------- what is known already


def test_what_is_known_is_not_read_again() -> None:
    sources, cache = Sources(), MemoryCache()
    version = sources.add("a.py", CALL)
    first = match_rules([version], sources.read, RULES, cache)
    moved = FileVersion("b/c.py", FileMode.REGULAR, version.blob)
    second = match_rules([version, moved], sources.read, RULES, cache)
    assert sources.read_blobs == [version.blob]
    assert second.of(moved) == second.of(version) == first.of(version)


def test_where_rules_look_at_paths_the_path_counts() -> None:
    sources, cache, rules = Sources(), MemoryCache(), rule_set(IN_APP)
    version = sources.add("app/a.py", CALL)
    match_rules([version], sources.read, rules, cache)
    moved = FileVersion("lib/a.py", FileMode.REGULAR, version.blob)
    run = match_rules([version, moved], sources.read, rules, cache)
    assert len(run.of(version).hits) == 1
    assert run.of(moved).hits == ()


def test_other_rules_do_not_share_what_is_known() -> None:
    sources, cache = Sources(), MemoryCache()
    version = sources.add("a.py", CALL)
    match_rules([version], sources.read, RULES, cache)
    other = rule_set(REQUESTS.replace("get", "put"))
    assert match_rules([version], sources.read, other, cache).of(version).hits == ()


def test_with_nothing_to_do_nothing_is_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "find_semgrep", lambda: pytest.fail("looked for semgrep"))
    sources = Sources()
    link = FileVersion("link.py", FileMode.SYMLINK, "0" * 40)
    assert match_rules([], sources.read, RULES).problems == ()
    assert match_rules([link], sources.read, RULES).of(link).hits == ()


# ----------------------------------------------------------------- what can go wrong


def test_a_file_that_does_not_parse_says_which_lines() -> None:
    sources = Sources()
    version = sources.add("a.py", "import requests\n\ndef f(:\n    x y z (\n\nrequests.get(1)\n")
    run = match_rules([version], sources.read, RULES)
    (problem,) = file_problems(run, [version], is_before=True)
    assert problem.stage is Stage.RULES
    assert problem.path == "a.py"
    assert problem.is_before
    assert "could not parse line" in problem.reason


def test_a_blob_that_cannot_be_read_is_not_clean() -> None:
    sources = Sources()
    version = sources.add("a.py", Problem(Stage.GIT, None, "object is not in this clone"))
    run = match_rules([version], sources.read, RULES)
    assert [p.reason for p in file_problems(run, [version])] == ["object is not in this clone"]


def test_a_huge_file_is_not_clean() -> None:
    sources = Sources()
    version = sources.add("a.py", CALL)
    run = match_rules([version], sources.read, RULES, options=Options(SemgrepLimits(max_bytes=10)))
    assert "larger than 10 bytes" in (run.of(version).reason or "")


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        ("rules:\n  - id: x\n    message: [oops\n", "line 3: invalid YAML"),
        (REQUESTS.replace("get-call", "bad").replace("get(...)", "get(... ="), "line 2: rule bad:"),
        (REQUESTS.replace("get-call", "bad").replace("WARNING", "HUGE"), "HUGE"),
        (REQUESTS.replace("get-call", "bad").replace("pattern:", "patern:"), "rule bad:"),
    ],
    ids=["yaml", "pattern", "severity", "key"],
)
def test_a_broken_rule_names_its_file_and_the_others_still_run(broken: str, reason: str) -> None:
    sources = Sources()
    version = sources.add("a.py", CALL)
    run = match_rules([version], sources.read, rule_set(broken, REQUESTS))
    assert [problem.path for problem in run.problems] == ["team/0.yaml"]
    assert reason in run.problems[0].reason
    assert "\n" not in run.problems[0].reason
    assert [hit.rule for hit in run.of(version).hits] == ["get-call"]


def test_only_broken_packs_leave_nothing_judged() -> None:
    sources, cache = Sources(), MemoryCache()
    version = sources.add("a.py", CALL)
    run = match_rules([version], sources.read, rule_set("rules: ["), cache)
    assert [problem.path for problem in run.problems] == ["team/0.yaml"]
    assert run.of(version).reason
    assert cache.stored == {}


SLOW = """\
rules:
  - id: slow
    languages: [python]
    severity: INFO
    message: m
    pattern: |
      $X = $Y
      ...
      $Z = $Y
      ...
      $W = $X
      ...
      $V = $W
"""


def test_a_rule_that_takes_too_long_is_named_and_not_remembered() -> None:
    sources, cache = Sources(), MemoryCache()
    body = "".join(f"    a{n} = b{n % 7}\n" for n in range(2500))
    version = sources.add("a.py", f"def f():\n{body}")
    run = match_rules(
        [version], sources.read, rule_set(SLOW), cache, Options(SemgrepLimits(rule_seconds=1))
    )
    assert run.of(version).reason == "rule slow took more than 1 s on this file"
    assert cache.stored == {}


def test_a_run_that_takes_too_long_is_stopped() -> None:
    sources, cache = Sources(), MemoryCache()
    version = sources.add("a.py", CALL)
    run = match_rules([version], sources.read, RULES, cache, Options(SemgrepLimits(total_seconds=0.01)))
    assert [p.reason for p in run.problems] == ["semgrep took more than 0.01 s and was stopped"]
    assert run.of(version).reason == "no rule was matched"
    assert cache.stored == {}


def without_semgrep(monkeypatch: pytest.MonkeyPatch, folder: Path, script: str | None) -> None:
    """Another interpreter's folder and PATH, with a semgrep of the test's own in it, or none."""
    monkeypatch.setattr(sys, "executable", str(folder / "nowhere" / "python"))
    monkeypatch.setenv("PATH", str(folder))
    if script is not None:
        (folder / "semgrep").write_text(script)
        (folder / "semgrep").chmod(0o755)


def test_without_semgrep_nothing_passes_for_clean(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    without_semgrep(monkeypatch, tmp_path, None)
    sources, cache = Sources(), MemoryCache()
    version = sources.add("a.py", CALL)
    run = match_rules([version], sources.read, RULES, cache)
    assert [problem.reason for problem in run.problems] == [NO_SEMGREP]
    assert run.of(version).reason == NO_SEMGREP
    assert cache.stored == {}


def test_a_semgrep_that_fails_says_its_last_words(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    without_semgrep(monkeypatch, tmp_path, "#!/bin/sh\necho 'no such thing' >&2\nexit 9\n")
    sources = Sources()
    version = sources.add("a.py", CALL)
    run = match_rules([version], sources.read, RULES)
    assert [problem.reason for problem in run.problems] == ["semgrep failed: no such thing"]
    assert run.of(version).reason


def test_a_semgrep_that_cannot_run_is_a_problem(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    without_semgrep(monkeypatch, tmp_path, "#!/no/such/interpreter\n")
    sources = Sources()
    version = sources.add("a.py", CALL)
    run = match_rules([version], sources.read, RULES)
    assert "semgrep cannot be started" in run.problems[0].reason


def test_without_the_fast_mode_the_ordinary_one_answers(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    real = command.find_semgrep()
    script = f'#!/bin/sh\ncase "$*" in *--experimental*) exit 2;; esac\nexec {real} "$@"\n'
    without_semgrep(monkeypatch, tmp_path, script)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    sources = Sources()
    version = sources.add("a.py", CALL)
    run = match_rules([version], sources.read, RULES)
    assert run.problems == ()
    assert len(run.of(version).hits) == 1


# ----------------------------------------------------------------- leaving nothing behind


def test_nothing_is_left_in_the_home_folder_and_no_users_settings_count(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    home, temporary = tmp_path / "home", tmp_path / "tmp"
    home.mkdir()
    temporary.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    monkeypatch.setenv("SEMGREP_RULES", "no/such/rules.yaml")
    monkeypatch.setenv("SEMGREP_BASELINE_COMMIT", "HEAD")
    assert lines(CALL) == [3]
    assert lines(CALL, mode=Mode.ORDINARY) == [3]
    assert list(home.iterdir()) == []
    assert list(temporary.iterdir()) == []


def test_semgrep_runs_while_other_work_is_done() -> None:
    sources = Sources()
    version = sources.add("a.py", CALL)
    with start_rules([version], sources.read, RULES) as pending:
        run = pending.result()
    assert len(run.of(version).hits) == 1


def test_a_run_that_nobody_waits_for_is_ended(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    sources = Sources()
    version = sources.add("a.py", CALL)
    with start_rules([version], sources.read, RULES):
        assert list(tmp_path.iterdir())
    assert list(tmp_path.iterdir()) == []


def test_versions_are_told_apart() -> None:
    assert command.is_tested("1.150.2")
    assert command.is_tested("1.182.0")
    assert not command.is_tested("1.99.0")
    assert not command.is_tested("2.0.0")
    binary = command.find_semgrep()
    assert binary is not None
    assert command.semgrep_version(binary) == command.engine_identity()
