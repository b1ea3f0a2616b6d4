"""Saleor: states of orders, told by a subscription of our own or in the older payload, signed by the store's key.

The sender tries again for five minutes with the same bytes, keeps no order and names no delivery; so a body is
stamped with its ``issuedAt``. After a 4xx it never tries again.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from marshmallow import ValidationError

from vefa.errors import SignatureError, UnreadableError
from vefa.exchange import Shop
from vefa.facts import Fact
from vefa.fields import first_fault, parse_instant, parse_json
from vefa.key_sets import is_key_set, known
from vefa.platforms import (
    Context,
    Description,
    Entry,
    Fetched,
    Identity,
    Incoming,
    Page,
    Personal,
    Reading,
    Trust,
    Visitor,
)
from vefa.platforms import _saleor_embed as embed
from vefa.platforms import _saleor_fetch as interface
from vefa.platforms import _saleor_schema as schema
from vefa.platforms._jwt import verify_detached_rs256
from vefa.platforms._saleor_keys import published_by
from vefa.platforms._saleor_legacy import translated
from vefa.platforms._saleor_order import FETCHED, STATUSES, UNDER_WAY, Snapshot
from vefa.platforms._saleor_topics import DESCRIPTION

ACCOUNT = re.compile(DESCRIPTION.account_pattern or "")
TOPIC = re.compile(r"[a-z_.]{1,60}")
TYPENAME = re.compile(r"[A-Za-z]{1,100}")
CAPITAL = re.compile(r"(?<!^)(?=[A-Z])")
HEX_DIGEST = re.compile(r"[0-9a-f]{64}")
LONGEST = 100


class Saleor:
    """Saleor's events about orders and fulfillments, its GraphQL interface, and sign-in from its dashboard."""

    name = "saleor"
    statuses: Mapping[str, str] = STATUSES
    entry: Entry = embed.ENTRY

    def describe(self) -> Description:
        """Return Saleor's events, each with its use or the reason why it is passed over."""
        return DESCRIPTION

    def account(self, incoming: Incoming) -> str | None:
        """Return the host of the store's interface, in lower case."""
        url = incoming.headers.get("saleor-api-url", "")
        try:
            domain = urlsplit(url).netloc if url else incoming.headers.get("saleor-domain", "")
        except ValueError:
            return None
        domain = domain.strip().lower()
        return domain if ACCOUNT.fullmatch(domain) else None

    def is_ping(self, incoming: Incoming) -> bool:
        """Say no: Saleor tries nothing."""
        return False

    def verify(self, incoming: Incoming, secrets: Sequence[str], now: datetime) -> None:
        """Check ``Saleor-Signature``: a detached JWS by the store's published key, or the older HMAC-SHA256 in hex.

        Neither has a timestamp. Source: docs.saleor.io, "Payload signature". Raises ``SignatureError``, and
        ``StaleKeysError`` where the key is none of those that are known.
        """
        given = incoming.headers.get("saleor-signature", "")
        if "." in given:
            verify_detached_rs256(given, incoming.body, known(secrets, now))
            return
        digests = [
            hmac.digest(secret.encode(), incoming.body, "sha256").hex()
            for secret in secrets
            if not is_key_set(secret)
        ]
        found = [hmac.compare_digest(one.encode(), given.encode("latin-1", "replace")) for one in digests]
        if not HEX_DIGEST.fullmatch(given) or not any(found):
            raise SignatureError("The signature does not fit the body.")

    def identify(self, incoming: Incoming, received_at: datetime) -> Identity:
        """Name the event by its kind, its object, ``issuedAt`` and the body's digest.

        The body names its kind where a query of its own was answered; the header, which nobody signs, only where the
        older payload does not.
        """
        digest = hashlib.sha256(incoming.body).hexdigest()[:32]
        event = _event(incoming.body)
        topic = _kind(event) or incoming.headers.get("saleor-event", "").strip().lower()
        if not TOPIC.fullmatch(topic):
            topic = "unknown"
        issued = event.get("issuedAt") or _part(event, "meta").get("issued_at")
        named = _part(event, "fulfillment") or _part(event, "order") or event
        try:
            sent_at = parse_instant(issued) if isinstance(issued, str) else None
        except ValueError:
            sent_at = None
        when = sent_at.isoformat() if sent_at else ""
        return Identity(f"saleor:{topic}:{_short(named.get('id'))}:{when}:{digest}", topic, sent_at)

    def read(self, body: bytes, context: Context) -> Reading:
        """Read an order, or the orders of a body, by either of Saleor's forms; other topics are counted.

        Raises ``UnreadableError`` that names the field at fault.
        """
        document = parse_json(body)
        if context.topic not in DESCRIPTION.topics:
            return Reading()
        try:
            return _read(document, context)
        except ValidationError as error:
            raise UnreadableError(f"The event cannot be read: {first_fault(error.messages)}") from error

    def keys_of(self, shop: Shop) -> str:
        """Return the keys that the store publishes at ``/.well-known/jwks.json``."""
        return published_by(shop)

    def base(self, account: str | None, url: str | None) -> str | None:
        """Return the origin of Saleor's interface from its address or domain; None if it is no address."""
        return interface.base_of(account, url)

    def fetch(self, shop: Shop, since: datetime | None, cursor: str | None) -> Page:
        """Return one page of what changed; source: Saleor's ``orders`` query, by ``updatedAt``."""
        return interface.page_of(shop, since, cursor)

    def fetch_one(self, shop: Shop, number: str) -> tuple[Fetched, ...]:
        """Return one order as Saleor answers it, nothing where it does not know it."""
        return interface.one_of(shop, number)

    def visitor(self, token: str, trust: Trust, now: datetime) -> Visitor:
        """Return whom a token of the dashboard names; raises ``SignatureError``."""
        return embed.visitor_of(token, trust, now)

    def frames(self, account: str | None, url: str | None) -> tuple[str, ...]:
        """Return the origin of the dashboard."""
        return embed.frames_of(url or self.base(account, None))

    def claimed(self, token: str) -> str | None:
        """Return the domain that a token says it comes from, to be believed after the signature alone."""
        return embed.claimed_by(token)


