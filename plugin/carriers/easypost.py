"""EasyPost: a tracker with all its details, signed by HMAC.

Sources: EasyPost's documentation of trackers and webhooks, and its client libraries. Of the header
``X-Hmac-Signature-V2`` no two descriptions agree, so that it is left alone; the older one comes beside it.
"""

from __future__ import annotations

import hmac
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any

from marshmallow import ValidationError, fields

from vefa.carriers import Context, Description, Fact, Identity, Incoming
from vefa.carriers._scans import Parcel, Scan, expected_by, facts_of, moment, scan
from vefa.carriers._shapes import AT_MOST, Shape, code, read, when, words
from vefa.carriers._signing import check, identify
from vefa.fields import Text

HEADER, PREFIX = "x-hmac-signature", "hmac-sha256-hex="
# Statuses, and the details that say something else than the status beside them does.
CODES: Mapping[str, str | None] = MappingProxyType(
    {
        "pre_transit": "label_created",
        "in_transit": "in_transit",
        "out_for_delivery": "out_for_delivery",
        "available_for_pickup": "available_for_pickup",
        "delivered": "delivered",
        "return_to_sender": "returning",
        "failure": "exception",
        "cancelled": "exception",
        "arrived_at_pickup_location": "available_for_pickup",
        "address_correction": "exception",
        "awaiting_information": "exception",
        "damaged": "exception",
        "delayed": "exception",
        "delivery_exception": "exception",
        "held": "exception",
        "label_created": "label_created",
        "lost": "lost",
        "missorted": "exception",
        "refused": "exception",
        "return": "returning",
        "transit_exception": "exception",
        "weather_delay": "exception",
    }
)


class Place(Shape):
    """Where a scan was made."""

    city = words()
    state = words()
    country = words()


class Detail(Shape):
    """One scan."""

    status = code()
    status_detail = code()
    message = words()
    datetime = when()
    tracking_location = fields.Nested(Place(), allow_none=True)


class CarrierDetail(Shape):
    """What the carrier alone knows."""

    est_delivery_date_local = when()


class Tracker(Shape):
    """A parcel that is followed; other results have no tracking code."""

    tracking_code = Text(100)
    carrier = code()
    est_delivery_date = when()
    updated_at = when()
    carrier_detail = fields.Nested(CarrierDetail(), allow_none=True)
    tracking_details = fields.List(fields.Nested(Detail()), allow_none=True, validate=AT_MOST)


class Event(Shape):
    """What is posted."""

    description = Text(100, required=True)
    result = fields.Raw(allow_none=True)


class EasyPost:
    """EasyPost's tracker events; the others are passed over."""

    name = "easypost"

    def describe(self) -> Description:
        """Return what EasyPost sends."""
        return Description("EasyPost", CODES, (HEADER,))

    def verify(self, incoming: Incoming, secrets: Sequence[str], now: datetime) -> None:
        """Check ``X-Hmac-Signature``, the HMAC-SHA256 of the raw body in hexadecimal, without a timestamp.

        The secret is brought into Unicode's form NFKD first. Raises ``SignatureError``.
        """
        keys = [unicodedata.normalize("NFKD", secret).encode() for secret in secrets]
        digests = (hmac.digest(key, incoming.body, "sha256").hex() for key in keys)
        check(incoming.headers.get(HEADER, ""), [f"{PREFIX}{one}".encode() for one in digests])

    def identify(self, incoming: Incoming, received_at: datetime) -> Identity:
        """Name the event by its bytes."""
        return identify(self.name, incoming, "description")

    def read(self, body: bytes, context: Context) -> tuple[Fact, ...]:
        """Read a tracker's details and the carrier's expected date; raises ``UnreadableError``."""
        return read(body, Event(), lambda event: self._facts(event, context))

    def _facts(self, event: dict[str, Any], context: Context) -> tuple[Fact, ...]:
        if not event["description"].startswith("tracker."):
            return ()
        told = Tracker().load(event.get("result") or {})
        if not told.get("tracking_code"):
            raise ValidationError("Which parcel?", "tracking_code")
        scans = [_scan(one, context) for one in told.get("tracking_details") or ()]
        at = moment(told.get("updated_at"), context.zone) or context.told_at
        parcel = Parcel(
            told["tracking_code"],
            told.get("carrier"),
            tuple(one for one in scans if one),
            _expected(told),
            at,
        )
        return facts_of(parcel, self.name, context)


def _scan(told: dict[str, Any], context: Context) -> Scan | None:
    where = told.get("tracking_location") or {}
    place = (where.get("city"), where.get("state"), where.get("country"))
    at = moment(told.get("datetime"), context.zone)
    return scan(
        CODES, at, told.get("status_detail"), told.get("status"), place=place, detail=told.get("message")
    )


def _expected(told: dict[str, Any]) -> str | None:
    local = (told.get("carrier_detail") or {}).get("est_delivery_date_local")
    return expected_by(local or told.get("est_delivery_date"))


PLUGIN = EasyPost()
