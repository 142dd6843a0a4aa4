"""The book as rows, and as semgrep rules that semgrep itself tests."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from scanner.analysis.choices import FAMILIES, OPEN, Topic
from scanner.conventions.counts import ConventionCounts
from scanner.conventions.deviations import find_examples
from scanner.conventions.listing import ConventionRow, rows
from scanner.conventions.scopes import ScopeLevel
from scanner.conventions.semgrep_export import ExportedRules, export_semgrep
from tests.conventions.samples import book_of, put, units_of

CODE = """
import logging
import httpx

logger = logging.getLogger(__name__)


def load(path, *, deep=False):
    '''Loads it.'''
    super().load()
    for index, part in enumerate(path):
        logger.warning("part %s", index)
    try:
        return f"{part}"
    except OSError as error:
        raise AppError("no") from error
"""
TEST = """
import pytest


def test_it(tmp_path):
    with pytest.raises(OSError, match="no"):
        load(tmp_path)
    assert f"{tmp_path}"
"""
FILES = {f"app/core/m{i}.py": CODE * 3 for i in range(12)}
FILES |= {f"tests/test_{i}.py": TEST * 3 for i in range(12)}


@pytest.fixture(scope="module")
def book() -> ConventionCounts:
    return book_of(FILES)


def all_rows(book: ConventionCounts) -> tuple[ConventionRow, ...]:
    return rows(
        book,
        lambda one: find_examples(one, book, lambda path: units_of(FILES[path])),
        frozenset({"super-call"}),
    )


def test_rows_say_what_where_how_often_and_for_example(book: ConventionCounts) -> None:
    (row,) = [row for row in all_rows(book) if row.family == "log-formatting"]
    assert (row.topic, row.noun) == (Topic.LOGGING, "log calls with data")
    assert row.choice == "lazy (`%s` and arguments)"
    assert (row.support, row.total, row.files, row.commits) == (36, 36, 12, 12)
    assert row.trend.startswith("steady: 100% of the last")
    assert [(place.path, place.span.first) for place in row.examples] == [
        ("app/core/m0.py", 12),
        ("app/core/m1.py", 12),
    ]


def test_a_habit_is_listed_once_at_its_widest(book: ConventionCounts) -> None:
    found = [row for row in all_rows(book) if row.family == "string-formatting"]
    assert {row.scope.level for row in found} == {ScopeLevel.REPOSITORY}
    assert len(found) == 2  # code and tests


def test_rows_are_in_the_order_of_topics(book: ConventionCounts) -> None:
    order = [list(Topic).index(row.topic) for row in all_rows(book)]
    assert order == sorted(order)


def test_silenced_families_are_marked(book: ConventionCounts) -> None:
    assert {row.family for row in all_rows(book) if row.is_silenced} == {"super-call"}


def test_a_module_known_by_its_own_name_is_no_row(book: ConventionCounts) -> None:
    assert not [row for row in all_rows(book) if row.family == "import-alias"]


def test_a_migration_is_named() -> None:
    old = "import os\n\n\ndef f(a):\n    return os.path.join(a, a)\n" * 4
    new = "from pathlib import Path\n\n\ndef f(a):\n    return Path(a)\n" * 3
    book = book_of({f"a/old{i}.py": old for i in range(10)})
    for day in range(200, 207):
        put(book, f"a/new{day}.py", new, day)
    (row,) = [row for row in rows(book, lambda _: ()) if row.family == "path-handling"]
    assert row.is_migration
    assert row.trend == (
        "moving from written with `os.path` to written with `pathlib`: 100% of the last 21 choices"
    )


@pytest.fixture(scope="module")
def exported(book: ConventionCounts) -> ExportedRules:
    return export_semgrep(book)


def test_exports_what_patterns_can_say(exported: ExportedRules) -> None:
    assert exported.count >= 8
    assert "id: convention-output-channel-code" in exported.rules
    assert "id: convention-library-http-code" in exported.rules
    assert exported.rules.count("- id: ") == exported.count
    assert exported.tests.count("# ruleid: ") >= exported.count


def test_an_empty_book_exports_no_rules() -> None:
    assert export_semgrep(ConventionCounts()) == ExportedRules("rules: []\n", "", 0)


def run_semgrep(folder: Path, *arguments: str) -> str:
    semgrep = Path(sys.executable).parent / "semgrep"
    done = subprocess.run(
        [semgrep, *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={
            "PATH": str(semgrep.parent) + ":/usr/bin:/bin",
            "HOME": str(folder),
            "SEMGREP_ENABLE_VERSION_CHECK": "0",
            "SEMGREP_SEND_METRICS": "off",
        },
    )
    assert done.stdout, done.stderr
    return done.stdout


def test_semgrep_finds_each_tests_matches(tmp_path: Path, exported: ExportedRules) -> None:
    # Where a rule looks is left out: semgrep's own test run lays the file elsewhere.
    lines = exported.rules.splitlines()
    kept = [
        line for line in lines if not line.strip().startswith(("paths:", "include:", "exclude:"))
    ]
    (tmp_path / "conventions.yaml").write_text("\n".join(kept) + "\n", encoding="utf-8")
    (tmp_path / "conventions.py").write_text(exported.tests, encoding="utf-8")
    report = json.loads(run_semgrep(tmp_path, "scan", "--test", "--json", "."))
    (result,) = report["results"].values()
    failed = [name for name, check in result["checks"].items() if not check["passed"]]
    assert failed == []
    assert len(result["checks"]) == exported.count


def test_semgrep_finds_every_pattern_in_its_example(tmp_path: Path) -> None:
    """One rule for each pattern of each family, on its own file of one example."""
    rules = []
    patterns = [
        (family, entry)
        for family in FAMILIES
        for entry in family.alternatives
        if entry.pattern and entry.example
    ]
    for number, (family, entry) in enumerate(patterns):
        (tmp_path / f"p{number}.py").write_text(entry.example, encoding="utf-8")
        rules.append(
            {
                "id": f"p{number}",
                "languages": ["python"],
                "severity": "INFO",
                "message": f"{family.id}: {entry.id}",
                "pattern": entry.pattern,
                "paths": {"include": [f"p{number}.py"]},
            }
        )
    (tmp_path / "all.yaml").write_text(json.dumps({"rules": rules}), encoding="utf-8")
    options = ("--json", "--metrics=off", "--disable-version-check", "--config", "all.yaml")
    report = json.loads(run_semgrep(tmp_path, "scan", *options, "."))
    found = {result["check_id"].rpartition(".")[2] for result in report["results"]}
    assert [rule["message"] for rule in rules if rule["id"] not in found] == []


def test_every_pattern_has_an_example() -> None:
    for family in FAMILIES:
        for entry in family.alternatives:
            assert not entry.pattern or entry.example or entry.id == OPEN
