"""What `tallystick init` proposes: texts, and where they go. Pure but for reading its own files."""

from __future__ import annotations

from pathlib import Path


def recipe(name: str) -> str:
    """The text of a recipe that ships with the package."""
    return (Path(__file__).parent / name).read_text(encoding="utf-8")
