"""Short ways to say what happened: facts, canonical events and WooCommerce's snapshots, read as in the program."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from vefa.facts import Fact
from vefa.inbound import Request
from vefa.orders.fold import fold
from vefa.orders.order import Order
from vefa.platforms import Context, platforms

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
START = datetime(2026, 3, 2, 10, tzinfo=UTC)  # a Monday
SECRET = "whsec_" + base64.b64encode(b"a secret for tests alone").decode()


def on(day: float, **more: float) -> datetime:
    """Return the instant so many days after START."""
    return START + timedelta(days=day, **more)


def fact(
    at: datetime = START, rank: int = 0, kind: str = "t", learned_at: datetime | None = None, **values: Any
) -> Fact:
    """Return a fact; double underscores in names stand for slashes in paths."""
    paths = {name.replace("__", "/"): value for name, value in values.items()}
    return Fact("order:x:1", f"{at}{rank}{kind}{paths}", kind, at, learned_at or at, rank, paths)


def event(kind: str, at: datetime = START, /, name: str | None = None, **data: Any) -> dict[str, Any]:
    """Return a canonical event."""
    content = json.dumps(data, sort_keys=True, default=str).encode()
    identity = name or f"{kind}@{at.isoformat()}#{hashlib.sha256(content).hexdigest()[:16]}"
    return {"id": identity, "type": kind, "timestamp": at.isoformat(), "data": data}


def placed(
    at: datetime = START, order_id: str = "1", deliver_by: str | None = None, **order: Any
) -> dict[str, Any]:
    """Return an order with one line, paid, that was placed at ``at``."""
    document = {"id": order_id, "placed_at": at.isoformat(), "lines": [{"id": "L1", "quantity": 1}]}
    if deliver_by:
        document["promise"] = {"deliver_by": deliver_by}
    return event("order.placed", at, order=document | order)


def said(kind: str, at: datetime, /, order_id: str = "1", **data: Any) -> dict[str, Any]:
    """Return an event about an order."""
    return event(kind, at, order_id=order_id, **data)


def parcel(what: str, at: datetime, /, name: str = "S1", order_id: str = "1", **data: Any) -> dict[str, Any]:
    """Return an event about a shipment."""
    return event(f"shipment.{what}", at, order_id=order_id, shipment_id=name, **data)


def snapshot(status: str, at: datetime, order_id: int = 1, **more: Any) -> dict[str, Any]:
    """Return a WooCommerce order as it stood at ``at``."""
    return {
        "id": order_id,
        "status": status,
        "date_created_gmt": START.strftime("%Y-%m-%dT%H:%M:%S"),
        "date_modified_gmt": at.strftime("%Y-%m-%dT%H:%M:%S"),
    } | more


def read(
    platform: str, document: Any, topic: str = "order.updated", received_at: datetime | None = None
) -> list[Fact]:
    """Read one body as the program does, and return its facts."""
    body = json.dumps(document).encode()
    learned_at = received_at or on(1000)
    key = hashlib.sha256(topic.encode() + body).hexdigest()
    return list(
        platforms()[platform].read(body, Context(key, topic, learned_at, {}, ("_estimated_delivery",))).facts
    )


def standard(*events: dict[str, Any]) -> list[Fact]:
    """Return the facts of canonical events."""
    return [one for document in events for one in read("standard", document)]


def woocommerce(*snapshots: dict[str, Any]) -> list[Fact]:
    """Return the facts of WooCommerce's snapshots."""
    return [one for document in snapshots for one in read("woocommerce", document)]


def deletion(at: datetime, order_id: int = 1) -> list[Fact]:
    """Return the facts of WooCommerce's word that an order is gone."""
    return read("woocommerce", {"id": order_id}, "order.deleted", at)


def folded(facts: Iterable[Fact], now: datetime | None = None, order_id: str = "x:1") -> Order:
    """Fold facts, long after everything unless said otherwise."""
    return fold(order_id, facts, now or on(900))


def sign(body: bytes, at: datetime, secret: str = SECRET, identity: str = "msg_1") -> dict[str, str]:
    """Return the headers of Standard Webhooks for a body."""
    stamp = str(int(at.timestamp()))
    key = base64.b64decode(secret.removeprefix("whsec_"))
    digest = hmac.new(key, f"{identity}.{stamp}.".encode() + body, hashlib.sha256).digest()
    return {
        "Webhook-Id": identity,
        "Webhook-Timestamp": stamp,
        "Webhook-Signature": "v1," + base64.b64encode(digest).decode(),
        "Content-Type": "application/json",
    }


def request(document: Any, store: str, at: datetime, secret: str = SECRET) -> Request:
    """Return a signed request with a canonical event, or with these bytes."""
    body = document if isinstance(document, bytes) else json.dumps(document, ensure_ascii=False).encode()
    return Request(store, "standard", sign(body, at, secret), body)
