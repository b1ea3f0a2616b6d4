"""The canonical events as one JSON Schema, made from the schemas that read them."""

from __future__ import annotations

from typing import Any

from vefa.platforms._standard_schema import ENVELOPE, SCHEMAS, TYPES
from vefa.platforms.json_schema import schema_of

DRAFT = "https://json-schema.org/draft/2020-12/schema"
NAME, VERSION = "order-event", 1


def event_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of every canonical event, version 1."""
    envelope = schema_of(ENVELOPE)
    envelope["properties"]["type"] = {"enum": list(TYPES)}
    return {
        "$schema": DRAFT,
        "$id": f"urn:vefa:{NAME}:{VERSION}",
        "title": "A canonical event about an order",
        "description": (
            "What is absent says nothing, null says that there is none, and a field that is not listed is ignored."
        ),
        **envelope,
        "allOf": [_only(name) for name in SCHEMAS],
        "$defs": {name: schema_of(schema) for name, schema in SCHEMAS.items()},
    }


def _only(name: str) -> dict[str, Any]:
    """Say that an event of a type has the data of that type."""
    return {
        "if": {"properties": {"type": {"const": name}}, "required": ["type"]},
        "then": {"properties": {"data": {"$ref": f"#/$defs/{name}"}}},
    }
