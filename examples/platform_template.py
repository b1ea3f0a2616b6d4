"""Kasa: the state of a sale, signed in hexadecimal, and an interface that lists what changed.

Kasa is an invented shop system, and this file is all that Vefa needs to know of it. Copied to
``plugin/platforms/kasa.py`` it is found by itself.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlsplit

from marshmallow import EXCLUDE, Schema, ValidationError

from vefa.errors import SignatureError, UnreachableError, UnreadableError
from vefa.exchange import Shop
from vefa.facts import Fact, flatten
from vefa.fields import Amount, Due, Instant, Text, first_fault, parse_instant, parse_object
from vefa.platforms import (
    AccessKey,
    Context,
    Description,
    Fetched,
    Identity,
    Incoming,
    Page,
    Personal,
    Reading,
)
from vefa.platforms._asking import json_of

STATES = {"new": "placed", "paid": "paid", "sent": "shipped", "arrived": "delivered", "void": "cancelled"}
SALE_CHANGED, SALE_FETCHED = "sale", "sale.fetched"


class Sale(Schema):
    """A sale as Kasa writes it."""

    class Meta:
        """Unknown fields are ignored."""

        unknown = EXCLUDE

    id = Text(required=True)
    state = Text(40)
    changed_at = Instant(required=True)
    placed_at = Instant(allow_none=True)
    total = Amount(allow_none=True)
    currency = Text(3)
    deliver_by = Due(allow_none=True)
    buyer = Text()
    name = Text(300)
    email = Text(320)


SALE = Sale()


class Kasa:
    """Kasa's one topic, and its interface."""

    name = "kasa"
    statuses: Mapping[str, str] = STATES

    def describe(self) -> Description:
        """Return what Kasa sends, and what its interface asks for."""
        return Description(
            topics={
                SALE_CHANGED: "The order as it stands: what was bought, its promise, whether it left and arrived.",
                SALE_FETCHED: "The same, as Kasa answers it where events went missing.",
            },
            ignored={},
            personal=("name", "email"),
            headers=("x-kasa-signature",),
            access=(AccessKey("token"),),
        )

    def account(self, incoming: Incoming) -> str | None:
        """Return None: the address says which store it is."""
        return None

    def is_ping(self, incoming: Incoming) -> bool:
        """Say no: Kasa tries nothing."""
        return False

    def verify(self, incoming: Incoming, secrets: Sequence[str], now: datetime) -> None:
        """Check the HMAC-SHA256 of the raw body; raises ``SignatureError``."""
        given = incoming.headers.get("x-kasa-signature", "").encode("latin-1", "replace")
        expected = [
            hmac.new(one.encode(), incoming.body, hashlib.sha256).hexdigest().encode() for one in secrets
        ]
        if not any([hmac.compare_digest(one, given) for one in expected]):  # noqa: C419
            raise SignatureError("The signature does not fit the body.")

    def identify(self, incoming: Incoming, received_at: datetime) -> Identity:
        """Name the event by its bytes: Kasa has no event id, and a state told twice is one event."""
        return Identity(f"kasa:{hashlib.sha256(incoming.body).hexdigest()}", SALE_CHANGED)

    def read(self, body: bytes, context: Context) -> Reading:
        """Read a sale; raises ``UnreadableError`` that names the field at fault."""
        document = parse_object(body)
        try:
            sale = SALE.load(document)
        except ValidationError as error:
            raise UnreadableError(f"The sale cannot be read: {first_fault(error.messages)}") from error
        at = parse_instant(sale["changed_at"])
        states = {**STATES, **context.status_map}
        state = states.get(sale.get("state") or "", "unknown")
        rank = list(STATES.values()).index(state) if state in STATES.values() else 0
        holder = f"kasa:{sale['buyer']}" if sale.get("buyer") else f"order:kasa:{sale['id']}"
        values = flatten(
            {
                "placed": True,
                "platform_status": sale.get("state"),
                "state": state,
                "number": sale["id"],
                "placed_at": sale.get("placed_at"),
                "total": sale.get("total"),
                "currency": sale.get("currency"),
                "customer": {"holder": holder},
                "promise": {"deliver_by": sale.get("deliver_by"), "source": "checkout"},
            }
        )
        # A type that ends in .fetched says that the state may have been entered earlier than it was asked for.
        kind = "order.fetched" if context.topic == SALE_FETCHED else "order.updated"
        fact = Fact(f"order:kasa:{sale['id']}", context.key, kind, at, context.received_at, rank, values)
        known = {name: sale[name] for name in ("name", "email") if sale.get(name)}
        return Reading((fact,), (Personal(holder, at, rank, known),) if known else ())

    def base(self, account: str | None, url: str | None) -> str | None:
        """Return the address of Kasa's interface; None if it is no address."""
        split = urlsplit((url or "").strip())
        if split.scheme not in ("http", "https") or not split.hostname:
            return None
        return f"{split.scheme}://{split.netloc}"

    def fetch(self, shop: Shop, since: datetime | None, cursor: str | None) -> Page:
        """Return one page of the sales changed since an instant, the longest unchanged first."""
        query = {"changed_since": since.isoformat() if since else "", "after": cursor or ""}
        document = _asked(shop, "/sales", query)
        sales = document.get("sales") if isinstance(document, Mapping) else None
        if not isinstance(sales, list):
            raise UnreachableError("Kasa's list of sales is no list.")
        return Page(tuple(map(_fetched, sales)), document["next"] if sales else None)

    def fetch_one(self, shop: Shop, number: str) -> tuple[Fetched, ...]:
        """Return one sale, nothing where Kasa does not know it."""
        sale = _asked(shop, f"/sales/{quote(number, safe='')}", {})
        return (_fetched(sale),) if sale is not None else ()


def _asked(shop: Shop, path: str, query: Mapping[str, str]) -> Any:
    headers = {"Authorization": f"Bearer {shop.keys.get('token', '')}"}
    document, _ = json_of(shop, "GET", path, query=query, headers=headers)
    return document


def _fetched(sale: Any) -> Fetched:
    """Return a sale under a name that an equal answer has, too."""
    body = json.dumps(sale, sort_keys=True).encode()
    return Fetched(f"kasa:{SALE_FETCHED}:{hashlib.sha256(body).hexdigest()}", SALE_FETCHED, body)


PLUGIN = Kasa()
