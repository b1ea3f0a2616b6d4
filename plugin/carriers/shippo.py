"""Shippo: a parcel with its history, signed by HMAC over a timestamp and the body.

Source: Shippo's documentation of tracking, of webhooks and of their security.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from marshmallow import ValidationError, fields

from vefa.carriers import Context, Description, Fact, Identity, Incoming
from vefa.carriers._scans import Parcel, Scan, expected_by, facts_of, moment, scan
from vefa.carriers._shapes import AT_MOST, Shape, code, read, when, words
from vefa.carriers._signing import check, check_age, identify
from vefa.errors import SignatureError
from vefa.fields import Text

HEADER = "shippo-auth-signature"
LONGEST_STAMP = len("9999999999")
# Statuses, and behind a slash the sub-statuses that say something else than their status does.
CODES: Mapping[str, str | None] = MappingProxyType(
    {
        "PRE_TRANSIT": "label_created",
        "TRANSIT": "in_transit",
        "TRANSIT/address_issue": "exception",
        "TRANSIT/contact_carrier": "exception",
        "TRANSIT/delayed": "exception",
        "TRANSIT/delivery_attempted": "attempted",
        "TRANSIT/location_inaccessible": "attempted",
        "TRANSIT/notice_left": "attempted",
        "TRANSIT/out_for_delivery": "out_for_delivery",
        "TRANSIT/package_damaged": "exception",
        "TRANSIT/package_held": "exception",
        "TRANSIT/package_unclaimed": "exception",
        "TRANSIT/pickup_available": "available_for_pickup",
        "TRANSIT/reschedule_delivery": "exception",
        "DELIVERED": "delivered",
        "RETURNED": "returning",
        "FAILURE": "exception",
        "FAILURE/package_lost": "lost",
    }
)


class Substatus(Shape):
    """A status more closely."""

    code = code()


class Place(Shape):
    """Where a scan was made."""

    city = words()
    state = words()
    country = words()


class Told(Shape):
    """One scan."""

    status = code()
    status_details = words()
    status_date = when()
    substatus = fields.Nested(Substatus(), allow_none=True)
    location = fields.Nested(Place(), allow_none=True)


class Track(Shape):
    """A parcel."""

    tracking_number = Text(100)
    carrier = code()
    eta = when()
    tracking_status = fields.Nested(Told(), allow_none=True)
    tracking_history = fields.List(fields.Nested(Told()), allow_none=True, validate=AT_MOST)


class Event(Shape):
    """What is posted."""

    event = Text(100, required=True)
    data = fields.Raw(allow_none=True)


class Shippo:
    """Shippo's tracking updates; the others are passed over."""

    name = "shippo"

    def describe(self) -> Description:
        """Return what Shippo sends."""
        return Description("Shippo", CODES, (HEADER,), gives_secret=True)

    def verify(self, incoming: Incoming, secrets: Sequence[str], now: datetime) -> None:
        """Check ``Shippo-Auth-Signature``, the HMAC-SHA256 of its timestamp, a dot and the raw body, and its age.

        Raises ``SignatureError``.
        """
        stamp, given = _parts(incoming.headers.get(HEADER, ""))
        if stamp is None:
            raise SignatureError("The header Shippo-Auth-Signature is missing or malformed.")
        signed = f"{stamp}.".encode() + incoming.body
        check(given, [hmac.digest(one.encode(), signed, "sha256").hex().encode() for one in secrets])
        check_age(datetime.fromtimestamp(int(stamp), UTC), now)

    def identify(self, incoming: Incoming, received_at: datetime) -> Identity:
        """Name the event by its bytes; the signature says when it was sent."""
        stamp, _ = _parts(incoming.headers.get(HEADER, ""))
        sent_at = None if stamp is None else datetime.fromtimestamp(int(stamp), UTC)
        return replace(identify(self.name, incoming, "event"), sent_at=sent_at)

    def read(self, body: bytes, context: Context) -> tuple[Fact, ...]:
        """Read the history, the newest status and the expected date; raises ``UnreadableError``."""
        return read(body, Event(), lambda event: self._facts(event, context))

    def _facts(self, event: dict[str, Any], context: Context) -> tuple[Fact, ...]:
        if event["event"] != "track_updated":
            return ()
        told = Track().load(event.get("data") or {})
        if not told.get("tracking_number"):
            raise ValidationError("Which parcel?", "tracking_number")
        history = [*(told.get("tracking_history") or ()), told.get("tracking_status") or {}]
        scans = [_scan(one, context) for one in history]
        parcel = Parcel(
            told["tracking_number"],
            told.get("carrier"),
            tuple(one for one in scans if one),
            expected_by(told.get("eta")),
            context.told_at,
        )
        return facts_of(parcel, self.name, context)


def _parts(header: str) -> tuple[str | None, str]:
    """Return the timestamp in seconds, None where there is no sound one, and the signature."""
    found = dict(part.strip().partition("=")[::2] for part in header.split(",")[:10])
    stamp = found.get("t", "")
    sound = stamp.isascii() and stamp.isdecimal() and len(stamp) <= LONGEST_STAMP
    return stamp if sound else None, found.get("v1", "")


def _scan(told: dict[str, Any], context: Context) -> Scan | None:
    where = told.get("location") or {}
    place = (where.get("city"), where.get("state"), where.get("country"))
    status, closer = told.get("status"), (told.get("substatus") or {}).get("code")
    at = moment(told.get("status_date"), context.zone)
    return scan(CODES, at, f"{status}/{closer}", status, place=place, detail=told.get("status_details"))


PLUGIN = Shippo()
