"""Reads what an import kept: the facts of one order, as they were worked out from its rows.

These bodies are made by Vefa itself and sent by nobody, so there is no address and no signature for them. They are
checked all the same: a body that was kept may be read again by a newer version.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from marshmallow import ValidationError, fields, validate

from vefa.errors import UnreadableError
from vefa.facts import Fact
from vefa.fields import Instant, first_fault, parse_instant, parse_object
from vefa.platforms import Context, Personal, Reading
from vefa.platforms._standard_schema import RANKS, Part, part

NAME = "import"
TOPIC = "import.order"
# A file tells how an order stands, not since when, as a platform does that is asked.
STANDS = "order.fetched"
KINDS: Mapping[str, int] = {**RANKS, STANDS: RANKS["order.updated"]}
MOST_FACTS = 200
ORDER = re.compile(r"[a-z0-9_]+:[^\x00]{1,280}")

Spoken = tuple[str, datetime, Mapping[str, Any]]

_VALUES = fields.Dict(
    keys=fields.String(validate=validate.Length(1, 500)), required=True, validate=validate.Length(max=2000)
)
_FACT = part(
    type=fields.String(required=True, validate=validate.OneOf(tuple(KINDS))),
    at=Instant(required=True),
    values=_VALUES,
)
_PERSON = part(
    holder=fields.String(required=True, validate=validate.Length(1, 300)),
    at=Instant(required=True),
    values=_VALUES,
)


class Body(Part):
    """One order's facts and personal data."""

    order = fields.String(required=True, validate=validate.Regexp(ORDER))
    facts = fields.List(fields.Nested(_FACT), required=True, validate=validate.Length(1, MOST_FACTS))
    personal = fields.List(fields.Nested(_PERSON), load_default=list, validate=validate.Length(max=10))


_BODY = Body()


def body_of(order_id: str, facts: Sequence[Spoken], personal: Sequence[Spoken] = ()) -> bytes:
    """Write the body that ``read`` reads: facts by type, personal data by holder; equal contents are equal bodies."""
    document = {
        "order": order_id,
        "facts": [{"type": kind, "at": at.isoformat(), "values": dict(told)} for kind, at, told in facts],
        "personal": [
            {"holder": holder, "at": at.isoformat(), "values": dict(told)} for holder, at, told in personal
        ],
    }
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def key_of(body: bytes) -> str:
    """Return the name of a body, which is its content."""
    return f"{NAME}:{hashlib.sha256(body).hexdigest()[:48]}"


class Import:
    """The reader of imported orders."""

    name = NAME

    def read(self, body: bytes, context: Context) -> Reading:
        """Read one order; raises ``UnreadableError`` that names the field at fault."""
        try:
            told = _BODY.load(parse_object(body))
        except ValidationError as error:
            raise UnreadableError(f"The import cannot be read: {first_fault(error.messages)}") from error
        facts = [
            Fact(
                f"order:{told['order']}",
                f"{context.key}#{number}",
                one["type"],
                parse_instant(one["at"]),
                context.received_at,
                KINDS[one["type"]],
                one["values"],
            )
            for number, one in enumerate(told["facts"])
        ]
        personal = [
            Personal(one["holder"], parse_instant(one["at"]), 0, one["values"]) for one in told["personal"]
        ]
        return Reading(tuple(facts), tuple(personal))


IMPORT = Import()
