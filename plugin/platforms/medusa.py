"""Medusa 2: the events of the subscriber that a store adds, signed by the Standard Webhooks scheme.

Medusa itself sends nothing. Its own events name an object; the subscriber loads the order behind it and sends the
order as it stands, so every part of a body is stamped with that part's own date.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any

from marshmallow import ValidationError

from vefa.errors import UnreadableError
from vefa.exchange import Shop
from vefa.fields import first_fault, parse_instant, parse_object
from vefa.platforms import Context, Description, Fetched, Identity, Incoming, Page, Personal, Reading
from vefa.platforms import _medusa_fetch as interface
from vefa.platforms._medusa_order import Snapshot, holder_of, person_of
from vefa.platforms._medusa_schema import Customer, Envelope
from vefa.platforms._medusa_topics import CUSTOMER, DESCRIPTION
from vefa.platforms._standard_webhooks import verify_standard

LONGEST_TOPIC, LONGEST_ID = 60, 100


class Medusa:
    """Medusa's events about orders, payments, parcels, returns and customers, and its Admin API."""

    name = "medusa"
    statuses: Mapping[str, str] = MappingProxyType({})

    def describe(self) -> Description:
        """Return Medusa's events, each with its use or the reason why it is passed over."""
        return DESCRIPTION

    def account(self, incoming: Incoming) -> str | None:
        """Return None: the address says which store it is."""
        return None

    def is_ping(self, incoming: Incoming) -> bool:
        """Say no: the subscriber tries nothing."""
        return False

    def verify(self, incoming: Incoming, secrets: Sequence[str], now: datetime) -> None:
        """Check the subscriber's signature, which is of the Standard Webhooks scheme; raises ``SignatureError``."""
        verify_standard(incoming, secrets, now)

    def identify(self, incoming: Incoming, received_at: datetime) -> Identity:
        """Name the event by its kind, the subscriber's id of it, and the body's digest.

        Trying again sends the same id and bytes; two bodies under one id would be two events.
        """
        try:
            document = parse_object(incoming.body)
        except UnreadableError:
            document = {}
        event = document.get("event")
        topic = event[:LONGEST_TOPIC] if isinstance(event, str) and event else "unknown"
        digest = hashlib.sha256(incoming.body).hexdigest()[:32]
        identity = incoming.headers.get("webhook-id", "")[:LONGEST_ID]
        return Identity(f"medusa:{topic}:{identity}:{digest}", topic, _sent_at(document))

    def read(self, body: bytes, context: Context) -> Reading:
        """Read an order with its parts, or a customer; other topics are counted.

        Raises ``UnreadableError`` that names the field at fault.
        """
        document = parse_object(body)
        if context.topic not in DESCRIPTION.topics:
            return Reading()
        try:
            if context.topic == CUSTOMER:
                return _person(Customer.load(document)["customer"], context)
            envelope = Envelope.load(document)
        except ValidationError as error:
            raise UnreadableError(f"The event cannot be read: {first_fault(error.messages)}") from error
        if envelope["order"] is None:
            return Reading(reread=_named(envelope.get("data") or {}))
        return Snapshot(envelope["order"], context).reading()

    def base(self, account: str | None, url: str | None) -> str | None:
        """Return the Medusa server's address, which is not the storefront's; None if it is no address."""
        return interface.base_of(url)

    def fetch(self, shop: Shop, since: datetime | None, cursor: str | None) -> Page:
        """Return one page of what changed: orders, then orders whose payments changed alone.

        Source: Medusa's Admin API, ``GET /admin/orders`` and ``GET /admin/payments``.
        """
        return interface.page_of(shop, since, cursor)

    def fetch_one(self, shop: Shop, number: str) -> tuple[Fetched, ...]:
        """Return one order as the Admin API answers it, nothing where it does not know it."""
        return interface.one_of(shop, number)


def _sent_at(document: Mapping[str, Any]) -> datetime | None:
    metadata = document.get("metadata")
    told = metadata.get("created_at") if isinstance(metadata, Mapping) else None
    try:
        return parse_instant(told) if isinstance(told, str) else None
    except ValueError:
        return None


def _named(data: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the order that an event names, where the subscriber could not load it."""
    for name in ("order_id", "id"):
        number = data.get(name)
        if isinstance(number, str) and number.startswith("order_") and len(number) <= LONGEST_ID:
            return (number,)
    return ()


def _person(customer: Mapping[str, Any], context: Context) -> Reading:
    at = customer.get("updated_at")
    when = datetime.fromisoformat(at) if at else context.sent_at or context.received_at
    return Reading((), (Personal(holder_of(customer["id"]), when, 1, person_of(customer)),))


PLUGIN = Medusa()
