"""`tallystick fleet` on real repositories: results as data, gone on with, and told when missing."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from pathlib import Path

import duckdb
import msgspec
import pyarrow.parquet as pq
import pytest

from scanner.cli.main import run
from scanner.fleet.data_folder import DataFolder
from scanner.fleet.tables import REPOSITORIES, TABLES, ChangeRow
from scanner.render.json.fleet_documents import FleetDocument
from tests.fleet.histories import PEOPLE, history


@dataclass(frozen=True)
class Scanned:
    folder: Path

    @property
    def list(self) -> Path:
        return self.folder / "fleet.toml"

    @property
    def out(self) -> Path:
        return self.folder / "fleet"

    def run(self, *more: str) -> int:
        return run(
            ["fleet", str(self.list), "-o", str(self.out), "--cache", str(self.folder / "cache"),
             "--no-rules", "--jobs", "2", *more]
        )  # fmt: skip

    def document(self) -> FleetDocument:
        return msgspec.json.decode((self.out / "fleet.json").read_bytes(), type=FleetDocument)

    def bytes(self) -> dict[str, bytes]:
        """All that is written but how long it took."""
        files = (file for file in self.out.rglob("*") if file.is_file())
        return {
            file.name: file.read_bytes() for file in files if f".{REPOSITORIES}." not in file.name
        }


def _table(folder: Path, name: str, *more: str) -> str:
    return "\n".join(("[[repository]]", f'repository = "{folder}"', f'name = "{name}"', *more, ""))


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Scanned:
    """Two repositories, one of them cloned, and one that is not there."""
    folder = tmp_path_factory.mktemp("fleet")
    one = history(folder / "one")
    history(folder / "two", deep_every=1)
    (folder / "fleet.toml").write_text(
        _table(Path("one"), "one", 'group = "a"', "adopted = 2024-02-01")
        + f'[[repository]]\nrepository = "file://{folder}/two"\n'
        + _table(Path("gone"), "gone")
    )
    one.git("config", "uploadpack.allowFilter", "true")
    scanned = Scanned(folder)
    assert scanned.run() == 3
    return scanned


def test_every_table_is_there_and_whole(fleet: Scanned) -> None:
    for name in ("one", "two"):
        for table, kind in TABLES.items():
            found = pq.read_table(fleet.out / "data" / f"{name}.{table}.parquet")
            assert found.schema.names == list(kind.__dataclass_fields__)
            assert found.schema.metadata == {b"tallystick.schema": b"1"}
    changes = DataFolder(fleet.out).rows(ChangeRow, "two")
    assert len(changes) == 13
    assert {change.arm for change in changes if not change.exclusion} == {"ai", "other"}


def test_what_failed_is_a_row_with_its_reason(fleet: Scanned) -> None:
    rows = {one.name: one for one in fleet.document().repositories}
    assert (rows["gone"].failure or "").endswith("gone is not a folder.")
    assert rows["one"].failure is rows["two"].failure is None
    page = (fleet.out / "index.html").read_text()
    assert "gone is not a folder" in page
    assert 'href="repositories/two.html"' in page


def test_nobody_is_in_the_files(fleet: Scanned) -> None:
    salted = {change.author for change in DataFolder(fleet.out).rows(ChangeRow, "one")}
    assert len(salted) == 2
    salt = (fleet.folder / "cache" / "salt").read_bytes()
    for file in fleet.out.rglob("*"):
        if file.is_file():
            content = file.read_bytes()
            assert salt not in content
            for person in PEOPLE:
                for part in (person, person.split(" <")[0], person.split("<")[1].rstrip(">")):
                    assert part.encode() not in content, file


def test_the_same_again_scans_nothing_and_writes_the_same(fleet: Scanned) -> None:
    before = fleet.bytes()
    times = {file: file.stat().st_mtime_ns for file in (fleet.out / "data").glob("one.*")}
    assert fleet.run() == 3
    assert fleet.bytes() == before
    assert times == {file: file.stat().st_mtime_ns for file in times}


def test_what_was_lost_alone_is_made_anew_and_what_is_not_of_the_fleet_goes(
    fleet: Scanned,
) -> None:
    before = fleet.bytes()
    (fleet.out / "data" / f"two.{REPOSITORIES}.parquet").unlink()
    (fleet.out / "data" / "two.changes.parquet").write_bytes(b"half of i")
    (fleet.out / "data" / "other.changes.parquet").write_bytes(b"")
    times = {file: file.stat().st_mtime_ns for file in (fleet.out / "data").glob("one.*")}
    assert fleet.run() == 3
    assert fleet.bytes() == before
    assert times == {file: file.stat().st_mtime_ns for file in times}


PAGE = Path(__file__).parents[2] / "docs" / "fleet.md"
QUESTIONS = re.findall(r"^```sql\n(.*?)^```", PAGE.read_text(), re.DOTALL | re.MULTILINE)


def test_the_page_has_ten_questions() -> None:
    assert len(QUESTIONS) == 10


@pytest.mark.parametrize("question", QUESTIONS, ids=range(1, len(QUESTIONS) + 1))
def test_a_question_of_the_page_is_answered(fleet: Scanned, question: str) -> None:
    with duckdb.connect() as database:
        database.execute(f"SET file_search_path = '{fleet.folder}'")
        assert database.sql(question).fetchall()


#: What OpenMetrics 1.0 has of a gauge: its type, its help, and samples with escaped labels.
METRIC = re.compile(
    r"# TYPE [a-z_]+ gauge|# HELP [a-z_]+ .+|# EOF"
    r'|[a-z_]+(?:\{[a-z_]+="(?:[^"\\]|\\[\\n"])*"(?:,[a-z_]+="(?:[^"\\]|\\[\\n"])*")*\})?'
    r" -?[0-9.]+(?:e[+-][0-9]+)?"
)


def test_figures_are_exported_for_prometheus(fleet: Scanned) -> None:
    file = fleet.folder / "fleet.prom"
    assert run(["fleet", "export", str(fleet.out), "--format", "openmetrics", "-o", str(file)]) == 0
    lines = file.read_text().splitlines()
    assert [line for line in lines if not METRIC.fullmatch(line)] == []
    assert lines[-1] == "# EOF"
    families = [line.split()[2] for line in lines if line.startswith("# TYPE")]
    assert len(families) == len(set(families))
    assert 'tallystick_repositories{state="failed"} 1.0' in lines
    assert 'tallystick_changes{repository="one",group="a"} 13.0' in lines


def test_a_table_is_exported_as_csv(fleet: Scanned, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["fleet", "export", str(fleet.out), "--format", "csv", "--table"]
    assert run([*command, "changes"]) == 0
    rows = list(csv.DictReader(capsys.readouterr().out.splitlines()))
    assert {row["repository"] for row in rows} == {"one", "two"}
    assert len(rows) == 26
    assert {row["agents"] for row in rows} == {"", "claude"}
    assert run([*command, "repositories"]) == 0
    assert len(list(csv.DictReader(capsys.readouterr().out.splitlines()))) == 3


def test_what_is_no_fleet_is_not_exported(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["fleet", "export", str(tmp_path), "--format", "csv"]) == 2
    assert "holds no fleet" in capsys.readouterr().err
