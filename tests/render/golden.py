"""Golden outputs. To accept what a change of rendering made of them, and then read the diff:

TALLYSTICK_ACCEPT=1 pytest tests/render; git diff tests/render/golden
"""

from __future__ import annotations

import os
from pathlib import Path

from scanner import __version__

FOLDER = Path(__file__).parent / "golden"
ACCEPT = "TALLYSTICK_ACCEPT"


def check_golden(name: str, output: str) -> None:
    """Compares an output with the accepted one, the version number aside."""
    scrubbed = output.replace(f'"{__version__}"', '"VERSION"')
    file = FOLDER / name
    if os.environ.get(ACCEPT):
        FOLDER.mkdir(exist_ok=True)
        file.write_bytes(scrubbed.encode())
    assert file.exists(), f"no accepted output; look at it and run with {ACCEPT}=1"
    assert scrubbed == file.read_bytes().decode(), f"changed; if meant, run with {ACCEPT}=1"
