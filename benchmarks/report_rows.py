"""What the rows of the comparison say on real histories, and whether page, JSON and scan agree.

    python -m benchmarks.report_rows REPOSITORY[@RANGE]... [--rules] [--keep FOLDER]

For each repository (a git directory will do): how many rows have an estimate, by their reading;
then how many figures of the page, the JSON and `scan` at the head agree, and below the table those
that do not. Nothing is written into the repository. `--keep` leaves page, JSON and cache in FOLDER.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.report_agreement import Agreement, agreements
from scanner.cli.main import run

READINGS = ("higher", "lower", "about as much", "cannot tell", "none among comparable changes",
            "described only", "not applicable", "could not measure")  # fmt: skip


class Made(NamedTuple):
    """A report in both forms, and what `scan` finds at its head."""

    page: str
    document: dict[str, Any]
    scan: dict[str, Any]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("repositories", nargs="+", help="PATH, or PATH@RANGE")
    parser.add_argument("--rules", action="store_true", help="with rules, which takes longer")
    parser.add_argument("--keep", type=Path, help="leave page, JSON and cache in this folder")
    given = parser.parse_args()
    print(f"| history | AI | other | {' | '.join(READINGS)} | figures that agree |")
    print(f"|:--|{'--:|' * (len(READINGS) + 3)}")
    unlike = []
    for one in given.repositories:
        path, _, revisions = one.partition("@")
        name = Path(path).parent.name if Path(path).name == "repo" else Path(path).name
        with tempfile.TemporaryDirectory() as temporary:
            folder = given.keep / name if given.keep else Path(temporary)
            folder.mkdir(parents=True, exist_ok=True)
            made = make(Path(path), revisions, folder, has_rules=given.rules)
        found = agreements(*made)
        print(row_of(name, made, found), flush=True)
        unlike += [f"{name}, {each.name}: {said}" for each in found for said in each.unlike]
    print("\n".join(unlike))


def make(path: Path, revisions: str, folder: Path, *, has_rules: bool) -> Made:
    """The report on a history and the scan of its head; without rules by settings of its own."""
    common = ["--repo", str(path), "--cache", str(folder / "cache"), "-q"]
    if not has_rules:
        settings = folder / "no-rules.toml"
        settings.write_text("default_rules = false\n", "utf-8")
        common += ["--config", str(settings)]
    for form in ("html", "json"):
        asked = ["report", *([revisions] if revisions else []), *common, "--format", form]
        code = run([*asked, "-o", str(folder / f"report.{form}")])
        assert code == 0, f"{path}: exit code {code}"
    return Made(
        (folder / "report.html").read_text("utf-8"),
        json.loads((folder / "report.json").read_text("utf-8")),
        _scanned(common),
    )


def _scanned(common: list[str]) -> dict[str, Any]:
    written = io.BytesIO()
    with contextlib.redirect_stdout(io.TextIOWrapper(written, "utf-8", write_through=True)) as out:
        run(["scan", "HEAD", *common, "--format", "json"])
        out.flush()
        return dict(json.loads(written.getvalue()))


def row_of(name: str, made: Made, found: tuple[Agreement, ...]) -> str:
    """One line of the table."""
    rows = Counter(one["verdict"] for one in made.document["comparison"])
    sizes = made.document["comparison"][0]["arms"]
    arms = (f"{sizes[arm]['changes']:,}" for arm in ("treated", "others"))
    every = sum(one.of for one in found)
    agree = f"{every - sum(len(one.unlike) for one in found):,} of {every:,}"
    return f"| {' | '.join((name, *arms, *(str(rows.get(r, 0)) for r in READINGS), agree))} |"


if __name__ == "__main__":
    main()
