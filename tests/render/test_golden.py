"""Every format of the telling reviews, as accepted."""

from __future__ import annotations

import pytest

from scanner.render.all_formats import FORMATS, Format
from scanner.render.ci import github
from scanner.render.terminal import scan_text, text
from tests.render import samples
from tests.render.golden import FOLDER, check_golden
from tests.render.scans import CLONES, SCAN

IN_EVERY_FORMAT = ("clean", "full", "could-not-judge", "hostile")


@pytest.mark.parametrize("entry", FORMATS, ids=lambda entry: entry.name)
@pytest.mark.parametrize("name", IN_EVERY_FORMAT)
def test_format(entry: Format, name: str) -> None:
    check_golden(f"{name}.{entry.name}{entry.suffix}", entry.render(samples.EVERY_REVIEW[name]))


@pytest.mark.parametrize("name", sorted(samples.EVERY_REVIEW.keys() - set(IN_EVERY_FORMAT)))
def test_text(name: str) -> None:
    check_golden(f"{name}.text.txt", text.render(samples.EVERY_REVIEW[name]))


def test_text_in_colour() -> None:
    check_golden("full.colour.txt", text.render(samples.FULL, colour=True))


def test_job_summary() -> None:
    check_golden("full.summary.md", github.summary(samples.FULL))


def test_scan() -> None:
    check_golden("scan.text.txt", scan_text.render(SCAN, CLONES))


def test_no_accepted_output_is_left_behind() -> None:
    expected = {
        f"{name}.{entry.name}{entry.suffix}" for entry in FORMATS for name in IN_EVERY_FORMAT
    }
    expected |= {f"{name}.text.txt" for name in samples.EVERY_REVIEW}
    expected |= {"full.colour.txt", "full.summary.md", "scan.text.txt"}
    assert {file.name for file in FOLDER.iterdir()} == expected
