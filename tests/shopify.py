"""What a Shopify shop sends, in few words: orders, parcels, carriers' words, and the requests they come in."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.build import START, on

from vefa.facts import Fact
from vefa.inbound import Request
from vefa.platforms import Context, platforms

SECRET = "hush"
SHOP = "a-shop.myshopify.com"
CUSTOMER = 191167
PERSON = {
    "email": "jale.çelik@example.com",
    "phone": "+905321112233",
    "first_name": "Jale",
    "last_name": "Çelik",
}
PLACE = {
    "first_name": "Jale",
    "last_name": "Çelik",
    "address1": "Moda Caddesi 7",
    "zip": "34710",
    "city": "Kadıköy",
    "country_code": "TR",
    "province_code": "34",
}
DATA = Path(__file__).parent / "data" / "shopify"


def gid(kind: str, number: int) -> str:
    """Return a global id."""
    return f"gid://shopify/{kind}/{number}"


def order(
    at: datetime = START, number: int = 1, deliver_by: str | None = None, **more: Any
) -> dict[str, Any]:
    """Return an order as it stood at ``at``, placed at START and paid, with one line."""
    attributes = [{"name": "_estimated_delivery", "value": deliver_by}] if deliver_by else []
    return {
        "id": number,
        "admin_graphql_api_id": gid("Order", number),
        "name": f"#{1000 + number}",
        "created_at": START.isoformat(),
        "processed_at": START.isoformat(),
        "updated_at": at.isoformat(),
        "currency": "TRY",
        "total_price": "450.00",
        "financial_status": "paid",
        "customer_locale": "tr-TR",
        "email": PERSON["email"],
        "customer": {"id": CUSTOMER, "admin_graphql_api_id": gid("Customer", CUSTOMER)} | PERSON,
        "shipping_address": PLACE,
        "note_attributes": attributes,
        "line_items": [line()],
        "fulfillments": [],
        "refunds": [],
    } | more


def line(number: int = 11, quantity: int = 1, **more: Any) -> dict[str, Any]:
    """Return a line of an order."""
    return {
        "id": number,
        "admin_graphql_api_id": gid("LineItem", number),
        "title": "Çaydanlık",
        "quantity": quantity,
        "price": "450.00",
        "requires_shipping": True,
    } | more


def fulfillment(at: datetime, number: int = 21, order_id: int = 1, **more: Any) -> dict[str, Any]:
    """Return a parcel that left at ``at``."""
    return {
        "id": number,
        "admin_graphql_api_id": gid("Fulfillment", number),
        "order_id": order_id,
        "status": "success",
        "created_at": at.isoformat(),
        "updated_at": at.isoformat(),
        "tracking_company": "Yurtiçi Kargo",
        "tracking_number": "YK123",
        "tracking_url": "https://kargo.example/YK123",
        "line_items": [line()],
    } | more


def carrier(status: str, at: datetime, number: int = 21, order_id: int = 1, **more: Any) -> dict[str, Any]:
    """Return a carrier's word about a parcel."""
    return {
        "id": 31,
        "order_id": order_id,
        "fulfillment_id": number,
        "status": status,
        "happened_at": at.isoformat(),
    } | more


def asked(**more: Any) -> dict[str, Any]:
    """Return what Shopify sends when a customer asks for erasure or a copy."""
    customer = {"id": CUSTOMER, "email": PERSON["email"], "phone": PERSON["phone"]}
    return {"shop_id": 1, "shop_domain": SHOP, "customer": customer} | more


def headers(body: bytes, topic: str, at: datetime, **more: str) -> dict[str, str]:
    """Return a request's headers; the event is named by topic and body unless said otherwise."""
    digest = hmac.digest(more.pop("secret", SECRET).encode(), body, "sha256")
    return {
        "X-Shopify-Topic": topic,
        "X-Shopify-Hmac-Sha256": base64.b64encode(digest).decode(),
        "X-Shopify-Shop-Domain": more.pop("shop", SHOP),
        "X-Shopify-API-Version": "2025-10",
        "X-Shopify-Webhook-Id": "b54557e4-bdd9-4b37-8a5f-bf7d70bcd043",
        "X-Shopify-Event-Id": hashlib.sha256(topic.encode() + body).hexdigest()[:36],
        "X-Shopify-Triggered-At": at.isoformat(),
        "Content-Type": "application/json",
    } | {f"X-Shopify-{name.replace('_', '-')}": value for name, value in more.items()}


def request(topic: str, document: Any, at: datetime, store: str | None = None, **more: str) -> Request:
    """Return a signed request; without a store it goes to the application's own address."""
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    return Request(store, "shopify", headers(body, topic, at, **more), body)


def facts(topic: str, document: Any, at: datetime = START) -> list[Fact]:
    """Return the facts of one body, as it is read in the program."""
    body = json.dumps(document).encode()
    key = hashlib.sha256(topic.encode() + body).hexdigest()
    context = Context(key, topic, on(1000), {}, ("_estimated_delivery",), at)
    return list(platforms()["shopify"].read(body, context).facts)


def published(folder: Path = DATA) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every published body with its topic."""
    for path in sorted(folder.glob("*/*.json")):
        yield f"{path.parent.name}/{path.stem}", json.loads(path.read_text(encoding="utf-8"))
