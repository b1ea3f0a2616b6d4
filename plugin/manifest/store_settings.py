"""The settings of a store as JSON Schema, read from the schema that checks them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field
from dataclasses import fields as fields_of
from datetime import date, time
from enum import Enum
from typing import Any

from marshmallow import fields, validate

from vefa.errors import ConfigurationError
from vefa.manifest.words import in_all
from vefa.panel.setting_titles import TITLES
from vefa.stores.schema import StoreSchema
from vefa.stores.store import Outgoing, Store

# The most derived class first: an e-mail address is a text, too.
KINDS: tuple[tuple[type[fields.Field[Any]], dict[str, Any]], ...] = (
    (fields.Email, {"type": "string", "format": "email"}),
    (fields.Boolean, {"type": "boolean"}),
    (fields.Integer, {"type": "integer"}),
    (fields.Time, {"type": "string", "pattern": r"^\d{2}:\d{2}(:\d{2})?$"}),
    (fields.Date, {"type": "string", "format": "date"}),
    (fields.List, {"type": "array"}),
    (fields.Dict, {"type": "object"}),
    (fields.String, {"type": "string"}),
)


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
    described = _described(field)
    if name in TITLES:
        described["title"] = TITLES[name]
        described["titles"] = in_all(TITLES[name])
    return described | _default(name)


def _described(field: fields.Field[Any]) -> dict[str, Any]:
    found = next((dict(words) for kind, words in KINDS if isinstance(field, kind)), None)
    if found is None:
        raise ConfigurationError(f"The manifest knows no JSON Schema for {type(field).__name__}.")
    for rule in field.validators:
        found |= _bounds(rule, str(found["type"]))
    if isinstance(field, fields.List):
        found["items"] = _described(field.inner)
    if isinstance(field, fields.Dict) and field.value_field is not None:
        found["additionalProperties"] = _described(field.value_field)
    if field.allow_none:
        found["type"] = [found["type"], "null"]
        if "enum" in found:
            found["enum"] = [*found["enum"], None]
    return found


def _bounds(rule: Callable[..., Any], kind: str) -> dict[str, Any]:
    if isinstance(rule, validate.Range):
        return _known(minimum=rule.min, maximum=rule.max)
    if isinstance(rule, validate.Length):
        lowest, most = ("minItems", "maxItems") if kind == "array" else ("minLength", "maxLength")
        return _known(**{lowest: rule.min, most: rule.max})
    if isinstance(rule, validate.OneOf):
        return {"enum": list(rule.choices)}
    if isinstance(rule, validate.NoneOf):
        return {"not": {"enum": list(rule.iterable)}}
    if isinstance(rule, validate.Regexp):
        return {"pattern": rule.regex.pattern}
    # An e-mail address brings a rule of its own, which its format says already.
    return {}


def _known(**bounds: Any) -> dict[str, Any]:
    return {name: bound for name, bound in bounds.items() if bound is not None}


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