def _read(document: Any, context: Context) -> Reading:
    if isinstance(document, list):
        document = translated(document)
    if not isinstance(document, dict):
        raise UnreadableError("The body is not a JSON object.")
    if context.topic in (FETCHED, UNDER_WAY):
        return Snapshot(schema.UnderWay.load(document)["order"], context, None).reading()
    shape = schema.EventOfMany if "orders" in document else schema.EventOfOne
    event = shape.load(document)
    issued = event.get("issuedAt")
    at = datetime.fromisoformat(issued) if issued else context.sent_at
    orders = event["orders"] if "orders" in event else [event["order"]]
    facts: list[Fact] = []
    personal: list[Personal] = []
    for order in orders:
        said = Snapshot(order, context, at).reading()
        facts += said.facts
        personal += said.personal
    return Reading(tuple(facts), tuple(personal))


def _event(body: bytes) -> Mapping[str, Any]:
    """Return the object that tells of the event, or an empty one where it cannot be read."""
    try:
        document = parse_json(body)
    except UnreadableError:
        return {}
    if isinstance(document, list) and document:
        document = document[0]
    return document if isinstance(document, Mapping) else {}


def _kind(event: Mapping[str, Any]) -> str | None:
    """Return ``OrderFullyPaid`` as ``order_fully_paid``, the name by which the header has it."""
    name = event.get("__typename")
    known_form = isinstance(name, str) and TYPENAME.fullmatch(name)
    return CAPITAL.sub("_", str(name)).lower() if known_form else None


def _part(event: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = event.get(name)
    return value if isinstance(value, Mapping) else {}


def _short(value: object) -> str:
    return value[:LONGEST] if isinstance(value, str) and value.isprintable() else ""


PLUGIN = Saleor()
