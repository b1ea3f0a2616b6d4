"""The settings of a store as JSON Schema, read from the schema that checks them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, Field
from dataclasses import fields as fields_of
from datetime import date, time
from enum import Enum
from typing import Any

from marshmallow import fields

from vefa.manifest.words import in_all
from vefa.panel.setting_titles import TITLES
from vefa.platforms.json_schema import field_of
from vefa.stores.schema import StoreSchema
from vefa.stores.store import Outgoing, Store


def schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of a store's settings: types, bounds, defaults, titles."""
    declared = StoreSchema().fields
    return {
        "type": "object",
        "additionalProperties": False,
        "required": sorted(name for name, field in declared.items() if field.required),
        "properties": {name: _property(name, field) for name, field in sorted(declared.items())},
    }


def _property(name: str, field: fields.Field[Any]) -> dict[str, Any]:
    described = field_of(field)
    if name in TITLES:
        described["title"] = TITLES[name]
        described["titles"] = in_all(TITLES[name])
    return described | _default(name)


def _default(name: str) -> dict[str, Any]:
    if name == "ceiling":
        return {"default": Outgoing().ceiling}
    declared: dict[str, Field[Any]] = {one.name: one for one in fields_of(Store)}
    one = declared.get(name)
    if one is None or (one.default is MISSING and one.default_factory is MISSING):
        return {}
    value = one.default if one.default_factory is MISSING else one.default_factory()
    return {"default": _plain(value)}


def _plain(value: Any) -> Any:
    """Return a value as JSON has it."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, time | date):
        return value.isoformat()
    if isinstance(value, tuple | frozenset):
        return [_plain(one) for one in value]
    return dict(value) if isinstance(value, Mapping) else value
