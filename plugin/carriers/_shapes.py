"""What the bodies of tracking services have in common, and how they are loaded."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, validate

from vefa.errors import UnreadableError
from vefa.facts import Fact
from vefa.fields import Text, first_fault, parse_object

MOST_SCANS = 1000
LONGEST_TEXT = 5000
AT_MOST = validate.Length(max=MOST_SCANS)


class Shape(Schema):
    """An object of which the fields that are not named are ignored."""

    class Meta:
        """Unknown fields are ignored."""

        unknown = EXCLUDE


def words() -> Text:
    """Return a field for a text that people read."""
    return Text(LONGEST_TEXT)


def code() -> Text:
    """Return a field for a word of the service."""
    return Text(100)


def when() -> Text:
    """Return a field for a moment as the service writes it."""
    return Text(60)


def read(
    body: bytes, shape: Schema, reader: Callable[[dict[str, Any]], tuple[Fact, ...]]
) -> tuple[Fact, ...]:
    """Load a body by its shape and read it; raises ``UnreadableError`` that says which field is at fault."""
    document = parse_object(body)
    try:
        return reader(shape.load(document))
    except ValidationError as error:
        raise UnreadableError(f"The event cannot be read: {first_fault(error.messages)}") from error
    except ValueError as error:
        raise UnreadableError(f"The event cannot be read: {error}.") from error
