"""INI files that anybody may have written, for tools that read them with Python's own parser."""

from __future__ import annotations

from collections.abc import Mapping


def read_ini(text: str) -> Mapping[str, Mapping[str, str | None]]:
    """The options of each section; of two with one name the later holds.

    Raises ValueError for whatever is wrong with it.
    """
    if not text:
        return {}
    import configparser  # noqa: PLC0415  5 ms that few runs need

    parser = configparser.RawConfigParser(strict=False, allow_no_value=True)
    try:
        parser.read_string(text)
    except (configparser.Error, AttributeError) as error:
        # Python's parser trips over a line that goes on with an option that has no value.
        reason = "a line goes on with what has no value"
        raise ValueError(reason if isinstance(error, AttributeError) else str(error)) from error
    return {name: dict(parser[name]) for name in parser.sections()}
