"""Fields that check what a sender wrote and give it back as plain JSON values."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from marshmallow import ValidationError, fields, validate

from vefa.errors import UnreadableError

LONGEST_NUMBER = 40
WITH_ZONE = re.compile(r"(Z|[+-]\d\d:?\d\d)$", re.IGNORECASE)
ESCAPED_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")
DATE = re.compile(r"^\d{4}-\d\d-\d\d$")


def parse_object(body: bytes) -> dict[str, Any]:
    """Parse a JSON object; raises ``UnreadableError`` for anything else."""
    document = parse_json(body)
    if not isinstance(document, dict):
        raise UnreadableError("The body is not a JSON object.")
    return document


def parse_json(body: bytes) -> Any:
    """Parse JSON; raises ``UnreadableError`` for anything else, and for text that cannot be written again."""
    try:
        document = json.loads(body.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise UnreadableError("The body is not JSON.") from error
    if ESCAPED_SURROGATE.search(body) and not _is_text(document):
        raise UnreadableError("The body holds half of a character.")
    return document


def _is_text(document: object) -> bool:
    """Say whether every text can be written as UTF-8, which half of a surrogate pair cannot."""
    try:
        json.dumps(document, ensure_ascii=False).encode()
    except (UnicodeEncodeError, RecursionError):
        return False
    return True


def parse_instant(text: str) -> datetime:
    """Read an RFC 3339 instant with offset as UTC; raises ``ValueError`` otherwise."""
    if not WITH_ZONE.search(text):
        raise ValueError(f"{text!r} has no offset")
    try:
        return datetime.fromisoformat(text.upper().replace("Z", "+00:00")).astimezone(UTC)
    except OverflowError as error:
        raise ValueError(f"{text!r} is beyond the calendar") from error


def first_fault(messages: Any, path: str = "") -> str:
    """Return the path of the first field at fault and what is wrong with it."""
    if isinstance(messages, Mapping):
        name, said = next(iter(messages.items()))
        return first_fault(said, f"{path}.{name}".lstrip("."))
    return f"{path}: {messages[0] if isinstance(messages, list) else messages}"


class Text(fields.String):
    """A bounded text; whole numbers are taken as text too, since many senders write ids so.

    One that is required is neither null nor empty.
    """

    def __init__(self, longest: int = 200, *, required: bool = False, **options: Any) -> None:
        length = validate.Length(min=int(required), max=longest)
        super().__init__(validate=length, required=required, allow_none=not required, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        text = super()._deserialize(value, attr, data, **kwargs)
        if "\x00" in text:
            raise ValidationError("A zero character is not text.")
        return text


class Instant(fields.Field[str]):
    """An instant with offset, given back in UTC as ISO 8601."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        try:
            return parse_instant(value).isoformat()
        except (TypeError, ValueError) as error:
            raise ValidationError("Not an RFC 3339 instant with offset.") from error


class Due(fields.Field[str]):
    """A date, or an instant with offset."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        try:
            if DATE.match(value):
                return date.fromisoformat(value).isoformat()
            return parse_instant(value).isoformat()
        except (TypeError, ValueError) as error:
            raise ValidationError("Neither a date nor an instant with offset.") from error


class Amount(fields.Field[str]):
    """An amount of money as text with a dot."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if (
            isinstance(value, bool)
            or not isinstance(value, str | int | float)
            or len(str(value)) > LONGEST_NUMBER
        ):
            raise ValidationError("Not an amount.")
        try:
            amount = Decimal(str(value))
        except InvalidOperation as error:
            raise ValidationError("Not an amount.") from error
        if not amount.is_finite() or abs(amount.adjusted()) > LONGEST_NUMBER:
            raise ValidationError("Not an amount.")
        return format(amount, "f")
