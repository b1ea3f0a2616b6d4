"""AfterShip Tracking: every checkpoint of a parcel with its tag, signed by HMAC.

Sources: AfterShip's webhook specifications, webhook signature, delivery statuses and sub-statuses.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from marshmallow import fields, validate

from vefa.carriers import Context, Description, Fact, Identity, Incoming
from vefa.carriers._scans import Parcel, Scan, expected_by, facts_of, moment, scan
from vefa.carriers._shapes import AT_MOST, Shape, code, read, when, words
from vefa.carriers._signing import check, identify
from vefa.fields import Text

LATEST_SECOND = 253_402_300_799
# A tag, and the sub-statuses that say something else than their tag does.
CODES: Mapping[str, str | None] = MappingProxyType(
    {
        "InfoReceived": "label_created",
        "InTransit": "in_transit",
        "OutForDelivery": "out_for_delivery",
        "AttemptFail": "attempted",
        "AvailableForPickup": "available_for_pickup",
        "Delivered": "delivered",
        "Exception": "exception",
        "Exception_010": "returning",
        "Exception_011": "returned",
        "Exception_013": "lost",
        "Pending": None,
        "Expired": None,
    }
)


class Checkpoint(Shape):
    """One scan."""

    checkpoint_time = when()
    created_at = when()
    message = words()
    tag = code()
    subtag = code()
    location = words()
    city = words()
    state = words()
    country_iso3 = words()


class Expected(Shape):
    """When the carrier expects to bring it; with several days, the last one counts."""

    estimated_delivery_date = when()
    estimated_delivery_date_max = when()


class Message(Shape):
    """A tracking."""

    tracking_number = Text(100)
    slug = code()
    checkpoints = fields.List(fields.Nested(Checkpoint()), allow_none=True, validate=AT_MOST)
    expected_delivery = when()
    courier_estimated_delivery_date = fields.Nested(Expected(), allow_none=True)


class Event(Shape):
    """What is posted; ``ts`` is in seconds since 1970."""

    event = Text(100, required=True)
    msg = fields.Nested(Message(), required=True)
    ts = fields.Integer(allow_none=True, validate=validate.Range(0, LATEST_SECOND))


class AfterShip:
    """AfterShip's tracking events; what is not about a parcel is passed over."""

    name = "aftership"

    def describe(self) -> Description:
        """Return what AfterShip sends."""
        return Description("AfterShip", CODES, ("aftership-hmac-sha256",), gives_secret=True)

    def verify(self, incoming: Incoming, secrets: Sequence[str], now: datetime) -> None:
        """Check ``aftership-hmac-sha256``, the base64 HMAC-SHA256 of the raw body; it carries no timestamp.

        Raises ``SignatureError``.
        """
        given = incoming.headers.get("aftership-hmac-sha256", "")
        digests = (hmac.digest(secret.encode(), incoming.body, "sha256") for secret in secrets)
        check(given, [base64.b64encode(one) for one in digests])

    def identify(self, incoming: Incoming, received_at: datetime) -> Identity:
        """Name the event by its bytes."""
        return identify(self.name, incoming, "event")

    def read(self, body: bytes, context: Context) -> tuple[Fact, ...]:
        """Read the checkpoints and the carrier's expected date; raises ``UnreadableError``."""
        return read(body, Event(), lambda event: self._facts(event, context))

    def _facts(self, event: dict[str, Any], context: Context) -> tuple[Fact, ...]:
        told = event["msg"]
        if not told.get("tracking_number"):
            return ()
        scans = [_scan(one, context) for one in told.get("checkpoints") or ()]
        at = datetime.fromtimestamp(event["ts"], UTC) if event.get("ts") else context.told_at
        parcel = Parcel(
            told["tracking_number"],
            told.get("slug"),
            tuple(one for one in scans if one),
            _expected(told),
            at,
        )
        return facts_of(parcel, self.name, context)


def _scan(told: dict[str, Any], context: Context) -> Scan | None:
    at = moment(told.get("checkpoint_time"), context.zone) or moment(told.get("created_at"), UTC)
    parts = (told.get("city"), told.get("state"), told.get("country_iso3"))
    place = (told["location"],) if told.get("location") else parts
    return scan(CODES, at, told.get("subtag"), told.get("tag"), place=place, detail=told.get("message"))


def _expected(told: dict[str, Any]) -> str | None:
    """Return what the carrier said; AfterShip's own forecast is not the carrier's word."""
    by_carrier = told.get("courier_estimated_delivery_date") or {}
    days = (by_carrier.get("estimated_delivery_date_max"), by_carrier.get("estimated_delivery_date"))
    return expected_by(next((day for day in days if day), told.get("expected_delivery")))


PLUGIN = AfterShip()
