"""The whole manifest, put together from the code."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from vefa import __version__
from vefa.manifest import data, hooks, panel, permissions, process_settings, store_settings
from vefa.manifest.words import DESCRIPTION, NAME, in_all

SCHEMA = "urn:vefa:manifest:1"


def build() -> dict[str, Any]:
    """Return the manifest as the code has it now."""
    return {
        "$schema": SCHEMA,
        "id": "vefa",
        "version": __version__,
        "name": in_all(NAME),
        "description": in_all(DESCRIPTION),
        "permissions": {
            "program": permissions.program(),
            "platforms": permissions.platform_scopes(),
            "staff": panel.staff_permissions(),
        },
        "event_hooks": hooks.hooks(),
        "panel": {"entries": panel.entries()},
        "settings": {"store": store_settings.schema(), "process": process_settings.schema()},
        "data": data.tables(),
    }


def dumps(document: dict[str, Any]) -> str:
    """Return a manifest as the file has it."""
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema that every manifest fulfils; it lies beside the manifest."""
    found: dict[str, Any] = json.loads(
        (Path(__file__).parents[1] / "manifest.schema.json").read_text(encoding="utf-8")
    )
    return found
