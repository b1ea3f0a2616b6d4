"""Says in JSON Schema (draft 2020-12) what marshmallow's fields take, so that one declaration serves both.

The schema is what senders are promised. Reading is a little more lenient: it also takes instants in other forms of
ISO 8601, and numbers written as text.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from marshmallow import Schema, fields, validate

from vefa.errors import ConfigurationError
from vefa.fields import LONGEST_NUMBER, Amount, Due, Instant, Text

# Whole numbers stand for text in many senders' ids; beyond 64 bits they no longer pass through every parser.
LARGEST_ID = 2**63 - 1
LARGEST = 10**LONGEST_NUMBER // 10
WITHOUT_ZERO = r"^[^\u0000]*$"
DAY = r"(?!0000)[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
TIME = r"([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,9})?"
ZONE = r"(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])"
DATE = {"type": "string", "format": "date", "pattern": f"^{DAY}$"}
MOMENT = {"type": "string", "format": "date-time", "pattern": f"^{DAY}T{TIME}{ZONE}$"}
MONEY = {
    "anyOf": [
        {"type": "string", "maxLength": LONGEST_NUMBER, "pattern": r"^-?[0-9]+(\.[0-9]+)?$"},
        {"type": "number", "minimum": -LARGEST, "maximum": LARGEST},
    ]
}
# The most derived class first: an e-mail address is a text, too.
KINDS: tuple[tuple[type[fields.Field[Any]], dict[str, Any]], ...] = (
    (Instant, MOMENT),
    (Due, {"anyOf": [DATE, MOMENT]}),
    (Amount, MONEY),
    (fields.Email, {"type": "string", "format": "email"}),
    (fields.Boolean, {"type": "boolean"}),
    (fields.Integer, {"type": "integer"}),
    (fields.Float, {"type": "number", "minimum": -1e300, "maximum": 1e300}),
    (fields.Time, {"type": "string", "pattern": r"^\d{2}:\d{2}(:\d{2})?$"}),
    (fields.Date, {"type": "string", "format": "date"}),
    (fields.List, {"type": "array"}),
    (fields.Dict, {"type": "object"}),
    (fields.String, {"type": "string"}),
    (fields.Raw, {"not": {"type": "null"}}),
)


def schema_of(schema: Schema) -> dict[str, Any]:
    """Return the JSON Schema of an object; a schema with a ``json_rules`` of its own adds those."""
    declared = schema.fields
    found: dict[str, Any] = {
        "type": "object",
        "properties": {name: field_of(field) for name, field in declared.items()},
    }
    if required := sorted(name for name, field in declared.items() if field.required):
        found["required"] = required
    return found | getattr(schema, "json_rules", {})


def field_of(field: fields.Field[Any]) -> dict[str, Any]:
    """Return the JSON Schema of a field; raises ``ConfigurationError`` for one that is not known here."""
    if isinstance(field, fields.Nested):
        found = schema_of(field.schema)
    elif isinstance(field, Text):
        found = _text(field)
    else:
        found = _plain(field)
    return _or_null(found) if field.allow_none else found


def _plain(field: fields.Field[Any]) -> dict[str, Any]:
    known = next((dict(words) for kind, words in KINDS if isinstance(field, kind)), None)
    if known is None:
        raise ConfigurationError(f"There is no JSON Schema for {type(field).__name__}.")
    for rule in field.validators:
        known |= bounds(rule, str(known.get("type")))
    if isinstance(field, fields.List):
        known["items"] = field_of(field.inner)
    if isinstance(field, fields.Dict) and field.value_field is not None:
        known["additionalProperties"] = field_of(field.value_field)
    return known


def _text(field: fields.Field[Any]) -> dict[str, Any]:
    """Describe a text, which may be written as a whole number with no more digits than it may have characters."""
    length: dict[str, Any] = {}
    for rule in field.validators:
        length |= bounds(rule, "string")
    digits = int(length["maxLength"])
    return {
        "type": ["string", "integer"],
        "pattern": WITHOUT_ZERO,
        **{name: bound for name, bound in length.items() if bound},
        "minimum": max(-LARGEST_ID, 1 - 10 ** (digits - 1)),
        "maximum": min(LARGEST_ID, 10**digits - 1),
    }


def _or_null(found: dict[str, Any]) -> dict[str, Any]:
    if "type" not in found:
        return {"anyOf": [*found["anyOf"], {"type": "null"}]} if "anyOf" in found else found
    kinds = found["type"] if isinstance(found["type"], list) else [found["type"]]
    found = {**found, "type": [*kinds, "null"]}
    if "enum" in found:
        found["enum"] = [*found["enum"], None]
    return found


def bounds(rule: Callable[..., Any], kind: str) -> dict[str, Any]:
    """Return the bounds that one of marshmallow's validators sets; nothing for a rule that a format says already."""
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
    return {}


def _known(**found: Any) -> dict[str, Any]:
    return {name: bound for name, bound in found.items() if bound is not None}
