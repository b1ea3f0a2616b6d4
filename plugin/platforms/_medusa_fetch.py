"""Asks Medusa's Admin API what changed: orders by their own date, and those whose payments changed alone.

Pages are cut by date, not by number, since an order that changes while pages are read moves to the end and would make
the others slip by one; several objects of one instant are told apart by an offset.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlsplit

from vefa.errors import UnreachableError
from vefa.exchange import Shop
from vefa.fields import parse_instant
from vefa.platforms import Fetched, Page
from vefa.platforms._asking import json_of
from vefa.platforms._medusa_topics import FETCHED

ORDERS, PAYMENTS = "orders", "payments"
MOST = 20  # as many ids as one query may name
FIELDS = ",".join(
    (
        "id,display_id,custom_display_id,status,version,is_draft_order,email,currency_code,locale,customer_id",
        "metadata,created_at,updated_at,canceled_at,total,credit_line_total,shipping_total",
        "*items,*shipping_address,*billing_address,*customer,*shipping_methods",
        "*payment_collections,*payment_collections.payments,*payment_collections.payments.refunds",
        "*fulfillments,*fulfillments.items,*fulfillments.labels,*returns,*returns.items",
    )
)
BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Place:
    """Where the reading of changes stands: what is listed, from which instant on, and how many of it are known."""

    listed: str
    since: datetime
    offset: int = 0

    @property
    def cursor(self) -> str:
        """The place as text."""
        return f"{self.listed}|{self.since.isoformat()}|{self.offset}"


def place_of(cursor: str) -> Place:
    """Read a cursor; raises ``ValueError`` where it is none."""
    listed, since, offset = cursor.split("|")
    return Place(listed, datetime.fromisoformat(since), int(offset))


def base_of(url: str | None) -> str | None:
    """Return the address of a Medusa server without the paths of its interfaces, or None if it is no address."""
    split = urlsplit((url or "").strip())
    try:
        port = f":{split.port}" if split.port else ""
    except ValueError:
        return None
    if split.scheme not in ("http", "https") or not split.hostname or split.username or split.query:
        return None
    path = split.path.rstrip("/")
    for ending in ("/app", "/admin", "/store"):
        path = path.removesuffix(ending)
    host = f"[{split.hostname}]" if ":" in split.hostname else split.hostname
    return f"{split.scheme}://{host}{port}{path}"


def page_of(shop: Shop, since: datetime | None, cursor: str | None) -> Page:
    """Return a page of orders: those changed since an instant, then those whose payments changed since."""
    start = since or BEGINNING
    place = place_of(cursor) if cursor else Place(ORDERS, start)
    if place.listed == ORDERS:
        found = _list(shop, ORDERS, _changed(place) | {"fields": FIELDS})
        # All of history needs no second look: each order tells of its payments.
        after = Place(PAYMENTS, start) if since else None
        return Page(tuple(map(fetched, found)), _next(place, found, after))
    paid = _list(shop, PAYMENTS, _changed(place) | {"fields": "id,updated_at,payment_collection.order.id"})
    bodies = tuple(map(fetched, _named(shop, sorted({*_orders_in(paid)}))))
    return Page(bodies, _next(place, paid, None))


def one_of(shop: Shop, number: str) -> tuple[Fetched, ...]:
    """Return one order, nothing where the store does not know it."""
    document, _ = json_of(
        shop,
        "GET",
        f"/admin/orders/{quote(number, safe='')}",
        query={"fields": FIELDS},
        headers=_signed_in(shop),
    )
    if document is None:
        return ()
    return (fetched(_object(document, "order")),)


def fetched(order: Mapping[str, Any]) -> Fetched:
    """Return an order as it was answered; an equal answer has an equal name."""
    body = json.dumps({"order": order}, sort_keys=True).encode()
    digest = hashlib.sha256(body).hexdigest()
    return Fetched(f"medusa:{FETCHED}:{digest}", FETCHED, body, _date_of(order))


def _signed_in(shop: Shop) -> dict[str, str]:
    """Return the header of a secret key, which is a user name without a password."""
    return {
        "Authorization": "Basic " + base64.b64encode(f"{shop.keys.get('api_key', '')}:".encode()).decode()
    }


def _changed(place: Place) -> dict[str, str]:
    since = place.since.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return {
        "updated_at[$gte]": since,
        "order": "updated_at",
        "limit": str(MOST),
        "offset": str(place.offset),
    }


def _list(shop: Shop, listed: str, query: Mapping[str, str]) -> Sequence[Mapping[str, Any]]:
    document, _ = json_of(shop, "GET", f"/admin/{listed}", query=query, headers=_signed_in(shop))
    found = document.get(listed) if isinstance(document, Mapping) else None
    if not isinstance(found, list) or not all(isinstance(one, Mapping) for one in found):
        raise UnreachableError(f"The store's list of {listed} is no list.")
    return found


def _named(shop: Shop, numbers: Sequence[str]) -> Sequence[Mapping[str, Any]]:
    if not numbers:
        return ()
    named = {f"id[{place}]": number for place, number in enumerate(numbers)}
    return _list(shop, ORDERS, named | {"fields": FIELDS, "limit": str(MOST)})


def _orders_in(payments: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for payment in payments:
        collection = payment.get("payment_collection")
        order = collection.get("order") if isinstance(collection, Mapping) else None
        number = order.get("id") if isinstance(order, Mapping) else None
        if isinstance(number, str) and number:
            yield number


def _next(place: Place, found: Sequence[Mapping[str, Any]], after: Place | None) -> str | None:
    if len(found) < MOST:
        return after.cursor if after else None
    last = _date_of(found[-1])
    if last is None or last <= place.since:
        return Place(place.listed, place.since, place.offset + len(found)).cursor
    # What shares the last instant is answered again, which does no harm.
    return Place(place.listed, last).cursor


def _date_of(document: Mapping[str, Any]) -> datetime | None:
    try:
        return parse_instant(str(document.get("updated_at")))
    except ValueError:
        return None


def _object(document: Any, name: str) -> Mapping[str, Any]:
    found = document.get(name) if isinstance(document, Mapping) else None
    if not isinstance(found, Mapping):
        raise UnreachableError(f"The store's answer holds no {name}.")
    return found
