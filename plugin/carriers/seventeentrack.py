"""17TRACK: a parcel with the events of every carrier that had it, signed with the API key.

Sources: 17TRACK's documentation of its tracking API, versions 2.2 and 2.4.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any

from marshmallow import fields

from vefa.carriers import Context, Description, Fact, Identity, Incoming
from vefa.carriers._scans import UNKNOWN, Parcel, Scan, expected_by, facts_of, moment, scan
from vefa.carriers._shapes import AT_MOST, Shape, code, read, when, words
from vefa.carriers._signing import check, identify
from vefa.fields import Text

# Main statuses and stages, and the sub-statuses that say something else than their main status does.
CODES: Mapping[str, str | None] = MappingProxyType(
    {
        "InfoReceived": "label_created",
        "PickedUp": "in_transit",
        "Departure": "in_transit",
        "Arrival": "in_transit",
        "InTransit": "in_transit",
        "AvailableForPickup": "available_for_pickup",
        "OutForDelivery": "out_for_delivery",
        "DeliveryFailure": "attempted",
        "DeliveryFailure_InvalidAddress": "exception",
        "Delivered": "delivered",
        "Exception": "exception",
        "Exception_Returning": "returning",
        "Exception_Returned": "returned",
        "Exception_Lost": "lost",
        "Returning": "returning",
        "Returned": "returned",
        "NotFound": None,
        "Expired": None,
    }
)


class Told(Shape):
    """One scan, or the latest one; ``stage`` is null where it is no milestone."""

    time_utc = when()
    time_iso = when()
    description = words()
    location = words()
    stage = code()
    sub_status = code()


class Carrier(Shape):
    """Who followed the parcel."""

    name = code()


class Provider(Shape):
    """One carrier's events."""

    provider = fields.Nested(Carrier(), allow_none=True)
    events = fields.List(fields.Nested(Told()), allow_none=True, validate=AT_MOST)


class Providers(Shape):
    """Every carrier's events."""

    providers = fields.List(fields.Nested(Provider()), allow_none=True, validate=AT_MOST)


class Status(Shape):
    """How the parcel stands."""

    status = code()
    sub_status = code()


class Days(Shape):
    """A first and a last day."""

    to = when()


class Metrics(Shape):
    """What is counted in days."""

    estimated_delivery_date = fields.Nested(Days(), allow_none=True)


class Info(Shape):
    """What is known of a parcel."""

    latest_status = fields.Nested(Status(), allow_none=True)
    latest_event = fields.Nested(Told(), allow_none=True)
    time_metrics = fields.Nested(Metrics(), allow_none=True)
    tracking = fields.Nested(Providers(), allow_none=True)


class Data(Info):
    """A parcel; what is known of it stands in ``track_info`` and, in some bodies, beside it."""

    number = Text(100, required=True)
    track_info = fields.Nested(Info(), allow_none=True)


class Event(Shape):
    """What is posted."""

    event = Text(100, required=True)
    data = fields.Nested(Data(), required=True)


class SeventeenTrack:
    """17TRACK's updates; that a parcel is no longer followed says nothing of it."""

    name = "17track"

    def describe(self) -> Description:
        """Return what 17TRACK sends."""
        return Description("17TRACK", CODES, ("sign",), gives_secret=True)

    def verify(self, incoming: Incoming, secrets: Sequence[str], now: datetime) -> None:
        """Check ``sign``, the SHA-256 of the raw body, a slash and the API key, in hexadecimal; without a timestamp.

        Raises ``SignatureError``.
        """
        digests = (hashlib.sha256(incoming.body + b"/" + secret.encode()) for secret in secrets)
        check(incoming.headers.get("sign", "").lower(), [one.hexdigest().encode() for one in digests])

    def identify(self, incoming: Incoming, received_at: datetime) -> Identity:
        """Name the event by its bytes."""
        return identify(self.name, incoming, "event")

    def read(self, body: bytes, context: Context) -> tuple[Fact, ...]:
        """Read every carrier's events and the expected day; raises ``UnreadableError``."""
        return read(body, Event(), lambda event: self._facts(event["data"], context))

    def _facts(self, told: dict[str, Any], context: Context) -> tuple[Fact, ...]:
        info = told | (told.get("track_info") or {})
        days = (info.get("time_metrics") or {}).get("estimated_delivery_date") or {}
        providers = (info.get("tracking") or {}).get("providers") or ()
        names = [(one.get("provider") or {}).get("name") for one in providers]
        parcel = Parcel(
            told["number"],
            next((name for name in names if name), None),
            tuple(_scans(info, providers, context)),
            expected_by(days.get("to")),
            context.told_at,
        )
        return facts_of(parcel, self.name, context)


def _scans(info: dict[str, Any], providers: Sequence[dict[str, Any]], context: Context) -> list[Scan]:
    """Return the events; the latest one is told twice, and may have a word of its own only beside the status."""
    status, last = info.get("latest_status") or {}, info.get("latest_event") or {}
    codes = (status.get("sub_status"), _main(status.get("sub_status")), status.get("status"))
    latest = _scan(last, context, *codes)
    told = [event for one in providers for event in one.get("events") or ()]
    found = [scanned for event in told if (scanned := _scan(event, context, *_codes(event)))]
    if latest is None:
        return found
    same = [one for one in found if (one.at, one.detail) == (latest.at, latest.detail)]
    if any(one.status == latest.status for one in same):
        return found
    return [one for one in found if one not in same or one.status != UNKNOWN] + [latest]


def _codes(told: dict[str, Any]) -> tuple[str | None, ...]:
    return told.get("sub_status"), _main(told.get("sub_status")), told.get("stage")


def _main(sub_status: str | None) -> str | None:
    return sub_status.partition("_")[0] if sub_status else None


def _scan(told: dict[str, Any], context: Context, *codes: str | None) -> Scan | None:
    at = moment(told.get("time_utc") or told.get("time_iso"), context.zone)
    return scan(CODES, at, *codes, place=(told.get("location"),), detail=told.get("description"))


PLUGIN = SeventeenTrack()
