"""`docs/interface.md` says what there is: formats, keys, settings, commands, exit codes."""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import msgspec
import pytest

from scanner.base.errors import ExitCode
from scanner.cli.main import COMMANDS
from scanner.config import Settings
from scanner.render.all_formats import FORMATS
from scanner.render.json.schemas import DOCUMENTS, schema

PAGE = (Path(__file__).parents[2] / "docs" / "interface.md").read_text()
#: All that stands in backquotes, cut into names.
NAMES = {name for span in re.findall(r"`([^`]+)`", PAGE) for name in re.findall(r"[\w-]+", span)}


def example() -> dict[str, Any]:
    """The configuration shown on the page."""
    (block,) = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    settings = tomllib.loads(block)["tool"]["tallystick"]
    assert isinstance(settings, dict)
    return settings


def test_every_format_is_described() -> None:
    section = PAGE.split("## Formats")[1].split("## JSON")[0]
    described = re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)
    assert described == [entry.name for entry in FORMATS]


@pytest.mark.parametrize("command", DOCUMENTS)
def test_every_key_is_described(command: str) -> None:
    for definition in json.loads(schema(command))["$defs"].values():
        for key in definition.get("properties", ()):
            assert key in NAMES, f"{definition['title']}.{key}"


def test_every_command_is_described() -> None:
    described = set(re.findall(r"^\| `tallystick (\w+)", PAGE, re.MULTILINE))
    assert described == set(COMMANDS)


def test_every_exit_code_is_described() -> None:
    codes = re.findall(r"^\| (\d+) \|", PAGE, re.MULTILINE)
    assert [int(code) for code in codes] == [code.value for code in ExitCode]


def test_the_configuration_shown_is_the_default() -> None:
    shown = example()
    assert msgspec.convert({**shown, "exclude": ()}, Settings) == Settings()
    for member in fields(Settings):
        default = getattr(Settings(), member.name)
        assert member.name in shown
        if is_dataclass(default):
            assert {inner.name for inner in fields(default)} <= NAMES | set(
                re.findall(r"\w+", PAGE.split("```toml")[1])
            )
