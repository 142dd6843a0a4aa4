"""A picture of a page's first screen: `python -m tests.browser.picture PAGE PICTURE`."""

from __future__ import annotations

import base64
import sys
from pathlib import Path

from tests.browser.driver import started

WIDTH, HEIGHT = 1440, 900


def take(page: Path, picture: Path) -> None:
    """Writes the first screen, light, as PNG."""
    with started() as browser:
        browser.emulate(WIDTH, HEIGHT, "light")
        browser.open(page.resolve().as_uri())
        picture.write_bytes(base64.b64decode(browser.call("GET", "/screenshot")))


if __name__ == "__main__":
    take(Path(sys.argv[1]), Path(sys.argv[2]))
