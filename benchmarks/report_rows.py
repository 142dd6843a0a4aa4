"""What the rows of the comparison say on real histories, and whether page, JSON and scan agree.

    python -m benchmarks.report_rows REPOSITORY... [--since DAY]

For each repository (a git directory will do): how many rows have an estimate, by their reading;
then whether the figures of the page are those of the JSON, and whether what *Fix first* shows is
what `scan` finds at the head. Without rules, to be quick. Nothing is written into the repository.
"""

from __future__ import annotations

import argparse
import json
import re
import tempfile
from collections import Counter
from pathlib import Path

from scanner.cli.main import run

READINGS = ("higher", "lower", "about as much", "cannot tell", "none among comparable changes",
            "described only", "not applicable", "could not measure")  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("repositories", nargs="+", type=Path)
    parser.add_argument("--since", default=None, help="only changes from this day on")
    given = parser.parse_args()
    print(f"| history | AI | other | {' | '.join(READINGS)} | page = JSON | fixes in scan |")
    print(f"|:--|{'--:|' * (len(READINGS) + 4)}")
    for repository in given.repositories:
        print(row_of(repository, given.since), flush=True)


def row_of(repository: Path, since: str | None) -> str:
    """One line of the table."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        common = ["--repo", str(repository), "--cache", str(folder / "cache"), "-q"]
        asked = ["report", *common, "--no-rules", *(["--since", since] if since else [])]
        made = [run([*asked, "--format", f, "-o", str(folder / f)]) for f in ("json", "html")]
        if any(made):
            return f"| {_name(repository)} | exit {made} |"
        document = json.loads((folder / "json").read_text("utf-8"))
        page = (folder / "html").read_text("utf-8")
        rows = Counter(one["verdict"] for one in document["comparison"])
        sizes = document["comparison"][0]["arms"]
        cells = [str(rows.get(reading, 0)) for reading in READINGS]
        arms = (str(sizes[arm]["changes"]) for arm in ("treated", "others"))
        agree = _agrees(document, page)
        held = _holds(page, common)
        return f"| {_name(repository)} | {' | '.join((*arms, *cells, agree, held))} |"


def _name(repository: Path) -> str:
    return repository.parent.name if repository.name == "repo" else repository.name


def _agrees(document: dict, page: str) -> str:  # type: ignore[type-arg]
    """How many adjusted ratios of the JSON stand on the page as they are."""
    ratios = [
        one["adjusted"]["ratio"]
        for one in document["comparison"]
        if one["adjusted"]["state"] == "measured" and one["adjusted"]["ratio"] is not None
    ]
    shown = sum(f"{ratio:.2f}\N{MULTIPLICATION SIGN}" in page for ratio in ratios)
    return f"{shown} of {len(ratios)}"


def _holds(page: str, common: list[str]) -> str:
    """How many fixes of the page are findings of `scan` at the head."""
    import contextlib  # noqa: PLC0415
    import io  # noqa: PLC0415

    written = io.BytesIO()
    with contextlib.redirect_stdout(io.TextIOWrapper(written, "utf-8", write_through=True)) as out:
        run(["scan", "HEAD", *common, "--format", "json"])
        out.flush()
        found = {finding["fingerprint"] for finding in json.loads(written.getvalue())["findings"]}
    shown = re.findall(r'class="panel repair" id="fix-([^"]+)"', page)
    return f"{sum(one in found for one in shown)} of {len(shown)}"


if __name__ == "__main__":
    main()
