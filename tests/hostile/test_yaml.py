"""YAML that would end the process, or takes it for long: read, or an error."""

from __future__ import annotations

import pytest
from ruamel.yaml.error import YAMLError

from scanner.base.yaml_text import read_yaml

DEEP = {
    "lists": "[" * 40_000,
    "closed lists": "[" * 40_000 + "]" * 40_000,
    "lists on lines": "[\n" * 40_000,
    "mappings": "{a: " * 40_000,
    "items": "- " * 40_000,
    "items with tabs": "-\t" * 40_000,
    "keys": "? " * 40_000,
    "values": ": " * 40_000,
}


@pytest.mark.parametrize("text", DEEP.values(), ids=DEEP)
def test_depth_is_an_error(text: str) -> None:
    with pytest.raises((YAMLError, RecursionError, ValueError)):
        read_yaml(text)


def test_what_people_write_is_read() -> None:
    assert read_yaml("a: [1, {b: x}]\nc:\n  - d: e\n") == {"a": [1, {"b": "x"}], "c": [{"d": "e"}]}
    assert read_yaml("") is None
