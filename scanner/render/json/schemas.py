"""The JSON Schema of every command that prints JSON, made from the types of its document."""

from __future__ import annotations

from typing import Any

import msgspec

from scanner.render.json.attribution_documents import AttributedFile, JsonAttributedRange
from scanner.render.json.conventions_documents import Conventions
from scanner.render.json.documents import JsonReview
from scanner.render.json.fleet_documents import FleetDocument
from scanner.render.json.json_text import to_json
from scanner.render.json.radar_documents import JsonRadar
from scanner.render.json.report_documents import ReportDocument
from scanner.render.json.scan_documents import JsonScan
from scanner.render.json.story_documents import Explanation

DIALECT = "https://json-schema.org/draft/2020-12/schema"

#: What each command prints with `--format json`; `attribute` has two shapes.
DOCUMENTS: dict[str, Any] = {
    "check": JsonReview,
    "gate": JsonReview,
    "scan": JsonScan,
    "attribute": JsonAttributedRange | AttributedFile,
    "explain": Explanation,
    "conventions": Conventions,
    "radar": JsonRadar,
    "report": ReportDocument,
    "fleet": FleetDocument,
}


def object_schema(document: type[Any]) -> dict[str, Any]:
    """The JSON Schema of one struct, which is an object at its top and not a reference to one."""
    (reference,), components = msgspec.json.schema_components(
        (document,), ref_template="#/$defs/{name}"
    )
    own = components.pop(reference["$ref"].rpartition("/")[2])
    return {**own, "$defs": dict(sorted(components.items()))} if components else own


def schema(command: str) -> str:
    """The JSON Schema (2020-12) of a command's output as indented JSON with a line end.

    Raises:
        KeyError: the command has no JSON output; `DOCUMENTS` holds those that have.
    """
    document = DOCUMENTS[command]
    members = getattr(document, "__args__", (document,))
    references, components = msgspec.json.schema_components(members, ref_template="#/$defs/{name}")
    body = references[0] if len(references) == 1 else {"anyOf": list(references)}
    full = {
        "$schema": DIALECT,
        "title": f"tallystick {command}",
        **body,
        "$defs": dict(sorted(components.items())),
    }
    return to_json(full)
