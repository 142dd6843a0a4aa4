"""Nothing of a repository is imported, and what fails before the verdict is no verdict."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from fixtures.repository import RepositoryBuilder
from tests.gate.hooks import ROOT

START = "import sys; sys.argv = ['tallystick', *sys.argv[1:]]; import tallystick_start as start; "
RAN = "from pathlib import Path\nPath(__file__).parent.joinpath('ran').write_text('x')\n"


def start(
    folder: Path, code: str, *arguments: str, **variables: str
) -> subprocess.CompletedProcess[str]:
    """Runs Python as the installed command does: this checkout on the path, behind PYTHONPATH."""
    program = f"import sys; sys.path.append({str(ROOT)!r}); {START}{code}"
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), **variables}
    return subprocess.run(
        [sys.executable, "-P", "-c", program, *arguments],
        cwd=folder, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.fixture
def repository(tmp_path: Path) -> RepositoryBuilder:
    built = RepositoryBuilder(tmp_path / "repo")
    built.commit("First", {"a.py": "A = 1\n"})
    return built


@pytest.mark.parametrize("path", ["{repo}", ".", "{repo}/src:/nowhere", ":{repo}"])
@pytest.mark.parametrize("name", ["scanner/__init__.py", "click.py", "logging.py", "msgspec.py"])
def test_nothing_of_the_repository_is_imported(
    repository: RepositoryBuilder, path: str, name: str
) -> None:
    for place in (name, f"src/{name}"):
        repository.write(place, RAN)
    repository.git("add", "-A")
    given = path.format(repo=repository.path)
    done = start(repository.path, "start.main()", "check", "--no-cache", PYTHONPATH=given)
    assert done.returncode == 0, done.stderr
    assert not list(repository.path.rglob("ran"))


def test_what_is_installed_stays_on_the_path(repository: RepositoryBuilder, tmp_path: Path) -> None:
    top = repository.path
    kept = [top / ".venv/lib/python3/site-packages", top / "__pypackages__/3.12/lib", tmp_path]
    left_out = [top, top / "src", top / "vendored"]
    given = os.pathsep.join(map(str, (*kept, *left_out)))
    code = "start.leave_out_repositories(); import os; print(sys.path, os.environ['PYTHONPATH'])"
    said = start(tmp_path, code, PYTHONPATH=given).stdout
    assert said.rstrip().endswith(os.pathsep.join(map(str, kept[:2])))
    assert not [place for place in left_out if f"'{place}'" in said]
    assert f"'{ROOT}'" in said


def test_what_was_taken_for_a_module_already_is_imported_anew(
    repository: RepositoryBuilder,
) -> None:
    repository.write("textwrap.py", "x = 1\n")
    code = "import textwrap; start.leave_out_repositories(); import textwrap; textwrap.wrap('x')"
    done = start(repository.path, code, PYTHONPATH=str(repository.path))
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("arguments", "code"),
    [(("stamp", "message"), 0), (("check",), 3), (("gate", "--base", "x"), 3), ((), 3)],
)
def test_what_cannot_be_started_is_no_verdict(
    tmp_path: Path, arguments: tuple[str, ...], code: int
) -> None:
    (tmp_path / "installed" / "site-packages").mkdir(parents=True)
    broken = tmp_path / "installed" / "site-packages" / "click.py"
    broken.write_text("raise ImportError('half installed')\n")
    done = start(tmp_path, "start.main()", *arguments, PYTHONPATH=str(broken.parent))
    assert done.returncode == code
    assert "cannot be started: ImportError: half installed" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("arguments", [("stamp", "message"), ("stamp", "--nonsense"), ("stamp",)])
def test_a_stamp_never_stops_a_commit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    from scanner.cli.main import run

    monkeypatch.chdir(tmp_path)  # no repository
    assert run(list(arguments)) == 0


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "latin-1", "utf-8"])
def test_a_terminal_of_any_encoding(repository: RepositoryBuilder, encoding: str) -> None:
    name = "表を作る.py"
    repository.write(name, "def f(:\n")
    repository.git("add", "-A")
    said = start(repository.path, "start.main()", "check", "--no-cache", PYTHONIOENCODING=encoding)
    assert said.returncode == 3
    assert "defect" not in said.stderr
    assert "could not judge" in said.stdout


def test_a_locale_that_cannot_name_the_files(repository: RepositoryBuilder) -> None:
    repository.write(
        "таблица.py", "import yaml\n\n\ndef строка(текст):\n    return yaml.load(текст)\n"
    )
    repository.git("add", "-A")
    locale = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    done = start(repository.path, "start.main()", "check", "--no-cache", **locale)
    assert "defect" not in done.stderr
    assert done.returncode == 1, done.stderr
    assert "unsafe-yaml-load" in done.stdout
