"""Izci: an invented tracking service, complete as one file; copied to ``plugin/carriers/izci.py`` it is found.

It posts all that is known of a parcel whenever something is scanned, signed in hexadecimal.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from marshmallow import fields

from vefa.carriers import Context, Description, Fact, Identity, Incoming
from vefa.carriers._scans import Parcel, expected_by, facts_of, moment, scan
from vefa.carriers._shapes import AT_MOST, Shape, code, read, when, words
from vefa.carriers._signing import check, identify
from vefa.fields import Text

HEADER = "x-izci-signature"
# Izci's word, and Vefa's; None for a word that says nothing of where the parcel is.
CODES: Mapping[str, str | None] = {
    "LABEL": "label_created",
    "MOVING": "in_transit",
    "COURIER": "out_for_delivery",
    "DONE": "delivered",
    "DAMAGED": "exception",
    "GONE": "lost",
    "BACK": "returning",
    "WAITING": None,
}


class Seen(Shape):
    """One scan."""

    at = when()
    word = code()
    town = words()
    said = words()


class Event(Shape):
    """What is posted."""

    event = Text(100, required=True)
    number = Text(100, required=True)
    carrier = code()
    due = when()
    seen = fields.List(fields.Nested(Seen()), required=True, validate=AT_MOST)


class Izci:
    """Izci's one event."""

    name = "izci"

    def describe(self) -> Description:
        """Return what Izci sends; the merchant enters a secret of Vefa's there."""
        return Description("Izci", CODES, (HEADER,))

    def verify(self, incoming: Incoming, secrets: Sequence[str], now: datetime) -> None:
        """Check the HMAC-SHA256 of the raw body; raises ``SignatureError``."""
        digests = (hmac.digest(secret.encode(), incoming.body, "sha256").hex() for secret in secrets)
        check(incoming.headers.get(HEADER, ""), [one.encode() for one in digests])

    def identify(self, incoming: Incoming, received_at: datetime) -> Identity:
        """Name the event by its bytes."""
        return identify(self.name, incoming, "event")

    def read(self, body: bytes, context: Context) -> tuple[Fact, ...]:
        """Read the scans and the day on which the carrier expects to deliver; raises ``UnreadableError``."""
        return read(body, Event(), lambda event: self._facts(event, context))

    def _facts(self, event: dict[str, Any], context: Context) -> tuple[Fact, ...]:
        scans = []
        for seen in event["seen"]:
            at = moment(seen.get("at"), context.zone)
            scans.append(
                scan(CODES, at, seen.get("word"), place=(seen.get("town"),), detail=seen.get("said"))
            )
        known = tuple(one for one in scans if one)
        parcel = Parcel(
            event["number"], event.get("carrier"), known, expected_by(event.get("due")), context.told_at
        )
        return facts_of(parcel, self.name, context)


PLUGIN = Izci()
