"""ShipEngine, also behind ShipStation: a parcel with its events, signed by RSA with keys that it publishes.

Sources: ShipEngine's documentation of tracking, of webhooks' schemas and of their verification. One key serves every
account of ShipEngine: the signature says who sent an event, not for which store.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from marshmallow import ValidationError, fields

from vefa.carriers import Context, Description, Fact, Identity, Incoming
from vefa.carriers._scans import UNKNOWN, Parcel, Scan, expected_by, facts_of, meaning, moment, scan
from vefa.carriers._shapes import AT_MOST, Shape, code, read, when, words
from vefa.carriers._signing import check_age, identify
from vefa.errors import SignatureError, StaleKeysError
from vefa.fields import Text, parse_instant
from vefa.jwks import public_keys
from vefa.key_sets import known

KEYS_URL = "https://api.shipengine.com/jwks"
HEADERS = ("x-shipengine-rsa-sha256-key-id", "x-shipengine-rsa-sha256-signature", "x-shipengine-timestamp")
LONGEST_SIGNATURE, LONGEST_STAMP = 2000, 40
SECONDS = re.compile(r"\d{9,11}", re.ASCII)
# The carrier stands in the address of the parcel, in one of two ways.
CARRIER = re.compile(r"(?:[?&]carrier_code=|/tracking/)([a-z0-9_-]{1,40})(?:[&/]|$)")
# Status codes, and the detail codes that say something else than the status beside them does.
CODES: Mapping[str, str | None] = MappingProxyType(
    {
        "AC": "label_created",
        "IT": "in_transit",
        "DE": "delivered",
        "EX": "exception",
        "AT": "attempted",
        "SP": "available_for_pickup",
        "NY": None,
        "OUT_FOR_DELIVERY": "out_for_delivery",
        "AWAITING_COLLECTION_FROM_PICKUP_POINT": "available_for_pickup",
        "COLLECT_AT_LOCAL_PO": "available_for_pickup",
        "CUSTOMER_TO_COLLECT_FROM_CARRIER": "available_for_pickup",
        "DELIVERED_TO_LOCKER_COLLECTION_POINT": "available_for_pickup",
        "COLLECTION_MADE": "in_transit",
        "RECEIVED_BY_CARRIER": "in_transit",
        "CARRIER_DELAYS": "exception",
        "HELD_BY_CUSTOMS": "exception",
        "MISSORTED": "exception",
        "ROUTING_ERROR": "exception",
        "RETURN_TO_SENDER": "returning",
        "PARCEL_LOST": "lost",
    }
)


class Told(Shape):
    """One scan; older bodies call its moment ``event_date``."""

    occurred_at = when()
    event_date = when()
    description = words()
    status_code = code()
    status_detail_code = code()
    event_code = code()
    city_locality = words()
    state_province = words()
    country_code = words()


class Data(Shape):
    """A parcel."""

    tracking_number = Text(100)
    status_code = code()
    status_detail_code = code()
    estimated_delivery_date = when()
    actual_delivery_date = when()
    events = fields.List(fields.Nested(Told()), allow_none=True, validate=AT_MOST)


class Event(Shape):
    """What is posted."""

    resource_type = Text(100, required=True)
    resource_url = Text(2000)
    data = fields.Raw(allow_none=True)


class ShipEngine:
    """ShipEngine's tracking events; the others are passed over."""

    name = "shipengine"

    def describe(self) -> Description:
        """Return what ShipEngine sends."""
        return Description("ShipEngine", CODES, HEADERS, keys_url=KEYS_URL)

    def verify(self, incoming: Incoming, secrets: Sequence[str], now: datetime) -> None:
        """Check the RSA-SHA256 signature (PKCS #1 v1.5) over the timestamp, a dot and the raw body, and its age.

        ``secrets`` are key sets as ShipEngine publishes them. Raises ``StaleKeysError`` if the key is in none of
        them, ``SignatureError`` for what is wrong otherwise.
        """
        name, signature, stamp = (incoming.headers.get(header, "") for header in HEADERS)
        signed_at = _instant(stamp)
        if signed_at is None or not name or not signature or len(signature) > LONGEST_SIGNATURE:
            raise SignatureError("The headers of ShipEngine's signature are missing or malformed.")
        check_age(signed_at, now)
        keys = [key for published in known(secrets, now) for key in public_keys(published, name)]
        if not keys:
            raise StaleKeysError("The key that signed is not known here.")
        try:
            given = base64.b64decode(signature, validate=True)
        except (binascii.Error, ValueError) as error:
            raise SignatureError("The signature is not base64.") from error
        for key in keys:
            try:
                key.verify(given, f"{stamp}.".encode() + incoming.body, PKCS1v15(), SHA256())
            except InvalidSignature:
                continue
            return
        raise SignatureError("The signature does not fit the body.")

    def identify(self, incoming: Incoming, received_at: datetime) -> Identity:
        """Name the event by its bytes; the signed timestamp says when it was sent."""
        sent_at = _instant(incoming.headers.get(HEADERS[2], ""))
        return replace(identify(self.name, incoming, "resource_type"), sent_at=sent_at)

    def read(self, body: bytes, context: Context) -> tuple[Fact, ...]:
        """Read the events, the newest status and the expected date; raises ``UnreadableError``."""
        return read(body, Event(), lambda event: self._facts(event, context))

    def _facts(self, event: dict[str, Any], context: Context) -> tuple[Fact, ...]:
        if event["resource_type"] != "API_TRACK":
            return ()
        told = Data().load(event.get("data") or {})
        if not told.get("tracking_number"):
            raise ValidationError("Which parcel?", "tracking_number")
        carrier = CARRIER.search(event.get("resource_url") or "")
        parcel = Parcel(
            told["tracking_number"],
            carrier[1] if carrier else None,
            tuple(_scans(told, context)),
            expected_by(told.get("estimated_delivery_date")),
            context.told_at,
        )
        return facts_of(parcel, self.name, context)


def _scans(told: dict[str, Any], context: Context) -> list[Scan]:
    """Return the events; the newest one takes the parcel's status where it has none of its own."""
    found = [one for event in told.get("events") or () if (one := _scan(event, context))]
    codes = (told.get("status_detail_code"), told.get("status_code"))
    newest = max(found, key=lambda one: one.at, default=None)
    if newest is None:
        arrived = moment(told.get("actual_delivery_date"), context.zone)
        alone = scan(CODES, arrived, *codes) if told.get("status_code") == "DE" else None
        return [alone] if alone else []
    status = meaning(CODES, *codes) if newest.status == UNKNOWN else None
    return [replace(one, status=status) if status and one is newest else one for one in found]


def _scan(told: dict[str, Any], context: Context) -> Scan | None:
    at = moment(told.get("occurred_at") or told.get("event_date"), context.zone)
    place = (told.get("city_locality"), told.get("state_province"), told.get("country_code"))
    codes = (told.get("status_detail_code"), told.get("status_code"), told.get("event_code"))
    known = scan(CODES, at, *codes[:2], place=place, detail=told.get("description"))
    if known and known.status == UNKNOWN:
        return replace(known, code=next((one for one in codes if one), ""))
    return known


def _instant(stamp: str) -> datetime | None:
    """Read a timestamp, ISO 8601 with an offset or seconds since 1970, or None."""
    if SECONDS.fullmatch(stamp):
        return datetime.fromtimestamp(int(stamp), UTC)
    try:
        return parse_instant(stamp) if len(stamp) <= LONGEST_STAMP else None
    except ValueError:
        return None


PLUGIN = ShipEngine()
