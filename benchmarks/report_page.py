"""The HTML report: bytes, seconds to render, milliseconds to open in a headless Chromium.

    python -m benchmarks.report_page [REPOSITORY...]

The sample history first, then its changes repeated to about 1,000 and 13,000, then the
repositories, with a throwaway store. Opening is measured from the navigation to the load event, and
in processor seconds of the page's main thread, which a busy machine bends less; medians of five.
Both are left out where there is no Chromium with its chromedriver.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from scanner.demo.history import build
from scanner.render.report_html import render
from scanner.report.build import Report
from tests.browser.driver import IS_THERE, Browser, started
from tests.render.report_samples import many, report_at

OPENED = "return performance.timing.loadEventEnd - performance.timing.navigationStart"


def measure(name: str, report: Report, folder: Path, browser: Browser | None) -> None:
    """Prints one row."""
    start = time.process_time()
    text = render(report)
    took = time.process_time() - start
    page = folder / "page.html"
    page.write_text(text, encoding="utf-8")
    opened = _opening(browser, page) if browser else "no browser"
    changes, size = len(report.changes), page.stat().st_size / 1e6
    print(f"{name:28} {changes:7,} changes {size:6.2f} MB {took:6.2f} s cpu  opens in {opened}")


def _opening(browser: Browser, page: Path) -> str:
    busy, waits = [], []
    for _ in range(5):
        busy.append(browser.busy_seconds(page.as_uri()))
        waits.append(float(browser.script(OPENED)))
    return f"{statistics.median(waits):5.0f} ms ({statistics.median(busy):.2f} s cpu)"


def reports(repositories: list[str], folder: Path) -> Iterator[tuple[str, Report]]:
    """The reports to measure, by their names."""
    sample = report_at(build(folder / "sample").path, folder / "sample.sqlite")
    yield "made-up history", sample
    for wanted in (1_000, 13_000):
        yield "the same, repeated", many(sample, round(wanted / len(sample.changes)))
    for number, path in enumerate(repositories):
        yield Path(path).name, report_at(Path(path), folder / f"{number}.sqlite")


def main() -> None:
    """Measures all."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        every = reports(sys.argv[1:], folder)
        if not IS_THERE:
            for name, report in every:
                measure(name, report, folder, None)
            return
        with started() as browser:
            for name, report in every:
                measure(name, report, folder, browser)


if __name__ == "__main__":
    main()
